"""Asking for one address: conditional requests, redirects, limits, robots.txt, all on loopback."""

from __future__ import annotations

import asyncio
import gzip
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from backstory.model.errors import FetchError
from backstory.web.fetcher import Fetched, Fetcher, Limits, user_agent

Answer = Callable[[asyncio.StreamWriter, dict[str, str]], Awaitable[None]]
FAST = Limits(connect=2, first_byte=0.5, whole=1.5, bytes=100_000, interval=0)


def page(body: bytes = b"<p>hello", status: str = "200 OK", **headers: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter, _: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return answer


class Server:
    """Answers paths on loopback; keeps what was asked."""

    def __init__(self, **pages: Answer) -> None:
        self.pages = {
            f"/{name.replace('__', '/').replace('_', '-')}": a for name, a in pages.items()
        }
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.most_at_once = self._now = 0

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def url(self, path: str, host: str = "gazette.localhost") -> str:
        return f"http://{host}:{self.port}/{path}"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            path = head[0].split(" ")[1]
            headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
            self.asked.append((path, headers))
            await self.pages.get(path, page(b"", "404 Not Found"))(writer, headers)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._now -= 1
            writer.close()


def fetch(server: Server, path: str, limits: Limits = FAST, **options: object) -> Fetched:
    async def run() -> Fetched:
        async with server, Fetcher(limits, allow_private=True) as fetcher:
            return await fetcher.fetch(server.url(path), **options)  # type: ignore[arg-type]

    return asyncio.run(run())


def failure(server: Server, path: str, limits: Limits = FAST) -> FetchError:
    with pytest.raises(FetchError) as error:
        fetch(server, path, limits, robots=False)
    return error.value


def test_a_page_comes_with_what_the_server_says_of_it() -> None:
    got = fetch(
        Server(
            story=page(
                "<p>Fähre".encode("latin-1"),
                ETag='"v1"',
                Last_Modified="Tue, 12 May 2026 10:00:00 GMT",
                Content_Type='Text/HTML; Charset="ISO-8859-1"',
                Cache_Control="public, max-age=600",
                TDM_Reservation="1",
            )
        ),
        "story",
    )
    assert got.body == b"<p>F\xe4hre"
    assert (got.status, got.etag, got.content_type, got.charset) == (
        200,
        '"v1"',
        "text/html",
        "iso-8859-1",
    )
    assert got.last_modified == "Tue, 12 May 2026 10:00:00 GMT"
    assert got.max_age == 600
    assert got.reserved
    assert got.moved_to is None


def test_nothing_new_is_told_by_304() -> None:
    async def answer(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        assert headers["if-none-match"] == '"v1"'
        assert headers["if-modified-since"] == "tue, 12 may 2026 10:00:00 gmt"
        await page(b"", "304 Not Modified", ETag='"v1"')(writer, headers)

    got = fetch(Server(feed=answer), "feed", etag='"v1"', modified="Tue, 12 May 2026 10:00:00 GMT")
    assert (got.status, got.body) == (304, b"")


def test_requests_introduce_themselves() -> None:
    server = Server(story=page())
    fetch(server, "story")
    assert {headers["user-agent"] for _, headers in server.asked} == {user_agent().lower()}
    assert "me@example.org" in user_agent("me@example.org\r\nX-Evil: 1")
    assert "\n" not in user_agent("me@example.org\r\nX-Evil: 1")


def test_redirects_are_followed_and_permanent_ones_told() -> None:
    server = Server(
        old=page(b"", "301 Moved", Location="/older"),
        older=page(b"", "308 Moved", Location="/now"),
        now=page(b"", "302 Found", Location="/today#part"),
        today=page(b"news"),
    )
    got = fetch(server, "old", robots=False)
    assert got.body == b"news"
    assert got.final_url.endswith("/today")
    assert got.moved_to is not None
    assert got.moved_to.endswith("/now")


def test_a_cookie_goes_back_to_the_host_that_set_it_and_no_other() -> None:
    async def door(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        if headers.get("cookie") == "seen=yes":
            await page(b"news")(writer, headers)
        else:
            cookie = {"Set_Cookie": "seen=yes; Path=/; HttpOnly", "Location": "/door"}
            await page(b"", "302 Found", **cookie)(writer, headers)

    server = Server(door=door, other=page(b"other"))
    assert fetch(server, "door", robots=False).body == b"news"
    server.asked.clear()

    async def leave(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        elsewhere = server.url("other", "courier.localhost")
        await page(b"", "302 Found", Set_Cookie="a=b", Location=elsewhere)(writer, headers)

    server.pages["/leave"] = leave
    assert fetch(server, "leave", robots=False).body == b"other"
    assert not any("cookie" in headers for _, headers in server.asked)


def test_private_networks_are_refused_unless_allowed() -> None:
    async def run() -> None:
        async with Server(story=page()) as server, Fetcher(FAST) as fetcher:
            for host in ("gazette.localhost", "127.0.0.1", "2130706433", "[::1]"):
                with pytest.raises(FetchError, match="loopback"):
                    await fetcher.fetch(server.url("story", host), robots=False)
            assert server.asked == []

    asyncio.run(run())


@pytest.mark.parametrize("url", ["ftp://example.com/", "file:///etc/passwd", "", "http://", "x y"])
def test_what_is_no_http_address_is_refused(url: str) -> None:
    async def run() -> None:
        async with Fetcher(FAST) as fetcher:
            await fetcher.fetch(url)

    with pytest.raises(FetchError, match="address-"):
        asyncio.run(run())


def test_compressed_bodies_are_unpacked() -> None:
    text = b"<p>" + b"word " * 2000
    raw = zlib.compressobj(wbits=-15)
    for name, body in {
        "gzip": gzip.compress(text[:5000]) + gzip.compress(text[5000:]),
        "deflate": zlib.compress(text),
        "Deflate": raw.compress(text) + raw.flush(),
    }.items():
        assert fetch(Server(story=page(body, Content_Encoding=name)), "story").body == text


def test_a_server_may_ask_to_wait() -> None:
    error = failure(Server(feed=page(b"", "429 Slow down", Retry_After="120")), "feed")
    assert (error.status, error.retry_after) == (429, 120.0)
    date = page(b"", "503 Busy", Retry_After="Fri, 31 Dec 2100 23:59:59 GMT")
    waiting = failure(Server(feed=date), "feed").retry_after
    assert waiting is not None
    assert waiting > 1e9


def test_nobody_listening_is_told() -> None:
    async def run() -> None:
        async with Fetcher(FAST, allow_private=True) as fetcher:
            await fetcher.fetch("http://127.0.0.1:9/", robots=False)

    with pytest.raises(FetchError, match="port 9"):
        asyncio.run(run())

    async def closed() -> None:
        async with Server() as server:
            port = server.port
        async with Fetcher(FAST, allow_private=True) as fetcher:
            await fetcher.fetch(f"http://127.0.0.1:{port}/", robots=False)

    with pytest.raises(FetchError, match="no-connection"):
        asyncio.run(closed())


ROBOTS = b"User-agent: *\nDisallow: /private\n\nUser-agent: Backstory\nDisallow: /closed\n"


def test_robots_txt_is_read_once_and_obeyed() -> None:
    server = Server(closed=page(), open=page(), private=page())
    server.pages["/robots.txt"] = page(ROBOTS, Content_Type="text/plain")

    async def run() -> None:
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            await fetcher.fetch(server.url("open"))
            await fetcher.fetch(server.url("private"))  # the group of our own name counts
            with pytest.raises(FetchError, match="robots"):
                await fetcher.fetch(server.url("closed"))
            await fetcher.fetch(server.url("closed"), robots=False)
        async with server, Fetcher(FAST, allow_private=True, obey_robots=False) as careless:
            await careless.fetch(server.url("closed"))

    asyncio.run(run())
    asked = [path for path, _ in server.asked if not path.endswith("tdmrep.json")]
    assert asked == ["/robots.txt", "/open", "/private", "/closed", "/closed"]


def test_reservations_come_from_the_answer_and_else_from_the_host() -> None:
    rules = b"""[{"location": "/free/*", "tdm-reservation": 0}, {"location": "/*.html$",
    "tdm-reservation": 1}, {"location": 3}, "?", {"location": "/none", "tdm-reservation": 2}]"""
    server = Server(free__a=page(), other=page())
    server.pages |= {"/said.html": page(TDM_Reservation="0"), "/silent.html": page()}
    server.pages["/.well-known/tdmrep.json"] = page(rules)

    async def run() -> dict[str, bool | None]:
        names = ("free/a", "other", "said.html", "silent.html")
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            return {name: (await fetcher.fetch(server.url(name))).reserved for name in names}

    assert asyncio.run(run()) == {
        "free/a": False, "other": None, "said.html": False, "silent.html": True,
    }  # fmt: skip
    assert sum(path == "/.well-known/tdmrep.json" for path, _ in server.asked) == 1


def test_places_of_reservations_are_read_as_robots_txt_writes_them() -> None:
    from backstory.web.reservation import fits, parse

    for location, path, expected in [
        ("/", "/news/1", True), ("/news", "/news/1", True), ("/news$", "/news/1", False),
        ("/news$", "/news", True), ("*.pdf", "/a/b.pdf?x", True), ("*.pdf$", "/a/b.pdf?x", False),
        ("/a*b*c$", "/abc", True), ("/a*b*c$", "/ab", False), ("/*ab$", "/ab", True),
        ("/ab*b$", "/ab", False),
    ]:  # fmt: skip
        assert fits(path, location) is expected, (location, path)
    started = time.monotonic()
    assert not fits("/" + "a" * 4000, "/" + "*a" * 400 + "b")
    assert time.monotonic() - started < 0.1
    assert parse(b"no json").of("https://a.example/") is None


def test_a_failing_robots_txt_keeps_out_and_a_missing_one_does_not() -> None:
    server = Server(story=page())
    fetch(server, "story")
    server.pages["/robots.txt"] = page(b"", "503 Busy")
    with pytest.raises(FetchError, match="robots-unread"):
        fetch(server, "story")


def test_few_requests_at_once_for_one_host_and_many_for_all() -> None:
    async def slow(writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        await asyncio.sleep(0.05)
        await page()(writer, headers)

    async def run(hosts: list[str]) -> int:
        async with (
            Server(story=slow) as server,
            Fetcher(replace(FAST, per_host=2), allow_private=True) as fetcher,
        ):
            asks = [fetcher.fetch(server.url("story", host), robots=False) for host in hosts]
            await asyncio.gather(*asks)
            return server.most_at_once

    assert asyncio.run(run(["one.localhost"] * 8)) == 2
    assert asyncio.run(run([f"paper{i}.localhost" for i in range(8)])) == 8
