"""What lies beside a history: stories that share its people and places but are not of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backstory.group.history.belonging import FADING, FLOOR, fading, strongest, unit
from backstory.group.index.postings import Floats, Ints
from backstory.group.index.similar import Fading, Index, Shelf
from backstory.model.vector import NAME

ASKED = 8  # names asked of the index
LOOKED = 300  # articles looked at
AT_ONCE = 60  # of them; hardly ever more are needed
ALIKE = 0.3  # cosine from which two stories are too alike to stand side by side
FROM_ONE_TOPIC = 2  # stories of one topic
FAINTEST = 0.02


@dataclass(frozen=True, slots=True)
class Beside:
    """Topics and stories (by number), the nearest first, and no two alike."""

    topics: tuple[int, ...]
    stories: tuple[int, ...]


def _names(index: Index, seqs: Ints) -> tuple[Ints, Floats]:
    """The heaviest names of some articles."""
    sums: dict[int, float] = {}
    for seq in seqs.tolist():
        terms, weights, flags = index.vector(seq)
        own = unit(weights)
        for place in np.flatnonzero(flags & NAME).tolist():
            term = int(terms[place])
            sums[term] = sums.get(term, 0.0) + float(own[place])
    heaviest = sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:ASKED]
    terms = np.array([term for term, _ in heaviest], dtype=np.int32)
    return terms, unit(np.array([weight for _, weight in heaviest], dtype=np.float64))


def _placed(shelf: Shelf, seqs: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Articles with their stories and topics, asked for as far as they are looked at."""
    for start in range(0, len(seqs), AT_ONCE):
        some = seqs[start : start + AT_ONCE]
        of = shelf.stories_of(some)
        topics = shelf.topics_of(sorted(set(of.values())))
        for seq in some:
            story = of.get(seq, seq)
            yield seq, story, topics.get(story, story)


def beside(
    index: Index, shelf: Shelf, seq: int, history: Collection[int], limit: int = 8
) -> Beside:
    """Neighbouring topics and stories of an article, none of them in its ``history``
    (the numbers of all stories that it shows, its own among them)."""
    own = np.array([seq], dtype=np.int32)
    terms, weights = _names(index, own)
    minute = int(index.minutes(own)[0])
    found, rough = index.gather(terms, weights, fading=Fading(minute, FADING, FLOOR))
    found = found[strongest(found, rough, LOOKED)]
    near = index.dots(terms, weights, found) * fading(index.minutes(found), minute)
    order = strongest(found, near, len(found))
    seqs = [int(found[place]) for place in order if near[place] >= FAINTEST]
    own_story = shelf.stories_of([seq]).get(seq, seq)
    topics = shelf.topics_of(sorted({own_story, *history}))
    shown = {topics[story] for story in history if story in topics}
    shown.add(topics.get(own_story, seq))
    chosen: list[int] = []
    picked_stories: list[int] = []
    picked_topics: list[int] = []
    times: dict[int, int] = {}
    for other, story, topic in _placed(shelf, seqs):
        if story in history or story in picked_stories or topic in shown:
            continue
        if times.get(topic, 0) >= FROM_ONE_TOPIC:
            continue
        if chosen:
            keys, own_weights = index.weighted(other)
            alike = index.dots(keys, unit(own_weights), np.array(chosen, dtype=np.int32))
            if float(alike.max()) >= ALIKE:
                continue
        if topic not in picked_topics:
            picked_topics.append(topic)
        times[topic] = times.get(topic, 0) + 1
        chosen.append(other)
        picked_stories.append(story)
        if len(picked_stories) == limit:
            break
    return Beside(tuple(picked_topics), tuple(picked_stories))
