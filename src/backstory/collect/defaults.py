"""The feeds of leading publishers by country that a new store begins with: ``data/feeds.csv``.

Addresses change: a feed that answers no more is told in the list of feeds, and a permanent
redirect mends it by itself.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from backstory.collect.poll import FeedState


@dataclass(frozen=True, slots=True)
class Publisher:
    """A line of the list: a feed and who is behind it. ``owner`` is empty where not known."""

    country: str
    language: str
    name: str
    domain: str
    owner: str
    feed: str


@lru_cache(maxsize=1)
def publishers() -> tuple[Publisher, ...]:
    """All lines of the list, by country."""
    data = files("backstory.collect").joinpath("data/feeds.csv").read_text(encoding="utf-8")
    return tuple(
        Publisher(
            country=row["country"],
            language=row["language"],
            name=row["publisher"],
            domain=row["domain"],
            owner=row["owner"],
            feed=row["feed"],
        )
        for row in csv.DictReader(data.splitlines())
    )


def editions() -> tuple[str, ...]:
    """The countries that the list has feeds for, ISO 3166-1 alpha-2."""
    return tuple(sorted({publisher.country for publisher in publishers()}))


def default_feeds(edition: str) -> tuple[FeedState, ...]:
    """The feeds of one country (ISO 3166-1 alpha-2, any case); empty where the list has none."""
    return tuple(
        FeedState(
            url=publisher.feed,
            title=publisher.name,
            source=publisher.name,
            domain=publisher.domain,
            country=publisher.country,
            language=publisher.language,
        )
        for publisher in publishers()
        if publisher.country == edition.strip().upper()
    )
