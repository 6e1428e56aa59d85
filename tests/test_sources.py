"""A publisher's feeds and pages on loopback into a store: identity, parts, files, what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.collect.poll import FeedState
from backstory.extract.page import examine
from backstory.model.problems import Kind, Problem, Report
from backstory.pipeline.crawling import Round, crawl
from backstory.pipeline.exporting import export
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.running import Pipeline
from backstory.serve.app import create_app
from backstory.serve.problems import advice
from backstory.store import feeds as kept
from backstory.store import publishers
from backstory.store.database import Store
from backstory.store.schema import articles
from backstory.web.fetcher import Fetcher
from tests.test_fetch import FAST, Answer, Server
from tests.test_fetch import page as answer

SENTENCES = (
    "The ferry Western Star struck the north pier on Tuesday with forty passengers aboard. "
    "Nobody was hurt, said the harbour master, who had watched from the signal station. "
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'sources.db'}")
    yield opened
    opened.close()


def document(title: str, text: str = SENTENCES * 3, head: str = "", foot: str = "") -> Answer:
    body = (
        f"<html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
        f"<p>{text}</p></article>{foot}</body></html>"
    )
    return answer(body.encode(), Content_Type="text/html")


def feed(*items: tuple[str, str, str, str], more: str = "") -> Answer:
    """Items of a guid, a link, a title and a date."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>{link}</link><title>{title}</title>"
        f"<pubDate>{date}</pubDate><description>In short: {title}.</description>{more}</item>"
        for guid, link, title, date in items
    )
    body = f"<rss version='2.0'><channel><title>Gazette</title>{entries}</channel></rss>"
    return answer(body.encode(), Content_Type="application/rss+xml")


def client(archive: Archive) -> TestClient:
    return TestClient(create_app(archive))


def rounds(store: Store, server: Server, feeds: list[str], **changes: Answer) -> list[Round]:
    """A round of all feeds, and a second one after the changes of the server, if there are any."""

    async def work() -> list[Round]:
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            urls = [server.url(name) for name in feeds]
            add_feeds(store, [FeedState(url) for url in urls])
            found = [await crawl(store, fetcher, print, only=set(urls))]
            if changes:
                server.pages |= {f"/{name}": given for name, given in changes.items()}
                found.append(await crawl(store, fetcher, print, only=set(urls)))
            return found

    return asyncio.run(work())


MAY = "Tue, 12 May 2026 10:00:00 GMT"
JUNE = "Tue, 09 Jun 2026 10:00:00 GMT"


# ---------------------------------------------------------------- identity


def test_five_feeds_of_a_publisher_bring_an_article_once(store: Store) -> None:
    feeds = {
        f"feed{n}": feed((f"guid-{n}", f"/story?utm_source=feed{n}", "Ferry hits pier", MAY))
        for n in range(5)
    }
    pages = {f"/story?utm_source=feed{n}": document("Ferry hits pier") for n in range(5)}
    server = Server(**feeds, story=document("Ferry hits pier"))
    server.pages |= pages
    (found,) = rounds(store, server, list(feeds))
    assert (found.new, found.revised) == (1, 0)
    assert len(list(export(store))) == 1


@pytest.mark.parametrize(
    ("guid", "link", "date"),
    [
        ("another", "/story", MAY),  # its guid changes
        ("one", "/moved", MAY),  # its address does
        ("another", "/moved", MAY),  # both do: the very same words of one publisher
        ("one", "/story", JUNE),  # it is published again
        ("another", "/moved", JUNE),  # all at once
    ],
)
def test_an_article_stays_one(store: Store, guid: str, link: str, date: str) -> None:
    page = document("Ferry hits pier")
    server = Server(feed=feed(("one", "/story", "Ferry hits pier", MAY)), story=page, moved=page)
    again = feed((guid, link, "Ferry hits pier", date))
    first, second = rounds(store, server, ["feed"], feed=again)
    assert (first.new, second.new) == (1, 0)
    (row,) = export(store)
    assert row["source_guid"] == "one"
    assert row["published"].startswith("2026-05-12")


