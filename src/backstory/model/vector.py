"""An article as the group stage sees it: integers, no words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# What is known of a term in one article, as bits of ``Vector.flags``.
NAME = 1  # the term is (part of) a name


TITLE = 2  # it stands in the title


NUMBER = 4  # it is a number


DAY = 8  # times the day of the week (Monday 1) that it is, if the article names no other before


@dataclass(frozen=True, slots=True)
class Vector:
    """The terms of one article, the heaviest first.

    ``terms``: term numbers, int32, shape (n,), no number twice; ``weights``: int16, positive,
    scaled so that the Euclidean norm is about 1000; ``flags``: uint8, the bits above.
    ``epoch``: number of the statistics that the weights were computed with. Integers, so that
    sums over articles are the same in any order. ``bigrams``: hashes of two telling words in a
    row, uint32, ascending, none twice; of what has no more words than a headline, none.
    """

    terms: NDArray[np.int32]
    weights: NDArray[np.int16]
    flags: NDArray[np.uint8]
    epoch: int
    bigrams: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))


@dataclass(frozen=True, slots=True)
class TermCounts:
    """A term and its counts up to the last epoch boundary.

    ``df``: articles that have it; ``lower``, ``upper``: how often it stood in mid-sentence
    in lower case and with a capital.
    """

    term_id: int
    term: str
    df: int
    lower: int
    upper: int


# Minutes since 1970 of the times that grouping tells apart: about the years 949 to 2990. So all
# arithmetic on them fits into 32 bits, and each lies within a calendar.
EARLIEST, LATEST = -(2**29), 2**29


def minute_of(seconds: int) -> int:
    """A time since 1970 as the minute that it is grouped by; times beyond those bounds, which an
    archive may state, stand at the nearest."""
    return min(max(seconds // 60, EARLIEST), LATEST)


@dataclass(frozen=True, slots=True)
class Item:
    """An article as the group stage sees it: no words, no guid, no address.

    ``minute``: when it was published, in minutes since 1970 (``minute_of``), or None; ``day_only``
    says that only the day is known. ``language``: BCP 47 or "" where unknown. ``source``: the
    publisher (a registrable domain or a name), for counting independent reports only.
    ``length``: words of title and text. ``meaning``: its vector by the embedder that is on
    (``enrich.meaning``), None without one.
    """

    seq: int
    vector: Vector
    minute: int | None
    day_only: bool
    language: str
    source: str
    length: int
    meaning: NDArray[np.int8] | None = None
