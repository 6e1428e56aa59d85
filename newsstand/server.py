"""Serves every made-up publisher on one loopback port, told apart by the Host header."""

import gzip
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from newsstand.feeds import feed_xml, latest
from newsstand.hostile import HOSTILE_HOST, HostileCorner
from newsstand.images import draw
from newsstand.press import Page, Press, make_pages, slugify
from newsstand.publishers import BY_HOST, PUBLISHERS, Publisher


class Request(NamedTuple):
    """One line of the log."""

    method: str
    host: str
    path: str
    status: int
    had_conditional_headers: bool


class Truth(NamedTuple):
    """What a page really is: for tests and the curious."""

    topic: str
    event: str
    kind: str
    original: str
    """The address of the original; a page that is one gives its own."""


@dataclass(frozen=True)
class Answer:
    """A finished document."""

    status: int
    media_type: str
    body: bytes
    modified: datetime | None = None
    may_gzip: bool = False

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:20]}"'


class Newsstand:
    """The running newsstand; a context manager."""

    def __init__(
        self,
        port: int = 8010,
        today: date | None = None,
        *,
        corrected: bool = False,
        hostile: bool = False,
    ) -> None:
        self.today = today or datetime.now(UTC).date()
        self.publishers: tuple[Publisher, ...] = PUBLISHERS
        self.pages: list[Page] = make_pages(self.today)
        self.requests: deque[Request] = deque(maxlen=1_000_000)
        self._corrected = corrected
        self._answers: dict[tuple[str, str, bool], Answer] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand = self
        self.port: int = self._server.server_address[1]
        self.press = Press(self.pages, self.port)
        self._places = {(page.publisher.host, page.path): page for page in self.pages}
        self.corner = HostileCorner(self.port) if hostile else None
        self._thread: threading.Thread | None = None

    @property
    def feeds(self) -> list[str]:
        """The addresses of all feeds."""
        return [self.press.url(publisher, publisher.feed) for publisher in self.publishers]

    @property
    def hostile(self) -> dict[str, str]:
        """The addresses of the hostile corner; empty when it is switched off."""
        return self.corner.addresses if self.corner else {}

    @property
    def corrected(self) -> bool:
        return self._corrected

    def correct(self) -> None:
        """From now on the corrected article says what its correction says."""
        self._corrected = True

    def url_of(self, page: Page) -> str:
        """The address of a page."""
        return self.press.page_url(page)

    def truth(self) -> dict[str, Truth]:
        """What each page really is, by its address."""
        return {
            self.url_of(page): Truth(
                page.article.topic,
                page.article.event,
                page.kind,
                self.url_of(page.original or page),
            )
            for page in self.pages
        }

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop and let go of the port."""
        if self.corner:
            self.corner.leave()
        if self._thread:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def answer(self, host: str, path: str) -> Answer:
        """The document at an address, printed once and kept."""
        key = (host, path, self._corrected)
        found = self._answers.get(key)
        if found is None:
            found = self._print(host, path, self._corrected)
            if found.status == 200:
                with self._lock:
                    self._answers[key] = found
        return found

    def _print(self, host: str, target: str, corrected: bool) -> Answer:
        publisher = BY_HOST.get(host)
        path = urlsplit(target).path
        if publisher is None:
            return self._html(self.press.index_html(), "utf-8")
        page = self._places.get((host, target)) or self._places.get((host, path))
        if page is not None:
            text = self.press.article_html(page, corrected)
            modified = page.in_state(corrected).modified
            return self._html(text, publisher.charset, modified, publisher.gzip)
        mine = [page.in_state(corrected) for page in self.press.by_publisher[publisher.key]]
        if path == publisher.feed:
            xml = feed_xml(self.press, publisher, corrected)
            body = xml.encode(publisher.charset, "xmlcharrefreplace")
            media = f"application/{publisher.feed_kind}+xml; charset={publisher.charset}"
            return Answer(200, media, body, latest(mine), publisher.gzip)
        if path == "/robots.txt":
            return Answer(200, "text/plain; charset=utf-8", b"User-agent: *\nDisallow: /search\n")
        if path.startswith("/media/"):
            for page in mine:
                if page.image == path:
                    media, body = draw(publisher.image, page.number)
                    return Answer(200, media, body, page.article.published)
        text = self._list(publisher, path, corrected)
        if text:
            return self._html(text, publisher.charset, latest(mine), publisher.gzip)
        return Answer(404, "text/plain; charset=utf-8", b"There is no such page.\n")

    def _list(self, publisher: Publisher, path: str, corrected: bool) -> str:
        if path == "/":
            return self.press.list_html(publisher, publisher.name, "", corrected)
        if path == "/about":
            return self.press.about_html(publisher)
        for section in publisher.sections:
            if path == f"/section/{slugify(section)}":
                return self.press.list_html(publisher, section, section, corrected)
        return ""

    @staticmethod
    def _html(
        text: str, charset: str, modified: datetime | None = None, may_gzip: bool = False
    ) -> Answer:
        body = text.encode(charset, "xmlcharrefreplace")
        return Answer(200, f"text/html; charset={charset}", body, modified, may_gzip)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    stand: Newsstand

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves in the middle is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "newsstand"
    wbufsize = -1
    timeout = 30

    def do_GET(self) -> None:
        stand = self.server.stand
        host = self.headers.get("Host", "").partition(":")[0].lower()
        path = urlsplit(self.path)
        target = f"{path.path}?{path.query}" if path.query else path.path
        if host == HOSTILE_HOST and stand.corner is not None:
            self._log(host, target, stand.corner.status(path.path))
            stand.corner.answer(self, path.path)
            return
        answer = stand.answer(host, target)
        status = 304 if answer.status == 200 and self._unchanged(answer) else answer.status
        self._log(host, target, status)
        self._send(answer, status)

    do_HEAD = do_GET

    def _log(self, host: str, target: str, status: int) -> None:
        asked = "If-None-Match" in self.headers or "If-Modified-Since" in self.headers
        self.server.stand.requests.append(Request(self.command, host, target, status, asked))

    def _unchanged(self, answer: Answer) -> bool:
        """Whether the client already has this (RFC 9110, 13.2.2: the tag decides if given)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in known or answer.etag in known
        since = self.headers.get("If-Modified-Since")
        if since is None or answer.modified is None:
            return False
        try:
            return answer.modified <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def _send(self, answer: Answer, status: int) -> None:
        body = answer.body
        zipped = answer.may_gzip and "gzip" in self.headers.get("Accept-Encoding", "")
        self.send_response(status)
        if status == 200:
            self.send_header("ETag", f"W/{answer.etag}" if answer.may_gzip else answer.etag)
            self.send_header("Cache-Control", "no-cache")
        elif status == 304:
            self.send_header("ETag", f"W/{answer.etag}" if answer.may_gzip else answer.etag)
        if answer.modified and status in (200, 304):
            self.send_header("Last-Modified", format_datetime(answer.modified, usegmt=True))
        if answer.may_gzip:
            self.send_header("Vary", "Accept-Encoding")
        if status == 304:
            self.end_headers()
            return
        if zipped:
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the log is kept in `Newsstand.requests`."""