def test_a_moved_article_may_be_corrected(store: Store) -> None:
    longer = document("Ferry hits pier", SENTENCES * 3 + "The captain was questioned.")
    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY)),
        story=document("Ferry hits pier"),
        moved=longer,
    )
    again = feed(("one", "/moved", "Ferry hits pier", MAY))
    first, second = rounds(store, server, ["feed"], feed=again)
    assert (first.new, second.new, second.revised) == (1, 0, 1)


def test_different_articles_may_share_a_guid(store: Store) -> None:
    other = "Voters in the valley chose a new council by a narrow margin after a long night. " * 5
    server = Server(
        feed=feed(
            ("0", "/ferry", "Ferry hits pier", MAY), ("0", "/vote", "Valley elects council", MAY)
        ),
        ferry=document("Ferry hits pier"),
        vote=document("Valley elects council", other),
    )
    (found,) = rounds(store, server, ["feed"])
    assert found.new == 2
    assert len({row["guid"] for row in export(store)}) == 2


def test_the_same_guid_of_another_publisher_means_nothing(store: Store) -> None:
    page = document("Ferry hits pier")
    server = Server(story=page, feed1=answer(), feed2=answer())

    async def work() -> Round:
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            for name, host in (("feed1", "gazette.localhost"), ("feed2", "courier.localhost")):
                link = server.url("story", host)
                server.pages[f"/{name}"] = feed(("7", link, "Ferry hits pier", MAY))
            urls = {server.url("feed1"), server.url("feed2", "courier.localhost")}
            add_feeds(store, [FeedState(url) for url in sorted(urls)])
            return await crawl(store, fetcher, print)

    assert asyncio.run(work()).new == 2


def test_a_feeds_publisher_is_not_whoever_serves_the_feed(store: Store) -> None:
    story = document("Ferry hits pier")

    async def work() -> None:
        async with Server(story=story) as server, Fetcher(FAST, allow_private=True) as fetcher:
            link, home = server.url("story", "gazette.localhost"), "http://www.gazette.localhost/"
            items = f"<item><title>Ferry hits pier</title><link>{link}</link></item>"
            channel = f"<title>Gazette</title><link>{home}</link>{items}"
            server.pages["/feed"] = answer(f"<rss><channel>{channel}</channel></rss>".encode())
            add_feeds(store, [FeedState(server.url("feed", "feeds.localhost"))])
            await crawl(store, fetcher, print)

    asyncio.run(work())
    with Archive(store) as archive:
        assert [feed.domain for feed in archive.feeds()] == ["gazette.localhost"]
        source = archive.source("gazette.localhost")
    assert source is not None
    assert source.home == "http://www.gazette.localhost/"


# ---------------------------------------------------------------- whose words

FALSE = "Mayor jailed over the ferry, says nobody but us"
REFUSED = answer(b"no", "403 Forbidden")


def spoof(server: Server, *names: str, home: str = "evil") -> Answer:
    """A feed of evil.localhost that speaks of pages of victim.localhost, changed just now."""
    ahead = datetime.now(UTC) + timedelta(minutes=1)
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>{FALSE}</title>"
        f"<link>{server.url(name, 'victim.localhost')}</link>"
        f"<description>{'The mayor was taken away in the night. ' * 20}</description>"
        f"<a:updated>{ahead.isoformat()}</a:updated></item>"
        for name in names
    )
    link = server.url("", f"{home}.localhost")
    xml = (
        "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>Loud</title>"
        f"<link>{link}</link>{items}</channel></rss>"
    )
    return answer(xml.encode(), Content_Type="application/rss+xml")


def told(store: Store) -> list[tuple[str, str, str]]:
    """The publisher's domain, the path and the title of every article."""
    with store.read() as reader:
        rows = reader.execute(
            select(articles.c.domain, articles.c.url, articles.c.title).order_by(articles.c.seq)
        )
        return [(row.domain, row.url.rpartition("/")[2], row.title) for row in rows]


