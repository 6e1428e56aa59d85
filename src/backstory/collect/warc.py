"""Read the pages of WARC files, plain or .gz, as Common Crawl's CC-NEWS has them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from backstory.model.article import Moment
from backstory.model.errors import Unreadable
from backstory.model.problems import Kind, Problem, problem
from backstory.text.dates import iso_moment
from backstory.web.addresses import canonical
from backstory.web.decoding import MAGIC, Unpacked, unpacked

MOST_BYTES = 10_000_000  # of one page
_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Captured:
    """A page as it was captured. ``number`` counts the records of the file from 1;
    ``fetched`` is when it was captured, which says nothing of when it was published."""

    number: int
    url: str
    body: bytes
    content_type: str
    fetched: Moment | None


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that gives no page although it should."""

    file: str
    number: int
    problem: Problem


def pages(
    path: str | Path,
    progress: Callable[[int], None] | None = None,
    after: int = 0,
) -> Iterator[Captured | BadRecord]:
    """The HTML pages that were answered with status 200, in the order of the file.

    ``progress`` is called with the bytes of the file that were read since the last call.
    Records up to number ``after`` are passed over: an import that was killed goes on there.
    Raises ``OSError`` when the file cannot be opened.
    """
    from warcio.archiveiterator import ArchiveIterator

    name = str(path)
    with Path(path).open("rb") as stream:
        records = iter(ArchiveIterator(_opened(stream), arc2warc=True))
        number = told = 0
        while True:
            try:
                record = next(records)
            except StopIteration:
                break
            except Exception as error:  # whatever a damaged record does to the library
                yield BadRecord(name, number + 1, problem(Kind.BROKEN_FILE, detail=_line(error)))
                break
            number += 1
            if progress is not None:
                place = stream.tell()
                progress(place - told)
                told = place
            if number <= after:
                continue
            if not record.rec_type:
                yield BadRecord(name, number, problem(Kind.UNTYPED_RECORD))
            if record.rec_type != "response":
                continue
            try:
                page = _page(record, number)
            except Unreadable as error:
                yield BadRecord(name, number, error.problem)
                continue
            except Exception as error:
                yield BadRecord(name, number, problem(Kind.BROKEN_RECORD, detail=_line(error)))
                continue
            if isinstance(page, Problem):
                yield BadRecord(name, number, page)
            elif page is not None:
                yield page
        if progress is not None:
            progress(stream.tell() - told)


def _opened(stream: BinaryIO) -> BinaryIO | Unpacked:
    packed = stream.read(2) == MAGIC
    stream.seek(0)
    return Unpacked(stream) if packed else stream


def is_warc(path: str | Path) -> bool:
    """Whether a file begins as WARC files do, packed or not."""
    with Path(path).open("rb") as stream:
        head = stream.read(512)
    try:
        head = unpacked(head, 16)
    except zlib.error:
        return False
    return head.startswith(b"WARC/")


def name_of(path: str | Path) -> str:
    """What tells a file from others, wherever it lies: of its length, its beginning, its end."""
    size = Path(path).stat().st_size
    with Path(path).open("rb") as stream:
        head = stream.read(1 << 16)
        stream.seek(max(0, size - (1 << 16)))
        digest = hashlib.blake2b(b"%d\0%b%b" % (size, head, stream.read(1 << 16)), digest_size=16)
    return digest.hexdigest()


def _page(record: Any, number: int) -> Captured | Problem | None:
    headers = record.http_headers
    if headers is None or headers.get_statuscode() != "200":
        return None
    kind = headers.get_header("Content-Type") or ""
    if not kind.lower().startswith(_HTML):
        return None
    url = canonical(record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"))
    body = record.content_stream().read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return problem(Kind.TOO_LARGE, bytes=MOST_BYTES)
    try:
        fetched = iso_moment(record.rec_headers.get_header("WARC-Date") or "")
    except ValueError:
        fetched = None
    return Captured(number, url, body, kind, fetched)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
