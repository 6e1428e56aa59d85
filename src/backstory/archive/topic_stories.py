"""The stories of topics and when they began, remembered until the group stage moves on."""

from __future__ import annotations

from collections.abc import Iterable

from backstory.archive import remembered
from backstory.store import stories as kept_stories
from backstory.store import topics as kept_topics
from backstory.store.transactions import Reader


def stories_of_topics(
    reader: Reader, topics: Iterable[int], until: int | None = None
) -> dict[int, tuple[int, ...]]:
    """The stories of each topic (those reported by ``until``), in the order of their numbers."""
    known = remembered.of(reader).stories_of_topics
    wanted = set(topics)
    missing = [topic for topic in wanted if (topic, until) not in known]
    if missing:
        found = kept_topics.stories_of_topics(reader, missing, until)
        known.update(((topic, until), tuple(some)) for topic, some in found.items())
    return {topic: known[topic, until] for topic in wanted}


def began(reader: Reader, topics: Iterable[int], until: int | None = None) -> dict[int, int]:
    """When the first story of each topic that has any was published (else first seen)."""
    known = remembered.of(reader).began
    wanted = set(topics)
    missing = [topic for topic in wanted if (topic, until) not in known]
    some = stories_of_topics(reader, missing, until)
    if some:
        stories = {story for numbers in some.values() for story in numbers}
        founders = kept_stories.founders(reader, stories, until)
        for topic, numbers in some.items():
            if numbers:
                known[topic, until] = min(founders[story].ordered for story in numbers)
    return {topic: known[topic, until] for topic in wanted if (topic, until) in known}
