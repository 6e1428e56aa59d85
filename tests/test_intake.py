"""Identity: which articles are new, known, moved, or say something else now."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backstory.cli.problems import line_of
from backstory.model.article import Article, Moment
from backstory.pipeline.exporting import export
from backstory.pipeline.intake import country_of, take
from backstory.store.database import Store
from backstory.store.schema import addresses, articles, versions

NOW = datetime(2026, 6, 24, 16, 5, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'intake.db'}")
    yield opened
    opened.close()


def article(url: str, title: str = "Dam fails above Port Ellery", **more: object) -> Article:
    return Article(url=url, title=title, text="Water ran down the valley.", **more)  # type: ignore[arg-type]


def guids(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(articles.c.guid).order_by(articles.c.seq)).scalars())


def test_a_given_guid_is_kept(store: Store) -> None:
    taken = take(store, [article("https://a.test/1", guid="dam-1")], NOW)
    assert (taken.new, guids(store)) == (1, ["dam-1"])


@pytest.mark.parametrize("guid", ["x" * 300, "tag:a.test,2026:1", "https://a.test/1", "", "ä"])
def test_a_guid_that_does_not_conform_is_hashed_and_kept_beside(store: Store, guid: str) -> None:
    take(store, [article("https://a.test/1", guid=guid)], NOW)
    assert len(guids(store)[0]) == 16
    with store.read() as connection:
        assert connection.execute(select(articles.c.source_guid)).scalar_one() == guid


def test_a_second_guid_for_an_address_leads_to_the_first(store: Store) -> None:
    first = article("https://a.test/1", guid="one")
    second = article("https://a.test/1?utm_source=x", guid="two")
    taken = take(store, [first, second], NOW)
    assert (taken.new, taken.known, guids(store)) == (1, 1, ["one"])


def test_the_same_guid_elsewhere_is_the_same_article_moved(store: Store) -> None:
    take(store, [article("https://a.test/1", guid="one")], NOW)
    taken = take(store, [article("https://a.test/2", guid="one")], NOW)
    assert (taken.new, taken.known) == (0, 1)
    with store.read() as connection:
        assert len(connection.execute(select(addresses)).all()) == 2


def test_the_same_guid_for_another_article_is_another_article(store: Store) -> None:
    take(store, [article("https://a.test/1", guid="one")], NOW)
    taken = take(
        store, [article("https://b.test/9", "Midfielder signs for Leith", guid="one")], NOW
    )
    assert taken.new == 1
    first, second = guids(store)
    assert first == "one" and second != "one"


def test_what_an_article_said_before_is_kept_once(store: Store) -> None:
    url = "https://a.test/1"
    first, second = article(url, "Ten hurt in fire"), article(url, "Twelve hurt in fire")
    assert take(store, [first, second], NOW).revised == 1
    for again in ([first], [second], [first, second]):  # an archive read again brings nothing back
        assert take(store, again, NOW).revised == 0
    with store.read() as connection:
        assert connection.execute(select(articles.c.title)).scalar_one() == "Twelve hurt in fire"
        assert connection.execute(select(versions.c.title)).scalars().all() == ["Ten hurt in fire"]


def test_a_poorer_telling_takes_nothing_away(store: Store) -> None:
    take(store, [article("https://a.test/1")], NOW)
    taken = take(store, [Article(url="https://a.test/1", title="", text="")], NOW)
    assert taken.refused
    taken = take(store, [Article("https://a.test/1", "Dam fails above Port Ellery")], NOW)
    assert (taken.known, taken.revised) == (1, 0)


def test_refusals_name_the_place(store: Store) -> None:
    taken = take(
        store,
        [article("javascript:alert(1)"), article("https://a.test/1"), article("nowhere")],
        NOW,
    )
    assert taken.new == 1
    assert len(taken.refused) == 2
    assert "javascript:alert(1)" in line_of(taken.refused[0])


def test_a_bare_date_stays_on_its_day_and_no_date_is_invented(store: Store) -> None:
    day = Moment.of_day(datetime(2021, 5, 3, tzinfo=UTC).date())
    take(store, [article("https://a.test/1", published=day), article("https://a.test/2")], NOW)
    with store.read() as connection:
        rows = connection.execute(select(articles).order_by(articles.c.seq)).all()
    assert (rows[0].published, rows[0].published_precision) == (day.at.timestamp(), "day")
    assert (rows[1].published, rows[1].published_precision) == (None, None)
    assert rows[1].ordered == rows[1].first_seen == NOW.timestamp()


@pytest.mark.parametrize(
    ("domain", "country"),
    [
        ("bbc.co.uk", "GB"),
        ("spiegel.de", "DE"),
        ("theguardian.com", "GB"),
        ("nowhere.com", None),
        ("x.io", None),
    ],
)
def test_domains_tell_countries(domain: str, country: str | None) -> None:
    assert country_of(domain) == country


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_taking_the_same_articles_in_again_changes_nothing(said: list[tuple[int, int]]) -> None:
    """However often one of them changed its title and text, and whether it came with one."""
    rows = [
        Article(
            url="https://paper.example/flood",
            title=f"Flood in Ostrel, report {title}",
            text=f"The mayor of Ostrel said on day {text} that the river had risen."
            if text
            else "",
        )
        for title, text in said
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/again.db")
        take(store, rows, datetime.now(UTC))
        before = list(export(store))
        for part in (rows, rows[: len(rows) // 2], rows):
            assert take(store, part, datetime.now(UTC)).revised == 0
            assert list(export(store)) == before
        store.close()
