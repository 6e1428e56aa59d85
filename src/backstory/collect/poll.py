"""Poll one feed: what is new in it, with the pages behind its entries, on plain values."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from backstory.collect.addresses import BadAddress, canonical, registrable_domain
from backstory.collect.dates import believable
from backstory.collect.feeds import Entry, NotAFeed, ParsedFeed, discover_feeds, parse_feed
from backstory.collect.fetch import Fetched, Fetcher, FetchError
from backstory.collect.plain import plain_line
from backstory.collect.sitemaps import unpacked
from backstory.collect.workers import Workers, WorkFailed
from backstory.values import Article, Moment

SHORTEST = 600.0  # seconds between two polls of a feed that changes all the time
LONGEST = 12 * 3600.0  # and of one that hardly ever does
LONGEST_AFTER_ERRORS = 24 * 3600.0
MOST_PAGES = 200  # pages fetched in one round of one feed; what is left comes next time
PAGES_AT_ONCE = 4  # of one feed; the limit of a host stands beside it
MOST_OLDER = 10  # pages of older entries (RFC 5005) that a new feed brings
MOST_SITEMAPS = 10  # sitemaps read of one index
HOPELESS = 5  # pages of one host that could not be reached, one after the other
FULL_TEXT = 600  # characters: a longer "summary" is the article itself

ReadPage = Callable[[bytes, str, str | None], Article | None]
RepairTitle = Callable[[str, str], str]
Known = Callable[[list[str]], set[str]]


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and how it stands with it.

    ``source``: the publisher's name; ``domain``: its registrable domain; ``interval``: seconds
    between polls, adapted to how often it changes. ``failures`` counts errors since the last
    success and ``problem`` says what is wrong; ``ended``: it is gone and polled no more.
    """

    url: str
    title: str = ""
    source: str = ""
    domain: str = ""
    country: str | None = None
    language: str | None = None
    etag: str | None = None
    modified: str | None = None
    last_polled: datetime | None = None
    next_poll: datetime | None = None
    interval: float = 1800.0
    failures: int = 0
    problem: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """What one round of one feed brought.

    ``articles`` are new, or changed since the last round. ``addresses`` pairs the canonical
    address that an entry gave with the address of its article, where these differ (redirects,
    canonical pages): a store that keeps both will not be asked for the page again. ``hub`` is
    the feed's WebSub hub.
    """

    state: FeedState
    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    hub: str | None = None


async def poll(
    fetcher: Fetcher,
    feed: FeedState,
    known: Known,
    read_page: ReadPage | None = None,
    repair_title: RepairTitle | None = None,
    workers: Workers | None = None,
    now: datetime | None = None,
    again: Known | None = None,
) -> Poll:
    """One round of one feed. Never raises: what goes wrong is in the state and the problems.

    ``known`` answers which of some canonical addresses need not be read; ``read_page`` (body,
    address, content type) makes the article of a page, and None leaves the entries as they
    are; ``repair_title`` (title, site) frees titles of glued-on names. With ``workers``,
    parsing and reading run in processes that are killed when they hang. ``now`` is the time
    that states are reckoned from. ``again`` answers which of some known addresses are young
    and should be read once more, as news pages are corrected in their first days.
    """
    now = now or datetime.now(UTC)
    try:
        fetched = await fetcher.fetch(feed.url, feed.etag, feed.modified, robots=False)
    except FetchError as error:
        ended = error.status == 410
        return Poll(_failed(feed, error.reason, now, error.retry_after, ended))
    state = replace(feed, url=fetched.moved_to or feed.url, last_polled=now)
    if fetched.status == 304:
        return Poll(_quiet(state, fetched, now))
    try:
        parsed = await _parse(fetched, workers)
    except NotAFeed as error:
        reason = error.reason + _hint(fetched, error)
        return Poll(_failed(feed, reason, now, fetched.retry_after))
    except WorkFailed as error:
        return Poll(_failed(feed, f"reading the feed: {error.reason}", now))
    problems: list[str] = []
    entries = list(parsed.entries)
    entries += await _more(fetcher, feed, parsed, workers, problems)
    entries = [one for one in entries if one.title or one.summary or one.text or _new(one, now)]
    round_ = _Round(fetcher, state, parsed, read_page, repair_title, workers, now, problems)
    wanted, left = _wanted(entries, known, again, feed, problems)
    articles, addresses = await round_.articles(wanted)
    state = replace(
        state,
        title=parsed.title or feed.title,
        language=feed.language or parsed.language,
        # With pages left over, the next round must get the whole feed again.
        etag=None if left else fetched.etag,
        modified=None if left else fetched.last_modified,
        failures=0,
        problem=None,
    )
    interval = _interval(feed, entries, bool(articles), now)
    waited = max(interval, min(parsed.ttl or 0.0, LONGEST), min(fetched.max_age or 0.0, 3600.0))
    next_poll = now + timedelta(seconds=60.0 if left else waited)
    return Poll(
        replace(state, interval=interval, next_poll=next_poll),
        tuple(articles),
        tuple(problems),
        tuple(addresses),
        parsed.hub,
    )


