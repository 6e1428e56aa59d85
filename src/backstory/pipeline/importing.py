"""Import: a stream of articles in, batch by batch, with the stages moved on behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from backstory.collect.jsonl import BadLine
from backstory.model.article import Article
from backstory.model.problems import Kind, Report, problem
from backstory.pipeline.import_files import Lines
from backstory.pipeline.intake import Taken, take, take_in
from backstory.pipeline.running import Pipeline
from backstory.store import imports
from backstory.store.database import Store

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

    counts = Counts()
    for articles in _batches(given, min(batch, WARC_BATCH), counts, complain):
        with store.write() as writer:
            taken = take_in(writer, articles, datetime.now(UTC))
            imports.keep(writer, file, given.place)
        _settle(taken, counts, complain, pipeline)
    if pipeline is not None:
        pipeline.drain()  # what an earlier process left undone
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
) -> Counts:
    """Take a stream of articles in and move the stages on behind it.

    ``complain`` gets a line for each that was refused. Without a ``pipeline`` the articles are
    only acknowledged.
    """
    counts = Counts()
    for articles in _batches(lines, batch, counts, complain):
        _settle(take(store, articles, datetime.now(UTC)), counts, complain, pipeline)
    if pipeline is not None:
        pipeline.drain()  # what an earlier process left undone
    return counts


def _batches(
    lines: Iterable[Article | BadLine],
    size: int,
    counts: Counts,
    complain: Callable[[BadLine | Report], None],
) -> Iterator[list[Article]]:
    """The articles so many at a time, none read ahead; lines that give none are refused."""
    waiting: list[Article] = []
    for line in lines:
        if isinstance(line, BadLine):
            counts.refused += 1
            complain(line)
            continue
        waiting.append(line)
        if len(waiting) >= size:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _settle(
    taken: Taken,
    counts: Counts,
    complain: Callable[[BadLine | Report], None],
    pipeline: Pipeline | None,
) -> None:
    """Count what became of a batch that is on disk, and move the stages on behind it."""
    counts.new += taken.new
    counts.known += taken.known
    counts.revised += taken.revised
    counts.refused += len(taken.refused)
    for line in taken.refused:
        complain(line)
    if pipeline is not None and (taken.new or taken.revised):
        pipeline.drain()
