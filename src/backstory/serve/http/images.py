"""Lead images from our own cache: fetched once, checked, made small, kept within a bound.

The cache is derived: it can be deleted at any time, and comes back as pages are read. An image
is fetched only if an article of the store names it, so that nobody can send this instance to
other addresses; the address guard judges where the fetch leads.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from backstory.model.errors import BackstoryError, Unreadable, unreadable
from backstory.model.problems import Kind
from backstory.model.views import Row
from backstory.serve.formatting import web_address
from backstory.web.fetcher import MEGABYTE, Fetcher, Limits

if TYPE_CHECKING:
    from PIL.Image import Image

log = logging.getLogger("backstory.serve")

WIDTHS = (400, 800, 1280)  # pixels; a picture stands 640 wide, on fine screens twice that
RATIO = (16, 9)  # every picture is cut to it, so that its place is known before it comes
LEAST = (160, 90)  # smaller ones are logos and counting pixels
MOST_PIXELS = 40_000_000  # unpacked; a bomb is refused by its head alone
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
MOST_BYTES = 500 * MEGABYTE  # of the whole cache
AGAIN = 24 * 3600.0  # seconds until an image that failed is asked for again
_TOUCH = 3600.0  # how finely "least recently used" is known, seconds
LIMITS = Limits(
    connect=5, first_byte=8, whole=15, bytes=12 * MEGABYTE, per_host=4, interval=0, at_once=16
)


@dataclass(frozen=True, slots=True)
class LeadImage:
    """What ``<img>`` says of a picture."""

    source: str
    source_set: str
    width: int
    height: int


def height_of(width: int) -> int:
    return width * RATIO[1] // RATIO[0]


def mark_of(url: str) -> str:
    """Names an image by its address: another picture has another mark, so answers never age."""
    return hashlib.sha256(url.encode()).hexdigest()[:20]


def renditions(content: bytes) -> dict[int, bytes]:
    """The picture as WebP in each width, cut to 16:9 from its middle, none larger than it is.

    Nothing but the pixels is kept: no place, camera or comment. Unreadable: not of a format that
    is read, broken, too large unpacked, too small to be a lead image.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise unreadable(Kind.PIXELS_MANY, width=picture.width, height=picture.height)
            if picture.width < LEAST[0] or picture.height < LEAST[1]:
                raise unreadable(Kind.PIXELS_FEW, width=picture.width, height=picture.height)
            picture.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))
            upright = _plain(ImageOps.exif_transpose(picture))
    except Unreadable:
        raise
    except Exception as error:  # decoders fail in ways of their own; one picture is lost
        detail = str(error) or type(error).__name__
        raise unreadable(Kind.BROKEN_PICTURE, detail=detail) from None
    found: dict[int, bytes] = {}
    for width in WIDTHS:
        # A width that the picture does not have is answered with the most that it has.
        real = min(width, upright.width, upright.height * RATIO[0] // RATIO[1])
        cut = ImageOps.fit(upright, (real, height_of(real)), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        cut.save(out, "WEBP", quality=76, method=4)
        found[width] = out.getvalue()
    return found


def _plain(picture: Image) -> Image:
    """In red, green and blue; what shows through stands on paper."""
    from PIL import Image

    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        paper = Image.new("RGBA", clear.size, (255, 253, 249, 255))
        return Image.alpha_composite(paper, clear).convert("RGB")
    return picture.convert("RGB")


class Images:
    """The cache of one store. ``with Images(folder) as images: await images.get(url, 800)``.

    Fetching has a thread and an event loop of its own, so that a slow publisher holds up no
    page. ``most_bytes``: what the folder may hold; the least recently read go first.
    """

    def __init__(
        self,
        folder: Path,
        allow_private: bool = False,
        contact: str | None = None,
        most_bytes: int = MOST_BYTES,
        limits: Limits = LIMITS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self._allow_private = allow_private
        self._contact = contact
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._held: int | None = None  # bytes in the folder, once counted
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._fetcher: Fetcher | None = None
        self._decoding: asyncio.Semaphore | None = None
        self._coming: dict[str, asyncio.Task[bool]] = {}

    def __enter__(self) -> Images:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result(timeout=5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        self._loop = None

    # ------------------------------------------------------------------ for pages

    def of(self, row: Row) -> LeadImage | None:
        """How a page shows an article's picture; None where it has none or it is known to fail."""
        url = web_address(row.image)
        if url is None or self.failed(url):
            return None
        start = f"/image/{row.guid}/{mark_of(url)}"
        return LeadImage(
            source=f"{start}.{WIDTHS[1]}.webp",
            source_set=", ".join(f"{start}.{width}.webp {width}w" for width in WIDTHS),
            width=WIDTHS[1],
            height=height_of(WIDTHS[1]),
        )

    def failed(self, url: str) -> bool:
        """Whether it was tried lately in vain."""
        try:
            since = self._none(mark_of(url)).stat().st_mtime
        except OSError:
            return False
        return self._clock() - since < AGAIN

    async def get(self, url: str, width: int) -> bytes | None:
        """The picture in one of ``WIDTHS`` as WebP, or None where there is none to be had."""
        mark = mark_of(url)
        path = self._path(mark, width)
        kept = self._read(path)
        if kept is not None:
            return kept
        if self.failed(url):
            return None
        if not await self._there(self._bring(url, mark)):
            return None
        return self._read(path)

    # ------------------------------------------------------------------ files

    def _path(self, mark: str, width: int) -> Path:
        return self.folder / mark[:2] / f"{mark}.{width}.webp"

    def _none(self, mark: str) -> Path:
        return self.folder / mark[:2] / f"{mark}.none"

    def _read(self, path: Path) -> bytes | None:
        try:
            content = path.read_bytes()
            if self._clock() - path.stat().st_mtime > _TOUCH:
                os.utime(path, (self._clock(), self._clock()))
        except OSError:
            return None
        return content

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{threading.get_ident()}.part")
        part.write_bytes(content)
        os.utime(part, (self._clock(), self._clock()))
        part.replace(path)

    def _keep(self, mark: str, made: dict[int, bytes]) -> None:
        with self._lock:
            if self._held is None:
                self._held = sum(size for _, size, _ in self._files())
            for width, content in made.items():
                self._write(self._path(mark, width), content)
                self._held += len(content)
            self._none(mark).unlink(missing_ok=True)
            if self._held > self.most_bytes:
                self._make_room()

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
        return sorted(found)

    def _make_room(self) -> None:
        """Delete the least recently read until a tenth is free."""
        files = self._files()
        held = sum(size for _, size, _ in files)
        for _, size, path in files:
            if held <= self.most_bytes * 9 // 10:
                break
            path.unlink(missing_ok=True)
            held -= size
        self._held = held

    # ------------------------------------------------------------------ fetching

    async def _there(self, work: Coroutine[Any, Any, bool]) -> bool:
        """Let the thread of fetching do it."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=self._loop.run_forever, name="images", daemon=True
                )
                self._thread.start()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def _bring(self, url: str, mark: str) -> bool:
        """Fetch and keep one image; who asks while it is coming waits for the same one."""
        task = self._coming.get(mark)
        if task is None:
            task = asyncio.create_task(self._fetch(url, mark))
            self._coming[mark] = task
            task.add_done_callback(lambda _: self._coming.pop(mark, None))
        return await asyncio.shield(task)

    async def _fetch(self, url: str, mark: str) -> bool:
        if self._fetcher is None:
            self._fetcher = Fetcher(self._limits, self._contact, self._allow_private)
            self._decoding = asyncio.Semaphore(2)
        assert self._decoding is not None
        try:
            fetched = await self._fetcher.fetch(url)
            async with self._decoding:
                made = await asyncio.to_thread(renditions, fetched.body)
        except BackstoryError as error:
            log.info("no picture from %s: %s", url, error)
            await asyncio.to_thread(self._write, self._none(mark), b"")
            return False
        await asyncio.to_thread(self._keep, mark, made)
        return True

    async def _end(self) -> None:
        for task in list(self._coming.values()):
            task.cancel()
        if self._fetcher is not None:
            await self._fetcher.close()
