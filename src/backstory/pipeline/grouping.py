"""The group stage: the next enriched articles in the order of seq find copies, stories, topics."""

from __future__ import annotations

from backstory.enrich.meaning import Embedder
from backstory.group.copies import Copies
from backstory.group.grouper import Grouper
from backstory.group.groups import Groups
from backstory.group.index.similar import Index
from backstory.group.serial import Serials
from backstory.group.stories.online import Stories
from backstory.store import enriched, groups, serials, stages
from backstory.store.database import Store
from backstory.store.groups import Grouped
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
        self._shelf = StoreShelf(store)
        self._index = Index(self._shelf, store.derived / "similar")
        self._groups = Groups()
        self._grouper = Grouper(self._index, self._groups)
        with store.read() as reader:
            self.cursor = stages.cursor(reader, STAGE)
            first = max(1, self.cursor - Copies.WINDOW + 1)
            self._copies.restore(groups.fingerprints(reader, first, self.cursor))
            titles = serials.titles(reader, max(1, self.cursor - Serials.WINDOW + 1), self.cursor)
            first = serials.newest_but(reader, self.cursor, Stories.WINDOW)
            of = dict(groups.all_memberships(reader, first, self.cursor))
            alone = serials.marked(reader, first, self.cursor)
            items = enriched.items(reader, first, self.cursor, self._embedder)
            self._grouper.placer.restore(
                titles, ((item, of[item.seq]) for item in items if item.seq not in alone)
            )
            self._groups.restore(
                groups.all_memberships(reader, 1, self.cursor), groups.all_topics(reader)
            )
        self._index.refresh(self.cursor)

    def batch(self, lease: Lease, limit: int) -> int:
        """Group at most ``limit`` articles in one transaction; how many there were."""
        with self._store.read() as reader:
            last = min(enriched.last_seq(reader), self.cursor + limit)
            items = list(enriched.items(reader, self.cursor + 1, last, self._embedder))
            prints = dict(enriched.fingerprints(reader, self.cursor + 1, last))
            titles = [title for _, _, title in serials.titles(reader, self.cursor + 1, last)]
        if not items:
            return 0
        found: list[Grouped] = []
        for item, title in zip(items, titles, strict=True):
            placed, links = self._grouper.add(item, title)
            copied = self._copies.add(item.seq, prints[item.seq])
            found.append(Grouped(item.seq, copied, links.to_bytes(), placed.serial))
        done = items[-1].seq
        with self._store.write() as writer:
            groups.write(writer, found, self._groups.drain())
            stages.advance(writer, lease, done)
        self.cursor = done
        self._index.settle(done)
        return len(items)
