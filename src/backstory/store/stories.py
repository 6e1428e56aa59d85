"""The stories of a store: who reported them, and the articles that they begin with."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from backstory.store.transactions import Reader


class Report(NamedTuple):
    """The bare facts that trending counts: who reported which story, when, where."""

    seq: int
    story: int
    domain: str
    country: str | None
    ordered: int
    copy: bool


_REPORTS = """
    SELECT articles.seq, memberships.story, articles.domain, articles.country, articles.ordered,
           memberships.copy_of IS NOT NULL
    FROM articles JOIN memberships ON memberships.seq = articles.seq
    WHERE articles.ordered BETWEEN ?1 AND ?2 AND (?3 IS NULL OR articles.country = ?3)
    ORDER BY articles.ordered, articles.seq
"""
_REPORTS_OF_STORIES = """
    SELECT articles.seq, memberships.story, articles.domain, articles.country, articles.ordered,
           memberships.copy_of IS NOT NULL
    FROM memberships CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE memberships.story IN (?1*) AND articles.ordered <= ?2
    ORDER BY articles.ordered, articles.seq
"""
_FOR_EVER = 2**62  # seconds: after everything


def end_of(until: int | None) -> int:
    """The last second that counts, with no horizon the last of all."""
    return _FOR_EVER if until is None else until


def _report(row: Any) -> Report:
    seq, story, domain, country, ordered, copy = row
    return Report(seq, story, domain, country, ordered, bool(copy))


def reports(
    reader: Reader, ordered_from: int, ordered_to: int, country: str | None = None
) -> list[Report]:
    """Grouped articles of a span of time, in the order of time."""
    return [_report(row) for row in reader.fetch(_REPORTS, ordered_from, ordered_to, country)]


def story_reports(
    reader: Reader, some: Collection[int], until: int | None = None
) -> dict[int, list[Report]]:
    """All reports of each story (those not after ``until``), in the order of time."""
    found: dict[int, list[Report]] = {number: [] for number in some}
    for row in reader.fetch(_REPORTS_OF_STORIES, some, end_of(until)) if some else ():
        found[row[1]].append(_report(row))
    return found


_FOUNDERS = "SELECT seq, ordered FROM articles WHERE seq IN (?*)"
_FOUNDERS_THEN = """
    SELECT memberships.story, articles.seq, articles.ordered
    FROM memberships CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE memberships.story IN (?1*) AND articles.ordered <= ?2
    ORDER BY memberships.seq DESC
"""


class Founder(NamedTuple):
    """The article that a story begins with, by when it was published (else first seen)."""

    ordered: int
    seq: int


def founders(reader: Reader, some: Collection[int], until: int | None = None) -> dict[int, Founder]:
    """The founding article of each story.

    As of ``until``, where that article is later, the first of the story's articles that is not;
    a story that has none is left out.
    """
    if not some:
        return {}
    rows = reader.fetch(_FOUNDERS, some)
    found = {seq: Founder(ordered, seq) for seq, ordered in rows if ordered <= end_of(until)}
    if until is not None:
        missing = [story for story in some if story not in found]
        rows = reader.fetch(_FOUNDERS_THEN, missing, until)
        found.update((story, Founder(ordered, seq)) for story, seq, ordered in rows)
    return found
