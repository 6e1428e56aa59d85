"""Topics: threads of stories over months and years, each at the address of its founding story.

A story finds its topic when it is founded, and again when it has 2, 4, 8 ... articles: among
the topics of the articles that its own are linked to, the one whose words it shares. Comparing
with the topic's own words, its first stories', and not only with its newest story keeps a
thread from drifting from subject to subject.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from backstory.group.groups import Groups
from backstory.group.history.belonging import blend, unit
from backstory.group.index.kernels import dot
from backstory.group.index.postings import Floats, Ints
from backstory.group.index.similar import Index

CORE = 16  # first stories of a topic whose words are its own
CORE_TERMS = 60
LOOKED = 8  # newest articles of a story that are looked at
LINKED = 0.13  # how near, of 1, the strongest link into a topic must be
OWN_WORDS = 0.20  # cosine to the topic's own words
STRICTER = 0.5  # by how much more for each doubling of a topic beyond its first stories
SAME = 0.60  # cosine of two topics' own words from which they are one
_REMEMBERED = 50_000  # topics whose own words are kept


class Topics:
    """Decides which topic each story is of. What was decided stands in ``groups``."""

    def __init__(self, index: Index, groups: Groups) -> None:
        self._index = index
        self._groups = groups
        # Of topics, with the stories that their words are of.
        self._cores: dict[int, tuple[tuple[int, ...], tuple[Ints, Floats]]] = {}

    def decide(self, article: int) -> None:
        """Find the topic of an article's story, if its size says that it is time. Call it for
        each article that is no serial piece, once ``groups`` and the index have it."""
        story = self._groups.story_of(article)
        members = self._groups.members(story)
        if len(members) & (len(members) - 1):
            return
        newest = members[-LOOKED:]
        terms, weights = self._words(np.array(newest, dtype=np.int32))
        scored: list[tuple[float, int]] = []
        for topic, weight in self._linked(story, newest):
            cosine = float(dot(terms, weights, *self._core(topic)))
            if cosine >= OWN_WORDS * self._strictness(topic):
                scored.append((round(cosine + weight / 10_000, 6), topic))
        scored.sort(key=lambda one: (-one[0], one[1]))
        topic = scored[0][1] if scored else story
        current = self._groups.topic_of(story)
        if current and self._groups.has_others(story):
            # A story that founded a topic, or is settled in one, stays unless it has none.
            topic = current
        self._groups.enter(story, topic)
        self._merge(topic, [one for _, one in scored])

    def _linked(self, story: int, members: Sequence[int]) -> list[tuple[int, int]]:
        """The other topics that a story's articles are linked to most strongly, with the weight
        of the strongest link, of 10,000."""
        links: dict[int, int] = {}
        for seq in members:
            line = self._index.links.line(seq)
            for other, weight in zip(line.keys.tolist(), line.packed.tolist(), strict=True):
                founder = self._groups.story_of(other)
                topic = self._groups.topic_of(founder)
                if founder != story and topic:
                    links[topic] = max(links.get(topic, 0), weight)
        near = sorted(links.items(), key=lambda one: (-one[1], one[0]))[:4]
        return [
            (topic, weight)
            for topic, weight in near
            if weight >= LINKED * 10_000 and topic != story
        ]

    def _merge(self, topic: int, others: Sequence[int]) -> None:
        """Topics that a story belongs to alike and that share their words become one."""
        into = topic
        for other in others:
            if other == into or len(self._groups.threads(other)) < 2:
                continue
            old, new = max(into, other), min(into, other)
            if dot(*self._core(old), *self._core(new)) < SAME:
                continue
            self._groups.merge_topics(old, new)
            into = new

    def _strictness(self, topic: int) -> float:
        """A large topic asks for more, or it would take in whatever names its country."""
        size = len(self._groups.threads(topic))
        return 1.0 + STRICTER * math.log2(max(1.0, size / CORE))

    def _words(self, seqs: Ints) -> tuple[Ints, Floats]:
        if len(seqs) == 1:
            terms, weights = self._index.weighted(int(seqs[0]))
            return terms, unit(weights)
        return blend(self._index, seqs, np.full(len(seqs), 1.0 / len(seqs)), CORE_TERMS)

    def _core(self, topic: int) -> tuple[Ints, Floats]:
        """The topic's own words: those of its first stories' founding articles."""
        first = tuple(self._groups.threads(topic)[:CORE]) or (topic,)
        known = self._cores.get(topic)
        if known is not None and known[0] == first:
            return known[1]
        if len(self._cores) > _REMEMBERED:
            self._cores.clear()
        words = self._words(np.array(first, dtype=np.int32))
        self._cores[topic] = (first, words)
        return words
