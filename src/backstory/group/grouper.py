"""Grouping one article after another: what the group stage does, on values alone.

The stage, streams without a store, evaluation and benchmarks all go through here, so that what is
measured is what readers get.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstory.group.groups import Groups
from backstory.group.index.links import link
from backstory.group.index.similar import Index, Links
from backstory.group.serial import Serials
from backstory.group.stories.online import Stories
from backstory.group.topics import Topics
from backstory.model.changes import Placement, Reassigned
from backstory.model.vector import Item


@dataclass(frozen=True, slots=True)
class Placed:
    """Where an article went. ``serial``: it comes back day after day under one title's frame, and
    is of no event but its own; ``reassigned``: older articles that are in another story now."""

    story: int
    serial: bool
    reassigned: tuple[Reassigned, ...]


class Placer:
    """Finds the story of each article of a stream. What it decided stands in ``groups``."""

    def __init__(self, groups: Groups | None = None) -> None:
        self.groups = Groups() if groups is None else groups
        self._stories = Stories()
        self._serials = Serials()

    def restore(
        self,
        titles: Iterable[tuple[str, int | None, str]],
        members: Iterable[tuple[Item, int]],
    ) -> None:
        """Take up where another stopped: see ``Serials.restore`` and ``Stories.restore``."""
        self._serials.restore(titles)
        self._stories.restore(members)

    def place(self, item: Item, title: str) -> Placed:
        """The next article; ``title`` is the one that it was first seen with."""
        serial = self._serials.add(item.source, item.minute, title)
        placement = Placement(item.seq) if serial else self._stories.add(item)
        return Placed(placement.story, serial, self.groups.place(item.seq, placement))


class Grouper:
    """Finds story, links and topic of each article of a stream, whose ``index`` it fills."""

    def __init__(self, index: Index, groups: Groups | None = None) -> None:
        self.placer = Placer(groups)
        self._index = index
        self._topics = Topics(index, self.placer.groups)

    def add(self, item: Item, title: str) -> tuple[Placed, Links]:
        """The next article: where it went, and its links to earlier ones."""
        placed = self.placer.place(item, title)
        links = link(self._index, item)
        self._index.add(item, links)
        if not placed.serial:
            self._topics.decide(item.seq)
        return placed, links
