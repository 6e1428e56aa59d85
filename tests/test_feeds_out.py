"""The feeds out, read back by a feed parser."""

from __future__ import annotations

from datetime import datetime

import feedparser
import pytest
from lxml import etree, html
from markupsafe import Markup
from starlette.testclient import TestClient

from backstory.serve.app import create_app
from backstory.serve.feeds import Entry, Feed, atom, json_feed, rss
from tests.serve_sample import NOW, SampleArchive

LISTS = [
    "/us/",
    "/world/",
    "/us/latest",
    "/us/tag/tidal-power",
    "/us/search?q=barrage",
    "/source/harbourherald.example",
    "/story/s-tidal-7",
    "/story/s-choir",
    "/topic/t-tidal",
    "/nz/latest",
]


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(SampleArchive(), clock=lambda: NOW), follow_redirects=False)


def behind(address: str, kind: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}.{kind}{mark}{query}"


@pytest.mark.parametrize("address", LISTS)
def test_each_list_has_its_feeds(client: TestClient, address: str) -> None:
    seen = []
    for kind in ("atom", "rss"):
        answer = client.get(behind(address, kind))
        assert answer.status_code == 200
        parsed = feedparser.parse(answer.content)
        assert not parsed.bozo, parsed.get("bozo_exception")
        assert parsed.version == {"atom": "atom10", "rss": "rss20"}[kind]
        assert parsed.feed.title
        seen.append([(entry.id, entry.title, entry.link) for entry in parsed.entries])
        for entry in parsed.entries:
            assert entry.id.startswith("urn:uuid:")
            assert entry.published_parsed or entry.updated_parsed
            assert entry.link.startswith("http://testserver/")
        assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)
    as_json = client.get(behind(address, "json"))
    assert as_json.headers["content-type"] == "application/feed+json"
    items = as_json.json()["items"]
    assert seen[0] == seen[1] == [(item["id"], item["title"], item["url"]) for item in items]
    for item in items:
        assert datetime.fromisoformat(item["date_published"]).tzinfo


@pytest.mark.parametrize("address", LISTS)
def test_pages_name_their_feeds(client: TestClient, address: str) -> None:
    page = html.fromstring(client.get(address).text)
    named = page.xpath("//link[@rel='alternate']/@href")
    assert named == [behind(address, kind) for kind in ("atom", "rss", "json")]
    for each in named:
        assert client.get(each).status_code == 200


def test_an_edition_has_its_feed_with_and_without_the_slash(client: TestClient) -> None:
    one, other = client.get("/us/.atom").content, client.get("/us.atom").content
    ids = [feedparser.parse(content).feed.id for content in (one, other)]
    assert ids[0] == ids[1]


def test_identifiers_stay_when_an_instance_moves() -> None:
    ids = []
    for base in ("https://one.example", "https://two.example"):
        app = create_app(SampleArchive(), base_url=base)
        parsed = feedparser.parse(TestClient(app).get("/topic/t-tidal.atom").content)
        assert parsed.feed.links[0].href == f"{base}/topic/t-tidal.atom"
        ids.append([parsed.feed.id, *(entry.id for entry in parsed.entries)])
    assert ids[0] == ids[1]


def test_markup_of_publishers_is_text_in_feeds(client: TestClient) -> None:
    entry = feedparser.parse(client.get("/story/s-choir.atom").content, sanitize_html=False)
    contents = [each.content[0].value for each in entry.entries]
    assert any("&lt;img src=x" in content for content in contents)
    assert not any("<img" in content for content in contents)
    assert b"javascript:" not in client.get("/story/s-choir.atom").content


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/us/latest.atom")
    again = client.get("/us/latest.atom", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b""
    since = {"if-modified-since": first.headers["last-modified"]}
    assert client.get("/us/latest.atom", headers=since).status_code == 304
    for stale in (
        {"if-none-match": 'W/"other"'},
        {"if-modified-since": "Mon, 01 Jun 2020 00:00:00 GMT"},
        {"if-modified-since": "nonsense"},
        # A mark that does not match goes before a date that would.
        {"if-none-match": 'W/"other"', **since},
    ):
        assert client.get("/us/latest.atom", headers=stale).status_code == 200


def test_a_topic_brings_no_event_twice(client: TestClient) -> None:
    titles = [e.title for e in feedparser.parse(client.get("/topic/t-tidal.rss").content).entries]
    assert len(titles) == len(set(titles)) == 5


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
def test_a_feed_of_nothing_known_is_not_found(client: TestClient, kind: str) -> None:
    for path in ("/topic/none", "/story/none", "/source/none.example", "/us/tag/none", "/xx/"):
        assert client.get(f"{path}.{kind}").status_code == 404


def test_control_characters_are_left_out() -> None:
    entry = Entry(
        id="urn:uuid:0",
        title="A\x00 bell\x07 & <b>\ufffe",
        address="https://here.example/article/1",
        original=None,
        author="\x1bHerald",
        content=Markup("<p>a\x0bb</p>"),
        published=NOW,
        updated=NOW,
        tags=("x\x01",),
    )
    feed = Feed("x", "T\x02itle", "https://here.example/", "https://here.example/.atom", (entry,))
    for write in (atom, rss):
        root = etree.fromstring(write(feed))
        assert "A bell & <b>" in [node.text for node in root.iter()]
    assert b"\\u0000" not in json_feed(feed)
