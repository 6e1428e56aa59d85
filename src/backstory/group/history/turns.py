"""The order in which a limit keeps a history's events: so that the few cover the topic's turns.

What surely belongs comes before all else, and a day on which much was reported or that later
articles look back at before another; a further event of a day that is covered counts less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from backstory.group.history.belonging import Belonging
from backstory.group.index.kernels import MISSING
from backstory.group.index.postings import Ints
from backstory.group.index.similar import Shelf

REPORTED, NAMED, LOOKED_BACK = 0.25, 0.75, 2.0  # what an article gives to a day of the topic
LONG_AGO = 7  # days after which naming a day is looking back at it
SAME_DAY, NEXT_DAY = 0.35, 0.9  # what an event counts where one of its day, or beside it, stands
STRENGTH = 0.25  # the power of how strongly an article belongs, beside these
DAY = 1440


def worth_of_days(found: Belonging, ranks: Ints, shelf: Shelf) -> dict[int, float]:
    """How much each day since 1970 means to the topic, by its articles at these ranks and how
    strongly they belong."""
    strengths = found.strengths()[ranks] ** STRENGTH
    return days_by_voices(shelf, found.seqs[ranks], found.minutes[ranks], strengths)


def days_by_voices(
    shelf: Shelf, seqs: Ints, minutes: Ints, voices: NDArray[np.float64] | None = None
) -> dict[int, float]:
    """How much each day since 1970 means to these articles, which count alike or by ``voices``.

    The more days an article names the less it says of each: a chronicle is one voice.
    """
    worth: dict[int, float] = {}
    named = shelf.named_days(seqs.tolist())
    heard = (np.ones(len(seqs)) if voices is None else voices).tolist()
    for seq, minute, strength in zip(seqs.tolist(), minutes.tolist(), heard, strict=True):
        if minute == MISSING:
            continue
        reported = minute // DAY
        days = named.get(seq, ())
        voice = strength / math.sqrt(max(1, len(days)))
        worth[reported] = worth.get(reported, 0.0) + REPORTED * voice
        for day in days:
            weight = LOOKED_BACK if reported - day > LONG_AGO else NAMED
            worth[day] = worth.get(day, 0.0) + weight * voice
    return worth


def by_turns(
    minutes: Sequence[int],
    weights: Sequence[float] | None,
    worth: Mapping[int, float],
    covered: Sequence[int] = (),
) -> list[int]:
    """Positions of events in the order in which they are kept, ties in their own order.

    ``minutes``: when each was reported; ``weights``: what its day's worth is multiplied by, if
    anything;
    ``covered``: minutes of events that are kept already.
    """
    days = np.array(minutes, dtype=np.int64) // DAY
    left: NDArray[np.float64] = np.array([worth.get(day, 0.0) for day in days.tolist()])
    if weights is not None:
        left *= np.array(weights, dtype=np.float64)
    for minute in covered:
        _cover(left, days, minute // DAY)
    order: list[int] = []
    for _ in range(len(days)):
        first = int(np.argmax(left))
        order.append(first)
        _cover(left, days, int(days[first]))
        left[first] = -1.0
    return order


def _cover(left: NDArray[np.float64], days: NDArray[np.int64], day: int) -> None:
    apart = np.abs(days - day)
    left[(apart == 0) & (left > 0)] *= SAME_DAY
    left[(apart == 1) & (left > 0)] *= NEXT_DAY
