"""Copies of labelled articles in which every name and number is another: the same kind of
event with other people in another place, which must not be one story with the first. And
copies in which a share of all words is another: events that have much in common."""

from __future__ import annotations

import re
import zlib
from functools import cache

_WORD = re.compile(r"[^\W_]+")
_ENDINGS = ("", "bac", "cef", "dig", "foh", "guj", "hak", "kel", "mib", "nod")
_LETTERS = re.compile(r"[^\W\d_]+")


@cache
def _written_small() -> frozenset[str]:
    """Words that running text writes in lower case at least as often as with a capital."""
    from evaluation.stories import read

    small: dict[str, int] = {}
    for name, file in (("ecb-plus", "dev"), ("huffpost", "articles")):
        for one in read(name, file):
            for sentence in re.split(r"[.!?\n\"“”]+\s*", one.text):
                for word in _LETTERS.findall(sentence)[1:]:
                    small[word.lower()] = small.get(word.lower(), 0) + (
                        -1 if word[0].isupper() else 1
                    )
    return frozenset(word for word, balance in small.items() if balance >= 0)


def renamed(title: str, text: str, number: int) -> tuple[str, str]:
    """The article with its names and numbers changed, the same way throughout copy ``number``
    (1 to 9); 0 is the article itself."""
    if not number:
        return title, text
    small = _written_small()

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if word[0].isdigit():
            return f"{word}{number}" if len(word) < 4 else word
        if word[0].isupper() and len(word) > 2 and word.lower() not in small:
            return word + _ENDINGS[number]
        return word

    return _WORD.sub(other, title), _WORD.sub(other, text)


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
