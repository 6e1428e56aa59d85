"""The publishers of an archive, with how much there is of each."""

from __future__ import annotations

from sqlalchemy import func, select

from backstory.model.views import SourceView
from backstory.store.schema import articles, sources
from backstory.store.transactions import Reader


def largest(reader: Reader, limit: int) -> tuple[SourceView, ...]:
    """Publishers with articles, those with most first."""
    number = func.count().label("number")
    counted = (
        select(articles.c.domain, number)
        .group_by(articles.c.domain)
        .order_by(number.desc(), articles.c.domain)
        .limit(limit)
        .subquery()
    )
    rows = reader.execute(
        select(counted.c.domain, counted.c.number, sources)
        .outerjoin(sources, sources.c.domain == counted.c.domain)
        .order_by(counted.c.number.desc(), counted.c.domain)
    ).mappings()
    return tuple(
        SourceView(
            row[counted.c.domain], row[sources.c.name] or row[counted.c.domain],
            row[sources.c.home], row[sources.c.country], row[sources.c.language],
            row[counted.c.number],
        )
        for row in rows
    )  # fmt: skip
