"""The latest time seen: a few articles dated ahead do not become an archive's "now"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backstory.archive import Archive
from backstory.archive.briefs import compose
from backstory.model.article import Article, Moment
from backstory.model.views import Query
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.present.latest import LOOKED_AT, MOST_AHEAD, latest
from backstory.serve.app import create_app
from backstory.store import feeds
from backstory.store.database import Store
from backstory.store.feeds import FeedRow

DAY, YEAR = 86_400, 365 * 86_400
END = datetime(2019, 6, 30, 12, tzinfo=UTC)  # of the archives here
CLOCK = datetime(2024, 1, 1, tzinfo=UTC)
NUMBERS = count()
WORDS = (
    "pumps", "sirens", "bakers", "ferries", "engineers", "gulls", "timber", "accountants",
    "lanterns", "harvest", "orchards", "violins", "tariffs", "glaciers", "ballots", "kitchens",
    "embers", "caravans", "thunder", "velvet",
)  # fmt: skip


def article(published: datetime | None, title: str | None = None) -> Article:
    number = next(NUMBERS)
    words = [WORDS[(number * step) % len(WORDS)] for step in (1, 3, 7)]
    return Article(
        url=f"https://paper{number % 3}.example/{number}",
        title=title or f"{' '.join(words)} {number}",
        guid=f"a{number}",
        site=f"Paper {number % 3}",
        country="US",
        published=None if published is None else Moment(published),
    )


def past(days: int, each: int = 3) -> list[Article]:
    """An archive that ended at ``END``, oldest first."""
    return [
        article(END - timedelta(days=day, minutes=minute))
        for day in reversed(range(days))
        for minute in range(each)
    ]


@contextmanager
def archive_of(
    folder: Path, articles: Sequence[Article], clock: datetime = CLOCK
) -> Iterator[Archive]:
    store = Store(f"sqlite:///{folder}/some.db")
    take_all(store, articles, print, pipeline=Pipeline(store))
    with Archive(store, lambda: clock) as archive:
        yield archive
    store.close()


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([], None),
        ([7], 7),
        ([5 * YEAR, 0], 5 * YEAR),  # two articles do not say which of them is wrong
        ([5 * YEAR, DAY, 0], DAY),
        ([5 * YEAR, 4 * YEAR, *range(9, 0, -1)], 9),  # each in a wrong year of its own
        ([5 * YEAR, 5 * YEAR, 5 * YEAR, *range(9, 0, -1)], 9),
        ([4 * YEAR, 3 * YEAR, 2 * YEAR, YEAR, 0], 4 * YEAR),  # an article a year
        ([2 * DAY, *range(9, 0, -1)], 2 * DAY),  # near enough to hide nothing
        ([YEAR - number for number in range(MOST_AHEAD + 1)] + [0] * 79, YEAR),  # it goes on
    ],
)
def test_few_that_stand_far_ahead_are_not_the_latest(
    times: Sequence[int], expected: int | None
) -> None:
    assert latest(times) == expected


def test_nothing_is_ahead_by_the_time_that_feeds_bring_something() -> None:
    assert latest([5 * YEAR, 2, 1, 0], heard=5 * YEAR) == 5 * YEAR
    assert latest([6 * YEAR, 5 * YEAR, *range(9, 0, -1)], heard=YEAR) == 9


AHEAD: dict[str, list[datetime | None]] = {
    "after the clock": [datetime(2099, 8, 1, tzinfo=UTC)],
    "hours ahead": [CLOCK + timedelta(hours=20)],
    "before the clock": [datetime(2023, 3, 1, tzinfo=UTC)],
    "yesterday": [CLOCK - timedelta(days=1)],
    "the days of events": [END + timedelta(days=30 * month) for month in range(1, 9)],
    "before and after the clock": [datetime(year, 5, 5, tzinfo=UTC) for year in (2021, 2023, 2052)],
    "without a date": [None] * 9,
}


@pytest.mark.parametrize("kind", AHEAD)
def test_articles_dated_ahead_hide_nothing(tmp_path: Path, kind: str) -> None:
    base, strays = past(40), [article(at, "A fair is announced") for at in AHEAD[kind]]
    # They come in the midst of the others, as in a file that is in no order.
    with archive_of(tmp_path, [*base[:60], *strays, *base[60:]]) as archive:
        guids = {one.guid for one in base}
        assert archive.newest() == END
        shown = archive.stories(limit=100).results
        assert shown and {card.lead.guid for card in shown} <= guids
        assert max(card.last_published for card in shown) == END
        assert {card.id for card in archive.stories("US", limit=100).results} == {
            card.id for card in shown
        }
        assert all(topic.last <= END for topic in archive.topics())
        brief = compose(archive, None, timedelta(days=1))
        assert brief is not None and brief.at == END and brief.stories
        assert set(brief.stories) <= {card.id for card in shown}
        client = TestClient(create_app(archive, clock=lambda: CLOCK))
        for path in ("/api/trending/US/", "/api/stories/US/"):
            assert len(client.get(path).json()["results"]) == min(len(shown), 20)
        assert len(client.get("/us/.json").json()["items"]) == min(len(shown), 30)
        page = client.get("/us/").text
        assert all(card.headline in page for card in shown[:5])
        assert "A fair is announced" not in page
        news = client.get("/sitemap-news.xml").text
        assert base[-1].title in news and "A fair is announced" not in news


def test_where_all_is_dated_after_the_clock_the_newest_tells_the_time(tmp_path: Path) -> None:
    with archive_of(tmp_path, past(9), clock=datetime(2001, 1, 1, tzinfo=UTC)) as archive:
        assert archive.newest() == END
        assert archive.stories().results


def test_where_nothing_has_a_date_what_was_seen_last_tells_the_time(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with archive_of(tmp_path, [article(None) for _ in range(9)], now) as archive:
        newest = archive.newest()
        assert newest is not None and abs(newest - now) < timedelta(minutes=5)
        assert archive.stories().results


def test_an_archive_whose_feeds_bring_news_lives_in_the_present(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/some.db")
    live = CLOCK - timedelta(hours=1)
    take_all(store, [*past(40), article(live)], print, pipeline=Pipeline(store))
    with store.write() as writer:
        url = "https://paper.example/feed"
        feeds.add(writer, [FeedRow(url, last_new=int(CLOCK.timestamp()))])
    with Archive(store, lambda: CLOCK) as archive:
        assert archive.newest() == live
    store.close()


def test_the_latest_time_is_found_without_reading_the_archive(tmp_path: Path) -> None:
    undated = [article(None) for _ in range(2 * LOOKED_AT)]
    with archive_of(tmp_path, [*past(30), *undated]) as archive:
        assert archive.newest() == END
        assert len(archive.articles(Query(), limit=500).results) == 90 + 2 * LOOKED_AT
