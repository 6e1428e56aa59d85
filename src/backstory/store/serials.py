"""Which grouped articles are serial pieces, and what they are told by."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import func, select

from backstory.model.vector import minute_of
from backstory.store.schema import articles, memberships, versions
from backstory.store.transactions import Reader


def titles(reader: Reader, first: int, last: int) -> Iterator[tuple[str, int | None, str]]:
    """Source, minute and title of the articles of these numbers, both ends included.

    The title is the one that each was first seen with: a correction, before or after it was
    grouped, must not change what was learned.
    """
    was = (
        select(versions.c.title)
        .where(versions.c.seq == articles.c.seq)
        .order_by(versions.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = reader.stream(
        select(
            articles.c.domain,
            articles.c.published,
            func.coalesce(was, articles.c.title).label("title"),
        )
        .where(articles.c.seq.between(first, last))
        .order_by(articles.c.seq)
    )
    for row in rows:
        yield row.domain, None if row.published is None else minute_of(row.published), row.title


def marked(reader: Reader, first: int, last: int) -> frozenset[int]:
    """The serial pieces of these numbers, both ends included."""
    rows = reader.execute(
        select(memberships.c.seq).where(
            memberships.c.seq.between(first, last), memberships.c.serial.is_(True)
        )
    )
    return frozenset(rows.scalars())


def among(reader: Reader, seqs: Collection[int]) -> frozenset[int]:
    """Those of these articles that are serial pieces."""
    statement = "SELECT seq FROM memberships WHERE serial AND seq IN (?*)"
    return frozenset(row[0] for row in reader.fetch(statement, seqs))


def newest_but(reader: Reader, last: int, count: int) -> int:
    """The number from which on there are ``count`` articles up to ``last`` that are no serial
    pieces, or 1."""
    found: int | None = reader.execute(
        select(memberships.c.seq)
        .where(memberships.c.seq <= last, memberships.c.serial.is_(False))
        .order_by(memberships.c.seq.desc())
        .limit(1)
        .offset(count - 1)
    ).scalar_one_or_none()
    return found or 1
