"""What the enrich stage made: languages, summaries, vectors, tags, and the counts behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import and_, bindparam, func, select, update

from backstory.model.tag import Tag, TagKind
from backstory.model.vector import Item, TermCounts, Vector, minute_of
from backstory.store.articles import chunks
from backstory.store.schema import (
    article_tags,
    articles,
    enriched,
    epochs,
    meanings,
    named_days,
    tags,
    terms,
)
from backstory.store.transactions import Reader, Writer

_BYTES = 7  # a term of a vector: int32, int16, uint8


@dataclass(frozen=True, slots=True)
class EnrichedRow:
    """What the enrich stage made of an article.

    ``ordered``: the time by which lists are in order, seconds since 1970. ``named_days``: days
    since 1970. ``tags``: their numbers, the most telling first.
    """

    seq: int
    ordered: int
    language: str | None
    summary: str
    length: int
    vector: Vector
    fingerprint: bytes
    named_days: tuple[int, ...]
    tags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Epoch:
    number: int
    seq: int  # the last article that the counts include
    documents: int


def pack(vector: Vector) -> bytes:
    return vector.terms.tobytes() + vector.weights.tobytes() + vector.flags.tobytes()


def unpack(packed: bytes, epoch: int, bigrams: bytes = b"") -> Vector:
    size = len(packed) // _BYTES
    return Vector(
        np.frombuffer(packed, np.int32, size),
        np.frombuffer(packed, np.int16, size, 4 * size),
        np.frombuffer(packed, np.uint8, size, 6 * size),
        epoch,
        np.frombuffer(bigrams, np.uint32),
    )


def insert(
    writer: Writer, rows: Sequence[EnrichedRow], new_tags: Sequence[tuple[int, Tag]]
) -> None:
    """Articles that were enriched; tags that are new, with their numbers."""
    if rows:
        writer.execute(enriched.insert(), [_enriched(row) for row in rows])
    if new_tags:
        writer.execute(
            tags.insert(),
            [{"id": n, "slug": t.slug, "name": t.name, "kind": t.kind} for n, t in new_tags],
        )
    tagged = [
        {"seq": row.seq, "position": position, "tag": tag, "ordered": row.ordered}
        for row in rows
        for position, tag in enumerate(row.tags)
    ]
    if tagged:
        writer.execute(article_tags.insert(), tagged)
    dated = [
        {"seq": row.seq, "days": np.array(row.named_days, "<i4").tobytes()}
        for row in rows
        if row.named_days
    ]
    if dated:
        writer.execute(named_days.insert(), dated)


def _enriched(row: EnrichedRow) -> dict[str, object]:
    return {
        "seq": row.seq,
        "language": row.language,
        "summary": row.summary,
        "length": row.length,
        "epoch": row.vector.epoch,
        "vector": pack(row.vector),
        "bigrams": row.vector.bigrams.tobytes(),
        "fingerprint": row.fingerprint,
    }


def keep_meanings(writer: Writer, embedder: str, vectors: Mapping[int, NDArray[np.int8]]) -> None:
    """The vectors that an embedder made of articles."""
    if vectors:
        writer.execute(
            meanings.insert(),
            [
                {"seq": seq, "embedder": embedder, "vector": vector.tobytes()}
                for seq, vector in vectors.items()
            ],
        )


def named_days_of(reader: Reader, seqs: Collection[int]) -> dict[int, list[int]]:
    statement = "SELECT seq, days FROM named_days WHERE seq IN (?*)"
    return {seq: np.frombuffer(days, "<i4").tolist() for seq, days in reader.fetch(statement, seqs)}


def keep_terms(writer: Writer, new: Iterable[tuple[int, str]], counts: NDArray[np.int32]) -> None:
    """New terms with no counts yet; then, where an epoch ended, the counts as of its end: rows
    of a term's number, articles, mid-sentence lower and upper case."""
    fresh = [{"id": n, "term": t, "df": 0, "lower": 0, "upper": 0} for n, t in new]
    if fresh:
        writer.execute(terms.insert(), fresh)
    number, *counted = (column.tolist() for column in counts.T)
    statement = "UPDATE terms SET df = ?, lower = ?, upper = ? WHERE id = ?"
    writer.execute_many(statement, zip(*counted, number, strict=True))


