"""Poll one feed: what is new in it, with the pages behind its entries, on plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from backstory.collect.claims import apart
from backstory.collect.entries import Entries, Publisher, Tools
from backstory.collect.feeds import discover_feeds, parse_feed
from backstory.collect.parsed import Entry, ParsedFeed
from backstory.collect.websub import LONGEST_LEASE
from backstory.collect.workers import run_in
from backstory.model.article import Article
from backstory.model.errors import BackstoryError, FetchError, OwnFault, Unreadable, unreadable
from backstory.model.problems import Kind, Problem, Report, problem, unforeseen
from backstory.text.dates import believable
from backstory.text.plain import plain_line
from backstory.web.addresses import canonical, registrable_domain
from backstory.web.fetcher import Fetched, same_server
from backstory.web.headers import content_type, media_type

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
    ``pushed_until``: the end of the lease of a hub that pushes it. ``credentials``: the name and
    password (``name:password``) that it is asked for with; they are shown nowhere. ``owner``: the
    domain whose feed this is as the list of publishers says, "" where it says nothing: what a
    feed says of itself is not believed against others.
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
    problem: Problem | None = None
    ended: bool = False
    last_new: datetime | None = None
    articles: int = 0
    pushed_until: datetime | None = None
    credentials: str = field(default="", repr=False)
    owner: str = ""

    @property
    def speaker(self) -> str:
        """The registrable domain that speaks in the feed: its own, whatever home it names."""
        return self.owner or registrable_domain(self.url)


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
    problems: tuple[Report, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    hub: str | None = None
    topic: str | None = None
    home: str | None = None


async def poll(
    tools: Tools,
    feed: FeedState,
    known: Known,
    now: datetime | None = None,
    again: Known | None = None,
    pushed: Pushed | None = None,
) -> Poll:
    """One round of one feed. What goes wrong with it is in the state and the problems, whatever
    it is; ``OwnFault`` alone is raised, where ``known`` or ``again`` failed.

    ``known`` answers which of some canonical addresses need not be read. ``now`` is the time
    that states are reckoned from. ``again`` answers which of some known addresses are young
    and should be read once more, as news pages are corrected in their first days. ``pushed``:
    what the feed's hub sent, which stands for the answer of the feed itself.
    """
    now = now or datetime.now(UTC)
    try:
        return await _poll(tools, feed, known, now, again, pushed)
    except OwnFault:
        raise
    except FetchError as error:
        ended = error.status == 410
        return Poll(failed(feed, error.problem, now, error.retry_after, ended))
    except BackstoryError as error:
        told = error.problem
    except Exception as error:  # whatever nobody foresaw is this feed's alone
        told = unforeseen(error)
    if pushed is not None:  # the feed itself may be well
        return Poll(feed, problems=(Report((), problem(Kind.PUSHED, told)),))
    return Poll(failed(feed, told, now))


async def _poll(
    tools: Tools,
    feed: FeedState,
    known: Known,
    now: datetime,
    again: Known | None,
    pushed: Pushed | None,
) -> Poll:
    if pushed is None:
        fetched = await tools.fetcher.fetch(
            feed.url, feed.etag, feed.modified, robots=False, credentials=feed.credentials
        )
    else:
        fetched = _as_fetched(feed, pushed)
    place = fetched.moved_to or feed.url
    credentials = feed.credentials if same_server(feed.url, place) else ""
    state = replace(feed, url=place, last_polled=now, credentials=credentials)
    if fetched.status == 304:
        return Poll(_quiet(state, fetched, now))
    parsed = await _parsed(tools, fetched)
    if isinstance(parsed, Problem):
        if pushed is not None:
            raise Unreadable(parsed)
        return Poll(failed(feed, parsed, now, fetched.retry_after))
    problems = [Report((), told) for told in parsed.mended]
    entries = list(parsed.entries)
    if pushed is None:
        entries += await _more(tools, feed, parsed, problems)
    entries = [one for one in entries if one.title or one.summary or one.text or _new(one, now)]
    publisher = Publisher(
        feed.source,
        parsed.title,
        feed.country,
        parsed.language or feed.language,
        feed.speaker,
        frozenset([feed.speaker, registrable_domain(feed.url)]),
    )
    reader = Entries(tools, publisher, now, problems)
    # A clock that was ahead once must not hide what changed since.
    last = feed.last_polled and min(feed.last_polled, now)
    wanted, left = _wanted(entries, parsed.home, known, again, last, problems)
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
    tools: Tools, feed: FeedState, pages: Sequence[Visit], now: datetime | None = None
) -> Poll:
    """Look again at pages of a feed's publisher, which may have left the feed. Never raises.

    What was known stands where the page says less, as in a round of the feed itself.
    """
    domain = feed.domain or feed.speaker  # the words are the store's own, no feed's
    publisher = Publisher(
        feed.source, feed.title, feed.country, feed.language, domain, frozenset([domain])
    )
    problems: list[Report] = []
    reader = Entries(tools, publisher, now or datetime.now(UTC), problems)
    wanted = [
        (page.url, Entry(None, page.url, page.title, "", page.text, None, None, None, None, ()))
        for page in pages
    ]
    articles, addresses = await reader.articles(wanted)
    return Poll(feed, tuple(articles), tuple(problems), tuple(addresses))


# ---------------------------------------------------------------- the feed


def _as_fetched(feed: FeedState, pushed: Pushed) -> Fetched:
    kind, charset = media_type(pushed.content_type)
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


async def _parsed(tools: Tools, fetched: Fetched) -> ParsedFeed | Problem:
    """The feed, or what stands there instead: of a web page with the feed that it names."""
    kind = content_type(fetched.content_type, fetched.charset)
    try:
        return await run_in(tools.workers, parse_feed, fetched.body, fetched.final_url, kind)
    except BackstoryError as error:
        told = error.problem
    if told.kind is not Kind.WEB_PAGE:
        return told
    try:
        found = await run_in(
            tools.workers, discover_feeds, fetched.body[:1_000_000], fetched.final_url
        )
    except BackstoryError:
        return told
    if found:
        return problem(Kind.WEB_PAGE, feed=found[0])
    if registrable_domain(fetched.final_url) != registrable_domain(fetched.url):
        return problem(Kind.PORTAL, url=fetched.final_url)
    return told


async def _more(
    tools: Tools, feed: FeedState, parsed: ParsedFeed, problems: list[Report]
) -> list[Entry]:
    """The entries of a sitemap index's sitemaps, and for a new feed its older pages."""
    entries: list[Entry] = []
    for address in parsed.sitemaps[:MOST_SITEMAPS]:
        page = await _further(tools, feed, address, problems)
        if page is not None:
            entries += page.entries
    older = parsed.older if feed.last_polled is None else None
    seen = {feed.url}
    while older is not None and older not in seen and len(seen) <= MOST_OLDER:
        seen.add(older)
        page = await _further(tools, feed, older, problems)
        if page is None:
            break
        entries += page.entries
        older = page.older
    return entries


