"""The archive: a store opened for reading, and every question that may be asked of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal

from backstory.archive import feeds, lists, remembered, topics, trends
from backstory.archive.cards import cards, headline_of, listed_then
from backstory.archive.histories import Histories
from backstory.archive.moments import horizon, latest_seen
from backstory.archive.preparing import keep_ready
from backstory.enrich.summary.extractive import summarise_story
from backstory.model.article import DEFAULT_TEXT_USE
from backstory.model.tag import Tag
from backstory.model.views import (
    ArticleView,
    Bar,
    Discovery,
    Edition,
    FeedView,
    History,
    Page,
    Query,
    Row,
    SourceView,
    StoryCard,
    StoryLine,
    StoryView,
    TagView,
    TopicCard,
    TopicView,
)
from backstory.store import articles as kept_articles
from backstory.store import editions as kept_editions
from backstory.store import groups, listings, tagging, written
from backstory.store import publishers as kept_publishers
from backstory.store import stories as kept_stories
from backstory.store import versions as kept_versions
from backstory.store.database import Store
from backstory.store.listings import Listed
from backstory.store.search import refresh
from backstory.store.transactions import Reader

TRENDING = timedelta(days=3)  # how far back trending looks
ACTIVE = timedelta(days=30)  # how far back an active topic was last reported
SUMMARISED = 6  # articles of a story that its summary is made from


def _clock() -> datetime:
    return datetime.now(UTC)


class Archive:
    """A store opened for reading; threads may share it.

    ``with Archive("sqlite:///backstory.db") as archive: archive.history("guid")``. Methods
    that look one thing up answer None where there is no such thing. The identifier of a merged
    story or topic answers with the one that took it in.
    """

    def __init__(self, store: str | Store, clock: Callable[[], datetime] = _clock) -> None:
        """``store``: an open store, or the address of one that exists; ``clock``: the time now,
        after which no article's date tells what is new.

        Misconfigured: it cannot be opened.
        """
        self._own = isinstance(store, str)
        self._store = Store(store, create=False) if isinstance(store, str) else store
        self._clock = clock
        self._histories = Histories(self._store, self._latest_seen)

    def __enter__(self) -> Archive:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Within this block a thread makes topics ready before anybody asks for them."""
        stop = threading.Event()
        thread = threading.Thread(
            target=keep_ready, args=(self._store, stop, self._latest_seen), daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def close(self) -> None:
        if self._own:
            self._store.close()

    @property
    def derived(self) -> Path:
        """The folder beside the store of what can be deleted at any time."""
        return self._store.derived

    def one_view(self) -> AbstractContextManager[None]:
        """Within this block every question sees the store as it was at the first one.

        Not for blocks that wait (``await``). Cheaper, too, where a page asks many.
        """
        return self._store.one_view()

    def last_change(self) -> int:
        """Another number after each commit to the store; the same where nothing changed."""
        return self._store.last_change()

    def article_count(self) -> int:
        with self._store.read() as reader:
            return kept_articles.last_seq(reader)

    def newest(self) -> datetime | None:
        """The latest time seen, "now" for an archive: when its newest article was published,
        those that are dated ahead left out."""
        with self._store.read() as reader:
            found = self._latest_seen(reader)
        return None if found is None else datetime.fromtimestamp(found, UTC)

    def _latest_seen(self, reader: Reader) -> int | None:
        return latest_seen(reader, int(self._clock().timestamp()))

    def editions(self) -> tuple[Edition, ...]:
        """Countries with sources, the largest first; counted anew when more was grouped."""
        with self._store.read() as reader:
            memo = remembered.of(reader)
            if memo.editions is None:
                memo.editions = kept_editions.editions(reader)
            return memo.editions

    # ------------------------------------------------------------------ one article

    def article(self, guid: str) -> ArticleView | None:
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, guid)
            if seq is None:
                return None
            listed = listings.listed(reader, [seq])[seq]
            if listed.story is None:
                return None  # acknowledged, but not grouped yet
            details = kept_articles.article_details(reader, seq)
            versions = kept_versions.versions_of(reader, seq)
            members = groups.members(reader, [listed.story])[listed.story]
            others = listings.listed(reader, [one for one in members if one != seq])
            card = self._bare_cards(reader, [listed.story])[listed.story]
            by_model = written.of_article(reader, seq)
        return ArticleView(
            row=listed.row,
            author=details.author,
            updated=listings.moment(details.updated, details.updated_precision),
            text=details.text,
            story=card,
            versions=versions,
            others=tuple(one.row for one in _by_time(others.values())),
            kind=details.kind or "article",
            paywalled=bool(details.paywalled),
            enclosures=kept_articles.enclosures_of(details.enclosures),
            full_text=(details.text_use or DEFAULT_TEXT_USE) == "full",
            written=by_model,
        )

    def image(self, guid: str) -> str | None:
        """The address of an article's lead image, as its publisher names it."""
        with self._store.read() as reader:
            return kept_articles.image_of(reader, guid)

    def earlier_titles(self, guids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """What the headlines of these articles were before, the newest first."""
        with self._store.read() as reader:
            return kept_versions.earlier_titles(reader, guids)

    def taken_in(
        self, kind: Literal["story", "topic"], id: str, limit: int = 12
    ) -> tuple[StoryLine, ...]:
        """The stories or topics that were merged into this one, by the articles they began
        with, oldest first."""
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, id)
            old = [] if seq is None else groups.taken_in(reader, kind, seq, limit)
            listed = listings.listed(reader, old)
        return tuple(
            StoryLine(one.row.guid, headline_of(one.row), one.row.published, one.row.order)
            for one in (listed[seq] for seq in old if seq in listed)
        )

    def history(self, guid: str, limit: int | None = None) -> History | None:
        """The timeline of the topic around an article, newest first.

        Without a ``limit`` the events that surely belong, 50 at most; with one the so many that
        belong most, weaker ones behind those that surely do. A limit cuts, and changes nothing
        else: an event is the same at each.
        """
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, guid)
        return None if seq is None else self._histories.history(seq, guid, limit)

    def turning_points(self, guid: str, count: int) -> History | None:
        """The ``count`` events that tell the story so far of the topic around an article, its
        own among them, newest first; fewer where there are no more."""
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, guid)
        return None if seq is None else self._histories.turning_points(seq, guid, count)

    def bars(self, history: History) -> tuple[Bar, ...]:
        """The picture of coverage over the history's whole life, 8 to 32 bars."""
        return topics.bars(history.events)

    def ranked(self, guid: str, limit: int = 1000) -> tuple[tuple[str, float], ...] | None:
        """Articles by how strongly they belong (guid, score), nothing folded or picked."""
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, guid)
        return None if seq is None else self._histories.ranked(seq, limit)

    def discover(self, guid: str) -> Discovery:
        """What lies beside the history: none of its stories are in it."""
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, guid)
        if seq is None:
            return Discovery((), (), ())
        return self._histories.discover(seq, self._bare_cards)

    # ------------------------------------------------------------------ lists

    def articles(self, query: Query, limit: int = 20, mark: str | None = None) -> Page[Row]:
        """Articles newest first (or oldest first), narrowed by ``query``: latest, tag, search.

        Unreadable: a mark that no list gave out.
        """
        if query.text:
            refresh(self._store)
        fetch = lists.fetcher(self._store, query)
        return lists.rows_page(lists.page(fetch, mark, limit, query.oldest_first))

    def stories(
        self,
        edition: str | None = None,
        since: timedelta | None = None,
        at: datetime | None = None,
        limit: int = 20,
        mark: str | None = None,
    ) -> Page[StoryCard]:
        """Trending: stories by rank, as of ``at`` (default: the newest article's time)."""
        moment, start = trends.read_mark(mark)
        moment = moment or at or self.newest()
        if moment is None:
            return Page((), None, None)
        with self._store.read() as reader:
            order = trends.rank(reader, edition, moment, since or TRENDING)
            some = order[start : start + limit]
            found = self._cards(
                reader,
                [one.story for one in some],
                moment,
                {one.story: one.trend for one in some},
            )
        return Page(
            tuple(found[one.story] for one in some if one.story in found),
            trends.mark(moment, start + limit) if start + limit < len(order) else None,
            trends.mark(moment, max(0, start - limit)) if start else None,
        )

    def latest_stories(
        self,
        query: Query,
        limit: int = 20,
        mark: str | None = None,
        at: datetime | None = None,
    ) -> Page[StoryCard]:
        """The stories of the newest articles, each once, where its newest article stands.

        As of ``at``, if it is given: what came later is left out.
        """
        if query.text:
            refresh(self._store)
        fetch = lists.fetcher(self._store, query)
        end = None if at is None else int(at.timestamp())

        def newest_of_each(
            position: lists.Position | None, oldest_first: bool, limit: int
        ) -> list[Listed]:
            found: list[Listed] = []
            while len(found) < limit:
                rows = fetch(position, oldest_first, 3 * limit)
                if not rows:
                    break
                known = [row for row in rows if end is None or row.ordered <= end]
                found.extend(self._last_of_story(known, query, end))
                position = lists.position_of(rows[-1])
            return found[:limit]

        listed, onward, back = lists.page(newest_of_each, mark, limit, query.oldest_first)
        with self._store.read() as reader:
            found = self._cards(reader, [one.story for one in listed if one.story is not None], at)
        return Page(
            tuple(found[one.story] for one in listed if one.story in found), onward, back
        )  # fmt: skip

    def _last_of_story(
        self, rows: Sequence[Listed], query: Query, until: int | None
    ) -> list[Listed]:
        """Those articles that are the newest of their story (within the edition, if one is)."""
        numbers = {row.story for row in rows if row.story is not None}
        with self._store.read() as reader:
            reports = kept_stories.story_reports(reader, numbers, until)
        newest: dict[int, int] = {}
        in_rows = {row.seq for row in rows}
        for story, some in reports.items():
            fitting = [
                report
                for report in some
                if (query.edition is None or report.country == query.edition)
                and (query.source is None or report.domain == query.source)
                and (not (query.tags or query.text) or report.seq in in_rows)
            ]
            if fitting:
                newest[story] = max(fitting, key=lambda r: (r.ordered, r.seq)).seq
        return [row for row in rows if row.story is not None and newest.get(row.story) == row.seq]

    def cards(self, guids: Sequence[str]) -> dict[str, StoryCard]:
        """The story of each of these articles, for lists of articles that show backstory."""
        with self._store.read() as reader:
            seqs = {guid: kept_articles.seq_of(reader, guid) for guid in guids}
            of = groups.stories_of(reader, [seq for seq in seqs.values() if seq is not None])
            found = self._cards(reader, list(dict.fromkeys(of.values())))
        return {
            guid: found[of[seq]]
            for guid, seq in seqs.items()
            if seq is not None and seq in of and of[seq] in found
        }

    # ------------------------------------------------------------------ stories and topics

    def story(self, story_id: str) -> StoryView | None:
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, story_id)
            if seq is None:
                return None
            story = groups.leads_to(reader, "story", seq)
            members = groups.members(reader, [story])[story]
            if not members:  # an article that founded nothing leads to the story that it is in
                story = groups.stories_of(reader, [seq]).get(seq, -1)
                members = groups.members(reader, [story])[story]
            if not members:
                return None
            rows = listings.listed(reader, members)
            card = self._cards(reader, [story])[story]
            summary = _summary_of_all(reader, card, rows)
            by_model = written.of_story(reader, story, len(members))
        history = self.history(card.lead.guid)
        assert history is not None
        return StoryView(
            replace(card, summary=summary or card.summary),
            tuple(one.row for one in _by_time(rows.values())),
            history,
            by_model,
        )

    def story_summary(self, story_id: str, at: datetime | None = None) -> str:
        """One summary of a story, from all its articles (of those until ``at``); "" where there
        is no such story."""
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, story_id)
            story = -1 if seq is None else groups.leads_to(reader, "story", seq)
            members = groups.members(reader, [story])[story]
            if not members:
                return ""
            until = None if at is None else horizon(reader, int(at.timestamp()))
            card = cards(reader, [story], {}, {}, until).get(story)
            if card is None:
                return ""
            rows = {
                seq: one
                for seq, one in listed_then(reader, members, until).items()
                if until is None or one.ordered <= until
            }
            return _summary_of_all(reader, card, rows, until)

    def leads_to(self, story_ids: Iterable[str]) -> tuple[str, ...]:
        """The stories that these, or what took them in, are now; unknown ones are left out."""
        with self._store.read() as reader:
            found = [kept_articles.seq_of(reader, one) for one in story_ids]
            now = [groups.leads_to(reader, "story", seq) for seq in found if seq is not None]
            ids = kept_articles.guids(reader, now)
        return tuple(ids[seq] for seq in now if seq in ids)

    def topics(
        self,
        edition: str | None = None,
        since: timedelta | None = None,
        at: datetime | None = None,
        limit: int = 50,
    ) -> tuple[TopicCard, ...]:
        """Topics of at least two stories that were heard of lately, the most stories first."""
        moment = at or self.newest()
        if moment is None:
            return ()
        with self._store.read() as reader:
            return topics.active(reader, edition, moment, since or ACTIVE, limit)

    def topic(self, topic_id: str, at: datetime | None = None) -> TopicView | None:
        """A topic (as of ``at``): None where there was none of it."""
        with self._store.read() as reader:
            seq = kept_articles.seq_of(reader, topic_id)
            if seq is None:
                return None
            until = None if at is None else horizon(reader, int(at.timestamp()))
            return topics.view(reader, groups.topic_at(reader, seq), until)

    # ------------------------------------------------------------------ tags and sources

    def tag(self, slug: str, edition: str | None = None) -> TagView | None:
        with self._store.read() as reader:
            found = tagging.tag(reader, slug)
            if found is None:
                return None
            count, neighbours = tagging.tag_neighbours(reader, slug, edition)
        return TagView(found, count, neighbours)

    def tags_of_query(self, query: Query, limit: int = 12) -> tuple[Tag, ...]:
        """Tags to narrow a search down with: the most frequent among its newest articles."""
        counts: dict[Tag, int] = {}
        for row in self.articles(query, 100).results:
            for tag in row.tags:
                if tag.slug not in query.tags:
                    counts[tag] = counts.get(tag, 0) + 1
        ranked = sorted(counts, key=lambda tag: (-counts[tag], tag.slug))
        return tuple(tag for tag in ranked[:limit] if counts[tag] > 1)

    def sources(self, limit: int = 200) -> tuple[SourceView, ...]:
        """The publishers, those with most articles first."""
        with self._store.read() as reader:
            return kept_publishers.largest(reader, limit)

    def source(self, domain: str) -> SourceView | None:
        with self._store.read() as reader:
            return kept_publishers.by_domain(reader, domain)

    def feeds(self, now: datetime | None = None) -> tuple[FeedView, ...]:
        """The feeds that are polled, by publisher, and how each stands."""
        with self._store.read() as reader:
            return feeds.every(reader, now or datetime.now(UTC))

    def _bare_cards(self, reader: Reader, stories: Sequence[int]) -> dict[int, StoryCard]:
        """Cards without topic and what came before: beside a history, which says it better."""
        return cards(reader, stories, {}, {})

    def _cards(
        self,
        reader: Reader,
        stories: Sequence[int],
        at: datetime | None = None,
        trends: dict[int, str] | None = None,
    ) -> dict[int, StoryCard]:
        end = None if at is None else int(at.timestamp())
        until = horizon(reader, end)
        of = groups.topics_of(reader, stories)
        names = topics.names(reader, set(of.values()), until)
        before = self._histories.others(stories, until)
        return cards(reader, stories, names, before, until, end, trends)


def _by_time(rows: Iterable[Listed]) -> list[Listed]:
    return sorted(rows, key=lists.position_of)


def _summary_of_all(
    reader: Reader,
    card: StoryCard,
    rows: Mapping[int, Listed],
    until: int | None = None,
) -> str:
    """A story's summary from its articles: the best first, then the newest that are no copies."""
    own = [
        seq
        for seq, one in rows.items()
        if one.row.guid != card.lead.guid
        and one.row.copy_of is None
        and one.row.language == card.lead.language
    ]
    own.sort(key=lambda seq: (rows[seq].row.order, seq), reverse=True)
    lead = [seq for seq, one in rows.items() if one.row.guid == card.lead.guid]
    chosen = lead + own[: SUMMARISED - 1]
    then = {} if until is None else kept_versions.words_then(reader, chosen, until)
    details = [
        then.get(seq) or (rows[seq].row.title, kept_articles.article_details(reader, seq).text)
        for seq in chosen
    ]
    return summarise_story(details, card.lead.language)
