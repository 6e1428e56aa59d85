"""Crawling a whole small web into a store: once, again, after a correction, and a hostile one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from backstory.collect.poll import FeedState
from backstory.collect.workers import Workers
from backstory.model.problems import Kind, Report
from backstory.pipeline.crawling import Round, crawl
from backstory.pipeline.exporting import export
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.running import Pipeline
from backstory.pipeline.scheduler import once
from backstory.store import feeds as kept
from backstory.store.database import Store
from backstory.store.schema import articles
from backstory.web.addresses import canonical, key
from backstory.web.fetcher import Fetcher, Limits
from newsstand import Newsstand
from newsstand.demo import feeds_of

TODAY = date(2026, 11, 24)
QUICK = Limits(connect=2, first_byte=3, whole=5, interval=0)
PATIENT = Limits(interval=0)  # a busy machine harms no page of a friendly web


@pytest.fixture(scope="module")
def stand() -> Iterator[Newsstand]:
    with Newsstand(port=0, today=TODAY) as opened:
        yield opened


@pytest.fixture(scope="module")
def store(stand: Newsstand, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('crawl') / 'crawl.db'}")
    add_feeds(opened, feeds_of(stand))
    told: list[Report] = []
    found = crawl_all(opened, told)
    assert (found.failed, told) == (0, [])
    yield opened
    opened.close()


def crawl_all(
    store: Store, told: list[Report], private: bool = True, limits: Limits = PATIENT
) -> Round:
    async def work() -> Round:
        async with Fetcher(limits, allow_private=private) as fetcher, Workers() as workers:
            with store.read() as connection:
                every = {row.url for row in kept.every(connection)}
            result = await crawl(store, fetcher, told.append, workers=workers, only=every)
            await asyncio.to_thread(Pipeline(store).drain)
            return result

    return asyncio.run(work())


def test_every_page_is_read_with_its_text(store: Store, stand: Newsstand) -> None:
    rows = {key(row["url"]): row for row in export(store)}
    truth = stand.truth()
    assert len(rows) == len(truth) >= 120
    for url in truth:
        row = rows[key(canonical(url))]
        assert len(row["text"]) > 300, url
        assert row["site"] and row["country"] and row["language"], url
        assert row["published"], url
        assert row["summary"] and row["story"], url


def test_glued_and_empty_titles(store: Store) -> None:
    titles = [row["title"] for row in export(store)]
    assert not any("MarketsNews" in title or "Trending News" in title for title in titles)
    assert titles.count("") <= 1


def test_reprints_and_trimmed_copies_are_copies(store: Store, stand: Newsstand) -> None:
    truth = {key(canonical(url)): about for url, about in stand.truth().items()}
    rows = {row["guid"]: truth[key(row["url"])] for row in export(store)}
    pairs = [(row["guid"], row["copy_of"]) for row in export(store) if "copy_of" in row]
    assert all(rows[one].original == rows[other].original for one, other in pairs)
    copies = sum(about.kind != "original" for about in rows.values())
    assert len(pairs) >= 0.95 * copies


def test_a_second_round_asks_once_a_feed_and_changes_nothing(
    store: Store, stand: Newsstand
) -> None:
    before = list(export(store))
    asked = len(stand.requests)
    found = crawl_all(store, [])
    assert (found.new, found.revised) == (0, 0)
    again = [r for r in list(stand.requests)[asked:] if r.path != "/robots.txt"]
    assert len(again) == len(stand.feeds)
    assert all(request.had_conditional_headers for request in again)
    assert list(export(store)) == before


def test_a_correction_is_kept_as_a_version(stand: Newsstand, store: Store) -> None:
    from backstory.archive import Archive

    stand.correct()
    with store.write() as connection:
        connection.execute(update(articles).values(visited=0))  # all were read long ago
    found = crawl_all(store, [])
    assert (found.new, found.revised) == (0, 1)
    with Archive(store) as archive:
        revised = [
            view
            for row in export(store)
            if (view := archive.article(row["guid"])) is not None and view.versions
        ]
    assert len(revised) == 1
    assert revised[0].versions[0].text != revised[0].text


def test_private_addresses_are_refused_unless_allowed(stand: Newsstand, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'guarded.db'}")
    add_feeds(store, feeds_of(stand)[:2])
    told: list[Report] = []
    found = crawl_all(store, told, private=False)
    assert (found.feeds, found.failed, found.new) == (2, 2, 0)
    assert all(report.problem.kind is Kind.NOT_PUBLIC for report in told), told
    store.close()


def test_hostile_feeds_get_a_line_each_and_the_rest_goes_in(tmp_path: Path) -> None:
    with Newsstand(port=0, today=TODAY, hostile=True) as stand:
        store = Store(f"sqlite:///{tmp_path / 'hostile.db'}")
        add_feeds(store, feeds_of(stand)[:1])
        add_feeds(store, [FeedState(url=url) for url in stand.hostile.values()])
        told: list[Report] = []
        found = crawl_all(store, told, limits=QUICK)
        assert found.new >= 10, told  # the good feed's
        with store.read() as connection:
            states = {row.url: row for row in kept.every(connection)}
        for name in (
            "not-a-feed", "huge", "endless", "loop", "redirect-to-metadata", "gzip-bomb", "missing",
        ):  # fmt: skip
            problem = states[stand.hostile[name]].problem
            assert problem and "\n" not in str(problem), name
        for row in export(store):
            assert "javascript:" not in str(row)
            assert "<script" not in str(row)
        store.close()


def test_the_living_round_joins_crawl_and_stages(stand: Newsstand, tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'living.db'}")
    add_feeds(store, feeds_of(stand)[:1])

    async def work() -> Round:
        async with Fetcher(PATIENT, allow_private=True) as fetcher, Workers() as workers:
            return await once(store, fetcher, workers, Pipeline(store), lambda line: None)

    assert asyncio.run(work()).new > 5
    assert all("story" in row for row in export(store))
    store.close()