async def _further(
    tools: Tools, feed: FeedState, address: str, problems: list[Report]
) -> ParsedFeed | None:
    credentials = feed.credentials if same_server(feed.url, address) else ""
    try:
        fetched = await tools.fetcher.fetch(address, robots=False, credentials=credentials)
        found = await _parsed(tools, fetched)
    except FetchError as error:
        found = error.problem
    if isinstance(found, Problem):
        problems.append(Report((address,), found))
        return None
    return found


def _wanted(
    entries: list[Entry],
    home: str | None,
    known: Known,
    again: Known | None,
    last_polled: datetime | None,
    problems: list[Report],
) -> tuple[list[tuple[str, Entry]], bool]:
    """The entries to read, each with its canonical address, and whether some are left over.

    Raises ``Unreadable`` where entries there are, and not one has an address.
    """
    given: list[tuple[str, Entry]] = []
    title = ""
    for entry in entries:
        address = _address(entry, home)
        if address is None:
            title = plain_line(entry.title or entry.summary)[:60]
            problems.append(Report((), problem(Kind.NO_ADDRESS, title=title)))
        else:
            given.append((address, entry))
    if entries and not given:
        raise unreadable(Kind.NO_ADDRESS, title=title)  # not an entry of it can be read
    single, shared = apart(given)
    stale = _asked(known, [address for address, _ in single]) if single else set()
    if again is not None and stale:
        stale = stale - _asked(again, sorted(stale))
    wanted = [
        (address, entry)
        for address, entry in single
        if address not in stale or _changed(entry, last_polled)
    ]
    problems += shared if wanted else []  # what is known was told once
    return wanted[:MOST_PAGES], len(wanted) > MOST_PAGES


def _asked(known: Known, addresses: list[str]) -> set[str]:
    """What the store says of some addresses; that it fails is no fault of the feed."""
    try:
        return known(addresses)
    except Exception as error:
        raise OwnFault(unforeseen(error)) from error


def _address(entry: Entry, home: str | None) -> str | None:
    """Where an entry is: its page; else the file that it carries, as podcasts do; else the
    publisher's home page, with the entry's own name as fragment."""
    named = f"{home}#!{entry.guid}" if home and entry.guid else None
    carried = entry.enclosures[0].url if entry.enclosures else None
    for stated in (entry.link, entry.guid, carried, named):
        if stated:
            try:
                return canonical(stated)
            except Unreadable:
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
    longest = timedelta(seconds=LONGEST_LEASE + 24 * 3600)  # one that ends later is a mistake
    return feed.pushed_until is not None and now < feed.pushed_until < now + longest


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


def failed(
    feed: FeedState,
    told: Problem,
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
        problem=told,
        ended=ended,
    )
