"""How fast pages are served from an archive: ``python -m benchmarks.pages [--store URL]``.

Without ``--store`` rss-2026 (87,091 articles) is imported first. The server is uvicorn in a
process of its own, held to one core, as ``backstory serve`` runs it; the client, on the other,
asks over loopback. Three kinds of asking, each beside a bare page of the same size that the same
server answers in the same run:

* cold: articles drawn at random from the whole archive (seed 1), each asked the first time;
* again: the same ones once more;
* as readers read: articles of trending and latest of the last days, of the world and of the
  largest editions, in the order of the lists; the one in place n is asked 1/n as often as the
  first. First times are among them, and every ten seconds something is committed to the store, as
  by a crawl, after which no page that was kept counts any more.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from evaluation import tables
from evaluation.history import DATA

if TYPE_CHECKING:
    from backstory.archive import Archive

BARE = "/bare"
DAYS, EDITIONS = 3, 4  # of the lists that readers read
EVERY = 10.0  # seconds between commits meanwhile


def serve(store: str, listener: socket.socket, size: int, core: int | None) -> None:
    import uvicorn
    from fastapi.routing import APIRoute
    from starlette.responses import HTMLResponse

    from backstory.archive import Archive
    from backstory.serve.app import create_app

    if core is not None:
        os.sched_setaffinity(0, {core})
    with Archive(store) as archive, archive.ready():
        wait_for_names(archive)
        app = create_app(archive)
        # Words, so that it packs about as well as a page does.
        words = "".join(f"<p>{number:x} {number * number:x}</p>" for number in range(size))
        page = f"<!doctype html><title>bare</title>{words}"[:size]

        def bare() -> HTMLResponse:
            return HTMLResponse(page)

        app.router.routes.insert(0, APIRoute(BARE, bare, response_class=HTMLResponse))
        config = uvicorn.Config(app, log_level="warning", lifespan="off")
        uvicorn.Server(config).run(sockets=[listener])


def wait_for_names(archive: Archive) -> None:
    from backstory.archive import remembered
    from backstory.archive.preparing import MOST
    from backstory.store.topics import newest_topics

    started = time.perf_counter()
    with archive._store.read() as connection:
        wanted = newest_topics(connection, MOST)
    while True:
        with archive._store.read() as connection:
            named = remembered.of(connection).names  # of a topic, as of now
            if named.keys() >= {(number, None) for number in wanted}:
                break
        time.sleep(0.2)
    seconds = time.perf_counter() - started
    print(f"  {len(wanted)} topics named in the background in {seconds:.0f} s", flush=True)


def guids(store: str, count: int) -> list[str]:
    from backstory.archive import Archive
    from backstory.store import articles as kept_articles
    from backstory.store.database import Store

    opened = Store(store, create=False)
    try:
        with Archive(opened) as archive:
            total = archive.article_count()
        seqs = np.random.default_rng(1).choice(total, min(count, total), replace=False) + 1
        with opened.read() as connection:
            found = kept_articles.guids(connection, seqs.tolist())
        return [found[seq] for seq in seqs.tolist() if seq in found]
    finally:
        opened.close()


def as_readers_read(store: str, count: int) -> list[str]:
    """The articles that so many clicks lead to."""
    from backstory.archive import Archive
    from backstory.model.views import Query

    listed: list[str] = []
    with Archive(store) as archive:
        newest = archive.newest()
        assert newest is not None
        editions = [None, *(edition.country for edition in archive.editions()[:EDITIONS])]
        for day in range(DAYS):
            at = newest - timedelta(days=day)
            for edition in editions:
                for card in archive.stories(edition, at=at, limit=40).results:
                    listed += [card.lead.guid, card.first.guid]
            for edition in editions:
                query = Query(edition=edition, date_from=at.date(), date_to=at.date())
                listed += [c.lead.guid for c in archive.latest_stories(query, limit=100).results]
    places = list(dict.fromkeys(listed))
    shares = 1 / np.arange(1, len(places) + 1)
    drawn = np.random.default_rng(1).choice(len(places), count, p=shares / shares.sum())
    different = len(set(drawn.tolist()))
    print(f"  {count} clicks on {different} of {len(places)} articles of the lists", flush=True)
    return [places[place] for place in drawn.tolist()]


@contextmanager
def commits(store: str, seconds: float) -> Iterator[None]:
    """Within this block something is committed to the store every so often; nothing changes."""
    from sqlalchemy import text

    from backstory.store.database import Store

    stop = threading.Event()
    opened = Store(store, create=False)

    def work() -> None:
        while not stop.wait(seconds):
            with opened.write() as connection:
                connection.execute(text("UPDATE articles SET title = title WHERE seq = 1"))

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        opened.close()


class Client:
    """Asks over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.connection.connect()
        assert self.connection.sock is not None
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self, path: str, packed: bool = True) -> tuple[float, bytes]:
        """Milliseconds until the last byte, and the bytes."""
        started = time.perf_counter()
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip"} if packed else {})
        answer = self.connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)
        return 1000 * (time.perf_counter() - started), body


