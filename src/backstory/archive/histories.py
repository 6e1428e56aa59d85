"""Histories: what the group stage ranks and picks, as timelines that readers can read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from backstory.archive import remembered, topics
from backstory.archive.events import events, newest_first, seen_from
from backstory.archive.topic_stories import stories_of_topics
from backstory.group.history.entry import TimelineEntry
from backstory.group.history.milestones import marked, turning_points
from backstory.group.history.related import beside
from backstory.group.history.timeline import FullHistory, full_history, ranked
from backstory.group.index.similar import Index
from backstory.model.tag import Tag
from backstory.model.views import (
    Discovery,
    Event,
    History,
    Reason,
    RisingTag,
    Row,
    StoryCard,
    TopicRef,
)
from backstory.store import articles as kept_articles
from backstory.store import groups, listings, serials, stages, tagging
from backstory.store import stories as kept_stories
from backstory.store.database import Store
from backstory.store.shelf import StoreShelf
from backstory.store.stories import Founder
from backstory.store.transactions import Reader

Cards = Callable[[Reader, Sequence[int]], dict[int, StoryCard]]

_REMEMBERED = 2048  # histories kept, so that a page asks once
_BESIDE = 5  # topics, stories and tags shown beside a history
_WEEK = 7 * 86_400


class Histories:
    """The index of similar articles, opened when first asked and kept up with the store."""

    def __init__(self, store: Store, latest_seen: Callable[[Reader], int | None]) -> None:
        """``latest_seen``: the "now" of the store."""
        self._store = store
        self._latest_seen = latest_seen
        self._shelf = StoreShelf(store)
        self._index: Index | None = None
        self._remembered: dict[tuple[int, bool, int | None, int], FullHistory] = {}
        self._lock = threading.Lock()  # the index serves one thread at a time

    def _current(self) -> Index:
        with self._store.read() as reader:
            grouped = stages.cursor(reader, "group")
        if self._index is None:
            self._index = Index(self._shelf, self._store.derived / "similar")
        self._index.refresh(grouped)
        return self._index

    def _full_history(
        self, seq: int, weaker: bool = False, until: int | None = None
    ) -> FullHistory | None:
        """None where the article is acknowledged but not grouped yet. ``until``: the horizon."""
        with self._lock:
            index = self._current()
            if seq > index.last:
                return None
            asked = (seq, weaker, until, index.last)
            full = self._remembered.get(asked)
            if full is None:
                last = None if until is None else until // 60
                full = full_history(index, self._shelf, seq, weaker, last)
                if len(self._remembered) >= _REMEMBERED:
                    self._remembered.clear()
                self._remembered[asked] = full
            return full

    def others(
        self, stories: Sequence[int], until: int | None = None
    ) -> dict[int, dict[int, float]]:
        """The other stories in the history of each story, as its founding article has it, and
        their scores there; as of ``until``, if there is a horizon."""
        founders: Mapping[int, Founder] = {}
        if until is not None:
            with self._store.read() as reader:
                founders = kept_stories.founders(reader, stories, until)
        found: dict[int, dict[int, float]] = {}
        for story in stories:
            founder = founders[story].seq if story in founders else story
            full = self._full_history(founder, until=until)
            entries = full.kept(None) if full else ()
            found[story] = {one.story: one.score for one in entries if not one.here}
        return found

    def history(self, seq: int, guid: str, limit: int | None) -> History | None:
        """None where the article is acknowledged but not grouped yet.

        What an event's sentences are is worked out before the limit cuts, by all that surely
        belongs and by what is stronger.
        """
        full = self._full_history(seq, weaker=limit is not None)
        if full is None:
            return None
        shown = full.cut(limit)
        looked_at = full.entries[: max(full.sure, len(shown.entries))]
        with self._lock:
            marks = marked(self._current(), self._shelf, full)
        made, topic = self._events(seq, looked_at, full.sure, marks)
        stories = [entry.story for entry in shown.entries]
        return History(guid, topic, newest_first(made, stories), shown.more)

    def turning_points(self, seq: int, guid: str, count: int) -> History | None:
        """The events of the days that mean most, over all that may belong to an article's topic.

        What surely belongs to the history is the same event here as there. None where the
        article is acknowledged but not grouped yet.
        """
        full = self._full_history(seq)
        if full is None:
            return None
        sure = full.entries[: full.sure]
        entry_of = {member: one for one in sure for member in one.members}
        with self._lock:
            found = turning_points(self._current(), self._shelf, seq, count)
            marks = marked(self._current(), self._shelf, full)
        chosen: dict[int, TimelineEntry] = {}
        for one in found:
            others = tuple(member for member in one.members if member not in entry_of)
            entry = entry_of.get(one.story, replace(one, members=others))
            chosen.setdefault(entry.story, entry)
        shown = {one.story: one for one in sure} | chosen
        made, topic = self._events(seq, [*shown.values()], full.sure, marks)
        return History(guid, topic, newest_first(made, islice(chosen, count)))

    def _events(
        self, seq: int, entries: Sequence[TimelineEntry], sure: int, marks: frozenset[int]
    ) -> tuple[dict[int, Event], TopicRef | None]:
        """The events of entries, the first ``sure`` of them surely of the article's topic, with
        their marks; and that topic."""
        with self._store.read() as reader:
            row = listings.listed(reader, [seq])[seq]
            text = kept_articles.article_details(reader, seq).text
            made = events(reader, entries, seen_from(row.row, text), sure)
            topic = self._topic(reader, row.story)
        return {n: replace(one, milestone=n in marks) for n, one in made.items()}, topic

    @staticmethod
    def _topic(reader: Reader, story: int | None) -> TopicRef | None:
        if story is None:
            return None
        number = groups.topics_of(reader, [story]).get(story)
        if number is None or len(stories_of_topics(reader, [number])[number]) < 2:
            return None
        name = topics.names(reader, [number]).get(number, "")
        return TopicRef(kept_articles.guids(reader, [number])[number], name)

    def ranked(self, seq: int, limit: int) -> tuple[tuple[str, float], ...] | None:
        with self._lock:
            index = self._current()
            if seq > index.last:
                return None
            order = ranked(index, seq, limit)
        with self._store.read() as reader:
            guids = kept_articles.guids(reader, [other for other, _ in order])
        return tuple((guids[other], round(score, 6)) for other, score in order)

    def discover(self, seq: int, cards: Cards) -> Discovery:
        """Topics where they live, single stories where they do not, and tags on the rise.

        ``cards``: makes the cards of the single stories.
        """
        full = self._full_history(seq)
        if full is None:
            return Discovery((), (), ())
        shown = {story for entry in full.kept(None) for story in (entry.story, *entry.members)}
        with self._lock:
            index = self._current()
            found = beside(index, self._shelf, seq, shown)
        with self._store.read() as reader:
            stories_of = stories_of_topics(reader, found.topics)
            living = [topic for topic in found.topics if len(stories_of[topic]) > 1][:_BESIDE]
            named = topics.cards(reader, living)
            inside = {story for topic in living for story in stories_of[topic]}
            inside |= serials.among(reader, found.stories)
            single = [story for story in found.stories if story not in inside][:_BESIDE]
            single_cards = cards(reader, single)
            row = listings.listed(reader, [seq])[seq].row
            borne = topics.tags(reader, living)
            near = [single_cards[story] for story in single if story in single_cards]
            return Discovery(
                tuple(
                    replace(named[topic], shares=_shares(row, borne.get(topic, ())))
                    for topic in living
                    if topic in named
                ),
                tuple(near),
                _rising(
                    reader,
                    self._latest_seen(reader) or 0,
                    row,
                    [card.lead for card in near],
                    borne,
                ),
            )


def _shares(row: Row, borne: Iterable[Tag]) -> tuple[Reason, ...]:
    theirs = {tag.slug for tag in borne}
    shared = [tag for tag in row.tags if tag.slug in theirs]
    return tuple(Reason(tag.kind, tag.name, tag.slug) for tag in shared[:3])


def _rising(
    reader: Reader,
    now: int,
    row: Row,
    near: Sequence[Row],
    borne: Mapping[int, Sequence[Tag]],
) -> tuple[RisingTag, ...]:
    """Tags near the article in whose last week more stories came than in a usual one."""
    own = {tag.slug for tag in row.tags[:1]}  # what the article is about is no discovery
    around = [*row.tags, *(tag for other in near for tag in other.tags[:4])]
    around.extend(tag for some in borne.values() for tag in some)
    tags = {tag.slug: tag for tag in around if tag.slug not in own}
    counts = _stories_with_tags(reader, now)
    rising = []
    for slug, tag in tags.items():
        last, before = counts.get(slug, (0, 0))
        if last >= 3 and 4 * last > before:
            rising.append(RisingTag(tag, last))
    rising.sort(key=lambda one: (-one.stories, one.tag.slug))
    return tuple(rising[:_BESIDE])


def _stories_with_tags(reader: Reader, now: int) -> dict[str, tuple[int, int]]:
    """Stories with each tag in the archive's last week, and in the four weeks before."""
    known = remembered.of(reader).rising
    if now not in known:
        known.clear()
        known[now] = tagging.stories_with_tags(reader, now - 5 * _WEEK, now - _WEEK, now)
    return known[now]
