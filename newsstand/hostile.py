"""The hostile corner: feeds and pages that no crawler should be harmed by, for tests."""

import gzip
import threading
import time
import zlib
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler

HOSTILE_HOST = "hostile.localhost"
MEGABYTE = 1024 * 1024
HUGE = 50 * MEGABYTE
BOMB = 200 * MEGABYTE
LONGEST_DRIP_SECONDS = 300.0
SECONDS_BETWEEN_DRIPS = 0.05

NO_FEED = "<!doctype html><title>Feeds</title><h1>Our feeds have moved</h1><p>Please look around."
SCRIPT_FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Clickers</title><link>http://{host}/</link>
<description>Bad links</description>
<item><title>Open me &lt;script&gt;alert(1)&lt;/script&gt;</title>
<link>javascript:alert(document.domain)</link><guid isPermaLink="false">bad-1</guid>
<description>&lt;script&gt;alert(2)&lt;/script&gt;&lt;img src=x onerror=alert(3)&gt;A harmless line.
</description></item>
<item><title>A page with script in its description</title><link>http://{host}/wrong-charset</link>
<description>&lt;a href="javascript:alert(4)"&gt;Read more&lt;/a&gt;</description></item>
</channel></rss>
"""
INVALID_FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Broken & unbowed</title>
<item><title>First item < second item</title><link>http://{host}/missing</link>
<item><title>Never closed
"""
WRONG_CHARSET = (
    "<!doctype html><html lang=de><head><meta charset=utf-8><title>Fährlinie über die Förde</title>"
    "</head><body><article><h1>Fährlinie über die Förde</h1><p>Die Fährgesellschaft fährt künftig "
    "täglich über die Förde, sagte Geschäftsführer Jörg Süßmilch. Für Schüler gilt ein ermäßigter "
    "Preis, für Räder bleibt die Überfahrt kostenlos.</p></article></body></html>"
)


@cache
def bomb() -> bytes:
    """200 MB of markup, packed small."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    block = b"<p>" + b" " * (MEGABYTE - 3)
    parts = [packer.compress(block) for _ in range(BOMB // MEGABYTE)]
    return b"".join(parts) + packer.flush()


class HostileCorner:
    """Answers for the hostile host."""

    def __init__(self, port: int) -> None:
        self.base = f"http://{HOSTILE_HOST}:{port}"
        self._left = threading.Event()
        self._answers: dict[str, tuple[int, Callable[[BaseHTTPRequestHandler], None]]] = {
            "not-a-feed": (200, self._text("text/html; charset=utf-8", NO_FEED)),
            "huge": (200, self._huge),
            "endless": (200, self._endless),
            "loop": (302, self._redirect(f"{self.base}/loop-back")),
            "loop-back": (302, self._redirect(f"{self.base}/loop")),
            "redirect-to-metadata": (302, self._redirect("http://169.254.169.254/latest/")),
            "script-feed": (200, self._text("application/rss+xml", SCRIPT_FEED)),
            "invalid-feed": (200, self._text("application/rss+xml", INVALID_FEED)),
            "gzip-bomb": (200, self._bomb),
            "wrong-charset": (200, self._wrong_charset),
        }
        names = [name for name in self._answers if name != "loop-back"]
        self.addresses = {name: f"{self.base}/{name}" for name in [*names, "missing"]}

    def leave(self) -> None:
        """End every answer that is still dripping."""
        self._left.set()

    def status(self, path: str) -> int:
        """The status that a path answers with."""
        return self._answers.get(path.strip("/"), (404, None))[0]

    def answer(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        """Answer one request, badly on purpose."""
        _, act = self._answers.get(path.strip("/"), (404, self._missing))
        act(handler)

    @staticmethod
    def _head(handler: BaseHTTPRequestHandler, status: int, media: str, **more: str) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media)
        for name, value in more.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in more:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        handler.end_headers()

    def _body(self, handler: BaseHTTPRequestHandler, media: str, body: bytes, **more: str) -> None:
        self._head(handler, 200, media, Content_Length=str(len(body)), **more)
        handler.wfile.write(body)

    def _text(self, media: str, text: str) -> Callable[[BaseHTTPRequestHandler], None]:
        body = text.replace("{host}", self.base.removeprefix("http://")).encode()
        return lambda handler: self._body(handler, media, body)

    def _redirect(self, target: str) -> Callable[[BaseHTTPRequestHandler], None]:
        return lambda handler: self._head(
            handler, 302, "text/plain", Location=target, Content_Length="0"
        )

    def _missing(self, handler: BaseHTTPRequestHandler) -> None:
        body = b"There is no such page.\n"
        self._head(handler, 404, "text/plain", Content_Length=str(len(body)))
        handler.wfile.write(body)

    def _huge(self, handler: BaseHTTPRequestHandler) -> None:
        self._head(handler, 200, "text/html; charset=utf-8")
        block = (b"<p>" + b"word " * 200 + b"</p>\n") * 100
        sent = 0
        while sent < HUGE and not self._left.is_set():
            handler.wfile.write(block)
            sent += len(block)

    def _endless(self, handler: BaseHTTPRequestHandler) -> None:
        self._head(handler, 200, "text/html; charset=utf-8")
        end = time.monotonic() + LONGEST_DRIP_SECONDS
        while time.monotonic() < end and not self._left.wait(SECONDS_BETWEEN_DRIPS):
            handler.wfile.write(b"<p>and so on ")
            handler.wfile.flush()

    def _bomb(self, handler: BaseHTTPRequestHandler) -> None:
        self._body(handler, "text/html; charset=utf-8", bomb(), Content_Encoding="gzip")

    def _wrong_charset(self, handler: BaseHTTPRequestHandler) -> None:
        body = gzip.compress(WRONG_CHARSET.encode("iso-8859-1"), mtime=0)
        self._body(handler, "text/html; charset=utf-8", body, Content_Encoding="gzip")
