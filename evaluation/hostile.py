"""Hostile cases, and what each gets: addresses, answers of servers, documents.

    python -m evaluation.hostile

Every case runs through the real parts: addresses and answers through the fetcher with its guard
(answers from a server on loopback), documents through the parsers in processes that are killed
when they hang. The same cases are tests (``tests/test_hostile.py``).
"""

from __future__ import annotations

import asyncio
import gzip
import sys
import time
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from backstory.cli.problems import sentence
from backstory.collect.feeds import parse_feed
from backstory.collect.opml import read as read_opml
from backstory.collect.parsed import ParsedFeed
from backstory.collect.workers import Workers
from backstory.extract.page import examine
from backstory.model.article import Reading
from backstory.model.errors import BackstoryError, FetchError
from backstory.web.fetcher import Fetcher, Limits

LIMITS = Limits(connect=2, first_byte=0.5, whole=1.5, bytes=100_000, per_host=50, interval=0)
URL = "https://gazette.example/feed"
ALIVE = ("<script", "javascript:", "onerror", "onload", "<iframe", "<svg", "root:x:0", "vbscript:")

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and what it got; ``as_expected``: it did get what it should."""

    kind: str
    case: str
    got: str
    seconds: float
    as_expected: bool


# ---------------------------------------------------------------- addresses

# A link, and what is said of it.
ADDRESSES = [
    ("http://127.0.0.1/", "loopback"),
    ("http://127.1/", "loopback"),
    ("http://127.255.255.254/", "loopback"),
    ("http://2130706433/", "loopback"),
    ("http://0x7f000001/", "loopback"),
    ("http://0x7f.0.0.1/", "loopback"),
    ("http://0177.0.0.1/", "loopback"),
    ("http://017700000001/", "loopback"),
    ("http://0x7F.1/", "loopback"),
    ("http://①②⑦.⓪.⓪.①/", "loopback"),
    ("http://127。0。0。1/", "loopback"),
    ("http://%31%32%37.0.0.1/", "loopback"),
    ("http://user@127.0.0.1/", "loopback"),
    ("http://example.com@127.0.0.1/", "loopback"),
    ("http://localhost/", "loopback"),
    ("http://LOCALHOST./", "loopback"),
    ("http://news.localhost/", "loopback"),
    ("http://[::1]/", "loopback"),
    ("http://[0:0:0:0:0:0:0:1]/", "loopback"),
    ("http://[::]/", "unspecified"),
    ("http://[::127.0.0.1]/", "IPv4-compatible"),
    ("http://0.0.0.0/", "unspecified"),
    ("http://0/", "unspecified"),
    ("http://10.0.0.1/", "private"),
    ("http://10.1/", "private"),
    ("http://172.16.0.1/", "private"),
    ("http://172.31.255.255/", "private"),
    ("http://192.168.1.1/", "private"),
    ("http://3232235777/", "private"),
    ("http://100.64.0.1/", "shared"),
    ("http://169.254.169.254/latest/meta-data/", "link-local"),
    ("http://0xa9fea9fe/", "link-local"),
    ("http://0251.0376.0251.0376/", "link-local"),
    ("http://192.0.0.192/", "reserved"),
    ("http://192.0.2.1/", "documentation"),
    ("http://198.18.0.1/", "benchmarking"),
    ("http://198.51.100.7/", "documentation"),
    ("http://203.0.113.7/", "documentation"),
    ("http://192.88.99.1/", "6to4"),
    ("http://224.0.0.1/", "multicast"),
    ("http://239.255.255.250/", "multicast"),
    ("http://240.0.0.1/", "reserved"),
    ("http://255.255.255.255/", "reserved"),
    ("http://[::ffff:127.0.0.1]/", "IPv4-mapped"),
    ("http://[::ffff:7f00:1]/", "IPv4-mapped"),
    ("http://[::ffff:169.254.169.254]/", "IPv4-mapped"),
    ("http://[::ffff:8.8.8.8]/", "IPv4-mapped"),
    ("http://[64:ff9b::7f00:1]/", "NAT64"),
    ("http://[64:ff9b::169.254.169.254]/", "NAT64"),
    ("http://[64:ff9b:1::a00:1]/", "NAT64"),
    ("http://[2002:7f00:1::]/", "6to4"),
    ("http://[2002:a9fe:a9fe::1]/", "6to4"),
    ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "Teredo"),
    ("http://[2001:10::1]/", "reserved"),
    ("http://[2001:db8::1]/", "documentation"),
    ("http://[3fff::1]/", "documentation"),
    ("http://[100::1]/", "discard"),
    ("http://[fc00::1]/", "private"),
    ("http://[fd12:3456:789a::1]/", "private"),
    ("http://[fe80::1]/", "link-local"),
    ("http://[fe80::1%25eth0]/", "link-local"),
    ("http://[fec0::1]/", "site-local"),
    ("http://[ff02::1]/", "multicast"),
    ("http://[4000::1]/", "reserved"),
    ("http://[5f00::1]/", "reserved"),
    ("http://example.com:22/", "port 22"),
    ("http://example.com:25/", "port 25"),
    ("http://example.com:6379/", "port 6379"),
    ("ftp://example.com/feed", "addresses that begin with"),
    ("file:///etc/passwd", "addresses that begin with"),
    ("gopher://example.com/", "addresses that begin with"),
    ("javascript:alert(1)", "addresses that begin with"),
    ("data:text/html,hello", "addresses that begin with"),
    ("http:///etc/passwd", "address"),
]


# ---------------------------------------------------------------- answers


def _said(body: bytes, status: str = "200 OK", **headers: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return answer


def _to(location: str) -> Answer:
    return _said(b"", "302 Found", Location=location)


async def _garbage(writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\x01 what is this\r\n\r\n")


async def _short(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf")


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"<p>more ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: and more\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def _large_header(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 2_000_000 + b"\r\n\r\n")
    await writer.drain()


async def _flood(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"<p>more " * 1000)
        await writer.drain()


async def _silent(_: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


_BOMB = gzip.compress(b"\0" * 50_000_000)

# What a server does, its answer, and what is said of it.
ANSWERS: list[tuple[str, Answer, str]] = [
    ("a redirect in a circle", _to("/0"), "more than 5 redirects"),
    ("a redirect to a cloud's keys", _to("http://169.254.169.254/latest/"), "link-local"),
    ("the same in hexadecimal", _to("http://0xa9fea9fe/"), "link-local"),
    ("a redirect into IPv6", _to("http://[::ffff:127.0.0.1]/"), "IPv4-mapped"),
    ("a redirect to a file", _to("file:///etc/passwd"), "not a web page"),
    ("a redirect to gopher", _to("gopher://localhost:70/"), "not a web page"),
    ("a redirect to script", _to("javascript:alert(1)"), "not a web page"),
    ("a redirect to SSH", _to("http://gazette.localhost:22/"), "port 22"),
    ("a redirect to nowhere", _to(""), "leads nowhere"),
    ("a body without end", _endless, "not finished after 1.5 seconds"),
    ("headers without end", _endless_headers, "not finished after 1.5 seconds"),
    ("a header of 2 MB", _large_header, "not HTTP"),
    ("a flood", _flood, "larger than"),
    ("silence", _silent, "no data for 0.5 seconds"),
    ("no HTTP", _garbage, "not HTTP"),
    ("half a body", _short, "not HTTP"),
    ("a gzip bomb", _said(_BOMB, Content_Encoding="gzip"), "larger than 100,000 bytes"),
    (
        "a deflate bomb",
        _said(zlib.compress(b"\0" * 50_000_000), Content_Encoding="deflate"),
        "larger than 100,000 bytes",
    ),
    (
        "packed many times over",
        _said(gzip.compress(_BOMB), Content_Encoding="gzip, gzip"),
        "not requested",
    ),
    ("a body that is too large", _said(b"x" * 100_001), "larger than 100,000 bytes"),
    ("broken gzip", _said(b"\x1f\x8bno", Content_Encoding="gzip"), "compression is broken"),
    ("an encoding nobody asked for", _said(b"?", Content_Encoding="br"), "not requested"),
    ("a password", _said(b"", "401 Who"), "asks for a password"),
    ("a refusal", _said(b"", "403 No"), "refuses to answer"),
    ("nothing there", _said(b"", "404 Not Found"), "no such page"),
    ("gone for good", _said(b"", "410 Gone"), "permanently gone"),
    ("too many requests", _said(b"", "429 Slow"), "fewer requests"),
    ("a broken server", _said(b"", "500 Oh"), "server failed"),
]


# ---------------------------------------------------------------- documents


def _rss(item: str, head: str = "") -> bytes:
    return (
        f"{head}<rss version='2.0'><channel><title>G</title><item><title>A ferry hits the pier"
        f"</title><link>https://gazette.example/1</link>{item}</item></channel></rss>"
    ).encode()


def _laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    return _rss("<description>&a11;</description>", f"<!DOCTYPE rss [{entities}]>")


def _quadratic() -> bytes:
    entity = f'<!ENTITY a "{"x" * 50_000}">'
    return _rss(f"<description>{'&a;' * 2000}</description>", f"<!DOCTYPE rss [{entity}]>")


_FILE = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
_PARAMETER = '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'


def _described(markup: str) -> bytes:
    return _rss(f"<description><![CDATA[Nobody was hurt. {markup}]]></description>")


def _page(markup: str, head: str = "") -> bytes:
    text = "The ferry struck the pier on Tuesday, and nobody of the forty aboard was hurt. " * 8
    return (
        f"<html><head><title>A ferry hits the pier</title>{head}</head><body><article>"
        f"<h1>A ferry hits the pier</h1><p>{text}</p>{markup}</article></body></html>"
    ).encode()


_LINK = "<link>javascript:alert(1)</link><guid>javascript:alert(2)</guid>"

# What stands there, how it is read, and what is said of it.
DOCUMENTS: list[tuple[str, str, bytes, str]] = [
    ("a billion laughs", "feed", _laughs(), "read"),
    ("entities that grow by the square", "feed", _quadratic(), "read"),
    ("an entity that reads a file", "feed", _rss("<description>&f;</description>", _FILE), "read"),
    ("an entity that asks a server", "feed", _rss("", _PARAMETER), "read"),
    ("the same in a sitemap", "feed", _FILE.encode() + b"<urlset><url><loc>&f;</loc></url>"
     b"</urlset>", "read"),
    ("the same in OPML", "opml", _FILE.encode() + b"<opml><body><outline text='&f;' "
     b"xmlUrl='https://a.example/'/></body></opml>", "read"),
    ("an author of 24 kB that makes feedparser hang", "feed",
     _rss(f"<author>{'a' * 24_000}</author>"), "read"),
    ("2,000 elements one in another", "feed", _rss("<a>" * 2_000), "read"),
    ("a description of 1 MB", "feed", _rss(f"<description>{'long ' * 200_000}</description>"),
     "read"),
    ("null bytes and broken UTF-8", "feed", _rss("<description>\0\ufffd</description>")
     .replace(b"pier", b"p\xff\xfeier"), "read"),
    ("nothing at all", "feed", b"", "the answer is empty"),
    ("a web page for a feed", "feed", b"<!doctype html><title>x</title>", "a web page"),
    ("JSON that is no feed", "feed", b'{"a": 1}', "not a JSON Feed"),
    ("JSON a million deep", "feed", b'{"a":' + b"[" * 1_000_000, "JSON"),
    ("script in a description", "feed", _described("<script>alert(1)</script>"), "read"),
    ("script in a handler", "feed", _described("<img src=x onerror=alert(1)>"), "read"),
    ("script in a drawing", "feed", _described("<svg onload=alert(1)>"), "read"),
    ("script in a link", "feed", _described("<a href=' java&#10;script:alert(1)'>x</a>"), "read"),
    ("a frame", "feed", _described("<iframe src='https://evil.example/'></iframe>"), "read"),
    ("markup packed twice", "feed", _described("&lt;script&gt;alert(1)&lt;/script&gt;"), "read"),
    ("an article at a script", "feed", _rss(_LINK.replace("<link>", "<x/><link>", 1)), "read"),
    ("script in a page", "page", _page("<script>alert(1)</script><p onclick=alert(1)>x</p>"),
     "read"),
    ("a page whose canonical address is a script", "page",
     _page("", "<link rel=canonical href='javascript:alert(1)'>"), "read"),
    ("a page that calls itself another publisher's", "page",
     _page("", "<link rel=canonical href='https://other.example/stolen'>"), "gazette.example"),
    ("a picture at a script", "page",
     _page("", "<meta property='og:image' content='javascript:alert(1)'>"), "read"),
    ("a page of 100,000 divisions one in another", "page", _page("<div>" * 100_000), ""),
    ("structured data without end", "page",
     _page("", f"<script type='application/ld+json'>{'[' * 100_000}</script>"), "read"),
    ("a page that keeps robots out", "page", b"<title>Just a moment...</title><p>Checking your "
     b"browser before you go on. Enable JavaScript and cookies to continue.", "an error page"),
    ("a consent wall", "page", b"<title>Before you continue</title><p>We use cookies and tracking "
     b"for our advertising; give your consent to cookies or manage your privacy settings.</p>",
     "consent wall"),
]  # fmt: skip


def _hang(_: bytes) -> None:
    while True:
        pass


# ---------------------------------------------------------------- what each gets


async def run() -> list[Outcome]:
    """All cases; those of one kind at the same time, but for documents."""
    async with Fetcher(LIMITS) as fetcher:
        asked = (_address(fetcher, url, expected) for url, expected in ADDRESSES)
        found = await asyncio.gather(*asked)
    found += await _answers()
    async with Workers(count=1) as workers:
        await workers.run(parse_feed, _rss(""), URL)  # what is loaded once
        for name, kind, body, expected in DOCUMENTS:
            found.append(await _document(workers, name, kind, body, expected))
        tries: list[Outcome] = []
        while len(tries) < 3 and not (tries and tries[-1].as_expected):  # if the machine is busy
            tries.append(await _hanging(workers))
        found.append(tries[-1])
    return found


async def _hanging(workers: Workers) -> Outcome:
    started = time.monotonic()
    try:
        await workers.run(_hang, b"")
        got = "it came to an end"
    except BackstoryError as error:
        got = sentence(error.problem)
    seconds = time.monotonic() - started
    in_time = "did not finish in" in got and seconds < 5
    return Outcome("document", "a parser that hangs", got, seconds, in_time)


async def _address(fetcher: Fetcher, url: str, expected: str) -> Outcome:
    started = time.monotonic()
    try:
        await fetcher.fetch(url, robots=False)
        got = "it was asked for"
    except FetchError as error:
        got = sentence(error.problem)
    seconds = time.monotonic() - started
    return Outcome("address", url, got, seconds, expected in got and "\n" not in got)


async def _answers() -> list[Outcome]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            await ANSWERS[int(head.split(" ")[1].strip("/"))][1](writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def one(number: int) -> Outcome:
        name, _, expected = ANSWERS[number]
        started = time.monotonic()
        try:
            await fetcher.fetch(f"http://gazette.localhost:{port}/{number}", robots=False)
            got = "it was taken"
        except FetchError as error:
            got = sentence(error.problem)
        seconds = time.monotonic() - started
        return Outcome("answer", name, got, seconds, expected in got and "\n" not in got)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Fetcher(LIMITS, allow_private=True) as fetcher:
        found = await asyncio.gather(*map(one, range(len(ANSWERS))))
    server.close()
    return list(found)


async def _document(workers: Workers, name: str, kind: str, body: bytes, expected: str) -> Outcome:
    started = time.monotonic()
    try:
        if kind == "feed":
            got = _told(await workers.run(parse_feed, body, URL, "application/rss+xml"))
        elif kind == "opml":
            got = _alive(str(await workers.run(read_opml, body))) or "read: 1 feed, nothing alive"
        else:
            got = _seen(await workers.run(examine, body, "https://gazette.example/1", "text/html"))
    except BackstoryError as error:
        got = sentence(error.problem)
    seconds = time.monotonic() - started
    good = expected in got and "alive:" not in got and seconds < 5
    return Outcome("document", name, got, seconds, good)


def _told(feed: ParsedFeed) -> str:
    alive = _alive(str(feed))
    return alive or f"read: {len(feed.entries)} entries, nothing alive"


def _seen(reading: Reading) -> str:
    if reading.article is None:
        return sentence(reading.problem) if reading.problem else ""
    alive = _alive(str(reading))
    return alive or f"read, as {reading.article.url}, nothing alive"


def _alive(words: str) -> str:
    found = [one for one in ALIVE if one in words.lower()]
    return f"alive: {', '.join(found)}" if found else ""


def main() -> None:
    found = asyncio.run(run())
    print("| | case | what it got | seconds |")
    print("|---|---|---|---|")
    for one in found:
        mark = "" if one.as_expected else " **not as expected**"
        print(f"| {one.kind} | `{one.case}` | {one.got}{mark} | {one.seconds:.2f} |")
    wrong = sum(not one.as_expected for one in found)
    print(f"\n{len(found)} cases, {wrong} not as expected")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
