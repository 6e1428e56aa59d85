"""What readers are shown: the answers of the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, TypeVar

from backstory.model.article import Enclosure, Moment, PageKind, TextUse, Version, Written
from backstory.model.problems import Problem
from backstory.model.tag import Tag

# How it stands with a feed: ``waiting`` for its first poll, ``pushed`` by a hub, ``ended``: gone.
FeedCondition = Literal["fine", "pushed", "waiting", "failing", "ended"]


ReasonKind = Literal["person", "place", "organisation", "theme", "word"]


T = TypeVar("T")


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
    """One entry of a history: a story, its best headline, and why it stands there.

    ``milestone``: whether it tells the story so far of its topic; None outside a history.
    """

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
    milestone: bool | None = None

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
class StoryLine:
    """A story in one line: as what came before another, or as the latest of a topic."""

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
    before: tuple[StoryLine, ...]
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
    latest: StoryLine | None
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
    """A feed and how it stands with it.

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
    problem: Problem | None
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
