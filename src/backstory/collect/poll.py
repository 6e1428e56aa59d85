"""Poll one feed: what is new in it, with the pages behind its entries, on plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from backstory.collect.entries import Entries, Publisher, ReadPage, RepairTitle
from backstory.collect.feeds import Entry, NotAFeed, ParsedFeed, discover_feeds, parse_feed
from backstory.collect.sitemaps import unpacked
from backstory.collect.workers import Workers, WorkFailed
from backstory.model.article import Article
from backstory.text.dates import believable
from backstory.text.plain import plain_line
from backstory.web.addresses import BadAddress, canonical, registrable_domain
from backstory.web.fetcher import Fetched, Fetcher, FetchError
from backstory.web.headers import media_type

SHORTEST = 600.0  # seconds between two polls of a feed that changes all the time
LONGEST = 12 * 3600.0  # and of one that hardly ever does
LONGEST_AFTER_ERRORS = 24 * 3600.0
MOST_PAGES = 200  # pages fetched in one round of one feed; what is left comes next time
MOST_OLDER = 10  # pages of older entries (RFC 5005) that a new feed brings
MOST_SITEMAPS = 10  # sitemaps read of one index

Known = Callable[[list[str]], set[str]]


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed and how it stands with it.

    ``source``: the publisher's name; ``domain``: its registrable domain, "" until it is known;
    ``interval``: seconds between polls, adapted to how often it changes. ``failures`` counts
    errors since the last success and ``problem`` says what is wrong; ``ended``: it is gone and
    polled no more. ``last_new``: when it last brought something; ``articles``: how many in all.
    ``pushed_until``: the end of the lease of a hub that pushes it.
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
    last_new: datetime | None = None
    articles: int = 0
    pushed_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a feed's hub sent."""

    body: bytes
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Poll:
    """What one round of one feed brought.

    ``articles`` are new, or changed since the last round. ``addresses`` pairs the canonical
    address that an entry gave with the address of its article, where these differ (redirects,
    canonical pages): a store that keeps both will not be asked for the page again. ``hub`` is
    the feed's WebSub hub and ``topic`` the address that it knows the feed by; ``home`` the home
    page that the feed names.
    """

    state: FeedState
    articles: tuple[Article, ...] = ()
    problems: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    hub: str | None = None
    topic: str | None = None
    home: str | None = None


