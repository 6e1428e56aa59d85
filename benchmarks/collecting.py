"""Poll thousands of feeds on loopback: slow, dead and broken ones among them.

    python -m benchmarks.collecting [--feeds 2000] [--items 30]

A tenth of the feeds answers after eight seconds, a tenth never, a tenth is no feed. Prints the
time of a first round and of a second one with nothing new, the requests, and the memory of this
process. Pages are not fetched: their number and speed are the publishers'.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import time
from collections import Counter

from backstory.collect.entries import Tools
from backstory.collect.poll import FeedState, Poll, poll
from backstory.collect.workers import Workers
from backstory.web.fetcher import Fetcher, Limits
from evaluation import tables

SLOW, DEAD, BROKEN = 1, 2, 3  # last digit of a feed's number
SECONDS_OF_SLOW = 8.0


def feed(number: int, items: int) -> bytes:
    rows = "".join(
        f"<item><title>Report {number}-{item} of the day</title>"
        f"<link>http://paper{number}.localhost/{item}?utm_source=rss</link><guid>{item}</guid>"
        f"<description>&lt;p&gt;What happened in &lt;b&gt;place {item}&lt;/b&gt;, as far as "
        f"anybody could tell by the evening.&lt;/p&gt;</description>"
        f"<pubDate>Tue, 24 Nov 2026 {item % 24:02}:00:00 GMT</pubDate></item>"
        for item in range(items)
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Paper {number}</title>"
        f"<link>http://paper{number}.localhost/</link>{rows}</channel></rss>"
    ).encode()


def serve(
    ready: multiprocessing.SimpleQueue[int], asked: multiprocessing.SimpleQueue[int], items: int
) -> None:
    """The newsstand of this benchmark, in a process of its own."""
    count = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal count
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                path = head.split(" ")[1]
                if path == "/count":
                    asked.put(count)
                    body, status = b"", "200 OK"
                else:
                    count += 1
                    number = int(path[1:])
                    kind = number % 10
                    if kind == SLOW:
                        await asyncio.sleep(SECONDS_OF_SLOW)
                    if kind == DEAD:
                        await asyncio.sleep(600)
                    body, status = feed(number, items), "200 OK"
                    if kind == BROKEN:
                        body = b"<html><title>gone</title>"
                    if "if-none-match" in head.lower():
                        body, status = b"", "304 Not Modified"
                writer.write(
                    f'HTTP/1.1 {status}\r\nETag: "1"\r\nContent-Type: application/rss+xml\r\n'
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=2048)
        ready.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


COLUMNS = ("round", "feeds", "took", "healthy ones by", "requests", "new articles", "memory")


async def rounds(port: int, feeds: int, asked: multiprocessing.SimpleQueue[int]) -> tables.Table:
    rows: list[tuple[str, ...]] = []
    states = [
        FeedState(f"http://paper{number}.localhost:{port}/{number}") for number in range(feeds)
    ]
    known: set[str] = set()
    limits = Limits(connect=5, first_byte=10, whole=15)
    before = 0
    async with Workers() as workers, Fetcher(limits, allow_private=True) as fetcher:
        await asyncio.sleep(0)
        for name in ("first", "second"):
            started = time.perf_counter()
            healthy = 0.0

            async def one(state: FeedState, started: float = started) -> Poll:
                nonlocal healthy
                found = await poll(
                    Tools(fetcher, workers=workers), state, lambda some: known & set(some)
                )
                known.update(article.url for article in found.articles)
                if int(state.url.rpartition("/")[2]) % 10 not in (SLOW, DEAD, BROKEN):
                    healthy = max(healthy, time.perf_counter() - started)
                return found

            due = [state for state in states if name == "first" or not state.failures]
            found = await asyncio.gather(*map(one, due))
            seconds = time.perf_counter() - started
            await fetcher.fetch(f"http://counter.localhost:{port}/count", robots=False)
            total = asked.get()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            new = sum(len(one.articles) for one in found)
            rows.append(
                (
                    name,
                    f"{len(due):,}",
                    f"{seconds:.1f} s",
                    f"{healthy:.1f} s",
                    f"{total - before:,}",
                    f"{new:,}",
                    f"{memory:.0f} MiB",
                )
            )
            for problem, count in Counter(
                one.state.problem and one.state.problem.kind for one in found
            ).items():
                print(f"   {count:5} {problem or 'well'}")
            before = total
            states = [one.state for one in found]
    return tables.table("collecting", COLUMNS, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="polling thousands of feeds")
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--items", type=int, default=30)
    tables.write_option(parser)
    given = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, asked = context.SimpleQueue(), context.SimpleQueue()
    server = context.Process(target=serve, args=(ready, asked, given.items), daemon=True)
    server.start()
    try:
        figures = asyncio.run(rounds(ready.get(), given.feeds, asked))
        tables.show(figures, given.write)
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
