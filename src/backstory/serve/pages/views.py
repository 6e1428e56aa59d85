"""What pages work out from the archive's values before they show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backstory.model.tag import Tag
from backstory.model.views import ArticleView, Event, History, Row, StoryCard


@dataclass(frozen=True, slots=True)
class Position:
    """Where an article's event stands among those of its history."""

    number: int | None  # from the oldest; None where events were left out
    total: int
    since: datetime


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The addresses of the pages of a list around the one shown."""

    older: str | None
    newer: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """An article in a list with its story, and the list's other articles of the same story."""

    row: Row
    card: StoryCard | None
    others: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A tag to narrow a search down with, or one to take back, and where that leads."""

    tag: Tag
    address: str


def position_in(history: History) -> Position | None:
    """None where the history is one event alone."""
    events = history.events
    here = next((index for index, event in enumerate(events) if event.here), None)
    if here is None or len(events) < 2:
        return None
    number = None if history.more else len(events) - here
    return Position(number, len(events) + history.more, events[-1].order)


def found_in(rows: Sequence[Row], cards: Mapping[str, StoryCard]) -> list[Found]:
    """The articles of a page, those of one story together where its first stands."""
    together: dict[str, list[Row]] = {}
    for row in rows:
        card = cards.get(row.guid)
        together.setdefault(card.id if card else row.guid, []).append(row)
    return [
        Found(first, cards.get(first.guid), tuple(row for row in group if row is not first))
        for group in together.values()
        for first in [next((row for row in group if row.copy_of is None), group[0])]
    ]


def common_tags(events: tuple[Event, ...], limit: int = 12) -> tuple[Tag, ...]:
    """The tags that most events of a topic carry."""
    counts: Counter[Tag] = Counter()
    for event in events:
        counts.update({tag.slug: tag for row in event.articles for tag in row.tags}.values())
    often = [tag for tag, times in counts.most_common() if times > 1 or len(events) < 3]
    return tuple(often[:limit])


@dataclass(frozen=True, slots=True)
class EarlierTitle:
    """A headline that an article had, and when its page was found to say another."""

    title: str
    until: datetime


def earlier_titles(view: ArticleView) -> tuple[EarlierTitle, ...]:
    """What the headline was before, the newest first; changes of the text alone are none."""
    found: list[EarlierTitle] = []
    after = view.row.title
    for version in sorted(view.versions, key=lambda version: version.seen, reverse=True):
        if version.title and version.title != after:
            found.append(EarlierTitle(version.title, version.seen))
        after = version.title or after
    return tuple(found)


def titles_before(
    event: Event, own: Row | None, was: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """What the headline that an event is shown with was before; ``was``: by guid."""
    shown = own or next((row for row in event.articles if row.title == event.headline), None)
    return was.get(shown.guid, ()) if shown else ()


def guids_of(events: Sequence[Event]) -> list[str]:
    return [row.guid for event in events for row in event.articles]