async def poll(
    fetcher: Fetcher,
    feed: FeedState,
    known: Known,
    read_page: ReadPage | None = None,
    repair_title: RepairTitle | None = None,
    workers: Workers | None = None,
    now: datetime | None = None,
    again: Known | None = None,
    pushed: Pushed | None = None,
) -> Poll:
    """One round of one feed. Never raises: what goes wrong is in the state and the problems.

    ``known`` answers which of some canonical addresses need not be read; ``read_page`` (body,
    address, content type) reads the page behind an entry, and None leaves the entries as they
    are; ``repair_title`` (title, site) frees titles of glued-on names. With ``workers``,
    parsing and reading run in processes that are killed when they hang. ``now`` is the time
    that states are reckoned from. ``again`` answers which of some known addresses are young
    and should be read once more, as news pages are corrected in their first days. ``pushed``:
    what the feed's hub sent, which stands for the answer of the feed itself.
    """
    now = now or datetime.now(UTC)
    try:
        if pushed is None:
            fetched = await fetcher.fetch(feed.url, feed.etag, feed.modified, robots=False)
        else:
            fetched = _as_fetched(feed, pushed)
    except FetchError as error:
        ended = error.status == 410
        return Poll(_failed(feed, error.reason, now, error.retry_after, ended))
    state = replace(feed, url=fetched.moved_to or feed.url, last_polled=now)
    if fetched.status == 304:
        return Poll(_quiet(state, fetched, now))
    try:
        parsed = await _parse(fetched, workers)
    except NotAFeed as error:
        if pushed is not None:  # the feed itself may be well
            return Poll(feed, problems=(f"what the hub sent: {error.reason}",))
        reason = error.reason + _hint(fetched, error)
        return Poll(_failed(feed, reason, now, fetched.retry_after))
    except WorkFailed as error:
        return Poll(_failed(feed, f"reading the feed: {error.reason}", now))
    problems: list[str] = []
    entries = list(parsed.entries)
    if pushed is None:
        entries += await _more(fetcher, feed, parsed, workers, problems)
    entries = [one for one in entries if one.title or one.summary or one.text or _new(one, now)]
    publisher = Publisher(feed.source, parsed.title, feed.country, parsed.language or feed.language)
    reader = Entries(fetcher, publisher, read_page, repair_title, workers, now, problems)
    wanted, left = _wanted(entries, known, again, feed, problems)
    articles, addresses = await reader.articles(wanted)
    state = replace(
        state,
        title=parsed.title or feed.title,
        domain=feed.domain or _domain(parsed, state.url),
        language=feed.language or parsed.language,
        last_new=now if articles else feed.last_new,
        failures=0,
        problem=None,
    )
    found = tuple(articles), tuple(problems), tuple(addresses)
    if pushed is not None:
        return Poll(state if not left else replace(state, next_poll=now), *found)
    interval = _interval(feed, entries, bool(articles), now)
    wait = 60.0 if left else _wait(feed, interval, parsed, fetched, now)
    state = replace(
        state,
        # With pages left over, the next round must get the whole feed again.
        etag=None if left else fetched.etag,
        modified=None if left else fetched.last_modified,
        interval=interval,
        next_poll=now + timedelta(seconds=wait),
    )
    hub = fetched.hub or parsed.hub
    own = (fetched.own if fetched.hub else parsed.own) or state.url
    return Poll(state, *found, hub, own if hub else None, parsed.home)


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to be looked at again, and what it said so far."""

    url: str
    title: str
    text: str


async def visit(
    fetcher: Fetcher,
    feed: FeedState,
    pages: Sequence[Visit],
    read_page: ReadPage | None = None,
    repair_title: RepairTitle | None = None,
    workers: Workers | None = None,
    now: datetime | None = None,
) -> Poll:
    """Look again at pages of a feed's publisher, which may have left the feed. Never raises.

    What was known stands where the page says less, as in a round of the feed itself.
    """
    publisher = Publisher(feed.source, feed.title, feed.country, feed.language)
    problems: list[str] = []
    reader = Entries(
        fetcher, publisher, read_page, repair_title, workers, now or datetime.now(UTC), problems
    )
    wanted = [
        (page.url, Entry(None, page.url, page.title, "", page.text, None, None, None, None, ()))
        for page in pages
    ]
    articles, addresses = await reader.articles(wanted)
    return Poll(feed, tuple(articles), tuple(problems), tuple(addresses))


# ---------------------------------------------------------------- the feed


def _as_fetched(feed: FeedState, pushed: Pushed) -> Fetched:
    kind, charset = media_type({"content-type": pushed.content_type or ""})
    return Fetched(
        url=feed.url,
        final_url=feed.url,
        status=200,
        etag=None,
        last_modified=None,
        content_type=kind,
        charset=charset,
        body=pushed.body,
        moved_to=None,
        retry_after=None,
    )


def _domain(parsed: ParsedFeed, url: str) -> str:
    """The publisher's domain: of the home page that the feed names, else of most entries, else
    of the feed's own address, which is often another host's."""
    places = [entry.link for entry in parsed.entries if entry.link]
    domains = Counter(registrable_domain(place) for place in places)
    if parsed.home is not None:
        home = registrable_domain(parsed.home)
        if not domains or home in domains or home != registrable_domain(url):
            return home
    return domains.most_common(1)[0][0] if domains else registrable_domain(url)


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


def _wait(
    feed: FeedState, interval: float, parsed: ParsedFeed, fetched: Fetched, now: datetime
) -> float:
    """Seconds to wait: at least as long as the feed's TTL and the answer's max-age ask for."""
    if _is_pushed(feed, now):
        return LONGEST
    return max(interval, min(parsed.ttl or 0.0, LONGEST), min(fetched.max_age or 0.0, 3600.0))


def _is_pushed(feed: FeedState, now: datetime) -> bool:
    """Whether a hub pushes the feed: then it is polled now and then, in case the hub forgot."""
    return feed.pushed_until is not None and feed.pushed_until > now


def _quiet(state: FeedState, fetched: Fetched, now: datetime) -> FeedState:
    """The state after a round that brought nothing new."""
    interval = min(max(state.interval * 1.4, SHORTEST), LONGEST)
    waited = max(interval, min(fetched.max_age or 0.0, 3600.0))
    if _is_pushed(state, now):
        waited = LONGEST
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
