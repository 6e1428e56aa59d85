"""The rules by which publishers copy one another: reprints, trimmed copies and rewrites."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newsstand.articles import Article
from newsstand.publishers import BY_KEY

TRIM_SHARE = 0.6
"""A trimmed copy keeps this share of the paragraphs, rounded up."""
CHANGED_SHARE = 0.05
"""A rewrite changes at most this share of the words."""
WORDS_APART = 5
"""There are so many words from one change to the next."""
DATELINE = re.compile(r"^[A-Z][A-Z ,.'’-]+ — ")
QUOTED = re.compile(r"(“[^”]*”|\"[^\"]*\")")

SYNONYMS = {
    "about": "around",
    "after": "following",
    "again": "once more",
    "ago": "earlier",
    "agreed": "consented",
    "almost": "nearly",
    "already": "by now",
    "also": "additionally",
    "although": "though",
    "among": "amid",
    "announced": "declared",
    "answered": "replied",
    "asked": "requested",
    "before": "prior to",
    "began": "started",
    "behind": "in back of",
    "beside": "next to",
    "big": "large",
    "both": "the two",
    "bought": "purchased",
    "built": "constructed",
    "but": "yet",
    "buy": "purchase",
    "called": "termed",
    "came": "arrived",
    "company": "firm",
    "could": "might",
    "decision": "ruling",
    "during": "throughout",
    "each": "every",
    "eight": "8",
    "eleven": "11",
    "enough": "sufficient",
    "every": "each",
    "everybody": "everyone",
    "everyone": "everybody",
    "expected": "anticipated",
    "find": "locate",
    "first": "initial",
    "five": "5",
    "found": "discovered",
    "four": "4",
    "good": "fine",
    "help": "assist",
    "however": "still",
    "inside": "within",
    "just": "only",
    "keep": "retain",
    "kept": "retained",
    "large": "big",
    "later": "afterwards",
    "lives": "resides",
    "long": "lengthy",
    "looked": "gazed",
    "many": "numerous",
    "may": "might",
    "money": "cash",
    "more": "further",
    "near": "close to",
    "nearly": "almost",
    "needed": "required",
    "never": "at no time",
    "new": "fresh",
    "next": "following",
    "nine": "9",
    "nothing": "not a thing",
    "now": "currently",
    "often": "frequently",
    "only": "merely",
    "owner": "proprietor",
    "people": "individuals",
    "perhaps": "maybe",
    "plan": "scheme",
    "said": "stated",
    "saw": "witnessed",
    "says": "states",
    "seven": "7",
    "several": "a number of",
    "show": "reveal",
    "six": "6",
    "small": "little",
    "somebody": "someone",
    "spent": "passed",
    "started": "began",
    "stopped": "halted",
    "ten": "10",
    "things": "matters",
    "thought": "believed",
    "three": "3",
    "through": "via",
    "told": "informed",
    "too": "as well",
    "town": "township",
    "twelve": "12",
    "two": "2",
    "until": "till",
    "used": "employed",
    "wanted": "wished",
    "wants": "wishes",
    "went": "headed",
    "when": "once",
    "where": "in which",
    "whether": "if",
    "whole": "entire",
    "will": "shall",
}


@dataclass(frozen=True)
class Rule:
    """One publisher's habit of copying another."""

    kind: str
    """`reprint`, `trimmed` or `rewrite`."""
    source: str
    target: str
    hours: float
    """How long after the original."""
    every: int = 1
    """Takes the first of every so many articles, in the order of their dates."""
    credit: bool = False
    """Names the source in a last line."""
    canonical: bool = False
    """The copy's canonical link leads to the original."""


RULES: tuple[Rule, ...] = (
    Rule("reprint", "meridian-wire", "plains-dispatch", 1.5, credit=True),
    Rule("reprint", "meridian-wire", "deccan-standard", 3, every=2),
    Rule("reprint", "harbour-gazette", "national-courier", 6, every=2, credit=True, canonical=True),
    Rule("trimmed", "deccan-standard", "monsoon-post", 4, every=2),
    Rule("trimmed", "national-courier", "southern-digest", 9, every=2),
    Rule("rewrite", "plains-dispatch", "southern-digest", 7, every=2),
    Rule("rewrite", "sagebrush-sentinel", "market-lantern", 5, every=2),
    Rule("rewrite", "touchline", "national-courier", 4, every=3),
)


@dataclass(frozen=True)
class Copy:
    """An article as a copying publisher runs it."""

    article: Article
    original: Article
    kind: str
    credit: str
    canonical: bool


def trim(article: Article) -> Article:
    """The first 60 % of the paragraphs under the other headline."""
    keep = math.ceil(len(article.paragraphs) * TRIM_SHARE)
    return replace(article, title=article.short, paragraphs=article.paragraphs[:keep])


def swap(text: str, budget: int) -> tuple[str, int]:
    """Change up to `budget` words by the synonym list, never in quotations nor close together.

    Answers the new text and how many words were changed.
    """
    changed = 0
    since = WORDS_APART
    out = []
    for part in QUOTED.split(text):
        if part[:1] in '“"' and part:
            since += len(part.split())
            out.append(part)
            continue
        tokens = re.split(r"(\s+)", part)
        for place, token in enumerate(tokens):
            if not token or token.isspace():
                continue
            since += 1
            bare = token.rstrip(".,;:")
            other = SYNONYMS.get(bare.lower())
            if other is None or since < WORDS_APART or changed >= budget:
                continue
            if bare[:1].isupper():
                other = other[:1].upper() + other[1:]
            tokens[place] = other + token[len(bare) :]
            changed += 1
            since = 0
        out.append("".join(tokens))
    return "".join(out), changed


def rewrite(article: Article) -> Article:
    """A new lead from the standfirst, then the same text with a few words changed."""
    lead = f"{article.standfirst.rstrip('.')}, according to a report in {article.publisher.name}."
    lead = lead.replace(" in The ", " in the ")
    paragraphs = [lead]
    budget = 0.5
    for paragraph in article.paragraphs:
        budget += len(paragraph.split()) * CHANGED_SHARE
        text, changed = swap(DATELINE.sub("", paragraph), int(budget))
        budget -= changed
        paragraphs.append(text)
    return replace(article, title=article.short, paragraphs=tuple(paragraphs))


CHANGES = {"reprint": lambda article: article, "trimmed": trim, "rewrite": rewrite}


def copies(articles: Sequence[Article], until: datetime) -> Iterator[Copy]:
    """Every copy that the rules make of these articles.

    No publisher copies a report of an event that it has covered itself, none copies a briefing
    or a page with a faulty title, and no copy is dated later than `until`.
    """
    covered = {(article.publisher.key, article.event) for article in articles}
    for rule in RULES:
        target = BY_KEY[rule.target]
        theirs = [
            article
            for article in articles
            if article.publisher.key == rule.source
            and not article.special
            and (rule.target, article.event) not in covered
        ]
        for article in theirs[:: rule.every]:
            when = min(article.published + timedelta(hours=rule.hours), until)
            changed = CHANGES[rule.kind](article)
            if not changed.title:
                raise ValueError(f"{article.slug}: a {rule.kind} copy needs a short headline")
            author = article.author if rule.kind == "reprint" else f"{target.name} staff"
            yield Copy(
                article=replace(
                    changed, publisher=target, published=when, author=author, correction=None
                ),
                original=article,
                kind=rule.kind,
                credit=f"— {article.publisher.name}" if rule.credit else "",
                canonical=rule.canonical,
            )
