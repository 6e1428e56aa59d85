"""Subscribe to the hubs of feeds, and take what they send: WebSub over the store."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from backstory.collect import websub
from backstory.model.errors import FetchError
from backstory.model.problems import Kind, Problem, Report, problem
from backstory.store import hubs
from backstory.store.database import Store
from backstory.store.hubs import Subscription
from backstory.web.fetcher import Fetcher

PLACE = "/websub/"  # of callbacks, below the address that readers reach this instance by
PATIENCE = 6 * 3600  # seconds until a hub that did not answer is asked again
_BELIEVED = 24 * 3600  # seconds after asking in which a hub's question is awaited


async def subscribe(
    store: Store, fetcher: Fetcher, base_url: str, tell: Callable[[Report], None], now: datetime
) -> int:
    """Ask the hubs of all feeds that have no lease, or one that is about to end. How many.

    ``base_url``: how the hubs reach this instance.
    """
    moment = int(now.timestamp())
    with store.read() as reader:
        wanted = hubs.to_ask(reader, moment, PATIENCE)
    if not wanted:
        return 0

    def note(token: str, asked: int | None, told: Problem | None) -> None:
        with store.write() as writer:
            hubs.keep(writer, token, asked=asked, problem=told)

    async def ask(row: Subscription) -> None:
        # First, as the hub asks back before it answers.
        await asyncio.to_thread(note, row.token, moment, None)
        callback = base_url.rstrip("/") + PLACE + row.token
        try:
            form = websub.subscription(row.topic, callback, row.secret)
            await fetcher.post(row.hub, form)
        except FetchError as error:
            await asyncio.to_thread(note, row.token, None, error.problem)
            tell(Report((row.feed,), problem(Kind.HUB, error.problem, hub=row.hub)))

    await asyncio.gather(*map(ask, wanted))
    return len(wanted)


def confirm(
    store: Store, token: str, mode: str, topic: str, lease: str | None, now: datetime
) -> bool:
    """A hub asks whether we mean it (section 5.3): only what we asked for lately is confirmed."""
    moment = int(now.timestamp())
    with store.write() as writer:
        row = hubs.by_token(writer, token)
        if row is None or row.topic != topic or mode != "subscribe":
            return False
        if row.asked is None or moment - row.asked > _BELIEVED:
            return False
        hubs.keep(writer, token, expires=moment + websub.lease(lease))
        hubs.rest(writer, row.feed)
    return True


def deny(store: Store, token: str, reason: str) -> None:
    """A hub says that it will not push (section 5.2); the feed is polled as any other."""
    said = " ".join(reason.split())[:200]
    with store.write() as writer:
        hubs.refuse(writer, token, problem(Kind.HUB_REFUSES, reason=said))


def receive(
    store: Store,
    token: str,
    content_type: str | None,
    body: bytes,
    signature: str | None,
    now: datetime,
) -> bool:
    """What a hub pushed: kept for the crawler if it is signed, dropped without a word if not.

    False: there is no such subscription (any more).
    """
    with store.read() as reader:
        row = hubs.by_token(reader, token)
    if row is None:
        return False
    if row.expires is not None and websub.is_signed(row.secret, signature, body):
        with store.write() as writer:
            hubs.push(writer, row.feed, int(now.timestamp()), content_type, body)
    return True
