"""A day of 200 feeds in compressed time: memory, requests and answers of 304, hour by hour.

    python -m benchmarks.day [--feeds 200] [--hours 24]

Time goes on in steps of ten minutes that take as long as their work does. The feeds are made by
rule and served on loopback by a process of its own: of each twenty, one is dead, one broken, one
slow, two publish every ten minutes, ten a few times a day, the others once. Each entry has a page
of its own. Everything is real but the clock: polling, pages, parsers in their processes, the
store, enriching and grouping.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from backstory.collect.poll import FeedState
from backstory.collect.workers import Workers
from backstory.pipeline.crawling import Crawl
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.running import Pipeline
from backstory.store.database import Store
from backstory.web.fetcher import Fetcher, Limits
from evaluation import tables

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

    Number = Synchronized[int]

START = datetime(2026, 11, 24, tzinfo=UTC)
STEP = timedelta(minutes=10)
DEAD, BROKEN, SLOW = 0, 1, 2  # numbers of feeds modulo 20
BUSY = (3, 4)
DAILY = range(15, 20)
SYLLABLES = [a + b for a in "bcdfghjklmnprstvwz" for b in "aeiou"]


def gap(number: int) -> timedelta:
    """Between two entries of a feed."""
    kind = number % 20
    if kind in BUSY:
        return timedelta(minutes=10)
    return timedelta(hours=24 if kind in DAILY else 3 + number % 5)


def entries(number: int, at: datetime) -> list[int]:
    """The entries of a feed at a time, the newest first, twenty at most."""
    count = int((at - START + timedelta(days=1)) / gap(number))
    return list(range(count, max(0, count - 20), -1))


# A language of 8,000 words, of which few are used often: as the words of news, they come again.
LANGUAGE = [f"{a}{b}" for a in SYLLABLES for b in SYLLABLES][:8000]


def words(seed: str, count: int) -> str:
    chance = random.Random(seed)
    made = (LANGUAGE[int(len(LANGUAGE) * chance.random() ** 3)] for _ in range(count))
    return " ".join(made).capitalize()


def feed(number: int, at: datetime, port: int) -> bytes:
    items = []
    for entry in entries(number, at):
        when = START - timedelta(days=1) + entry * gap(number) + timedelta(seconds=7 * number)
        items.append(
            f"<item><title>{words(f'{number} {entry}', 8)}</title>"
            f"<link>http://paper{number}.localhost:{port}/page/{entry}</link>"
            f"<pubDate>{format_datetime(when)}</pubDate></item>"
        )
    head = f"<title>Paper {number}</title>"
    return f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode()


def page(number: int, entry: int) -> bytes:
    title = words(f"{number} {entry}", 8)
    parts = "".join(f"<p>{words(f'{number} {entry} {part}', 40)}.</p>" for part in range(5))
    return f"<html><title>{title}</title><article><h1>{title}</h1>{parts}</article>".encode()


def serve(
    ready: multiprocessing.SimpleQueue[int],
    minute: Number,
    asked: Number,
    unchanged: Number,
    pages: Number,
) -> None:
    """The papers, in a process of its own."""
    port = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                path = head.split(" ")[1]
                host = head.partition("host: paper")[2].partition(".")[0]
                number = int(host or 0)
                at = START + timedelta(minutes=minute.value)
                status, body, tag = "200 OK", b"", ""
                if path == "/feed":
                    asked.value += 1
                    if number % 20 == DEAD:
                        await asyncio.sleep(600)
                    if number % 20 == SLOW:
                        await asyncio.sleep(0.3)
                    body = feed(number, at, port)
                    tag = f'"{entries(number, at)[:1]}"'
                    if number % 20 == BROKEN:
                        body = b"<html><title>gone</title>"
                    elif f"if-none-match: {tag}" in head:
                        status, body = "304 Not Modified", b""
                        unchanged.value += 1
                elif path.startswith("/page/"):
                    pages.value += 1
                    body = page(number, int(path.rpartition("/")[2]))
                else:
                    status = "404 Not Found"
                kind = "text/html" if path.startswith("/page/") else "application/rss+xml"
                writer.write(
                    f"HTTP/1.1 {status}\r\nETag: {tag}\r\nContent-Type: {kind}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        nonlocal port
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
        port = server.sockets[0].getsockname()[1]
        ready.put(port)
        await server.serve_forever()

    asyncio.run(run())


def memory(of: str, what: str = "Pss") -> float:
    """MiB that a process holds by itself and its share of what it shares; "Pss_Anon": its own
    memory, "Pss_File": files that it has mapped, the store's among them, which the system takes
    back when it needs room."""
    try:
        for line in Path(f"/proc/{of}/smaps_rollup").read_text().splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        pass
    return 0.0


def readers(but: int) -> float:
    """MiB of the processes below this one, the server of the papers aside."""
    total, below = 0.0, [os.getpid()]
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents.setdefault(int(fields[1]), []).append(int(place.parent.name))
    while below:
        for child in parents.get(below.pop(), []):
            if child != but:
                total += memory(str(child))
                below.append(child)
    return total


COLUMNS = (
    "hour", "requests", "of these 304", "pages", "new articles", "memory", "mapped",
    "memory of readers", "took",
)  # fmt: skip


async def day(
    port: int, feeds: int, hours: int, server: int, counters: list[Number]
) -> tables.Table:
    minute, asked, unchanged, pages = counters
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/day.db")
        add_feeds(
            store, [FeedState(f"http://paper{number}.localhost:{port}/feed")
                    for number in range(feeds)],
        )  # fmt: skip
        limits = Limits(connect=2, first_byte=2, whole=4)
        pipeline = Pipeline(store)
        async with Fetcher(limits, allow_private=True) as fetcher, Workers() as workers:
            crawling = Crawl(store, fetcher, lambda line: None, workers)
            for hour in range(hours):
                started = time.perf_counter()
                before = [counter.value for counter in (asked, unchanged, pages)]
                new = 0
                for step in range(6):
                    now = START + timedelta(hours=hour) + step * STEP
                    minute.value = int((now - START).total_seconds() // 60)
                    new += (await crawling.round(now)).new
                await asyncio.to_thread(pipeline.drain)
                after = [counter.value for counter in (asked, unchanged, pages)]
                some = [then - earlier for then, earlier in zip(after, before, strict=True)]
                row = (
                    f"{hour + 1}",
                    *(f"{one:,}" for one in (*some, new)),
                    f"{memory('self', 'Pss_Anon'):.0f} MiB",
                    f"{memory('self', 'Pss_File'):.0f} MiB",
                    f"{readers(server):.0f} MiB",
                    f"{time.perf_counter() - started:.1f} s",
                )
                print(", ".join(row), flush=True)
                rows.append(row)
        store.close()
    return tables.table("day", COLUMNS, (rows[0], rows[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description="a day of feeds in compressed time")
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--hours", type=int, default=24)
    tables.write_option(parser)
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready = context.SimpleQueue()
    counters: list[Number] = [context.Value("q", 0) for _ in range(4)]
    server = context.Process(target=serve, args=(ready, *counters), daemon=True)
    server.start()
    try:
        found = day(ready.get(), given.feeds, given.hours, server.pid or 0, counters)
        tables.show(asyncio.run(found), given.write)
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
