"""A store that lives: crawl what is due, move the stages on, wait for what is due next."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from backstory.collect.fetch import Fetcher
from backstory.collect.workers import Workers
from backstory.fulltext import refresh
from backstory.pipeline.crawling import Round, crawl
from backstory.pipeline.running import Pipeline
from backstory.store import feeds
from backstory.store.database import Store

LONGEST_WAIT = 60.0  # seconds until feeds that were added meanwhile are seen
_SHORTEST_WAIT = 1.0


async def once(
    store: Store,
    fetcher: Fetcher,
    workers: Workers,
    pipeline: Pipeline,
    tell: Callable[[str], None],
    progress: Callable[[float], None] | None = None,
) -> Round:
    """One round: every feed that is due, then the stages."""
    result = await crawl(store, fetcher, tell, progress, workers)
    await asyncio.to_thread(pipeline.drain)
    await asyncio.to_thread(refresh, store)
    return result


async def for_ever(
    store: Store, fetcher: Fetcher, workers: Workers, tell: Callable[[str], None]
) -> None:
    """Rounds without end; a round that fails is told, and the next one comes."""
    pipeline = Pipeline(store)
    while True:
        try:
            await once(store, fetcher, workers, pipeline, tell)
        except Exception as error:  # a reader that runs without people must go on
            tell(f"this round came to nothing ({error!r}); the next one is in a minute")
            await asyncio.sleep(LONGEST_WAIT)
        with store.read() as connection:
            due = feeds.next_due(connection)
        wait = LONGEST_WAIT if due is None else due - time.time()
        await asyncio.sleep(min(max(wait, _SHORTEST_WAIT), LONGEST_WAIT))
