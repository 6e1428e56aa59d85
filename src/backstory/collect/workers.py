"""Run parsing and extraction in processes of their own, which are killed when they hang."""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from types import TracebackType
from typing import ParamSpec, TypeVar

from pebble import CONSTS, ProcessExpired, ProcessPool

P = ParamSpec("P")
R = TypeVar("R")

# Loaded once in the server that workers are forked from, so that a new one is there at once.
_PRELOADED = [
    "backstory.collect.feeds",
    "feedparser",
    "lxml.html",
    "nh3",
    "trafilatura",
    "htmldate",
]


class WorkFailed(Exception):
    """Work that came to no end; ``reason`` is one plain sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Workers:
    """Processes for work that may hang or die. ``seconds``: what one piece of work may take.

    ``async with Workers() as workers: await workers.run(parse_feed, body, url)``. Functions
    must be importable, arguments and results picklable. Errors that the function raises come
    through; ``WorkFailed`` says that it was killed or died.
    """

    def __init__(self, count: int = 2, seconds: float = 3.0) -> None:
        self.seconds = seconds
        CONSTS.term_timeout = 0.3  # seconds between asking a worker to end and killing it
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOADED)
        # Workers are replaced now and then, so that what libraries leak does not add up.
        self._pool = ProcessPool(max_workers=count, max_tasks=2_000, context=context)

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
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        future = self._pool.schedule(
            function, args=list(args), kwargs=dict(kwargs), timeout=self.seconds
        )
        try:
            result: R = await asyncio.wrap_future(future)
        except TimeoutError:
            raise WorkFailed(f"killed after {self.seconds:g} seconds without an end") from None
        except (ProcessExpired, BrokenExecutor) as error:
            raise WorkFailed(f"the process that read it died ({error})") from None
        except pickle.PicklingError:
            raise WorkFailed("what was read cannot be handed back") from None
        return result
