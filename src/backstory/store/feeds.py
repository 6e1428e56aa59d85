"""The feeds of a store, and how it stands with each. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from backstory.model.problems import Problem
from backstory.store import hubs
from backstory.store.articles import seqs_of_addresses
from backstory.store.problem_rows import from_row, to_row
from backstory.store.schema import addresses, feeds
from backstory.store.transactions import Reader, Writer

LONGEST_WAIT = 8 * 24 * 3600  # seconds that a feed may be left alone, whatever its server asks


@dataclass(frozen=True, slots=True)
class FeedRow:
    """A feed as it is kept. ``credentials``: name:password that it is asked for with;
    ``articles``: how many it brought.
    """

    url: str
    title: str = ""
    source: str = ""
    country: str | None = None
    language: str | None = None
    etag: str | None = None
    modified: str | None = None
    last_polled: int | None = None
    next_poll: int | None = None
    interval: int | None = None  # seconds
    failures: int = 0
    problem: Problem | None = None
    ended: bool = False
    domain: str | None = None
    last_new: int | None = None
    credentials: str | None = field(default=None, repr=False)
    articles: int = 0


_PLAIN = [one.name for one in fields(FeedRow) if one.name != "problem"]
_COLUMNS = [feeds.c.problem, feeds.c.problem_data, *(feeds.c[name] for name in _PLAIN)]


def _values(row: FeedRow) -> dict[str, Any]:
    """What is written of a row: articles are counted where they come in."""
    values = {name: getattr(row, name) for name in _PLAIN if name != "articles"}
    values["problem"], values["problem_data"] = to_row(row.problem)
    return values


def _rows(reader: Reader, statement: Select[Any]) -> list[FeedRow]:
    return [
        FeedRow(problem=from_row(kind, data), **dict(zip(_PLAIN, plain, strict=True)))
        for kind, data, *plain in reader.execute(statement)
    ]


def add(writer: Writer, rows: Iterable[FeedRow]) -> int:
    """New feeds; those whose address is there already are left alone. How many were new."""
    return sum(writer.insert_new(feeds, _values(row)) for row in rows)


def set_credentials(writer: Writer, url: str, credentials: str) -> None:
    """Let a feed that is there be asked for with these, and soon."""
    writer.execute(
        update(feeds)
        .where(feeds.c.url == url)
        .values(credentials=credentials, next_poll=None, ended=False)
    )


def remove(writer: Writer, url: str) -> bool:
    """Whether there was such a feed. Its articles stay."""
    hubs.drop(writer, url)
    return writer.execute(feeds.delete().where(feeds.c.url == url)).rowcount > 0


def every(reader: Reader) -> list[FeedRow]:
    return _rows(reader, select(*_COLUMNS).order_by(feeds.c.id))


def due(reader: Reader, now: int) -> list[FeedRow]:
    """Feeds that are to be polled by now, the longest due first."""
    statement = (
        select(*_COLUMNS)
        .where(
            feeds.c.ended.is_(False),
            or_(
                feeds.c.next_poll.is_(None),
                feeds.c.next_poll <= now,
                # Further ahead than anything may ask for: a clock was wrong.
                feeds.c.next_poll > now + LONGEST_WAIT,
            ),
        )
        .order_by(feeds.c.next_poll, feeds.c.id)
    )
    return _rows(reader, statement)


def last_new(reader: Reader) -> int | None:
    """When a feed last brought something; None where none ever did."""
    found: int | None = reader.execute(select(func.max(feeds.c.last_new))).scalar_one()
    return found


def keep(writer: Writer, url: str, state: FeedRow) -> None:
    """How it stands with the feed that was polled at ``url`` (it may have moved since)."""
    moved = state.url != url
    taken = moved and writer.execute(select(feeds.c.id).where(feeds.c.url == state.url)).first()
    if taken:  # it moved to the address of a feed that is polled already
        remove(writer, url)
        return
    if moved:
        hubs.move(writer, url, state.url)
    writer.execute(update(feeds).where(feeds.c.url == url).values(**_values(state)))


def count_new(writer: Writer, url: str, new: int) -> None:
    """So many articles came by this feed."""
    writer.execute(update(feeds).where(feeds.c.url == url).values(articles=feeds.c.articles + new))


def keep_addresses(writer: Writer, pairs: Iterable[tuple[str, str]]) -> None:
    """Let a key that a feed gave lead where the key of the article's own address leads."""
    wanted = list(pairs)
    known = seqs_of_addresses(writer, {own for _, own in wanted})
    rows = [{"address": given, "seq": known[own]} for given, own in wanted if own in known]
    if rows:
        writer.insert_new(addresses, rows)
