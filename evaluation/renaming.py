"""Copies of labelled articles in which every name and number is another: the same kind of
event with other people in another place, which must not be one story with the first. And
copies in which a share of all words is another: events that have much in common."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from evaluation.stories import Labelled

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("", "bac", "cef", "dig", "foh", "guj", "hak", "kel", "mib", "nod")
_SENTENCE = re.compile(r"[.!?:\n\"“”‘…|]+\s*|\s'")
_SURE = 2  # times more often with a capital than without that a story must write its name


def renamed(articles: Sequence[Labelled], number: int) -> list[Labelled]:
    """Copy ``number`` (1 to 9) of every story, its names and numbers changed, the same way
    throughout the copy; 0 is the articles themselves. An article with nothing to change would
    be the same in every copy: it is in none but the first.

    A name is a word that its story, or else running text at large, writes with a capital in
    mid-sentence, of titles that have no capitals throughout; and one of more capitals than one.
    """
    if not number:
        return [replace(one, story=f"{one.story}/0") for one in articles]
    stories: dict[str | None, list[Labelled]] = {}
    for one in articles:
        stories.setdefault(one.story, []).append(one)
    capital = {
        story: _capitals(text for one in members for text in (one.title, one.text))
        for story, members in stories.items()
    }
    copies = []
    for one in articles:
        copy = replace(
            one,
            title=_other(one.title, capital[one.story], number),
            text=_other(one.text, capital[one.story], number),
            story=f"{one.story}/{number}",
        )
        if (copy.title, copy.text) != (one.title, one.text):
            copies.append(copy)
    return copies


def told_by_names(articles: Sequence[Labelled]) -> list[int]:
    """What is the most that anyone could do with ``renamed`` copies: groups of those who know of
    each article of which story it is a copy, and take two to be of the same copy where they share
    a word that only one copy of that story has, or others lie between them that do."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    words = [
        {word.lower() for word in _WORD.findall(f"{one.title} {one.text}")} for one in articles
    ]
    copies: dict[tuple[str, str], set[str]] = {}
    for one, said in zip(articles, words, strict=True):
        story, _, number = str(one.story).rpartition("/")
        for word in said:
            copies.setdefault((story, word), set()).add(number)
    latest: dict[tuple[str, str], int] = {}
    ties: list[tuple[int, int]] = []
    for place, (one, said) in enumerate(zip(articles, words, strict=True)):
        story = str(one.story).rpartition("/")[0]
        ties += [
            (latest.setdefault((story, word), place), place)
            for word in said
            if len(copies[story, word]) == 1
        ]
    size = len(articles)
    ones, others = np.array(ties, np.int64).reshape(-1, 2).T
    tied = coo_array((np.ones(len(ties), np.bool_), (ones, others)), (size, size))
    _, groups = connected_components(tied, directed=False)
    return [int(group) for group in groups]


def _other(text: str, capital: Counter[str], number: int) -> str:
    shouted = text.isupper()

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if word[0].isdigit():
            return f"{word}{number}" if len(word) < 4 else word
        balance = capital[word.lower()]
        if abs(balance) < _SURE:
            balance = _at_large()[word.lower()]
            name = word[0].isupper() and len(word) > 2 and balance >= 0
        else:
            name = balance > 0
        name = name or (len(word) > 1 and not shouted and any(c.isupper() for c in word[1:]))
        return word + _ENDINGS[number] if name else word

    return _WORD.sub(other, text)


def _capitals(texts: Iterable[str]) -> Counter[str]:
    """How much more often each word stands in mid-sentence with a capital than without."""
    found: Counter[str] = Counter()
    for text in texts:
        for words in _sentences(text):
            for word in words:
                found[word.lower()] += 1 if word[0].isupper() else -1
    return found


def _sentences(text: str) -> Iterator[list[str]]:
    """The words of each sentence but its first, where it has no capitals throughout."""
    for sentence in _SENTENCE.split(text):
        words = _WORD.findall(sentence)[1:]
        if sum(word[0].isupper() for word in words) * 2 <= len(words):
            yield words


@cache
def _at_large() -> Counter[str]:
    from evaluation.stories import read

    return _capitals(
        one.text for name, file in (("ecb-plus", "dev"), ("huffpost", "articles"))
        for one in read(name, file)
    )  # fmt: skip


def siblings(text: str, share: float, number: int) -> str:
    """The text with a ``share`` of all words changed, the same way throughout copy ``number``,
    words that begin alike together."""
    start = _ENDINGS[number]

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if zlib.crc32(f"{word.lower()[:4]}{number}".encode()) % 1000 >= share * 1000:
            return word
        if word[0].isdigit():
            return f"{word}{number}"
        return start.capitalize() + word.lower() if word[0].isupper() else start + word

    return _WORD.sub(other, text)
