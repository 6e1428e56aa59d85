"""The history of a topic as seen from one article: what is shown, one entry an event.

``ranked`` says how strongly each article belongs; ``timeline`` folds articles into events,
stops where the topic ends, and picks entries that cover its turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backstory.group.belonging import Belonging, belonging, blend
from backstory.group.index import Index, Shelf
from backstory.group.kernels import MISSING
from backstory.group.rows import Floats, Ints
from backstory.values import NAME

LIMIT = 50
CONSIDERED = 400  # articles that may become entries
SHARED = 6  # terms told as reasons
NEAR_DAYS, NEAR_COSINE = 3.0, 0.25  # two entries nearer than both tell the same
SAME_TEXT = 0.9


@dataclass(frozen=True, slots=True)
class Entry:
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


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries newest first; ``more`` belong but were left out by the limit."""

    entries: tuple[Entry, ...]
    more: int


def ranked(index: Index, seq: int, limit: int = 1000) -> list[tuple[int, float]]:
    """Other articles by how strongly they belong, with a score from 0 to 1."""
    found = belonging(index, seq)
    return [
        (int(other), min(1.0, float(score)))
        for other, score in zip(found.seqs[:limit], found.scores[:limit], strict=False)
    ]


def _stop(found: Belonging) -> int:
    """How many of the ranked articles are of the topic."""
    if not len(found.scores):
        return 0
    sure = (found.nearness >= 0.25) & (found.scores >= 0.05)
    return int(np.argmin(sure)) if not sure.all() else len(sure)


@dataclass(slots=True)
class _Event:
    story: int
    seqs: list[int]
    score: float
    minute: int
    terms: Ints
    weights: Floats


def _events(index: Index, shelf: Shelf, found: Belonging, own: int, most: int) -> list[_Event]:
    """The stories of ranked articles, the strongest first, the article's own left out."""
    seqs = [int(seq) for seq in found.seqs[:most]]
    of = shelf.stories_of(seqs)
    stories: dict[int, float] = {}
    for seq, score in zip(seqs, found.scores.tolist(), strict=False):
        story = of.get(seq, seq)
        if story != own:
            stories.setdefault(story, score)
    members = shelf.members(list(stories))
    return [
        _event(index, story, list(members.get(story, [story])), score)
        for story, score in stories.items()
    ]


def _event(index: Index, story: int, seqs: list[int], score: float) -> _Event:
    looked = np.array(seqs[:8], dtype=np.int32)
    minutes = index.minutes(np.array(seqs, dtype=np.int32))
    dated = minutes[minutes != MISSING]
    minute = int(dated.min()) if len(dated) else MISSING
    terms, weights = blend(index, looked, np.full(len(looked), 1.0 / len(looked)), 60)
    return _Event(story, seqs, score, minute, terms, weights)


def _cosine(one: _Event, other: _Event) -> float:
    _, left, right = np.intersect1d(one.terms, other.terms, assume_unique=True, return_indices=True)
    return float(one.weights[left] @ other.weights[right])


def _fold(events: Sequence[_Event]) -> list[_Event]:
    """One entry an event: later and weaker tellings of the same go into the stronger one."""
    kept: list[_Event] = []
    for event in events:
        for other in kept:
            near = (
                event.minute != MISSING
                and other.minute != MISSING
                and abs(event.minute - other.minute) <= NEAR_DAYS * 1440
            )
            cosine = _cosine(event, other)
            if (near and cosine > NEAR_COSINE) or cosine > SAME_TEXT:
                other.seqs = sorted({*other.seqs, *event.seqs})
                break
        else:
            kept.append(event)
    return kept


def _shared(index: Index, own: _Event, event: _Event) -> tuple[int, ...]:
    common, left, right = np.intersect1d(
        own.terms, event.terms, assume_unique=True, return_indices=True
    )
    if not len(common):
        return ()
    names: set[int] = set()
    for seq in (*own.seqs[:4], *event.seqs[:4]):
        terms, _, flags = index.vector(seq)
        names.update(terms[(flags & NAME) > 0].tolist())
    weights = own.weights[left] * event.weights[right]
    rank = sorted(
        range(len(common)),
        key=lambda i: (int(common[i]) not in names, -float(weights[i]), int(common[i])),
    )
    return tuple(int(common[i]) for i in rank[:SHARED])


def timeline(index: Index, shelf: Shelf, seq: int, limit: int = LIMIT) -> Timeline:
    """The events of an article's topic before and after it, newest first, ``limit`` at most.

    The article's own story is always there.
    """
    found = belonging(index, seq)
    story = shelf.stories_of([seq]).get(seq, seq)
    members = list(shelf.members([story]).get(story, [seq]))
    own = _event(index, story, members or [seq], 1.0)
    events = _events(index, shelf, found, story, min(_stop(found), CONSIDERED))
    kept = _fold([own, *events])
    shown = [kept[0], *kept[1:limit]]
    entries = [
        Entry(
            event.story,
            1.0 if event is own else min(1.0, event.score),
            event is own,
            tuple(event.seqs),
            _shared(index, own, event),
            None if event.minute == MISSING else event.minute,
        )
        for event in shown
    ]
    entries.sort(key=lambda entry: (-(entry.minute or 0), -entry.story))
    return Timeline(tuple(entries), len(kept) - len(shown))