@pytest.mark.parametrize("home", ["evil", "victim"])
@pytest.mark.parametrize("readable", [True, False])
def test_a_feed_says_nothing_in_the_name_of_others(store: Store, home: str, readable: bool) -> None:
    """What it brings of their pages is its own word until the page, or their feed, says it."""
    true = ("victim.localhost", "ferry", "Ferry hits pier")
    quiet = ("victim.localhost", "quiet", "Quiet day at the pier")
    false = ("evil.localhost", "quiet", FALSE)

    async def work() -> None:
        async with Server() as server, Fetcher(FAST, allow_private=True) as fetcher:
            own = server.url("feed", "victim.localhost")
            loud = server.url("loud", "evil.localhost")

            async def once() -> None:
                await crawl(store, fetcher, print, only={own, loud})

            server.pages["/feed"] = feed(
                ("ferry", server.url("ferry", "victim.localhost"), "Ferry hits pier", MAY)
            )
            server.pages["/ferry"] = document("Ferry hits pier")
            add_feeds(store, [FeedState(own)])
            await once()
            assert told(store) == [true]
            if not readable:
                server.pages["/ferry"] = REFUSED
            add_feeds(store, [FeedState(loud)])
            for _ in range(3):
                server.pages["/loud"] = spoof(server, "ferry", "quiet", home=home)
                server.pages["/quiet"] = REFUSED
                await once()
                assert told(store) == [true, false]
            server.pages["/feed"] = feed(
                ("quiet", server.url("quiet", "victim.localhost"), "Quiet day at the pier", MAY)
            )
            server.pages["/quiet"] = document("Quiet day at the pier") if readable else REFUSED
            await once()
            server.pages["/loud"] = spoof(server, "ferry", "quiet", home=home)
            await once()
            assert told(store) == [true, false, quiet]

    asyncio.run(work())


def test_a_page_that_others_lead_to_is_told_in_its_own_words(store: Store) -> None:
    async def work() -> None:
        async with Server() as server, Fetcher(FAST, allow_private=True) as fetcher:
            server.pages["/loud"] = spoof(server, "ferry")
            server.pages["/ferry"] = document("Ferry hits pier", "Nobody was hurt at all. " * 10)
            add_feeds(store, [FeedState(server.url("loud", "evil.localhost"), source="Loud")])
            await crawl(store, fetcher, print)

    asyncio.run(work())
    (row,) = export(store)
    assert (row["title"], row["site"]) == ("Ferry hits pier", "victim.localhost")
    assert "mayor" not in str(row)


# ---------------------------------------------------------------- texts of several pages


def part(number: int, foot: str) -> Answer:
    return document("Ferry hits pier", f"Part {number} begins. " + SENTENCES * 3, foot=foot)


def texts(store: Store) -> list[str]:
    return [row.get("text", "") for row in export(store)]


def test_a_text_of_several_pages_is_joined(store: Store) -> None:
    def pager(*numbers: int) -> str:
        links = "".join(f'<a href="/story/{n}">{n}</a>' for n in numbers)
        return f'<nav class="article-pagination">{links}</nav>'

    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY)),
        story=part(1, '<link rel="next" href="/story/2">'),
        story__2=part(2, pager(1, 2, 3)),
        story__3=part(3, pager(1, 2, 3)),
    )
    rounds(store, server, ["feed"])
    (text,) = texts(store)
    places = [text.index(f"Part {n} begins") for n in (1, 2, 3)]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "foot",
    [
        '<a rel="next" href="/another-story">The next article</a>',
        '<a rel="next" href="http://elsewhere.localhost/story/2">2</a>',
        '<div class="comments pagination"><a href="/story/2">2</a></div>',
        '<a href="/story/2">2</a>',
        '<a rel="next" href="/story/7">7</a>',
    ],
)
def test_what_is_no_further_page_is_not_asked_for(store: Store, foot: str) -> None:
    server = Server(feed=feed(("one", "/story", "Ferry hits pier", MAY)), story=part(1, foot))
    rounds(store, server, ["feed"])
    asked = [path for path, _ in server.asked if "." not in path]
    assert sorted(asked) == ["/feed", "/story"]


