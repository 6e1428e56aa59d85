"""The group stage, stopped and started again after each repair and at random places: the same
rows as of a process that ran through."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, select

from backstory.archive import Archive
from backstory.collect.jsonl import read
from backstory.group.copies import Copies
from backstory.group.serial import Serials
from backstory.group.stories.online import Stories
from backstory.group.stories.repair import EVERY
from backstory.pipeline.enriching import EnrichStage
from backstory.pipeline.grouping import GroupStage
from backstory.pipeline.importing import take_all
from backstory.store import stages
from backstory.store.database import Store
from backstory.store.schema import aliases, memberships, stories
from tests.archives import made

ARTICLES = 20_000
PLACES = 50  # random ones, beside those of the repairs
WINDOW = 1024  # articles that the stage looks back at, so that it is passed several times
pytestmark = pytest.mark.slow
GROUPED: tuple[Table, ...] = (memberships, stories, aliases)


@pytest.fixture(scope="module")
def enriched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of made-up headlines that are enriched and not grouped yet."""
    folder = tmp_path_factory.mktemp("restarts")
    lines = made(ARTICLES, folder / "made.jsonl", per_day=100, texts=False)
    store = Store(f"sqlite:///{folder / 'enriched.db'}")
    take_all(store, read(lines), lambda told: pytest.fail(str(told)), batch=2000)
    lease = stages.acquire(store, "enrich", "the test")
    assert lease is not None
    stage = EnrichStage(store)
    while stage.batch(lease, 2000):
        pass
    store.close()
    return folder / "enriched.db"


def grouped(store: Store, stops: Iterable[int]) -> None:
    """Group all, by a stage that is made anew after each of these articles."""
    lease = stages.acquire(store, "group", "the test", seconds=3600)
    assert lease is not None
    done = 0
    for stop in [*sorted(stops), ARTICLES]:
        if stop > done:
            assert GroupStage(store).batch(lease, stop - done) == stop - done
            done = stop


def rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that the stage decided, and the names of the topics."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    with store.read() as connection:
        for table in GROUPED:
            asked = select(table).order_by(*table.primary_key)
            found[table.name] = [tuple(row) for row in connection.execute(asked)]
    with Archive(store.url) as archive:
        cards = archive.topics(since=timedelta(days=10_000), limit=ARTICLES)
        found["names"] = [(card.id, card.name) for card in cards]
    return found


def test_restarts_leave_no_trace(
    enriched: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in (Stories, Serials, Copies):
        monkeypatch.setattr(part, "WINDOW", WINDOW)
    repairs = range(EVERY, ARTICLES, EVERY)
    places = random.Random(5).sample(range(1, ARTICLES), PLACES)
    ways: dict[str, list[int]] = {"through": [], "restarted": [*repairs, *places]}
    found: dict[str, dict[str, list[tuple[Any, ...]]]] = {}
    for way, stops in ways.items():
        path = tmp_path / f"{way}.db"
        shutil.copy(enriched, path)
        store = Store(f"sqlite:///{path}")
        grouped(store, stops)
        found[way] = rows(store)
        store.close()
    through, restarted = found["through"], found["restarted"]
    assert len(through["memberships"]) == ARTICLES
    assert sum(kind == "story" for kind, *_ in through["aliases"]) > 50  # repair had work to do
    assert sum(kind == "topic" for kind, *_ in through["aliases"]) > 5
    assert len(through["names"]) > 100
    for name, expected in through.items():
        differing = [
            pair for pair in zip(expected, restarted[name], strict=False) if len(set(pair)) > 1
        ]
        assert not differing[:5], name
        assert len(restarted[name]) == len(expected), name
