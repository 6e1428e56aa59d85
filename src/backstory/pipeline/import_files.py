"""Read the files that an import names: article JSONL, or WARC with pages in it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLong

from backstory.collect.jsonl import BadLine, read
from backstory.collect.warc import BadRecord, Captured, is_warc, name_of, pages
from backstory.extract.page import read_page
from backstory.extract.titles import repair
from backstory.model.article import Article
from backstory.model.problems import Kind, Problem, problem, unforeseen

_PAGES = 256  # handed out to the readers at the same time
_BYTES = 64_000_000  # of those pages
_SECONDS = 10.0  # on the wall, that one page may take; then its process is killed


class Lines:
    """The articles of a file in its order, and what of it gives none; to be run through once.

    ``name``: a file, or ``-`` for standard input. ``file`` is what tells it from others, where
    its import can be taken up again behind a record: for WARC files. ``place`` is the record
    that what came last was made of; with ``after`` those up to that one are passed over.
    OSError: the file cannot be read.
    """

    def __init__(
        self, name: str, progress: Callable[[int], None], processes: int | None = None
    ) -> None:
        self._name = name
        self._progress = progress
        self._processes = processes
        self.file = name_of(name) if name != "-" and is_warc(name) else None
        self.after = self.place = 0

    def __iter__(self) -> Iterator[Article | BadLine]:
        if self.file is None:
            return read(self._name, self._progress, read_page, repair)
        return self._of_pages()

    def _of_pages(self) -> Iterator[Article | BadLine]:
        """Pages are read in processes of their own, which are killed when they hang."""
        from pebble import ProcessPool

        waiting: deque[tuple[Captured | BadRecord, Future[Article | None] | None]] = deque()
        size = 0
        processes = self._processes or os.cpu_count() or 1
        with ProcessPool(max_workers=processes, max_tasks=2000) as pool:
            for record in pages(self._name, self._progress, self.after):
                future = None
                if isinstance(record, Captured):
                    size += len(record.body)
                    future = pool.schedule(_read, args=[record], timeout=_SECONDS)
                waiting.append((record, future))
                while len(waiting) >= _PAGES or size > _BYTES:
                    first, promised = waiting.popleft()
                    size -= len(first.body) if isinstance(first, Captured) else 0
                    yield from self._made(first, promised)
            while waiting:
                yield from self._made(*waiting.popleft())

    def _made(
        self, record: Captured | BadRecord, promised: Future[Article | None] | None
    ) -> Iterator[Article | BadLine]:
        self.place = record.number
        if isinstance(record, BadRecord):
            yield BadLine(record.file, record.number, record.problem, "record")
            return
        assert promised is not None
        try:
            article = promised.result()
        except TooLong:
            yield self._lost(record, problem(Kind.KILLED, seconds=_SECONDS))
        except Exception as error:  # whatever a hostile page made a parser do
            yield self._lost(record, unforeseen(error))
        else:
            if article is not None:
                yield article

    def _lost(self, record: Captured, cause: Problem) -> BadLine:
        told = problem(Kind.PAGE_LOST, cause, url=record.url)
        return BadLine(self._name, record.number, told, "record")


def lines(name: str, progress: Callable[[int], None], processes: int | None = None) -> Lines:
    """See ``Lines``. ``processes``: that read pages, all cores unless given."""
    return Lines(name, progress, processes)


def _read(record: Captured) -> Article | None:
    return read_page(record.body, record.url, record.content_type)
