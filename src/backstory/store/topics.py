"""The topics of a store: their stories, and what they are in numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from backstory.store.stories import end_of
from backstory.store.transactions import Reader

_STORIES_OF_TOPICS = """
    SELECT topic, story FROM stories WHERE topic IN (?*)
    ORDER BY story
"""
_STORIES_OF_TOPICS_UNTIL = """
    SELECT stories.topic, stories.story
    FROM stories
    CROSS JOIN memberships ON memberships.story = stories.story
    CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE stories.topic IN (?1*) AND articles.ordered <= ?2
    GROUP BY stories.topic, stories.story
    ORDER BY stories.story
"""


def stories_of_topics(
    reader: Reader, topics: Iterable[int], until: int | None = None
) -> dict[int, list[int]]:
    """The stories of each topic (those reported by ``until``), in the order of their numbers."""
    wanted = set(topics)
    found: dict[int, list[int]] = {topic: [] for topic in wanted}
    if not wanted:
        return found
    rows = (
        reader.fetch(_STORIES_OF_TOPICS, wanted)
        if until is None
        else reader.fetch(_STORIES_OF_TOPICS_UNTIL, wanted, until)
    )
    for topic, story in rows:
        found[topic].append(story)
    return found


_ACTIVE_TOPICS = """
    SELECT stories.topic
    FROM articles
    CROSS JOIN memberships ON memberships.seq = articles.seq
    CROSS JOIN stories ON stories.story = memberships.story
    WHERE articles.ordered BETWEEN ?1 AND ?2 AND (?3 IS NULL OR articles.country = ?3)
    GROUP BY stories.topic
    HAVING (SELECT count(*) FROM (
        SELECT 1 FROM stories AS others WHERE others.topic = stories.topic AND EXISTS (
            SELECT 1 FROM memberships AS own CROSS JOIN articles AS past ON past.seq = own.seq
            WHERE own.story = others.story AND past.ordered <= ?2)
        LIMIT 2) AS two) = 2
    ORDER BY count(DISTINCT memberships.story) DESC, max(articles.ordered) DESC, stories.topic
    LIMIT ?4
"""


def active_topics(
    reader: Reader, ordered_from: int, ordered_to: int, country: str | None, limit: int
) -> list[int]:
    """Topics of two stories or more, by how many of them were reported in a span of time.

    Nothing after ``ordered_to`` counts.
    """
    rows = reader.fetch(_ACTIVE_TOPICS, ordered_from, ordered_to, country, limit)
    return [topic for (topic,) in rows]


_NEWEST_TOPICS = """
    SELECT topic FROM stories GROUP BY topic HAVING count(*) > 1
    ORDER BY max(story) DESC LIMIT ?
"""


def newest_topics(reader: Reader, limit: int) -> list[int]:
    """Topics of two stories or more, the one with the newest story first."""
    return [topic for (topic,) in reader.fetch(_NEWEST_TOPICS, limit)]


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic in numbers: stories and publishers, its first and last article's time."""

    events: int
    sources: int
    first: int
    last: int


_TOPIC_FACTS = """
    SELECT stories.topic, count(DISTINCT stories.story), count(DISTINCT articles.domain),
           min(articles.ordered), max(articles.ordered)
    FROM stories
    CROSS JOIN memberships ON memberships.story = stories.story
    CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE stories.topic IN (?1*) AND articles.ordered <= ?2
    GROUP BY stories.topic
"""


def topic_facts(
    reader: Reader, topics: Collection[int], until: int | None = None
) -> dict[int, TopicFacts]:
    """The numbers of each topic (as they were at ``until``)."""
    rows = reader.fetch(_TOPIC_FACTS, topics, end_of(until)) if topics else ()
    return {topic: TopicFacts(*facts) for topic, *facts in rows}
