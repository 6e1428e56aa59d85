"""What the API answers, as models: the OpenAPI description is made from these."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from backstory.model.article import PageKind
from backstory.model.tag import TagKind
from backstory.model.views import ReasonKind

T = TypeVar("T")


class Problem(BaseModel):
    detail: str = Field(description="What is wrong, in one plain sentence.")


class Country(BaseModel):
    country: str = Field(description="ISO 3166-1 alpha-2", examples=["IN"])
    flag: str = Field(examples=["🇮🇳"])


class Article(BaseModel):
    guid: str
    title: str
    url: str = Field(
        description="Its address at the publisher; empty if that is not a web address."
    )
    site: str = Field(description="The publisher")
    publish_date: str = Field(
        description="ISO 8601 with zone; when it was first seen if the publisher gives no date.",
        json_schema_extra={"format": "date-time"},
    )
    top_image: str | None
    clean_summary: str
    tags: list[str] = Field(description="Slugs, the most relevant first")


class StoryArticle(Article):
    copy_of: str | None = Field(description="The guid of the article that this one reprints")


class TopicReference(BaseModel):
    id: str
    name: str


class Reason(BaseModel):
    kind: ReasonKind
    name: str
    slug: str | None


class EventArticle(BaseModel):
    guid: str
    url: str
    title: str
    site: str
    published: str | None
    copy_of: str | None


class Event(BaseModel):
    story: str
    headline: str
    first_published: str | None
    last_published: str | None
    score: float = Field(description="From 0 to 1, comparable within one history")
    here: bool = Field(description="The event that the article itself is part of")
    source_count: int
    sources: list[str]
    reasons: list[Reason]
    changed: str | None = Field(description="The sentence that says what is new")
    articles: list[EventArticle]


class HistoryEvent(Event):
    milestone: bool = Field(description="Whether it tells the story so far of its topic")


class History(BaseModel):
    guid: str
    topic: TopicReference | None
    events: list[HistoryEvent] = Field(description="Newest first")


class BeforeLine(BaseModel):
    story: str
    headline: str
    published: str | None


class Story(BaseModel):
    id: str
    headline: str
    summary: str
    source_count: int
    sources: list[str]
    article_count: int
    copies: int
    first_published: str
    last_published: str
    topic: TopicReference | None
    topic_events: int
    topic_since: str | None
    before: list[BeforeLine]
    spark: list[int] = Field(description="Publishers per day over the last eight days")
    trend: str
    lead: Article
    first: Article


class StoryWhole(Story):
    articles: list[StoryArticle] = Field(description="By time")
    history: History


class Topic(BaseModel):
    id: str
    name: str
    events: int
    source_count: int
    first_published: str
    last_published: str
    latest: BeforeLine | None
    shares: list[Reason]


class Coverage(BaseModel):
    start: str
    source_count: int


class TopicWhole(Topic):
    timeline: list[Event] = Field(description="Newest first")
    coverage: list[Coverage]


class RisingTag(BaseModel):
    slug: str
    name: str
    kind: TagKind
    stories: int


class Discover(BaseModel):
    topics: list[Topic]
    stories: list[Story]
    tags: list[RisingTag]


class EnclosedFile(BaseModel):
    url: str = Field(description="Empty if the file does not have a web address")
    type: str | None = Field(description="Its media type", examples=["audio/mpeg"])
    length: int | None = Field(description="Bytes")


class ArticleWhole(Article):
    related: list[Article] = Field(
        description="The history, one article per event; the article itself represents its own."
    )
    story: str
    history: History
    discover: Discover
    kind: PageKind = Field("article", description="Left out for a plain article")
    paywalled: bool = Field(
        False,
        description="The publisher says that the text is not free; left out otherwise",
    )
    text: str = Field("", description="The full text, only if its publisher is set to it")
    enclosures: list[EnclosedFile] = Field(
        [], description="Files that come with it (sound, film, picture); left out if there are none"
    )


class Listing(BaseModel, Generic[T]):
    next: str | None = Field(description="The absolute address of the next page")
    previous: str | None
    results: list[T]


class TagQuestion(BaseModel):
    tag_slugs: list[str] = Field(min_length=1, max_length=50, examples=[["china"]])
    filter_condition: Literal["AND", "OR"] = "AND"