def test_pages_without_end_are_cut(store: Store) -> None:
    pages = {
        f"/story/{n}": part(n, f'<link rel="next" href="/story/{n + 1}">') for n in range(2, 40)
    }
    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY)),
        story=part(1, '<link rel="next" href="/story/2">'),
    )
    server.pages |= pages
    rounds(store, server, ["feed"])
    assert sum(path.startswith("/story") for path, _ in server.asked) == 10


def test_a_page_that_repeats_itself_ends_the_text(store: Store) -> None:
    same = part(1, '<link rel="next" href="/story/2">')
    server = Server(feed=feed(("one", "/story", "Ferry hits pier", MAY)), story=same, story__2=same)
    rounds(store, server, ["feed"])
    (text,) = texts(store)
    assert text.count("Part 1 begins") == 1


# ---------------------------------------------------------------- files that articles carry


def test_enclosures_are_kept_shown_and_exported(store: Store) -> None:
    sound = "<enclosure url='/talk.mp3' type='audio/mpeg' length='123456'/>"
    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY), more=sound),
        story=document("Ferry hits pier"),
    )
    rounds(store, server, ["feed"])
    Pipeline(store).drain()
    (row,) = export(store)
    address = server.url("talk.mp3")
    assert row["enclosures"] == [{"url": address, "type": "audio/mpeg", "length": 123456}]
    with Archive(store) as archive:
        view = archive.article(row["guid"])
        answer = client(archive).get(f"/api/article/{row['guid']}").json()
    assert view is not None
    assert [one.url for one in view.enclosures] == [address]
    assert answer["enclosures"] == row["enclosures"]
    assert not {"text", "kind", "paywalled"} & answer.keys()


def test_enclosures_survive_an_export_and_an_import(tmp_path: Path, store: Store) -> None:
    from backstory.pipeline.import_files import lines
    from backstory.pipeline.importing import take_all

    file = [{"url": "https://a.example/v.mp4", "type": "video/mp4", "length": None}]
    line = {"url": "https://a.example/1", "title": "Film", "enclosures": file, "kind": "video"}
    (tmp_path / "in.jsonl").write_bytes(orjson.dumps(line))
    take_all(store, lines(str(tmp_path / "in.jsonl"), lambda read: None), print)
    (row,) = export(store)
    assert (row["enclosures"], row["kind"]) == (file, "video")


# ---------------------------------------------------------------- what is kept of a text


def one_article(store: Store, head: str = "", **more: Answer) -> dict[str, Any]:
    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY)),
        story=document("Ferry hits pier", head=head),
        **more,
    )
    rounds(store, server, ["feed"])
    Pipeline(store).drain()
    (row,) = export(store)
    return row


def shows_text(store: Store, guid: str) -> bool:
    """Whether API and page show the whole text; both do, or neither."""
    with Archive(store) as archive:
        site = client(archive)
        answer = site.get(f"/api/article/{guid}").json()
        page = site.get(f"/article/{guid}").text
    assert ("text" in answer) == ("Full text" in page)
    return "harbour master" in answer.get("text", "")


def test_a_text_is_read_and_not_shown_unless_its_source_is_set_so(store: Store) -> None:
    row = one_article(store)
    assert "harbour master" in row["text"]
    assert not shows_text(store, row["guid"])
    with store.write() as connection:
        publishers.set_text_use(connection, "gazette.localhost", "", "full")
    assert shows_text(store, row["guid"])
    with store.write() as connection:
        publishers.set_text_use(connection, "gazette.localhost", "", None)
    assert not shows_text(store, row["guid"])


