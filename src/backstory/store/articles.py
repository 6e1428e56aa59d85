"""Acknowledged input: articles, their addresses, their versions."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from backstory.model.article import Article, Enclosure, Moment, PageKind
from backstory.store.schema import addresses, articles, enriched, versions
from backstory.store.transactions import Reader, Writer

CHUNK = 500  # values in one IN (...)


@dataclass(frozen=True, slots=True)
class Kept:
    """What identity is decided by: an article that is there already."""

    seq: int
    guid: str
    title: str
    text: str
    content: bytes
    url: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to take in: ``article`` as it came, and what was decided of it.

    ``url``: its canonical address; ``text``: what it says; ``content``: digest of title and
    text; ``seen``: when it came, in seconds since 1970.
    """

    seq: int
    guid: str
    url: str
    domain: str
    site: str
    country: str | None
    text: str
    content: bytes
    seen: int
    article: Article


@dataclass(frozen=True, slots=True)
class Revision:
    """What an article says from now on, and when its page says that it changed."""

    before: Kept
    title: str
    text: str
    content: bytes
    updated: Moment | None


@dataclass(frozen=True, slots=True)
class Words:
    """What the enrich stage reads of an article: what it said when it was first seen."""

    seq: int
    title: str
    text: str
    given_language: str | None
    given_tags: tuple[str, ...]
    ordered: int


@dataclass(frozen=True, slots=True)
class Unsummarised:
    """A version of an article whose summary does not follow its newer text yet."""

    version: int
    seq: int
    title: str
    text: str
    language: str | None


def chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    rest = list(values)
    for start in range(0, len(rest), CHUNK):
        yield rest[start : start + CHUNK]


def last_seq(reader: Reader) -> int:
    return reader.fetch("SELECT max(seq) FROM articles")[0][0] or 0


def guids(reader: Reader, seqs: Collection[int]) -> dict[int | None, str]:
    statement = "SELECT seq, guid FROM articles WHERE seq IN (?*)"
    return dict(reader.fetch(statement, seqs)) if seqs else {}


def seq_of(reader: Reader, guid: str) -> int | None:
    found = reader.fetch("SELECT seq FROM articles WHERE guid = ?", guid)
    return found[0][0] if found else None


def image_of(reader: Reader, guid: str) -> str | None:
    return reader.execute(
        select(articles.c.image).where(articles.c.guid == guid)
    ).scalar_one_or_none()


def count(reader: Reader) -> int:
    found: int = reader.execute(select(func.count()).select_from(articles)).scalar_one()
    return found


