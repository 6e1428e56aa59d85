"""The editions of a store, and how far its news reaches."""

from __future__ import annotations

from sqlalchemy import func, select

from backstory.model.views import Edition
from backstory.store.schema import articles
from backstory.store.transactions import Reader


def editions(reader: Reader) -> tuple[Edition, ...]:
    rows = reader.execute(
        select(articles.c.country, func.count().label("number"))
        .where(articles.c.country.is_not(None))
        .group_by(articles.c.country)
    )
    found = [Edition(row.country, row.number) for row in rows]
    return tuple(sorted(found, key=lambda e: (-e.article_count, e.country)))


_LOOKED_THROUGH = 1000  # articles among which those with a date are looked for
_NEWEST_TIMES = f"""
    SELECT ordered FROM (
        SELECT ordered, published FROM articles WHERE ordered <= ?1 AND seq <= ?2
        ORDER BY ordered DESC, seq DESC LIMIT {_LOOKED_THROUGH}
    ) AS newest
    WHERE published IS NOT NULL OR ordered <= ?3 LIMIT ?4
"""  # noqa: S608


def newest_times(
    reader: Reader, until: int, last: int, undated_until: int, limit: int
) -> list[int]:
    """When the newest articles not after ``until`` and of numbers up to ``last`` were published.

    Newest first. Those without a date count when they were first seen by ``undated_until``.
    """
    rows = reader.fetch(_NEWEST_TIMES, until, last, undated_until, limit)
    return [ordered for (ordered,) in rows]


def any_after(reader: Reader, moment: int) -> bool:
    """Whether an article was published (else first seen) after a moment."""
    return bool(reader.fetch("SELECT 1 FROM articles WHERE ordered > ? LIMIT 1", moment))
