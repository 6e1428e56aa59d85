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
DATELINE = re.compile(r"^[A-Z][A-Z ,.'’-]+ — ")
QUOTED = re.compile(r"(“[^”]*”|\"[^\"]*\")")

SYNONYMS = {
    "about": "around",
    "after": "following",
    "again": "once more",
    "agreed": "consented",
    "almost": "nearly",
    "already": "by now",
    "also": "additionally",
    "although": "though",
    "announced": "declared",
    "asked": "requested",
    "because": "since",
    "before": "prior to",
    "began": "started",
    "big": "large",
    "bought": "purchased",
    "built": "constructed",
    "but": "yet",
    "buy": "purchase",
    "called": "termed",
    "company": "firm",
    "decision": "ruling",
    "during": "throughout",
    "each": "every",
    "enough": "sufficient",
    "every": "each",
    "expected": "anticipated",
    "found": "discovered",
    "help": "assist",
    "however": "still",
    "inside": "within",
    "just": "only",
    "large": "big",
    "later": "afterwards",
    "many": "numerous",
    "money": "cash",
    "month": "four weeks",
    "more": "further",
    "nearly": "almost",
    "needed": "required",
    "new": "fresh",
    "now": "currently",
    "often": "frequently",
    "only": "merely",
    "over": "above",
    "people": "individuals",
    "plan": "scheme",
    "said": "stated",
    "saw": "witnessed",
    "several": "a number of",
    "show": "reveal",
    "small": "little",
    "started": "began",
    "still": "even now",
    "stopped": "halted",
    "three": "3",
    "through": "via",
    "told": "informed",
    "town": "township",
    "until": "till",
    "used": "employed",
    "wanted": "wished",
    "week": "seven days",
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
    """Change up to `budget` words by the synonym list, at least 9 words apart, never in quotations.

    Answers the new text and how many words were changed.
    """
    changed = 0
    since = 9
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
            if other is None or since < 9 or changed >= budget:
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
    budget = round(len(article.text.split()) * CHANGED_SHARE)
    paragraphs = [lead]
    for paragraph in article.paragraphs:
        text, changed = swap(DATELINE.sub("", paragraph), budget)
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
            yield Copy(
                article=replace(changed, publisher=target, published=when, correction=None),
                original=article,
                kind=rule.kind,
                credit=f"— {article.publisher.name}" if rule.credit else "",
                canonical=rule.canonical,
            )
