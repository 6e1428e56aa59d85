"""What headlines were before, and which stories and topics another one took in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from sqlalchemy import Connection, select

from backstory.store.articles import chunks
from backstory.store.schema import aliases, articles, versions


def earlier_titles(connection: Connection, guids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Headlines that these articles had before, the newest first; articles that had none are
    left out."""
    found: dict[str, list[str]] = {}
    for part in chunks(guids):
        rows = connection.execute(
            select(articles.c.guid, articles.c.title.label("present"), versions.c.title)
            .join(versions, versions.c.seq == articles.c.seq)
            .where(articles.c.guid.in_(part))
            .order_by(versions.c.id.desc())
        )
        for row in rows:
            if row.title and row.title != row.present:
                found.setdefault(row.guid, []).append(row.title)
    return {guid: tuple(dict.fromkeys(titles)) for guid, titles in found.items()}


def taken_in(
    connection: Connection, kind: Literal["story", "topic"], number: int, limit: int
) -> list[int]:
    """The numbers of the stories or topics that were merged into this one, oldest first."""
    rows = connection.execute(
        select(aliases.c.old)
        .where(aliases.c.kind == kind, aliases.c.new == number)
        .order_by(aliases.c.old)
        .limit(limit)
    )
    return list(rows.scalars())
