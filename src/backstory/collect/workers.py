"""Run parsing and extraction in processes of their own, which are killed when they hang."""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from types import TracebackType
from typing import ParamSpec, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

from backstory.model.errors import BackstoryError, WorkFailed
from backstory.model.problems import Kind, problem, unforeseen

TRIES = 3  # pools that one piece of work may see break
STALLED = 20.0  # seconds beyond the limit in which no work came to an end: the pool is broken

P = ParamSpec("P")
R = TypeVar("R")

# Loaded once in the server that workers are forked from, so that a new one is there at once.
_PRELOADED = [
    "backstory.collect.feeds",
    "backstory.extract.page",
    "feedparser",
    "lxml.html",
    "nh3",
    "trafilatura",
    "htmldate",
]


class Workers:
    """Processes for work that may hang or die. ``seconds``: what one piece of work may take.

    ``async with Workers() as workers: await workers.run(parse_feed, body, url)``. Functions
    must be importable, arguments and results picklable. What the function raises comes through
    where it is a ``BackstoryError``; all else that can happen to it, in it or to its process is
    ``WorkFailed``. Processes that something outside killed are replaced.
    """

    def __init__(self, count: int = 2, seconds: float = 3.0) -> None:
        self.seconds = seconds
        self._count = count
        CONSTS.term_timeout = 0.3  # seconds between asking a worker to end and killing it
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(_PRELOADED)
        self._waiting = 0
        self._moved = time.monotonic()  # when some work last came to an end
        self._pool = self._new()

    def _new(self) -> ProcessPool:
        # Workers are replaced now and then, so that what libraries leak does not add up.
        return ProcessPool(max_workers=self._count, max_tasks=2_000, context=self._context)

    async def __aenter__(self) -> Workers:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        _end(self._pool)

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES):
            pool = self._pool
            try:
                return await self._once(pool, function, args, kwargs)
            except BackstoryError:
                raise
            except TimeoutError:
                raise WorkFailed(problem(Kind.KILLED, seconds=self.seconds)) from None
            except ProcessExpired as error:
                raise WorkFailed(problem(Kind.DIED, detail=str(error))) from None
            except pickle.PicklingError:
                raise WorkFailed(problem(Kind.UNHANDABLE)) from None
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if self._pool is pool or (task is not None and task.cancelling()):
                    raise  # we are to stop; else the pool was replaced while we waited
            except Exception:  # not the work: the pool itself, as when an idle process was killed
                await self._renew(pool)
        raise WorkFailed(problem(Kind.DIED, detail="not-started"))

    async def _once(
        self,
        pool: ProcessPool,
        function: Callable[..., R],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> R:
        future = asyncio.wrap_future(
            pool.schedule(_guarded, args=[function, args, kwargs], timeout=self.seconds)
        )
        if not self._waiting:
            self._moved = time.monotonic()
        self._waiting += 1
        try:
            while not future.done():
                await asyncio.wait({future}, timeout=1.0)
                if not future.done() and time.monotonic() - self._moved > STALLED + self.seconds:
                    future.cancel()
                    raise BrokenExecutor("nothing comes to an end any more")
            result: R = future.result()
            return result
        finally:
            self._waiting -= 1
            if future.done():
                self._moved = time.monotonic()

    async def _renew(self, broken: ProcessPool) -> None:
        """A new pool in place of one that is broken; whoever comes later finds it there."""
        if self._pool is broken:
            self._pool = self._new()
            self._moved = time.monotonic()
            await asyncio.to_thread(_end, broken)


async def run_in(
    workers: Workers | None, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """The same as ``Workers.run``; without workers, here."""
    if workers is None:
        return _guarded(function, args, kwargs)
    return await workers.run(function, *args, **kwargs)


def _guarded(function: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object]) -> R:
    """What the function answers; what it raises and is none of ours becomes data."""
    try:
        return function(*args, **kwargs)
    except BackstoryError:
        raise
    except Exception as error:  # whatever hostile bytes made a parser do
        raise WorkFailed(unforeseen(error)) from None


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
