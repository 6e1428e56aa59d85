"""Move the stages on: take each one's lease, work in batches, wait where another holds it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from backstory.enrich.meaning import Embedder
from backstory.model.errors import LeaseLost
from backstory.model.problems import Kind, Problem, Report, problem
from backstory.pipeline.enriching import EnrichStage
from backstory.pipeline.grouping import GroupStage
from backstory.store import articles, stages
from backstory.store.database import Store
from backstory.store.stages import LEASE_SECONDS, Lease

BATCH = 256  # articles a transaction
_PAUSE = 0.1  # seconds between two looks at a lease that another holds
_PATIENCE = 20  # looks after which it is told that one waits


class _Stage(Protocol):
    cursor: int

    def batch(self, lease: Lease, limit: int) -> int: ...


_Make = Callable[[Store, Embedder | None], _Stage]
_STAGES: tuple[tuple[str, _Make], ...] = (
    ("enrich", EnrichStage),
    ("group", GroupStage),
)


class Pipeline:
    """The stages of one store in this process. Their memory is kept from drain to drain."""

    def __init__(
        self,
        store: Store,
        batch: int = BATCH,
        lease_seconds: float = LEASE_SECONDS,
        embedder: Embedder | None = None,
        tell: Callable[[Report], None] | None = None,
    ) -> None:
        """``embedder``: whose vectors articles get and are grouped with. ``tell``: gets whom a
        stage waits for, if it does."""
        self._store = store
        self._batch = batch
        self._seconds = lease_seconds
        self._holder = stages.new_holder()
        self._tell = tell
        self._embedder = embedder
        self._open: dict[str, _Stage] = {}

    def drain(self, progress: Callable[[int], None] | None = None) -> None:
        """Bring every stage up to the newest acknowledged article.

        A stage that another process holds is waited for; it is ours when its lease lapses,
        unless the other has done the work by then. ``progress``: called with the numbers of
        articles that each batch was about.
        """
        with self._store.read() as reader:
            goal = articles.last_seq(reader)
        for name, make in _STAGES:
            looks = 0
            while not self._drain(name, make, goal, progress):
                looks += 1
                if looks == _PATIENCE and self._tell is not None:
                    self._tell(Report((), self._awaited(name)))
                time.sleep(_PAUSE)

    def _awaited(self, name: str) -> Problem:
        with self._store.read() as reader:
            holder = stages.holder_of(reader, name) or "another process"
        return problem(Kind.WAITING, stage=name, holder=holder)

    def _drain(
        self,
        name: str,
        make: _Make,
        goal: int,
        progress: Callable[[int], None] | None,
    ) -> bool:
        """Whether the stage is at the goal, by our work or another's."""
        with self._store.read() as reader:
            if stages.cursor(reader, name) >= goal and not self._stale(name):
                return True
        lease = stages.acquire(self._store, name, self._holder, self._seconds)
        if lease is None:
            return False
        try:
            stage = self._stage(name, make)
            while done := stage.batch(lease, self._batch):
                if progress is not None:
                    progress(done)
        except LeaseLost:
            self._open.pop(name, None)  # it knows what was never committed
            return False
        except BaseException:
            self._open.pop(name, None)
            stages.release(self._store, lease)
            raise
        stages.release(self._store, lease)
        return True

    def _stale(self, name: str) -> bool:
        """Whether there are revised articles that the enrich stage has yet to summarise."""
        if name != "enrich":
            return False
        with self._store.read() as reader:
            return bool(articles.unsummarised(reader, 1))

    def _stage(self, name: str, make: _Make) -> _Stage:
        stage = self._open.get(name)
        with self._store.read() as reader:
            cursor = stages.cursor(reader, name)
        if stage is None or stage.cursor != cursor:  # another process went on meanwhile
            stage = self._open[name] = make(self._store, self._embedder)
        return stage