# ---------------------------------------------------------------- the feed


async def _parse(fetched: Fetched, workers: Workers | None) -> ParsedFeed:
    kind = fetched.content_type
    if kind and fetched.charset:
        kind += f"; charset={fetched.charset}"
    body = unpacked(fetched.body)
    if workers is None:
        return parse_feed(body, fetched.final_url, kind)
    return await workers.run(parse_feed, body, fetched.final_url, kind)


def _hint(fetched: Fetched, error: NotAFeed) -> str:
    """What to do about an address that is a web page: the feeds that it names."""
    if "web page" not in error.reason:
        return ""
    found = discover_feeds(fetched.body[:1_000_000], fetched.final_url)
    return f"; it names {found[0]}" if found else ""


async def _more(
    fetcher: Fetcher,
    feed: FeedState,
    parsed: ParsedFeed,
    workers: Workers | None,
    problems: list[str],
) -> list[Entry]:
    """The entries of a sitemap index's sitemaps, and for a new feed its older pages."""
    entries: list[Entry] = []
    for address in parsed.sitemaps[:MOST_SITEMAPS]:
        page = await _further(fetcher, address, workers, problems)
        if page is not None:
            entries += page.entries
    older = parsed.older if feed.last_polled is None else None
    seen = {feed.url}
    while older is not None and older not in seen and len(seen) <= MOST_OLDER:
        seen.add(older)
        page = await _further(fetcher, older, workers, problems)
        if page is None:
            break
        entries += page.entries
        older = page.older
    return entries


async def _further(
    fetcher: Fetcher, address: str, workers: Workers | None, problems: list[str]
) -> ParsedFeed | None:
    try:
        return await _parse(await fetcher.fetch(address, robots=False), workers)
    except (FetchError, NotAFeed, WorkFailed) as error:
        problems.append(f"{address}: {error.reason}")
        return None


def _wanted(
    entries: list[Entry],
    known: Known,
    again: Known | None,
    feed: FeedState,
    problems: list[str],
) -> tuple[list[tuple[str, Entry]], bool]:
    """The entries to read, each with its canonical address, and whether some are left over."""
    by_address: dict[str, Entry] = {}
    for entry in entries:
        address = _address(entry)
        if address is None:
            told = plain_line(entry.title or entry.summary)[:60]
            problems.append(f"an entry without an address: {told!r}")
        else:
            by_address.setdefault(address, entry)
    stale = known(list(by_address)) if by_address else set()
    if again is not None and stale:
        stale -= again(sorted(stale))
    wanted = [
        (address, entry)
        for address, entry in by_address.items()
        if address not in stale or _changed(entry, feed.last_polled)
    ]
    return wanted[:MOST_PAGES], len(wanted) > MOST_PAGES


def _address(entry: Entry) -> str | None:
    for stated in (entry.link, entry.guid):
        if stated:
            try:
                return canonical(stated)
            except BadAddress:
                continue
    return None


def _new(entry: Entry, now: datetime) -> bool:
    """Whether a sitemap's bare address is dated within a week: the others are its archive."""
    moment = believable(entry.published or entry.updated, now)
    return moment is not None and now - moment.at < timedelta(days=7)


def _changed(entry: Entry, last_polled: datetime | None) -> bool:
    """Whether the feed says that an entry was changed since the last round."""
    return (
        last_polled is not None
        and entry.updated is not None
        and entry.updated != entry.published
        and entry.updated.at > last_polled
    )


# ---------------------------------------------------------------- the pages


