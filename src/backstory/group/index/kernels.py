"""Compiled loops over the index: postings asked, vectors compared, within bounded work.

Everything lies in flat int32 arrays (see ``index``). A *shelf file* holds the vectors of a
fixed range of articles, a *run* the postings of one; the *tail* is what came since the last
of them, in memory. Packed integers are ``high << 16 | low`` with a weight or a weight's flags.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from backstory.group.index.mapped import HEADER

SPAN = 8192  # articles in one file of vectors
QUARTERS = 2048
QUARTER = 131_490  # minutes in a quarter of a year
SLOTS = 1024  # of the little table that a question's terms are looked up in
MISSING = -(2**31)
INDEXED = 48  # the heaviest terms of an article are found by, the others only compared
UNCHAINED = -2

Any32 = NDArray[np.int32]


class Tail(NamedTuple):
    """The rows since the last file: of article ``first + i`` the terms stand from ``offsets[i]``
    to ``offsets[i + 1]``, the heaviest first; and the lists that lead from a term to its rows:
    ``heads`` is a hash table of where each term was said last, ``next`` leads to where before."""

    first: int
    minutes: Any32  # a number for each article
    marks: Any32
    squares: Any32
    offsets: Any32
    terms: Any32  # a number for each term of each article
    packed: Any32  # flags << 16 | weight
    postings: Any32  # quarter << 16 | weight
    seqs: Any32
    next: Any32  # -1 at the end of a list, ``UNCHAINED`` in none
    heads: Any32  # -1 where there is no term


class Sums(NamedTuple):
    """Articles and what was summed up for each, found by a hash table, ``slots``, that has twice
    as many places and is -1 where there is none."""

    slots: Any32
    seqs: Any32
    sums: NDArray[np.float32]


@njit(cache=True, inline="always")
def probe(slots: Any32, keys: Any32, key: int) -> int:
    """The slot of a key in a hash table of positions in ``keys``: it holds -1 where the key is
    new."""
    mask = len(slots) - 1
    slot = ((key * 0x9E3779B1) >> 7) & mask
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + 1) & mask
    return slot


@njit(cache=True, inline="always")
def sum_up(seq: int, part: float, table: Sums, found: int) -> int:
    """Add a part to the sum of an article; returns how many articles there are then."""
    slot = probe(table.slots, table.seqs, seq)
    at = table.slots[slot]
    if at < 0:
        table.slots[slot] = found
        table.seqs[found] = seq
        table.sums[found] = part
        return found + 1
    table.sums[at] += part
    return found


@njit(cache=True)
def insert_article(
    seq: int, terms: Any32, packed: Any32, quarter: int, used: int, tail: Tail
) -> int:
    """Append one article's terms to the tail; returns how many terms were new to it."""
    fresh = 0
    for i in range(len(terms)):
        at = used + i
        tail.terms[at] = terms[i]
        tail.packed[at] = packed[i]
        tail.postings[at] = (quarter << 16) | (packed[i] & 0xFFFF)
        tail.seqs[at] = seq
        if i >= INDEXED:
            tail.next[at] = UNCHAINED
            continue
        slot = probe(tail.heads, tail.terms, terms[i])
        if tail.heads[slot] < 0:
            fresh += 1
        tail.next[at] = tail.heads[slot]
        tail.heads[slot] = at
    return fresh


@njit(cache=True)
def rehash(tail: Tail, used: int) -> None:
    """Fill a larger, empty table from the tail's terms."""
    for at in range(used):
        if tail.next[at] == UNCHAINED:
            continue
        slot = probe(tail.heads, tail.terms, tail.terms[at])
        tail.next[at] = tail.heads[slot]
        tail.heads[slot] = at


@njit(cache=True)
def find_key(run: Any32, keys: int, term: int) -> int:
    """Position of a term among the sorted keys of a run, or -1."""
    low = 0
    high = keys
    while low < high:
        middle = (low + high) >> 1
        if run[HEADER + middle] < term:
            low = middle + 1
        else:
            high = middle
    if low < keys and run[HEADER + low] == term:
        return low
    return -1


