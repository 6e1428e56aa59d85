"""What topics are named from: headlines, and how common their terms are among all articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from backstory.store.dialects.sqlite import fetch, numbers
from backstory.store.enriched import last_epoch


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    language: str | None
    site: str


def headlines(connection: Connection, seqs: Collection[int]) -> dict[int, Headline]:
    rows = fetch(connection, _HEADLINES, numbers(seqs))
    return {seq: Headline(*told) for seq, *told in rows}


_HEADLINES = """
    SELECT articles.seq, articles.title, enriched.language, articles.site
    FROM articles JOIN enriched ON enriched.seq = articles.seq
    WHERE articles.seq IN (SELECT value FROM json_each(?))
"""
_TERMS = """
    SELECT term, df, upper, lower FROM terms
    WHERE df > 0 AND term IN (SELECT value FROM json_each(?))
"""


def term_counts(
    connection: Connection, terms: Collection[str]
) -> list[tuple[str, float, int, int]]:
    """Of terms that were counted by the last epoch: the term, the share of articles that have
    it, and how often it stands in mid-sentence with a capital and without."""
    if not terms:
        return []
    documents = max(1, last_epoch(connection).documents)
    rows = fetch(connection, _TERMS, numbers(terms))
    return [(term, min(1.0, count / documents), upper, lower) for term, count, upper, lower in rows]
