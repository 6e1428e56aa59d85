"""Fingerprints: at most 272 bytes of an article, by which copies of it are told.

Hashes of all runs of four words of the text, the 64 smallest kept (bottom-k sketch: Broder
1997; Cohen and Kaplan 2007), so that how much of one text another contains can be read off
two fingerprints however long the texts are; and a hash each of all words of title and text.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

KEPT = 64  # smallest hashes
# Places before the hashes.
TITLE_HASH, TEXT_HASH, TITLE_WORDS, TEXT_WORDS, HEAD = 0, 1, 2, 3, 4
_RUN = 4  # words that are hashed together
_MOST_CHARACTERS = 50_000


def fingerprint(title: str, text: str) -> bytes:
    """The article's fingerprint: little-endian unsigned 32-bit numbers, the same everywhere."""
    found = _fingerprint(_octets(title[:1000]), _octets(text[:_MOST_CHARACTERS]))
    return bytes(found.astype("<u4", copy=False).tobytes())


def _octets(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.lower().encode("utf-8", "ignore"), np.uint8)


@njit(cache=True)
def _mixed(value: Any) -> Any:
    """A 64-bit number well stirred (the finaliser of SplitMix64, Steele and others 2014)."""
    value = np.uint64(value)
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def _word_hashes(octets: Any, hashes: Any) -> Any:
    """A hash of each word of UTF-8: runs of letters and digits, or single characters of
    scripts without spaces. How many."""
    count = 0
    current = np.uint64(0)
    inside = False
    i = 0
    n = octets.shape[0]
    while i < n:
        octet = octets[i]
        width = 1
        letter = False
        alone = False
        if octet < 0x80:
            letter = 0x61 <= octet <= 0x7A or 0x30 <= octet <= 0x39
        elif octet < 0xE0:
            width = 2
            letter = octet != 0xC2  # Latin-1 signs, the space that does not break
        elif octet < 0xF0:
            width = 3
            second = octets[i + 1] if i + 1 < n else 0
            signs = octet == 0xE2 or (octet == 0xE3 and second == 0x80) or octet == 0xEF
            alone = not signs and (octet >= 0xE3 or (octet == 0xE0 and second >= 0xB8))
            letter = not signs and not alone
        else:
            width = 4
            alone = True
        if inside and not letter:
            hashes[count] = _mixed(current)
            count += 1
            inside = False
            current = np.uint64(0)
        if letter or alone:
            for j in range(i, min(n, i + width)):
                current = (current ^ np.uint64(octets[j])) * np.uint64(0x100000001B3)
            inside = True
            if alone:
                hashes[count] = _mixed(current)
                count += 1
                inside = False
                current = np.uint64(0)
        i += width
    if inside:
        hashes[count] = _mixed(current)
        count += 1
    return count


@njit(cache=True)
def _of_all(hashes: Any, count: int) -> Any:
    total = np.uint64(count)
    for i in range(count):
        total = total * np.uint64(0x9E3779B97F4A7C15) + hashes[i]
    return np.uint32(_mixed(total) >> np.uint64(32))


@njit(cache=True)
def _fingerprint(title: Any, text: Any) -> Any:
    hashes = np.empty(max(title.shape[0], text.shape[0]) + 1, np.uint64)
    head = np.zeros(HEAD, np.uint32)
    count = _word_hashes(title, hashes)
    head[TITLE_HASH] = _of_all(hashes, count)
    head[TITLE_WORDS] = count
    count = _word_hashes(text, hashes)
    head[TEXT_HASH] = _of_all(hashes, count)
    head[TEXT_WORDS] = count
    runs = max(0, count - _RUN + 1)
    all_runs = np.empty(runs, np.uint32)
    for i in range(runs):
        stirred = np.uint64(0)
        for j in range(_RUN):
            stirred = stirred * np.uint64(0x9E3779B97F4A7C15) + hashes[i + j]
        all_runs[i] = np.uint32(_mixed(stirred) >> np.uint64(32))
    # Hashes are spread evenly, so the smallest of many are as good as surely below this.
    kept = np.empty(0, np.uint32)
    if runs > 2 * KEPT:
        kept = _smallest(all_runs[all_runs < np.uint32(2**32 * (1.5 * KEPT / runs))])
    if kept.shape[0] < KEPT:
        kept = _smallest(all_runs)
    return np.concatenate((head, kept))


@njit(cache=True)
def _smallest(hashes: Any) -> Any:
    """The smallest KEPT that differ, in order."""
    ordered = np.sort(hashes)
    found = 0
    for i in range(ordered.shape[0]):
        if found < KEPT and (i == 0 or ordered[i] != ordered[i - 1]):
            ordered[found] = ordered[i]
            found += 1
    return ordered[:found]