@njit(cache=True)
def fade_quarters(minute: int, days: float, floor: float, fades: NDArray[np.float32]) -> None:
    """What a gap to the middle of each quarter takes from belonging: 1 at none, ``floor`` for
    ever, half-way after ``days``; as after a year where either time is unknown."""
    for quarter in range(len(fades)):
        gap = 365.0
        if quarter and minute != MISSING:
            middle = (quarter - QUARTERS // 2) * QUARTER + QUARTER // 2
            gap = abs(middle - minute) / 1440.0
        fades[quarter] = floor + (1.0 - floor) / (1.0 + gap / days)


@njit(cache=True)
def gather(
    terms: Any32,
    weights: NDArray[np.float32],
    fades: NDArray[np.float32],
    cap: int,
    runs: Any,
    tail: Tail,
    counts: Any32,
    table: Sums,
) -> int:
    """Sum weight times weight, faded by its quarter, over postings of some terms, newest first:
    articles into ``table``, in no order; how many. As many as it holds: there may be more.

    At most ``cap`` postings a term and quarter of a year count; ``counts`` is zero before and
    after. The table is empty, and small: a place for every article of a large archive would be
    in no cache.
    """
    most = len(table.seqs)
    found = 0
    for t in range(len(terms)):
        term = terms[t]
        weight = weights[t]
        at = tail.heads[probe(tail.heads, tail.terms, term)]
        while at >= 0 and found < most:
            quarter = tail.postings[at] >> 16
            if counts[quarter] < cap:
                counts[quarter] += 1
                part = weight * fades[quarter] * np.float32(tail.postings[at] & 0xFFFF)
                found = sum_up(tail.seqs[at], part, table, found)
            at = tail.next[at]
        for r in range(len(runs) - 1, -1, -1):
            run = runs[r]
            keys = run[8]
            position = find_key(run, keys, term)
            if position < 0:
                continue
            starts = HEADER + keys
            numbers = starts + keys + 1
            values = numbers + run[9]
            for p in range(run[starts + position], run[starts + position + 1]):
                quarter = run[values + p] >> 16
                if counts[quarter] < cap and found < most:
                    counts[quarter] += 1
                    part = weight * fades[quarter] * np.float32(run[values + p] & 0xFFFF)
                    found = sum_up(run[numbers + p], part, table, found)
        counts[:] = 0
    return found


@njit(cache=True)
def cap_postings(
    terms: Any32, postings: Any32, cap: int, counts: Any32, keep: NDArray[np.bool_]
) -> None:
    """Mark what a run keeps: of postings sorted by term, newest first, ``cap`` a quarter."""
    start = 0
    for i in range(len(terms)):
        if i > start and terms[i] != terms[i - 1]:
            for j in range(start, i):
                counts[postings[j] >> 16] = 0
            start = i
        quarter = postings[i] >> 16
        keep[i] = counts[quarter] < cap
        counts[quarter] += 1
    for j in range(start, len(terms)):
        counts[postings[j] >> 16] = 0


@njit(cache=True, inline="always")
def row_of(file: Any32, seq: int) -> tuple[Any32, Any32]:
    """The keys and packed weights of an article in its file of vectors."""
    offsets = HEADER + 3 * SPAN
    base = offsets + SPAN + 1
    begin = base + file[offsets + seq % SPAN]
    end = base + file[offsets + seq % SPAN + 1]
    return file[begin:end], file[begin + file[8] : end + file[8]]


@njit(cache=True)
def fill_slots(terms: Any32, slots: Any32) -> None:
    """Enter the positions of a question's terms into an empty (-1) table of ``SLOTS``."""
    for i in range(len(terms)):
        slots[probe(slots, terms, terms[i])] = i


@njit(cache=True)
def dots(
    terms: Any32,
    weights: NDArray[np.float32],
    slots: Any32,
    seqs: Any32,
    files: Any,
    tail: Tail,
    out: NDArray[np.float32],
    largest: NDArray[np.float32],
) -> None:
    """The exact dot product of a question with each of some articles over the article's norm;
    ``largest``: what the one term that adds most adds to it."""
    for c in range(len(seqs)):
        seq = seqs[c]
        total = np.float32(0.0)
        most = np.float32(0.0)
        if seq >= tail.first:
            row = seq - tail.first
            square = tail.squares[row]
            keys = tail.terms[tail.offsets[row] : tail.offsets[row + 1]]
            packed = tail.packed[tail.offsets[row] : tail.offsets[row + 1]]
        else:
            file = files[seq // SPAN]
            square = file[HEADER + 2 * SPAN + seq % SPAN]
            keys, packed = row_of(file, seq)
        for p in range(len(keys)):
            at = slots[probe(slots, terms, keys[p])]
            if at >= 0:
                part = weights[at] * np.float32(packed[p] & 0xFFFF)
                total += part
                most = max(most, part)
        norm = np.float32(np.sqrt(square)) if square > 0 else np.float32(1.0)
        out[c] = total / norm
        largest[c] = most / norm


@njit(cache=True)
def blend(
    seqs: Any32, shares: NDArray[np.float64], files: Any, tail: Tail
) -> tuple[Any32, NDArray[np.float64]]:
    """The sum of some articles' unit vectors times their shares: terms, in no order, and sums."""
    table = 1024
    slots = np.full(table, -1, np.int32)
    terms = np.empty(table // 2, np.int32)
    sums = np.empty(table // 2)
    count = 0
    for i in range(len(seqs)):
        seq = seqs[i]
        if seq >= tail.first:
            begin = tail.offsets[seq - tail.first]
            end = tail.offsets[seq - tail.first + 1]
            keys = tail.terms[begin:end]
            packed = tail.packed[begin:end]
        else:
            keys, packed = row_of(files[seq // SPAN], seq)
        square = 0.0
        for p in range(len(packed)):
            square += float(packed[p] & 0xFFFF) ** 2
        norm = np.sqrt(square) if square > 0.0 else 1.0
        if 2 * (count + len(keys)) > table:
            while 2 * (count + len(keys)) > table:
                table *= 2
            slots = np.full(table, -1, np.int32)
            terms = np.concatenate((terms[:count], np.empty(table // 2 - count, np.int32)))
            sums = np.concatenate((sums[:count], np.empty(table // 2 - count)))
            for position in range(count):
                slots[probe(slots, terms, terms[position])] = position
        for p in range(len(keys)):
            slot = probe(slots, terms, keys[p])
            if slots[slot] < 0:
                slots[slot] = count
                terms[count] = keys[p]
                sums[count] = 0.0
                count += 1
            sums[slots[slot]] += float(np.float32(float(packed[p] & 0xFFFF) / norm)) * shares[i]
    return terms[:count], sums[:count]


@njit(cache=True)
def alike(offsets: Any32, terms: Any32, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """All dot products between rows ``offsets[i]:offsets[i + 1]`` of terms with weights."""
    count = len(offsets) - 1
    out = np.zeros((count, count), np.float32)
    slots = np.full(SLOTS, -1, np.int32)
    for i in range(count):
        slots[:] = -1
        own = terms[offsets[i] : offsets[i + 1]]
        fill_slots(own, slots)
        for j in range(i + 1):
            total = np.float32(0.0)
            for p in range(offsets[j], offsets[j + 1]):
                at = slots[probe(slots, own, terms[p])]
                if at >= 0:
                    total += weights[offsets[i] + at] * weights[p]
            out[i, j] = total
            out[j, i] = total
    return out


@njit(cache=True)
def minutes_of(seqs: Any32, files: Any, tail: Tail, out: Any32) -> None:
    for c in range(len(seqs)):
        seq = seqs[c]
        if seq >= tail.first:
            out[c] = tail.minutes[seq - tail.first]
        else:
            out[c] = files[seq // SPAN][HEADER + seq % SPAN]


@njit(cache=True)
def dot(terms: Any, weights: Any, others: Any, their: Any) -> Any:
    """Sum of the products of the weights of terms in both, each with no term twice."""
    total = 0.0
    for i in range(terms.shape[0]):
        for j in range(others.shape[0]):
            if terms[i] == others[j]:
                total += float(weights[i]) * float(their[j])
                break
    return total
