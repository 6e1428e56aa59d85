"""The group stage's shelf over a store: what it may ask of stored articles, without SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backstory.model.tag import Tag
from backstory.model.vector import Item
from backstory.store import enriched, groups, serials, tagging
from backstory.store.database import Store


class StoreShelf:
    """Reads committed rows; each question in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def identity(self) -> str:
        return self._store.identity()

    def items(self, first: int, last: int) -> Iterator[Item]:
        with self._store.read() as reader:
            yield from enriched.items(reader, first, last)

    def links(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        with self._store.read() as reader:
            yield from groups.links(reader, first, last)

    def stories_of(self, seqs: Sequence[int]) -> dict[int, int]:
        with self._store.read() as reader:
            return groups.stories_of(reader, seqs)

    def members(self, stories: Sequence[int]) -> dict[int, Sequence[int]]:
        with self._store.read() as reader:
            return dict(groups.members(reader, stories))

    def named_days(self, seqs: Sequence[int]) -> dict[int, Sequence[int]]:
        with self._store.read() as reader:
            return dict(enriched.named_days_of(reader, seqs))

    def topics_of(self, stories: Sequence[int]) -> dict[int, int]:
        with self._store.read() as reader:
            return groups.topics_of(reader, stories)

    def tags_of(self, seqs: Sequence[int]) -> dict[int, tuple[Tag, ...]]:
        with self._store.read() as reader:
            return tagging.tags_of(reader, seqs)

    def serial_among(self, seqs: Sequence[int]) -> frozenset[int]:
        with self._store.read() as reader:
            return serials.among(reader, seqs)

    def words_of(self, terms: Sequence[int]) -> dict[int, str]:
        with self._store.read() as reader:
            return enriched.term_words(reader, terms)
