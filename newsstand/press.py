"""Turns articles and copies into addressed pages: who runs what, where, and how it looks."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zlib import crc32

from newsstand.articles import Article, moment, read_articles
from newsstand.copies import copies
from newsstand.designs import render
from newsstand.publishers import BY_KEY, PUBLISHERS, Publisher

RELATED = 4
LATEST_MOMENT = 0.02
"""Nothing is dated later than this many days before today's first minute."""


@dataclass(frozen=True)
class Page:
    """One article as it stands on one publisher's site."""

    article: Article
    kind: str
    """`original`, `reprint`, `trimmed` or `rewrite`."""
    path: str
    credit: str = ""
    original: "Page | None" = None
    canonical_to_original: bool = False

    @property
    def publisher(self) -> Publisher:
        return self.article.publisher

    @property
    def number(self) -> int:
        return 100_000 + crc32(f"{self.publisher.key}/{self.path}".encode()) % 900_000

    @property
    def image(self) -> str:
        return f"/media/{self.number}.{self.publisher.image}"

    @property
    def modified(self) -> datetime:
        return self.article.updated or self.article.published

    def in_state(self, corrected: bool) -> "Page":
        """The page as it reads before or after the correction."""
        if corrected and self.article.correction is not None:
            return replace(self, article=self.article.correction)
        return self


def slugify(text: str) -> str:
    """A headline as part of an address."""
    for letter, spelt in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(letter, spelt)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "")))


def address(article: Article, slug: str) -> str:
    """The path of an article on its publisher's site; stable from day to day."""
    publisher = article.publisher
    number = 100_000 + crc32(f"{publisher.key}:{article.topic}:{slug}".encode()) % 900_000
    section = slugify(section_of(article))
    return publisher.path.format(section=section, slug=slug, num=number)


def section_of(article: Article) -> str:
    """The section it stands in: its own, or the publisher's first when it has no such section."""
    sections = article.publisher.sections
    return article.section if article.section in sections else sections[0]


def make_pages(today: date) -> list[Page]:
    """Every page of every publisher, written and copied, oldest first."""
    articles = read_articles(today)
    written = {
        id(article): Page(article, "original", address(article, article.slug))
        for article in articles
    }
    pages = list(written.values())
    for copy in copies(articles, moment(today, LATEST_MOMENT)):
        slug = slugify(copy.article.title)
        pages.append(
            Page(
                article=copy.article,
                kind=copy.kind,
                path=address(copy.article, slug),
                credit=copy.credit,
                original=written[id(copy.original)],
                canonical_to_original=copy.canonical,
            )
        )
    taken: set[tuple[str, str]] = set()
    for page in pages:
        place = (page.publisher.key, page.path)
        if place in taken:
            raise ValueError(f"two pages of {page.publisher.name} have the address {page.path}")
        taken.add(place)
    return sorted(pages, key=lambda page: (page.article.published, page.publisher.key))


class Press:
    """Prints every page of the newsstand, for one port and one state of correction."""

    def __init__(self, pages: Sequence[Page], port: int) -> None:
        self.port = port
        self.by_publisher: dict[str, list[Page]] = {key: [] for key in BY_KEY}
        for page in sorted(pages, key=lambda page: page.article.published, reverse=True):
            self.by_publisher[page.publisher.key].append(page)

    def url(self, publisher: Publisher, path: str = "/") -> str:
        return f"http://{publisher.host}:{self.port}{path}"

    def page_url(self, page: Page) -> str:
        return self.url(page.publisher, page.path)

    def canonical(self, page: Page) -> str:
        if page.canonical_to_original and page.original is not None:
            return self.page_url(page.original)
        return self.page_url(page)

    def context(self, publisher: Publisher) -> dict[str, Any]:
        """What every page of a publisher needs."""
        return {
            "pub": publisher,
            "sections": [(name, f"/section/{slugify(name)}") for name in publisher.sections],
            "home": self.url(publisher),
            "feed_url": self.url(publisher, publisher.feed),
            "feed_type": f"application/{publisher.feed_kind}+xml",
            "press": self,
            "section_of": section_of,
        }

    def article_html(self, page: Page, corrected: bool) -> str:
        """One article page."""
        page = page.in_state(corrected)
        mine = self.by_publisher[page.publisher.key]
        others = [
            other.in_state(corrected)
            for other in mine
            if other.path != page.path and other.article.special != "empty-title"
        ]
        start = page.number % max(len(others), 1)
        related = (others[start:] + others[:start])[:RELATED]
        article = page.article
        glued = f"{section_of(article)} News{article.title}"
        shown = {"glued": glued, "empty-title": ""}.get(article.special, article.title)
        return render(
            page.publisher.key,
            page=page,
            article=article,
            meta_title=shown,
            headline="" if article.special == "empty-title" else article.title,
            url=self.page_url(page),
            canonical=self.canonical(page),
            image=self.url(page.publisher, page.image),
            local=article.published.astimezone(page.publisher.zone),
            modified=page.modified.astimezone(page.publisher.zone),
            related=related,
            **self.context(page.publisher),
        )

    def list_html(self, publisher: Publisher, heading: str, section: str, corrected: bool) -> str:
        """The home page, or a section's page."""
        shown = [
            page.in_state(corrected)
            for page in self.by_publisher[publisher.key]
            if not section or section_of(page.article) == section
        ]
        return render(
            publisher.key, page=None, listed=shown, heading=heading, **self.context(publisher)
        )

    def about_html(self, publisher: Publisher) -> str:
        """A page about the publisher, so that no link of the site leads nowhere."""
        return render(
            publisher.key,
            page=None,
            listed=[],
            heading=f"About {publisher.name}",
            about=f"{publisher.name} of {publisher.city}: {publisher.tagline}. "
            "A made-up publisher of the Backstory newsstand; nobody in its news is real.",
            **self.context(publisher),
        )

    def index_html(self) -> str:
        """The plain page that lists the publishers."""
        rows = [(pub, self.url(pub), len(self.by_publisher[pub.key])) for pub in PUBLISHERS]
        return render("index", rows=rows)
