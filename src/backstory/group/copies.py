"""Copies: articles that reprint another, recognised by their fingerprints.

A text is a copy when at least half of the shorter of the two stands in the other, whatever
the headlines; a text of a few words, or a headline alone, when all its words are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from backstory.enrich.fingerprint import HEAD, KEPT, TEXT_HASH, TEXT_WORDS, TITLE_HASH, TITLE_WORDS
from backstory.group.stories.nopython import entry, nopython

_LONG = 40  # words from which a text is recognised by its runs of words, whatever the headline
_TELLING = 6  # words of a headline that stands alone: fewer may be a rubric ("Morning briefing")
_CONTAINED = 0.5  # share of the shorter text that must stand in the other
_ASKED = 16  # hashes that earlier articles are looked for with
_DEPTH = 8  # newest articles of a hash that are looked at
_CHECKED = 4  # articles that are compared in full
_ROW = KEPT + 2  # postings of an article: its hashes, its title, its text
_BUCKETS = 1 << 22


class _Shelf(NamedTuple):
    """Rows are articles (number modulo window); ``newest`` and ``earlier`` chain postings."""

    meta: Any  # how many articles so far
    seq: Any
    original: Any  # seq of the article that it copies, else its own
    head: Any
    filled: Any
    hashes: Any
    earlier: Any
    newest: Any
    rows: Any  # scratch: articles that share hashes with the one in question
    hits: Any  # and how many


class Copies:
    """Compares each article with the ``WINDOW`` newest before it."""

    WINDOW = 32_768  # articles

    def __init__(self, window: int | None = None) -> None:
        window = window or self.WINDOW
        self._shelf = _Shelf(
            meta=np.zeros(1, np.int64),
            seq=np.zeros(window, np.int64),
            original=np.zeros(window, np.int64),
            head=np.zeros((window, HEAD), np.uint32),
            filled=np.zeros(window, np.int32),
            hashes=np.zeros((window, KEPT), np.uint32),
            earlier=np.zeros((window, _ROW), np.int64),
            newest=np.full(_BUCKETS, -1, np.int64),
            rows=np.zeros((_ASKED + 2) * _DEPTH, np.int64),
            hits=np.zeros((_ASKED + 2) * _DEPTH, np.int32),
        )

    def restore(self, earlier: Iterable[tuple[int, bytes, int | None]]) -> None:
        """Take up where another stopped: seq, fingerprint and the seq of the article that it
        copies (or None), of the last ``WINDOW`` articles in order of seq."""
        for seq, fingerprint, copy_of in earlier:
            _shelve(
                self._shelf,
                np.frombuffer(fingerprint, "<u4"),
                seq,
                seq if copy_of is None else copy_of,
            )

    def add(self, seq: int, fingerprint: bytes) -> int | None:
        """The seq of the article that this one copies, the first of them all, or None."""
        original = int(_assign(self._shelf, np.frombuffer(fingerprint, "<u4"), seq))
        return None if original == seq else original


@entry
def _assign(shelf: _Shelf, numbers: Any, seq: int) -> Any:
    original = _look(shelf, numbers)
    if original < 0:
        original = seq
    _shelve(shelf, numbers, seq, original)
    return original


@entry
def _shelve(shelf: _Shelf, numbers: Any, seq: int, original: int) -> None:
    window = shelf.seq.shape[0]
    number = shelf.meta[0]
    row = number % window
    shelf.meta[0] = number + 1
    shelf.seq[row] = seq
    shelf.original[row] = original
    for j in range(HEAD):
        shelf.head[row, j] = numbers[j]
    filled = numbers.shape[0] - HEAD
    shelf.filled[row] = filled
    for j in range(filled):
        shelf.hashes[row, j] = numbers[HEAD + j]
    for j in range(_ROW):
        if j < filled:
            bucket = shelf.hashes[row, j]
        elif j == KEPT:
            bucket = numbers[TITLE_HASH]
        elif j == KEPT + 1 and numbers[TEXT_WORDS] > 0:
            bucket = numbers[TEXT_HASH]
        else:
            continue
        bucket &= _BUCKETS - 1
        shelf.earlier[row, j] = shelf.newest[bucket]
        shelf.newest[bucket] = number * _ROW + j


@nopython
def _look(shelf: _Shelf, numbers: Any) -> Any:
    """The original of the article that this one is most surely a copy of, or -1."""
    window = shelf.seq.shape[0]
    oldest = max(0, shelf.meta[0] - window)
    filled = numbers.shape[0] - HEAD
    rows, hits = shelf.rows, shelf.hits
    count = 0
    for k in range(min(_ASKED, filled) + 2):
        if k < min(_ASKED, filled):
            wanted = numbers[HEAD + k]
        elif k == min(_ASKED, filled):
            wanted = numbers[TITLE_HASH]
        else:
            wanted = numbers[TEXT_HASH]
        posting = shelf.newest[wanted & (_BUCKETS - 1)]
        for _ in range(_DEPTH):
            if posting < 0 or posting // _ROW < oldest:
                break
            row = posting // _ROW % window
            known = False
            for j in range(count):
                if rows[j] == row:
                    hits[j] += 1
                    known = True
                    break
            if not known:
                rows[count] = row
                hits[count] = 1
                count += 1
            posting = shelf.earlier[row, posting % _ROW]
    best = -1
    best_share = 0.0
    for _ in range(min(_CHECKED, count)):
        top = -1
        for j in range(count):
            if hits[j] > 0 and (top < 0 or hits[j] > hits[top]):
                top = j
        if top < 0:
            break
        row = rows[top]
        hits[top] = 0
        share = _share(shelf, row, numbers)
        if share > best_share or (
            share > 0.0 and share == best_share and shelf.seq[row] < shelf.seq[best]
        ):
            best = row
            best_share = share
    return shelf.original[best] if best >= 0 else -1


@nopython
def _share(shelf: _Shelf, row: int, numbers: Any) -> Any:
    """How much of the shorter text stands in the other, 0 where it is no copy."""
    head = shelf.head[row]
    same_title = (
        head[TITLE_HASH] == numbers[TITLE_HASH] and head[TITLE_WORDS] == numbers[TITLE_WORDS]
    )
    shorter = min(head[TEXT_WORDS], numbers[TEXT_WORDS])
    longer = max(head[TEXT_WORDS], numbers[TEXT_WORDS])
    if longer == 0:
        return 1.0 if same_title and numbers[TITLE_WORDS] >= _TELLING else 0.0
    if shorter == longer and head[TEXT_HASH] == numbers[TEXT_HASH]:
        telling = shorter + numbers[TITLE_WORDS] if same_title else shorter
        return 1.0 if telling >= 2 * _TELLING else 0.0
    filled, others = shelf.filled[row], numbers.shape[0] - HEAD
    if filled == 0 or others == 0:
        return 0.0
    # Compare what both would have kept of their hashes.
    limit = np.uint32(0xFFFFFFFF)
    if filled == KEPT:
        limit = min(limit, shelf.hashes[row, KEPT - 1])
    if others == KEPT:
        limit = min(limit, numbers[HEAD + KEPT - 1])
    i = 0
    j = 0
    mine = 0
    theirs = 0
    both = 0
    while i < filled or j < others:
        a = shelf.hashes[row, i] if i < filled else np.uint32(0xFFFFFFFF)
        b = numbers[HEAD + j] if j < others else np.uint32(0xFFFFFFFF)
        if min(a, b) > limit:
            break
        if a == b and i < filled and j < others:
            both += 1
            mine += 1
            theirs += 1
            i += 1
            j += 1
        elif j >= others or (i < filled and a < b):
            theirs += 1
            i += 1
        else:
            mine += 1
            j += 1
    fewer = min(mine, theirs)
    share = both / fewer if fewer else 0.0
    if shorter < _LONG:
        # A short text says less: the same headline must speak for it, or nearly all of it.
        needed = _CONTAINED if same_title else 0.8
        if longer > 2 * shorter or shorter < 2 * _TELLING:
            return 0.0
    else:
        needed = _CONTAINED
        if fewer < 8:  # one stands in the other's opening only by chance
            needed = 0.8
    return share if share >= needed else 0.0
