"""The words of Backstory as plain values: what the stages hand to one another.

Nothing here does input or output, and everything may import it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Precision = Literal["day", "minute"]
PageKind = Literal["article", "live", "video", "gallery"]
TagKind = Literal["person", "place", "organisation", "theme"]
# How it stands with a feed: ``waiting`` for its first poll, ``pushed`` by a hub, ``ended``: gone.
FeedCondition = Literal["fine", "pushed", "waiting", "failing", "ended"]
# What a source's text is used for: kept and shown whole; kept to group, tag, search and
# summarise, and shown as a summary with a link; not kept at all.
TextUse = Literal["full", "summary", "none"]
DEFAULT_TEXT_USE: TextUse = "summary"
ReasonKind = Literal["person", "place", "organisation", "theme", "word"]
T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What was made of a page.

    ``article`` is None where the page is none, and ``reason`` says why in one plain sentence.
    ``next_page``: where the text goes on, as the page says. ``reserved``: what the page says of
    text and data mining; None where it says nothing.
    """

    article: Article | None
    reason: str = ""
    kind: PageKind = "article"
    paywalled: bool = False
    next_page: str | None = None
    reserved: bool | None = None


@dataclass(frozen=True, slots=True)
class Tag:
    """A person, place, organisation or theme: ``antony-blinken``, "Antony Blinken", person."""

    slug: str
    name: str
    kind: TagKind


# What is known of a term in one article, as bits of ``Vector.flags``.
NAME = 1  # the term is (part of) a name
TITLE = 2  # it stands in the title
NUMBER = 4  # it is a number
DAY = 8  # times the day of the week (Monday 1) that it is, if the article names no other before


@dataclass(frozen=True, slots=True)
class Vector:
    """The terms of one article, the heaviest first.

    ``terms``: term numbers, int32, shape (n,), no number twice; ``weights``: int16, positive,
    scaled so that the Euclidean norm is about 1000; ``flags``: uint8, the bits above.
    ``epoch``: number of the statistics that the weights were computed with. Integers, so that
    sums over articles are the same in any order. ``bigrams``: hashes of two telling words in a
    row, uint32, ascending, none twice; of what has no more words than a headline, none.
    """

    terms: NDArray[np.int32]
    weights: NDArray[np.int16]
    flags: NDArray[np.uint8]
    epoch: int
    bigrams: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))


@dataclass(frozen=True, slots=True)
class Item:
    """An article as the group stage sees it: no words, no guid, no address.

    ``minute``: when it was published, in minutes since 1970 (UTC), or None; ``day_only`` says
    that only the day is known. ``language``: BCP 47 or "" where unknown. ``source``: the
    publisher (a registrable domain or a name), for counting independent reports only.
    ``length``: words of title and text. ``meaning``: its vector by the embedder that is on
    (``enrich.meaning``), None without one.
    """

    seq: int
    vector: Vector
    minute: int | None
    day_only: bool
    language: str
    source: str
    length: int
    meaning: NDArray[np.int8] | None = None


# ---------------------------------------------------------------- what readers are shown


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that an event shares with the article it is shown beside."""

    kind: ReasonKind
    name: str
    slug: str | None


@dataclass(frozen=True, slots=True)
class TopicRef:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """An article in a list. ``order`` is the time lists go by: published, else first seen."""

    guid: str
    title: str
    url: str
    site: str
    domain: str
    published: Moment | None
    order: datetime
    image: str | None
    summary: str
    tags: tuple[Tag, ...]
    language: str | None
    country: str | None
    copy_of: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a history: a story, its best headline, and why it stands there."""

    story: str
    headline: str
    first_published: Moment | None
    last_published: Moment | None
    order: datetime
    score: float
    here: bool
    sources: tuple[str, ...]
    reasons: tuple[Reason, ...]
    changed: str | None
    articles: tuple[Row, ...]

    @property
    def source_count(self) -> int:
        return len(self.sources)


