"""Words that are awkward to search for, on each surface that searches; and requests of no sense."""

from __future__ import annotations

import doctest
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.cli import cli
from backstory.cli.common import Failure
from backstory.model.article import Article, Moment
from backstory.model.views import Query
from backstory.pipeline.intake import take
from backstory.pipeline.running import Pipeline
from backstory.serve.app import create_app
from backstory.store import search
from backstory.store.database import Store
from backstory.store.dialects.sqlite import SearchIndex
from backstory.store.search_values import SearchQuery, SearchRow

NOW = datetime(2026, 6, 30, 9, 40, tzinfo=UTC)
ARTICLES = {
    "rate": "Inflation rate falls to 3.5 per cent",
    "other": "Inflation may rise by 5 points in 3 years",
    "half": "A cup and ½ of patience",
    "persian": "او کتاب‌ها را می‌خواهد",
    "hindi": "यह क्‍या हुआ",
    "initials": "U.S. and J.P. Ming meet",
    "blessing": "The sign ﷺ in print",
}
FINDS = [  # a query, and the articles that it finds
    ("inflation 3.5", {"rate"}),
    ("3.5", {"rate"}),
    ("inflation 5", {"other"}),
    ("½", {"half"}),
    ("کتاب‌ها", {"persian"}),
    ("کتاب", {"persian"}),
    ("می‌خواهد", {"persian"}),
    ("क्‍या", {"hindi"}),
    ("क्या", {"hindi"}),
    ("US", {"initials"}),
    ("ﷺ", {"blessing"}),
    ('"inflation" OR NEAR(', set()),
    ("'; DROP TABLE words", set()),
    ("*", set()),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('search')}/some.db")
    articles = [
        Article(
            url=f"https://{guid}.example/1",
            title=title,
            text=f"{title}.",
            published=Moment(NOW - timedelta(hours=number)),
            guid=guid,
        )
        for number, (guid, title) in enumerate(ARTICLES.items())
    ]
    take(made, articles, NOW)
    Pipeline(made).drain()
    yield made
    made.close()


@pytest.fixture(scope="module")
def client(store: Store) -> TestClient:
    return TestClient(create_app(Archive(store), clock=lambda: NOW))


def names(addresses: list[str]) -> set[str]:
    return {address.rpartition("/")[2] for address in addresses}


def command(store: Store, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--store", store.url])


@pytest.mark.parametrize(("query", "expected"), FINDS)
def test_pages_feeds_and_data_find_it(client: TestClient, query: str, expected: set[str]) -> None:
    page = html.fromstring(client.get("/world/search", params={"q": query}).text)
    assert names([link.get("href", "") for link in page.cssselect("li.card h2 a")]) == expected
    for kind in ("atom", "rss"):
        answer = client.get(f"/world/search.{kind}", params={"q": query})
        assert names([entry.link for entry in feedparser.parse(answer.content).entries]) == expected
    items = client.get("/world/search.json", params={"q": query}).json()["items"]
    assert names([item["url"] for item in items]) == expected
    assert client.get("/api/articles/us/", params={"q": query}).json()["results"] == []
    for followed in ("/following", "/following.opml"):
        asked = {"list": f"/world/search?q={query}"}
        assert client.get(followed, params=asked).status_code == 200


@pytest.mark.parametrize(("query", "expected"), FINDS)
def test_the_command_line_finds_it(store: Store, query: str, expected: set[str]) -> None:
    found = command(store, "search", query, "--json")
    assert found.exit_code == 0, found.output
    assert {json.loads(line)["guid"] for line in found.stdout.splitlines()} == expected


@settings(deadline=None, max_examples=50)
@given(texts=st.lists(st.text(max_size=30), min_size=20, max_size=20))
def test_any_text_is_found_by_its_own_words(store: Store, texts: list[str]) -> None:
    index = SearchIndex(store.derived / "any.db")
    index.delete()
    index.add(
        [SearchRow(n, search.words(text, ""), 0, None, "") for n, text in enumerate(texts, 1)], 100
    )
    for number, text in enumerate(texts, 1):
        asked = search.words(text, "").split()
        assert not asked or number in index.search(SearchQuery(asked), 100)
    index.close()
    with Archive(store) as archive:
        archive.articles(Query(text=" ".join(texts)))


def test_the_example_in_the_docs_holds() -> None:
    assert doctest.testmod(search).failed == 0


@pytest.mark.parametrize("url", ["http://[", "http://]", "//[", "http://[::1", "http://a:b"])
def test_what_is_no_address_is_not_found(client: TestClient, url: str) -> None:
    assert client.get("/oembed", params={"url": url}).status_code == 404
    for path in ("/following", "/following.opml"):
        assert client.get(path, params={"list": url}).status_code == 200


@pytest.mark.parametrize("slug", ["\\ud800", "\\udfff x", "\\u0000", "china\\ud83d"])
def test_half_a_letter_in_a_request_is_an_unknown_tag(client: TestClient, slug: str) -> None:
    answer = client.post(
        "/api/tags/us/",
        content=f'{{"tag_slugs": ["{slug}"]}}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 404
    assert set(answer.json()) == {"detail"}


@pytest.mark.parametrize("given", ["\udcff", "rate\udcff", ""])
def test_bytes_that_are_no_text_are_no_article(store: Store, given: str) -> None:
    for name in ("article", "history"):
        found = command(store, name, given)
        assert isinstance(found.exception, Failure)
    assert command(store, "search", given).exit_code == 0


def test_a_list_of_what_is_followed_that_names_no_address(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "follow.json"
    file.write_text(json.dumps({"version": 1, "follow": [{"path": "//["}], "mute": []}))
    found = command(store, "brief", "--follow", str(file))
    assert isinstance(found.exception, Failure) and str(file) in str(found.exception)