def seqs_of_addresses(reader: Reader, keys: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(keys):
        rows = reader.execute(
            select(addresses.c.address, addresses.c.seq).where(addresses.c.address.in_(part))
        )
        found.update({row.address: row.seq for row in rows})
    return found


def seqs_of_guids(reader: Reader, guids: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunks(guids):
        rows = reader.execute(
            select(articles.c.guid, articles.c.seq).where(articles.c.guid.in_(part))
        )
        found.update({row.guid: row.seq for row in rows})
    return found


def with_source_guids(reader: Reader, guids: Collection[str]) -> Iterator[tuple[int, str, str]]:
    """Articles (seq, domain, guid) that their sources gave one of these guids, by seq."""
    for part in chunks(sorted(guids)):
        rows = reader.execute(
            select(articles.c.seq, articles.c.domain, articles.c.source_guid)
            .where(articles.c.source_guid.in_(part))
            .order_by(articles.c.seq)
            .limit(20 * CHUNK)  # a guid that many articles share says nothing
        )
        yield from ((row.seq, row.domain, row.source_guid) for row in rows)


def with_contents(reader: Reader, contents: Collection[bytes]) -> Iterator[tuple[int, str, bytes]]:
    """Articles (seq, domain, content) that say just this, by seq."""
    for part in chunks(sorted(contents)):
        rows = reader.execute(
            select(articles.c.seq, articles.c.domain, articles.c.content)
            .where(articles.c.content.in_(part))
            .order_by(articles.c.seq)
        )
        yield from ((row.seq, row.domain, row.content) for row in rows)


def _enclosures_text(enclosures: Sequence[Enclosure]) -> str | None:
    """Enclosures as the column of that name holds them; None where there is none."""
    if not enclosures:
        return None
    return json.dumps(
        [[one.url, one.media_type, one.length] for one in enclosures], ensure_ascii=False
    )


def enclosures_of(text: str | None) -> tuple[Enclosure, ...]:
    return tuple(Enclosure(*one) for one in json.loads(text)) if text else ()


class Details(NamedTuple):
    """What an article's own page tells beside its row, as it is stored."""

    author: str | None
    text: str
    updated: int | None
    updated_precision: str | None
    kind: PageKind | None
    paywalled: int | None
    enclosures: str | None
    text_use: str | None  # what its source allows


def article_details(reader: Reader, seq: int) -> Details:
    return Details(*reader.fetch(_DETAILS, seq)[0])


_DETAILS = f"""
    SELECT {", ".join(f"articles.{name}" for name in Details._fields[:-1])}, sources.text_use
    FROM articles LEFT JOIN sources ON sources.domain = articles.domain
    WHERE articles.seq = ?
"""  # noqa: S608


def visits(reader: Reader, keys: Collection[str]) -> dict[str, tuple[int, int]]:
    """When the article at each of these addresses was published (or first seen), and visited."""
    found: dict[str, tuple[int, int]] = {}
    for part in chunks(keys):
        rows = reader.execute(
            select(addresses.c.address, articles.c.ordered, articles.c.visited)
            .join(articles, articles.c.seq == addresses.c.seq)
            .where(addresses.c.address.in_(part))
        )
        found.update({row.address: (row.ordered, row.visited) for row in rows})
    return found


def young(
    reader: Reader, domain: str, now: int, since: int, soonest: int, limit: int
) -> list[Kept]:
    """Articles of a publisher, ordered after ``since``, whose pages are to be looked at again.

    Soon while they are young, ever less often later: whenever they have grown twice as old as
    at the last visit, and not before ``soonest`` seconds are over. The newest first.
    """
    columns = articles.c
    waited = now - columns.visited
    rows = reader.execute(
        select(columns.seq, columns.guid, columns.url, columns.title, columns.text, columns.content)
        .where(
            columns.domain == domain,
            columns.ordered.between(since, now),
            waited >= soonest,
            waited >= columns.visited - columns.ordered,
        )
        .order_by(columns.ordered.desc(), columns.seq.desc())
        .limit(limit)
    )
    return [Kept(row.seq, row.guid, row.title, row.text, row.content, row.url) for row in rows]


def mark_visited(writer: Writer, seqs: Collection[int], at: int) -> None:
    for part in chunks(seqs):
        writer.execute(update(articles).where(articles.c.seq.in_(part)).values(visited=at))


def kept(reader: Reader, seqs: Collection[int]) -> dict[int, Kept]:
    found: dict[int, Kept] = {}
    columns = (
        articles.c.seq, articles.c.guid, articles.c.title, articles.c.text, articles.c.content,
        articles.c.url, articles.c.domain,
    )  # fmt: skip
    for part in chunks(seqs):
        for row in reader.execute(select(*columns).where(articles.c.seq.in_(part))):
            found[row.seq] = Kept(*row)
    return found


def earlier_contents(
    reader: Reader, seqs: Collection[int]
) -> tuple[set[tuple[int, bytes]], set[tuple[int, str]]]:
    """Digests of what these articles said in earlier versions, and their titles then."""
    contents: set[tuple[int, bytes]] = set()
    titles: set[tuple[int, str]] = set()
    for part in chunks(seqs):
        rows = reader.execute(
            select(versions.c.seq, versions.c.content, versions.c.title).where(
                versions.c.seq.in_(part)
            )
        )
        for row in rows:
            contents.add((row.seq, row.content))
            titles.add((row.seq, row.title))
    return contents, titles


def insert(
    writer: Writer,
    new: Sequence[NewArticle],
    keys: Mapping[str, int],
) -> None:
    """New articles and new addresses."""
    if new:
        writer.execute(articles.insert(), [_row(one) for one in new])
    if keys:
        writer.insert_new(addresses, [{"address": key, "seq": seq} for key, seq in keys.items()])


def _row(new: NewArticle) -> dict[str, Any]:
    article = new.article
    published = _seconds(article.published)
    return {
        "seq": new.seq,
        "guid": new.guid,
        "source_guid": article.guid if article.guid != new.guid else None,
        "url": new.url,
        "domain": new.domain,
        "site": new.site,
        "title": article.title,
        "text": new.text,
        "author": article.author,
        "image": article.image,
        "given_language": article.language,
        "country": new.country,
        "given_tags": "\n".join(tag.replace("\n", " ") for tag in article.tags) or None,
        "published": published,
        "published_precision": article.published.precision if article.published else None,
        "updated": _seconds(article.updated),
        "updated_precision": article.updated.precision if article.updated else None,
        "first_seen": new.seen,
        "visited": new.seen,
        "ordered": new.seen if published is None else published,
        "content": new.content,
        "kind": None if article.kind == "article" else article.kind,
        "paywalled": article.paywalled or None,
        "enclosures": _enclosures_text(article.enclosures),
    }


def _seconds(moment: Moment | None) -> int | None:
    return None if moment is None else int(moment.at.timestamp())


def revise(writer: Writer, revision: Revision, seen: int) -> None:
    """Keep what the article said as a version, and let it say something else from now on."""
    before, updated = revision.before, revision.updated
    writer.execute(
        versions.insert(),
        {
            "seq": before.seq,
            "seen": seen,
            "title": before.title,
            "text": before.text,
            "content": before.content,
            "summarised": False,
        },
    )
    changed: dict[str, Any] = {
        "title": revision.title,
        "text": revision.text,
        "content": revision.content,
    }
    if updated is not None:
        changed |= {"updated": _seconds(updated), "updated_precision": updated.precision}
    writer.execute(update(articles).where(articles.c.seq == before.seq).values(**changed))


def words_after(reader: Reader, seq: int, limit: int) -> list[Words]:
    """The next articles behind ``seq``, with the words that each was first seen with."""
    columns = (
        articles.c.seq, articles.c.title, articles.c.text,
        articles.c.given_language, articles.c.given_tags, articles.c.ordered,
    )  # fmt: skip
    rows = reader.execute(
        select(*columns).where(articles.c.seq > seq).order_by(articles.c.seq).limit(limit)
    ).all()
    if not rows:
        return []
    first = _first_versions(reader, rows[0].seq, rows[-1].seq)
    return [_words(row, first.get(row.seq)) for row in rows]


def _first_versions(reader: Reader, first: int, last: int) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    rows = reader.execute(
        select(versions.c.seq, versions.c.title, versions.c.text)
        .where(versions.c.seq.between(first, last))
        .order_by(versions.c.id)
    )
    for row in rows:
        found.setdefault(row.seq, (row.title, row.text))
    return found


def _words(row: Any, first: tuple[str, str] | None) -> Words:
    title, text = first or (row.title, row.text)
    return Words(
        row.seq,
        title,
        text,
        row.given_language,
        tuple(row.given_tags.split("\n")) if row.given_tags else (),
        row.ordered,
    )


def unsummarised(reader: Reader, limit: int) -> list[Unsummarised]:
    """Versions whose article's summary does not follow its newer text yet, oldest first."""
    rows = reader.execute(
        select(versions.c.id, articles.c.seq, articles.c.title, articles.c.text,
               enriched.c.language)
        .join(articles, articles.c.seq == versions.c.seq)
        .join(enriched, enriched.c.seq == versions.c.seq)
        .where(versions.c.summarised.is_(False))
        .order_by(versions.c.id)
        .limit(limit)
    )  # fmt: skip
    return [Unsummarised(*row) for row in rows]


def mark_summarised(writer: Writer, ids: Sequence[int]) -> None:
    if ids:
        writer.execute(
            update(versions).where(versions.c.id == bindparam("b_id")).values(summarised=True),
            [{"b_id": number} for number in ids],
        )