def test_a_text_that_is_not_to_be_kept_is_not(store: Store) -> None:
    with store.write() as connection:
        publishers.set_text_use(connection, "gazette.localhost", "Gazette", "none")
    row = one_article(store)
    assert "harbour master" not in str(row)
    assert row["summary"]


@pytest.mark.parametrize("where", ["meta", "file"])
def test_a_reservation_is_stricter_than_any_setting(store: Store, where: str) -> None:
    with store.write() as connection:
        publishers.set_text_use(connection, "gazette.localhost", "Gazette", "full")
    if where == "meta":
        row = one_article(store, '<meta name="tdm-reservation" content="1">')
    else:
        server = Server(
            feed=feed(("one", "/story", "Ferry hits pier", MAY)),
            story=document("Ferry hits pier"),
        )
        rules = b'[{"location": "/", "tdm-reservation": 1}]'
        server.pages["/.well-known/tdmrep.json"] = answer(rules)
        rounds(store, server, ["feed"])
        (row,) = export(store)
    assert "harbour master" not in str(row)


def test_a_page_that_says_it_is_free_is_free_though_its_host_is_reserved(store: Store) -> None:
    free = examine(b'<meta name="tdm-reservation" content="0"><p>x', "https://a.example/1")
    assert free.reserved is False
    assert examine(b"<p>x", "https://a.example/1").reserved is None


# ---------------------------------------------------------------- versions


def test_a_page_that_changes_is_seen_while_it_is_young(store: Store) -> None:
    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY)), story=document("Ferry hits pier")
    )

    async def work() -> list[Round]:
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            add_feeds(store, [FeedState(server.url("feed"))])
            only = {server.url("feed")}
            found = [await crawl(store, fetcher, print, only=only)]
            server.pages["/story"] = document("Ferry hits pier", SENTENCES * 4)
            found.append(await crawl(store, fetcher, print, only=only))  # visited just now
            with store.write() as connection:
                connection.execute(update(articles).values(visited=0))
            found.append(await crawl(store, fetcher, print, only=only))
            return found

    assert [one.revised for one in asyncio.run(work())] == [0, 0, 1]


def test_a_young_page_is_looked_at_again_though_it_left_the_feed(store: Store) -> None:
    today = datetime.now(UTC)
    dates = [format_datetime(today - timedelta(hours=hours)) for hours in (1, 24 * 9)]
    server = Server(
        feed=feed(
            ("one", "/story", "Ferry hits pier", dates[0]), ("two", "/old", "Old news", dates[1])
        ),
        story=document("Ferry hits pier"),
        old=document("Old news"),
    )

    async def work() -> list[Round]:
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            add_feeds(store, [FeedState(server.url("feed"))])
            only = {server.url("feed")}
            found = [await crawl(store, fetcher, print, only=only)]
            server.pages["/feed"] = feed()
            server.pages["/story"] = document("Ferry hits pier", SENTENCES * 4)
            server.pages["/old"] = document("Old news", SENTENCES * 4)
            later = today + timedelta(hours=2)
            found += [await crawl(store, fetcher, print, only=only, now=later) for _ in range(2)]
            return found

    assert [one.revised for one in asyncio.run(work())] == [0, 1, 0]


# ---------------------------------------------------------------- how feeds stand


def failing(store: Store) -> None:
    """Four feeds: one well, one gone, one whose publisher's server fails, one never polled."""
    server = Server(
        feed=feed(("one", "/story", "Ferry hits pier", MAY)),
        story=document("Ferry hits pier"),
        gone=answer(b"", "410 Gone"),
        down=answer(b"", "503 Busy"),
    )
    rounds(store, server, ["feed", "gone", "down"])
    add_feeds(store, [FeedState("https://later.example/feed", source="Later")])


