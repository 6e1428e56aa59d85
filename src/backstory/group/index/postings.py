"""Sparse rows in the order of seq, and the lists that lead from a key back to its rows.

The index keeps two of these: articles by their terms, and articles by the earlier articles
that they are linked to. Rows lie in files of ``SPAN`` articles each, lists in runs of as many
and, once there are ``WIDE`` of those in a row, in one wide run, of which as many again become
one; what came since the last file is in memory. Answers do not depend on which of it was there:
of a key's list the newest ``CAP`` rows of each quarter of a year count, wherever files begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numba import types
from numba.typed import List
from numpy.typing import NDArray

from backstory.group.index import kernels, mapped
from backstory.group.index.kernels import INDEXED, MISSING, QUARTER, QUARTERS, SPAN, Tail

CAP = 20  # rows a key and quarter of a year
WIDE = 8  # runs that become one, and again
ROWS, RUN = 1, 2
_SAMPLED, _RANGE = 64, 65_536  # keys: one in so many is looked at; joined at a time, about
_OFFSETS = mapped.HEADER + 3 * SPAN  # where in a file the ends of its rows stand
_BODY = _OFFSETS + SPAN + 1

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
_LIST_TYPE = types.Array(types.int32, 1, "C")


@dataclass(frozen=True, slots=True)
class Line:
    """A row: ``keys`` with weights, the heaviest first; ``packed`` is flags << 16 | weight."""

    keys: Ints
    packed: Ints
    minute: int  # MISSING where unknown
    mark: int  # one more number, the owner's own
    square: int  # sum of the squared weights


def empty_line() -> Line:
    nothing = np.zeros(0, dtype=np.int32)
    return Line(nothing, nothing, MISSING, 0, 0)


def quarter_of(minute: int | None) -> int:
    """The quarter of a year a minute lies in, as a small positive number; 0 where unknown."""
    if minute is None or minute == MISSING:
        return 0
    return min(max(minute // QUARTER + QUARTERS // 2, 1), QUARTERS - 1)


@dataclass(slots=True)
class Recent:
    """Articles since the last file, appended in place; ``arrays`` have room for more."""

    arrays: Tail
    count: int = 0  # articles
    used: int = 0  # terms of all of them
    distinct: int = 0  # terms that lists lead from

    @classmethod
    def empty(cls, first: int) -> Recent:
        rows, entries, table = 1024, 1 << 16, 1 << 17
        sizes = [rows, rows, rows, rows + 1, *[entries] * 5]
        arrays = [np.zeros(size, dtype=np.int32) for size in sizes]
        arrays.append(np.full(table, -1, dtype=np.int32))
        return cls(Tail(first, *arrays))

    @property
    def first(self) -> int:
        return self.arrays.first

    def append(self, seq: int, line: Line) -> None:
        place, count = self.count, len(line.keys)
        if place == len(self.arrays.minutes):
            old = self.arrays
            self.arrays = old._replace(
                minutes=_doubled(old.minutes),
                marks=_doubled(old.marks),
                squares=_doubled(old.squares),
                offsets=np.concatenate([old.offsets, np.zeros(place, np.int32)]),
            )
        self._reserve(count)
        arrays = self.arrays
        arrays.minutes[place] = line.minute
        arrays.marks[place] = line.mark
        arrays.squares[place] = line.square
        self.distinct += kernels.insert_article(
            seq, line.keys, line.packed, quarter_of(line.minute), self.used, arrays
        )
        self.used += count
        self.count += 1
        arrays.offsets[self.count] = self.used

    def line(self, place: int) -> Line:
        arrays = self.arrays
        begin, end = int(arrays.offsets[place]), int(arrays.offsets[place + 1])
        return Line(
            arrays.terms[begin:end],
            arrays.packed[begin:end],
            int(arrays.minutes[place]),
            int(arrays.marks[place]),
            int(arrays.squares[place]),
        )

    def _reserve(self, more: int) -> None:
        while self.used + more > len(self.arrays.terms):
            old = self.arrays
            self.arrays = old._replace(
                terms=_doubled(old.terms),
                packed=_doubled(old.packed),
                postings=_doubled(old.postings),
                seqs=_doubled(old.seqs),
                next=_doubled(old.next),
            )
        if 2 * (self.distinct + more) > len(self.arrays.heads):
            heads = np.full(2 * len(self.arrays.heads), -1, dtype=np.int32)
            self.arrays = self.arrays._replace(heads=heads)
            kernels.rehash(self.arrays, self.used)


def _doubled(array: Ints) -> Ints:
    """The array with as many zeros behind it."""
    return np.concatenate([array, np.zeros(len(array), dtype=np.int32)])


def _row_parts(tail: Tail) -> list[Ints]:
    """The body of a file of vectors: of the tail's first ``SPAN`` articles."""
    used = int(tail.offsets[SPAN])
    return [
        tail.minutes[:SPAN],
        tail.marks[:SPAN],
        tail.squares[:SPAN],
        tail.offsets[: SPAN + 1],
        tail.terms[:used],
        tail.packed[:used],
    ]