def keep_epoch(writer: Writer, epoch: Epoch) -> None:
    """The last epoch that ended; the counts of earlier ones are not kept."""
    writer.execute(epochs.delete())
    writer.execute(
        epochs.insert(),
        {"number": epoch.number, "seq": epoch.seq, "documents": epoch.documents},
    )


def last_epoch(reader: Reader) -> Epoch:
    statement = "SELECT number, seq, documents FROM epochs ORDER BY number DESC LIMIT 1"
    rows = reader.fetch(statement)
    return Epoch(*rows[0]) if rows else Epoch(0, 0, 0)


def all_terms(reader: Reader) -> Iterator[TermCounts]:
    for row in reader.execute(select(terms).order_by(terms.c.id)):
        yield TermCounts(row.id, row.term, row.df, row.lower, row.upper)


def term_words(reader: Reader, ids: Iterable[int]) -> dict[int, str]:
    statement = "SELECT id, term FROM terms WHERE id IN (?*)"
    return dict(reader.fetch(statement, ids))


def tag_count(reader: Reader) -> int:
    """The number of the newest tag: they are numbered from 1, none left out."""
    return reader.execute(select(func.max(tags.c.id))).scalar_one() or 0


def tags_of_slugs(reader: Reader, slugs: Iterable[str]) -> dict[str, tuple[int, Tag]]:
    """Those of these tags that are there, with their numbers, by slug."""
    found: dict[str, tuple[int, Tag]] = {}
    for part in chunks(set(slugs)):
        for row in reader.execute(select(tags).where(tags.c.slug.in_(part))):
            found[row.slug] = (row.id, Tag(row.slug, row.name, cast(TagKind, row.kind)))
    return found


def resummarise(writer: Writer, summaries: Mapping[int, str]) -> None:
    if summaries:
        writer.execute(
            update(enriched).where(enriched.c.seq == bindparam("b_seq")).values(
                summary=bindparam("b_summary")
            ),
            [{"b_seq": seq, "b_summary": summary} for seq, summary in summaries.items()],
        )  # fmt: skip


def last_seq(reader: Reader) -> int:
    return reader.execute(select(func.max(enriched.c.seq))).scalar_one() or 0


_ITEM = (
    enriched.c.seq, enriched.c.vector, enriched.c.bigrams, enriched.c.epoch, enriched.c.language,
    enriched.c.length, articles.c.published, articles.c.published_precision, articles.c.domain,
)  # fmt: skip


def _item(row: Any, meaning: bytes | None) -> Item:
    return Item(
        row.seq,
        unpack(row.vector, row.epoch, row.bigrams),
        None if row.published is None else minute_of(row.published),
        row.published_precision == "day",
        row.language or "",
        row.domain,
        row.length,
        None if meaning is None else np.frombuffer(meaning, np.int8),
    )


def items(reader: Reader, first: int, last: int, embedder: str | None = None) -> Iterator[Item]:
    """The articles of these numbers as the group stage sees them, both ends included.
    ``embedder``: whose vectors they bring along."""
    asked = (
        select(*_ITEM)
        .join(articles, articles.c.seq == enriched.c.seq)
        .where(enriched.c.seq.between(first, last))
        .order_by(enriched.c.seq)
    )
    if embedder is not None:
        asked = asked.add_columns(meanings.c.vector.label("meaning")).outerjoin(
            meanings, and_(meanings.c.seq == enriched.c.seq, meanings.c.embedder == embedder)
        )
    for row in reader.stream(asked):
        yield _item(row, None if embedder is None else row.meaning)


def fingerprints(reader: Reader, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    rows = reader.execute(
        select(enriched.c.seq, enriched.c.fingerprint)
        .where(enriched.c.seq.between(first, last))
        .order_by(enriched.c.seq)
    )
    for row in rows:
        yield row.seq, row.fingerprint
