"""The history of a topic as seen from one article: what is shown, one entry an event.

``ranked`` says how strongly each article belongs; ``timeline`` folds articles into events,
stops where the topic ends, and picks entries that cover its turns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.group import kernels
from backstory.group.belonging import Belonging, belonging, blend, unit
from backstory.group.index import Index, Shelf
from backstory.group.kernels import MISSING
from backstory.group.rows import Floats, Ints
from backstory.values import NAME

LIMIT = 50
CONSIDERED = 150  # stories that may become entries
LOOKED = 8  # articles of a story whose words are read
EVENT_TERMS = 60
BELONGS = 0.2  # the score from which an event belongs where a topic runs
SURELY = 0.6  # the score of what is shown even so
RUNS = 3  # events that make a topic: the third strongest says whether one runs
NEAREST = 0.15  # cosine to the article's own event that two events at least must have
RUNNING = 0.18  # its score times what the walk held
ECHO = 0.15  # the score from which articles count for how much a day was reported
PEAK = 1.0  # what a day's articles weigh in picking
BESIDE, WEEK = 0.25, 7.0  # what a chosen entry takes from those beside it, and how far it reaches
DAY = 1440
SHARED = 6  # terms told as reasons
TOLD = 0.1  # and how heavy, of the heaviest, one must be
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
    return list(zip(found.seqs[:limit].tolist(), found.scores[:limit].tolist(), strict=True))


@dataclass(slots=True)
class _Event:
    story: int
    seqs: list[int]
    score: float
    nearness: float  # without time: recent weeks must not crowd out the years before
    minute: int
    terms: Ints
    weights: Floats


def _event(
    index: Index, story: int, seqs: list[int], score: float, nearness: float = 1.0
) -> _Event:
    minutes = index.minutes(np.array(seqs, dtype=np.int32))
    dated = minutes[minutes != MISSING]
    minute = int(dated.min()) if len(dated) else MISSING
    if len(seqs) == 1:
        keys, own, _ = index.vector(seqs[0])
        return _Event(story, seqs, score, nearness, minute, keys, unit(own))
    looked = np.array(seqs[:LOOKED], dtype=np.int32)
    terms, weights = blend(index, looked, np.full(len(looked), 1.0 / len(looked)), EVENT_TERMS)
    return _Event(story, seqs, score, nearness, minute, terms, weights)


def _events(index: Index, shelf: Shelf, found: Belonging, own: int) -> list[_Event]:
    """The stories of the articles that may belong, the strongest first, without ``own``."""
    count = int(np.searchsorted(-found.scores, -BELONGS, side="right"))
    seqs = found.seqs[:count].tolist()
    of = shelf.stories_of(seqs)
    stories: dict[int, tuple[float, float]] = {}
    for place, seq in enumerate(seqs):
        story = of.get(seq, seq)
        if story != own and len(stories) < CONSIDERED:
            stories.setdefault(story, (float(found.scores[place]), float(found.nearness[place])))
    members = shelf.members(list(stories))
    return [
        _event(index, story, list(members.get(story, [story])), *strength)
        for story, strength in stories.items()
    ]


def _stopped(events: list[_Event], held: float, to_own: Sequence[float]) -> list[_Event]:
    """What is shown of events that may belong: where too few surely do, no topic runs.

    ``to_own``: cosine of each to the article's own event. A thread may reach far beyond the
    article's words, but where hardly one event shares them it is another thread.
    """
    near = sum(cosine >= NEAREST for cosine in to_own)
    if near < RUNS - 1:
        return [
            event
            for event, cosine in zip(events, to_own, strict=True)
            if event.score >= SURELY and cosine >= NEAREST
        ]
    if len(events) >= RUNS and events[RUNS - 1].score * held >= RUNNING:
        return events
    return [event for event in events if event.score >= SURELY][: RUNS - 2]


def _alike(events: Sequence[_Event]) -> NDArray[np.float32]:
    offsets = np.zeros(len(events) + 1, dtype=np.int32)
    np.cumsum([len(event.terms) for event in events], out=offsets[1:])
    return kernels.alike(
        offsets,
        np.concatenate([event.terms for event in events]),
        np.concatenate([event.weights for event in events]),
    )


def _fold(events: Sequence[_Event], alike: NDArray[np.float32]) -> list[int]:
    """One entry an event: a weaker telling of the same goes into the stronger one before it.

    Answers the places of those that stay; theirs take in the folded ones' articles.
    """
    kept: list[int] = []
    for place, event in enumerate(events):
        for other in kept:
            cosine = alike[place, other]
            if cosine <= NEAR_COSINE:
                continue
            there = events[other].minute
            near = MISSING not in (event.minute, there) and (
                abs(event.minute - there) <= NEAR_DAYS * 1440
            )
            if near or cosine > SAME_TEXT:
                events[other].seqs = sorted({*events[other].seqs, *event.seqs})
                break
        else:
            kept.append(place)
    return kept


def _pick(events: Sequence[_Event], found: Belonging, limit: int) -> list[_Event]:
    """The ``limit`` events that cover the topic's turns: peaks of its days, apart in time.

    An event counts by its nearness without time and by how many of the topic's articles
    appeared on its first day; one that stands beside a chosen one counts less, so that one loud
    week does not fill the timeline.
    """
    dated = found.minutes[: int(np.searchsorted(-found.scores, -ECHO, side="right"))]
    days, counts = np.unique(dated[dated != MISSING] // DAY, return_counts=True)
    volume = dict(zip(days.tolist(), counts.tolist(), strict=True))
    value = np.array(
        [
            event.nearness * (1.0 + PEAK * np.log1p(volume.get(event.minute // DAY, 0)))
            for event in events
        ]
    )
    minutes = np.array([event.minute for event in events], dtype=np.float64)
    chosen: list[int] = []
    while len(chosen) < limit:
        best = int(np.argmax(value))
        chosen.append(best)
        gaps = np.abs(minutes - minutes[best]) / DAY
        value *= 1.0 - BESIDE / (1.0 + (gaps / WEEK) ** 2)
        value[best] = -1.0
    return [events[place] for place in sorted(chosen)]


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
        np.flatnonzero(weights >= TOLD * weights.max()).tolist(),
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
    events = [own, *_events(index, shelf, found, story)]
    alike = _alike(events)
    places = _fold(events, alike)
    kept = [events[place] for place in places]
    to_own = [float(alike[place, 0]) for place in places[1:]]
    kept[1:] = _stopped(kept[1:], found.held, to_own)
    shown = kept
    if len(kept) > limit:
        shown = [own, *_pick(kept[1:], found, limit - 1)]
    entries = [
        Entry(
            event.story,
            1.0 if event is own else event.score,
            event is own,
            tuple(event.seqs),
            _shared(index, own, event),
            None if event.minute == MISSING else event.minute,
        )
        for event in shown
    ]
    entries.sort(key=lambda entry: (-(entry.minute or 0), -entry.story))
    return Timeline(tuple(entries), len(kept) - len(shown))
