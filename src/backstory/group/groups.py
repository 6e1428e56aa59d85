"""Which story each article is in, and which topic each story is of.

All that the group stage keeps of its own decisions beside the window of newest articles. What is
here is a function of two columns alone, the story of each article and the topic of each story, so
a process that ran through and one that read them from a store hold the same.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence

import numpy as np

from backstory.model.changes import Change, Changes, Ended, Merged, Moved, Placement, Reassigned


class Groups:
    """Stories and topics by the numbers of their founders. 0: none."""

    def __init__(self) -> None:
        self._story_of = np.zeros(1 << 16, dtype=np.int32)
        self._topic_of = np.zeros(1 << 16, dtype=np.int32)
        # Of stories with two articles or more, of topics with two stories or more or that their
        # founder left; in ascending order.
        self._members: dict[int, list[int]] = {}
        self._threads: dict[int, list[int]] = {}
        self._newest = 0
        self._clear()

    def restore(
        self, stories: Iterable[tuple[int, int]], topics: Iterable[tuple[int, int]]
    ) -> None:
        """Take up where another stopped: (article, story) of all articles, and (story, topic) of
        all stories that are of one."""
        columns = np.fromiter(stories, dtype=np.dtype((np.int32, 2)))
        if len(columns):
            self._grow(int(columns.max()))
            self._story_of[columns[:, 0]] = columns[:, 1]
        joined = columns[columns[:, 0] != columns[:, 1]]
        for article, story in joined.tolist():
            members = self._members.get(story)
            if members is None:
                members = self._members[story] = []
                if self._story_of[story] == story:
                    members.append(story)
            members.append(article)
        for members in self._members.values():
            members.sort()
        pairs = np.fromiter(topics, dtype=np.dtype((np.int32, 2)))
        if len(pairs):
            self._grow(int(pairs.max()))
            self._topic_of[pairs[:, 0]] = pairs[:, 1]
        sizes = np.bincount(pairs[:, 1]) if len(pairs) else np.zeros(0, np.int64)
        for story, topic in pairs[(sizes[pairs[:, 1]] > 1) | (pairs[:, 0] != pairs[:, 1])].tolist():
            self._threads.setdefault(topic, []).append(story)
        for threads in self._threads.values():
            threads.sort()
        self._clear()

    # ------------------------------------------------------------------ questions

    def story_of(self, article: int) -> int:
        """The story of an article."""
        return int(self._story_of[article]) if article < len(self._story_of) else 0

    def topic_of(self, story: int) -> int:
        """The topic of a story."""
        return int(self._topic_of[story]) if story < len(self._topic_of) else 0

    def members(self, story: int) -> Sequence[int]:
        """The articles of a story, ascending; of one that ended, none."""
        return self._members.get(story) or ([story] if self.story_of(story) == story else [])

    def threads(self, topic: int) -> Sequence[int]:
        """The stories of a topic, ascending."""
        return self._threads.get(topic) or ([topic] if self.topic_of(topic) == topic else [])

    def has_others(self, story: int) -> bool:
        """Whether there are other stories in the topic of a story."""
        return len(self._threads.get(self.topic_of(story), ())) > 1

    # ------------------------------------------------------------------ changes

    def place(self, article: int, placement: Placement) -> tuple[Reassigned, ...]:
        """Apply a placement: what repair changed, then the new article. Answers which older
        articles are in another story than before, ascending."""
        self._newest = article
        reassigned = self.apply(placement.changes)
        self._put(article, placement.story)
        return reassigned

    def apply(self, changes: Sequence[Change]) -> tuple[Reassigned, ...]:
        """Apply changes, one after the other. Answers which articles are in another story than
        before, ascending."""
        known_as = {
            change: self._known_as(change.story, change.into)
            for change in changes
            if isinstance(change, Merged)
        }
        was: dict[int, int] = {}
        for change in changes:
            if isinstance(change, Merged):
                for member in list(self.members(change.story)):
                    was.setdefault(member, change.story)
                    self._put(member, change.into)
                self._leave(change.story)
                ended = Ended(change.story, change.into, known_as[change])
                self._ended_stories.append(ended)
            else:
                was.setdefault(change.article, self.story_of(change.article))
                self._move(change)
        return tuple(
            Reassigned(one, before, self.story_of(one))
            for one, before in sorted(was.items())
            if self.story_of(one) != before
        )

    def enter(self, story: int, topic: int) -> None:
        """A story is of a topic, and of no other any more."""
        if self.topic_of(story) == topic:
            return
        self._leave(story)
        some = list(self.threads(topic))
        if not some and topic != self._newest:  # it may have ended before: its address is its own
            self._ended_topics.append(Ended(topic, topic))
        self._grow(max(story, topic))
        self._topic_of[story] = topic
        self._topics[story] = topic
        insort(some, story)
        self._thread(topic, some)

    def merge_topics(self, topic: int, into: int) -> None:
        """All stories of a topic are of another one."""
        for story in list(self.threads(topic)):
            self.enter(story, into)
        self._ended_topics.append(Ended(topic, into))

    def drain(self) -> Changes:
        """What changed since the last time, for a store to write."""
        changes = Changes(
            dict(self._stories),
            dict(self._topics),
            tuple(self._ended_stories),
            tuple(self._ended_topics),
        )
        self._clear()
        return changes

    # ------------------------------------------------------------------ bookkeeping

    def _clear(self) -> None:
        self._stories: dict[int, int] = {}
        self._topics: dict[int, int | None] = {}
        self._ended_stories: list[Ended] = []
        self._ended_topics: list[Ended] = []

    def _grow(self, number: int) -> None:
        while number >= len(self._story_of):
            more = np.zeros(len(self._story_of), dtype=np.int32)
            self._story_of = np.concatenate([self._story_of, more])
            self._topic_of = np.concatenate([self._topic_of, more])

    def _put(self, article: int, story: int) -> None:
        self._grow(max(article, story))
        before = int(self._story_of[article])
        if before and before != story:
            left = self._members.get(before)
            if left is not None:
                left.remove(article)
                if left in ([], [before]):
                    del self._members[before]
        self._stories[article] = story
        if before == story:
            return
        self._story_of[article] = story
        members = self._members.get(story)
        if members is not None:
            insort(members, article)
        elif article != story:
            own = [story] if self._story_of[story] == story else []
            self._members[story] = sorted({article, *own})

    def _move(self, change: Moved) -> None:
        self._put(change.article, change.into)
        if change.article == change.into:
            self._ended_stories.append(Ended(change.into, change.into))
        if not self.topic_of(change.into):
            self.enter(change.into, change.into)

    def _leave(self, story: int) -> None:
        """The story is of no topic."""
        topic = self.topic_of(story)
        if not topic:
            return
        rest = [one for one in self.threads(topic) if one != story]
        self._topic_of[story] = 0
        self._topics[story] = None
        self._thread(topic, rest)

    def _thread(self, topic: int, stories: list[int]) -> None:
        if stories in ([], [topic]):
            self._threads.pop(topic, None)
        else:
            self._threads[topic] = stories

    def _known_as(self, old: int, new: int) -> tuple[int, ...]:
        """Of a story and the one that takes it in, by which the feed of the topic in which both
        go on knows them. A topic of one story is not followed yet."""
        if self.has_others(old) and self.topic_of(old) == self.topic_of(new):
            return old, new
        return (old,) if self.has_others(old) and not self.has_others(new) else (new,)
