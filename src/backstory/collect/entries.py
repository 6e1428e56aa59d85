"""Turn the entries of a feed into articles, with the pages behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from backstory.collect.claims import Found, leads_elsewhere, settled
from backstory.collect.parsed import Entry
from backstory.collect.workers import Workers, run_in
from backstory.model.article import Article, Moment, Reading
from backstory.model.errors import BackstoryError, FetchError
from backstory.model.problems import Kind, Problem, Report, problem, unforeseen
from backstory.text.dates import believable
from backstory.web.addresses import canonical, registrable_domain
from backstory.web.fetcher import Fetched, Fetcher
from backstory.web.headers import content_type

PAGES_AT_ONCE = 4  # of one feed; the limit of a host stands beside it
HOPELESS = 5  # pages of one host that could not be reached, one after the other
FULL_TEXT = 600  # characters: a longer "summary" is the article itself
MOST_REFRESHES = 2  # pages that send their readers on, one after the other
MOST_PARTS = 10  # pages that the text of one article is joined of
LONGEST_TEXT = 500_000  # characters

ReadPage = Callable[[bytes, str, str | None], Reading]
RepairTitle = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Tools:
    """What a round works with.

    ``read_page`` (body, address, content type) reads the page behind an entry; without it the
    entries stay as they are. ``repair_title`` (title, site) frees titles of glued-on names. With
    ``workers``, parsing and reading run in processes that are killed when they hang.
    """

    fetcher: Fetcher
    read_page: ReadPage | None = None
    repair_title: RepairTitle | None = None
    workers: Workers | None = None


@dataclass(frozen=True, slots=True)
class Publisher:
    """What the feed says of its entries' publisher; what an entry or its page says goes before.

    ``domain``: who speaks in the feed; ``domains``: whose articles its words may speak for.
    """

    name: str  # that the reader gave; "" where the page may say it better than the feed
    feed_title: str
    country: str | None
    language: str | None
    domain: str
    domains: frozenset[str]

    def owns(self, url: str) -> bool:
        """Whether an address is one that the words of the feed may speak for."""
        return registrable_domain(url) in self.domains


@dataclass(slots=True)
class Entries:
    """The reading of the entries of one round. ``problems`` gets what went wrong with each."""

    tools: Tools
    publisher: Publisher
    now: datetime
    problems: list[Report]
    unreachable: int = 0
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PAGES_AT_ONCE))

    async def articles(
        self, wanted: list[tuple[str, Entry]]
    ) -> tuple[list[Article], list[tuple[str, str]]]:
        """The articles of some entries in their order, and the addresses that led elsewhere."""
        read = await asyncio.gather(*(self._found(*one) for one in wanted))
        found, reports = settled([one for one in read if one is not None])
        self.problems += reports
        articles: dict[str, Article] = {}
        addresses = []
        for one in found:
            article = self._article(one)
            if article is not None:
                articles.setdefault(article.url, article)
                if article.url != one.address:
                    addresses.append((one.address, article.url))
        return list(articles.values()), addresses

    async def _found(self, address: str, entry: Entry) -> Found | None:
        try:
            async with self.turns:
                return await self._page(address, entry)
        except Exception as error:  # whatever an entry or its page did: the others go on
            self._tell(address, unforeseen(error))
            return None

    def _article(self, one: Found) -> Article | None:
        try:
            article = self._merged(one.address, one.entry, one.page)
        except Exception as error:
            self._tell(one.address, unforeseen(error))
            return None
        if not (article.title or article.text or article.summary):
            return None  # a line of a sitemap whose page could not be read
        return article if article.url == one.address else replace(article, found_at=one.address)

    def _tell(self, address: str, told: Problem) -> None:
        self.problems.append(Report((address,), told))

    async def _page(self, address: str, entry: Entry) -> Found:
        nothing = Found(address, entry)
        if self.tools.read_page is None or self.unreachable >= HOPELESS:
            return nothing
        if not _has_page(address, entry):
            return nothing
        answer = await self._reading(address, entry.link or address)
        if answer is None:
            return nothing
        fetched, reading = answer
        page = reading.article
        if page is None:
            self._tell(address, problem(Kind.NO_ARTICLE, reading.problem))
            return nothing
        if _is_front(page.url) and not _is_front(address):
            self._tell(address, problem(Kind.FRONT_PAGE))
            return nothing
        found = Found(address, entry, page, fetched.final_url)
        if leads_elsewhere(found):
            self._tell(address, problem(Kind.LED_ELSEWHERE, url=fetched.final_url))
            return nothing
        return replace(found, page=await self._whole(page, reading, fetched))

    async def _reading(self, address: str, place: str) -> tuple[Fetched, Reading] | None:
        """What a page says, or the one that it sends its readers to; None where it fails."""
        for _ in range(MOST_REFRESHES + 1):
            try:
                fetched = await self.tools.fetcher.fetch(place)
            except FetchError as error:
                self.unreachable += 1 if error.status is None else 0
                self._tell(address, error.problem)
                return None
            self.unreachable = 0
            reading = await self._read(fetched, address)
            if reading is None or reading.refresh is None:
                break
            place = reading.refresh
        return None if reading is None else (fetched, reading)

    async def _whole(self, page: Article, reading: Reading, fetched: Fetched) -> Article:
        reserved = fetched.reserved if reading.reserved is None else reading.reserved
        if reserved and self.tools.fetcher.obey_robots:
            return replace(page, text="")  # grouped by its title and the feed's own summary
        return await self._joined(page, reading, fetched)

    async def _read(self, fetched: Fetched, address: str) -> Reading | None:
        assert self.tools.read_page is not None
        kind = content_type(fetched.content_type, fetched.charset)
        try:
            return await run_in(
                self.tools.workers, self.tools.read_page, fetched.body, fetched.final_url, kind
            )
        except BackstoryError as error:
            self._tell(address, error.problem)
        return None

    async def _joined(self, page: Article, reading: Reading, fetched: Fetched) -> Article:
        """The article with the text of its further pages, of the same host, each read once.

        A page that fails or says nothing new ends it: what was read so far is kept.
        """
        texts, seen = [page.text], {fetched.url, fetched.final_url, page.url}
        host = urlsplit(fetched.final_url).netloc
        lines = set(page.text.split("\n"))
        place = reading.next_page
        while (
            place is not None
            and place not in seen
            and len(texts) < MOST_PARTS
            and sum(map(len, texts)) < LONGEST_TEXT
            and urlsplit(place).netloc == host
        ):
            seen.add(place)
            try:
                part = await self.tools.fetcher.fetch(place)
            except FetchError as error:
                self._tell(place, error.problem)
                break
            if urlsplit(part.final_url).netloc != host or part.final_url in seen - {place}:
                break
            found = await self._read(part, place)
            if found is None or found.article is None:
                break
            fresh = [line for line in found.article.text.split("\n") if line not in lines]
            if not fresh:
                break
            lines.update(fresh)
            texts.append("\n".join(fresh))
            place = found.next_page
        return page if len(texts) == 1 else replace(page, text="\n".join(texts))

    def _merged(self, address: str, entry: Entry, page: Article | None) -> Article:
        """The page's words, with the feed's where the page has none or the feed's are better.

        Of a page of somebody else the page's words alone; where it says none, the feed's are
        what its own publisher says.
        """
        if page is not None and not self.publisher.owns(page.url):
            return replace(
                page,
                published=believable(page.published, self.now),
                updated=believable(page.updated, self.now),
            )
        summary, text = entry.summary, entry.text
        if not text and len(summary) > FULL_TEXT:
            summary, text = "", summary
        site = self.publisher.name or _named_site(page) or self.publisher.feed_title
        title = entry.title
        if title and self.tools.repair_title is not None:
            title = self.tools.repair_title(title, site)
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
            language=entry.language or self.publisher.language,
            country=self.publisher.country,
            tags=entry.categories,
            enclosures=entry.enclosures,
            said_by="" if self.publisher.owns(address) else self.publisher.domain,
        )
        return article if page is None else _better(article, page, self.now)


def _has_page(address: str, entry: Entry) -> bool:
    """Whether an entry has a page of its own: podcasts may have a file alone, or a guid."""
    if "#!" in address or "#/" in address:
        return False  # drawn by a script, or named by the entry alone
    if entry.link is not None:
        return True
    return address not in {canonical(one.url) for one in entry.enclosures}


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
        kind=page.kind,
        paywalled=page.paywalled,
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
