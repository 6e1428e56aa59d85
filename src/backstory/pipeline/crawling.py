"""Crawl: poll the feeds that are due, take in what they bring, and keep how it stands with them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from backstory.collect.entries import Tools
from backstory.collect.poll import SHORTEST, FeedState, Poll, Pushed, Visit, failed, poll, visit
from backstory.collect.workers import Workers
from backstory.extract.page import examine
from backstory.extract.titles import repair
from backstory.model.article import DEFAULT_TEXT_USE, Article
from backstory.model.problems import Problem, Report, unforeseen
from backstory.pipeline.identity import given_key, heard_key, key_of
from backstory.pipeline.intake import owner_of_feed, take_in
from backstory.store import articles as kept_articles
from backstory.store import feeds as kept
from backstory.store import hubs, publishers
from backstory.store.articles import Kept
from backstory.store.database import FAULTS, Store
from backstory.store.feeds import FeedRow
from backstory.store.hubs import Push
from backstory.web.addresses import canonical, key, registrable_domain
from backstory.web.fetcher import Fetcher

AT_ONCE = 200  # feeds polled at the same time
YOUNGEST_VISIT = 3600  # seconds until a new page is looked at again
YOUNG = 2 * 24 * 3600  # seconds that a page is looked at again, though it left its feed
MOST_VISITS = 20  # pages of one feed looked at again in one round


@dataclass(slots=True)
class Round:
    """How a round of the feeds that were due went."""

    feeds: int = 0
    failed: int = 0
    new: int = 0
    revised: int = 0
    done: int = 0


class Crawl:
    """Polls the feeds of one store. Rounds may overlap: a feed is polled by one at a time, so
    that a slow one holds up nobody else.

    ``tell`` gets what went wrong with each thing. A feed that fails costs itself alone; where
    the store fails, the feeds bear no fault and stay due.
    """

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        tell: Callable[[Report], None],
        workers: Workers | None = None,
    ) -> None:
        self._store = store
        self._tools = Tools(fetcher, examine, repair, workers)
        self._tell = tell
        self._running: set[str] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._writing = asyncio.Lock()

    async def round(
        self,
        now: datetime | None = None,
        only: set[str] | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Round:
        """Take in what hubs pushed, and poll every feed that is due once.

        ``now``: the time that is reckoned from, this moment unless given; ``only``: these
        feeds, due or not. Feeds that another round is at are left to it. Raises what the store
        raised, after all feeds had their turn.
        """
        now = now or datetime.now(UTC)
        wanted = await asyncio.to_thread(self._wanted, int(now.timestamp()), only)
        wanted = [(feed, push) for feed, push in wanted if feed.url not in self._running]
        result = Round(feeds=len(wanted))
        by_feed: dict[str, list[tuple[FeedState, Push | None]]] = {}
        for feed, push in wanted:
            by_feed.setdefault(feed.url, []).append((feed, push))
        self._running |= by_feed.keys()

        async def work(url: str) -> None:
            try:
                for feed, push in by_feed[url]:
                    await self._one(feed, push, now, result)
                    if progress is not None:
                        result.done += 1
                        progress(result.done)
            finally:
                self._running.discard(url)

        ended = await asyncio.gather(*map(work, by_feed), return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException):
                raise error
        return result

    def _wanted(self, moment: int, only: set[str] | None) -> list[tuple[FeedState, Push | None]]:
        """What to poll; with a push of the feed's hub, where one waits, in its order."""
        with self._store.read() as reader:
            rows = kept.every(reader) if only else kept.due(reader, moment)
            leases = hubs.leases(reader)
            pushes = hubs.pushed(reader)
            by_url = {row.url: row for row in kept.every(reader)} if pushes else {}
        found: list[tuple[FeedState, Push | None]] = [
            (state_of(by_url[push.feed], leases), push) for push in pushes if push.feed in by_url
        ]
        pushed = {feed.url for feed, _ in found}
        found += [
            (state_of(row, leases), None)
            for row in rows
            if row.url not in pushed and (only is None or row.url in only)
        ]
        return found

    async def _one(self, feed: FeedState, push: Push | None, now: datetime, result: Round) -> None:
        sent = None if push is None else Pushed(push.body, push.content_type)
        again = partial(self._again, feed.speaker, int(now.timestamp()))
        async with self._places:
            known = partial(self._known, feed.speaker)
            found = await poll(self._tools, feed, known, now, again, sent)
        async with self._writing:
            taken = await asyncio.to_thread(_keep_all, self._store, feed, found, now, push)
        result.new += taken.new
        result.revised += taken.revised
        if taken.state.problem is not None:
            result.failed += 1
            self._tell(Report((feed.url,), taken.state.problem))
        for report in (*found.problems, *taken.refused):
            self._tell(report.of(feed.url))
        if push is None and taken.state.problem is None:
            await self._visit(taken.state, now, result)

    async def _visit(self, feed: FeedState, now: datetime, result: Round) -> None:
        """Look again at young pages of the feed's publisher, be they still in the feed or not."""
        moment = int(now.timestamp())
        with self._store.read() as reader:
            young = kept_articles.young(
                reader, feed.domain, moment, moment - YOUNG, YOUNGEST_VISIT, MOST_VISITS
            )
        if not young:
            return
        pages = [Visit(one.url, one.title, one.text) for one in young]
        async with self._places:
            found = await visit(self._tools, feed, pages, now)
        async with self._writing:
            taken = await asyncio.to_thread(_keep_visits, self._store, feed, found, young, now)
        result.revised += taken
        for report in found.problems:
            self._tell(report.of(feed.url))

    def _known(self, speaker: str, addresses: list[str]) -> set[str]:
        keys = _keys(speaker, addresses)
        with self._store.read() as reader:
            found = kept_articles.seqs_of_addresses(reader, list(keys))
        return {keys[one_key] for one_key in found}

    def _again(self, speaker: str, moment: int, addresses: list[str]) -> set[str]:
        """Pages to look at once more: those that are twice as old as at their last visit."""
        keys = _keys(speaker, addresses)
        with self._store.read() as reader:
            visits = kept_articles.visits(reader, list(keys))
        due = [
            one_key
            for one_key, (published, visited) in visits.items()
            if moment - visited >= max(YOUNGEST_VISIT, visited - published)
        ]
        due.sort(key=lambda one_key: (-visits[one_key][0], one_key))
        return {keys[one_key] for one_key in due[:MOST_VISITS]}


