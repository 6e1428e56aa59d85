"""One event of a timeline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a timeline.

    ``members``: its articles in the order of seq, those of folded stories among them;
    ``score``: 0 to 1; ``here``: the article asked about is one of them; ``shared``: the heaviest
    terms that it shares with that article, names first; ``minute``: when it was first published,
    None where unknown.
    """

    story: int
    score: float
    here: bool
    members: tuple[int, ...]
    shared: tuple[int, ...]
    minute: int | None
