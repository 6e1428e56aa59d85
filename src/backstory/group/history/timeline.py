"""The history of a topic as seen from one article: what is shown, one entry an event.

``ranked`` says how strongly each article belongs; ``timeline`` folds articles into events,
stops where the topic ends, and picks entries that cover its turns.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.group.history.belonging import Belonging, belonging, blend, known, unit
from backstory.group.index import kernels
from backstory.group.index.kernels import MISSING
from backstory.group.index.links import gaps_in_days
from backstory.group.index.postings import Floats, Ints
from backstory.group.index.similar import Index, Shelf
from backstory.model.vector import NAME

LIMIT = 50
CONSIDERED = 120  # stories that may become entries
LOOKED = 8  # articles of a story whose words are read
EVENT_TERMS = 60
AGEING = 0.2  # the power of the days between at which the same strength surely belongs less
OF_THIRD = 0.04  # the aged strength from which one belongs, as a part of the third strongest's
FAINTEST = 0.0007  # and at least
OF_NEAREST = 0.3  # the bearing from which one may fill what was asked for, of the sixth nearest's
SURELY = 0.6  # the score of what is shown even where no topic runs
RUNS = 3  # events that make a topic: the third strongest says whether one runs
RUNNING = 0.0085  # the strength that it must have, times how much the event's words come back
ONE_WORD, HEAVY, LOOKED_AT = 0.5, 5, 10
NEAREST = 0.15  # cosine to the article's own event that two events at least must have
APPEARED, NAMED, LOOKED_BACK = 0.25, 0.75, 2.0  # what an article gives to a day of the topic
LONG_AGO = 7  # days after which naming a day is looking back at it
BESIDE, DAY_BESIDE = 0.35, 0.9  # what a further event counts of the same day, of one beside it
NEXT = 0.9  # and one where another of that day told what is already there
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
    """Entries newest first; ``more`` stories surely belong but were left out by the limit."""

    entries: tuple[Entry, ...]
    more: int


def ranked(index: Index, seq: int, limit: int = 1000) -> list[tuple[int, float]]:
    """Other articles by how strongly they belong, with a score from 0 to 1."""
    found = belonging(index, seq, wide=True)
    return list(zip(found.seqs[:limit].tolist(), found.scores[:limit].tolist(), strict=True))


@dataclass(slots=True)
class _Event:
    story: int
    seqs: list[int]
    score: float
    minute: int
    terms: Ints
    weights: Floats


def _event(index: Index, story: int, seqs: list[int], score: float) -> _Event:
    minutes = index.minutes(np.array(seqs, dtype=np.int32))
    dated = minutes[minutes != MISSING]
    minute = int(dated.min()) if len(dated) else MISSING
    if len(seqs) == 1:
        keys, own = index.weighted(seqs[0])
        return _Event(story, seqs, score, minute, keys, unit(own))
    looked = np.array(seqs[:LOOKED], dtype=np.int32)
    terms, weights = blend(index, looked, np.full(len(looked), 1.0 / len(looked)), EVENT_TERMS)
    return _Event(story, seqs, score, minute, terms, weights)


def _comes_back(index: Index, own: _Event, seqs: Ints) -> float:
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


def _places(index: Index, found: Belonging, own: _Event, members: Sequence[int]) -> Ints:
    """Where in the ranking the articles stand that surely belong, the strongest first.

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


