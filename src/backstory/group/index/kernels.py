"""Compiled loops over the index: postings asked, vectors compared, within bounded work.

Everything lies in flat int32 arrays (see ``index``). A *shelf file* holds the vectors of a
fixed range of articles, a *run* the postings of one; the *tail* is what came since the last
of them, in memory. Packed integers are ``high << 16 | low`` with a weight or a weight's flags.
"""

from __future__ import annotations

from typing import Any

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


@njit(cache=True, inline="always")
def slot_of(term: int, mask: int) -> int:
    return ((term * 0x9E3779B1) >> 7) & mask


@njit(cache=True, inline="always")
def sum_up(seq: int, part: float, slots: Any32, seqs: Any32, sums: Any, found: int) -> int:
    """Add a part to the sum of an article; returns how many articles there are then."""
    mask = len(slots) - 1
    slot = slot_of(seq, mask)
    while slots[slot] >= 0 and seqs[slots[slot]] != seq:
        slot = (slot + 1) & mask
    if slots[slot] < 0:
        slots[slot] = found
        seqs[found] = seq
        sums[found] = part
        return found + 1
    sums[slots[slot]] += part
    return found


@njit(cache=True)
def insert_article(
    seq: int,
    terms: Any32,
    packed: Any32,
    quarter: int,
    used: int,
    tail_terms: Any32,
    tail_packed: Any32,
    tail_postings: Any32,
    tail_seqs: Any32,
    tail_next: Any32,
    table_keys: Any32,
    table_heads: Any32,
) -> int:
    """Append one article's terms to the tail; returns how many terms were new to it."""
    fresh = 0
    mask = len(table_keys) - 1
    for i in range(len(terms)):
        term = terms[i]
        at = used + i
        tail_terms[at] = term
        tail_packed[at] = packed[i]
        tail_postings[at] = (quarter << 16) | (packed[i] & 0xFFFF)
        tail_seqs[at] = seq
        if i >= INDEXED:
            tail_next[at] = UNCHAINED
            continue
        slot = slot_of(term, mask)
        while table_heads[slot] >= 0 and table_keys[slot] != term:
            slot = (slot + 1) & mask
        if table_heads[slot] < 0:
            table_keys[slot] = term
            fresh += 1
        tail_next[at] = table_heads[slot]
        table_heads[slot] = at
    return fresh


@njit(cache=True)
def rehash(
    tail_terms: Any32, used: int, tail_next: Any32, table_keys: Any32, table_heads: Any32
) -> None:
    """Fill a larger, empty table from the tail's terms."""
    mask = len(table_keys) - 1
    for at in range(used):
        if tail_next[at] == UNCHAINED:
            continue
        slot = slot_of(tail_terms[at], mask)
        while table_heads[slot] >= 0 and table_keys[slot] != tail_terms[at]:
            slot = (slot + 1) & mask
        table_keys[slot] = tail_terms[at]
        tail_next[at] = table_heads[slot]
        table_heads[slot] = at


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
    table_keys: Any32,
    table_heads: Any32,
    tail_next: Any32,
    tail_postings: Any32,
    tail_seqs: Any32,
    counts: Any32,
    slots: Any32,
    seqs: Any32,
    sums: NDArray[np.float32],
) -> int:
    """Sum weight times weight, faded by its quarter, over postings of some terms, newest first:
    articles into ``seqs``, in no order, with their ``sums``; how many. As many as ``seqs``
    holds: there may be more.

    At most ``cap`` postings a term and quarter of a year count; ``counts`` is zero before and
    after. ``slots``, twice as many and all -1, are a small table: a place for every article of
    a large archive would be in no cache.
    """
    most = len(seqs)
    found = 0
    mask = len(table_keys) - 1
    for t in range(len(terms)):
        term = terms[t]
        weight = weights[t]
        slot = slot_of(term, mask)
        while table_heads[slot] >= 0 and table_keys[slot] != term:
            slot = (slot + 1) & mask
        at = table_heads[slot]
        while at >= 0 and found < most:
            quarter = tail_postings[at] >> 16
            if counts[quarter] < cap:
                counts[quarter] += 1
                part = weight * fades[quarter] * np.float32(tail_postings[at] & 0xFFFF)
                found = sum_up(tail_seqs[at], part, slots, seqs, sums, found)
            at = tail_next[at]
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
                    found = sum_up(run[numbers + p], part, slots, seqs, sums, found)
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


@njit(cache=True)
def fill_slots(terms: Any32, slots: Any32) -> None:
    """Enter the positions of a question's terms into an empty (-1) table of ``SLOTS``."""
    mask = len(slots) - 1
    for i in range(len(terms)):
        slot = slot_of(terms[i], mask)
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = i


