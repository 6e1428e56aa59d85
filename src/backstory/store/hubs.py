"""Subscriptions to the hubs of feeds, and what the hubs pushed. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

from sqlalchemy import and_, delete, func, or_, select, update

from backstory.model.problems import Problem
from backstory.store.articles import chunks
from backstory.store.problem_rows import to_row
from backstory.store.schema import feeds, pushes, subscriptions
from backstory.store.transactions import Reader, Writer

RESTING = 12 * 3600  # seconds between two polls of a feed that a hub pushes
MOST_PUSHES = 20  # of one feed that wait for the crawler; more than these say: poll it


@dataclass(frozen=True, slots=True)
class Subscription:
    """``topic``: the feed's address as its hub knows it; ``asked``: when the hub was last asked;
    ``expires``: the lease's end, once it is verified."""

    token: str
    feed: str
    topic: str
    hub: str
    secret: str
    asked: int | None
    expires: int | None


@dataclass(frozen=True, slots=True)
class Push:
    """What a hub sent and the crawler has not read yet."""

    id: int
    feed: str
    content_type: str | None
    body: bytes


_SUBSCRIPTION = [subscriptions.c[one.name] for one in fields(Subscription)]
_PUSH = [pushes.c[one.name] for one in fields(Push)]


def want(writer: Writer, feed: str, topic: str, hub: str, token: str, secret: str) -> None:
    """A feed names a hub: subscribe. A subscription to another hub or topic is given up."""
    writer.execute(
        delete(subscriptions).where(
            subscriptions.c.feed == feed,
            or_(subscriptions.c.hub != hub, subscriptions.c.topic != topic),
        )
    )
    writer.insert_new(
        subscriptions,
        {"token": token, "feed": feed, "topic": topic, "hub": hub, "secret": secret},
    )


def drop(writer: Writer, feed: str) -> None:
    """Know nothing of a feed's hub any more; what it sends from now on is answered by 410."""
    writer.execute(delete(subscriptions).where(subscriptions.c.feed == feed))
    writer.execute(delete(pushes).where(pushes.c.feed == feed))


def move(writer: Writer, old: str, new: str) -> None:
    """A feed's address changed: its subscription goes with it."""
    writer.execute(delete(subscriptions).where(subscriptions.c.feed == new))
    for table in (subscriptions, pushes):
        writer.execute(update(table).where(table.c.feed == old).values(feed=new))


def to_ask(reader: Reader, now: int, patience: int) -> list[Subscription]:
    """Subscriptions whose hub is to be asked now.

    Those without a lease that were not asked within the last ``patience`` seconds, and those
    whose lease has run for three quarters of the time since it was last asked for.
    """
    table = subscriptions.c
    found = reader.execute(
        select(*_SUBSCRIPTION)
        .where(
            or_(
                and_(
                    or_(table.expires.is_(None), table.expires <= now),
                    or_(table.asked.is_(None), table.asked <= now - patience, table.asked > now),
                ),
                and_(table.expires > now, 4 * (table.expires - now) <= table.expires - table.asked),
            )
        )
        .order_by(table.feed)
    )
    return [Subscription(*row) for row in found]


def by_token(reader: Reader, token: str) -> Subscription | None:
    row = reader.execute(select(*_SUBSCRIPTION).where(subscriptions.c.token == token)).first()
    return None if row is None else Subscription(*row)


def keep(
    writer: Writer,
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
    writer.execute(update(subscriptions).where(subscriptions.c.token == token).values(**changed))


def refuse(writer: Writer, token: str, problem: Problem) -> None:
    """The hub denied the subscription, or ended it."""
    kind, data = to_row(problem)
    writer.execute(
        update(subscriptions)
        .where(subscriptions.c.token == token)
        .values(expires=None, problem=kind, problem_data=data)
    )


def rest(writer: Writer, feed: str) -> None:
    """A hub pushes this feed from now on: it need not be polled before half a day is over."""
    writer.execute(
        update(feeds)
        .where(feeds.c.url == feed, feeds.c.last_polled.is_not(None), feeds.c.failures == 0)
        .values(next_poll=feeds.c.last_polled + RESTING)
    )


def leases(reader: Reader, urls: Collection[str] | None = None) -> dict[str, int]:
    """When the lease of each feed that a hub pushes ends."""
    query = select(subscriptions.c.feed, subscriptions.c.expires).where(
        subscriptions.c.expires.is_not(None)
    )
    parts = [None] if urls is None else list(chunks(sorted(urls)))
    found: dict[str, int] = {}
    for part in parts:
        narrowed = query if part is None else query.where(subscriptions.c.feed.in_(part))
        found.update({row.feed: row.expires for row in reader.execute(narrowed)})
    return found


def push(writer: Writer, feed: str, received: int, content_type: str | None, body: bytes) -> None:
    """Keep what a hub sent for the crawler; if too much waits already, let the feed be polled."""
    waiting = writer.execute(
        select(func.count()).select_from(pushes).where(pushes.c.feed == feed)
    ).scalar_one()
    if waiting >= MOST_PUSHES:
        writer.execute(update(feeds).where(feeds.c.url == feed).values(next_poll=received))
        return
    writer.execute(
        pushes.insert(),
        {"feed": feed, "received": received, "content_type": content_type, "body": body},
    )


def pushed(reader: Reader) -> list[Push]:
    """What waits for the crawler, in the order that it came."""
    return [Push(*row) for row in reader.execute(select(*_PUSH).order_by(pushes.c.id))]


def taken(writer: Writer, number: int) -> None:
    """A push that was worked off."""
    writer.execute(delete(pushes).where(pushes.c.id == number))