def test_readers_see_how_feeds_stand_and_what_to_do(store: Store) -> None:
    failing(store)
    with Archive(store) as archive:
        states = {feed.url.rpartition("/")[2]: feed for feed in archive.feeds() if feed.articles}
        assert [feed.state for feed in states.values()] == ["fine"]
        assert sorted(feed.state for feed in archive.feeds()) == [
            "ended", "failing", "fine", "waiting",
        ]  # fmt: skip
        page = client(archive).get("/feeds")
    assert page.status_code == 200
    for words in (
        "4 feeds: 1 fine, 1 not polled yet, 1 failing, 1 ended.",
        "The page is permanently gone (status 410).",
        "remove it, or look for another of theirs",
        "Failed once",
        "Nothing: it is retried automatically",
        "1 article ",
    ):
        assert words in page.text


def test_a_store_without_feeds_says_how_to_add_some(store: Store) -> None:
    with Archive(store) as archive:
        assert "backstory feeds add" in client(archive).get("/feeds/").text


def test_the_command_line_lists_and_sets(store: Store) -> None:
    from click.testing import CliRunner

    from backstory.cli.collecting import feeds as command

    failing(store)
    with store.read() as connection:
        url = next(row.url for row in kept.every(connection) if row.url.endswith("feed"))
    run = CliRunner().invoke
    listed = run(command, ["list", "--store", store.url])
    assert "ended" in listed.output
    assert "server failed (status 503)" in listed.output
    assert "Nothing: it is retried automatically" in listed.output
    for address, use, ahead in (
        (url, "full", False),
        ("later.example", "none", True),
        ("later.example", "default", False),
    ):
        done = run(command, ["set", address, "--text", use, "--store", store.url])
        assert done.exit_code == 0
        assert ("applies to future ones" in done.output) == ahead
    lines = run(command, ["list", "--json", "--store", store.url]).output.splitlines()
    uses = {row["domain"]: row["text_use"] for row in map(orjson.loads, lines)}
    assert uses["later.example"] == "summary"
    assert "full" in uses.values()
    assert run(command, ["set", url, "--text", "all", "--store", store.url]).exit_code == 2


@pytest.mark.parametrize("kind", sorted(Kind))
def test_every_problem_of_a_feed_has_an_advice_and_what_lasts_is_not_waited_for(kind: Kind) -> None:
    assert advice(Problem(kind), 1)
    assert "retried automatically, at growing" not in advice(Problem(kind), 30)


# ---------------------------------------------------------------- whose address

EVENTS = (
    ("Council of Ostrel votes for the long bridge", "The council of Ostrel voted for it. "),
    ("Goalkeeper of Velm breaks an arm in training", "Her arm was broken on the pitch, in Velm. "),
    ("Quarry fined over the dust of Tarn school", "Dust lay on each desk, said a teacher. "),
)  # fmt: skip
LINKS = {
    "one address, own guids": ["/notes", "/notes", "/notes"],
    "fragments": ["/notes#ten", "/notes#eleven", "/notes#twelve"],
    "numbers": ["/notes#1", "/notes#2", "/notes#3"],
    "routes": ["/#/news/1", "/#/news/2", "/#/news/3"],
    "pages": ["/p0", "/p1", "/p2"],
}


def several(links: list[str], guids: bool = True) -> Answer:
    guid = "<guid isPermaLink='false'>own-{}</guid>" if guids else ""
    items = "".join(
        f"<item>{guid.format(n)}<title>{title}</title>"
        f"<link>{link}</link><description>{text * 3}</description></item>"
        for n, ((title, text), link) in enumerate(zip(EVENTS, links, strict=True))
    )
    xml = f"<rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>"
    return answer(xml.encode(), Content_Type="application/rss+xml")


@pytest.mark.parametrize("guids", [True, False])
@pytest.mark.parametrize("kind", LINKS)
def test_entries_of_one_address_are_told_apart(store: Store, kind: str, guids: bool) -> None:
    whole = document("All notes", " ".join(text * 5 for _, text in EVENTS))
    server = Server(feed=several(LINKS[kind], guids), notes=whole)
    first, second = rounds(store, server, ["feed"], feed=several(LINKS[kind], guids))
    assert (first.new, second.new, second.revised) == (3, 0, 0)
    rows = list(export(store))
    assert [row["title"] for row in rows] == [title for title, _ in EVENTS]
    assert all(text.strip() in row["text"] for row, (_, text) in zip(rows, EVENTS, strict=True))


