"""The history of a topic as seen from one article: one list, one entry an event.

``ranked`` says how strongly each article belongs; ``full_history`` folds articles into events and
says where the topic ends; a limit cuts that list, and changes nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backstory.group.history.belonging import Belonging, belonging
from backstory.group.history.candidates import (
    CONSIDERED,
    possible,
    published_by,
    story_candidates,
    story_clusters,
)
from backstory.group.history.entry import TimelineEntry, timeline_entries
from backstory.group.history.eventless import without_eventless
from backstory.group.history.folding import Cluster, cluster, fold
from backstory.group.history.turns import by_turns, worth_of_days
from backstory.group.index.kernels import MISSING
from backstory.group.index.links import gaps_in_days
from backstory.group.index.postings import Ints
from backstory.group.index.similar import Index, Shelf

LIMIT = 50  # entries shown where none is asked for
AGEING = 0.2  # the power of the days between at which the same strength surely belongs less
OF_THIRD = 0.04  # the aged strength from which one belongs, as a part of the third strongest's
FAINTEST = 0.0007  # and at least
SURELY = 0.6  # the score of what is shown even where no topic runs
RUNS = 3  # events that make a topic: the third strongest says whether one runs
RUNNING = 0.0085  # the strength that it must have, times how much the event's words come back
ONE_WORD, HEAVY, LOOKED_AT = 0.5, 5, 10
NEAREST = 0.15  # cosine to the article's own event that two events at least must have
STRENGTH = 0.25  # the power of its strength that counts beside what the day of an event means


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries newest first; ``more`` events surely belong but were left out by the limit."""

    entries: tuple[TimelineEntry, ...]
    more: int


@dataclass(frozen=True, slots=True)
class FullHistory:
    """All entries in the order in which a limit keeps them, the article's own first.

    The first ``sure`` of them surely belong; the others are weaker.
    """

    entries: tuple[TimelineEntry, ...]
    sure: int

    def kept(self, limit: int | None) -> tuple[TimelineEntry, ...]:
        """Without a ``limit`` those that surely belong, at most ``LIMIT``."""
        return self.entries[: min(self.sure, LIMIT) if limit is None else limit]

    def cut(self, limit: int | None) -> Timeline:
        kept = self.kept(limit)
        newest_first = sorted(kept, key=lambda one: (-(one.minute or 0), -one.story))
        return Timeline(tuple(newest_first), max(0, self.sure - len(kept)))


def ranked(index: Index, seq: int, limit: int = 1000) -> list[tuple[int, float]]:
    """Other articles by how strongly they belong, with a score from 0 to 1."""
    found = belonging(index, seq, wide=True)
    return list(zip(found.seqs[:limit].tolist(), found.scores[:limit].tolist(), strict=True))


def _comes_back(index: Index, own: Cluster, seqs: Ints) -> float:
    """Of some articles, the part that holds the second commonest of the event's heavy terms.

    Articles of one topic share more than one word, again and again; those that share a name
    only, or are of one kind (another crash, another verdict), share one, each another beside it.
    """
    heavy = own.terms[:HEAVY]
    if not len(seqs) or len(heavy) < 2:
        return 0.0
    times = np.zeros(len(heavy), dtype=np.int64)
    for seq in seqs.tolist():
        times += (index.weighted(seq)[0][:, None] == heavy).any(axis=0)
    return float(np.sort(times)[-2]) / len(seqs)


def _surely(index: Index, found: Belonging, own: Cluster, members: Sequence[int]) -> Ints:
    """The ranks of the articles that surely belong, the strongest first.

    Where no topic runs that is hardly any. A thread may reach far beyond the article's words,
    but where hardly one other article shares them it is another thread.
    """
    outside = np.flatnonzero(~np.isin(found.seqs, members)).astype(np.int32)
    if not len(outside):
        return outside
    strengths = found.strengths()[outside]
    aged = strengths * (1.0 + gaps_in_days(found.minutes[outside], own.minute)) ** -AGEING
    third = min(RUNS, len(outside)) - 1
    surely: Ints = outside[aged >= max(OF_THIRD * aged[third], FAINTEST)]
    near = index.dots(own.terms, own.weights, found.seqs[surely]) >= NEAREST
    running = strengths[third] * (
        ONE_WORD + _comes_back(index, own, found.seqs[outside[:LOOKED_AT]])
    )
    if third < RUNS - 1 or running < RUNNING or int(near.sum()) < RUNS - 1:
        return surely[near & (found.scores[surely] >= SURELY)][: RUNS - 2]
    return surely


def _in_order(
    entries: Sequence[TimelineEntry],
    worth: Mapping[int, float],
    covered: Sequence[TimelineEntry] = (),
) -> list[TimelineEntry]:
    """Entries in the order in which a limit keeps them."""
    strengths = [(one.score / max(1.0 - one.score, 1e-9)) ** STRENGTH for one in entries]
    order = by_turns([_minute(one) for one in entries], strengths, worth, [*map(_minute, covered)])
    return [entries[position] for position in order]


def _minute(entry: TimelineEntry) -> int:
    return MISSING if entry.minute is None else entry.minute


def full_history(
    index: Index, shelf: Shelf, seq: int, weaker: bool = False, until: int | None = None
) -> FullHistory:
    """The events of an article's topic before and after it: those that surely belong and, if
    asked for, ``weaker`` ones behind them.

    Whether weaker ones are asked for changes nothing in the others but their order, which says
    nothing where all of them are shown. The article's own story is always there. ``until``: a
    minute; other articles that are later, or of no known time, are as if they were not there.
    """
    found = belonging(index, seq, until=until)
    story = shelf.stories_of([seq]).get(seq, seq)
    members = published_by(index, shelf.members([story]).get(story, ()), until) or [seq]
    own = cluster(index, story, members, 1.0)
    ranks = _surely(index, found, own, members)
    candidates = story_candidates(found, ranks, shelf)
    sure = fold([own, *story_clusters(index, shelf, found, candidates[:CONSIDERED], until)])
    first, *others = without_eventless(shelf, seq, timeline_entries(index, sure, own))
    if not weaker and len(others) < LIMIT:
        return FullHistory((first, *others), 1 + len(others))
    ranks = possible(found, members)
    worth = worth_of_days(found, ranks, shelf)
    entries = [first, *_in_order(others, worth)]
    if not weaker:
        return FullHistory(tuple(entries), len(entries))
    looked_at = {one.story for one in candidates}
    perhaps = [one for one in story_candidates(found, ranks, shelf) if one.story not in looked_at]
    clusters = [*sure, *story_clusters(index, shelf, found, perhaps[:CONSIDERED], until)]
    behind = fold(clusters, kept=len(sure))[len(sure) :]
    weak = without_eventless(shelf, seq, timeline_entries(index, behind, own))
    return FullHistory((*entries, *_in_order(weak, worth, entries)), len(entries))


def timeline(
    index: Index, shelf: Shelf, seq: int, limit: int | None = None, until: int | None = None
) -> Timeline:
    """The events of an article's topic, newest first: ``full_history`` cut to a limit."""
    return full_history(index, shelf, seq, limit is not None, until).cut(limit)