def _wide(found: Belonging, members: Sequence[int]) -> Ints:
    """Where the articles stand that may fill what was asked for, the strongest first."""
    outside = np.flatnonzero(~np.isin(found.seqs, members)).astype(np.int32)
    if not len(outside):
        return outside
    bearing = found.bearing[outside]
    sixth = float(np.sort(bearing)[-min(6, len(bearing))])
    return outside[bearing >= OF_NEAREST * sixth]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A story by its strongest article, and where that stands in the ranking."""

    story: int
    place: int


def _candidates(found: Belonging, places: Ints, shelf: Shelf) -> list[_Candidate]:
    seqs = found.seqs[places].tolist()
    of = shelf.stories_of(seqs)
    stories: dict[int, _Candidate] = {}
    for seq, place in zip(seqs, places.tolist(), strict=True):
        story = of.get(seq, seq)
        stories.setdefault(story, _Candidate(story, place))
    return list(stories.values())


def _days(found: Belonging, places: Ints, shelf: Shelf) -> dict[int, float]:
    """How much each day means to the topic: articles appeared on it, and later ones name it.

    The more days an article names the less it says of each: a chronicle is one voice.
    """
    value: dict[int, float] = {}
    seqs = found.seqs[places].tolist()
    named = shelf.named_days(seqs)
    for seq, minute in zip(seqs, found.minutes[places].tolist(), strict=True):
        if minute == MISSING:
            continue
        appeared = minute // DAY
        days = named.get(seq, ())
        voice = 1.0 / math.sqrt(max(1, len(days)))
        value[appeared] = value.get(appeared, 0.0) + APPEARED * voice
        for day in days:
            weight = LOOKED_BACK if appeared - day > LONG_AGO else NAMED
            value[day] = value.get(day, 0.0) + weight * voice
    return value


def _of_days(
    found: Belonging, candidates: Sequence[_Candidate], value: Mapping[int, float]
) -> list[_Candidate]:
    """Those of the candidates whose days mean most, the nearest of a day first."""
    bearing, minutes = found.bearing, found.minutes
    nearest = sorted(candidates, key=lambda one: (-float(bearing[one.place]), one.story))
    times: dict[int, int] = {}
    ordered: list[tuple[float, int, _Candidate]] = []
    for rank, one in enumerate(nearest):
        day = int(minutes[one.place]) // DAY
        before = times.get(day, 0)
        times[day] = before + 1
        ordered.append((-value.get(day, 0.0) * NEXT**before, rank, one))
    ordered.sort(key=lambda each: each[:2])
    return [one for _, _, one in ordered[:CONSIDERED]]


def _alike(events: Sequence[_Event]) -> NDArray[np.float32]:
    offsets = np.zeros(len(events) + 1, dtype=np.int32)
    np.cumsum([len(event.terms) for event in events], out=offsets[1:])
    return kernels.alike(
        offsets,
        np.concatenate([event.terms for event in events]),
        np.concatenate([event.weights for event in events]),
    )


def _told(
    alike: NDArray[np.float32], events: Sequence[_Event], place: int, kept: Sequence[int]
) -> int:
    """Which of the kept events tells the same as one: the first of them, or -1."""
    event = events[place]
    for before in kept:
        other = events[before]
        near = MISSING not in (event.minute, other.minute) and (
            abs(event.minute - other.minute) <= NEAR_DAYS * DAY
        )
        if alike[place, before] > (NEAR_COSINE if near else SAME_TEXT):
            return before
    return -1


def _fold(events: Sequence[_Event]) -> list[_Event]:
    """One entry an event: a telling of the same goes into the one before it."""
    alike = _alike(events)
    kept: list[int] = []
    for place, event in enumerate(events):
        before = _told(alike, events, place, kept)
        if before < 0:
            kept.append(place)
            continue
        other = events[before]
        other.seqs = sorted({*other.seqs, *event.seqs})
        other.minute = min(other.minute, event.minute)
    return [events[place] for place in kept]


def _pick(events: Sequence[_Event], value: Mapping[int, float], most: int) -> list[_Event]:
    """The events of the days that mean most, the first of ``events`` always.

    So the entries cover the topic's turns: what came again and again in one loud week counts
    once, and a day that all look back at counts though few wrote on it. What is told again
    within three days is no entry; it is taken in where it came later, so that an entry keeps
    the day for which it was picked.
    """
    alike = _alike(events)
    days = np.array([event.minute // DAY for event in events])
    worth = np.array([value.get(day, 0.0) for day in days.tolist()])
    worth[0] = -1.0
    kept = [0]
    while len(kept) < most:
        place = int(np.argmax(worth))
        if worth[place] < 0:
            break
        worth[place] = -1.0
        before = _told(alike, events, place, kept)
        apart = np.abs(days - days[place])
        same_day = apart == 0
        if before < 0:
            kept.append(place)
            worth[same_day & (worth > 0)] *= BESIDE
            worth[(apart == 1) & (worth > 0)] *= DAY_BESIDE
            continue
        worth[same_day & (worth > 0)] *= NEXT
        if events[place].minute >= events[before].minute:
            events[before].seqs = sorted({*events[before].seqs, *events[place].seqs})
    return [events[place] for place in kept]


def _names(index: Index, own: _Event) -> set[int]:
    names: set[int] = set()
    for seq in own.seqs[:LOOKED]:
        terms, _, flags = index.vector(seq)
        names.update(terms[(flags & NAME) > 0].tolist())
    return names


def _shared(own: _Event, event: _Event, names: Container[int]) -> tuple[int, ...]:
    left, right = np.nonzero(own.terms[:, None] == event.terms)
    if not len(left):
        return ()
    common = own.terms[left]
    weights = own.weights[left] * event.weights[right]
    rank = sorted(
        np.flatnonzero(weights >= TOLD * weights.max()).tolist(),
        key=lambda i: (int(common[i]) not in names, -float(weights[i]), int(common[i])),
    )
    return tuple(int(common[i]) for i in rank[:SHARED])


def _known(index: Index, seqs: Sequence[int], until: int | None) -> list[int]:
    """Those of these articles that were published by a minute."""
    some = np.array(seqs, dtype=np.int32)
    found: list[int] = some[known(index, some, until)].tolist()
    return found


def timeline(
    index: Index, shelf: Shelf, seq: int, limit: int | None = None, until: int | None = None
) -> Timeline:
    """The events of an article's topic before and after it, newest first.

    Without a ``limit`` those that surely belong are shown, at most ``LIMIT``; with one as many
    as it says, weaker ones too. The article's own story is always there. ``until``: a minute;
    other articles that are later, or of no known time, are as if they were not there.
    """
    found = belonging(index, seq, limit is not None, until)
    story = shelf.stories_of([seq]).get(seq, seq)
    members = _known(index, shelf.members([story]).get(story, ()), until) or [seq]
    own = _event(index, story, members, 1.0)
    surely = _places(index, found, own, members)
    places = surely if limit is None else _wide(found, members)
    candidates = _candidates(found, places, shelf)
    most = LIMIT if limit is None else limit
    picked = len(candidates) >= most
    value = _days(found, places, shelf) if picked else {}
    considered = _of_days(found, candidates, value) if picked else candidates
    of = shelf.members([one.story for one in considered])
    events = [
        _event(
            index,
            one.story,
            _known(index, of.get(one.story, ()), until) or [one.story],
            found.scores[one.place],
        )
        for one in considered
    ]
    shown = _pick([own, *events], value, most) if picked else _fold([own, *events])
    names = _names(index, own)
    entries = [
        Entry(
            event.story,
            float(event.score),
            event is own,
            tuple(event.seqs),
            _shared(own, event, names),
            None if event.minute == MISSING else event.minute,
        )
        for event in shown
    ]
    entries.sort(key=lambda entry: (-(entry.minute or 0), -entry.story))
    told = {seq for entry in entries for seq in entry.members}
    belong = candidates if limit is None else _candidates(found, surely, shelf)
    more = sum(int(found.seqs[one.place]) not in told for one in belong)
    return Timeline(tuple(entries), more)
