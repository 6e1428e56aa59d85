"""Topics: threads of stories over months and years, each at the address of its founding story.

A story finds its topic when it is founded, and again when it has 2, 4, 8 ... articles: among
the topics of the articles that its own are linked to, the one whose words it shares. Comparing
with the topic's own words, its first stories', and not only with its newest story keeps a
thread from drifting from subject to subject.
"""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

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


@dataclass(frozen=True, slots=True)
class TopicPlacement:
    """The topic of a story; ``merged``: topics that ended in it (topic, into)."""

    story: int
    topic: int
    merged: tuple[tuple[int, int], ...] = ()


class Topics:
    """Which topic each story belongs to. All state follows from stored rows.

    Call ``add`` for each article after the index has it.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._story_of = np.zeros(1 << 16, dtype=np.int32)
        self._topic_of = np.zeros(1 << 16, dtype=np.int32)
        self._members: dict[int, list[int]] = {}  # of stories with two articles or more
        self._stories: dict[int, list[int]] = {}  # of topics with two stories or more
        self._cores: dict[int, tuple[Ints, Floats]] = {}

    def restore(
        self, stories: Iterable[tuple[int, int]], topics: Iterable[tuple[int, int]]
    ) -> None:
        """Take up where another stopped: (seq, story) of all articles in order, and
        (story, topic) of all stories, aliases resolved."""
        for seq, story in stories:
            self._note(seq, story)
        for story, topic in sorted(topics):
            self._grow(story)
            self._enter(story, topic)

    def add(
        self,
        seq: int,
        story: int,
        moved: Sequence[tuple[int, int]] = (),
        merged: Sequence[tuple[int, int]] = (),
    ) -> TopicPlacement | None:
        """A new article came into a story, after repair ``moved`` and ``merged`` (as in
        ``stories.Placement``). Answers where the story's topic was decided (again)."""
        for other, into in moved:
            self._leave_story(other)
            self._note(other, into)
            if not self._topic_of[into]:
                self._enter(into, into)
        for old, _ in merged:
            self._leave_topic(old)
        self._note(seq, story)
        size = len(self._members.get(story, (seq,)))
        if size & (size - 1):
            return None
        return self._decide(story)

    def pass_by(self, seq: int) -> None:
        """A new article that is of no topic, and of no story but its own: a serial piece."""
        self._note(seq, seq)

    def topic_of(self, story: int) -> int:
        """The topic of a story, 0 where it has none yet."""
        return int(self._topic_of[story]) if story < len(self._topic_of) else 0

    def has_others(self, story: int) -> bool:
        """Whether there are other stories in the topic of a story."""
        return len(self._stories.get(self.topic_of(story), ())) > 1

    # ------------------------------------------------------------------ decision

    def _decide(self, story: int) -> TopicPlacement:
        members = self._members.get(story, [story])[-LOOKED:]
        links: dict[int, int] = {}
        for seq in members:
            line = self._index.links.line(seq)
            for other, weight in zip(line.keys.tolist(), line.packed.tolist(), strict=True):
                founder = int(self._story_of[other])
                topic = int(self._topic_of[founder])
                if founder != story and topic:
                    links[topic] = max(links.get(topic, 0), weight)
        current = int(self._topic_of[story])
        near = sorted(links.items(), key=lambda one: (-one[1], one[0]))[:4]
        near = [(topic, weight) for topic, weight in near if weight >= LINKED * 10_000]
        terms, weights = self._words(np.array(members, dtype=np.int32))
        scored: list[tuple[float, int]] = []
        for topic, weight in near:
            if topic == story:
                continue
            cosine = float(dot(terms, weights, *self._core(topic)))
            if cosine >= OWN_WORDS * self._strictness(topic):
                scored.append((round(cosine + weight / 10_000, 6), topic))
        scored.sort(key=lambda one: (-one[0], one[1]))
        topic = scored[0][1] if scored else story
        if current and current != topic and len(self._stories.get(current, ())) > 1:
            # A story that founded a topic, or is settled in one, stays unless it has none.
            topic = current
        if topic != current:
            self._leave_topic(story)
            self._enter(story, topic)
        return TopicPlacement(story, topic, self._merge(topic, [one for _, one in scored]))

    def _merge(self, topic: int, others: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """Topics that a story belongs to alike and that share their words become one."""
        merged: list[tuple[int, int]] = []
        into = topic
        for other in others:
            if other == into or not self._stories.get(other):
                continue
            old, new = max(into, other), min(into, other)
            if dot(*self._core(old), *self._core(new)) < SAME:
                continue
            for story in list(self._stories.get(old, [old])):
                self._leave_topic(story)
                self._enter(story, new)
            merged.append((old, new))
            into = new
        return tuple(merged)

    def _strictness(self, topic: int) -> float:
        """A large topic asks for more, or it would take in whatever names its country."""
        size = len(self._stories.get(topic, ()))
        return 1.0 + STRICTER * math.log2(max(1.0, size / CORE))

    def _words(self, seqs: Ints) -> tuple[Ints, Floats]:
        if len(seqs) == 1:
            terms, weights = self._index.weighted(int(seqs[0]))
            return terms, unit(weights)
        return blend(self._index, seqs, np.full(len(seqs), 1.0 / len(seqs)), CORE_TERMS)

    def _core(self, topic: int) -> tuple[Ints, Floats]:
        """The topic's own words: those of its first stories' founding articles."""
        core = self._cores.get(topic)
        if core is None:
            seqs = np.array((self._stories.get(topic) or [topic])[:CORE], dtype=np.int32)
            if len(self._cores) > 50_000:
                self._cores.clear()
            core = self._cores[topic] = self._words(seqs)
        return core

    # ------------------------------------------------------------------ bookkeeping

    def _grow(self, seq: int) -> None:
        while seq >= len(self._story_of):
            more = np.zeros(len(self._story_of), dtype=np.int32)
            self._story_of = np.concatenate([self._story_of, more])
            self._topic_of = np.concatenate([self._topic_of, more])

    def _note(self, seq: int, story: int) -> None:
        self._grow(max(seq, story))
        self._story_of[seq] = story
        members = self._members.get(story)
        if members is not None:
            insort(members, seq)
        elif seq != story:
            self._members[story] = sorted(
                {seq, *([story] if self._story_of[story] == story else [])}
            )

    def _leave_story(self, seq: int) -> None:
        story = int(self._story_of[seq])
        members = self._members.get(story)
        if members is not None and seq in members:
            members.remove(seq)

    def _enter(self, story: int, topic: int) -> None:
        self._topic_of[story] = topic
        if story == topic:
            if topic in self._stories:
                insort(self._stories[topic], story)
            self._cores.pop(topic, None)
            return
        stories = self._stories.setdefault(topic, [topic] if self._topic_of[topic] == topic else [])
        insort(stories, story)
        if len(stories) <= CORE or story <= stories[CORE - 1]:
            self._cores.pop(topic, None)

    def _leave_topic(self, story: int) -> None:
        topic = int(self._topic_of[story])
        self._topic_of[story] = 0
        stories = self._stories.get(topic)
        if stories is None or len(stories) <= CORE or story <= stories[CORE - 1]:
            self._cores.pop(topic, None)
        if stories is not None and story in stories:
            stories.remove(story)
