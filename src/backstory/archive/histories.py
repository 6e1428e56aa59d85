"""Histories: what the group stage ranks and picks, as timelines that readers can read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from backstory.archive import topics
from backstory.archive.events import events, seen_from
from backstory.group.history import ranked, timeline
from backstory.group.index import Index
from backstory.shelf import StoreShelf
from backstory.store import groups, reading, stages
from backstory.store.database import Store
from backstory.values import Discovery, History, StoryCard, TopicRef

Cards = Callable[[Connection, Sequence[int]], dict[int, StoryCard]]


class Histories:
    """The index of similar articles, opened when first asked and kept up with the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shelf = StoreShelf(store)
        self._index: Index | None = None
        self._lock = threading.Lock()  # the index serves one thread at a time

    def _current(self) -> Index:
        with self._store.read() as connection:
            grouped = stages.cursor(connection, "group")
        if self._index is None:
            self._index = Index(self._shelf, self._store.derived / "similar")
        self._index.refresh(grouped)
        return self._index

    def history(self, seq: int, guid: str, limit: int) -> History | None:
        """None where the article is acknowledged but not grouped yet."""
        with self._lock:
            index = self._current()
            if seq > index.last:
                return None
            line = timeline(index, self._shelf, seq, limit)
        with self._store.read() as connection:
            row = reading.listed(connection, [seq])[seq]
            text = reading.article_details(connection, seq).text
            made = events(connection, line.entries, seen_from(row.row, text))
            topic = self._topic(connection, row.story)
        return History(guid, topic, tuple(made), line.more)

    @staticmethod
    def _topic(connection: Connection, story: int | None) -> TopicRef | None:
        if story is None:
            return None
        number = groups.topics_of(connection, [story]).get(story)
        if number is None or len(reading.stories_of_topics(connection, [number])[number]) < 2:
            return None
        name = topics.names(connection, [number]).get(number, "")
        return TopicRef(reading.guids(connection, [number])[number], name)

    def ranked(self, seq: int, limit: int) -> tuple[tuple[str, float], ...] | None:
        with self._lock:
            index = self._current()
            if seq > index.last:
                return None
            order = ranked(index, seq, limit)
        with self._store.read() as connection:
            guids = reading.guids(connection, [other for other, _ in order])
        return tuple((guids[other], round(score, 6)) for other, score in order)

    def discover(self, seq: int, cards: Cards) -> Discovery:
        return Discovery((), (), ())
