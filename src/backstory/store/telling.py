"""What topics are named from: headlines, and how common their terms are among all articles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from backstory.store.articles import chunks
from backstory.store.enriched import last_epoch, unpack
from backstory.store.schema import articles, enriched, terms
from backstory.values import NAME, TITLE


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Of a term: the share of articles that have it, and how often it stands in mid-sentence
    with a capital and without."""

    share: float
    upper: int
    lower: int


def headlines(connection: Connection, seqs: Collection[int]) -> dict[int, Headline]:
    found: dict[int, Headline] = {}
    for part in chunks(seqs):
        rows = connection.execute(
            select(articles.c.seq, articles.c.title, enriched.c.language)
            .join(enriched, enriched.c.seq == articles.c.seq)
            .where(articles.c.seq.in_(part))
        )
        found.update({row.seq: Headline(row.title, row.language) for row in rows})
    return found


def term_counts(connection: Connection, seqs: Collection[int]) -> dict[str, Counts]:
    """Of the terms of these articles that stand in a title or are names, as of the last epoch."""
    ids: list[np.ndarray[tuple[int], np.dtype[np.int32]]] = []
    for part in chunks(seqs):
        rows = connection.execute(select(enriched.c.vector).where(enriched.c.seq.in_(part)))
        for row in rows:
            vector = unpack(row.vector, 0)
            ids.append(vector.terms[(vector.flags & (TITLE | NAME)) != 0])
    if not ids:
        return {}
    documents = max(1, last_epoch(connection).documents)
    found: dict[str, Counts] = {}
    for part in chunks(np.unique(np.concatenate(ids)).tolist()):
        rows = connection.execute(select(terms).where(terms.c.id.in_(part)))
        for row in rows:
            found[row.term] = Counts(min(1.0, row.df / documents), row.upper, row.lower)
    return found
