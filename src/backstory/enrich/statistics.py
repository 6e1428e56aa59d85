"""Counting words and weighing terms: the compiled inner loops of vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from backstory.model.vector import DAY, NAME, NUMBER, TITLE

NAME_WEIGHT = 1.8  # how much more a sure name counts than another word
UNKNOWN = 2.0  # times that a word no dictionary has counts as seen with a capital, where it has one
NUMBER_WEIGHT = 1.5
_DAYS = 7 << 3  # bits of a word's code that say which day of the week it is
TERM = 6  # bits of a word's code below its term number
_NORM = 1000.0
MOST_BIGRAMS = 64  # of an article, the first
_TELLING = 0.05  # share of the language's articles that a word may be in and still tell something


@njit(cache=True)
def from_zero(codes: Any, opening: Any, in_title: int, place_of: Any) -> Any:
    """Make the terms of one article's words count from 0 as they come; the former numbers in that
    order. ``place_of``: room for each number there may be, -1 throughout, before and after.

    Of a title that has capitals throughout they tell nothing about names: each of its words is
    made one that opens a sentence.
    """
    inner = upper = 0
    for i in range(in_title):
        if not opening[i] and codes[i] >= 0:
            inner += 1
            upper += codes[i] & 1
    if upper * 2 > inner:
        opening[:in_title] = True
    terms = np.empty(codes.shape[0], np.int32)
    found = 0
    for i in range(codes.shape[0]):
        code = codes[i]
        if code < 0:
            continue
        term = code >> TERM
        if place_of[term] < 0:
            place_of[term] = found
            terms[found] = term
            found += 1
        codes[i] = (place_of[term] << TERM) | (code & ((1 << TERM) - 1))
    for i in range(found):
        place_of[terms[i]] = -1
    return terms[:found]


@njit(cache=True)
def count(read: Any, numbers: Any, opening: Any, own: int, live: Any) -> Any:
    """Add one article to ``live`` (rows: terms; columns: articles, lower, upper).

    ``read``: the codes of its words with places among ``numbers``; returned are the same with
    the numbers that stand there.
    """
    codes = np.empty_like(read)
    for i in range(read.shape[0]):
        code = read[i]
        if code >= 0:
            code = (numbers[code >> TERM] << TERM) | (code & ((1 << TERM) - 1))
        codes[i] = code
    live[own, 0] += 1
    for number in numbers:
        live[number, 0] += 1
    for i in range(codes.shape[0]):
        code = codes[i]
        if code >= 0 and not opening[i] and not code & 2:
            live[code >> TERM, 1 + (code & 1)] += 1
    return codes


@njit(cache=True)
def bigrams(codes: Any, frozen: Any, documents: int) -> Any:
    """Hashes of each two telling words in a row, whatever that tells nothing stands between
    them; ascending, none twice."""
    found = np.empty(MOST_BIGRAMS, np.uint32)
    count = 0
    last = -1
    for code in codes:
        term = code >> TERM
        if code < 0 or frozen[term, 0] + 0.5 > _TELLING * (documents + 50.0):
            continue
        if last >= 0 and last != term and count < MOST_BIGRAMS:
            key = np.uint64(last) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(term)
            key = (key ^ (key >> np.uint64(32))) * np.uint64(0xBF58476D1CE4E5B9)
            found[count] = np.uint32(key >> np.uint64(32))
            count += 1
        last = term
    ordered = np.sort(found[:count])
    count = 0
    for i in range(ordered.shape[0]):
        if i == 0 or ordered[i] != ordered[i - 1]:
            ordered[count] = ordered[i]
            count += 1
    return ordered[:count]


@njit(cache=True)
def weigh(
    codes: Any, in_title: int, opening: Any, frozen: Any, documents: int, most: int
) -> tuple[Any, Any, Any]:
    """The heaviest terms of an article: numbers, integer weights, flags."""
    n = codes.shape[0]
    order = np.argsort(codes >> TERM, kind="mergesort")
    terms = np.empty(n, np.int32)
    weights = np.empty(n, np.float64)
    flags = np.empty(n, np.uint8)
    found = 0
    dated = n  # the first word that is a day of the week
    of_day = -1
    i = 0
    while i < n:
        term = codes[order[i]] >> TERM
        times = 0
        lower = 0.0
        upper = 0.0
        capitals = 0
        unknown = 0
        bits = 0
        while i < n and codes[order[i]] >> TERM == term:
            place = order[i]
            code = codes[place]
            times += 1
            if place < in_title:
                times += 1
                bits |= TITLE
            if code & 2:
                bits |= NUMBER
            capitals += code & 1
            unknown = code & 4
            if code >= 0 and code & _DAYS and place < dated:
                dated, of_day = place, found
            if not opening[place]:
                if code & 1:
                    upper += 2.0
                else:
                    lower += 2.0
            i += 1
        if term < 0:
            continue
        weight = math.log((documents + 50.0) / (frozen[term, 0] + 0.5))
        if weight <= 0.1:
            weight = 0.1
        if bits & NUMBER:
            weight *= NUMBER_WEIGHT
        elif capitals:
            upper += frozen[term, 2] + 1.0 + (UNKNOWN if unknown else 0.0)
            lower += frozen[term, 1]
            surely = upper / (upper + lower + 1.0)
            weight *= 1.0 + (NAME_WEIGHT - 1.0) * surely
            if surely > 0.5:
                bits |= NAME
        terms[found] = term
        weights[found] = weight * (1.0 + math.log(times))
        flags[found] = bits
        found += 1
    # Heaviest first; ties by term number, as the sort is stable and terms ascend.
    best = np.argsort(-weights[:found], kind="mergesort")
    if of_day >= 0:
        flags[of_day] |= DAY * ((codes[dated] & _DAYS) >> 3)
        if not np.any(best[:most] == of_day):  # it is kept, though it weighs little
            best[most - 1] = of_day
    best = best[:most]
    norm = 0.0
    for place in best:
        norm += weights[place] ** 2
    scale = _NORM / math.sqrt(norm) if norm > 0.0 else 0.0
    out = np.empty(best.shape[0], np.int16)
    for j in range(best.shape[0]):
        out[j] = max(1, round(weights[best[j]] * scale))
    return terms[best], out, flags[best]
