"""What an archive's histories tell and leave out, from stored articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstory.archive import Archive
from backstory.group.history.eventless import place_names_alone
from backstory.model.article import Article, Moment
from backstory.model.tag import Tag
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.store import serials
from backstory.store.database import Store

WORDS = """pumps sirens bakers ferries engineers gulls timber accountants lanterns harvest orchards
    violins tariffs glaciers ballots kitchens embers caravans thunder velvet"""
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
PLACE, PERSON = Tag("thailand", "Thailand", "place"), Tag("anna-lind", "Anna Lind", "person")


def article(guid: str, day: int, title: str, site: str = "Paper") -> Article:
    published = Moment(START + timedelta(days=day))
    url = f"https://{site.lower()}.example/{guid}"
    return Article(url=url, title=title, guid=guid, site=site, published=published)


def taken(folder: Path, articles: Iterable[Article]) -> Store:
    store = Store(f"sqlite:///{folder}/some.db")
    take_all(store, list(articles), print, pipeline=Pipeline(store))
    return store


@pytest.mark.parametrize(
    ("shared", "words", "alone"),
    [
        ([PLACE], ["thai", "thailand"], True),
        ([PLACE], ["dr"], True),
        ([PLACE], ["thai", "shooting"], False),
        ([PLACE, PERSON], ["thai"], False),
        ([], ["wa"], True),
        ([], ["水库", "决堤"], False),  # pairs of letters are words there
        ([], [], False),
    ],
)
def test_place_names_alone_make_no_event(shared: list[Tag], words: list[str], alone: bool) -> None:
    assert place_names_alone(shared, words) is alone


def test_a_history_in_chinese_is_told(tmp_path: Path) -> None:
    titles = [
        "临江水库决堤三千居民连夜撤离",
        "临江水库决堤原因调查组进驻现场",
        "临江水库决堤前工程师曾发出警告",
        "临江水库决堤案两名官员被起诉",
        "临江水库决堤案主犯被判刑十年",
    ]
    others = [f"第{n}届城市马拉松比赛今天在海滨举行" for n in range(20)]
    store = taken(
        tmp_path,
        [article(f"dam-{n}", 9 * n, title) for n, title in enumerate(titles)]
        + [article(f"race-{n}", n, title, "Other") for n, title in enumerate(others)],
    )
    with Archive(store) as archive:
        history = archive.history("dam-2")
    assert history is not None
    assert len([event for event in history.events if "水库" in event.headline]) >= 4


def test_serial_pieces_are_no_events_of_a_history(tmp_path: Path) -> None:
    turns = ("fails after rain", "inquiry opens", "warning was ignored", "two are charged")
    own = [article(f"dam-{n}", 9 * n, f"Port Ellery dam {turn}") for n, turn in enumerate(turns)]
    daily = [
        article(f"brief-{n}", n, f"Port Ellery dam today: {word}", "Daily")
        for n, word in enumerate(WORDS.split())
    ]
    store = taken(tmp_path, [*own, *daily])
    with Archive(store) as archive:
        history = archive.history("dam-2")
    with store.read() as connection:
        marked = serials.marked(connection, 1, len(own) + len(daily))
    serial = {f"brief-{seq - len(own) - 1}" for seq in marked}
    assert len(serial) >= 10
    assert history is not None
    told = [{row.guid for row in event.articles} for event in history.events]
    assert sum(bool(one & {row.guid for row in own}) for one in told) >= 3
    assert not any(one <= serial for one in told)


def test_a_correction_changes_nothing_that_was_learned_of_titles(tmp_path: Path) -> None:
    first = article("a", 1, "Morning briefing: dam fails")
    store = taken(tmp_path, [first])
    take_all(store, [replace(first, title="Evening digest: dam holds")], print)
    with Archive(store) as archive:
        view = archive.article("a")
    assert view is not None and view.row.title == "Evening digest: dam holds"
    with store.read() as connection:
        assert [title for _, _, title in serials.titles(connection, 1, 1)] == [first.title]
