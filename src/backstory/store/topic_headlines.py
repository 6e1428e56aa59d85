"""What topics are named from: headlines, and how common their terms are among all articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from backstory.store.enriched import last_epoch
from backstory.store.transactions import Reader


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    language: str | None
    site: str


def headlines(reader: Reader, seqs: Collection[int]) -> dict[int, Headline]:
    rows = reader.fetch(_HEADLINES, seqs)
    return {seq: Headline(*told) for seq, *told in rows}


_HEADLINES = """
    SELECT articles.seq, articles.title, enriched.language, articles.site
    FROM articles JOIN enriched ON enriched.seq = articles.seq
    WHERE articles.seq IN (?*)
"""
_TERMS = """
    SELECT term, df, upper, lower FROM terms
    WHERE df > 0 AND term IN (?*)
"""


def term_counts(reader: Reader, terms: Collection[str]) -> list[tuple[str, float, int, int]]:
    """Of terms that were counted by the last epoch: the term, the share of articles that have
    it, and how often it stands in mid-sentence with a capital and without."""
    if not terms:
        return []
    documents = max(1, last_epoch(reader).documents)
    rows = reader.fetch(_TERMS, terms)
    return [(term, min(1.0, count / documents), upper, lower) for term, count, upper, lower in rows]
