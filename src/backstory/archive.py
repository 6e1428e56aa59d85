"""Answer questions about a store: what pages, the API, the command line and scripts read.

Joins the store's rows to the group stage's rankings; the only part that readers' requests
go through.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import TracebackType

from backstory.values import (
    ArticleView,
    Bar,
    Discovery,
    Edition,
    History,
    Page,
    Query,
    Row,
    SourceView,
    StoryCard,
    StoryView,
    Tag,
    TagView,
    TopicCard,
    TopicView,
)


class Archive:
    """A store opened for reading.

    ``with Archive(url) as archive: archive.history("guid")``. Methods that look one thing up
    answer None where there is no such thing. A merged story's or topic's identifier answers
    with the one that took it in.
    """

    def __init__(self, store_url: str) -> None:
        raise NotImplementedError

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        raise NotImplementedError

    def article_count(self) -> int:
        raise NotImplementedError

    def newest(self) -> datetime | None:
        """When the newest article was published (else first seen): "now" for an archive."""
        raise NotImplementedError

    def editions(self) -> tuple[Edition, ...]:
        """Countries with sources, the largest first."""
        raise NotImplementedError

    def article(self, guid: str) -> ArticleView | None:
        raise NotImplementedError

    def history(self, guid: str, limit: int = 50) -> History | None:
        raise NotImplementedError

    def bars(self, history: History) -> tuple[Bar, ...]:
        """The picture of coverage over the history's whole life, 8 to 32 bars."""
        raise NotImplementedError

    def ranked(self, guid: str, limit: int = 1000) -> tuple[tuple[str, float], ...] | None:
        raise NotImplementedError

    def discover(self, guid: str) -> Discovery:
        raise NotImplementedError

    def articles(self, query: Query, limit: int = 20, mark: str | None = None) -> Page[Row]:
        """Articles newest first (or oldest first), narrowed by ``query``: latest, tag, search."""
        raise NotImplementedError

    def stories(
        self,
        edition: str | None = None,
        since: timedelta | None = None,
        at: datetime | None = None,
        limit: int = 20,
        mark: str | None = None,
    ) -> Page[StoryCard]:
        """Trending: stories by rank, as of ``at`` (default: the newest article's time)."""
        raise NotImplementedError

    def latest_stories(
        self, query: Query, limit: int = 20, mark: str | None = None
    ) -> Page[StoryCard]:
        """The stories of the newest articles, each once: the latest page."""
        raise NotImplementedError

    def cards(self, guids: Sequence[str]) -> dict[str, StoryCard]:
        """The story of each of these articles, for lists of articles that show backstory."""
        raise NotImplementedError

    def story(self, story_id: str) -> StoryView | None:
        raise NotImplementedError

    def topics(
        self,
        edition: str | None = None,
        since: timedelta | None = None,
        at: datetime | None = None,
        limit: int = 50,
    ) -> tuple[TopicCard, ...]:
        raise NotImplementedError

    def topic(self, topic_id: str) -> TopicView | None:
        raise NotImplementedError

    def tag(self, slug: str, edition: str | None = None) -> TagView | None:
        raise NotImplementedError

    def tags_of_query(self, query: Query, limit: int = 12) -> tuple[Tag, ...]:
        """Tags to narrow a search down with."""
        raise NotImplementedError

    def source(self, domain: str) -> SourceView | None:
        raise NotImplementedError
