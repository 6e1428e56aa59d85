"""Import: a stream of articles in, batch by batch, with the stages moved on behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from backstory.collect.jsonl import BadLine
from backstory.model.article import Article
from backstory.model.problems import Kind, Report, problem
from backstory.pipeline.archives import Lines
from backstory.pipeline.intake import take_in
from backstory.pipeline.running import Pipeline
from backstory.store import imports
from backstory.store.database import Store
from backstory.store.transactions import Writer

BATCH = 500  # articles a transaction of intake
WARC_BATCH = 200  # the same of pages, which take longer to read again


@dataclass(slots=True)
class Counts:
    """How an import went."""

    new: int = 0
    known: int = 0
    revised: int = 0
    refused: int = 0


def take_file(
    store: Store,
    given: Lines,
    complain: Callable[[BadLine | Report], None],
    *,
    pipeline: Pipeline | None = None,
    batch: int = BATCH,
) -> Counts:
    """Take a file in; a WARC file whose import was killed is taken up behind its last record.

    How far it came is kept in the transaction of the articles, and forgotten at the end: a
    file that is imported again is read again, and changes nothing.
    """
    if given.file is None:
        return take_all(store, given, complain, pipeline=pipeline, batch=batch)
    file = given.file
    with store.read() as reader:
        given.after = imports.last_record(reader, file)
    if given.after:
        complain(Report((), problem(Kind.RESUMED, record=given.after)))

    def note(writer: Writer) -> None:
        imports.keep(writer, file, given.place)

    counts = take_all(
        store, given, complain, pipeline=pipeline, batch=min(batch, WARC_BATCH), also=note
    )
    with store.write() as writer:
        imports.forget(writer, file)
    return counts


def take_all(
    store: Store,
    lines: Iterable[Article | BadLine],
    complain: Callable[[BadLine | Report], None],
    *,
    pipeline: Pipeline | None = None,
    batch: int = BATCH,
    also: Callable[[Writer], None] | None = None,
) -> Counts:
    """Take a stream of articles in and move the stages on behind it.

    ``complain`` gets a line for each that was refused. Without a ``pipeline`` the articles are
    only acknowledged. ``also``: more to do in the transaction of each batch.
    """
    counts = Counts()
    waiting: list[Article] = []

    def flush() -> None:
        with store.write() as writer:
            taken = take_in(writer, waiting, datetime.now(UTC))
            if also is not None:
                also(writer)
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
            complain(line)
            continue
        waiting.append(line)
        if len(waiting) >= batch:
            flush()
    if waiting:
        flush()
    if pipeline is not None:
        pipeline.drain()  # what an earlier process left undone
    return counts
