"""Pages that are kept are the same as pages that are made anew, whatever happens meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from backstory.archive import Archive, remembered
from backstory.model.article import Article, Moment
from backstory.model.views import ArticleView
from backstory.pipeline.import_files import lines
from backstory.pipeline.importing import take_all
from backstory.pipeline.intake import take
from backstory.pipeline.running import Pipeline
from backstory.serve.app import create_app
from backstory.serve.http.images import Images, mark_of
from backstory.serve.http.page_cache import PageCache
from backstory.serve.http.parameters import Address
from backstory.serve.http.static_files import static_files
from backstory.serve.pages.rendering import Renderer
from backstory.store.database import Store
from backstory.store.topics import newest_topics
from tests.archives import made

PICTURE = "https://paper.example/dam.jpg"
FIRST = datetime(2026, 6, 24, 8, 30, tzinfo=UTC)
TITLES = (
    "Dam above Port Ellery fails after a week of rain",
    "Port Ellery dam fails and the harbour is flooded",
    "Engineers had warned of the Port Ellery dam",
)


class Counting(Archive):
    made = 0

    def article(self, guid: str) -> ArticleView | None:
        self.made += 1
        return super().article(guid)


class Newsstand:
    """A store that articles come into, served at a time that can be set."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = Store(f"sqlite:///{path}/news.db")
        self.archive = Counting(self.store)
        self.now = FIRST + timedelta(hours=3)
        self.client = TestClient(create_app(self.archive, clock=lambda: self.now))

    def take(self, number: int, title: str | None = None) -> None:
        article = Article(
            url=f"https://paper{number}.example/dam",
            title=title or TITLES[number],
            text=f"{TITLES[number]}. The dam above Port Ellery failed in the night. " * 3,
            image=PICTURE,
            published=Moment(FIRST + timedelta(hours=number), "minute"),
            guid=f"dam-{number}",
        )
        # As another process would: through a store of its own.
        other = Store(self.store.url)
        take(other, [article], self.now)
        Pipeline(other).drain()
        other.close()

    def page(self, address: str = "/article/dam-0", language: str = "en") -> str:
        """The page, which is the same as one that was never kept."""
        self.client.cookies.clear()
        kept, anew = (
            client.get(address, headers={"Accept-Language": language})
            for client in (
                self.client,
                TestClient(create_app(Archive(self.store), clock=lambda: self.now)),
            )
        )
        assert kept.status_code == 200
        assert kept.text == anew.text
        assert {**kept.headers, "content-length": ""} == {**anew.headers, "content-length": ""}
        return str(kept.text)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Newsstand]:
    stand = Newsstand(tmp_path)
    stand.take(0)
    yield stand
    stand.store.close()


def test_a_page_is_made_once(stand: Newsstand) -> None:
    first = stand.page()
    assert stand.page() == first
    packed, plain = (
        stand.client.get("/article/dam-0", headers={"Accept-Encoding": one})
        for one in ("gzip", "identity")
    )
    assert packed.text == plain.text == first
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    assert stand.archive.made == 1


def test_a_new_article_and_a_new_wording_show(stand: Newsstand) -> None:
    assert TITLES[1] not in stand.page()
    stand.take(1)
    assert TITLES[1] in stand.page()
    assert "The headline has changed" not in stand.page()
    stand.take(0, "Dam above Port Ellery fails: what is known")
    assert "The headline has changed" in stand.page()


def test_each_language_is_a_page_of_its_own(stand: Newsstand) -> None:
    assert 'lang="en"' in stand.page()
    assert 'lang="de"' in stand.page(language="de")
    assert 'lang="fr"' in stand.page("/article/dam-0?lang=fr", language="de")
    assert 'lang="en"' in stand.page()


def test_time_passes(stand: Newsstand) -> None:
    assert "3 hours ago" in stand.page()
    stand.now += timedelta(hours=2)
    assert "5 hours ago" in stand.page()
    made = stand.archive.made
    stand.now += timedelta(seconds=20)
    stand.page()
    assert stand.archive.made == made
    stand.now += timedelta(days=5)
    assert "5 days ago" in stand.page()


def test_a_lead_image_that_fails_is_not_shown_any_more(stand: Newsstand) -> None:
    with Images(stand.path / "images") as images:
        app = create_app(stand.archive, clock=lambda: stand.now, images=images)
        client = TestClient(app)
        assert "<img" in client.get("/article/dam-0").text
        failed = images._none(mark_of(PICTURE))
        failed.parent.mkdir(parents=True)
        failed.touch()
        assert "<img" not in client.get("/article/dam-0").text


def test_the_longest_unasked_make_room(stand: Newsstand) -> None:
    renderer = Renderer(stand.archive, Address(None), static_files(), lambda: stand.now)
    kept = PageCache(stand.archive.last_change, renderer, most=5000)
    made: list[str] = []

    def ask(path: str) -> None:
        request = Request({
            "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [],
            "scheme": "https", "server": ("news.example", 443),
        })  # fmt: skip

        def make() -> Response:
            made.append(path)
            return renderer.problem(request, 200, path)

        kept.answer(request, make)

    for path in ("/a", "/a", "/b", "/a", "/c", "/a", "/b"):
        ask(path)
    assert made == ["/a", "/b", "/c", "/b"]


def test_search_and_topics_are_ready_before_anybody_asks(stand: Newsstand) -> None:
    some = made(1000, stand.path / "some.jsonl")
    take_all(stand.store, lines(str(some), lambda done: None), print)
    Pipeline(stand.store).drain()
    with stand.store.read() as connection:
        wanted = newest_topics(connection, 1000)
        assert wanted
    with stand.archive.ready():
        for _ in range(200):
            with stand.store.read() as connection:
                names = remembered.of(connection).names
                named = {topic for topic, until in names if until is None}
            if named >= set(wanted):
                break
            time.sleep(0.02)
    assert named == set(wanted)
    assert stand.store.search.done()[0] == stand.archive.article_count()
