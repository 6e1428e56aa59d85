"""The few events that tell a topic's story so far: milestones of a history, and turning points.

Milestones are marked among what surely belongs (``timeline``); turning points are chosen from all
that may belong to the article's topic. Both weigh days: an article published on a day counts for
it, one that names the day more, and one that looks back at it most. So the few cover the topic's
whole life: what came again and again in one loud week counts once, and a day that all look back at
counts though few wrote on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from backstory.group.history.belonging import Belonging, belonging
from backstory.group.history.candidates import (
    CONSIDERED,
    Candidate,
    members_of,
    possible,
    story_candidates,
)
from backstory.group.history.entry import TimelineEntry, timeline_entries
from backstory.group.history.eventless import without_eventless
from backstory.group.history.folding import DAY, Cluster, cluster, first_same
from backstory.group.history.timeline import FullHistory
from backstory.group.history.turns import NEXT_DAY, SAME_DAY, by_turns, days_by_voices
from backstory.group.index.kernels import MISSING
from backstory.group.index.postings import Ints
from backstory.group.index.similar import Index, Shelf

MARKED = 7  # milestones that a history marks
FURTHER = 0.9  # what a day counts for another story of it, and once more of it was folded


def turning_points(index: Index, shelf: Shelf, seq: int, count: int) -> tuple[TimelineEntry, ...]:
    """The ``count`` events of the days that mean most to an article's topic, the article's own
    first, then those that mean most; fewer where some are no events or there are no more.

    Which come first does not depend on ``count``.
    """
    story = shelf.stories_of([seq]).get(seq, seq)
    members = list(shelf.members([story]).get(story, ())) or [seq]
    chosen = _chosen(index, shelf, seq, cluster(index, story, members, 1.0), count)
    return tuple(without_eventless(shelf, seq, timeline_entries(index, chosen, chosen[0])))


def marked(index: Index, shelf: Shelf, full: FullHistory) -> frozenset[int]:
    """The stories of a history's milestones, seven at most, its article's own among them.

    They are chosen among what surely belongs, by the days that its articles name: choosing among
    all that may belong would cost a history a quarter more. No limit changes them.
    """
    first, *others = full.entries[: full.sure]
    if len(others) < MARKED:
        return frozenset(one.story for one in (first, *others))
    # A history's order says nothing; whether weaker events were asked for may change it.
    others.sort(key=lambda one: (-one.score, one.story))
    members = np.array([seq for one in (first, *others) for seq in one.members], dtype=np.int32)
    worth = days_by_voices(shelf, members, index.minutes(members))
    minutes = [MISSING if one.minute is None else one.minute for one in others]
    order = by_turns(minutes, None, worth)[: MARKED - 1]
    return frozenset((first.story, *(others[position].story for position in order)))


def _chosen(index: Index, shelf: Shelf, seq: int, own: Cluster, count: int) -> list[Cluster]:
    """The article's own event, then those of the days that mean most.

    What reports the same as one that is chosen is folded into it where it came later, so that
    an event keeps the day for which it was chosen.
    """
    found = belonging(index, seq, wide=True)
    ranks = possible(found, own.seqs)
    worth = days_by_voices(shelf, found.seqs[ranks], found.minutes[ranks])
    considered = _considered(found, story_candidates(found, ranks, shelf), worth)
    members = members_of(index, shelf, considered)
    days = _first_minutes(index, members) // DAY
    left = np.array([worth.get(day, 0.0) for day in days.tolist()], dtype=np.float64)
    chosen = [own]
    while len(chosen) < count and (left >= 0.0).any():
        position = int(np.argmax(left))
        left[position] = -1.0
        candidate = considered[position]
        score = float(found.scores[candidate.rank])
        one = cluster(index, candidate.story, members[position], score)
        apart = np.abs(days - days[position])
        before = first_same(one, chosen)
        if before is None:
            chosen.append(one)
            left[(apart == 0) & (left > 0)] *= SAME_DAY
            left[(apart == 1) & (left > 0)] *= NEXT_DAY
            continue
        left[(apart == 0) & (left > 0)] *= FURTHER
        if one.minute >= before.minute:
            before.take_in(one)
    return chosen


def _considered(
    found: Belonging, candidates: Sequence[Candidate], worth: Mapping[int, float]
) -> list[Candidate]:
    """Those of the candidates whose days mean most, the nearest of a day first."""
    bearing, minutes = found.bearing, found.minutes
    nearest = sorted(candidates, key=lambda one: (-float(bearing[one.rank]), one.story))
    times: dict[int, int] = {}
    ordered: list[tuple[float, int]] = []
    for position, one in enumerate(nearest):
        day = int(minutes[one.rank]) // DAY
        before = times.get(day, 0)
        times[day] = before + 1
        ordered.append((-worth.get(day, 0.0) * FURTHER**before, position))
    return [nearest[position] for _, position in sorted(ordered)[:CONSIDERED]]


def _first_minutes(index: Index, events: Sequence[Sequence[int]]) -> Ints:
    """When each of some lists of articles begins, or ``MISSING``."""
    if not events:
        return np.zeros(0, dtype=np.int32)
    minutes = index.minutes(np.array([seq for seqs in events for seq in seqs], dtype=np.int32))
    starts = np.cumsum([0, *(len(seqs) for seqs in events[:-1])])
    latest = np.iinfo(minutes.dtype).max
    first = np.minimum.reduceat(np.where(minutes == MISSING, latest, minutes), starts)
    return np.where(first == latest, MISSING, first).astype(np.int32)
