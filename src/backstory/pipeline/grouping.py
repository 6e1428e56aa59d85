"""The group stage: the next enriched articles in the order of seq find copies, stories, topics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from backstory.enrich.meaning import Embedder
from backstory.group.copies import Copies
from backstory.group.index.links import link
from backstory.group.index.similar import Index
from backstory.group.serial import Serials
from backstory.group.stories.online import Placement, Stories
from backstory.group.topics import TopicPlacement, Topics
from backstory.store import enriched, groups, serials, stages
from backstory.store.database import Store
from backstory.store.shelf import StoreShelf
from backstory.store.stages import Lease

STAGE = "group"


class GroupStage:
    """What grouping keeps in memory, all of it taken from the store."""

    name = STAGE

    def __init__(self, store: Store, embedder: Embedder | None = None) -> None:
        self._store = store
        self._embedder = None if embedder is None else embedder.name
        self._copies = Copies()
        self._stories = Stories()
        self._serials = Serials()
        with store.read() as connection:
            self.cursor = stages.cursor(connection, STAGE)
            first = max(1, self.cursor - Copies.WINDOW + 1)
            self._copies.restore(groups.fingerprints(connection, first, self.cursor))
            first = max(1, self.cursor - Serials.WINDOW + 1)
            self._serials.restore(serials.titles(connection, first, self.cursor))
            first = serials.newest_but(connection, self.cursor, Stories.WINDOW)
            of = dict(groups.all_memberships(connection, first, self.cursor))
            alone = serials.marked(connection, first, self.cursor)
            self._stories.restore(
                (item, of[item.seq])
                for item in enriched.items(connection, first, self.cursor, self._embedder)
                if item.seq not in alone
            )
        self._shelf = StoreShelf(store)
        self._index = Index(self._shelf, store.derived / "similar")
        self._index.refresh(self.cursor)
        self._topics = Topics(self._index)
        with store.read() as connection:
            self._topics.restore(
                groups.all_memberships(connection, 1, self.cursor), groups.all_topics(connection)
            )

    def batch(self, lease: Lease, limit: int) -> int:
        """Group at most ``limit`` articles in one transaction; how many there were."""
        with self._store.read() as connection:
            last = min(enriched.last_seq(connection), self.cursor + limit)
            items = list(enriched.items(connection, self.cursor + 1, last, self._embedder))
            prints = dict(enriched.fingerprints(connection, self.cursor + 1, last))
            told_by = list(serials.titles(connection, self.cursor + 1, last))
        if not items:
            return 0
        work = _Work()
        for item, title in zip(items, told_by, strict=True):
            serial = self._serials.add(*title)
            placement = Placement(item.seq) if serial else self._stories.add(item)
            work.repair(placement, self._topics)
            links = link(self._index, item)
            work.rows[item.seq] = {
                "seq": item.seq,
                "story": placement.story,
                "copy_of": self._copies.add(item.seq, prints[item.seq]),
                "links": links.to_bytes(),
                "serial": serial,
            }
            self._index.add(item, links)
            if serial:
                self._topics.pass_by(item.seq)
                continue
            decided = self._topics.add(item.seq, placement.story, placement.moved, placement.merged)
            for _, story in placement.moved:
                work.topics[story] = self._topics.topic_of(story)
            if decided is not None:
                work.decide(decided)
        done = items[-1].seq
        with self._store.write() as connection:
            for old, new, told in work.ends:
                if old == new:
                    groups.revive(connection, old)
                else:
                    groups.merge_stories(connection, old, new, told)
            for old, new in work.merged_topics:
                groups.merge_topics(connection, old, new)
            groups.insert(connection, list(work.rows.values()))
            groups.move(connection, work.moves)
            groups.keep_topics(connection, work.topics)
            stages.advance(connection, lease, done)
        self.cursor = done
        self._index.settle(done)
        return len(items)


@dataclass(slots=True)
class _Work:
    """What a batch decided and has not committed: last words win, as if written one by one."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)  # of new articles, by seq
    moves: dict[int, int] = field(default_factory=dict)  # older articles and their new story
    topics: dict[int, int] = field(default_factory=dict)  # of stories
    # Stories that ended, in which, and by which of the two feeds of topics know it; in itself: one
    # that had ended and was split off again.
    ends: list[tuple[int, int, tuple[int, ...]]] = field(default_factory=list)
    merged_topics: list[tuple[int, int]] = field(default_factory=list)

    def repair(self, placement: Placement, topics: Topics) -> None:
        """``topics``: as they were before the placement."""
        for seq, story in placement.moved:
            if seq == story:
                self.ends.append((story, story, ()))
            if seq in self.rows:
                self.rows[seq]["story"] = story
            else:
                self.moves[seq] = story
        for old, new in placement.merged:
            self.ends.append((old, new, _told(old, new, topics)))
            self.topics.pop(old, None)
            for row in self.rows.values():
                if row["story"] == old:
                    row["story"] = new
            for seq, story in self.moves.items():
                if story == old:
                    self.moves[seq] = new

    def decide(self, decided: TopicPlacement) -> None:
        self.topics[decided.story] = decided.topic
        for old, new in decided.merged:
            self.merged_topics.append((old, new))
            for story, topic in self.topics.items():
                if topic == old:
                    self.topics[story] = new


def _told(old: int, new: int, topics: Topics) -> tuple[int, ...]:
    """Of a story and the one that takes it in, by which the feed of the topic in which both go on
    knows them. A topic of one story is not followed yet."""
    if topics.has_others(old) and topics.topic_of(old) == topics.topic_of(new):
        return old, new
    return (old,) if topics.has_others(old) and not topics.has_others(new) else (new,)