def claiming(n: int, head: str) -> Answer:
    title, text = EVENTS[n]
    return document(title, text * 12, head)


@pytest.mark.parametrize(
    "head",
    [
        "<link rel='canonical' href='/news/'>",
        "<meta property='og:url' content='/index.php?all'>",
        "<link rel='canonical' href='/p0'>",
    ],
)
@pytest.mark.parametrize("one_by_one", [True, False])
def test_an_address_that_all_pages_name_is_nobodys(
    store: Store, head: str, one_by_one: bool
) -> None:
    async def work() -> None:
        pages = {f"p{n}": claiming(n, head) for n in range(3)}
        async with Server(**pages) as server, Fetcher(FAST, allow_private=True) as fetcher:
            url = server.url("feed")
            add_feeds(store, [FeedState(url)])
            for last in (1, 2, 3) if one_by_one else (3, 3):
                items = [(f"g{n}", f"/p{n}", EVENTS[n][0], MAY) for n in range(last)]
                server.pages["/feed"] = feed(*items)
                await crawl(store, fetcher, print, only={url})

    asyncio.run(work())
    rows = list(export(store))
    assert [row["title"] for row in rows] == [title for title, _ in EVENTS]
    assert all(text.strip() in row["text"] for row, (_, text) in zip(rows, EVENTS, strict=True))
    assert len({row["url"] for row in rows}) == 3


def to(place: str, refresh: bool = False) -> Answer:
    if refresh:
        html = f"<html><head><meta http-equiv='refresh' content='0; url={place}'></head><p>Wait."
        return answer(html.encode(), Content_Type="text/html")
    return answer(b"", "302 Found", Location=place)


@pytest.mark.parametrize("entries", [1, 3])
def test_a_page_that_all_are_led_to_is_no_article(store: Store, entries: int) -> None:
    reports: list[Report] = []

    async def work() -> None:
        login = document("Sign in to the Gazette", "Sign in to read this with your number. " * 9)
        pages = {f"p{n}": to("/login") for n in range(3)}
        server = Server(feed=several(LINKS["pages"]), login=login, **pages)
        if entries == 1:
            server.pages["/feed"] = feed(("g", "/p0", EVENTS[0][0], MAY))
        async with server, Fetcher(FAST, allow_private=True) as fetcher:
            add_feeds(store, [FeedState(server.url("feed"))])
            await crawl(store, fetcher, reports.append)

    asyncio.run(work())
    rows = list(export(store))
    assert [row["title"] for row in rows] == [title for title, _ in EVENTS[:entries]]
    assert [row["url"].rpartition("/")[2] for row in rows] == ["p0", "p1", "p2"][:entries]
    assert "Sign in" not in str(rows)
    assert [report.problem.kind for report in reports] == [Kind.LED_ELSEWHERE] * entries


def test_a_plea_on_every_page_is_no_articles_text(store: Store) -> None:
    plea = "You have read your three free articles, dear reader. Subscribe to go on reading. " * 4
    pages = {f"p{n}": document(title, plea) for n, (title, _) in enumerate(EVENTS)}
    (found,) = rounds(store, Server(feed=several(LINKS["pages"]), **pages), ["feed"])
    rows = list(export(store))
    assert found.new == 3
    assert all(text.strip() in row["text"] for row, (_, text) in zip(rows, EVENTS, strict=True))
    assert "free articles" not in str(rows)


def test_a_page_that_sends_its_readers_on_is_followed(store: Store) -> None:
    title, text = EVENTS[0]
    server = Server(
        feed=feed(("g", "/go", title, MAY)),
        go=to("/story", refresh=True),
        story=document(title, text * 12),
    )
    rounds(store, server, ["feed"])
    (row,) = export(store)
    assert (row["url"].rpartition("/")[2], text.strip() in row["text"]) == ("story", True)
