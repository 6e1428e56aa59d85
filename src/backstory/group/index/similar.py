"""The index of similar articles: over the whole archive, derived from stored rows alone.

Two sets of sparse rows (see ``rows``): articles by their terms, and articles by the earlier
articles that they are linked to. Deleting the files changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from backstory.group.index import kernels
from backstory.group.index.kernels import MISSING, QUARTERS, Sums
from backstory.group.index.postings import CAP, Floats, Ints, Line, Rows, empty_line
from backstory.model.tag import Tag
from backstory.model.vector import Item

_Number = TypeVar("_Number", bound=np.generic)
_FOUND = 4096  # articles that a question finds; where there are more it is asked again


class Shelf(Protocol):
    """What the group stage asks of stored articles. Sequence numbers start at 1."""

    def identity(self) -> str:
        """What tells this store from another, for files derived from it."""

    def items(self, first: int, last: int) -> Iterator[Item]:
        """Grouped articles with ``first <= seq <= last`` in the order of seq."""

    def links(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        """Stored links (``Links.to_bytes``) of the same articles, by seq."""

    def stories_of(self, seqs: Sequence[int]) -> dict[int, int]:
        """The story (its founder's seq) of each article."""

    def members(self, stories: Sequence[int]) -> dict[int, Sequence[int]]:
        """The articles of each story, in the order of seq."""

    def named_days(self, seqs: Sequence[int]) -> dict[int, Sequence[int]]:
        """The days since 1970 that the texts of articles name, of those that name any."""

    def topics_of(self, stories: Sequence[int]) -> dict[int, int]:
        """The topic (its founding story's number, aliases resolved) of each story."""

    def tags_of(self, seqs: Sequence[int]) -> Mapping[int, Sequence[Tag]]:
        """The tags of articles, the most telling first, of those that have any."""

    def serial_among(self, seqs: Sequence[int]) -> frozenset[int]:
        """Those of these articles that are serial pieces."""

    def words_of(self, terms: Sequence[int]) -> dict[int, str]:
        """The terms of these numbers, as they are written."""


class Links:
    """Earlier articles, the nearest first: ``seqs``, and ``weights`` from 0 to ``SCALE``."""

    SCALE = 10_000  # a weight of 1 as a stored integer

    __slots__ = ("seqs", "weights")

    def __init__(self, seqs: Ints, weights: NDArray[np.int16]) -> None:
        self.seqs = seqs
        self.weights = weights

    def to_bytes(self) -> bytes:
        return self.seqs.astype("<i4").tobytes() + self.weights.astype("<i2").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> Links:
        count = len(data) // 6
        return cls(
            np.frombuffer(data, dtype="<i4", count=count).astype(np.int32),
            np.frombuffer(data, dtype="<i2", offset=4 * count).astype(np.int16),
        )


class Fading(NamedTuple):
    """How belonging falls with the gap to a ``minute`` (``MISSING``: a year is taken): half-way
    to its ``floor`` after some ``days``."""

    minute: int
    days: float
    floor: float


def _language(code: str) -> int:
    """The primary language as a number, equal where the languages are; 0 where unknown."""
    primary = code.split("-")[0].lower()[:3]
    return int.from_bytes(primary.encode("ascii", "replace"), "big")


def _writable(numbers: NDArray[_Number]) -> NDArray[_Number]:
    """The same numbers where they can be written: numba compiles a function once more for arrays
    that are read from bytes, though it writes to none."""
    return numbers if numbers.flags.writeable else numbers.copy()


def _line_of_terms(item: Item) -> Line:
    vector = item.vector
    weights = vector.weights.astype(np.int64)
    return Line(
        _writable(vector.terms),
        (vector.flags.astype(np.int32) << 16) | vector.weights.astype(np.int32),
        MISSING if item.minute is None else item.minute,
        _language(item.language),
        min(int(weights @ weights), 2**31 - 1),
    )


class Index:
    """All articles up to a sequence number, found by their terms and along their links.

    ``directory`` holds the files, or None for an index in memory alone. One thread at a time.
    Writers ``add`` each article after linking it and ``settle`` what has been committed;
    readers ``refresh``.
    """

    def __init__(self, shelf: Shelf, directory: Path | None = None) -> None:
        self._shelf = shelf
        identity = shelf.identity()
        self.terms = Rows("terms", identity, directory)
        self.links = Rows("links", identity, directory)
        self._counts = np.zeros(QUARTERS, dtype=np.int32)
        self._fades = np.ones(QUARTERS, dtype=np.float32)
        self._faded: Fading | None = None  # what they are of

    @property
    def last(self) -> int:
        """The newest sequence number that is in."""
        return self.terms.last

    def add(self, item: Item, links: Links) -> None:
        """The next article with its links; numbers left out have none."""
        if item.seq <= self.last:
            raise ValueError(f"article {item.seq} came after article {self.last}")
        self._skip(item.seq - 1)
        terms = _line_of_terms(item)
        self.terms.append(terms)
        self.links.append(Line(links.seqs, links.weights.astype(np.int32), terms.minute, 0, 0))

    def settle(self, committed: int) -> None:
        """Turn what is full, up to a committed article, into files."""
        self.terms.settle(committed)
        self.links.settle(committed)

    def refresh(self, last: int) -> None:
        """Bring in what the shelf has up to ``last``: from files where there are, else from it."""
        if last <= self.last:
            return
        for rows in (self.terms, self.links):
            rows.map_files(last)
        # Where one kind has fewer files than the other it is read from the shelf.
        for item in self._shelf.items(self.terms.last + 1, last):
            while self.terms.last < item.seq - 1:
                self.terms.append(empty_line())
            self.terms.append(_line_of_terms(item))
            self.terms.settle(item.seq)
        for seq, data in self._shelf.links(self.links.last + 1, last):
            while self.links.last < seq - 1:
                self.links.append(empty_line())
            found = Links.from_bytes(data)
            minute = self.terms.line(seq).minute
            self.links.append(Line(found.seqs, found.weights.astype(np.int32), minute, 0, 0))
            self.links.settle(seq)
        self._skip(last)
        self.settle(last)

    def _skip(self, last: int) -> None:
        for rows in (self.terms, self.links):
            while rows.last < last:
                rows.append(empty_line())

    # ------------------------------------------------------------------ questions

    def gather(
        self, terms: Ints, weights: Floats, cap: int = CAP, fading: Fading | None = None
    ) -> tuple[Ints, Floats]:
        """Articles that share the terms, with the sum of weight times weight, in no order.

        With ``fading`` the sums fall with the gap in time, to the nearest quarter of a year: so
        it is known without a look at each article when it was.
        """
        terms, weights = _writable(terms), _writable(weights)
        if fading != self._faded:
            if fading is None:
                self._fades[:] = 1.0
            else:
                kernels.fade_quarters(fading.minute, fading.days, fading.floor, self._fades)
            self._faded = fading
        most = _FOUND
        while True:
            table = Sums(
                np.full(2 * most, -1, dtype=np.int32),
                np.empty(most, dtype=np.int32),
                np.empty(most, dtype=np.float32),
            )
            found = kernels.gather(
                terms,
                weights,
                self._fades,
                cap,
                self.terms.runs,
                self.terms.tail.arrays,
                self._counts,
                table,
            )
            if found < most:
                return table.seqs[:found].copy(), table.sums[:found].copy()
            most *= 2

    def dots(self, terms: Ints, weights: Floats, seqs: Ints) -> Floats:
        """The dot product of a question with each article's vector over that vector's norm."""
        return self.parts(terms, weights, seqs)[0]

    def parts(self, terms: Ints, weights: Floats, seqs: Ints) -> tuple[Floats, Floats]:
        """``dots``, and how much of each the one term makes up that adds most to it."""
        out = np.zeros(len(seqs), dtype=np.float32)
        largest = np.zeros(len(seqs), dtype=np.float32)
        slots = np.full(kernels.SLOTS, -1, dtype=np.int32)
        terms, weights = _writable(terms[:512]), _writable(weights[:512])
        kernels.fill_slots(terms, slots)
        tail = self.terms.tail.arrays
        kernels.dots(terms, weights, slots, seqs, self.terms.files, tail, out, largest)
        return out, largest

    def minutes(self, seqs: Ints) -> Ints:
        """When each article was published; ``MISSING`` where unknown."""
        out = np.zeros(len(seqs), dtype=np.int32)
        kernels.minutes_of(seqs, self.terms.files, self.terms.tail.arrays, out)
        return out

    def blend(self, seqs: Ints, shares: NDArray[np.float64]) -> tuple[Ints, NDArray[np.float64]]:
        """The sum of some articles' unit vectors times their shares: terms, in no order, and
        sums."""
        found: tuple[Ints, NDArray[np.float64]] = kernels.blend(
            seqs, shares, self.terms.files, self.terms.tail.arrays
        )
        return found

    def vector(self, seq: int) -> tuple[Ints, Ints, NDArray[np.uint8]]:
        """Terms, weights and flags of an article, the heaviest first."""
        keys, packed = self.terms.row(seq)
        return keys, packed & 0xFFFF, (packed >> 16).astype(np.uint8)

    def weighted(self, seq: int) -> tuple[Ints, Ints]:
        """Terms and weights of an article, the heaviest first."""
        keys, packed = self.terms.row(seq)
        return keys, packed & 0xFFFF
