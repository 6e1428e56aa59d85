"""Makes search and topics ready before a reader asks, beside what a server answers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from backstory.archive import remembered, topics
from backstory.archive.moments import horizon
from backstory.archive.topic_stories import began
from backstory.store import topics as kept_topics
from backstory.store.database import Store
from backstory.store.search import bring_in
from backstory.store.transactions import Reader

MOST = 10_000  # topics looked at after the start and after each new count of words
LATELY = 200  # of them, looked at again when something was grouped
_AT_ONCE = 4  # so that a request never waits long
_IDLE = 2  # times as long as it works it rests
_EVERY = 2.0  # seconds between looks at a store where everything is ready


def keep_ready(
    store: Store, stop: threading.Event, latest_seen: Callable[[Reader], int | None]
) -> None:
    """Bring full-text search up to the store, name the topics and make their cards, the newest
    first, until ``stop`` is set; they are remembered (``remembered``), so that pages which show
    them need not wait. Where articles are dated ahead of ``latest_seen``, the cards of lists are
    made without them, too."""
    done: tuple[int, int] | None = None
    while not stop.is_set():
        started = time.perf_counter()
        while bring_in(store):
            if stop.wait(_IDLE * (time.perf_counter() - started)):
                return
            started = time.perf_counter()
        with store.read() as reader:
            memo = remembered.of(reader)
            now = (memo.epoch, memo.cursor)
            most = LATELY if done is not None and done[0] == now[0] else MOST
            numbers = kept_topics.newest_topics(reader, most) if now != done else []
        for start in range(0, len(numbers), _AT_ONCE):
            started = time.perf_counter()
            with store.read() as reader:
                some = numbers[start : start + _AT_ONCE]
                for until in {None, horizon(reader, latest_seen(reader))}:
                    topics.cards(reader, some, until)
                    began(reader, some, until)
                topics.tags(reader, some)
            if stop.wait(_IDLE * (time.perf_counter() - started)):
                return
        done = now
        stop.wait(_EVERY)
