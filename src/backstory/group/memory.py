"""A shelf in memory, for streams without a store: tests, evaluation, files asked once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstory.model.vector import Item


class MemoryShelf:
    """Articles, stories and topics as plain lists and dictionaries; fill it, then read it."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.stored: dict[int, Item] = {}
        self.link_bytes: dict[int, bytes] = {}
        self.story: dict[int, int] = {}
        self.member_lists: dict[int, list[int]] = {}
        self.topic: dict[int, int] = {}
        self.days: dict[int, Sequence[int]] = {}

    def place(self, item: Item, links: bytes, story: int) -> None:
        """Store an article with its links and story."""
        self.stored[item.seq] = item
        self.link_bytes[item.seq] = links
        self.story[item.seq] = story
        self.member_lists.setdefault(story, []).append(item.seq)

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
        return {seq: self.story[seq] for seq in seqs if seq in self.story}

    def members(self, stories: Sequence[int]) -> dict[int, Sequence[int]]:
        return {story: self.member_lists.get(story, [story]) for story in stories}

    def named_days(self, seqs: Sequence[int]) -> dict[int, Sequence[int]]:
        return {seq: self.days[seq] for seq in seqs if seq in self.days}

    def topics_of(self, stories: Sequence[int]) -> dict[int, int]:
        return {story: self.topic[story] for story in stories if story in self.topic}
