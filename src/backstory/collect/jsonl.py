"""Read article JSONL: plain, .gz or .zst, from a file or from standard input."""

from __future__ import annotations

import io
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, cast, get_args

import orjson

from backstory.model.article import Article, Enclosure, Moment, PageKind
from backstory.model.errors import Unreadable, unreadable
from backstory.model.problems import Kind, Problem, problem, unforeseen
from backstory.text import codes
from backstory.text.dates import iso_moment
from backstory.text.plain import plain_line, plain_text
from backstory.web import decoding
from backstory.web.addresses import canonical, linked

LONGEST_LINE = 10_000_000  # bytes
LONGEST_TITLE = 2_000  # characters
_STEP = 500  # lines between two words of progress

ReadPage = Callable[[bytes, str, str | None], Article | None]
RepairTitle = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that gives no article. ``line`` counts from 1; ``unit``: what is counted."""

    file: str
    line: int
    problem: Problem
    unit: Literal["line", "record"] = "line"


def read(
    path: str | Path,
    progress: Callable[[int], None] | None = None,
    read_page: ReadPage | None = None,
    repair_title: RepairTitle | None = None,
) -> Iterator[Article | BadLine]:
    """The articles of a file, one after the other; a bad line is told and skipped.

    ``path``: a file, or ``-`` for standard input; compression is told by its first bytes.
    ``progress`` is called with the number of bytes of the file that were read since the last
    call. ``read_page`` (body, address, content type) reads the ``html`` key, whose findings
    the line's own keys overrule. ``repair_title`` (title, site) frees titles of glued-on names.
    Raises ``OSError`` when the file cannot be opened.
    """
    name = "standard input" if str(path) == "-" else str(path)
    raw = Path(path).open("rb") if str(path) != "-" else None  # noqa: SIM115
    counter = _Counter(raw or cast("io.BufferedReader", sys.stdin.buffer))
    try:
        number = 0
        try:
            for number, line in enumerate(_lines(_unpacked(counter)), start=1):
                if number % _STEP == 0 and progress is not None:
                    progress(counter.news())
                if line is None:
                    yield BadLine(name, number, problem(Kind.LINE_LONG, bytes=LONGEST_LINE))
                elif not line.isspace():
                    try:
                        yield _article(line, number == 1, read_page, repair_title)
                    except Unreadable as refused:
                        yield BadLine(name, number, refused.problem)
                    except Exception as error:  # whatever nobody foresaw is this line's alone
                        yield BadLine(name, number, unforeseen(error))
        except (EOFError, zlib.error) as error:
            yield BadLine(name, number + 1, problem(Kind.BROKEN_FILE, detail=str(error)))
        if progress is not None:
            progress(counter.news())
    finally:
        if raw is not None:
            raw.close()


# ---------------------------------------------------------------- lines


class _Counter(io.RawIOBase):
    """A stream that counts what is read of it."""

    def __init__(self, inner: io.BufferedIOBase) -> None:
        self._inner = inner
        self._count = 0
        self._told = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # What is there is enough: a line from a pipe is read before the next one is written.
        block = self._inner.read1(len(buffer))
        buffer[: len(block)] = block
        self._count += len(block)
        return len(block)

    def news(self) -> int:
        new, self._told = self._count - self._told, self._count
        return new


def _unpacked(counter: _Counter) -> IO[bytes]:
    stream = io.BufferedReader(counter, buffer_size=1 << 18)
    magic = stream.peek(4)[:4]
    if magic[:2] == decoding.MAGIC:
        return io.BufferedReader(decoding.Unpacked(stream), buffer_size=1 << 18)
    if magic == b"\x28\xb5\x2f\xfd":
        return io.BufferedReader(_Zstandard(stream), buffer_size=1 << 18)
    return stream


class _Zstandard(io.RawIOBase):
    """A stream of one or more zstandard frames, whose errors are ``zlib.error``."""

    def __init__(self, inner: IO[bytes]) -> None:
        import zstandard

        self._error = zstandard.ZstdError
        self._reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(
            inner, read_across_frames=True
        )

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            block = self._reader.read(len(buffer))
        except self._error as error:
            raise zlib.error(str(error)) from None
        buffer[: len(block)] = block
        return len(block)


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """The lines of a stream; None for one that is too long, which is passed over."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE)
        yield None


# ---------------------------------------------------------------- one line