@dataclass(frozen=True, slots=True)
class History:
    """The timeline of a topic as seen from one article: newest first."""

    guid: str
    topic: TopicRef | None
    events: tuple[Event, ...]
    more: int = 0  # events that belong but were left out by the limit


@dataclass(frozen=True, slots=True)
class Before:
    """One line of "Before this"."""

    story: str
    headline: str
    published: Moment | None
    order: datetime


@dataclass(frozen=True, slots=True)
class StoryCard:
    """A story in a list, with what came before it.

    ``copies``: articles folded because they reprint another. ``spark``: publishers a day over
    the last eight days up to the list's time, oldest first. ``trend``: "rising", "steady",
    "new" or "fading". ``topic_events``: stories in its topic.
    """

    id: str
    headline: str
    lead: Row
    summary: str
    sources: tuple[str, ...]
    first: Row
    first_published: datetime
    last_published: datetime
    article_count: int
    copies: int
    topic: TopicRef | None
    topic_events: int
    topic_since: datetime | None
    before: tuple[Before, ...]
    spark: tuple[int, ...]
    trend: str


@dataclass(frozen=True, slots=True)
class TopicCard:
    """A topic in a list."""

    id: str
    name: str
    events: int
    sources: int
    first: datetime
    last: datetime
    latest: Before | None
    shares: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RisingTag:
    tag: Tag
    stories: int


@dataclass(frozen=True, slots=True)
class Discovery:
    """What lies beside a history: neighbouring topics and stories, and tags on the rise."""

    topics: tuple[TopicCard, ...]
    stories: tuple[StoryCard, ...]
    tags: tuple[RisingTag, ...]


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


@dataclass(frozen=True, slots=True)
class ArticleView:
    """All that the page of one article shows, its history and discovery aside."""

    row: Row
    author: str | None
    updated: Moment | None
    text: str
    story: StoryCard
    versions: tuple[Version, ...]
    others: tuple[Row, ...]  # the other articles of the same event, by time
    kind: PageKind = "article"
    paywalled: bool = False
    enclosures: tuple[Enclosure, ...] = ()
    full_text: bool = False  # the text may be shown whole: the setting of its source
    written: Written | None = None  # beside the extract, where a language model is set up


@dataclass(frozen=True, slots=True)
class StoryView:
    card: StoryCard
    articles: tuple[Row, ...]  # by time; copies carry ``copy_of``
    history: History
    written: Written | None = None  # beside the extract, where a language model is set up


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the picture of coverage: a span of time and how many publishers reported."""

    start: datetime
    sources: int
    here: bool


@dataclass(frozen=True, slots=True)
class TopicView:
    card: TopicCard
    events: tuple[Event, ...]  # newest first
    bars: tuple[Bar, ...]
    # stories that feeds tell under the identifier of one that they took in, and which
    told_as: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SourceView:
    domain: str
    name: str
    home: str | None
    country: str | None
    language: str | None
    article_count: int


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed and how it stands with it. ``advice``: what to do about ``problem``.

    ``failures`` in a row; ``articles`` that came by it; ``text_use`` is its publisher's.
    """

    url: str
    title: str
    source: str
    domain: str
    country: str | None
    language: str | None
    state: FeedCondition
    last_polled: datetime | None
    last_new: datetime | None
    next_poll: datetime | None
    failures: int
    articles: int
    problem: str | None
    advice: str | None
    text_use: TextUse


@dataclass(frozen=True, slots=True)
class TagView:
    tag: Tag
    story_count: int
    neighbours: tuple[Tag, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """A country's view. ``country``: ISO 3166-1 alpha-2, upper case."""

    country: str
    article_count: int


@dataclass(frozen=True, slots=True)
class Query:
    """What a list of articles is narrowed to. Dates are inclusive, UTC."""

    edition: str | None = None
    text: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    tags: tuple[str, ...] = ()
    any_tag: bool = False
    source: str | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A page of a list; ``next`` and ``previous`` are opaque marks, stable while news arrives."""

    results: tuple[T, ...]
    next: str | None
    previous: str | None
