"""Topics as readers see them: their names, their cards, their timelines, their pictures."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from backstory.archive.cards import told
from backstory.archive.events import events
from backstory.group.history import Entry
from backstory.group.topics import name
from backstory.store import groups, reading, tagging
from backstory.values import Bar, Before, Event, Tag, TopicCard, TopicView

MOST_EVENTS = 300  # of a topic's page
_NAMED_BY = 8  # tags of a topic that its name is made from
_BARS = (8, 32)
_STEPS = (1, 2, 3, 7, 14, 30, 61, 91, 183, 365, 730, 1461)  # days a bar may span


def tags(connection: Connection, numbers: Collection[int]) -> dict[int, list[Tag]]:
    """The tags that most stories of each topic bear, the most frequent first."""
    tagged = tagging.topic_tags(connection, numbers, _NAMED_BY)
    return {number: [tag for tag, _ in some] for number, some in tagged.items()}


def names(connection: Connection, numbers: Collection[int]) -> dict[int, str]:
    """The name of each topic, of the tags that its stories bear most."""
    tagged = tagging.topic_tags(connection, numbers, _NAMED_BY)
    return {
        number: name((), [(tag.name, count) for tag, count in tagged[number]])
        for number in numbers
        if tagged.get(number)
    }


def cards(connection: Connection, numbers: Sequence[int]) -> dict[int, TopicCard]:
    threads = reading.stories_of_topics(connection, numbers)
    named = names(connection, numbers)
    reports = reading.story_reports(connection, {s for some in threads.values() for s in some})
    ids = reading.guids(connection, numbers)
    last: dict[int, int] = {
        number: max(
            (story for story in some if reports[story]),
            key=lambda story: (reports[story][0].ordered, story),
        )
        for number, some in threads.items()
        if any(reports[story] for story in some)
    }
    lines = told(connection, last.values())
    found: dict[int, TopicCard] = {}
    for number in numbers:
        if number not in last:
            continue
        every = [r for story in threads[number] for r in reports[story]]
        line = lines[last[number]]
        found[number] = TopicCard(
            id=ids[number],
            name=named.get(number) or line.headline,
            events=sum(1 for story in threads[number] if reports[story]),
            sources=len({r.domain for r in every}),
            first=_time(min(r.ordered for r in every)),
            last=_time(max(r.ordered for r in every)),
            latest=Before(
                reading.guids(connection, [last[number]])[last[number]],
                line.headline,
                line.members[0].row.published,
                _time(line.reports[0].ordered),
            ),
        )
    return found


def living(
    connection: Connection, edition: str | None, at: datetime, since: timedelta, limit: int
) -> tuple[TopicCard, ...]:
    """Topics heard of within ``since`` of ``at``: those with most stories in it first."""
    end = int(at.timestamp())
    numbers = reading.living_topics(
        connection, end - int(since.total_seconds()), end, edition, limit
    )
    found = cards(connection, numbers)
    return tuple(found[number] for number in numbers if number in found)


def view(connection: Connection, number: int) -> TopicView | None:
    """A topic's card, its events (the newest ``MOST_EVENTS``) and its picture."""
    stories = reading.stories_of_topics(connection, [number])[number]
    if not stories:
        return None
    starts = reading.starts(connection, stories)
    newest = sorted(stories, key=lambda story: (starts[story], story))[-MOST_EVENTS:]
    members = groups.members(connection, newest)
    made = events(
        connection,
        [Entry(story, 1.0, False, tuple(members[story]), (), None) for story in newest],
    )
    card = cards(connection, [number]).get(number)
    return None if card is None else TopicView(card, tuple(made), bars(made))


def bars(made: Sequence[Event]) -> tuple[Bar, ...]:
    """How many publishers reported in each span of the events' whole life, oldest first.

    A bar spans the fewest days (of a few round numbers) that give at most 32 bars; at least
    eight bars are drawn, the last ones empty where the life was short.
    """
    if not made:
        return ()
    reported = [
        (row.order, row.domain, event.here)
        for event in made
        for row in event.articles
        if row.copy_of is None or len(event.articles) == 1
    ]
    if not reported:
        return ()
    first = min(order for order, _, _ in reported).replace(hour=0, minute=0, second=0)
    last = max(order for order, _, _ in reported)
    days = (last - first).days + 1
    step = next((s for s in _STEPS if days / s <= _BARS[1]), -(-days // _BARS[1]))
    number = max(_BARS[0], -(-days // step))
    domains: list[set[str]] = [set() for _ in range(number)]
    here = [False] * number
    for order, domain, marked in reported:
        place = (order - first).days // step
        domains[place].add(domain)
        here[place] = here[place] or marked
    return tuple(
        Bar(first + timedelta(days=place * step), len(some), here[place])
        for place, some in enumerate(domains)
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