def _article(
    line: bytes, first: bool, read_page: ReadPage | None, repair_title: RepairTitle | None
) -> Article:
    if first:
        line = line.removeprefix(b"\xef\xbb\xbf")
        if line[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise unreadable(Kind.UTF_16)
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise unreadable(Kind.NOT_JSON, detail=str(error)) from None
    if not isinstance(row, dict):
        raise unreadable(Kind.NOT_AN_OBJECT)
    try:
        url = canonical(_required(row, "url"))
    except Unreadable as error:
        if error.problem.kind in (Kind.FIELD_MISSING, Kind.FIELD_TYPE):
            raise
        raise unreadable(Kind.FIELD_ADDRESS, error.problem, field="url") from None
    title = plain_text(_required(row, "title"))[:LONGEST_TITLE]
    text, summary, site = _string(row, "text"), _string(row, "summary"), _string(row, "site")
    site = plain_line(site)[:200] if site else ""
    if title and repair_title is not None:
        title = repair_title(title, site)  # line breaks still part it here
    title = " ".join(title.split())
    article = Article(
        url=url,
        title=title,
        guid=_guid(row),
        text=plain_text(text) if text else "",
        summary=(plain_line(summary) or None) if summary else None,
        published=_moment(row, "published"),
        updated=_moment(row, "updated"),
        site=site,
        author=_author(row),
        image=_image(row, url),
        language=codes.language(_string(row, "language")),
        country=codes.country(_string(row, "country")),
        tags=_tags(row),
        kind=_kind(row),
        paywalled=row.get("paywalled") is True,
        enclosures=_enclosures(row, url),
    )
    html = _string(row, "html")
    if html and read_page is not None:
        page = read_page(html.encode("utf-8", "replace"), url, "text/html; charset=utf-8")
        if page is not None:
            article = _completed(article, page)
    if not (article.title or article.text or article.summary):
        raise unreadable(Kind.NOTHING_SAID)
    return article


def _completed(article: Article, page: Article) -> Article:
    """The line's own words, and the page's where it has none."""
    return replace(
        article,
        title=article.title or page.title,
        text=article.text or page.text,
        summary=article.summary or page.summary,
        published=article.published or page.published,
        updated=article.updated or page.updated,
        site=article.site or page.site,
        author=article.author or page.author,
        image=article.image or page.image,
        language=article.language or page.language,
        tags=article.tags or page.tags,
        kind=page.kind if article.kind == "article" else article.kind,
        paywalled=article.paywalled or page.paywalled,
    )


def _required(row: dict[str, Any], name: str) -> str:
    if row.get(name) is None:
        raise unreadable(Kind.FIELD_MISSING, field=name)
    value = row[name]
    if not isinstance(value, str):
        raise unreadable(Kind.FIELD_TYPE, field=name, wanted="a string")
    if name == "url" and not value.strip():
        raise unreadable(Kind.FIELD_MISSING, field="url")
    return value


def _string(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise unreadable(Kind.FIELD_TYPE, field=name, wanted="a string")
    return value


def _guid(row: dict[str, Any]) -> str | None:
    value = row.get("guid")
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise unreadable(Kind.FIELD_TYPE, field="guid", wanted="a string")
    return value


def _moment(row: dict[str, Any], name: str) -> Moment | None:
    stated = _string(row, name)
    if not stated:
        return None
    try:
        return iso_moment(stated)
    except ValueError:
        raise unreadable(Kind.FIELD_DATE, field=name, stated=stated[:40]) from None


def _author(row: dict[str, Any]) -> str | None:
    value = row.get("author")
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        value = ", ".join(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise unreadable(Kind.FIELD_TYPE, field="author", wanted="a string")
    return plain_line(value)[:300] or None


def _image(row: dict[str, Any], url: str) -> str | None:
    return linked(_string(row, "image"), url)


def _tags(row: dict[str, Any]) -> tuple[str, ...]:
    value = row.get("tags")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise unreadable(Kind.FIELD_TYPE, field="tags", wanted="a list")
    tags = []
    for tag in value:
        if isinstance(tag, dict):  # as the export writes them: {"slug", "name", "kind"}
            tag = tag.get("name") or tag.get("slug")
        if not isinstance(tag, str):
            raise unreadable(Kind.FIELD_TYPE, field="tags", wanted="a list of strings")
        tag = plain_line(tag)[:100]
        if tag:
            tags.append(tag)
    return tuple(dict.fromkeys(tags))


def _kind(row: dict[str, Any]) -> PageKind:
    """What the page is; keys beyond the contract are never a reason to refuse a line."""
    return next((kind for kind in get_args(PageKind) if kind == row.get("kind")), "article")


def _enclosures(row: dict[str, Any], url: str) -> tuple[Enclosure, ...]:
    """Files as the export writes them: {"url", "type", "length"}."""
    value = row.get("enclosures")
    found = []
    for one in (value if isinstance(value, list) else [])[:50]:
        if not isinstance(one, dict) or not isinstance(one.get("url"), str):
            continue
        kind, length = one.get("type"), one.get("length")
        address = linked(one["url"], url)
        if address is None:
            continue
        found.append(
            Enclosure(
                address,
                kind[:100] if isinstance(kind, str) else None,
                length if isinstance(length, int) and not isinstance(length, bool) else None,
            )
        )
    return tuple(found)


def as_line(article: Article) -> dict[str, object]:
    """The article as a line of article JSONL; what is not known is left out."""
    found: dict[str, object] = {
        "guid": article.guid,
        "url": article.url,
        "title": article.title,
        "text": article.text or None,
        "summary": article.summary,
        "published": article.published.iso() if article.published else None,
        "updated": article.updated.iso() if article.updated else None,
        "site": article.site or None,
        "author": article.author,
        "image": article.image,
        "language": article.language,
        "country": article.country,
        "tags": list(article.tags) or None,
        "kind": None if article.kind == "article" else article.kind,
        "paywalled": article.paywalled or None,
    }
    return {name: value for name, value in found.items() if value is not None}
