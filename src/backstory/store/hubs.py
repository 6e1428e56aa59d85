"""Subscriptions to the hubs of feeds, and what the hubs pushed. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, and_, delete, func, or_, select, update

from backstory.model.problems import Problem, to_row
from backstory.store.articles import chunks
from backstory.store.dialects.sqlite import insert_new
from backstory.store.schema import feeds, pushes, subscriptions

RESTING = 12 * 3600  # seconds between two polls of a feed that a hub pushes
MOST_PUSHES = 20  # of one feed that wait for the crawler; more than these say: poll it


def want(connection: Connection, feed: str, topic: str, hub: str, token: str, secret: str) -> None:
    """A feed names a hub: subscribe. A subscription to another hub or topic is given up."""
    connection.execute(
        delete(subscriptions).where(
            subscriptions.c.feed == feed,
            or_(subscriptions.c.hub != hub, subscriptions.c.topic != topic),
        )
    )
    connection.execute(
        insert_new(subscriptions),
        {"token": token, "feed": feed, "topic": topic, "hub": hub, "secret": secret},
    )


def drop(connection: Connection, feed: str) -> None:
    """Know nothing of a feed's hub any more; what it sends from now on is answered by 410."""
    connection.execute(delete(subscriptions).where(subscriptions.c.feed == feed))
    connection.execute(delete(pushes).where(pushes.c.feed == feed))


def move(connection: Connection, old: str, new: str) -> None:
    """A feed's address changed: its subscription goes with it."""
    connection.execute(delete(subscriptions).where(subscriptions.c.feed == new))
    for table in (subscriptions, pushes):
        connection.execute(update(table).where(table.c.feed == old).values(feed=new))


def to_ask(connection: Connection, now: int, patience: int) -> list[RowMapping]:
    """Subscriptions whose hub is to be asked now.

    Those without a lease that were not asked within the last ``patience`` seconds, and those
    whose lease has run for three quarters of the time since it was last asked for.
    """
    table = subscriptions.c
    found = connection.execute(
        select(subscriptions)
        .where(
            or_(
                and_(
                    or_(table.expires.is_(None), table.expires <= now),
                    or_(table.asked.is_(None), table.asked <= now - patience),
                ),
                and_(table.expires > now, 4 * (table.expires - now) <= table.expires - table.asked),
            )
        )
        .order_by(table.feed)
    )
    return list(found.mappings())


def by_token(connection: Connection, token: str) -> RowMapping | None:
    found = connection.execute(select(subscriptions).where(subscriptions.c.token == token))
    return found.mappings().one_or_none()


def keep(
    connection: Connection,
    token: str,
    *,
    asked: int | None = None,
    expires: int | None = None,
    problem: Problem | None = None,
) -> None:
    """What was asked (``asked``), granted (``expires``), or refused (``problem``)."""
    kind, data = to_row(problem)
    changed: dict[str, int | str | None] = {"problem": kind, "problem_data": data}
    if asked is not None:
        changed["asked"] = asked
    if expires is not None:
        changed["expires"] = expires
    connection.execute(
        update(subscriptions).where(subscriptions.c.token == token).values(**changed)
    )


def refuse(connection: Connection, token: str, problem: Problem) -> None:
    """The hub denied the subscription, or ended it."""
    kind, data = to_row(problem)
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.token == token)
        .values(expires=None, problem=kind, problem_data=data)
    )


def rest(connection: Connection, feed: str) -> None:
    """A hub pushes this feed from now on: it need not be polled before half a day is over."""
    connection.execute(
        update(feeds)
        .where(feeds.c.url == feed, feeds.c.last_polled.is_not(None), feeds.c.failures == 0)
        .values(next_poll=feeds.c.last_polled + RESTING)
    )


def leases(connection: Connection, urls: Collection[str] | None = None) -> dict[str, int]:
    """When the lease of each feed that a hub pushes ends."""
    query = select(subscriptions.c.feed, subscriptions.c.expires).where(
        subscriptions.c.expires.is_not(None)
    )
    parts = [None] if urls is None else list(chunks(sorted(urls)))
    found: dict[str, int] = {}
    for part in parts:
        narrowed = query if part is None else query.where(subscriptions.c.feed.in_(part))
        found.update({row.feed: row.expires for row in connection.execute(narrowed)})
    return found


def push(
    connection: Connection, feed: str, received: int, content_type: str | None, body: bytes
) -> None:
    """Keep what a hub sent for the crawler; if too much waits already, let the feed be polled."""
    waiting = connection.execute(
        select(func.count()).select_from(pushes).where(pushes.c.feed == feed)
    ).scalar_one()
    if waiting >= MOST_PUSHES:
        connection.execute(update(feeds).where(feeds.c.url == feed).values(next_poll=received))
        return
    connection.execute(
        pushes.insert(),
        {"feed": feed, "received": received, "content_type": content_type, "body": body},
    )


def pushed(connection: Connection) -> list[RowMapping]:
    """What waits for the crawler, in the order that it came."""
    return list(connection.execute(select(pushes).order_by(pushes.c.id)).mappings())


def taken(connection: Connection, number: int) -> None:
    """A push that was worked off."""
    connection.execute(delete(pushes).where(pushes.c.id == number))
