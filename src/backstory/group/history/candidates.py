"""What may belong to an article's topic, as stories: from these the events of a history come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backstory.group.history.belonging import Belonging, known
from backstory.group.history.folding import Cluster, cluster
from backstory.group.index.postings import Ints
from backstory.group.index.similar import Index, Shelf

CONSIDERED = 120  # stories that may become entries: surely, and as many perhaps
OF_NEAREST = 0.3  # the bearing from which one may fill what was asked for, of the sixth nearest's


def possible(found: Belonging, members: Sequence[int]) -> Ints:
    """The ranks of the articles that may fill what was asked for, the strongest first."""
    outside = np.flatnonzero(~np.isin(found.seqs, members)).astype(np.int32)
    if not len(outside):
        return outside
    bearing = found.bearing[outside]
    sixth = float(np.sort(bearing)[-min(6, len(bearing))])
    return outside[bearing >= OF_NEAREST * sixth]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story by its strongest article, and the rank of that."""

    story: int
    rank: int


def story_candidates(found: Belonging, ranks: Ints, shelf: Shelf) -> list[Candidate]:
    seqs = found.seqs[ranks].tolist()
    of = shelf.stories_of(seqs)
    stories: dict[int, Candidate] = {}
    for seq, rank in zip(seqs, ranks.tolist(), strict=True):
        story = of.get(seq, seq)
        stories.setdefault(story, Candidate(story, rank))
    return list(stories.values())


def published_by(index: Index, seqs: Sequence[int], until: int | None) -> list[int]:
    """Those of these articles that were published by a minute."""
    some = np.array(seqs, dtype=np.int32)
    kept: list[int] = some[known(index, some, until)].tolist()
    return kept


def members_of(
    index: Index, shelf: Shelf, candidates: Sequence[Candidate], until: int | None = None
) -> list[list[int]]:
    """The articles of each candidate's story, those that were published by a minute."""
    members = shelf.members([one.story for one in candidates])
    return [
        published_by(index, members.get(one.story, ()), until) or [one.story] for one in candidates
    ]


def story_clusters(
    index: Index,
    shelf: Shelf,
    found: Belonging,
    candidates: Sequence[Candidate],
    until: int | None,
) -> list[Cluster]:
    members = members_of(index, shelf, candidates, until)
    return [
        cluster(index, one.story, seqs, float(found.scores[one.rank]))
        for one, seqs in zip(candidates, members, strict=True)
    ]
