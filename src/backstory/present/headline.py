"""The headline that an event is shown by: the best of its articles'."""

from __future__ import annotations

import re
from bisect import insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from backstory.enrich.summary.boilerplate import (
    is_boilerplate,
    without_dateline,
    without_syndication,
)
from backstory.enrich.summary.extractive import shortened, word_count
from backstory.enrich.summary.selfcontained import is_anaphoric, lists
from backstory.text.sentences import split
from backstory.text.words import TERM


@dataclass(frozen=True, slots=True)
class HeadlineCandidate:
    """A title, the publisher it is from, and its place in time among the event's articles."""

    title: str
    site: str
    order: int


_DATE = (
    r"(?:\W*(?:for |of |on |- )?(?:the )?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day\W*)?"
    r"(?:\d{1,4}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{1,2}(?:st|nd|rd|th)?\W+(?:of )?[a-z]{3,9}"
    r"(?:\W+\d{4})?|[a-z]{3,9}\.?\W+\d{1,2}(?:st|nd|rd|th)?(?:\W+\d{4})?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tonight|this week|this morning)?)"
)
_KINDS = (
    r"briefing|digest|bulletin|round-?up|wrap(?:-?up)?|headlines|news|update|updates|newsletter"
    r"|recap|report|brief|briefs|podcast|quiz|crossword|horoscopes?|cartoons?|letters|editorial"
    r"|in brief|in pictures|photos?|pictures|videos?|gallery|live blog|liveblog|blog|edition"
    r"|front pages?|newscast|show|live|column|page|stories|article|post|section|opinion|weather"
)
# Titles of sections, of running columns and of pages that are not there (yet).
_NOTHING = re.compile(
    rf"""(?:
      (?:this\ page\ is\ (?:a\ )?)?work\ in\ progress | (?:page\ )?under\ construction
        | untitled(?:\ \w+)?
    | (?:no\ title|title|headline|placeholder|test|testing|lorem\ ipsum|tk|tbd|tba|draft
        |article|page)
    | (?:page\ |404\ |error\ |access\ )*(?:not\ found|denied|404|403|error|forbidden)
    | just\ a\ moment | loading | please\ wait | subscribe | sign\ in | log\ in
        | attention\ required
    | (?:the\ |your\ |our\ |my\ )?(?:(?:us|uk|eu|india|asia|europe|africa|middle\ east|morning
        |evening|daily|weekly|weekend|midday|afternoon|nightly|lunchtime
        |early|late|overnight|news|breaking|top|latest|world|national|local|business|sports?
        |market|live
        |today['’]s|yesterday['’]s|this\ week['’]s|\w+day['’]?s?|trending|more|most\ read|five
        |ten|\d+)\ )+
        (?:{_KINDS})(?:\ (?:and\ more|at\ a\ glance|in\ brief|you\ need\ to\ know))?{_DATE}
    | (?:{_KINDS}|home|homepage|trending|latest|breaking|world|politics|business|sports?|culture
        |technology|entertainment|health|science|lifestyle|travel|opinion|comment|analysis
        |watch|listen
        |in\ pictures|from\ the\ archives?|corrections?(?:\ and\ clarifications)?
        |today\ in\ history
        |what\ you\ need\ to\ know|news\ in\ brief|as\ it\ happened|live\ updates?
        |breaking\ news){_DATE}
    | (?:in\ )?(?:photos|pictures|video|videos)\ of\ the\ (?:day|week|month)
    | (?:quote|word|image|photo|picture|chart|thought)\ of\ the\ (?:day|week|month)
    | (?:morgenbriefing|nachrichten(?:überblick)?|der\ tag|newsticker|liveticker|startseite
        |eilmeldung
        |kurzmeldungen|in\ arbeit|zuletzt|últimas\ noticias|noticias|en\ vivo|última\ hora|portada
        |en\ direct|à\ la\ une|actualités|dernières\ nouvelles|le\ journal
        |ニュース|速報|समाचार){_DATE}
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_CLICKBAIT = re.compile(
    r"you won['’]t believe|what happen(?:s|ed) next|this is (?:why|how|what)|here['’]s (?:why"
    r"|how|what"
    r"|everything)|here (?:is|are) (?:why|how|what|the)|\b(?:things|reasons|ways|times"
    r"|facts) (?:you|to|why"
    r"|that|we)|need to know|can['’]t miss|goes? viral|will (?:shock|blow|surprise)|jaw-dropping"
    r"|mind-blowing|the internet|must[- ](?:see|read|watch)|everything (?:you|we) (?:need"
    r"|know)"
    r"|what to (?:know|expect)|all you need|(?:breaks?|broke) the internet|stunn(?:s|ed) fans"
    r"|\|\s*(?:opinion|editorial|analysis|comment)|: (?:editorial|opinion|expert)\b|\bliveblog\b",
    re.IGNORECASE,
)
# One of these stands in whatever matches, and is looked for much faster.
_OF_BAIT = (
    "believe", "happen", "this is ", "here", "need", "miss", "viral", "will ", "-dropping",
    "-blowing", "internet", "must", "everything", "what to ", "stunn", "liveblog", "things ",
    "reasons ", "ways ", "times ", "facts ", "|", ": e", ": o",
)  # fmt: skip
_OPENS = re.compile(
    r"daily quiz|(?:watch|video|photos?|in pictures|gallery|quiz|podcast|opinion"
    r"|analysis|explainer|explained"
    r"|exclusive|live|breaking|commentary|editorial|column|letter|factbox|timeline|recap"
    r"|review)\b\s*[:|–-]"
    r"|(?:why|how|what|who|is|are|can|could|will|should|does|do|did|when|where)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:\.\.\.|…)\s*$|(?:\s(?:the|a|an|of|to|in|on|at|for|by|with|and|or|but|as)|[,:;–—-])$"
)
_GLUED = re.compile(
    r"\s(?:[|·•»]|[–—-])\s(?:[A-Z][\w.&'’]*\s?){1,4}$"
    r"|^(?:trending news|breaking(?: news)?|latest news|top stories|news)\s*[:|–-]",
    re.IGNORECASE,
)
_NEVER = -10.0  # the score of what says nothing
_MOST_ALONE = 0.1  # that a title can be worth by itself
_DIGIT = re.compile(r"\d")


def says_nothing(title: str) -> bool:
    """Whether a title tells no reader what happened ("Work in progress", "Live updates").

    >>> says_nothing("Morning briefing: Tuesday 12 May"), says_nothing("Live updates: fire in Lyme")
    (True, False)
    """
    bare = " ".join(title.split()).strip(" :-–—|.!?*#\"'“”‘’[]()")
    if not bare or not any(letter.isalpha() for letter in bare):
        return True
    return _NOTHING.fullmatch(bare) is not None


def best(candidates: Sequence[HeadlineCandidate]) -> int:
    """The index of the headline that an event is best shown by.

    Complete and informative: it holds the words that the event's headlines share, names and
    numbers; it is of a readable length, says what happened rather than asks or teases, and bears
    no section's name, no publisher's, no cut. Of equals the earliest, then the first.
    """
    if not candidates:
        raise ValueError("an event has at least one headline")
    if len(candidates) == 1:
        return 0
    terms = [_terms(candidate.title) for candidate in candidates]
    counts = Counter(term for found in terms for term in found)
    titles = Counter(" ".join(c.title.split()).casefold() for c in candidates)
    # A wording that several publishers took over is the agency's, and rarely a bad one.
    taken = [
        0.1 * min(3, titles[" ".join(candidate.title.split()).casefold()] - 1)
        for candidate in candidates
    ]
    among = [
        _among(found, counts, len(candidates)) + more
        for found, more in zip(terms, taken, strict=True)
    ]
    ranked: list[tuple[float, int, str, int]] = []
    for i in sorted(range(len(candidates)), key=lambda i: -among[i]):
        # What a title is worth by itself takes longest to see, and cannot help the rest any more.
        if ranked and among[i] + _MOST_ALONE < -ranked[0][0] - 1e-6:
            break
        alone = _alone(candidates[i].title)
        score = alone + (among[i] if alone > _NEVER else taken[i])
        insort(ranked, (-round(score, 6), candidates[i].order, candidates[i].title, i))
    return ranked[0][-1]


@lru_cache(50_000)
def _terms(title: str) -> frozenset[str]:
    return frozenset(TERM.findall(title.casefold())) - lists()["stop"]


def _among(terms: frozenset[str], counts: Counter[str], number: int) -> float:
    """How well a title serves among those of its event: about 0 to 3."""
    # How much of what the event's headlines share stands in this one, its own words aside.
    shared = (sum([counts[term] for term in terms]) - len(terms)) / max(1, number - 1)
    return min(shared, 6.0) * 0.3 + min(len(terms), 9) * 0.06


@lru_cache(50_000)
def _alone(title: str) -> float:
    """What a title is worth by itself."""
    if says_nothing(title):
        return _NEVER
    score = 0.0
    words = word_count(title)
    if words < 5:
        score -= 0.25 * (5 - words)
    elif words > 16:
        score -= 0.08 * (words - 16)
    if _DIGIT.search(title):
        score += 0.1
    if _CUT.search(title):
        score -= 1.5
    folded = title.casefold()
    if _OPENS.match(title) or (
        any(part in folded for part in _OF_BAIT) and _CLICKBAIT.search(title)
    ):
        score -= 0.8
    if _GLUED.search(title):
        score -= 0.6
    if title.rstrip().endswith("?"):
        score -= 0.6
    if title.count("!"):
        score -= 0.3
    if title.isupper():
        score -= 0.5
    if "\n" in title.strip():
        score -= 0.6
    if title[:1] in "'‘“\"" and title.count(title[0]) > 0 and words > 6:
        score -= 0.15
    return score


def from_text(text: str, language: str | None) -> str:
    """What a headline that says nothing is shown by: the first telling sentence of the text,
    shortened at a clause where it is long; "" without a text."""
    sentences = [
        sentence
        for line in without_syndication(text).split("\n")[:12]
        for sentence in split(without_dateline(line.strip()), language)
        if not is_boilerplate(sentence) and not says_nothing(sentence)
    ]
    telling = [s for s in sentences[:8] if word_count(s) >= 5]
    chosen = next(
        (s for s in telling if not is_anaphoric(s) and not s.endswith("?") and s[0] not in '"“„«'),
        next(iter(telling or sentences), ""),
    )
    if not chosen:
        return ""
    short = shortened(chosen, 18)
    return short.removesuffix(".") if short.count(". ") == 0 else short
