"""Themes of an article: what its words say that it is about, beside its names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from backstory.enrich.tags.gazetteer import read, slug
from backstory.model.tag import Tag

_WORD = re.compile(r"[^\W_]+(?:[’'\-.][^\W_]+)*\+?|#\w+")
_HINDI_WORD = re.compile(r"[\u0900-\u097f]+|[A-Za-z]+")
# Themes that half of all news touches: they tell little.
_BROAD_WORDS = """
    government police courts-and-trials health economy science religion education banking
    technology television film music books war-and-conflict diplomacy food football fires
    disasters defence shipping water child-care-and-families aviation markets housing road-
    accidents fashion art-and-museums prisons rail taxes budget oil-and-gas
"""
_BROAD = frozenset(_BROAD_WORDS.split())


@dataclass(frozen=True, slots=True)
class Says:
    """The themes that a word tells by itself or by its beginning, and the phrases that begin with
    it."""

    alone: tuple[Tag, ...]
    phrases: tuple[tuple[tuple[str, ...], Tag], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words of themes: single ones, beginnings by their first four letters, and phrases by
    their first word; each with the themes that it tells."""

    words: dict[str, tuple[Tag, ...]]
    met: dict[str, Says | None]  # words met before, with what they tell
    beginnings: dict[str, tuple[tuple[str, tuple[Tag, ...]], ...]]
    phrases: dict[str, tuple[tuple[tuple[str, ...], Tag], ...]]


@cache
def lexicon(language: str) -> Lexicon:
    """The words of themes in a language (BCP 47, without region); empty for others."""
    words: dict[str, tuple[Tag, ...]] = {}
    beginnings: dict[str, dict[str, tuple[Tag, ...]]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Tag]]] = {}
    for name, by_language in read("themes.json")["themes"].items():
        tag = Tag(slug(name), name, "theme")
        for entry in by_language.get(language, ()):
            parts = tuple(entry.casefold().split())
            if len(parts) > 1:
                phrases.setdefault(parts[0].rstrip("*"), []).append((parts, tag))
            elif entry.endswith("*"):
                stem = entry[:-1].casefold()
                group = beginnings.setdefault(stem[:3], {})
                group[stem] = (*group.get(stem, ()), tag)
            else:
                words[parts[0]] = (*words.get(parts[0], ()), tag)
    return Lexicon(
        words,
        {},
        {key: tuple(sorted(group.items())) for key, group in beginnings.items()},
        {key: tuple(group) for key, group in phrases.items()},
    )


@dataclass(slots=True)
class Hits:
    """How often an article says a theme: in the title, and in all (a phrase counts twice)."""

    title: int = 0
    all: float = 0.0
    first: int = 1 << 30


def find(title: str, text: str, language: str | None) -> dict[Tag, Hits]:
    """The themes that the words of an article tell, with how often they do."""
    base = (language or "en").split("-")[0]
    known = lexicon(base)
    if not known.words:
        return {}
    pattern = _HINDI_WORD if base == "hi" else _WORD
    found: dict[Tag, Hits] = {}
    _count(pattern.findall(title.casefold().replace("’", "'")), known, found, True, 0)
    _count(pattern.findall(text.casefold().replace("’", "'")), known, found, False, 20)
    return found


def _count(
    words: list[str], known: Lexicon, found: dict[Tag, Hits], title: bool, offset: int
) -> None:
    met = known.met
    for place, word in enumerate(words):
        try:
            says = met[word]
        except KeyError:
            says = _remember(word, known)
        if says is None:
            continue
        for tag in says.alone:
            _hit(found, tag, 1.0, title, offset + place)
        for parts, tag in says.phrases:
            if _matches(words, place, parts):
                _hit(found, tag, 2.0, title, offset + place)
                break


_REMEMBERED = 200_000


def _remember(word: str, known: Lexicon) -> Says | None:
    """What a word tells; remembered, as words come again."""
    tags = known.words.get(word)
    if tags is None:
        for stem, those in known.beginnings.get(word[:3], ()):
            if word.startswith(stem):
                tags = those
                break
    phrases = known.phrases.get(word, ())
    if len(known.met) > _REMEMBERED:
        known.met.clear()
    says = known.met[word] = Says(tags or (), phrases) if tags or phrases else None
    return says


def _matches(words: list[str], place: int, parts: tuple[str, ...]) -> bool:
    if place + len(parts) > len(words):
        return False
    for i in range(1, len(parts)):
        word, part = words[place + i], parts[i]
        if word != part and not (part[-1] == "*" and word.startswith(part[:-1])):
            return False
    return True


def _hit(found: dict[Tag, Hits], tag: Tag, weight: float, title: bool, place: int) -> None:
    hits = found.get(tag)
    if hits is None:
        hits = found[tag] = Hits()
        hits.first = place
    hits.all += weight
    hits.title += title


def factor(tag: Tag) -> float:
    """How much a theme tells: the broad ones half."""
    return 0.55 if tag.slug in _BROAD else 1.0
