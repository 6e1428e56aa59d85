"""Topics as readers see them: their names, their cards, their timelines, their pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from backstory.archive import remembered
from backstory.archive.cards import outlines
from backstory.archive.events import events, newest_first
from backstory.archive.moments import horizon
from backstory.archive.topic_stories import stories_of_topics
from backstory.group.history.entry import TimelineEntry
from backstory.model.tag import Tag
from backstory.model.views import Bar, Event, StoryLine, TopicCard, TopicView
from backstory.present import naming
from backstory.present.naming import Commonness, Headline
from backstory.store import articles as kept_articles
from backstory.store import groups, tagging, topic_headlines, versions
from backstory.store import stories as kept_stories
from backstory.store import topics as kept_topics
from backstory.store.transactions import Reader
from backstory.text.folding import fold

MOST_EVENTS = 300  # of a topic's page
_SHARED = 8  # tags of a topic that tell what it is about
_ASKED_AT_ONCE = 50  # active topics, so that short lists and the long one are one question
_BARS = (8, 32)
_STEPS = (1, 2, 3, 7, 14, 30, 61, 91, 183, 365, 730, 1461)  # days a bar may span


def tags(reader: Reader, numbers: Collection[int]) -> dict[int, tuple[Tag, ...]]:
    """The tags that most stories of each topic bear, the most frequent first.

    As for its name, a topic's first stories are looked at, each by its founding article; tags
    are remembered.
    """
    known = remembered.of(reader).tags
    missing = [number for number in numbers if number not in known]
    if missing:
        known.update(_tags(reader, missing))
    return {number: known[number] for number in numbers if number in known}


def _tags(reader: Reader, numbers: Collection[int]) -> dict[int, tuple[Tag, ...]]:
    stories_of = stories_of_topics(reader, numbers)
    looked = {topic: naming.looked_at(some) for topic, some in stories_of.items()}
    borne = tagging.tags_of(reader, {story for some in looked.values() for story in some})
    found: dict[int, tuple[Tag, ...]] = {}
    for topic, some in looked.items():
        times = Counter(tag for story in some for tag in borne.get(story, ()))
        found[topic] = tuple(tag for tag, _ in times.most_common(_SHARED))
    return found


def names(reader: Reader, numbers: Collection[int], until: int | None = None) -> dict[int, str]:
    """The name of each topic that has one (as of ``until``); names are remembered."""
    known = remembered.of(reader).names
    looked = {
        topic: tuple(naming.looked_at(some))
        for topic, some in _founders(reader, numbers, until).items()
    }
    missing = {
        topic: some
        for topic, some in looked.items()
        if known.get((topic, until), ((), ""))[0] != some
    }
    if missing:
        named = _named(reader, missing, until)
        known.update(((topic, until), (some, named.get(topic))) for topic, some in missing.items())
    found = {topic: known[topic, until][1] for topic, some in looked.items() if some}
    return {topic: name for topic, name in found.items() if name}


def _founders(
    reader: Reader, numbers: Collection[int], until: int | None
) -> Mapping[int, Sequence[int]]:
    """The articles that the stories of each topic were founded by, as far as was known."""
    stories_of = stories_of_topics(reader, numbers, until)
    if until is None:
        return stories_of  # stories are named after them
    founders = kept_stories.founders(
        reader, {story for some in stories_of.values() for story in some}, until
    )
    return {
        topic: sorted(founders[story].seq for story in some) for topic, some in stories_of.items()
    }


def _named(
    reader: Reader, looked: Mapping[int, Sequence[int]], until: int | None
) -> dict[int, str]:
    """The name of each topic, of the headlines and tags of its first stories."""
    seqs = {seq for some in looked.values() for seq in some}
    lines = topic_headlines.headlines(reader, seqs)
    if until is not None:
        for seq, (title, _) in versions.words_then(reader, seqs, until).items():
            if title and seq in lines:
                lines[seq] = replace(lines[seq], title=title)
    tagged = tagging.tags_of(reader, seqs)
    headlines: dict[int, list[Headline]] = {}
    borne: dict[int, list[tuple[Tag, int]]] = {}
    for topic, some in looked.items():
        # Who tells of it is not what it is about.
        tellers = {fold(lines[seq].site) for seq in some if seq in lines}
        times = Counter(
            tag for seq in some for tag in tagged.get(seq, ()) if fold(tag.name) not in tellers
        )
        borne[topic] = list(times.items())
        headlines[topic] = [
            Headline(lines[seq].title, lines[seq].language) for seq in some if seq in lines
        ]
    common = _common(
        reader,
        {term for topic in looked for term in naming.terms(headlines[topic], borne[topic])},
    )
    found = {topic: naming.name(headlines[topic], borne[topic], common) for topic in looked}
    return {topic: name for topic, name in found.items() if name}


def _common(reader: Reader, terms: Collection[str]) -> dict[str, Commonness]:
    """How common each of these terms is that was counted; what was asked is remembered."""
    known = remembered.of(reader).terms
    missing = [term for term in terms if term not in known]
    fresh: dict[str, Commonness | None] = dict.fromkeys(missing)
    for term, share, upper, lower in topic_headlines.term_counts(reader, missing):
        fresh[term] = Commonness(share, upper, lower)
    known.update(fresh)
    found = ((term, known.get(term)) for term in terms)
    return {term: common for term, common in found if common is not None}


def cards(reader: Reader, numbers: Sequence[int], until: int | None = None) -> dict[int, TopicCard]:
    """The card of each topic that has stories (as of ``until``); cards are remembered."""
    known = remembered.of(reader).cards
    missing = [number for number in numbers if (number, until) not in known]
    if missing:
        made = _cards(reader, missing, until)
        known.update(((number, until), card) for number, card in made.items())
    return {number: known[number, until] for number in numbers if (number, until) in known}


def _cards(reader: Reader, numbers: Sequence[int], until: int | None) -> dict[int, TopicCard]:
    stories_of = stories_of_topics(reader, numbers, until)
    facts = kept_topics.topic_facts(reader, numbers, until)
    named = names(reader, numbers, until)
    founders = kept_stories.founders(
        reader, {s for some in stories_of.values() for s in some}, until
    )
    last = {
        number: max(stories_of[number], key=lambda story: founders[story])
        for number in facts
        if stories_of[number]
    }
    lines = outlines(reader, last.values(), until)
    ids = kept_articles.guids(reader, {*numbers, *last.values()})
    found: dict[int, TopicCard] = {}
    for number in numbers:
        line = lines.get(last.get(number, -1))
        if line is None:
            continue
        found[number] = TopicCard(
            id=ids[number],
            name=named.get(number) or line.headline,
            events=facts[number].events,
            sources=facts[number].sources,
            first=_time(facts[number].first),
            last=_time(facts[number].last),
            latest=StoryLine(
                ids[line.story],
                line.headline,
                line.members[0].row.published,
                _time(line.reports[0].ordered),
            ),
        )
    return found


def active(
    reader: Reader, edition: str | None, at: datetime, since: timedelta, limit: int
) -> tuple[TopicCard, ...]:
    """Topics heard of within ``since`` of ``at``: those with most stories in it first."""
    end = int(at.timestamp())
    most = max(_ASKED_AT_ONCE, limit)
    asked = (edition, end - int(since.total_seconds()), end, most)
    known = remembered.of(reader).active
    if asked not in known:
        known[asked] = kept_topics.active_topics(reader, asked[1], end, edition, most)
    numbers = known[asked][:limit]
    found = cards(reader, numbers, horizon(reader, end))
    return tuple(found[number] for number in numbers if number in found)


def view(reader: Reader, number: int, until: int | None = None) -> TopicView | None:
    """A topic's card, its events (the newest ``MOST_EVENTS``) and its picture."""
    stories = stories_of_topics(reader, [number], until)[number]
    if not stories:
        return None
    founders = kept_stories.founders(reader, stories, until)
    newest = sorted(stories, key=lambda story: founders[story])[-MOST_EVENTS:]
    members = groups.members(reader, newest)
    made = events(
        reader,
        [TimelineEntry(story, 1.0, False, tuple(members[story]), (), None) for story in newest],
        until=until,
    )
    shown = newest_first(made, newest)
    card = cards(reader, [number], until).get(number)
    if card is None:
        return None
    known_as = groups.told_as(reader, newest)
    ids = kept_articles.guids(reader, {*known_as, *known_as.values()})
    told_as = {ids[story]: ids[old] for story, old in known_as.items()}
    return TopicView(card, shown, bars(shown), told_as)


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
        bar = (order - first).days // step
        domains[bar].add(domain)
        here[bar] = here[bar] or marked
    return tuple(
        Bar(first + timedelta(days=bar * step), len(some), here[bar])
        for bar, some in enumerate(domains)
    )


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
