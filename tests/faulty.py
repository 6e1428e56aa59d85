"""A small web of feeds on loopback, each with one fault, and good ones among them.

A folder of ``tests/cases`` is a host: ``feed.*`` its feed, other files its pages, ``case.json``
what is wrong, how the server answers, and what is right. ``{host}`` in a file stands for the host.
"""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backstory.collect.poll import FeedState
from backstory.collect.workers import Workers
from backstory.model.problems import Kind, Report
from backstory.pipeline.crawling import Crawl, Round
from backstory.pipeline.feed_list import add_feeds
from backstory.store.database import Store
from backstory.store.problem_rows import from_row
from backstory.store.schema import articles, feeds
from backstory.web.fetcher import Fetcher, Limits

CASES = Path(__file__).parent / "cases"
LIMITS = Limits(connect=10, first_byte=20, whole=60, interval=0)
_TYPES = {".json": "application/feed+json", ".gz": "application/gzip", "": "text/html"}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    feed: bytes | None
    pages: dict[str, bytes]
    given: dict[str, Any]
    kind: str = "application/rss+xml"

    @property
    def host(self) -> str:
        return f"{self.name}.localhost"


def cases() -> list[Case]:
    found = []
    for folder in sorted(CASES.iterdir()):
        files = {path.name: path for path in folder.iterdir() if path.name != "case.json"}
        feed = next((path for name, path in files.items() if name.startswith("feed.")), None)
        found.append(
            Case(
                folder.name,
                feed.read_bytes() if feed else None,
                {name: path.read_bytes() for name, path in files.items() if path != feed},
                json.loads((folder / "case.json").read_text(encoding="utf-8")),
                _TYPES.get(feed.suffix if feed else "", "application/rss+xml"),
            )
        )
    return found


def good(number: int) -> Case:
    """A feed in which all is well."""
    items = "".join(
        f"<item><title>Council {number} of Ostrel votes on bridge {one}</title>"
        f"<link>http://{{host}}/{one}</link><description>It took {one} hours.</description></item>"
        for one in range(3)
    )
    body = f'<rss version="2.0"><channel><title>Post {number}</title>{items}</channel></rss>'
    return Case(f"good-{number}", body.encode(), {}, {"expect": {}})


@dataclass
class Web:
    """Serves cases; ``asked`` are the paths that each host was asked for."""

    hosted: dict[str, Case]
    port: int = 0
    asked: dict[str, list[str]] = field(default_factory=dict)

    async def __aenter__(self) -> Web:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            lines = head.split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines[1:])
            }
            writer.write(self._said(lines[0].split(" ")[1], headers))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def _said(self, path: str, headers: dict[str, str]) -> bytes:
        name = headers["host"].partition(".localhost")[0]
        self.asked.setdefault(name, []).append(path)
        case = self.hosted.get(name)
        page = path.lstrip("/")
        if case is None:
            return _response(200, {"Content-Type": "text/html"}, b"<html><p>Log in</p></html>")
        if page == "feed.xml":
            given = case.given.get("feed", {})
            wanted = given.get("credentials")
            basic = "Basic " + base64.b64encode((wanted or "").encode()).decode()
            if wanted and headers.get("authorization") != basic:
                return _response(401, {"WWW-Authenticate": "Basic"}, b"")
            kind, body = case.kind, case.feed or b""
        elif page in case.pages:
            given = case.given.get("pages", {}).get(page, {})
            kind, body = "text/html; charset=utf-8", case.pages[page]
        else:
            return _response(404, {}, b"")
        fields = {"Content-Type": kind} | given.get("headers", {})
        fields = {key: value.replace("{port}", str(self.port)) for key, value in fields.items()}
        body = body.replace(b"{host}", f"{case.host}:{self.port}".encode())
        return _response(given.get("status", 200), fields, body)


def _response(status: int, headers: dict[str, str], body: bytes) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


@dataclass
class Outcome:
    """What one feed came to."""

    kind: Kind | None = None
    titles: list[str] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    state: Any = None


async def crawl(store: Store, web: Web) -> tuple[Round, list[Report]]:
    told: list[Report] = []
    states = [
        FeedState(
            f"http://{case.host}:{web.port}/feed.xml",
            credentials=case.given.get("feed", {}).get("credentials", ""),
        )
        for case in web.hosted.values()
    ]
    add_feeds(store, states)
    async with Fetcher(LIMITS, allow_private=True) as fetcher, Workers(2, 20.0) as workers:
        return await Crawl(store, fetcher, told.append, workers).round(), told


def run(store: Store, hosted: list[Case]) -> tuple[Round, dict[str, Outcome]]:
    """One round over all these feeds, and what each came to."""

    async def work() -> tuple[Round, list[Report], Web]:
        async with Web({case.name: case for case in hosted}) as web:
            return *(await crawl(store, web)), web

    made, told, web = asyncio.run(work())
    found = {case.name: Outcome(asked=web.asked.get(case.name, [])) for case in hosted}
    with store.read() as connection:
        for row in connection.execute(feeds.select()).mappings():
            one = found[_host(row["url"])]
            problem = from_row(row["problem"], row["problem_data"])
            one.kind, one.state = problem.kind if problem else None, row
        for row in connection.execute(articles.select().order_by(articles.c.seq)).mappings():
            one = found[_host(row["url"])]
            one.titles.append(row["title"])
            one.rows.append(row)
    for report in told:
        found[_host(report.things[0])].reports.append(report)
    return made, found


def _host(url: str) -> str:
    return url.partition("://")[2].partition(".localhost")[0]
