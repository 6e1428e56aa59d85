"""Stories that report one event, folded into one cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.group.history.belonging import blend, unit
from backstory.group.index import kernels
from backstory.group.index.kernels import MISSING
from backstory.group.index.postings import Floats, Ints
from backstory.group.index.similar import Index

READ = 8  # articles of a story whose words are read
CLUSTER_TERMS = 60
DAY = 1440
NEAR_DAYS, NEAR_COSINE = 3.0, 0.25  # two clusters nearer than both report one event
SAME_TEXT = 0.9


@dataclass(slots=True)
class Cluster:
    """The articles that report one event: a story's, and those of stories folded into it.

    ``story``: of the strongest of them, whose words and score these are; ``minute``: when it was
    first reported, or ``MISSING``.
    """

    story: int
    seqs: list[int]
    score: float
    minute: int
    terms: Ints
    weights: Floats

    def take_in(self, other: Cluster) -> None:
        """Fold another cluster into this one."""
        self.seqs = sorted({*self.seqs, *other.seqs})
        self.minute = min(self.minute, other.minute)


def cluster(index: Index, story: int, seqs: list[int], score: float) -> Cluster:
    minutes = index.minutes(np.array(seqs, dtype=np.int32))
    dated = minutes[minutes != MISSING]
    minute = int(dated.min()) if len(dated) else MISSING
    if len(seqs) == 1:
        keys, own = index.weighted(seqs[0])
        return Cluster(story, seqs, score, minute, keys, unit(own))
    read = np.array(seqs[:READ], dtype=np.int32)
    terms, weights = blend(index, read, np.full(len(read), 1.0 / len(read)), CLUSTER_TERMS)
    return Cluster(story, seqs, score, minute, terms, weights)


def similarities(clusters: Sequence[Cluster]) -> NDArray[np.float32]:
    """The cosine of each cluster to each other."""
    offsets = np.zeros(len(clusters) + 1, dtype=np.int32)
    np.cumsum([len(one.terms) for one in clusters], out=offsets[1:])
    return kernels.alike(
        offsets,
        np.concatenate([one.terms for one in clusters]),
        np.concatenate([one.weights for one in clusters]),
    )


def first_same(one: Cluster, others: Sequence[Cluster]) -> Cluster | None:
    """The first of some clusters that reports the same event as one, if any does."""
    alike = similarities([one, *others])[0, 1:].tolist()
    return next(
        (
            other
            for other, cosine in zip(others, alike, strict=True)
            if cosine > _least_cosine(one, other)
        ),
        None,
    )


def fold(clusters: Sequence[Cluster], kept: int = 0) -> list[Cluster]:
    """One cluster an event, in their order: one that reports the same as another goes into the
    first such before it.

    The first ``kept`` stay as they are; one that reports the same as one of them is left out.
    """
    alike = similarities(clusters)
    standing = list(range(kept))
    for position in range(kept, len(clusters)):
        one = clusters[position]
        before = next(
            (
                other
                for other in standing
                if alike[position, other] > _least_cosine(one, clusters[other])
            ),
            None,
        )
        if before is None:
            standing.append(position)
        elif before >= kept:
            clusters[before].take_in(one)
    return [clusters[position] for position in standing]


def _least_cosine(one: Cluster, other: Cluster) -> float:
    """The cosine above which two clusters report one event."""
    near = MISSING not in (one.minute, other.minute) and (
        abs(one.minute - other.minute) <= NEAR_DAYS * DAY
    )
    return NEAR_COSINE if near else SAME_TEXT
