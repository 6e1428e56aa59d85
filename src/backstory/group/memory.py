"""A shelf in memory, for streams without a store: tests, evaluation, files asked once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstory.group.groups import Groups
from backstory.model.changes import Placement
from backstory.model.tag import Tag
from backstory.model.vector import Item


class MemoryShelf:
    """Articles and their links as dictionaries, stories and topics as ``groups``; fill it, then
    read it."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.groups = Groups()
        self.stored: dict[int, Item] = {}
        self.link_bytes: dict[int, bytes] = {}
        self.days: dict[int, Sequence[int]] = {}
        self.tags: dict[int, Sequence[Tag]] = {}
        self.serials: set[int] = set()
        self.words: dict[int, str] = {}

    def keep(self, item: Item, links: bytes, serial: bool = False) -> None:
        """Store an article with its links, once ``groups`` has it."""
        self.stored[item.seq] = item
        self.link_bytes[item.seq] = links
        if serial:
            self.serials.add(item.seq)

    def place(self, item: Item, links: bytes, placement: Placement) -> None:
        """Store an article with its links and its placement."""
        self.groups.place(item.seq, placement)
        self.keep(item, links)

    def identity(self) -> str:
        return self.name

    def items(self, first: int, last: int) -> Iterator[Item]:
        for seq in range(first, last + 1):
            if seq in self.stored:
                yield self.stored[seq]

    def links(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        for seq in range(first, last + 1):
            if seq in self.link_bytes:
                yield seq, self.link_bytes[seq]

    def stories_of(self, seqs: Sequence[int]) -> dict[int, int]:
        return {seq: self.groups.story_of(seq) for seq in seqs if self.groups.story_of(seq)}

    def members(self, stories: Sequence[int]) -> dict[int, Sequence[int]]:
        return {story: self.groups.members(story) for story in stories}

    def named_days(self, seqs: Sequence[int]) -> dict[int, Sequence[int]]:
        return {seq: self.days[seq] for seq in seqs if seq in self.days}

    def topics_of(self, stories: Sequence[int]) -> dict[int, int]:
        return {one: self.groups.topic_of(one) for one in stories if self.groups.topic_of(one)}

    def tags_of(self, seqs: Sequence[int]) -> dict[int, Sequence[Tag]]:
        return {seq: self.tags[seq] for seq in seqs if seq in self.tags}

    def serial_among(self, seqs: Sequence[int]) -> frozenset[int]:
        return frozenset(self.serials.intersection(seqs))

    def words_of(self, terms: Sequence[int]) -> dict[int, str]:
        return {term: self.words[term] for term in terms if term in self.words}
