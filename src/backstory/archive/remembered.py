"""What was worked out of committed rows and stays right until those rows change.

Kept in memory, a memo for each open store; the first question after the store's groups, the
statistics of its words or its articles' wording changed begins a new one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from backstory.model.tag import Tag
from backstory.model.views import Edition, TopicCard
from backstory.present.naming import Commonness
from backstory.present.trending import Ranked
from backstory.store import stages, versions
from backstory.store.database import Store
from backstory.store.enriched import last_epoch
from backstory.store.transactions import Reader

MOST = 20_000  # topics kept
MOST_TERMS = 200_000
MOST_LISTS = 60  # lists kept, of each kind

# A topic, and the moment that it is shown as of; None: with all there is.
AsOf = tuple[int, int | None]


@dataclass(slots=True)
class Memo:
    """``cursor``: how far the group stage had come; ``epoch``: of the statistics; ``version``:
    the newest of articles that were reworded."""

    cursor: int
    epoch: int
    version: int
    terms: dict[str, Commonness | None] = field(default_factory=dict)  # None: was not counted
    # Of topics, with the stories that they are made from; None: it has none.
    names: dict[AsOf, tuple[tuple[int, ...], str | None]] = field(default_factory=dict)
    cards: dict[AsOf, TopicCard] = field(default_factory=dict)  # of topics
    stories_of_topics: dict[AsOf, tuple[int, ...]] = field(default_factory=dict)
    began: dict[AsOf, int] = field(default_factory=dict)  # when topics did
    tags: dict[int, tuple[Tag, ...]] = field(default_factory=dict)  # of topics
    # Of lists as they were asked for: active topics, stories by rank.
    active: dict[tuple[str | None, int, int, int], list[int]] = field(default_factory=dict)
    ranked: dict[tuple[str | None, int, int], list[Ranked]] = field(default_factory=dict)
    editions: tuple[Edition, ...] | None = None
    # Stories with each tag, lately and before, by the latest time seen.
    rising: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)

    def make_room(self) -> None:
        for some in (self.names, self.cards, self.tags, self.stories_of_topics, self.began):
            if len(some) > MOST:
                some.clear()
        if len(self.terms) > MOST_TERMS:
            self.terms.clear()
        for lists in (self.active, self.ranked):
            if len(lists) > MOST_LISTS:
                lists.clear()


_kept: WeakKeyDictionary[object, Memo] = WeakKeyDictionary()


def of(reader: Reader) -> Memo:
    """The memo of this reader's store, right for what it holds now."""
    view = reader.once("memo")
    if "memo" in view:
        found: Memo = view["memo"]
        return found
    now = Memo(
        stages.cursor(reader, "group"),
        last_epoch(reader).number,
        versions.last_version(reader),
    )
    memo = _kept.get(reader.origin)
    if memo is None or (memo.cursor, memo.epoch, memo.version) != (
        now.cursor, now.epoch, now.version,
    ):  # fmt: skip
        if memo is not None and memo.epoch == now.epoch and memo.version <= now.version:
            now.terms = memo.terms
            now.names = _still_right(reader, memo)
        memo = _kept[reader.origin] = now
    memo.make_room()
    view["memo"] = memo
    return memo


def _still_right(reader: Reader, memo: Memo) -> dict[AsOf, tuple[tuple[int, ...], str | None]]:
    """The memo's names but those made of headlines that were reworded since.

    A name follows from these headlines, their tags and the statistics alone.
    """
    reworded = versions.reworded_since(reader, memo.version)
    return {
        topic: (stories, name)
        for topic, (stories, name) in list(memo.names.items())
        if reworded.isdisjoint(stories)
    }


def forget(store: Store) -> None:
    """Begin a new memo with the next question."""
    with store.read() as reader:
        _kept.pop(reader.origin, None)
