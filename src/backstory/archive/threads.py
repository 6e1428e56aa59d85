"""The stories of topics and when they began, remembered until the group stage moves on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from backstory.archive import remembered
from backstory.store import reading


def threads(
    connection: Connection, topics: Iterable[int], until: int | None = None
) -> dict[int, tuple[int, ...]]:
    """The stories of each topic (those reported by ``until``), in the order of their numbers."""
    known = remembered.of(connection).threads
    wanted = set(topics)
    missing = [topic for topic in wanted if (topic, until) not in known]
    if missing:
        found = reading.stories_of_topics(connection, missing, until)
        known.update(((topic, until), tuple(some)) for topic, some in found.items())
    return {topic: known[topic, until] for topic in wanted}


def began(
    connection: Connection, topics: Iterable[int], until: int | None = None
) -> dict[int, int]:
    """When the first story of each topic that has any was published (else first seen)."""
    known = remembered.of(connection).began
    wanted = set(topics)
    missing = [topic for topic in wanted if (topic, until) not in known]
    some = threads(connection, missing, until)
    if some:
        stories = {story for thread in some.values() for story in thread}
        founders = reading.founders(connection, stories, until)
        for topic, thread in some.items():
            if thread:
                known[topic, until] = min(founders[story].ordered for story in thread)
    return {topic: known[topic, until] for topic in wanted if (topic, until) in known}
