"""Trending: the stories of a span of days by rank, as of any moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backstory.archive import remembered
from backstory.model.errors import unreadable
from backstory.model.problems import Kind
from backstory.present import trending
from backstory.present.trending import Candidate, Ranked, Report
from backstory.store import publishers as kept_publishers
from backstory.store import serials
from backstory.store import stories as kept_stories
from backstory.store.transactions import Reader


def read_mark(mark: str | None) -> tuple[datetime | None, int]:
    """The moment that the list is of, and where in it the page starts."""
    if mark is None:
        return None, 0
    try:
        at, start = map(int, mark.split("."))
        return datetime.fromtimestamp(at, UTC), max(0, start)
    except (ValueError, OverflowError, OSError):
        raise unreadable(Kind.NOT_A_MARK, mark=mark[:40]) from None


def rank(reader: Reader, edition: str | None, at: datetime, since: timedelta) -> list[Ranked]:
    """Stories reported within ``since`` of ``at``, the highest first; lists are remembered.

    A story counts in an edition by all its publishers, if one of them is of that country.
    """
    end = int(at.timestamp())
    asked = (edition, end - int(since.total_seconds()), end)
    known = remembered.of(reader).ranked
    if asked not in known:
        known[asked] = _rank(reader, *asked)
    return known[asked]


def _rank(reader: Reader, edition: str | None, start: int, end: int) -> list[Ranked]:
    reports = kept_stories.reports(reader, start, end)
    first: dict[int, dict[str, int]] = {}
    countries: dict[int, set[str | None]] = {}
    for report in reports:
        countries.setdefault(report.story, set()).add(report.country)
        if not report.copy:
            first.setdefault(report.story, {}).setdefault(report.domain, report.ordered // 60)
    for story in serials.among(reader, first):
        first.pop(story, None)  # comes every day whatever happens
    owners = kept_publishers.owners(reader)
    candidates = [
        Candidate(story, _independent(some, owners))
        for story, some in first.items()
        if edition is None or edition in countries[story]
    ]
    return trending.rank(candidates, end // 60)


def _independent(first: dict[str, int], owners: dict[str, str]) -> tuple[Report, ...]:
    """Each publisher's first report; one whose owner was there already counts less."""
    seen: set[str] = set()
    found: list[Report] = []
    for domain, minute in sorted(first.items(), key=lambda one: (one[1], one[0])):
        owner = owners.get(domain)
        found.append(Report(domain, minute, owner is not None and owner in seen))
        if owner is not None:
            seen.add(owner)
    return tuple(found)


def mark(at: datetime, start: int) -> str:
    return f"{int(at.timestamp())}.{start}"
