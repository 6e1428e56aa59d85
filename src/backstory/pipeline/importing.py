"""Import: a stream of articles in, batch by batch, with the stages moved on behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from backstory.collect.jsonl import BadLine
from backstory.pipeline.intake import take
from backstory.pipeline.running import Pipeline
from backstory.store.database import Store
from backstory.values import Article

BATCH = 500  # articles a transaction of intake


@dataclass(slots=True)
class Counts:
    """How an import went."""

    new: int = 0
    known: int = 0
    revised: int = 0
    refused: int = 0


def take_all(
    store: Store,
    lines: Iterable[Article | BadLine],
    complain: Callable[[str], None],
    *,
    pipeline: Pipeline | None = None,
    batch: int = BATCH,
) -> Counts:
    """Take a stream of articles in and move the stages on behind it.

    ``complain`` gets a line for each that was refused. Without a ``pipeline`` the articles are
    only acknowledged.
    """
    counts = Counts()
    waiting: list[Article] = []

    def flush() -> None:
        taken = take(store, waiting, datetime.now(UTC))
        counts.new += taken.new
        counts.known += taken.known
        counts.revised += taken.revised
        counts.refused += len(taken.refused)
        for line in taken.refused:
            complain(line)
        waiting.clear()
        if pipeline is not None and (taken.new or taken.revised):
            pipeline.drain()

    for line in lines:
        if isinstance(line, BadLine):
            counts.refused += 1
            complain(f"{line.file}, line {line.line}: {line.reason}")
            continue
        waiting.append(line)
        if len(waiting) >= batch:
            flush()
    if waiting:
        flush()
    if pipeline is not None:
        pipeline.drain()  # what an earlier process left undone
    return counts