@njit(cache=True)
def dots(
    terms: Any32,
    weights: NDArray[np.float32],
    slots: Any32,
    seqs: Any32,
    files: Any,
    tail_first: int,
    tail_offsets: Any32,
    tail_squares: Any32,
    tail_terms: Any32,
    tail_packed: Any32,
    out: NDArray[np.float32],
    largest: NDArray[np.float32],
) -> None:
    """The exact dot product of a question with each of some articles over the article's norm;
    ``largest``: what the one term that adds most adds to it."""
    mask = len(slots) - 1
    for c in range(len(seqs)):
        seq = seqs[c]
        total = np.float32(0.0)
        most = np.float32(0.0)
        if seq >= tail_first:
            place = seq - tail_first
            square = tail_squares[place]
            for p in range(tail_offsets[place], tail_offsets[place + 1]):
                slot = slot_of(tail_terms[p], mask)
                while slots[slot] >= 0:
                    if terms[slots[slot]] == tail_terms[p]:
                        part = weights[slots[slot]] * np.float32(tail_packed[p] & 0xFFFF)
                        total += part
                        most = max(most, part)
                        break
                    slot = (slot + 1) & mask
        else:
            file = files[seq // SPAN]
            place = seq % SPAN
            square = file[HEADER + 2 * SPAN + place]
            offsets = HEADER + 3 * SPAN
            base = offsets + SPAN + 1
            entries = file[8]
            for p in range(file[offsets + place], file[offsets + place + 1]):
                term = file[base + p]
                slot = slot_of(term, mask)
                while slots[slot] >= 0:
                    if terms[slots[slot]] == term:
                        part = weights[slots[slot]] * np.float32(file[base + entries + p] & 0xFFFF)
                        total += part
                        most = max(most, part)
                        break
                    slot = (slot + 1) & mask
        norm = np.float32(np.sqrt(square)) if square > 0 else np.float32(1.0)
        out[c] = total / norm
        largest[c] = most / norm


@njit(cache=True)
def blend(
    seqs: Any32,
    shares: NDArray[np.float64],
    files: Any,
    tail_first: int,
    tail_offsets: Any32,
    tail_terms: Any32,
    tail_packed: Any32,
) -> tuple[Any32, NDArray[np.float64]]:
    """The sum of some articles' unit vectors times their shares: terms, in no order, and sums."""
    table = 1024
    slots = np.full(table, -1, np.int32)
    terms = np.empty(table // 2, np.int32)
    sums = np.empty(table // 2)
    count = 0
    for i in range(len(seqs)):
        seq = seqs[i]
        if seq >= tail_first:
            begin = tail_offsets[seq - tail_first]
            end = tail_offsets[seq - tail_first + 1]
            keys = tail_terms[begin:end]
            packed = tail_packed[begin:end]
        else:
            file = files[seq // SPAN]
            offsets = HEADER + 3 * SPAN
            base = offsets + SPAN + 1
            begin = base + file[offsets + seq % SPAN]
            end = base + file[offsets + seq % SPAN + 1]
            keys = file[begin:end]
            packed = file[begin + file[8] : end + file[8]]
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
            for place in range(count):
                slot = slot_of(terms[place], table - 1)
                while slots[slot] >= 0:
                    slot = (slot + 1) & (table - 1)
                slots[slot] = place
        for p in range(len(keys)):
            slot = slot_of(keys[p], table - 1)
            while slots[slot] >= 0 and terms[slots[slot]] != keys[p]:
                slot = (slot + 1) & (table - 1)
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
    mask = SLOTS - 1
    for i in range(count):
        slots[:] = -1
        own = terms[offsets[i] : offsets[i + 1]]
        fill_slots(own, slots)
        for j in range(i + 1):
            total = np.float32(0.0)
            for p in range(offsets[j], offsets[j + 1]):
                slot = slot_of(terms[p], mask)
                while slots[slot] >= 0:
                    if own[slots[slot]] == terms[p]:
                        total += weights[offsets[i] + slots[slot]] * weights[p]
                        break
                    slot = (slot + 1) & mask
            out[i, j] = total
            out[j, i] = total
    return out


@njit(cache=True)
def minutes_of(seqs: Any32, files: Any, tail_first: int, tail_minutes: Any32, out: Any32) -> None:
    for c in range(len(seqs)):
        seq = seqs[c]
        if seq >= tail_first:
            out[c] = tail_minutes[seq - tail_first]
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
