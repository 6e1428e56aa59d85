"""A random walk along stored links, from one article, within a fixed number of steps.

Personalised PageRank by local push (Andersen, Chung and Lang, "Local graph partitioning using
PageRank vectors", 2006), the largest residual first: what the walk often comes by is of the
same thread, though it may share no words with the article it started from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from backstory.group.index.kernels import SPAN, Tail, find_key, probe, row_of
from backstory.group.index.mapped import HEADER
from backstory.group.index.similar import Index

PUSHES = 200
RESTART = 0.2
NEIGHBOURS = 60  # links of one article that are followed, the strongest
_SEEN = 2048  # links of one article that are looked at
_FAINTEST = 1e-5
_BLOCK = 64

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@njit(cache=True)
def _neighbours(
    seq: int,
    files: Any,
    runs: Any,
    tail: Tail,
    out: Any,
    weights: Any,
) -> int:
    """Articles linked to or from one: into ``out`` with squared weights."""
    found = 0
    if seq >= tail.first:
        begin = tail.offsets[seq - tail.first]
        end = tail.offsets[seq - tail.first + 1]
        linked = tail.terms[begin:end]
        packed = tail.packed[begin:end]
    else:
        linked, packed = row_of(files[seq // SPAN], seq)
    for p in range(len(linked)):
        out[found] = linked[p]
        weights[found] = float(packed[p] & 0xFFFF) ** 2
        found += 1
    at = tail.heads[probe(tail.heads, tail.terms, seq)]
    while at >= 0 and found < len(out):
        out[found] = tail.seqs[at]
        weights[found] = float(tail.packed[at] & 0xFFFF) ** 2
        found += 1
        at = tail.next[at]
    for r in range(len(runs) - 1, -1, -1):
        run = runs[r]
        keys = run[8]
        position = find_key(run, keys, seq)
        if position < 0:
            continue
        starts = HEADER + keys
        seqs = starts + keys + 1
        values = seqs + run[9]
        for p in range(run[starts + position], run[starts + position + 1]):
            if found == len(out):
                break
            out[found] = run[seqs + p]
            weights[found] = float(run[values + p] & 0xFFFF) ** 2
            found += 1
    return found


@njit(cache=True)
def _push(
    seeds: Any,
    shares: Any,
    pushes: int,
    restart: float,
    most: int,
    files: Any,
    runs: Any,
    tail: Tail,
) -> tuple[Any, Any]:
    size = pushes * most + len(seeds) + 1
    table = 1
    while table < 2 * size:
        table *= 2
    slots = np.full(table, -1, np.int32)
    nodes = np.empty(size, np.int32)
    mass = np.zeros(size)
    rest = np.zeros(size)
    # The largest residual of each block, so that the next push is found without reading all.
    tops = np.zeros(size // _BLOCK + 1)
    count = 0
    for i in range(len(seeds)):
        slots[probe(slots, nodes, seeds[i])] = count
        nodes[count] = seeds[i]
        rest[count] = shares[i]
        tops[count // _BLOCK] = max(tops[count // _BLOCK], shares[i])
        count += 1
    out = np.empty(_SEEN, np.int32)
    weights = np.empty(_SEEN)
    for _ in range(pushes):
        block = -1
        largest = _FAINTEST
        for i in range(count // _BLOCK + 1):
            if tops[i] > largest:
                largest = tops[i]
                block = i
        if block < 0:
            break
        best = block * _BLOCK
        while rest[best] != largest:
            best += 1
        rest[best] = 0.0
        tops[block] = rest[block * _BLOCK : (block + 1) * _BLOCK].max()
        mass[best] += restart * largest
        found = _neighbours(
            nodes[best],
            files,
            runs,
            tail,
            out,
            weights,
        )
        order = np.arange(found)
        if found > most:
            order = np.argsort(-weights[:found], kind="mergesort")[:most]
        total = 0.0
        for j in range(len(order)):
            total += weights[order[j]]
        if total == 0.0:
            continue
        for j in range(len(order)):
            node = out[order[j]]
            slot = probe(slots, nodes, node)
            if slots[slot] < 0:
                slots[slot] = count
                nodes[count] = node
                count += 1
            at = slots[slot]
            rest[at] += (1.0 - restart) * largest * weights[order[j]] / total
            tops[at // _BLOCK] = max(tops[at // _BLOCK], rest[at])
    return nodes[:count].copy(), mass[:count] + restart * rest[:count]


@njit(cache=True)
def _inside(
    seqs: Any,
    core: Any,
    files: Any,
    runs: Any,
    tail: Tail,
    shares: Any,
) -> None:
    out = np.empty(_SEEN, np.int32)
    weights = np.empty(_SEEN)
    for i in range(len(seqs)):
        found = _neighbours(
            seqs[i],
            files,
            runs,
            tail,
            out,
            weights,
        )
        total = 0.0
        within = 0.0
        for j in range(found):
            total += weights[j]
            at = np.searchsorted(core, out[j])
            if at < len(core) and core[at] == out[j]:
                within += weights[j]
        shares[i] = within / total if total > 0.0 else 0.0


def inside(index: Index, seqs: Ints, core: Ints) -> Floats:
    """How much of each article's links, squared, lead to and from the articles of ``core``.

    An article of a topic is linked within it; a stray that shares a name is linked elsewhere.
    ``core`` ascends.
    """
    rows = index.links
    shares = np.zeros(len(seqs))
    _inside(
        seqs,
        core,
        rows.files,
        rows.runs,
        rows.tail.arrays,
        shares,
    )
    return shares


def walk(index: Index, seeds: Ints, shares: Floats) -> tuple[Ints, Floats]:
    """Articles that a walk from ``seeds`` comes by, with its mass there (sum at most 1)."""
    rows = index.links
    nodes, mass = _push(
        seeds,
        shares,
        PUSHES,
        RESTART,
        NEIGHBOURS,
        rows.files,
        rows.runs,
        rows.tail.arrays,
    )
    return nodes, mass
