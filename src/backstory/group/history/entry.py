"""The entries of a timeline: one an event."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

import numpy as np

from backstory.group.history.folding import READ, Cluster
from backstory.group.index.kernels import MISSING
from backstory.group.index.similar import Index
from backstory.model.vector import NAME

SHARED = 6  # terms given as reasons
LEAST_SHARED = 0.1  # and how heavy, of the heaviest, one must be


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a timeline.

    ``members``: its articles in the order of seq, those of folded stories among them;
    ``score``: 0 to 1; ``here``: the article asked about is one of them; ``shared``: the heaviest
    terms that it shares with that article, names first; ``minute``: when it was first published,
    None where unknown.
    """

    story: int
    score: float
    here: bool
    members: tuple[int, ...]
    shared: tuple[int, ...]
    minute: int | None


def _names(index: Index, own: Cluster) -> set[int]:
    names: set[int] = set()
    for seq in own.seqs[:READ]:
        terms, _, flags = index.vector(seq)
        names.update(terms[(flags & NAME) > 0].tolist())
    return names


def _shared(own: Cluster, other: Cluster, names: Container[int]) -> tuple[int, ...]:
    left, right = np.nonzero(own.terms[:, None] == other.terms)
    if not len(left):
        return ()
    common = own.terms[left]
    weights = own.weights[left] * other.weights[right]
    heavy = sorted(
        np.flatnonzero(weights >= LEAST_SHARED * weights.max()).tolist(),
        key=lambda i: (int(common[i]) not in names, -float(weights[i]), int(common[i])),
    )
    return tuple(int(common[i]) for i in heavy[:SHARED])


def timeline_entries(
    index: Index, clusters: Sequence[Cluster], own: Cluster
) -> list[TimelineEntry]:
    names = _names(index, own)
    return [
        TimelineEntry(
            one.story,
            one.score,
            one is own,
            tuple(one.seqs),
            _shared(own, one, names),
            None if one.minute == MISSING else one.minute,
        )
        for one in clusters
    ]
