"""Export: every article of a store with what was derived, the same bytes for the same store."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backstory.store.articles import last_seq
from backstory.store.database import Store
from backstory.store.exporting import WholeArticle, whole_articles

BATCH = 500  # articles read at once


def export(store: Store) -> Iterator[dict[str, Any]]:
    """Every article in the order of seq, with story, topic, copy_of, tags and summary.

    The same store gives the same objects, key by key, and nothing of when or how it was filled.
    """
    with store.read() as reader:
        for first in range(1, last_seq(reader) + 1, BATCH):
            yield from map(_line, whole_articles(reader, first, first + BATCH - 1))


def _line(article: WholeArticle) -> dict[str, Any]:
    """An article as a line of JSONL tells it: what it has nothing to say of is left out."""
    found = {
        "guid": article.guid,
        "source_guid": article.source_guid,
        "url": article.url,
        "title": article.title,
        "text": article.text or None,
        "summary": article.summary,
        "published": article.published.iso() if article.published else None,
        "updated": article.updated.iso() if article.updated else None,
        "site": article.site,
        "author": article.author,
        "image": article.image,
        "language": article.language,
        "country": article.country,
        "tags": list(article.tags),
        "story": article.story,
        "topic": article.topic,
        "copy_of": article.copy_of,
        "kind": article.kind,
        "paywalled": article.paywalled or None,
        "enclosures": [
            {"url": one.url, "type": one.media_type, "length": one.length}
            for one in article.enclosures
        ]
        or None,
    }
    return {name: value for name, value in found.items() if value is not None}