@dataclass(slots=True)
class _Round:
    """The reading of the pages of one round."""

    fetcher: Fetcher
    state: FeedState
    feed: ParsedFeed
    read_page: ReadPage | None
    repair_title: RepairTitle | None
    workers: Workers | None
    now: datetime
    problems: list[str]
    unreachable: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAGES_AT_ONCE))

    async def articles(
        self, wanted: list[tuple[str, Entry]]
    ) -> tuple[list[Article], list[tuple[str, str]]]:
        """The articles of some entries in their order, and the addresses that led elsewhere."""
        read = await asyncio.gather(*(self._article(*one) for one in wanted))
        articles: dict[str, Article] = {}
        addresses = []
        for (address, _), article in zip(wanted, read, strict=True):
            if article is not None:
                articles.setdefault(article.url, article)
                if article.url != address:
                    addresses.append((address, article.url))
        return list(articles.values()), addresses

    async def _article(self, address: str, entry: Entry) -> Article | None:
        async with self.turns:
            page = await self._page(address, entry)
        article = self._merged(address, entry, page)
        if not (article.title or article.text or article.summary):
            return None  # a line of a sitemap whose page could not be read
        return article

    async def _page(self, address: str, entry: Entry) -> Article | None:
        if self.read_page is None or self.unreachable >= HOPELESS:
            return None
        try:
            fetched = await self.fetcher.fetch(entry.link or address)
        except FetchError as error:
            self.unreachable += 1 if error.status is None else 0
            self.problems.append(f"{address}: {error.reason}")
            return None
        self.unreachable = 0
        kind = fetched.content_type
        if kind and fetched.charset:
            kind += f"; charset={fetched.charset}"
        try:
            if self.workers is None:
                page = self.read_page(fetched.body, fetched.final_url, kind)
            else:
                page = await self.workers.run(self.read_page, fetched.body, fetched.final_url, kind)
        except WorkFailed as error:
            self.problems.append(f"{address}: reading the page: {error.reason}")
            return None
        except BadAddress as error:
            self.problems.append(f"{address}: {error}")
            return None
        if page is not None and fetched.reserved and self.fetcher.obey_robots:
            page = replace(page, text="")  # shown as a summary with a link, not kept whole
        if page is None:
            self.problems.append(f"{address}: no article stands there")
        elif _is_front(page.url) and not _is_front(address):
            self.problems.append(f"{address}: it leads to the front page")
            return None
        return page

    def _merged(self, address: str, entry: Entry, page: Article | None) -> Article:
        """The page's words, with the feed's where the page has none or the feed's are better."""
        summary, text = entry.summary, entry.text
        if not text and len(summary) > FULL_TEXT:
            summary, text = "", summary
        site = self.state.source or _named_site(page) or self.feed.title
        title = entry.title
        if title and self.repair_title is not None:
            title = self.repair_title(title, site)
        title = " ".join(title.split())
        published = believable(entry.published, self.now)
        updated = believable(entry.updated, self.now)
        article = Article(
            url=address,
            title=title,
            guid=entry.guid,
            text=text,
            summary=summary or None,
            published=published or updated,
            updated=updated if published and updated != published else None,
            site=site,
            author=entry.author,
            image=entry.image,
            language=entry.language or self.feed.language or self.state.language,
            country=self.state.country,
            tags=entry.categories,
        )
        return article if page is None else _better(article, page, self.now)


def _named_site(page: Article | None) -> str:
    """The site as the page names it; its bare domain is no name."""
    if page is None or page.site == registrable_domain(page.url):
        return ""
    return page.site


def _better(feed: Article, page: Article, now: datetime) -> Article:
    few = len(page.title.split()) < 3 and len(page.title) < 12
    stated = believable(page.published, now)
    return replace(
        feed,
        url=page.url,
        title=feed.title if feed.title and (few or not page.title) else page.title,
        text=feed.text if len(feed.text) > 1.5 * len(page.text) else page.text,
        summary=feed.summary or page.summary,
        published=_more_exact(stated, feed.published),
        updated=believable(page.updated, now) or feed.updated,
        author=page.author or feed.author,
        image=page.image or feed.image,
        language=page.language or feed.language,
        tags=tuple(dict.fromkeys((*feed.tags, *page.tags))),
    )


def _more_exact(page: Moment | None, feed: Moment | None) -> Moment | None:
    """The page's date, unless the feed states the time of that same day."""
    if page is None or feed is None:
        return page or feed
    near = abs(page.at - feed.at) < timedelta(days=2)
    return feed if page.precision == "day" and feed.precision == "minute" and near else page


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query


# ---------------------------------------------------------------- when to come again


def _interval(feed: FeedState, entries: list[Entry], news: bool, now: datetime) -> float:
    """Seconds to the next poll: half the usual gap between entries, drawn to what was found."""
    times = sorted(
        (moment.at for entry in entries if (moment := believable(entry.published, now))),
        reverse=True,
    )[:20]
    interval = feed.interval * (0.7 if news else 1.4)
    if len(times) >= 4:
        gap = (times[0] - times[-1]).total_seconds() / (len(times) - 1)
        interval = (interval + gap / 2) / 2
    return min(max(interval, SHORTEST), LONGEST)


def _quiet(state: FeedState, fetched: Fetched, now: datetime) -> FeedState:
    """The state after a round that brought nothing new."""
    interval = min(max(state.interval * 1.4, SHORTEST), LONGEST)
    waited = max(interval, min(fetched.max_age or 0.0, 3600.0))
    return replace(
        state,
        etag=fetched.etag or state.etag,
        modified=fetched.last_modified or state.modified,
        interval=interval,
        next_poll=now + timedelta(seconds=waited),
        failures=0,
        problem=None,
    )


def _failed(
    feed: FeedState,
    reason: str,
    now: datetime,
    retry_after: float | None = None,
    ended: bool = False,
) -> FeedState:
    """The state after an error: the waiting time doubles with each one, up to a day."""
    waited = min(feed.interval * 2.0 ** min(feed.failures, 10), LONGEST_AFTER_ERRORS)
    waited = max(waited, min(retry_after or 0.0, 7 * LONGEST_AFTER_ERRORS))
    return replace(
        feed,
        last_polled=now,
        next_poll=None if ended else now + timedelta(seconds=waited),
        failures=feed.failures + 1,
        problem=reason,
        ended=ended,
    )