def _run_parts(file: Ints, first: int) -> tuple[int, int, list[Ints]]:
    """The capped postings of a file of vectors: keys, postings, body."""
    offsets = file[mapped.HEADER + 3 * SPAN : mapped.HEADER + 4 * SPAN + 1]
    base = mapped.HEADER + 4 * SPAN + 1
    entries = int(file[mapped.OWN])
    lengths = np.diff(offsets)
    rank = np.arange(entries) - np.repeat(offsets[:-1], lengths)
    chosen = np.flatnonzero(rank < INDEXED)[::-1]
    minutes = file[mapped.HEADER : mapped.HEADER + SPAN]
    quarters = np.array([quarter_of(int(minute)) for minute in minutes], dtype=np.int32)
    place = np.repeat(np.arange(SPAN, dtype=np.int32), lengths)[chosen]
    weights = file[base + entries : base + 2 * entries][chosen] & 0xFFFF
    return _capped(
        file[base : base + entries][chosen], place + first, (quarters[place] << 16) | weights
    )


def _joined_parts(runs: Sequence[Ints]) -> tuple[int, int, list[Ints]]:
    """The capped postings of runs in a row as those of one: what is capped twice is capped.

    Joined from range to range of the keys, so that little is in memory at a time.
    """
    newest_first = [_split_run(run) for run in reversed(runs)]
    some = np.sort(np.concatenate([keys[::_SAMPLED] for keys, _, _, _ in newest_first]))
    edges = np.unique(some[_RANGE // _SAMPLED :: _RANGE // _SAMPLED])
    starts = [np.concatenate([[0], np.searchsorted(run[0], edges)]) for run in newest_first]
    pasts = [
        np.append(start[1:], len(run[0])) for start, run in zip(starts, newest_first, strict=True)
    ]
    made = []
    for number in range(len(edges) + 1):
        terms, seqs, postings = [], [], []
        for (keys, ends, of, posted), start, past in zip(newest_first, starts, pasts, strict=True):
            first, end = int(start[number]), int(past[number])
            entries = slice(int(ends[first]), int(ends[end]))
            terms.append(np.repeat(keys[first:end], np.diff(ends[first : end + 1])))
            seqs.append(of[entries])
            postings.append(posted[entries])
        made.append(_capped(*map(np.concatenate, (terms, seqs, postings))))
    before = np.cumsum([0, *(count for _, count, _ in made)])
    offsets = [part[1][:-1] + start for (_, _, part), start in zip(made, before, strict=False)]
    parts = [
        np.concatenate([part[0] for _, _, part in made]),
        np.concatenate([*offsets, before[-1:]]).astype(np.int32),
        np.concatenate([part[2] for _, _, part in made]),
        np.concatenate([part[3] for _, _, part in made]),
    ]
    return len(parts[0]), int(before[-1]), parts


def _split_run(run: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """The keys of a run, where the list of each ends and the next begins, and the lists."""
    keys, count = int(run[mapped.OWN]), int(run[mapped.OWN + 1])
    base = mapped.HEADER + 2 * keys + 1
    return (
        run[mapped.HEADER : mapped.HEADER + keys],
        run[mapped.HEADER + keys : base],
        run[base : base + count],
        run[base + count : base + 2 * count],
    )


def _capped(all_terms: Ints, all_seqs: Ints, all_postings: Ints) -> tuple[int, int, list[Ints]]:
    """Keys, postings, and the body of a run: postings by term, newest first, capped.

    What is given has the newest of each term first, so a stable sort by term will do, which
    joins runs that are in order fast.
    """
    order = np.argsort(all_terms, kind="stable")
    all_terms, all_seqs, all_postings = all_terms[order], all_seqs[order], all_postings[order]
    keep = np.zeros(len(order), dtype=np.bool_)
    kernels.cap_postings(all_terms, all_postings, CAP, np.zeros(QUARTERS, np.int32), keep)
    all_terms, all_seqs, all_postings = all_terms[keep], all_seqs[keep], all_postings[keep]
    starts = np.flatnonzero(np.diff(all_terms, prepend=-1))
    ends = np.append(starts, len(all_terms)).astype(np.int32)
    return len(starts), len(all_terms), [all_terms[starts], ends, all_seqs, all_postings]


class Rows:
    """Rows and lists of one kind, ``name``. One thread at a time.

    ``directory`` holds the files, or None for rows in memory alone (the answers are the same).
    """

    def __init__(self, name: str, identity: str, directory: Path | None) -> None:
        self._name = name
        self._directory = directory
        self._identity = mapped.identity_halves(f"{name} {identity}")
        self.files = List.empty_list(_LIST_TYPE)  # for kernels
        self._arrays: list[Ints] = []  # the same: a row is asked for at a fifth of the cost
        self.runs = List.empty_list(_LIST_TYPE)
        self._widths: list[int] = []  # of the runs, in files
        self.tail = Recent.empty(0)
        self.tail.append(0, empty_line())  # there is no row 0

    @property
    def last(self) -> int:
        """The newest number that is in."""
        return self.tail.first + self.tail.count - 1

    def append(self, line: Line) -> None:
        self.tail.append(self.last + 1, line)

    def line(self, seq: int) -> Line:
        if seq >= self.tail.first:
            return self.tail.line(seq - self.tail.first)
        file, place = self._arrays[seq // SPAN], mapped.HEADER + seq % SPAN
        return Line(
            *self.row(seq), int(file[place]), int(file[place + SPAN]), int(file[place + 2 * SPAN])
        )

    def row(self, seq: int) -> tuple[Ints, Ints]:
        """The keys and packed weights of a line alone."""
        if seq >= self.tail.first:
            line = self.tail.line(seq - self.tail.first)
            return line.keys, line.packed
        file = self._arrays[seq // SPAN]
        begin, end = file[_OFFSETS + seq % SPAN : _OFFSETS + seq % SPAN + 2].tolist()
        entries = int(file[mapped.OWN])
        return file[_BODY + begin : _BODY + end], file[
            _BODY + entries + begin : _BODY + entries + end
        ]

    def settle(self, committed: int) -> None:
        """Turn the tail's full spans up to a committed number into files."""
        while self.tail.first + SPAN - 1 <= committed and self.tail.count >= SPAN:
            tail = self.tail
            entries = int(tail.arrays.offsets[SPAN])
            own = (entries, 0, 0, 0)
            self._take(self._keep("rows", ROWS, tail.first, SPAN, own, _row_parts(tail.arrays)))
            rest = Recent.empty(tail.first + SPAN)
            for place in range(SPAN, tail.count):
                rest.append(tail.first + place, tail.line(place))
            self.tail = rest

    def map_files(self, last: int) -> None:
        """Map the files that are there, whole and in a row, and end before ``last``."""
        while True:
            first = len(self.files) * SPAN
            path = self._path("rows", first, SPAN)
            fresh = self.tail.count == (1 if first == 0 else 0)
            if path is None or not fresh or first + SPAN - 1 > last:
                return
            file = mapped.read(path, ROWS, first, first + SPAN - 1, self._identity)
            if file is None:
                return
            self._take(file)
            self.tail = Recent.empty(first + SPAN)

    def _path(self, what: str, first: int, span: int) -> Path | None:
        if self._directory is None:
            return None
        return self._directory / f"{self._name}-{what}-{first:010d}-{span}.bin"

    def _keep(
        self,
        what: str,
        kind: int,
        first: int,
        span: int,
        own: tuple[int, int, int, int],
        parts: list[Ints],
    ) -> Ints:
        path = self._path(what, first, span)
        if path is not None:
            mapped.write(path, kind, first, first + span - 1, self._identity, own, parts)
            found = mapped.read(path, kind, first, first + span - 1, self._identity)
            if found is not None:
                return found
        header = np.zeros(mapped.HEADER, dtype=np.int32)
        header[mapped.OWN : mapped.OWN + 4] = own
        return np.concatenate([header, *[part.astype(np.int32) for part in parts]])

    def _take(self, file: Ints) -> None:
        """Add a file of rows, and its run of lists, widening runs where it is time."""
        number = len(self.files)
        self.files.append(file)
        self._arrays.append(file)
        self._put(self._run(number, 1), 1)
        for width in (1, WIDE):
            if self._widths[-WIDE:] == [width] * WIDE:
                wide = width * WIDE
                joined = self._run(number - wide + 1, wide, list(self.runs)[-WIDE:])
                self._drop(WIDE)
                self._put(joined, wide)

    def _put(self, run: Ints, width: int) -> None:
        self.runs.append(run)
        self._widths.append(width)

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self.runs.pop()
            self._widths.pop()

    def _run(self, number: int, width: int, narrower: Sequence[Ints] = ()) -> Ints:
        """The run over so many files: read, else made of the runs it joins or of its file."""
        first, span = number * SPAN, width * SPAN
        path = self._path("lists", first, span)
        if path is not None:
            found = mapped.read(path, RUN, first, first + span - 1, self._identity)
            if found is not None:
                return found
        made = _joined_parts(narrower) if narrower else _run_parts(self.files[number], first)
        keys, postings, parts = made
        return self._keep("lists", RUN, first, span, (keys, postings, 0, 0), parts)
