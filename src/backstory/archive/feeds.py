"""The feeds of a store as readers see them: how each stands, and what to do about it."""

from __future__ import annotations

from datetime import UTC, datetime

from backstory.model.article import DEFAULT_TEXT_USE
from backstory.model.views import FeedCondition, FeedView
from backstory.store import feeds as kept
from backstory.store import hubs
from backstory.store import publishers as kept_publishers
from backstory.store.feeds import FeedRow
from backstory.store.transactions import Reader
from backstory.web.addresses import registrable_domain


def every(reader: Reader, now: datetime) -> tuple[FeedView, ...]:
    """All feeds by publisher; ``now`` tells whether a hub's lease still runs."""
    rows = kept.every(reader)
    leases = hubs.leases(reader)
    uses = kept_publishers.text_uses(reader, {_domain(row) for row in rows})
    found = [
        FeedView(
            url=row.url,
            title=row.title,
            source=row.source or row.title or _domain(row),
            domain=_domain(row),
            country=row.country,
            language=row.language,
            state=_state(row, leases.get(row.url, 0) > now.timestamp()),
            last_polled=_time(row.last_polled),
            last_new=_time(row.last_new),
            next_poll=_time(row.next_poll),
            failures=row.failures,
            articles=row.articles,
            problem=row.problem,
            text_use=uses.get(_domain(row), DEFAULT_TEXT_USE),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda feed: (feed.source.casefold(), feed.url)))


def _domain(row: FeedRow) -> str:
    return row.domain or registrable_domain(row.url)


def _state(row: FeedRow, pushed: bool) -> FeedCondition:
    if row.ended:
        return "ended"
    if row.problem is not None:
        return "failing"
    if row.last_polled is None:
        return "waiting"
    return "pushed" if pushed else "fine"


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
