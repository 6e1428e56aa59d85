"""What topics are named from: headlines, and how common their terms are among all articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from backstory.model.vector import NAME, TITLE
from backstory.store.dialects.sqlite import fetch, numbers
from backstory.store.enriched import last_epoch, unpack


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
_VECTORS = "SELECT vector FROM enriched WHERE seq IN (SELECT value FROM json_each(?))"
_TERMS = "SELECT id, term, df, upper, lower FROM terms WHERE id IN (SELECT value FROM json_each(?))"


def title_terms(connection: Connection, seqs: Collection[int]) -> list[int]:
    """The numbers of the terms of these articles that stand in a title or are names."""
    ids: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
    for (packed,) in fetch(connection, _VECTORS, numbers(seqs)):
        vector = unpack(packed, 0)
        ids.append(vector.terms[(vector.flags & (TITLE | NAME)) != 0])
    found: list[int] = np.unique(np.concatenate(ids)).tolist() if ids else []
    return found


def term_counts(
    connection: Connection, terms: Collection[int]
) -> list[tuple[int, str, float, int, int]]:
    """Of terms, as of the last epoch: number, word, the share of articles that have it, and how
    often it stands in mid-sentence with a capital and without."""
    if not terms:
        return []
    documents = max(1, last_epoch(connection).documents)
    rows = fetch(connection, _TERMS, numbers(terms))
    return [
        (number, term, min(1.0, count / documents), upper, lower)
        for number, term, count, upper, lower in rows
    ]
