"""The feeds of a store, and how it stands with each. Times are seconds since 1970, UTC."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, func, or_, select, update

from backstory.model.article import TextUse
from backstory.store import hubs
from backstory.store.articles import chunks, seqs_of_addresses
from backstory.store.dialects.sqlite import insert_new, upsert
from backstory.store.schema import addresses, feeds, sources


def add(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> int:
    """New feeds; those whose address is there already are left alone. How many were new."""
    count = 0
    for row in rows:
        count += connection.execute(insert_new(feeds), dict(row)).rowcount
    return count


def remove(connection: Connection, url: str) -> bool:
    """Whether there was such a feed. Its articles stay."""
    hubs.drop(connection, url)
    return connection.execute(feeds.delete().where(feeds.c.url == url)).rowcount > 0


def every(connection: Connection) -> list[RowMapping]:
    return list(connection.execute(select(feeds).order_by(feeds.c.id)).mappings())


def due(connection: Connection, now: int) -> list[RowMapping]:
    """Feeds that are to be polled by now, the longest due first."""
    return list(
        connection.execute(
            select(feeds)
            .where(
                feeds.c.ended.is_(False),
                or_(feeds.c.next_poll.is_(None), feeds.c.next_poll <= now),
            )
            .order_by(feeds.c.next_poll, feeds.c.id)
        ).mappings()
    )


def last_new(connection: Connection) -> int | None:
    """When a feed last brought something; None where none ever did."""
    found: int | None = connection.execute(select(func.max(feeds.c.last_new))).scalar_one()
    return found


def keep(connection: Connection, url: str, state: Mapping[str, Any]) -> None:
    """How it stands with the feed that was polled at ``url`` (it may have moved since)."""
    moved = state["url"] != url
    taken = (
        moved and connection.execute(select(feeds.c.id).where(feeds.c.url == state["url"])).first()
    )
    if taken:  # it moved to the address of a feed that is polled already
        remove(connection, url)
        return
    if moved:
        hubs.move(connection, url, state["url"])
    connection.execute(update(feeds).where(feeds.c.url == url).values(**state))


def count_new(connection: Connection, url: str, new: int) -> None:
    """So many articles came by this feed."""
    connection.execute(
        update(feeds).where(feeds.c.url == url).values(articles=feeds.c.articles + new)
    )


def keep_home(connection: Connection, domain: str, home: str) -> None:
    """The publisher's home page, where none is known yet."""
    connection.execute(
        update(sources)
        .where(sources.c.domain == domain, sources.c.home.is_(None))
        .values(home=home)
    )


def text_uses(connection: Connection, domains: Collection[str]) -> dict[str, TextUse]:
    """What may be done with the text of these publishers, where a setting says so."""
    found: dict[str, TextUse] = {}
    for part in chunks(sorted(domains)):
        rows = connection.execute(
            select(sources.c.domain, sources.c.text_use).where(
                sources.c.domain.in_(part), sources.c.text_use.is_not(None)
            )
        )
        found.update({row.domain: cast(TextUse, row.text_use) for row in rows})
    return found


def is_source(connection: Connection, domain: str) -> bool:
    """Whether a publisher is known by its registrable domain."""
    return connection.scalar(select(sources.c.domain).where(sources.c.domain == domain)) is not None


def set_text_use(connection: Connection, domain: str, name: str, use: TextUse | None) -> None:
    """Set what may be done with a publisher's text; None is the default again."""
    connection.execute(
        upsert(sources, ["domain"], ["text_use"]),
        {"domain": domain, "name": name or domain, "text_use": use},
    )


def keep_addresses(connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
    """Let a key that a feed gave lead where the key of the article's own address leads."""
    wanted = list(pairs)
    known = seqs_of_addresses(connection, {own for _, own in wanted})
    rows = [{"address": given, "seq": known[own]} for given, own in wanted if own in known]
    if rows:
        connection.execute(insert_new(addresses), rows)
