"""A store that lives: poll what is due, move the stages on, ask hubs, each at its own pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from backstory.collect.workers import Workers
from backstory.enrich.meaning import Embedder
from backstory.model.problems import Kind, Report, problem, unforeseen
from backstory.pipeline.crawling import Crawl, Round, crawl
from backstory.pipeline.running import Pipeline
from backstory.pipeline.subscribing import subscribe
from backstory.pipeline.summarising import Model, Summarising
from backstory.store import articles, versions
from backstory.store.database import Store
from backstory.store.search import refresh
from backstory.web.fetcher import Fetcher

TICK = 1.0  # seconds between two looks at what is due
MOST_ROUNDS = 50  # that overlap, each with feeds of its own
_PAUSE = 60.0  # seconds after something failed


async def once(
    store: Store,
    fetcher: Fetcher,
    workers: Workers,
    pipeline: Pipeline,
    tell: Callable[[Report], None],
    progress: Callable[[float], None] | None = None,
) -> Round:
    """One round: every feed that is due, then the stages."""
    result = await crawl(store, fetcher, tell, progress, workers)
    await asyncio.to_thread(pipeline.drain)
    await asyncio.to_thread(refresh, store)
    return result


async def for_ever(
    store: Store,
    fetcher: Fetcher,
    workers: Workers,
    tell: Callable[[Report], None],
    base_url: str | None = None,
    model: Model | None = None,
    embedder: Embedder | None = None,
) -> None:
    """Poll what is due and move the stages on, without end; what fails is told and tried again.

    ``base_url``: how others reach this instance; with it hubs are asked to push feeds.
    ``model``: a language model to ask for summaries. ``embedder``: see ``Pipeline``.
    """
    await asyncio.gather(
        _again_and_again(_polling(store, fetcher, workers, tell), tell),
        _again_and_again(_working(store, embedder, tell), tell),
        *([] if base_url is None else [
            _again_and_again(_subscribing(store, fetcher, base_url, tell), tell)
        ]),
        *([] if model is None else [_again_and_again(_summarising(store, model, tell), tell)]),
    )  # fmt: skip


async def _again_and_again(
    step: Callable[[], Awaitable[None]], tell: Callable[[Report], None]
) -> None:
    """A step each tick; one that fails is told, and the next one comes in a minute."""
    while True:
        try:
            await step()
        except Exception as error:  # a reader that runs without people must go on
            tell(Report((), problem(Kind.STUMBLED, unforeseen(error), seconds=_PAUSE)))
            await asyncio.sleep(_PAUSE)
        await asyncio.sleep(TICK)


def _polling(
    store: Store, fetcher: Fetcher, workers: Workers, tell: Callable[[Report], None]
) -> Callable[[], Awaitable[None]]:
    crawling = Crawl(store, fetcher, tell, workers)
    rounds: set[asyncio.Task[Round]] = set()

    async def step() -> None:
        done = [task for task in rounds if task.done()]
        rounds.difference_update(done)
        failed = [error for task in done if (error := task.exception()) is not None]
        if failed:
            raise failed[0]  # told once, however many rounds it befell
        if len(rounds) < MOST_ROUNDS:
            rounds.add(asyncio.create_task(crawling.round()))
        await asyncio.wait(rounds, timeout=TICK)

    return step


def _working(
    store: Store, embedder: Embedder | None, tell: Callable[[Report], None]
) -> Callable[[], Awaitable[None]]:
    pipeline = Pipeline(store, embedder=embedder, tell=tell)
    done = (-1, -1)

    async def step() -> None:
        nonlocal done
        with store.read() as reader:
            mark = articles.last_seq(reader), versions.last_version(reader)
        if mark != done:
            await asyncio.to_thread(pipeline.drain)
            await asyncio.to_thread(refresh, store)
            done = mark

    return step


def _subscribing(
    store: Store, fetcher: Fetcher, base_url: str, tell: Callable[[Report], None]
) -> Callable[[], Awaitable[None]]:
    async def step() -> None:
        await subscribe(store, fetcher, base_url, tell, datetime.now(UTC))

    return step


def _summarising(
    store: Store, model: Model, tell: Callable[[Report], None]
) -> Callable[[], Awaitable[None]]:
    summarising = Summarising(store, model, tell)

    async def step() -> None:
        if not await asyncio.to_thread(summarising.some, datetime.now(UTC)):
            await asyncio.sleep(_PAUSE)

    return step
