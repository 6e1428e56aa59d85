"""Export: every article of a store with what was derived, the same bytes for the same store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from backstory.store import articles as kept_articles
from backstory.store import reading, tagging
from backstory.store.database import Store
from backstory.store.schema import articles, enriched, memberships, stories

BATCH = 500  # articles read at once


def export(store: Store) -> Iterator[dict[str, Any]]:
    """Every article in the order of seq, with story, topic, copy_of, tags and summary.

    The same store gives the same objects, key by key, and nothing of when or how it was filled.
    """
    with store.read() as connection:
        last = kept_articles.last_seq(connection)
        for first in range(1, last + 1, BATCH):
            yield from _exported(connection, first, first + BATCH - 1)


def _exported(connection: Connection, first: int, last: int) -> Iterator[dict[str, Any]]:
    rows = connection.execute(
        select(
            articles, enriched.c.summary, enriched.c.language,
            memberships.c.story, memberships.c.copy_of, stories.c.topic,
        )
        .outerjoin(enriched, enriched.c.seq == articles.c.seq)
        .outerjoin(memberships, memberships.c.seq == articles.c.seq)
        .outerjoin(stories, stories.c.story == memberships.c.story)
        .where(articles.c.seq.between(first, last))
        .order_by(articles.c.seq)
    ).all()  # fmt: skip
    named = {number for row in rows for number in (row.story, row.copy_of, row.topic) if number}
    guids = reading.guids(connection, named)
    slugs = tagging.slugs(connection, [row.seq for row in rows])
    for row in rows:
        found = {
            "guid": row.guid,
            "source_guid": row.source_guid,
            "url": row.url,
            "title": row.title,
            "text": row.text or None,
            "summary": row.summary,
            "published": reading.iso(row.published, row.published_precision),
            "updated": reading.iso(row.updated, row.updated_precision),
            "site": row.site,
            "author": row.author,
            "image": row.image,
            "language": row.language or row.given_language,
            "country": row.country,
            "tags": slugs.get(row.seq, []),
            "story": guids.get(row.story),
            "topic": guids.get(row.topic),
            "copy_of": guids.get(row.copy_of),
            "kind": row.kind,
            "paywalled": row.paywalled or None,
            "enclosures": [
                {"url": one.url, "type": one.media_type, "length": one.length}
                for one in kept_articles.enclosures_of(row.enclosures)
            ]
            or None,
        }
        yield {name: value for name, value in found.items() if value is not None}
