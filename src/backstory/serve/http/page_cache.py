"""Pages as they were answered, kept in memory until something that they show has changed."""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse

from backstory.model.views import Row
from backstory.serve.language import language

MOST_BYTES = 64 * 2**20
_LEVEL = 5  # of packing
_EACH = 1000  # bytes that keeping a page takes beside it


@dataclass(slots=True)
class RenderNotes:
    """What a page shows that comes from no committed row, noted while it is rendered."""

    now: datetime
    fresh: bool  # whether it tells an age in minutes or hours
    pictures: list[tuple[Row, object]]

    @property
    def until(self) -> datetime:
        """When its ages are to be put anew: next minute, or next hour where all are of days."""
        start = self.now.replace(second=0, microsecond=0)
        return start + timedelta(minutes=1 if self.fresh else 60 - start.minute)


@dataclass(frozen=True, slots=True)
class _Page:
    change: int
    notes: RenderNotes
    packed: bytes
    headers: dict[str, str]


class Freshness(Protocol):
    """What a page's rightness hangs on, beside the store: the time, and pictures."""

    @property
    def clock(self) -> Callable[[], datetime]: ...

    @property
    def lead_image(self) -> Callable[[Row], object]: ...


class PageCache:
    """Whole pages by address and language, the longest unasked given up first.

    A page is right while nothing was committed to the store since (whoever wrote it), its ages
    are still right, and its lead image is shown as before.
    """

    def __init__(
        self, last_change: Callable[[], int], freshness: Freshness, most: int = MOST_BYTES
    ) -> None:
        """``last_change``: another number after each commit to the store."""
        self._last_change = last_change
        self._freshness = freshness
        self._most = most
        self._pages: OrderedDict[tuple[str, str], _Page] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def answer(self, request: Request, make: Callable[[], Any]) -> Any:
        """The page that is kept for this request, else the one that ``make`` makes."""
        key = (str(request.url), language())
        # Asked first: what is committed while the page is made makes it a new one.
        change = self._last_change()
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
        if page is not None and self._is_right(page, change):
            return _response(request, page)
        answer = make()
        notes: RenderNotes | None = getattr(request.state, "render_notes", None)
        if notes is None or not isinstance(answer, HTMLResponse) or answer.status_code != 200:
            return answer
        page = _Page(
            change,
            notes,
            gzip.compress(bytes(answer.body), _LEVEL, mtime=0),
            {name: answer.headers[name] for name in ("content-type", "cache-control")},
        )
        self._keep(key, page)
        return _response(request, page)

    def _is_right(self, page: _Page, change: int) -> bool:
        notes = page.notes
        return (
            page.change == change
            and notes.now <= self._freshness.clock() < notes.until
            and all(self._freshness.lead_image(row) == picture for row, picture in notes.pictures)
        )

    def _keep(self, key: tuple[str, str], page: _Page) -> None:
        with self._lock:
            old = self._pages.pop(key, None)
            if old is not None:
                self._size -= _size(key, old)
            self._pages[key] = page
            self._size += _size(key, page)
            while self._size > self._most:
                self._size -= _size(*self._pages.popitem(last=False))


def _size(key: tuple[str, str], page: _Page) -> int:
    return len(page.packed) + len(key[0]) + _EACH


def _response(request: Request, page: _Page) -> Response:
    if "gzip" in request.headers.get("accept-encoding", ""):
        answer = Response(page.packed, headers={**page.headers, "Content-Encoding": "gzip"})
    else:
        answer = Response(gzip.decompress(page.packed), headers=page.headers)
    MutableHeaders(raw=answer.raw_headers).add_vary_header("Accept-Encoding")
    return answer
