"""The group stage: the next enriched articles in the order of seq find copies, stories, topics."""

from __future__ import annotations

from typing import Any

from backstory.group.copies import Copies
from backstory.group.index import Index
from backstory.group.links import link
from backstory.group.stories import Stories
from backstory.shelf import StoreShelf
from backstory.store import enriched, groups, stages
from backstory.store.database import Store
from backstory.store.stages import Lease

STAGE = "group"


class GroupStage:
    """What grouping keeps in memory, all of it taken from the store."""

    name = STAGE

    def __init__(self, store: Store) -> None:
        self._store = store
        self._copies = Copies()
        self._stories = Stories()
        with store.read() as connection:
            self.cursor = stages.cursor(connection, STAGE)
            first = max(1, self.cursor - Copies.WINDOW + 1)
            self._copies.restore(enriched.fingerprints(connection, first, self.cursor))
            first = max(1, self.cursor - Stories.WINDOW + 1)
            of = dict(groups.all_memberships(connection, first, self.cursor))
            self._stories.restore(
                (item, of[item.seq]) for item in enriched.items(connection, first, self.cursor)
            )
        self._shelf = StoreShelf(store)
        self._index = Index(self._shelf, store.derived / "similar")
        self._index.refresh(self.cursor)

    def batch(self, lease: Lease, limit: int) -> int:
        """Group at most ``limit`` articles in one transaction; how many there were."""
        with self._store.read() as connection:
            last = min(enriched.last_seq(connection), self.cursor + limit)
            items = list(enriched.items(connection, self.cursor + 1, last))
            prints = dict(enriched.fingerprints(connection, self.cursor + 1, last))
        if not items:
            return 0
        rows: dict[int, dict[str, Any]] = {}
        moves: dict[int, int] = {}
        merged: list[tuple[int, int]] = []
        topics: dict[int, int] = {}
        for item in items:
            placement = self._stories.add(item)
            for seq, story in placement.moved:
                if seq in rows:
                    rows[seq]["story"] = story
                else:
                    moves[seq] = story
            merged.extend(placement.merged)
            links = link(self._index, item)
            rows[item.seq] = {
                "seq": item.seq,
                "story": placement.story,
                "copy_of": self._copies.add(item.seq, prints[item.seq]),
                "links": links.to_bytes(),
            }
            self._index.add(item, links)
            if placement.story == item.seq:
                topics[item.seq] = item.seq
        done = items[-1].seq
        with self._store.write() as connection:
            groups.insert(connection, list(rows.values()))
            groups.move(connection, moves)
            groups.keep_topics(connection, topics)
            for old, new in merged:
                groups.merge_stories(connection, old, new)
            stages.advance(connection, lease, done)
        self.cursor = done
        self._index.settle(done)
        return len(items)
