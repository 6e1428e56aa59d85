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
        with self._store.read() as connection:
            yield from enriched.items(connection, first, last)

    def links(self, first: int, last: int) -> Iterator[tuple[int, bytes]]:
        with self._store.read() as connection:
            yield from groups.links(connection, first, last)

    def stories_of(self, seqs: Sequence[int]) -> dict[int, int]:
        with self._store.read() as connection:
            return groups.stories_of(connection, seqs)

    def members(self, stories: Sequence[int]) -> dict[int, Sequence[int]]:
        with self._store.read() as connection:
            return dict(groups.members(connection, stories))

    def named_days(self, seqs: Sequence[int]) -> dict[int, Sequence[int]]:
        with self._store.read() as connection:
            return dict(enriched.named_days_of(connection, seqs))

    def topics_of(self, stories: Sequence[int]) -> dict[int, int]:
        with self._store.read() as connection:
            return groups.topics_of(connection, stories)

    def tags_of(self, seqs: Sequence[int]) -> dict[int, tuple[Tag, ...]]:
        with self._store.read() as connection:
            return tagging.tags_of(connection, seqs)

    def serial_among(self, seqs: Sequence[int]) -> frozenset[int]:
        with self._store.read() as connection:
            return serials.among(connection, seqs)

    def words_of(self, terms: Sequence[int]) -> dict[int, str]:
        with self._store.read() as connection:
            return enriched.term_words(connection, terms)