def _keys(speaker: str, addresses: list[str]) -> dict[str, str]:
    """The keys that articles of these addresses may be kept under, each with its address."""
    keys = {key(address): address for address in addresses}
    return keys | {heard_key(speaker, one): address for one, address in keys.items()}


async def crawl(
    store: Store,
    fetcher: Fetcher,
    tell: Callable[[Report], None],
    progress: Callable[[float], None] | None = None,
    workers: Workers | None = None,
    only: set[str] | None = None,
    now: datetime | None = None,
) -> Round:
    """One round of ``Crawl``."""
    return await Crawl(store, fetcher, tell, workers).round(now, only, progress)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What became of a poll: the state that is kept, numbers of articles, what was refused."""

    state: FeedState
    new: int = 0
    revised: int = 0
    refused: tuple[Report, ...] = ()


def _keep_all(
    store: Store, feed: FeedState, found: Poll, now: datetime, push: Push | None
) -> _Kept:
    """Keep what a poll brought. An article that cannot be kept, which nobody foresaw, is left
    out alone; where nothing can be kept, the feed has failed. What the database says of itself
    (no space, no permission) is raised."""
    try:
        return _keep(store, feed, found, now, push)
    except FAULTS:
        raise
    except Exception as error:  # by what an article says
        whole = error
    tried = [(article, _unkept(store, feed, article, now)) for article in found.articles]
    good = [article for article, told in tried if told is None]
    refused = [Report((article.url,), told) for article, told in tried if told is not None]
    if refused:
        kept_now = _keep(store, feed, replace(found, articles=tuple(good)), now, push)
        return replace(kept_now, refused=(*refused, *kept_now.refused))
    state = failed(feed, unforeseen(whole), now)
    return _keep(store, feed, Poll(state), now, push)


class _Undo(Exception):
    """Ends a transaction that was only tried."""


def _unkept(store: Store, feed: FeedState, article: Article, now: datetime) -> Problem | None:
    """What keeps an article from being taken in, found by trying; None where nothing does."""
    try:
        articles = _to_keep(store, Poll(feed, (article,)))
        with store.write() as writer:
            take_in(writer, articles, now, crawled=True)
            raise _Undo
    except _Undo:
        return None
    except FAULTS:
        raise
    except Exception as error:
        return unforeseen(error)


def _keep(store: Store, feed: FeedState, found: Poll, now: datetime, push: Push | None) -> _Kept:
    """Articles and the state of their feed, in one transaction."""
    articles = _to_keep(store, found)
    with store.write() as writer:
        taken = take_in(writer, articles, now, crawled=True)
        kept.keep_addresses(
            writer,
            (
                (given_key(feed.speaker, given, own), key(canonical(own)))
                for given, own in found.addresses
            ),
        )
        own = kept_articles.seqs_of_addresses(writer, [key_of(a, key(a.url)) for a in articles])
        kept_articles.mark_visited(writer, own.values(), int(now.timestamp()))
        kept.count_new(writer, feed.url, taken.new)
        kept.keep(writer, feed.url, row_of(found.state))
        if found.home is not None and registrable_domain(found.home) == found.state.domain:
            publishers.keep_home(writer, found.state.domain, found.home)
        if found.hub is not None and found.topic is not None:
            token, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(32)
            hubs.want(writer, found.state.url, found.topic, found.hub, token, secret)
        if push is not None:
            hubs.taken(writer, push.id)
    return _Kept(found.state, taken.new, taken.revised, taken.refused)


def _keep_visits(
    store: Store, feed: FeedState, found: Poll, asked: Sequence[Kept], now: datetime
) -> int:
    """How many pages said something else; those that could not be read were visited too, and so
    were those that say what cannot be kept."""

    def keep(articles: Sequence[Article]) -> int:
        with store.write() as writer:
            taken = take_in(writer, articles, now, crawled=True)
            kept_articles.mark_visited(writer, [one.seq for one in asked], int(now.timestamp()))
        return taken.revised

    try:
        return keep(_to_keep(store, found))
    except FAULTS:
        raise
    except Exception:
        good = [one for one in found.articles if not _unkept(store, feed, one, now)]
        return keep(_to_keep(store, replace(found, articles=tuple(good))))


def _to_keep(store: Store, found: Poll) -> list[Article]:
    """What a poll found, without the texts that are not to be kept."""
    domains = [one.said_by or registrable_domain(one.url) for one in found.articles]
    with store.read() as reader:
        uses = publishers.text_uses(reader, set(domains))
    return [
        replace(one, text="") if uses.get(domain, DEFAULT_TEXT_USE) == "none" else one
        for one, domain in zip(found.articles, domains, strict=True)
    ]


def state_of(row: FeedRow, leases: Mapping[str, int] | None = None) -> FeedState:
    """How it stands with a feed. ``leases``: when the hubs that push feeds stop doing so."""
    return FeedState(
        url=row.url,
        title=row.title,
        source=row.source,
        domain=row.domain or "",
        country=row.country,
        language=row.language,
        etag=row.etag,
        modified=row.modified,
        last_polled=_time(row.last_polled),
        next_poll=_time(row.next_poll),
        interval=float(row.interval or SHORTEST),
        failures=row.failures,
        problem=row.problem,
        ended=row.ended,
        last_new=_time(row.last_new),
        articles=row.articles,
        pushed_until=_time((leases or {}).get(row.url)),
        credentials=row.credentials or "",
        owner=owner_of_feed(row.url),
    )


def row_of(state: FeedState) -> FeedRow:
    return FeedRow(
        url=state.url,
        title=state.title,
        source=state.source,
        country=state.country,
        language=state.language,
        etag=state.etag,
        modified=state.modified,
        last_polled=_seconds(state.last_polled),
        next_poll=_seconds(state.next_poll),
        interval=round(state.interval),
        failures=state.failures,
        problem=state.problem,
        ended=state.ended,
        domain=state.domain or None,
        last_new=_seconds(state.last_new),
        credentials=state.credentials or None,
    )


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
