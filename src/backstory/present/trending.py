"""Trending: stories ranked as of a moment, by who reports them and how fast that grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Trend = Literal["rising", "steady", "new", "fading"]

HOUR = 60
DAY = 24 * HOUR
RECENT = 6 * HOUR  # what counts as now
GRAVITY_HOURS = 8
NEW = 3 * HOUR


@dataclass(frozen=True, slots=True)
class Report:
    """An independent publisher's first report of a story, in minutes since 1970.

    ``shared_owner``: another publisher of the same owner reported before.
    """

    publisher: str
    minute: int
    shared_owner: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story with its publishers' first reports; copies are not among them."""

    story: int
    reports: tuple[Report, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    story: int
    score: float
    trend: Trend
    publishers: int


def _weight(report: Report) -> int:
    return 1 if report.shared_owner else 2


def score(candidate: Candidate, at: int) -> tuple[float, Trend, int]:
    """Rank, trend and publishers of one story as of a minute.

    ``rank = reach * (reach + 2 * growth) / (age + 8)²`` with

    - reach: publishers that reported until then, two points each (one where another publisher of
      the same owner reported before; copies and second reports do not count): what many
      independent newsrooms find worth telling matters. It enters squared, as ten publishers of
      one story say more than ten stories of one publisher;
    - growth: points of the last six hours: a story that newsrooms are only now taking up stands
      above one that all have had since yesterday;
    - age: hours since the middle report, and 8: the news of the day before makes room, while
      a story that goes on being taken up stays, since its middle moves on. Squared, so that
      within two days a story of three publishers passes an older one of ten.

    Integers until the one division, so that the rank is the same everywhere.
    """
    reports = sorted(
        (report for report in candidate.reports if report.minute <= at),
        key=lambda report: (report.minute, report.publisher),
    )
    if not reports:
        return 0.0, "fading", 0
    reach = sum(map(_weight, reports))
    growth = sum(_weight(report) for report in reports if report.minute > at - RECENT)
    before = sum(
        _weight(report) for report in reports if at - 2 * RECENT < report.minute <= at - RECENT
    )
    middle = reports[len(reports) // 2].minute
    age = at - middle + GRAVITY_HOURS * HOUR
    rank = reach * (reach + 2 * growth) * HOUR * HOUR / (age * age)
    trend: Trend
    if at - reports[0].minute <= NEW:
        trend = "new"
    elif growth > before and growth >= 3:
        trend = "rising"
    elif growth or at - reports[-1].minute <= DAY:
        trend = "steady"
    else:
        trend = "fading"
    return rank, trend, len(reports)


def rank(candidates: Sequence[Candidate], at: int) -> list[Ranked]:
    """Stories with at least one report until ``at``, the highest first, ties by number."""
    ranked = [
        Ranked(candidate.story, *score(candidate, at))
        for candidate in candidates
        if any(report.minute <= at for report in candidate.reports)
    ]
    ranked.sort(key=lambda one: (-one.score, one.story))
    return ranked
