"""The headline that an event is shown by: the best of its articles'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backstory.enrich.sentences import split


@dataclass(frozen=True, slots=True)
class HeadlineCandidate:
    """A title, the publisher it is from, and its place in time among the event's articles."""

    title: str
    site: str
    order: int


_EMPTY = re.compile(
    r"(work in progress|(morning|evening|daily|news) (briefing|digest|update|headlines)|"
    r"live updates?|live|breaking( news)?|untitled|home|news|trending news|top stories)",
    re.IGNORECASE,
)


def says_nothing(title: str) -> bool:
    """Whether a title tells no reader what happened ("Work in progress", "Live updates")."""
    return not title.strip() or _EMPTY.fullmatch(title.strip(" :-–—|.!")) is not None


def best(candidates: Sequence[HeadlineCandidate]) -> int:
    """The index of the headline that an event is best shown by."""
    if not candidates:
        raise ValueError("an event has at least one headline")
    return min(
        range(len(candidates)),
        key=lambda i: (says_nothing(candidates[i].title), candidates[i].order, i),
    )


def from_text(text: str, language: str | None) -> str:
    """What a headline that says nothing is shown by: the first telling sentence, shortened."""
    first = next(iter(split(text, language)), "")
    return first if len(first) <= 110 else first[:110].rsplit(" ", 1)[0] + " …"
