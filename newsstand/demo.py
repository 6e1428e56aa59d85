"""The demo: open the newsstand, crawl it with the real crawler, serve the site."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from backstory.cli.problems import line_of, sentence
from backstory.collect.poll import FeedState
from backstory.collect.workers import Workers
from backstory.model.problems import Report
from backstory.pipeline.crawling import Round
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.running import Pipeline
from backstory.pipeline.scheduler import once
from backstory.store.articles import guids, seqs_of_addresses
from backstory.store.database import Store
from backstory.web.addresses import canonical, key
from backstory.web.fetcher import Fetcher
from newsstand import Newsstand

STAND_PORT = 8010
FIRST = "/news/administrators-sue/"  # the page with the longest way behind it


def feeds_of(stand: Newsstand) -> list[FeedState]:
    """The newsstand's feeds as a sources list would have them."""
    return [
        FeedState(
            url=url,
            source=publisher.name,
            domain=publisher.host,
            country=publisher.country,
            language=publisher.language,
        )
        for publisher, url in zip(stand.publishers, stand.feeds, strict=True)
    ]


async def collect(store: Store) -> Round:
    """One round over all feeds of the store, private addresses allowed: it is all loopback."""
    async with Fetcher(allow_private=True) as fetcher, Workers() as workers:
        return await once(store, fetcher, workers, Pipeline(store), tell)


def first_page(store: Store, stand: Newsstand) -> str | None:
    """The guid of the article to open first."""
    wanted = [key(canonical(address)) for address in stand.truth() if address.endswith(FIRST)]
    with store.read() as reader:
        seqs = list(seqs_of_addresses(reader, wanted).values())
        found = guids(reader, seqs)
    return found[seqs[0]] if seqs else None


def tell(report: Report) -> None:
    print(f"  {line_of(report)}", flush=True)


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m newsstand.demo", description=__doc__)
    parser.add_argument("--store", type=Path, default=Path("demo/demo.db"))
    parser.add_argument("--port", type=int, default=8000, help="of the site")
    parser.add_argument("--collect-only", action="store_true", help="do not serve")
    chosen = parser.parse_args(words)
    today = datetime.now(UTC).date()
    # The news is dated back from today: a store of another day would hold other dates.
    folder = chosen.store.parent / today.isoformat()
    for old in chosen.store.parent.glob("20??-??-??"):
        if old != folder:
            shutil.rmtree(old)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store(f"sqlite:///{folder / chosen.store.name}")
    try:
        stand = Newsstand(port=STAND_PORT, today=today)
        with stand:
            print(f"A newsstand of {len(stand.publishers)} made-up publishers is open.")
            add_feeds(store, feeds_of(stand))
            start = time.monotonic()
            found = asyncio.run(collect(store))
            seconds = time.monotonic() - start
            print(
                f"Crawled {found.feeds} feeds in {seconds:.0f} s: {found.new} new articles, "
                f"{found.revised} updated. The store is {store.path}."
            )
            guid = first_page(store, stand)
            if chosen.collect_only:
                return 0
            print(f"\n  Open first:  http://127.0.0.1:{chosen.port}/article/{guid}")
            print(f"  All of it:   http://127.0.0.1:{chosen.port}/")
            print("  Stop with Ctrl-C.\n", flush=True)
            return _serve(store, chosen.port)
    except OSError as error:
        print(f"demo: the newsstand cannot open on port {STAND_PORT}: {error}", file=sys.stderr)
        return 1
    finally:
        store.close()


def _serve(store: Store, port: int) -> int:
    from backstory.model.errors import Misconfigured
    from backstory.serve.app import run

    try:
        run(store.url, "127.0.0.1", port, allow_private=True)
    except Misconfigured as error:
        print(f"demo: {sentence(error.problem)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
