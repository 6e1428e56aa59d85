"""The stories of topics and when they began, remembered until the group stage moves on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from backstory.archive import remembered
from backstory.store import reading


def threads(connection: Connection, topics: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """The stories of each topic, in the order of their numbers."""
    known = remembered.of(connection).threads
    wanted = set(topics)
    missing = [topic for topic in wanted if topic not in known]
    if missing:
        found = reading.stories_of_topics(connection, missing)
        known.update((topic, tuple(some)) for topic, some in found.items())
    return {topic: known[topic] for topic in wanted}


def began(connection: Connection, topics: Iterable[int]) -> dict[int, int]:
    """When the first story of each topic that has any was published (else first seen)."""
    known = remembered.of(connection).began
    wanted = set(topics)
    some = threads(connection, [topic for topic in wanted if topic not in known])
    if some:
        starts = reading.starts(connection, {story for thread in some.values() for story in thread})
        for topic, thread in some.items():
            if thread:
                known[topic] = min(starts[story] for story in thread)
    return {topic: known[topic] for topic in wanted if topic in known}
