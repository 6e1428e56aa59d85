"""The feeds out, read back by a feed parser and held to the rules of a validator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest
from lxml import etree, html
from markupsafe import Markup
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.group.groups import Groups
from backstory.model.changes import Change, Merged
from backstory.model.views import TopicView
from backstory.pipeline.import_files import lines
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.serve.app import create_app
from backstory.serve.feeds import routes
from backstory.serve.feeds.formats import Entry, Feed, atom, json_feed, rss
from backstory.serve.http.conditional import Changes
from backstory.store import groups
from backstory.store.articles import guids
from backstory.store.database import Store
from tests.archives import made
from tests.feed_rules import problems
from tests.sample import KAVERI, NOW, TIDAL, copied, merge_topics

LISTS = [
    "/us/",
    "/world/",
    "/us/latest",
    "/us/tag/tidal-power",
    "/us/search?q=barrage",
    "/source/harbourherald.example",
    "/story/a-tidal-7a",
    "/story/a-choir-1",
    "/topic/a-tidal-3a",
    "/nz/latest",
]


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    return TestClient(create_app(sample, clock=lambda: NOW), follow_redirects=False)


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
    named = page.xpath("//link[@rel='alternate'][not(contains(@type, 'oembed'))]/@href")
    assert named == [behind(address, kind) for kind in ("atom", "rss", "json")]
    for each in named:
        assert client.get(each).status_code == 200


def test_an_edition_has_its_feed_with_and_without_the_slash(client: TestClient) -> None:
    one, other = client.get("/us/.atom").content, client.get("/us.atom").content
    ids = [feedparser.parse(content).feed.id for content in (one, other)]
    assert ids[0] == ids[1]


def test_identifiers_stay_when_an_instance_moves(sample: Archive) -> None:
    ids = []
    for base in ("https://one.example", "https://two.example"):
        app = create_app(sample, base_url=base)
        parsed = feedparser.parse(TestClient(app).get("/topic/a-tidal-3a.atom").content)
        assert parsed.feed.links[0].href == f"{base}/topic/a-tidal-3a.atom"
        ids.append([parsed.feed.id, *(entry.id for entry in parsed.entries)])
    assert ids[0] == ids[1]


def test_markup_of_publishers_is_text_in_feeds(client: TestClient) -> None:
    for story, words in (("a-choir-1", "<script>"), ("a-undated", "<em>patience")):
        answer = client.get(f"/story/{story}.atom")
        entry = feedparser.parse(answer.content, sanitize_html=False).entries[-1]
        assert words in entry.title  # what the headline says, no markup of ours
        content = entry.content[0].value
        assert "<img" not in content and "<script" not in content and "<em" not in content
        assert b"javascript:" not in answer.content
    assert "&lt;em&gt;patience" in content  # of an article that has nothing but a headline


@pytest.mark.parametrize("kind", ["atom", "rss", "json"])
@pytest.mark.parametrize(
    "address", [*LISTS, "/us/search?q=c%C3%A9%20%26%20%22x%22&sort=publish_date"]
)
def test_every_feed_is_valid(client: TestClient, address: str, kind: str) -> None:
    answer = client.get(behind(address, kind))
    own = str(answer.request.url).replace("%20", "+")
    assert problems(kind, answer.content, answer.headers["content-type"], own) == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("atom", "urn:uuid:", "no address "),
        ("atom", "</updated>", "Z</updated>"),
        ("atom", 'rel="self"', 'rel="own"'),
        ("atom", 'href="http://testserver/article', 'href="/article'),
        ("atom", "<title>", "<titel/><title>"),
        ("atom", "&lt;p&gt;", "&lt;script&gt;"),
        ("rss", " GMT</pubDate>", " MEZ</pubDate>"),
        ("rss", 'isPermaLink="false"', 'isPermaLink="true" '),
        ("rss", "<link>http", "<link>htp"),
        ("rss", 'version="2.0"', 'version="0.9"'),
        ("json", '"content_html"', '"content"'),
        ("json", '"id":', '"identifier":'),
        ("json", "T08:05:00Z", " 08:05"),
        ("json", "jsonfeed.org/version/1.1", "jsonfeed.org/version/9"),
    ],
)
def test_the_rules_find_what_is_wrong(client: TestClient, kind: str, good: str, bad: str) -> None:
    answer = client.get(f"/story/a-choir-1.{kind}")
    body = (
        answer.content.replace(b"urn:uuid:", b"http://uuid/") if "Perma" in good else answer.content
    )
    assert good.encode() in body
    broken = body.replace(good.encode(), bad.encode()).replace(b"http://uuid/", b"no link ")
    media_type, address = answer.headers["content-type"], str(answer.request.url)
    assert problems(kind, broken, media_type, address)


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


def test_a_change_within_a_second_and_of_old_news_is_a_change(sample_store: Store) -> None:
    changes = Changes(lambda: NOW)
    first = changes.at("/us/latest.atom", "one")
    assert changes.at("/us/latest.atom", "one") == first
    assert changes.at("/us/latest.atom", "two") == first + timedelta(seconds=1)
    assert changes.at("/gb/latest.atom", "one") == first

    class Late(Archive):
        """A topic whose first event is found last."""

        found = 1

        def topic(self, topic_id: str, at: datetime | None = None) -> TopicView | None:
            view = super().topic(topic_id)
            assert view is not None
            return replace(view, events=view.events[: self.found])

    archive = Late(sample_store)
    client = TestClient(create_app(archive, clock=lambda: NOW))
    before = client.get("/topic/a-tidal-3a.rss")
    since = {"if-modified-since": before.headers["last-modified"]}
    assert client.get("/topic/a-tidal-3a.rss", headers=since).status_code == 304
    archive.found = 5
    after = client.get("/topic/a-tidal-3a.rss", headers=since)
    assert after.status_code == 200
    at = [parsedate_to_datetime(each.headers["last-modified"]) for each in (before, after)]
    assert at[0] < at[1]


@pytest.mark.parametrize(
    "address", ["/world/search", "/world/latest", "/world/", "/topic/a-tidal-3a"]
)
@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_pages_of_a_feed_lead_to_each_other(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, address: str, kind: str
) -> None:
    whole = [e.id for e in feedparser.parse(client.get(behind(address, kind)).content).entries]
    monkeypatch.setattr(routes, "ENTRIES", 2)
    start = f"http://testserver{behind(address, kind)}"
    seen: list[str] = []
    names = set()
    here: str | None = start
    last: list[str] = []
    while here:
        answer = client.get(here)
        assert problems(kind, answer.content, answer.headers["content-type"], here) == []
        parsed = feedparser.parse(answer.content)
        links = {link.rel: link.href for link in parsed.feed.links}
        page = [entry.id for entry in parsed.entries]
        assert links["first"] == start
        if here == start:
            assert "previous" not in links
        else:
            back = feedparser.parse(client.get(links["previous"]).content)
            assert [entry.id for entry in back.entries] == last
        names.add(parsed.feed.get("id"))
        seen += page
        last = page
        here = links.get("next")
    assert seen[: len(whole)] == whole and len(set(seen)) == len(seen)
    assert len(names) == 1


def test_json_pages_lead_on(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "ENTRIES", 2)
    first = client.get("/topic/a-tidal-3a.json").json()
    second = client.get(first["next_url"]).json()
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}
    assert client.get("/topic/a-tidal-3a.json?mark=nothing").status_code == 400


def test_a_topic_brings_no_event_twice(client: TestClient) -> None:
    titles = [
        e.title for e in feedparser.parse(client.get("/topic/a-tidal-3a.rss").content).entries
    ]
    assert len(titles) == len(set(titles)) == 5


def test_topics_that_become_one_bring_nothing_again(
    sample: Archive, sample_folder: Path, tmp_path: Path
) -> None:
    def told(archive: Archive, kind: str) -> dict[str, str]:
        answer = TestClient(create_app(archive)).get(f"/topic/{KAVERI}.{kind}")
        return {entry.link: entry.id for entry in feedparser.parse(answer.content).entries}

    store = copied(sample_folder, tmp_path / "merged")
    merge_topics(store, KAVERI, TIDAL)
    with Archive(store) as merged:
        client = TestClient(create_app(merged), follow_redirects=False)
        answer = client.get(f"/topic/{KAVERI}.rss")
        assert answer.status_code == 301
        assert answer.headers["location"] == f"http://testserver/topic/{TIDAL}.rss"
        for kind in ("atom", "rss"):
            before, after = told(sample, kind), told(merged, kind)
            assert 0 < len(before) < len(after)
            assert before.items() <= after.items()
    store.close()


def test_topics_of_a_store_that_grows_bring_no_event_twice(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/grows.db")
    pipeline = Pipeline(store)
    given = made(2000, tmp_path / "all.jsonl").read_bytes()
    articles = given.splitlines(keepends=True)
    part = tmp_path / "part.jsonl"
    read: dict[str, dict[str, str]] = {}  # of each topic: identifiers, and the stories they name
    with Archive(store) as archive:
        client = TestClient(create_app(archive))
        for start in range(0, len(articles), 250):
            part.write_bytes(b"".join(articles[start : start + 250]))
            take_all(store, lines(str(part), lambda done: None), print, pipeline=pipeline)
            for topic in archive.topics(since=timedelta(days=3650), limit=60):
                read.setdefault(topic.id, {})
            for topic_id, known in read.items():
                # A story that took in one that was told has been told.
                told = {*known.values(), *archive.leads_to(known.values())}
                for item in client.get(f"/topic/{topic_id}.json").json()["items"]:
                    story = item["url"].rpartition("/")[2]
                    assert item["id"] in known or story not in told, item
                    known[item["id"]] = story
    store.close()
    assert len(read) > 60 and sum(map(len, read.values())) > 300


def grouped(tmp_path: Path, count: int) -> tuple[Store, dict[int, int]]:
    """A store of made-up articles, and the topic of each of its stories."""
    store = Store(f"sqlite:///{tmp_path}/some.db")
    given = made(count, tmp_path / "some.jsonl")
    take_all(store, lines(str(given), lambda done: None), print, pipeline=Pipeline(store))
    with store.read() as connection:
        return store, dict(groups.all_topics(connection))


def change(store: Store, *changes: Change, topics: Mapping[int, int] | None = None) -> None:
    """What the group stage does with changes, and with the topics of stories."""
    present = Groups()
    with store.read() as connection:
        present.restore(groups.all_memberships(connection, 1, 1000), groups.all_topics(connection))
    present.apply(changes)
    for story, topic in (topics or {}).items():
        present.enter(story, topic)
    with store.write() as connection:
        groups.write(connection, [], present.drain())


def test_a_topic_whose_last_story_ended_in_another_leads_to_the_topic_of_that(
    tmp_path: Path,
) -> None:
    store, topic_of = grouped(tmp_path, 300)
    sizes = Counter(topic_of.values())
    with store.read() as connection:
        other = max(sizes, key=lambda one: (sizes[one], one))
        last = max(story for story, topic in topic_of.items() if sizes[topic] == 1)
        names = guids(connection, [last, other])
    change(store, Merged(last, other))
    with Archive(store) as archive:
        client = TestClient(create_app(archive))
        answer = client.get(f"/topic/{names[last]}", follow_redirects=False)
        assert answer.is_redirect and answer.headers["location"] == f"/topic/{names[other]}"
        assert client.get(f"/topic/{names[last]}.json").json()["items"]
    store.close()


def test_a_told_story_keeps_its_identifier_in_the_one_that_takes_it_in(tmp_path: Path) -> None:
    store, topic_of = grouped(tmp_path, 500)
    sizes = Counter(topic_of.values())
    topic = max(sizes, key=lambda one: (sizes[one], one))
    told = max(story for story in topic_of if topic_of[story] == topic)
    alone = sorted(story for story in topic_of if sizes[topic_of[story]] == 1)

    def read() -> dict[str, str]:
        with store.read() as connection:
            name = guids(connection, [topic])[topic]
        with Archive(store.url) as archive:  # a new one remembers nothing
            items = TestClient(create_app(archive)).get(f"/topic/{name}.json").json()["items"]
        return {item["id"]: item["url"] for item in items}

    before = read()
    assert len(before) > 2
    ends = [told, *alone[-2:]]
    for old, new in pairwise(ends):  # each goes into one that no feed of a topic has told
        change(store, Merged(old, new), topics={new: topic})
    after = read()
    assert after.keys() == before.keys()
    with store.read() as connection:
        named = guids(connection, ends)
    changed = {key for key in after if after[key] != before[key]}
    assert [after[key].rpartition("/")[2] for key in changed] == [named[ends[-1]]]
    # Where both have been told, what was told first stays, whichever takes in the other.
    first = min(story for story in topic_of if topic_of[story] == topic)
    change(store, Merged(first, ends[-1]))
    last = read()
    assert last.keys() == before.keys() - changed
    assert named[ends[-1]] in {address.rpartition("/")[2] for address in last.values()}
    store.close()


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
