"""Links: the nearest earlier articles of each article, decided once, when it comes.

A function of the article and of those stored before it alone; the pipeline stores the links
with the article, and histories walk along them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstory.group.index.kernels import MISSING
from backstory.group.index.similar import Fading, Index, Links
from backstory.model.vector import Item

NEAREST = 20  # links of an article
ASKED = 14  # terms asked of the index
EACH = 8  # articles a term and quarter of a year
COMPARED = 80  # candidates compared in full
DAY = 1440
FADING, FLOOR = 180.0, 0.2  # days until a link falls half-way to its floor; the floor
FAINT = 0.05  # links below are not kept

Ints = NDArray[np.int32]


def closeness(gaps: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a gap of some days takes from a link: 1 at none, a fifth for ever.

    0.2 + 0.8 / (1 + d / 180): coverage of a topic thins out over months, but an old event
    stays within reach.
    """
    return FLOOR + (1.0 - FLOOR) / (1.0 + gaps / FADING)


def gaps_in_days(minutes: Ints, minute: int) -> NDArray[np.float64]:
    """Days between a minute and others; a year where either is unknown."""
    gaps = np.abs(minutes.astype(np.float64) - minute) / DAY
    return np.where((minutes == MISSING) | (minute == MISSING), 365.0, gaps)


def link(index: Index, item: Item) -> Links:
    """The links of an article that is not in the index yet, but all before it are."""
    terms = item.vector.terms
    weights = item.vector.weights.astype(np.float32)
    square = float(weights @ weights)
    minute = MISSING if item.minute is None else item.minute
    seqs, rough = index.gather(terms[:ASKED], weights[:ASKED], EACH, Fading(minute, FADING, FLOOR))
    if not len(seqs) or not square:
        return Links(np.zeros(0, np.int32), np.zeros(0, np.int16))
    if len(seqs) > COMPARED:
        # Ties at the edge go by seq, so that nothing hangs on the order of the postings.
        edge = np.partition(rough, len(rough) - COMPARED)[len(rough) - COMPARED]
        sure = seqs[rough > edge]
        seqs = np.concatenate([sure, np.sort(seqs[rough == edge])[: COMPARED - len(sure)]])
    cosines = index.dots(terms, weights, seqs).astype(np.float64) / square**0.5
    scores = cosines * closeness(gaps_in_days(index.minutes(seqs), minute))
    rounded = np.rint(scores * Links.SCALE).astype(np.int64)
    order = np.lexsort((seqs, -rounded))[:NEAREST]
    order = order[rounded[order] >= FAINT * Links.SCALE]
    return Links(seqs[order], np.minimum(rounded[order], Links.SCALE).astype(np.int16))
