"""What was worked out of committed rows and stays right until the group stage moves on.

Kept in memory, a memo for each open store; the first question after the store's groups changed
begins a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from backstory.store import stages
from backstory.values import Edition, Tag, TopicCard

MOST = 20_000  # topics kept


@dataclass(slots=True)
class Memo:
    """``cursor``: how far the group stage had come."""

    cursor: int
    names: dict[int, str | None] = field(default_factory=dict)  # of topics; None: it has none
    tags: dict[int, tuple[Tag, ...]] = field(default_factory=dict)  # of topics
    cards: dict[int, TopicCard] = field(default_factory=dict)  # of topics
    editions: tuple[Edition, ...] | None = None
    rising: dict[str, tuple[int, int]] | None = None  # stories with each tag: lately, before

    def make_room(self) -> None:
        for some in (self.names, self.tags, self.cards):
            if len(some) > MOST:
                some.clear()


_kept: WeakKeyDictionary[Engine, Memo] = WeakKeyDictionary()


def of(connection: Connection) -> Memo:
    """The memo of this connection's store, right for what it holds now."""
    cursor = stages.cursor(connection, "group")
    memo = _kept.get(connection.engine)
    if memo is None or memo.cursor != cursor:
        memo = _kept[connection.engine] = Memo(cursor)
    memo.make_room()
    return memo
