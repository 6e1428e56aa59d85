"""Read the files that an import names: article JSONL, or WARC with pages in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as TooLong
from itertools import islice

from backstory.collect.jsonl import BadLine, read
from backstory.collect.warc import BadRecord, Captured, is_warc, pages
from backstory.extract.page import read_page
from backstory.extract.titles import repair
from backstory.values import Article

_PAGES = 64  # read at the same time
_SECONDS = 10.0  # that one page may take; then its process is killed


def lines(name: str, progress: Callable[[int], None]) -> Iterator[Article | BadLine]:
    """The articles of a file in its order, and what of it gives none.

    ``name``: a file, or ``-`` for standard input. ``progress``: called with bytes read since
    the last call. OSError: the file cannot be read.
    """
    if name != "-" and is_warc(name):
        return _of_pages(name, pages(name, progress))
    return read(name, progress, read_page, repair)


def _of_pages(name: str, records: Iterable[Captured | BadRecord]) -> Iterator[Article | BadLine]:
    """Pages are read in processes of their own, which are killed when they hang."""
    from pebble import ProcessPool

    source = iter(records)
    with ProcessPool(max_tasks=2000) as pool:
        while some := list(islice(source, _PAGES)):
            captured = [record for record in some if isinstance(record, Captured)]
            found = pool.map(_read, captured, timeout=_SECONDS).result()
            for record in some:
                if isinstance(record, BadRecord):
                    yield BadLine(record.file, record.number, record.reason)
                    continue
                try:
                    article = next(found)
                except TooLong:
                    yield BadLine(name, record.number, f"{record.url}: reading it came to no end")
                except Exception as error:  # whatever a hostile page made a parser do
                    yield BadLine(name, record.number, f"{record.url}: {error!r}"[:200])
                else:
                    if article is not None:
                        yield article


def _read(record: Captured) -> Article | None:
    return read_page(record.body, record.url, record.content_type)
