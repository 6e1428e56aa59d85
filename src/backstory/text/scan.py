"""The words of a text and where its sentences begin, as ``words.WORD`` and
``words.SENTENCE_END`` find them, compiled: for scripts that put spaces between words and no marks
on letters, which are most. A word is told by a hash of 64 bits.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from backstory.text.scripts import PAIRED_SIGNS
from backstory.text.words import BREAKS, DASHES, ENDS, MARKS

_SIGNS = 0x2070  # code points below are told by a table; text with others is not read here
_CUT = _SIGNS  # stands for what ends a sentence
_APOSTROPHE, _POINT, _COMMA = b"'.,"
# What kind of sign: bits.
_LETTER, _DIGIT, _CAPITAL, _SPACE, _ENDS, _BREAKS, _DASH, _OTHER = (1 << bit for bit in range(8))


def _kinds() -> Any:
    signs = "".join(map(chr, range(_SIGNS)))
    kinds = np.zeros(_SIGNS + 1, np.uint8)
    for kind, pattern in (
        (_LETTER, r"[^\W_]"),
        (_DIGIT, r"\d"),
        (_CAPITAL, "[A-Z]"),
        (_SPACE, r"\s"),
        (_ENDS, f"[{ENDS}]"),
        (_BREAKS, f"[{BREAKS}]"),
        (_DASH, f"[{DASHES}]"),
        (_OTHER, rf"[{PAIRED_SIGNS}{MARKS}\u200c\u200d]"),
    ):
        for match in re.finditer(pattern, signs):
            kinds[match.start()] |= kind
    return kinds


_KIND = _kinds()


class Words(NamedTuple):
    """Words of a language that are known by their hash, and room to take down those of one
    article."""

    keys: Any  # hash table: of each place the word's hash, 0 for none
    values: Any  # and what it stands for
    codes: Any  # of each word of the article, in order
    opens: Any  # whether it begins a sentence
    cut: Any  # scratch: the text, with the ends of sentences marked
    places: Any  # of each word that was missing, its place among the codes
    spans: Any  # (words, 2): where it begins in the text and where it ends
    hashes: Any


def no_words(most: int, characters: int, places: int = 1 << 12) -> Words:
    """None yet; room for so many words of one article, and texts of so many characters."""
    return Words(
        np.zeros(places, np.uint64),
        np.zeros(places, np.int32),
        np.zeros(most, np.int32),
        np.zeros(most, np.bool_),
        np.zeros(characters, np.uint32),
        np.zeros(most, np.int64),
        np.zeros((most, 2), np.int64),
        np.zeros(most, np.uint64),
    )


def with_room(words: Words, known: int) -> Words:
    """The same with room in the table for so many words, half of its places at most."""
    places = len(words.keys)
    while 2 * known > places:
        places *= 2
    if places == len(words.keys):
        return words
    grown = words._replace(keys=np.zeros(places, np.uint64), values=np.zeros(places, np.int32))
    there = words.keys != 0
    learn(grown, words.keys[there], words.values[there])
    return grown


@njit(cache=True)
def _place(keys: Any, key: Any) -> Any:
    mask = keys.shape[0] - 1
    place = np.int64(key >> np.uint64(20)) & mask
    while keys[place] != 0 and keys[place] != key:
        place = (place + 1) & mask
    return place


@njit(cache=True)
def learn(words: Words, hashes: Any, codes: Any) -> None:
    """Take down what words stand for."""
    for i in range(hashes.shape[0]):
        place = _place(words.keys, hashes[i])
        words.keys[place] = hashes[i]
        words.values[place] = codes[i]


@njit(cache=True)
def _end_of_cut(signs: Any, i: int) -> Any:
    """Where what ends a sentence at ``i`` is over, -1 where nothing does."""
    n = signs.shape[0]
    kind = _KIND[signs[i]]
    if kind & _ENDS:
        end = i + 1
        while end < n and _KIND[signs[end]] & _ENDS:
            end += 1
        # The longest part of them behind which there is a space, or nothing.
        while end > i:
            if end == n:
                return end
            if _KIND[signs[end]] & _SPACE:
                while end < n and _KIND[signs[end]] & _SPACE:
                    end += 1
                return end
            end -= 1
    if kind & _BREAKS:
        end = i + 1
        while end < n and _KIND[signs[end]] & _BREAKS:
            end += 1
        return end
    if kind & _SPACE and i + 2 < n and _KIND[signs[i + 1]] & _DASH and _KIND[signs[i + 2]] & _SPACE:
        return i + 3
    if signs[i] == _APOSTROPHE and i > 0 and _KIND[signs[i - 1]] & _SPACE:
        return i + 1
    return -1


@njit(cache=True)
def _end_of_word(signs: Any, i: int, n: int) -> Any:
    """Where the word at ``i`` is over."""
    end = i
    if _KIND[signs[i]] & _DIGIT:
        while end < n and _KIND[signs[end]] & _DIGIT:
            end += 1
        broken = False
        while (
            end + 1 < n
            and (signs[end] == _POINT or signs[end] == _COMMA)
            and _KIND[signs[end + 1]] & _DIGIT
        ):
            broken = True
            end += 2
            while end < n and _KIND[signs[end]] & _DIGIT:
                end += 1
        if broken:
            return end
    elif _KIND[signs[i]] & _CAPITAL:
        while end + 1 < n and _KIND[signs[end]] & _CAPITAL and signs[end + 1] == _POINT:
            end += 2
        if end >= i + 4:
            return end
    end = i
    while end < n and _KIND[signs[end]] & _LETTER:
        end += 1
    return end


@njit(cache=True)
def _scan(signs: Any, words: Words, first: int, past: int) -> Any:
    n = signs.shape[0]
    for i in range(n):
        if signs[i] >= _SIGNS or _KIND[signs[i]] & _OTHER:
            return -1, 0
    cut = words.cut
    i = 0
    while i < n:
        end = _end_of_cut(signs, i)
        if end < 0:
            cut[i] = signs[i]
            i += 1
        while i < end:
            cut[i] = _CUT
            i += 1
    opens = True
    missed = 0
    i = 0
    while i < n and first < past:
        if not _KIND[cut[i]] & _LETTER:
            opens = opens or cut[i] == _CUT
            i += 1
            continue
        end = _end_of_word(cut, i, n)
        key = np.uint64(0)
        for j in range(i, end):
            key = (key ^ np.uint64(cut[j])) * np.uint64(0x100000001B3)
            key ^= key >> np.uint64(29)
        key |= np.uint64(1)
        place = _place(words.keys, key)
        words.opens[first] = opens
        words.codes[first] = words.values[place]
        if words.keys[place] == 0:
            words.places[missed] = first
            words.spans[missed, 0] = i
            words.spans[missed, 1] = end
            words.hashes[missed] = key
            missed += 1
        opens = False
        first += 1
        i = end
    return first, missed


def scan(text: str, words: Words, first: int, past: int) -> tuple[int, int] | None:
    """Take down the words of a text from place ``first`` up to ``past`` at most: the place behind
    the last, and how many the table does not know. None if the text has signs that are not read
    here."""
    signs = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    end, missed = _scan(signs, words, first, past)
    return None if end < 0 else (int(end), int(missed))