def throughput(port: int, paths: list[str], clients: int) -> float:
    """Pages per second that several readers together get."""
    left = paths[::-1]

    def read() -> None:
        client = Client(port)
        while True:
            try:
                path = left.pop()
            except IndexError:
                return
            client.get(path)

    threads = [threading.Thread(target=read) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(paths) / (time.perf_counter() - started)


def told(name: str, times: list[float]) -> tuple[str, ...]:
    middle, slow = np.quantile(times, [0.5, 0.99])
    print(f"  {name:34} p50 {middle:7.1f} ms  p99 {slow:7.1f} ms  ({len(times)})", flush=True)
    return name, f"{middle:.1f} ms", f"{slow:.1f} ms"


def measure(store: str, count: int, clients: int) -> tuple[tables.Table, tables.Table]:
    # The protocol is named because asyncio sends without delay (TCP_NODELAY) only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    cores = sorted(os.sched_getaffinity(0))
    apart = len(cores) > 1
    names = guids(store, 2 * count + 20)
    warm, first, second = names[:20], names[20 : 20 + count], names[20 + count :]
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(store, listener, 25_000, cores[0] if apart else None), daemon=True
    )
    server.start()
    if apart:
        os.sched_setaffinity(0, set(cores[1:]))
    try:
        client = _when_up(port)
        sizes = [len(client.get(f"/article/{guid}", packed=False)[1]) for guid in warm]
        packed = [len(client.get(f"/article/{guid}")[1]) for guid in warm]
        whole, small = (np.median(some) / 1000 for some in (sizes, packed))
        print(f"  an article page: {whole:.0f} kB, packed {small:.1f} kB")
        once, again = (
            [client.get(f"/article/{guid}")[0] for guid in first] for _ in ("once", "again")
        )
        times = [
            told("article, the first time", once),
            told("article, again", again),
            told("a bare page of the same size", [client.get(BARE)[0] for _ in first]),
        ]
        rates: list[tuple[str, str]] = []
        for what, paths in {
            "articles, the first time": [f"/article/{guid}" for guid in second],
            "articles, again": [f"/article/{guid}" for guid in second],
            "bare pages": [BARE] * len(second),
        }.items():
            spent = _processor(server.pid)
            rate = throughput(port, paths, clients)
            spent = _processor(server.pid) - spent
            busy = f"{1000 * spent / len(paths):.1f} ms of processor each" if spent else ""
            print(f"  {what + ' per second, one core':34} {rate:7.0f}  {busy}", flush=True)
            rates.append((what, f"{rate:,.0f}"))
        clicks = [f"/article/{guid}" for guid in as_readers_read(store, 6 * count)]
        with commits(store, EVERY):
            rate = throughput(port, clicks[: 3 * count], clients)
            client = Client(port)
            read = [client.get(path)[0] for path in clicks[3 * count :]]
        rates.append(("articles, as readers read", f"{rate:,.0f}"))
        times.append(told("article, as readers read", read))
        rate = throughput(port, [BARE] * (3 * count), clients)
        rates.append(("bare pages, as readers read", f"{rate:,.0f}"))
        client = Client(port)  # the first was idle too long
        for name, paths in {
            "trending, as of a past day": [
                f"/world/?at=2026-0{m}-{d:02}" for m in (4, 5) for d in range(1, 11)
            ],
            "trending": ["/world/", "/us/", "/gb/", "/in/"],
            "latest": ["/world/latest", "/us/latest", "/gb/latest", "/in/latest"],
            "topics": ["/world/topics", "/us/topics", "/gb/topics", "/in/topics"],
            "search": [
                f"/world/search?q={q}" for q in ("iran", "climate", "court+ruling", "football")
            ],
            "latest.atom": ["/world/latest.atom", "/us/latest.atom"],
        }.items():
            times.append(told(name, [client.get(path)[0] for path in paths]))
    finally:
        server.terminate()
        server.join()
        listener.close()
    return (
        tables.table("pages", ("page", "p50", "p99"), times),
        tables.table("page-rates", ("pages", "per second, one core"), rates),
    )


def _processor(process: int | None) -> float:
    """Seconds of processor that a process has used; 0 where that is not told (not on Linux)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _when_up(port: int) -> Client:
    for _ in range(600):
        try:
            client = Client(port)
            client.get("/robots.txt")
            return client
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the server did not start within a minute")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--store", help="an archive that is there; else rss-2026 is imported")
    parser.add_argument("--count", type=int, default=500, help="article pages of each measure")
    parser.add_argument("--clients", type=int, default=4, help="readers at once")
    tables.write_option(parser)
    chosen = parser.parse_args()
    if chosen.store:
        for found in measure(chosen.store, chosen.count, chosen.clients):
            tables.show(found, chosen.write)
        return
    from backstory.pipeline.import_files import lines
    from backstory.pipeline.importing import take_all
    from backstory.pipeline.running import Pipeline
    from backstory.store.database import Store

    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/pages.db"
        store = Store(url)
        source = DATA / "rss-2026" / "articles.jsonl.gz"
        take_all(
            store,
            lines(str(source), lambda done: None),
            lambda line: None,
            pipeline=Pipeline(store),
        )
        store.close()
        for found in measure(url, chosen.count, chosen.clients):
            tables.show(found, chosen.write)


if __name__ == "__main__":
    main()
