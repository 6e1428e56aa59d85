"""Feeds and their entries as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from backstory.model.article import Enclosure, Moment
from backstory.model.problems import Problem


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; every word of it is plain text.

    ``link`` is the page's address, as asked for; None where the entry has none. The line
    breaks of ``title`` stand, as they part glued-on names. ``text`` is the full content, where
    the feed carries it.
    """

    guid: str | None
    link: str | None
    title: str
    summary: str
    text: str
    author: str | None
    published: Moment | None
    updated: Moment | None
    image: str | None
    categories: tuple[str, ...]
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed: ``ttl`` in seconds, ``hub`` a WebSub hub and ``own`` the address that it knows the
    feed by, ``older`` the next page of older entries (RFC 5005), ``sitemaps`` what an index lists,
    ``mended`` what was broken in it and could be put right.
    """

    title: str
    home: str | None
    language: str | None
    entries: tuple[Entry, ...]
    ttl: float | None = None
    hub: str | None = None
    own: str | None = None
    older: str | None = None
    sitemaps: tuple[str, ...] = ()
    mended: tuple[Problem, ...] = ()
