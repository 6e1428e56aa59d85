"""The daily brief: what is new in what a reader follows, then the day's stories, each with what
came before it, and nothing that an earlier brief reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backstory.archive.reader import Archive
from backstory.model.views import Query, StoryCard, StoryLine, TopicRef

BEFORE = 3  # earlier events shown with a story
PER_LIST = 8  # stories of one followed list
OF_THE_DAY = 10


@dataclass(frozen=True, slots=True)
class Followed:
    """What a reader follows and what they have muted, in the words of the following page."""

    topics: tuple[TopicRef, ...] = ()
    tags: tuple[tuple[str | None, str, str], ...] = ()  # edition, slug, name
    sources: tuple[tuple[str, str], ...] = ()  # domain, name
    searches: tuple[tuple[str | None, str], ...] = ()  # edition, words
    muted_topics: frozenset[str] = frozenset()
    muted_tags: frozenset[str] = frozenset()
    muted_sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BriefStory:
    """One story of a brief. ``before``: at most three earlier events, the latest first."""

    story: str
    headline: str
    summary: str
    url: str  # of the publisher's page that leads it
    sources: tuple[str, ...]
    first: datetime
    topic: TopicRef | None
    before: tuple[StoryLine, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """``kind``: topic, tag, source, search, or day."""

    kind: str
    name: str
    stories: tuple[BriefStory, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    edition: str | None
    since: datetime
    at: datetime
    sections: tuple[Section, ...]  # none of them empty
    first: bool = False  # no earlier brief is known to have reported anything

    @property
    def stories(self) -> tuple[str, ...]:
        return tuple(one.story for section in self.sections for one in section.stories)


def compose(
    archive: Archive,
    edition: str | None,
    span: timedelta,
    at: datetime | None = None,
    followed: Followed | None = None,
    reported: Collection[str] = (),
) -> Brief | None:
    """The brief as of ``at`` (default: the newest article's time); None for an empty archive.

    ``reported``: stories of earlier briefs; they stay reported when they are merged.
    """
    end = at or archive.newest()
    if end is None:
        return None
    start = end - span
    wanted = followed or Followed()
    # A story that took in one that was reported has been reported.
    seen = set(reported) | set(archive.leads_to(reported))

    def section(kind: str, name: str, found: Iterable[BriefStory]) -> Iterator[Section]:
        chosen: list[BriefStory] = []
        for one in found:
            if one.story not in seen and len(chosen) < (OF_THE_DAY if kind == "day" else PER_LIST):
                seen.add(one.story)
                chosen.append(one)
        if chosen:
            yield Section(kind, name, tuple(chosen))

    def listed(query: Query) -> Iterator[BriefStory]:
        for card in archive.latest_stories(query, 3 * PER_LIST, at=end).results:
            if start < card.first_published <= end and not _muted(card, wanted):
                yield _brief_story(archive, card, end)

    days = Query(date_from=start.date(), date_to=end.date())
    sections: list[Section] = []
    for topic in wanted.topics:
        sections += section("topic", topic.name, _of_topic(archive, topic.id, start, end))
    for country, slug, name in wanted.tags:
        query = replace(days, edition=country, tags=(slug,))
        sections += section("tag", name, listed(query))
    for domain, name in wanted.sources:
        sections += section("source", name, listed(replace(days, source=domain)))
    for country, words in wanted.searches:
        sections += section("search", words, listed(replace(days, edition=country, text=words)))
    cards = archive.stories(edition, span, end, 3 * OF_THE_DAY + len(seen)).results
    of_the_day = (_brief_story(archive, card, end) for card in cards if not _muted(card, wanted))
    sections += section("day", "", of_the_day)
    return Brief(edition, start, end, tuple(sections), first=not reported)


def _of_topic(
    archive: Archive, topic_id: str, start: datetime, end: datetime
) -> Iterator[BriefStory]:
    """What happened in a topic within the span, each with the events before it."""
    view = archive.topic(topic_id, end)
    if view is None:
        return
    topic = TopicRef(view.card.id, view.card.name)
    for number, event in enumerate(view.events):
        if event.order <= start:
            break
        lead = event.articles[0] if event.articles else None
        yield BriefStory(
            story=event.story,
            headline=event.headline,
            summary=event.changed or archive.story_summary(event.story, end),
            url=lead.url if lead else "",
            sources=event.sources,
            first=event.order,
            topic=topic,
            before=tuple(
                StoryLine(one.story, one.headline, one.first_published, one.order)
                for one in view.events[number + 1 : number + 1 + BEFORE]
            ),
        )


def _brief_story(archive: Archive, card: StoryCard, at: datetime) -> BriefStory:
    return BriefStory(
        story=card.id,
        headline=card.headline,
        summary=archive.story_summary(card.id, at) or card.summary,
        url=card.lead.url,
        sources=card.sources,
        first=card.first_published,
        topic=card.topic,
        before=card.before[:BEFORE],
    )


def _muted(card: StoryCard, followed: Followed) -> bool:
    return (
        (card.topic is not None and card.topic.id in followed.muted_topics)
        or any(tag.slug in followed.muted_tags for tag in card.lead.tags)
        or (len(card.sources) == 1 and card.lead.domain in followed.muted_sources)
    )
