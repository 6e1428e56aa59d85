"""What was worked out of committed rows and stays right until the group stage moves on.

Kept in memory, a memo for each open store; the first question after the store's groups changed
begins a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from backstory.model.tag import Tag
from backstory.model.views import Edition, TopicCard
from backstory.present.naming import Commonness
from backstory.present.trending import Ranked
from backstory.store import stages
from backstory.store.dialects.sqlite import once_a_view
from backstory.store.enriched import last_epoch

MOST = 20_000  # topics kept
MOST_TERMS = 200_000
MOST_LISTS = 60  # lists kept, of each kind


@dataclass(slots=True)
class Memo:
    """``cursor``: how far the group stage had come."""

    cursor: int
    epoch: int  # of the statistics
    # Of topics, with the stories that they are made from; None: it has none.
    names: dict[int, tuple[tuple[int, ...], str | None]] = field(default_factory=dict)
    terms: dict[int, tuple[str, Commonness]] = field(default_factory=dict)
    cards: dict[int, TopicCard] = field(default_factory=dict)  # of topics
    tags: dict[int, tuple[Tag, ...]] = field(default_factory=dict)  # of topics
    threads: dict[int, tuple[int, ...]] = field(default_factory=dict)  # stories of topics
    began: dict[int, int] = field(default_factory=dict)  # when topics did
    # Of lists as they were asked for: topics that live, stories by rank.
    living: dict[tuple[str | None, int, int, int], list[int]] = field(default_factory=dict)
    ranked: dict[tuple[str | None, int, int], list[Ranked]] = field(default_factory=dict)
    editions: tuple[Edition, ...] | None = None
    rising: dict[str, tuple[int, int]] | None = None  # stories with each tag: lately, before

    def make_room(self) -> None:
        for some in (self.names, self.cards, self.tags, self.threads, self.began):
            if len(some) > MOST:
                some.clear()
        if len(self.terms) > MOST_TERMS:
            self.terms.clear()
        for lists in (self.living, self.ranked):
            if len(lists) > MOST_LISTS:
                lists.clear()


_kept: WeakKeyDictionary[Engine, Memo] = WeakKeyDictionary()


def of(connection: Connection) -> Memo:
    """The memo of this connection's store, right for what it holds now."""
    view = once_a_view(connection, "memo")
    if "memo" in view:
        found: Memo = view["memo"]
        return found
    cursor = stages.cursor(connection, "group")
    memo = _kept.get(connection.engine)
    if memo is None or memo.cursor != cursor:
        epoch = last_epoch(connection).number
        # A name follows from a topic's first stories and the statistics alone.
        same = memo is not None and memo.epoch == epoch
        names, terms = (memo.names, memo.terms) if memo is not None and same else ({}, {})
        memo = _kept[connection.engine] = Memo(cursor, epoch, names, terms)
    memo.make_room()
    view["memo"] = memo
    return memo
