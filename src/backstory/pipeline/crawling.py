"""Crawl: poll the feeds that are due, take in what they bring, and keep how it stands with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from backstory.collect.addresses import canonical, key, registrable_domain
from backstory.collect.fetch import Fetcher
from backstory.collect.poll import SHORTEST, FeedState, Poll, poll
from backstory.collect.workers import Workers
from backstory.extract.page import read_page
from backstory.extract.titles import repair
from backstory.pipeline.intake import take
from backstory.store import articles as kept_articles
from backstory.store import feeds as kept
from backstory.store.database import Store
from backstory.values import Article

AT_ONCE = 200  # feeds polled at the same time
YOUNGEST_VISIT = 3600  # seconds until a new page is looked at again
MOST_VISITS = 20  # pages of one feed looked at again in one round


@dataclass(slots=True)
class Round:
    """How a round of the feeds that were due went."""

    feeds: int = 0
    failed: int = 0
    new: int = 0
    revised: int = 0


async def crawl(
    store: Store,
    fetcher: Fetcher,
    tell: Callable[[str], None],
    progress: Callable[[float], None] | None = None,
    workers: Workers | None = None,
    only: set[str] | None = None,
) -> Round:
    """Poll every feed that is due once. ``tell`` gets a line for each thing that went wrong;
    ``only``: these feeds, due or not."""
    now = datetime.now(UTC)
    with store.read() as connection:
        rows = kept.every(connection) if only else kept.due(connection, int(now.timestamp()))
    wanted = [state_of(row) for row in rows if only is None or row["url"] in only]
    result = Round(feeds=len(wanted))
    places = asyncio.Semaphore(AT_ONCE)
    writing = asyncio.Lock()
    done = 0

    async def one(feed: FeedState) -> None:
        nonlocal done
        async with places:
            found = await poll(
                fetcher, feed, known, read_page, repair, workers, now=now, again=again
            )
        async with writing:
            taken = await asyncio.to_thread(_keep, store, feed, found)
        result.new += taken[0]
        result.revised += taken[1]
        if found.state.problem:
            result.failed += 1
            tell(f"{feed.url}: {found.state.problem}")
        for problem in found.problems:
            tell(f"{feed.url}: {problem}")
        done += 1
        if progress is not None:
            progress(done)

    def known(addresses: list[str]) -> set[str]:
        keys = {address: key(address) for address in addresses}
        with store.read() as connection:
            found = kept_articles.seqs_of_addresses(connection, set(keys.values()))
        return {address for address, one_key in keys.items() if one_key in found}

    def again(addresses: list[str]) -> set[str]:
        """Pages to look at once more: soon while they are young, ever less often later."""
        keys = {key(address): address for address in addresses}
        with store.read() as connection:
            visits = kept_articles.visits(connection, list(keys))
        moment = int(now.timestamp())
        due = [
            one_key
            for one_key, (published, visited) in visits.items()
            if moment - visited >= max(YOUNGEST_VISIT, (visited - published) // 4)
        ]
        due.sort(key=lambda one_key: (-visits[one_key][0], one_key))
        return {keys[one_key] for one_key in due[:MOST_VISITS]}

    await asyncio.gather(*map(one, wanted))
    return result


def _keep(store: Store, feed: FeedState, found: Poll) -> tuple[int, int]:
    """Articles first, then the state: a crash between the two only asks the feed again."""
    now = datetime.now(UTC)
    articles = [_of_feed(article, feed) for article in found.articles]
    taken = take(store, articles, now)
    with store.write() as connection:
        kept.keep_addresses(
            connection, ((key(given), key(canonical(own))) for given, own in found.addresses)
        )
        own = kept_articles.seqs_of_addresses(connection, [key(a.url) for a in articles])
        kept_articles.mark_visited(connection, own.values(), int(now.timestamp()))
        kept.keep(connection, feed.url, row_of(found.state))
    return taken.new, taken.revised


def _of_feed(article: Article, feed: FeedState) -> Article:
    """What the feed says of its publisher stands where it says something."""
    return replace(
        article,
        guid=None,
        site=feed.source or article.site,
        country=feed.country or article.country,
        language=article.language or feed.language,
    )


def state_of(row: RowMapping) -> FeedState:
    return FeedState(
        url=row["url"],
        title=row["title"],
        source=row["source"],
        domain=registrable_domain(row["url"]),
        country=row["country"],
        language=row["language"],
        etag=row["etag"],
        modified=row["modified"],
        last_polled=_time(row["last_polled"]),
        next_poll=_time(row["next_poll"]),
        interval=float(row["interval"] or SHORTEST),
        failures=row["failures"],
        problem=row["problem"],
        ended=row["ended"],
    )


def row_of(state: FeedState) -> dict[str, Any]:
    row = asdict(state)
    row.pop("domain")
    row["interval"] = round(state.interval)
    for name in ("last_polled", "next_poll"):
        row[name] = None if row[name] is None else int(row[name].timestamp())
    return row


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
