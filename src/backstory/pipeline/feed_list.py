"""The feeds of a store, as somebody keeps them: added, removed, listed, their texts' use set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backstory.collect.poll import FeedState
from backstory.model.article import TextUse
from backstory.pipeline.crawling import row_of, state_of
from backstory.store import feeds as kept
from backstory.store import publishers
from backstory.store.database import Store
from backstory.web.addresses import Address, apart


@dataclass(frozen=True, slots=True)
class Publisher:
    """``known``: whether the store has a feed or an article of it."""

    domain: str
    known: bool


def add_feeds(store: Store, states: Iterable[FeedState]) -> int:
    """How many of them were new. To one that is there already the credentials are given that it
    comes with now: it is polled with them next."""
    rows = [row_of(state) for state in states]
    with store.write() as writer:
        for row in rows:
            if row.credentials:
                kept.set_credentials(writer, row.url, row.credentials)
        return kept.add(writer, rows)


def remove_feed(store: Store, url: str) -> bool:
    """Poll it no more; its articles stay. Whether there was one of this address."""
    bare, _ = apart(url)
    with store.write() as writer:
        return kept.remove(writer, bare)


def all_feeds(store: Store) -> list[FeedState]:
    with store.read() as reader:
        return [state_of(row) for row in kept.every(reader)]


def set_text_use(store: Store, address: str, use: TextUse | None) -> Publisher:
    """Say what may be done with a publisher's texts (None: the default).

    ``address``: a feed of the store, which stands for its publisher, or a publisher's domain.
    Unreadable: it is neither.
    """
    with store.write() as writer:
        row = next((row for row in kept.every(writer) if row.url == address), None)
        place = address if "://" in address else f"https://{address}/"
        domain = row.domain if row and row.domain else Address.of(place).domain
        known = row is not None or publishers.is_known(writer, domain)
        publishers.set_text_use(writer, domain, row.source if row else "", use)
    return Publisher(domain, known)
