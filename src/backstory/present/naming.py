"""Name a topic in its own words: the most telling name, and the most telling theme or phrase.

What tells is what most of a topic's headlines share and other articles seldom have: the share
among its stories against the share among all articles, as a log-odds (after Monroe, Colaresi and
Quinn 2008, "Fightin' Words", without their prior). Only a topic's first stories are looked at,
and how many is a power of two, so that its name stays while it grows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from backstory.enrich.summary.selfcontained import lists
from backstory.enrich.tags.gazetteer import first_names
from backstory.enrich.tags.mentions import find
from backstory.model.tag import Tag
from backstory.text.folding import fold
from backstory.text.words import Token, stemmer, tokens

MOST_STORIES = 16  # of a topic that its name is made from
_LONGEST = 3  # words of a phrase
_SHARED = 0.12  # of a topic's headlines have a phrase that names it
_OFTEN = 0.8  # the power of how many headlines share a phrase
_LENGTH = {1: 0.75, 2: 1.25, 3: 1.25}
_BROKEN = 0.4  # for what begins like a verb or ends within a name
_EACH_WORD = 0.3  # how much rarer a phrase is than its rarest word, for each further word
_KIND = {"person": 1.15, "organisation": 1.05, "place": 0.9, "theme": 0.85}
_SECOND = 0.7  # for a second name: what happened says more than who else was there
_RAREST = 1e-6
_THEME = 0.005  # of all articles are of a theme, whose name they need not say
# They say when or how something was reported, not what it was.
_EMPTY_WORDS = """
    live update updates latest video watch photos pictures breaking exclusive analysis opinion
    explained explainer review report reports news first look today tonight yesterday morning
    january february march april june july august september october november december
    top big best things thing man woman men women say says calls call gets get makes takes
    faces face amid set plan plans wants want need needs know show shows find finds hit hits
    back end start ways way part one two three four five six seven eight nine ten million billion
    dead killed jan feb mar apr jun jul aug sep sept oct nov dec led lil
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@dataclass(frozen=True, slots=True)
class Headline:
    """A story's headline and its language (BCP 47)."""

    title: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Commonness:
    """A term among all articles: the share that has it, and how often it is written with a
    capital in mid-sentence and how often not."""

    share: float
    upper: int
    lower: int


def looked_at(stories: Sequence[int]) -> Sequence[int]:
    """Those of a topic's stories, in the order of their numbers, that name it."""
    size = len(stories)
    return stories[: min(MOST_STORIES, 1 << (size.bit_length() - 1))] if size else ()


def name(
    headlines: Sequence[Headline],
    tags: Sequence[tuple[Tag, int]],
    common: Mapping[str, Commonness],
) -> str:
    """A topic's name: "Robert Mueller · Russia inquiry"; "" where nothing tells.

    ``headlines``: one of each story; ``tags``: with how many of these stories bear them;
    ``common``: of the terms of the headlines and tags, as far as they are known.
    """
    size = max(1, len(headlines))
    scored = sorted(
        ((_tag_score(tag, count, size, common), tag) for tag, count in tags),
        key=lambda one: (-one[0], one[1].slug),
    )
    named = [tag for _, tag in scored if tag.kind != "theme"]
    sure = [tag for score, tag in scored if tag.kind != "theme" and score > 0]
    first = (sure or named)[:1]
    parts = [first[0].name] if first else []
    whole = [_key(tag.name) for tag, _ in tags if tag.kind == "person"]
    rest = [
        (score * (_SECOND if first and tag.kind != "theme" else 1.0), tag.name)
        for score, tag in scored
        if not first or _beside(tag, first[0])
    ]
    for score, text in _phrases(headlines, common):
        # Part of a tag's name ("Trump") says less than the tag.
        if not any(_key(text) < key for key in whole) and not (first and _means(text, first[0])):
            rest.append((score, text))
    rest.sort(key=lambda one: (-one[0], one[1]))
    for _, text in rest:
        if len(parts) < 2 and _new(text, parts):
            parts.append(text)
    return " · ".join(part[:1].upper() + part[1:] for part in parts)


def terms(headlines: Iterable[Headline], tags: Iterable[tuple[Tag, int]]) -> set[str]:
    """The terms that ``name`` asks of ``common``."""
    found = {term for tag, _ in tags for term in _terms_of(tag.name)}
    for headline in headlines:
        found.update(_term(headline.language, word.text) for word in tokens(headline.title))
    return found


def _beside(tag: Tag, first: Tag) -> bool:
    """Whether a tag may stand beside the first: never two places only."""
    return not (tag.kind == "place" and first.kind == "place")


