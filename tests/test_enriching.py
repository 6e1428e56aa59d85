"""Enriching: one article's part is pure, so that any process may do it; the rest runs in order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import text

from backstory.enrich.article import Unread, enrich
from backstory.model.article import Article, Moment
from backstory.pipeline.enriching import EnrichStage, Mapper
from backstory.pipeline.importing import take_all
from backstory.store import stages
from backstory.store.database import Store

TABLES = ("enriched", "named_days", "terms", "epochs", "tags", "article_tags")
PEOPLE = ("Mara Ellery", "Joao Pires", "Antony Blinken", "Ines Vidal")
PLACES = ("Lisbon", "Oslo", "Quito", "Hanoi", "Accra", "Delhi")
MADE = (
    (
        "en",
        "{person} opens bridge of {place} after storm {number}",
        "{place} (AP) — {person} said on Tuesday that the bridge number{number} was open again. "
        "{surname} did not say what it cost. The storm of 12 May had closed it for {number} days.",
    ),
    (
        "de",
        "{person} eröffnet Brücke in {place}",
        "Die Brücke in {place} ist nach {number} Tagen wieder offen. Das sagte {person}.",
    ),
    (
        "ja",
        "{place}の橋が{number}日ぶりに開通",
        "日本の首相は5月12日、橋が{number}日ぶりに開通したと述べた。嵐の被害は大きかった。",
    ),
    (
        "es",
        "{person} abre el puente de {place}",
        "El puente de {place} abrió tras {number} días, según {surname}. La tormenta lo cerró.",
    ),
)


def made_up(count: int) -> Iterator[Article]:
    chance = random.Random(5)
    start = datetime(2026, 5, 1, tzinfo=UTC)
    for number in range(count):
        language, title, words = chance.choice(MADE)
        person, place = chance.choice(PEOPLE), chance.choice(PLACES)
        parts = {
            "person": person,
            "surname": person.split()[1],
            "place": place,
            "number": number % 17 + 2,
        }
        yield Article(
            url=f"https://{place.lower()}.example/{number}",
            title=title.format(**parts),
            text=words.format(**parts),
            published=Moment(start + timedelta(hours=number)),
            language=chance.choice([language, None]),
            tags=(person,) if number % 5 == 0 else (),
        )


def rows_of(path: Path, mapper: Mapper, batch: int) -> dict[str, list[tuple[object, ...]]]:
    """What the enrich stage stores of the made-up articles."""
    store = Store(f"sqlite:///{path}")
    take_all(store, made_up(150), lambda told: pytest.fail(str(told)))
    lease = stages.acquire(store, "enrich", "test")
    assert lease is not None
    stage = EnrichStage(store, mapper=mapper)
    while stage.batch(lease, batch):
        pass
    with store.read() as connection:
        found = {
            table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}")).all()]
            for table in TABLES
        }
    store.close()
    return found


def test_other_processes_enrich_to_the_same_bytes(tmp_path: Path) -> None:
    here = rows_of(tmp_path / "here.db", map, 256)
    assert all(here[table] for table in TABLES)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        there = rows_of(tmp_path / "there.db", pool.map, 40)
    assert there == here


def test_what_was_read_before_changes_nothing() -> None:
    articles = [
        Unread(one.title, one.text, one.language, one.tags, date(2026, 5, 12))
        for one in made_up(60)
    ]
    straight = [enrich(one) for one in articles]
    back = [enrich(one) for one in reversed(articles)][::-1]
    for one, other in zip(straight, back, strict=True):
        assert one.terms.terms == other.terms.terms
        assert one.terms.codes.tolist() == other.terms.codes.tolist()
        assert one.terms.opens.tolist() == other.terms.opens.tolist()
        assert (one.language, one.tags, one.summary) == (other.language, other.tags, other.summary)
        assert (one.fingerprint, one.named_days) == (other.fingerprint, other.named_days)


def test_threads_share_what_words_stand_for() -> None:
    articles = [
        Unread(one.title, one.text, one.language, one.tags, date(2026, 5, 12))
        for one in made_up(120)
    ]
    expected = [enrich(one).terms for one in articles]
    with ThreadPoolExecutor(4) as pool:
        found = [one.terms for one in pool.map(enrich, articles)]
    for one, other in zip(found, expected, strict=True):
        assert (one.terms, one.codes.tolist()) == (other.terms, other.codes.tolist())
