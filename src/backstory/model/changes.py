"""What grouping decides of one article, and what that changes.

A placement is a decision; ``group.groups.Groups.place`` is the one way to apply it, and
``Changes`` is what is left of many of them for a store to write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Merged:
    """A story ended: all that was in it is in another one, by the numbers of their founders."""

    story: int
    into: int


@dataclass(frozen=True, slots=True)
class Moved:
    """An article is in another story now. Where it founded that story, it was split off."""

    article: int
    into: int


Change = Merged | Moved


@dataclass(frozen=True, slots=True)
class Placement:
    """The story of a new article, by its founder's number, and what repair changed before the
    article came: to be applied one after the other, as they stand here."""

    story: int
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Reassigned:
    """An older article that a placement took from one story into another."""

    article: int
    was: int
    story: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A story or topic whose address leads to another one from now on; to itself: it had ended,
    and is one of its own again. ``known_as``: of a story, itself or the other or both, by which
    of them feeds of the topic in which both go on know it."""

    number: int
    into: int
    known_as: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What placements changed, without the way there.

    ``stories``: of new and reassigned articles the story that each is in; ``topics``: of stories
    the topic that each is of, None where a story ended. What ended stands in the order in which
    it did.
    """

    stories: Mapping[int, int]
    topics: Mapping[int, int | None]
    ended_stories: tuple[Ended, ...]
    ended_topics: tuple[Ended, ...]
