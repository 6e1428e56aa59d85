"""Serial pieces: known by the frame that comes back, in any language, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstory.archive import Archive
from backstory.group.serial import Serials
from backstory.model.article import Article, Moment
from backstory.model.views import Query
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.store.database import Store

DAY = 1440
MAY = 20_573  # the last day of April 2026, since 1970


def told(titles: list[tuple[int, str]], source: str = "paper.example") -> list[bool]:
    serials = Serials()
    return [serials.add(source, (MAY + day) * DAY + 480, title) for day, title in titles]


@pytest.mark.parametrize(
    "title",
    [
        "Daily Brief — Tuesday, May {}, 2026",
        "Horoskop für den {}. August",
        "Horóscopo de hoy, {} de julio de 2026",
        "Top stocks to buy today ({} June)",
        "今日の運勢 {}日",
    ],
)
def test_a_title_that_differs_in_its_date_is_serial_from_the_third_day(title: str) -> None:
    assert told([(day, title.format(day)) for day in range(1, 6)]) == [
        False,
        False,
        True,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "frame", ["Morning briefing: {}", "{} – politics live", "In parlamento: {}"]
)
def test_a_frame_of_every_day_is_serial(frame: str) -> None:
    rests = ("strike", "flood", "vote", "trial", "storm", "merger", "budget", "rescue", "treaty")
    said = told([(day, frame.format(f"{rest} ends")) for day, rest in enumerate(rests)])
    assert said == [False] * 6 + [True] * 3


@pytest.mark.parametrize("title", ["Morning briefing", "Live updates", "Horoskop", "今日の運勢"])
def test_a_bare_title_of_every_day_is_serial(title: str) -> None:
    assert told([(day, title) for day in range(9)]) == [False] * 6 + [True] * 3
    assert not any(told([(day, title) for day in (1, 9, 17, 24)]))


def test_a_subject_that_comes_in_bursts_is_not() -> None:
    said = told([(hour // 8, f"Arvelle flood: report number {hour}x says") for hour in range(90)])
    assert not any(said)
    assert not any(
        told([(day, f"Arvelle flood: {7 * day + 3} dead") for day in (1, 1, 1, 2, 9, 11)])
    )


def test_another_publisher_and_missing_times_count_for_nothing() -> None:
    serials = Serials()
    for day in range(8):
        assert not serials.add(f"{day}.example", (MAY + day) * DAY, f"Daily Brief, {day} May")
        assert not serials.add("paper.example", None, f"Daily Brief, {day} May")
    assert not serials.add("paper.example", (MAY + 9) * DAY, "Daily Brief, 9 May")


def test_what_is_known_follows_from_the_last_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Serials, "WINDOW", 40)
    stream = [
        (
            "paper.example",
            (n // 3) * DAY,
            f"Morning briefing: story {n}x" if n % 3 else f"Other {n}",
        )
        for n in range(150)
    ]
    straight = Serials()
    said = [straight.add(*one) for one in stream]
    again = Serials()
    again.restore(stream[60:100])
    assert [again.add(*one) for one in stream[100:]] == said[100:]


def test_serial_pieces_make_no_topic(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/serial.db")
    begin = datetime(2026, 5, 4, 7, tzinfo=UTC)
    pieces = [
        Article(
            url=f"https://paper.example/bulletin/{day}",
            title=f"News bulletin | {begin + timedelta(day):%A, %-d %B} – Morning",
            text="Europe this morning: the news of the day in five minutes, from all of Europe.",
            published=Moment(begin + timedelta(day), "minute"),
            language="en",
        )
        for day in range(12)
    ]
    take_all(store, pieces, print, pipeline=Pipeline(store))
    with Archive(store) as archive:
        events = [one.events for one in archive.topics(since=timedelta(days=30))]
        assert all(count <= 3 for count in events)  # the first few nobody can know
        last = archive.articles(query=Query(), limit=1).results[0]
        found = archive.article(last.guid)
        assert found is not None and found.story.topic is None and found.story.topic_events == 0
    store.close()
