"""An article as collecting and extracting leave it, and what else is known of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from backstory.model.problems import Problem

Precision = Literal["day", "minute"]


PageKind = Literal["article", "live", "video", "gallery"]


# What a source's text is used for: kept and shown whole; kept to group, tag, search and
# summarise, and shown as a summary with a link; not kept at all.
TextUse = Literal["full", "summary", "none"]


DEFAULT_TEXT_USE: TextUse = "summary"


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A time as somebody stated it: in UTC, with the precision that it was stated in.

    A moment of precision ``day`` stands at midnight UTC of the stated day and is never
    shifted to another one. An unknown time is ``None``, never a made-up moment.
    """

    at: datetime
    precision: Precision = "minute"

    @classmethod
    def of_day(cls, day: date) -> Moment:
        return cls(datetime.combine(day, time(), UTC), "day")

    def iso(self) -> str:
        """ISO 8601: ``2026-05-12`` for a day, else with seconds and ``+00:00``."""
        if self.precision == "day":
            return self.at.date().isoformat()
        return self.at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that an article carries: sound, film, picture. ``length`` in bytes."""

    url: str
    media_type: str | None = None
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One page of one source, as collecting and extracting leave it.

    ``title`` may be empty only where the page has none; ``text`` is plain text, one
    paragraph a line. ``summary`` is what the publisher or the archive gave, if anything.
    ``language`` is BCP 47, ``country`` ISO 3166-1 alpha-2, upper case. ``paywalled``: the
    publisher says that the text is not free, so that it may be the beginning only.
    ``said_by``: the registrable domain whose words these are, where neither the page at ``url``
    nor its publisher's own feed said them; else "". ``found_at``: the address that a feed gave,
    where the page names another as its own; else "".
    """

    url: str
    title: str
    guid: str | None = None
    text: str = ""
    summary: str | None = None
    published: Moment | None = None
    updated: Moment | None = None
    site: str = ""
    author: str | None = None
    image: str | None = None
    language: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()
    kind: PageKind = "article"
    paywalled: bool = False
    enclosures: tuple[Enclosure, ...] = ()
    said_by: str = ""
    found_at: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a page.

    ``article`` is None where the page is none, and ``problem`` says why.
    ``next_page``: where the text goes on, as the page says; ``refresh``: where the page sends its
    readers at once. ``reserved``: what the page says of
    text and data mining; None where it says nothing.
    """

    article: Article | None
    problem: Problem | None = None
    kind: PageKind = "article"
    paywalled: bool = False
    next_page: str | None = None
    reserved: bool | None = None
    refresh: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """What an article's page said before."""

    seen: datetime
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A summary that a language model wrote: which one, and when it was asked."""

    text: str
    model: str
    made: datetime
