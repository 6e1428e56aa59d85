"""newsboat as a real reader of the feeds out: subscribe, read, and see what a crawl brought."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import pytest

from backstory.archive import Archive
from backstory.collect.poll import FeedState
from backstory.collect.workers import Workers
from backstory.model.views import Query
from backstory.pipeline.crawling import crawl
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.running import Pipeline
from backstory.serve.app import create_app
from backstory.store.database import Store
from backstory.web.fetcher import Fetcher, Limits
from newsstand import Newsstand
from newsstand.demo import feeds_of
from newsstand.loopback import served

NEWSBOAT = shutil.which("newsboat")


@pytest.fixture(autouse=True)
def there_is_newsboat() -> None:
    if NEWSBOAT is None:
        if os.environ.get("CI") == "true":
            pytest.fail("newsboat must be there in CI: apt-get install newsboat")
        pytest.skip("no newsboat; apt-get install newsboat")


def crawled(store: Store, feeds: list[FeedState]) -> None:
    async def work() -> None:
        limits = Limits(connect=2, first_byte=3, whole=5, interval=0)
        async with Fetcher(limits, allow_private=True) as fetcher, Workers() as workers:
            only = {feed.url for feed in feeds}
            await crawl(store, fetcher, lambda line: None, workers=workers, only=only)

    add_feeds(store, feeds)
    asyncio.run(work())
    Pipeline(store).drain()


class Reader:
    """newsboat with a home of its own."""

    def __init__(self, home: Path, addresses: list[str]) -> None:
        self.cache = home / "cache.db"
        (home / "urls").write_text("\n".join(f'"{address}"' for address in addresses) + "\n")
        (home / "config").write_text("suppress-first-reload no\n")
        self.log = home / "log"
        files = {"-u": home / "urls", "-c": self.cache, "-C": home / "config", "-d": self.log}
        self.command = [str(NEWSBOAT), "-l", "3"]  # errors and warnings of the parser
        for option, path in files.items():
            self.command += [option, str(path)]
        self.environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}

    def run(self, *what: str) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [*self.command, "-x", *what],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def items(self) -> dict[str, set[tuple[str, str]]]:
        """What it keeps of each feed: identifier and title."""
        with sqlite3.connect(self.cache) as cache:
            rows = cache.execute("SELECT feedurl, guid, title FROM rss_item").fetchall()
        found: dict[str, set[tuple[str, str]]] = {}
        for feed, guid, title in rows:
            found.setdefault(feed, set()).add((guid, title))
        return found


def test_newsboat_reads_lists_and_sees_what_is_new(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'read.db'}")
    with Newsstand(port=0, today=date(2026, 11, 24)) as stand:
        feeds = feeds_of(stand)
        first, later = feeds[:2], feeds[2:3]
        crawled(store, first)
        with Archive(store) as archive, served(create_app(archive)) as base:
            topic = archive.topics()[0]
            word = max(topic.name.split(), key=len)
            paths = ["/world/latest.atom", f"/topic/{topic.id}.rss", f"/world/search.atom?q={word}"]
            reader = Reader(tmp_path, [base + path for path in paths])
            reader.run("reload")
            before = reader.items()
            latest = archive.latest_stories(Query(), 30).results
            told = archive.topic(topic.id)
            found = archive.articles(Query(text=word), 30).results
            assert told is not None
            lists = [
                [card.headline for card in latest],
                [event.headline for event in told.events][:30],
                [row.title for row in found],
            ]
            for path, headlines in zip(paths, lists, strict=True):
                assert {title for _, title in before[base + path]} == set(headlines) != set()
            unread = int(reader.run("print-unread").split()[0])
            assert unread == sum(map(len, before.values()))

            crawled(store, later)
            reader.run("reload")
            after = reader.items()
            again = archive.topic(topic.id)
            assert again is not None
            new = {title for _, title in after[base + paths[0]] - before[base + paths[0]]}
            shown = {card.headline for card in archive.latest_stories(Query(), 30).results}
            assert new and new <= shown
            # What it knew of the topic stays what it was; what came is there once.
            ids = [guid for guid, _ in after[base + paths[1]]]
            assert len(ids) == len(set(ids)) >= len(before[base + paths[1]])
            assert {event.headline for event in again.events[:30]} <= {
                title for _, title in after[base + paths[1]]
            } | {title for _, title in before[base + paths[1]]}
            assert int(reader.run("print-unread").split()[0]) > unread
    store.close()
    assert "rror" not in (reader.log.read_text() if reader.log.exists() else "")