def _means(text: str, tag: Tag) -> bool:
    """Whether a phrase is another word for a thing ("GOP"), or a place beside a place."""
    mentions = find(f"the {text}", "en")  # as an acronym alone may be a headline that shouts
    if len(mentions) != 1 or len(mentions[0].name) < len(text) - 1:
        return False
    known = mentions[0].known
    return known is not None and (
        known.slug == tag.slug or (known.kind == "place" and tag.kind == "place")
    )


@lru_cache(50_000)
def _term(language: str | None, word: str) -> str:
    return stemmer(language)(word)


@lru_cache(10_000)
def _key(text: str) -> frozenset[str]:
    return frozenset(fold(word.text).rstrip("s") for word in tokens(text))


@lru_cache(20_000)
def _terms_of(name: str) -> tuple[str, ...]:
    return tuple(_term("en", word.text) for word in tokens(name))


def _new(text: str, parts: Sequence[str]) -> bool:
    """Whether a text shares no word with what is named already."""
    key = _key(text)
    return bool(key) and all(key.isdisjoint(_key(part)) for part in parts)


def _tag_score(tag: Tag, count: int, size: int, common: Mapping[str, Commonness]) -> float:
    share = min(1.0, count / size)
    if count < 2 and size > 1:
        return 0.0
    known = [common[term] for term in _terms_of(tag.name) if term in common]
    background = min((one.share for one in known), default=_RAREST * 10)
    if tag.kind == "theme":
        background = max(background, _THEME)
    score = share * math.log(share / max(_RAREST, background)) * _KIND[tag.kind]
    return round(score, 6)


def _phrases(
    headlines: Sequence[Headline], common: Mapping[str, Commonness]
) -> list[tuple[float, str]]:
    """Runs of words that several headlines share, the most telling first."""
    stop = lists()["stop"]
    size = len(headlines)
    least = max(2, math.ceil(_SHARED * size))
    read: list[tuple[str, list[Token], list[str]]] = []
    times: Counter[str] = Counter()
    for headline in headlines:
        words = tokens(headline.title)
        terms = [_term(headline.language, word.text) for word in words]
        read.append((headline.title, words, terms))
        times.update(set(terms))
    held: dict[tuple[str, ...], set[int]] = {}
    forms: dict[tuple[str, ...], Counter[str]] = {}
    for number, (title, words, terms) in enumerate(read):
        # A run is shared by no more headlines than each of its words.
        shared = [times[term] >= least for term in terms]
        silent = [
            not often or _says_nothing(word, stop)
            for word, often in zip(words, shared, strict=True)
        ]
        for start in range(len(words)):
            if silent[start]:
                continue
            written = ""
            for end in range(start, min(start + _LONGEST, len(words))):
                gap = title[words[end - 1].end : words[end].start] if end > start else ""
                if not shared[end] or gap not in {"", " ", "-"}:
                    break
                word = words[end]
                written += gap + _written(word.text, common.get(terms[end]))
                if not silent[end]:
                    key = tuple(terms[start : end + 1])
                    held.setdefault(key, set()).add(number)
                    forms.setdefault(key, Counter())[written] += 1
    found: list[tuple[float, str]] = []
    for key, numbers in held.items():
        if len(numbers) < least:
            continue
        share = len(numbers) / size
        background = min([common[t].share if t in common else _RAREST * 10 for t in key])
        background *= _EACH_WORD ** (len(key) - 1)
        score = share**_OFTEN * math.log(share / max(_RAREST, background)) * _LENGTH[len(key)]
        best = min(forms[key], key=lambda form: (-forms[key][form], form))
        begin = best.split(" ")[0]
        last = best.rsplit(" ", 1)[-1]
        broken = fold(last) in first_names() and (last == best or fold(begin) not in first_names())
        if broken or (begin.islower() and begin.endswith(("ed", "ing", "ly", "es"))):
            score *= _BROKEN
        found.append((round(score, 6), best))
    found.sort(key=lambda one: (-one[0], one[1]))
    return found


def _says_nothing(word: Token, stop: frozenset[str]) -> bool:
    text, folded = word.text, word.folded
    short = len(text) < 2 or (len(text) == 2 and not text[0].isupper())
    return short or folded in stop or folded in _EMPTY or text[0].isdigit()


def _written(word: str, known: Commonness | None) -> str:
    """A word as it is written in running text, whatever a headline makes of it."""
    if word.isupper() and len(word) > 1:
        return word if len(word) <= 5 else word.capitalize()
    if len(word) > 3 and known is not None and known.lower > known.upper and word[1:].islower():
        return word.lower()
    return word
