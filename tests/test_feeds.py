"""Feeds of every kind into plain values, and rounds of polling over the newsstand."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.cli.problems import sentence
from backstory.collect.entries import Tools
from backstory.collect.feeds import discover_feeds, parse_feed
from backstory.collect.parsed import ParsedFeed
from backstory.collect.poll import LONGEST, SHORTEST, FeedState, Poll, poll
from backstory.collect.workers import Workers
from backstory.extract.page import examine
from backstory.extract.titles import repair
from backstory.model.article import Article
from backstory.model.errors import FetchError, Unreadable, WorkFailed
from backstory.model.problems import Kind, Report, problem
from backstory.web.fetcher import Fetcher, Limits, of_status
from newsstand import Newsstand
from newsstand.hostile import bomb

URL = "https://gazette.example/feed.xml"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAST = Limits(connect=2, first_byte=1, whole=2, interval=0)


def rss(items: str, channel: str = "") -> ParsedFeed:
    body = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>Gazette</title><link>https://gazette.example/</link>{channel}{items}"
        "</channel></rss>"
    )
    return parse_feed(body.encode(), URL)


def test_rss_with_all_its_extensions() -> None:
    feed = rss(
        """<item><title>Ferry &amp;amp; port &lt;b&gt;close&lt;/b&gt;</title>
        <link>/news/1?utm_source=rss</link><guid isPermaLink="false">g-1</guid>
        <description>&lt;p&gt;In &lt;i&gt;short&lt;/i&gt;.&lt;/p&gt;</description>
        <content:encoded><![CDATA[<p>One.</p><script>alert(1)</script><p>Two.</p>]]></content:encoded>
        <dc:creator>Ada Byron</dc:creator><category>Harbour</category><category>Harbour</category>
        <media:content url="/small.jpg" medium="image" width="100"/>
        <media:content url="/large.jpg" medium="image" width="900"/>
        <enclosure url="https://gazette.example/talk.mp3" type="audio/mpeg" length="123"/>
        <pubDate>Tue, 24 Nov 2026 10:30:00 +0100</pubDate></item>""",
        "<language>en-GB</language><ttl>60</ttl>"
        '<atom:link rel="hub" href="https://hub.example/"/>'
        '<atom:link rel="prev-archive" href="/feed-2.xml"/>',
    )
    assert (feed.title, feed.home, feed.language) == (
        "Gazette",
        "https://gazette.example/",
        "en-GB",
    )
    assert (feed.ttl, feed.hub) == (3600.0, "https://hub.example/")
    assert feed.older == "https://gazette.example/feed-2.xml"
    (entry,) = feed.entries
    assert entry.title == "Ferry & port close"
    assert entry.link == "https://gazette.example/news/1?utm_source=rss"
    assert (entry.guid, entry.summary, entry.text) == ("g-1", "In short.", "One.\nTwo.")
    assert (entry.author, entry.categories) == ("Ada Byron", ("Harbour",))
    assert entry.image == "https://gazette.example/large.jpg"
    assert entry.published is not None
    assert entry.published.iso() == "2026-11-24T09:30:00+00:00"
    assert [one.url for one in entry.enclosures] == ["https://gazette.example/talk.mp3"]


def test_atom() -> None:
    feed = parse_feed(
        b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Bote</title>
        <link href="https://bote.example/"/><entry><title type="html">A &amp;lt;b&amp;gt;</title>
        <id>tag:bote.example,2026:1</id><link rel="alternate" href="https://bote.example/1"/>
        <link rel="enclosure" type="image/jpeg" href="/1.jpg"/>
        <published>2026-11-24T10:00:00+01:00</published><updated>2026-11-24T12:00:00Z</updated>
        <author><name>Hauke</name></author><author><name>Maike</name></author>
        <summary>Kurz</summary></entry></feed>""",
        URL,
        "application/atom+xml",
    )
    (entry,) = feed.entries
    assert (feed.language, entry.guid, entry.author) == (
        "de",
        "tag:bote.example,2026:1",
        "Hauke, Maike",
    )
    assert entry.image == "https://gazette.example/1.jpg"  # beside the feed itself
    assert entry.published is not None
    assert entry.updated is not None
    assert (entry.published.at.hour, entry.updated.at.hour) == (9, 12)


def test_rdf_and_old_rss() -> None:
    rdf = parse_feed(
        b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>Shimbun</title><link>https://s.example/</link></channel>
        <item rdf:about="https://s.example/1"><title>T</title><link>https://s.example/1</link>
        <dc:date>2026-11-24T09:00+09:00</dc:date></item></rdf:RDF>""",
        URL,
    )
    assert rdf.entries[0].updated is not None
    assert rdf.entries[0].updated.at.hour == 0
    old = parse_feed(
        b'<rss version="0.91"><channel><title>Old</title><item><title>T</title>'
        b"<link>https://o.example/1</link></item></channel></rss>",
        URL,
    )
    assert old.entries[0].link == "https://o.example/1"


def test_json_feed() -> None:
    feed = parse_feed(
        b"""{"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en",
        "home_page_url": "https://j.example/", "next_url": "https://j.example/2.json",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}], "items": [
        {"id": 5, "url": "/a", "title": "T", "content_html": "<p>One</p><p>Two</p>",
         "summary": "S", "authors": [{"name": "A"}], "tags": ["x"], "image": "javascript:x",
         "date_published": "2026-11-24T10:00:00Z"}, "junk", {"id": "6"}]}""",
        URL,
    )
    assert (feed.title, feed.older, feed.hub) == (
        "J",
        "https://j.example/2.json",
        "https://hub.example/",
    )
    entry = feed.entries[0]
    assert (entry.guid, entry.link, entry.text) == ("5", "https://j.example/a", "One\nTwo")
    assert (entry.author, entry.categories, entry.image) == ("A", ("x",), None)


def test_news_sitemaps_and_their_index() -> None:
    feed = parse_feed(
        b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc>https://s.example/1</loc><image:image><image:loc>https://s.example/1.jpg</image:loc>
        </image:image><news:news><news:publication><news:name>S</news:name>
        <news:language>en</news:language></news:publication>
        <news:publication_date>2026-11-24</news:publication_date>
        <news:title>T &amp;e; &e;</news:title></news:news></url></urlset>""",
        URL,
    )
    (entry,) = feed.entries
    assert (feed.title, entry.link, entry.language) == ("S", "https://s.example/1", "en")
    assert entry.image == "https://s.example/1.jpg"
    assert "root:" not in entry.title
    assert entry.published is not None
    assert entry.published.iso() == "2026-11-24"
    index = parse_feed(
        b"<sitemapindex><sitemap><loc>/news-1.xml</loc></sitemap></sitemapindex>", URL
    )
    assert index.sitemaps == ("https://gazette.example/news-1.xml",)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<!doctype html><title>x</title><p>No feed", "a web page"),
        (b"<html><body>", "a web page"),
        (b"plain words", "neither RSS"),
        (b"<note><to>x</to></note>", "neither RSS"),
        (b"{}", "not a JSON Feed"),
        (b'{"a": ', "cannot be read"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither RSS"),
    ],
)
def test_what_is_no_feed_is_told(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_feed(body, URL)
    assert reason in sentence(refused.value.problem)


def test_dangerous_links_and_markup_never_come_out() -> None:
    feed = rss(
        """<item><title>&lt;script&gt;alert(1)&lt;/script&gt;Open</title>
        <link>javascript:alert(1)</link><guid isPermaLink="false">x</guid>
        <description>&lt;img src=javascript:x onerror=alert(2)&gt;Line
        &lt;a href="javascript:alert(3)"&gt;more&lt;/a&gt;</description>
        <media:content url="data:image/png;base64,x" medium="image"/></item>"""
    )
    (entry,) = feed.entries
    assert (entry.link, entry.image, entry.title) == (None, None, "Open")
    assert entry.summary == "Line more"


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    feed = parse_feed(
        b"<rss><channel><title>B & u</title><item><title>One < two</title>"
        b"<link>https://b.example/1</link><item><title>Never closed",
        URL,
    )
    assert feed.entries[0].link == "https://b.example/1"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<?xml version='1.0' encoding='iso-8859-1'?>{}".format, None),
        ("<?xml version='1.0' encoding='utf-8'?>{}".format, "text/xml; charset=utf-8"),
        ("{}".format, "application/rss+xml; charset=iso-8859-1"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1"])
def test_character_sets_that_are_declared_wrongly(body, content_type, encoding) -> None:  # type: ignore[no-untyped-def]
    words = "Fährgäste über der Förde müssen künftig mehr bezahlen, größte Erhöhung seit Jahren"
    xml = f"<rss version='2.0'><channel><title>{words}</title></channel></rss>"
    assert parse_feed(body(xml).encode(encoding), URL, content_type).title == words


def test_endless_authors_do_not_hang_the_parser() -> None:
    started = time.monotonic()
    for junk in ("a" * 200_000, "a." * 100_000, "a-" * 100_000, "a@" * 60_000):
        rss(f"<item><title>T</title><author>{junk}</author><link>https://x.example/</link></item>")
    assert time.monotonic() - started < 3


def test_entity_bombs_do_not_go_off() -> None:
    bang = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50 + '">'
    for one, other in zip("bcdefg", "cdefgh", strict=True):
        bang += f'<!ENTITY {other} "' + f"&{one};" * 50 + '">'
    started = time.monotonic()
    for root in ("rss version='2.0'", "urlset"):
        with contextlib.suppress(Unreadable):
            parse_feed(f"{bang}]><{root}><channel><title>&h;</title></channel>".encode(), URL)
    assert time.monotonic() - started < 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.text(alphabet="<>/rsfeditmlnk &;=\"'![CDATA]-?x", max_size=400))
def test_any_bytes_are_a_feed_or_not(junk: bytes, tags: str) -> None:
    for body in (
        junk,
        b"<rss version='2.0'>" + junk,
        b"<feed>" + tags.encode(),
        b"<urlset>" + junk,
    ):
        try:
            parsed = parse_feed(body, URL)
        except Unreadable:
            continue
        assert isinstance(parsed, ParsedFeed)


def test_feeds_are_discovered() -> None:
    found = discover_feeds(
        b"""<html><head><base href="https://g.example/sub/"><link rel="alternate"
        type="application/rss+xml" href="feed.xml"><link rel="alternate" hreflang="de" href="/de">
        <link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="/atom"></head>
        <body><a href="/rss.xml">RSS</a><a href="javascript:rss">x</a><a href="/feed.xml">y</a>""",
        "https://g.example/",
    )
    assert found == [
        "https://g.example/sub/feed.xml", "https://g.example/atom", "https://g.example/rss.xml",
        "https://g.example/feed.xml",
    ]  # fmt: skip
    assert discover_feeds(b"", "https://g.example/") == []


# ---------------------------------------------------------------- polling


def run_rounds(
    stand: Newsstand, feeds: list[str], rounds: int = 1, workers: Workers | None = None
) -> tuple[list[list[Poll]], dict[str, Article]]:
    """Rounds of polling with a small memory in place of a store."""
    known: set[str] = set()
    articles: dict[str, Article] = {}

    async def run() -> list[list[Poll]]:
        states = [FeedState(feed) for feed in feeds]
        told = []
        async with Fetcher(FAST, allow_private=True) as fetcher:
            for number in range(rounds):
                now = NOON + timedelta(hours=number)
                polls = await asyncio.gather(
                    *(
                        poll(Tools(fetcher, examine, repair, workers), state,
                             lambda some: known & set(some), now)
                        for state in states
                    )
                )  # fmt: skip
                for one in polls:
                    for article in one.articles:
                        articles[article.url] = article
                        known.add(article.url)
                    known.update(given for given, _ in one.addresses)
                states = [one.state for one in polls]
                told.append(polls)
        return told

    return asyncio.run(run()), articles


def test_the_whole_newsstand_is_collected_and_a_second_round_asks_once_a_feed() -> None:
    with Newsstand(port=0, today=date(2026, 11, 24)) as stand:
        (first, second), articles = run_rounds(stand, stand.feeds, rounds=2)
        asked = len(stand.requests)
        assert not [problem for one in (*first, *second) for problem in one.problems]
        assert set(articles) == set(stand.truth())
        assert sum(len(one.articles) for one in second) == 0
        hosts = len({page.publisher.host for page in stand.pages})
        # Pages, feeds twice, robots.txt and tdmrep.json.
        assert asked == len(stand.truth()) + 2 * len(stand.feeds) + 2 * hosts
        for page in stand.pages:
            article = articles[stand.url_of(page)]
            if page.article.special != "empty-title":
                assert article.title == page.article.title
            assert article.published is not None
            assert abs(article.published.at - page.article.published) < timedelta(days=1)
            for paragraph in page.article.paragraphs:
                assert paragraph[:40] in article.text
            assert "We use cookies" not in article.text
        for one in second:
            assert one.state.next_poll is not None
            wait = (one.state.next_poll - NOON - timedelta(hours=1)).total_seconds()
            assert SHORTEST <= wait <= LONGEST


def test_the_hostile_corner_harms_nothing() -> None:
    bomb()  # packed once, which takes its time
    with Newsstand(port=0, today=date(2026, 11, 24), hostile=True) as stand:
        names = list(stand.hostile)
        started = time.monotonic()
        (polls,), articles = run_rounds(stand, [stand.hostile[name] for name in names])
        assert time.monotonic() - started < 15
        said = {
            name: sentence(one.state.problem) if one.state.problem else None
            for name, one in zip(names, polls, strict=True)
        }
    assert said["not-a-feed"] == "a web page, not a feed"
    assert said["huge"] == "larger than 10 MB"
    assert said["gzip-bomb"] == "larger than 10 MB"
    assert said["endless"] == "not finished after 2 seconds"
    assert said["loop"] == "more than 5 redirects"
    assert "link-local" in str(said["redirect-to-metadata"])
    assert said["missing"] == "there is no such page (status 404)"
    assert said["script-feed"] is None
    assert all(one.state.next_poll and one.state.failures == (one.state.problem is not None)
               for one in polls)  # fmt: skip
    for article in articles.values():
        for words in (article.url, article.title, article.text, article.summary or ""):
            assert "javascript:" not in words
            assert "<script" not in words
            assert "alert(" not in words
    assert any(article.title == "Fährlinie über die Förde" for article in articles.values())


class Answers:
    """A fetcher that answers from a table."""

    obey_robots = True

    def __init__(self, **pages: object) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def fetch(self, url: str, *_: object, **__: object) -> object:
        self.asked.append(url)
        answer = self.pages.get(url.rpartition("/")[2])
        if answer is None:
            raise FetchError(url, problem(Kind.MISSING, status=404), 404)
        if isinstance(answer, Exception):
            raise answer
        return answer


def fetched(body: str, name: str, kind: str = "application/rss+xml", **more: object) -> object:
    from backstory.web.fetcher import Fetched

    url = f"https://gazette.example/{name}"
    given_ = {"etag": '"1"', "last_modified": None, "charset": "utf-8", "moved_to": None,
              "retry_after": None} | more  # fmt: skip
    return Fetched(
        url=url,
        final_url=url,
        status=200,
        content_type=kind,
        body=body.encode(),
        **given_,  # type: ignore[arg-type]
    )


def feed_of(*names: str) -> str:
    items = "".join(
        f"<item><title>Title {name}</title><link>https://gazette.example/{name}</link>"
        f"<description>In short {name}</description></item>"
        for name in names
    )
    return f"<rss version='2.0'><channel><title>G</title>{items}</channel></rss>"


def one_round(fetcher: Answers, state: FeedState | None = None) -> Poll:
    state = state or FeedState("https://gazette.example/feed")
    return asyncio.run(poll(Tools(fetcher, examine, repair), state, lambda some: set(), NOON))  # type: ignore[arg-type]


def test_a_page_that_fails_leaves_the_feeds_own_words() -> None:
    found = one_round(Answers(feed=fetched(feed_of("a", "b"), "feed")))
    assert [(one.title, one.summary, one.text) for one in found.articles] == [
        ("Title a", "In short a", ""), ("Title b", "In short b", ""),
    ]  # fmt: skip
    assert found.problems == tuple(
        Report((f"https://gazette.example/{name}",), problem(Kind.MISSING, status=404))
        for name in "ab"
    )
    assert found.state.problem is None
    assert found.state.etag == '"1"'


def test_a_canonical_address_is_told_beside_the_entrys() -> None:
    page = (
        "<html><head><link rel=canonical href='/final'><title>Title</title></head><body><article>"
        f"<h1>The real title of it</h1><p>{'Words of the ferry. ' * 30}</p></article>"
    )
    found = one_round(
        Answers(feed=fetched(feed_of("a"), "feed"), a=fetched(page, "a", "text/html"))
    )
    assert [one.url for one in found.articles] == ["https://gazette.example/final"]
    assert found.addresses == (("https://gazette.example/a", "https://gazette.example/final"),)


LONG = f"<html><body><article><h1>A real title of it</h1><p>{'Words of the ferry. ' * 30}</p>"


def test_young_articles_are_read_again() -> None:
    def rounds(**more: object) -> Poll:
        answers = Answers(
            feed=fetched(feed_of("a", "b"), "feed"), a=fetched(LONG, "a", "text/html")
        )
        state = FeedState("https://gazette.example/feed", last_polled=NOON)
        return asyncio.run(
            poll(Tools(answers, examine, repair), state, set, NOON, **more)  # type: ignore[arg-type]
        )

    assert rounds().articles == ()
    young = rounds(again=lambda some: {one for one in some if one.endswith("/a")})
    assert [one.title for one in young.articles] == ["A real title of it"]


def test_a_text_that_is_reserved_is_not_kept() -> None:
    reserved = fetched(LONG, "a", "text/html", reserved=True)
    found = one_round(Answers(feed=fetched(feed_of("a"), "feed"), a=reserved))
    assert (found.articles[0].text, found.articles[0].summary) == ("", "In short a")


def test_a_dead_host_is_not_asked_for_every_page() -> None:
    names = [f"p{number}" for number in range(40)]
    dead = {name: FetchError(name, problem(Kind.SILENT, seconds=20)) for name in names}
    answers = Answers(feed=fetched(feed_of(*names), "feed"), **dead)
    found = one_round(answers)
    assert len(found.articles) == 40
    assert len(answers.asked) < 15


def test_a_sitemaps_archive_is_not_crawled() -> None:
    urls = "".join(
        f"<url><loc>https://gazette.example/{name}</loc>{date_}</url>"
        for name, date_ in [
            ("new", "<lastmod>2026-11-23</lastmod>"),
            ("old", "<lastmod>2020-01-01</lastmod>"),
            ("undated", ""),
        ]
    )
    answers = Answers(
        feed=fetched(f"<urlset>{urls}</urlset>", "feed"),
        new=fetched(LONG, "new", "text/html"),
        old=fetched(LONG, "old", "text/html"),
    )
    assert [one.title for one in one_round(answers).articles] == ["A real title of it"]


def test_errors_back_off_and_a_gone_feed_ends() -> None:
    def failing(status: int, retry_after: float | None = None) -> Answers:
        return Answers(feed=FetchError("u", of_status(status), status, retry_after))

    state = FeedState("https://gazette.example/feed", etag='"1"')
    waits = []
    for _ in range(4):
        state = one_round(failing(500), state).state
        assert state.next_poll is not None
        waits.append((state.next_poll - NOON).total_seconds())
    assert waits == [1800, 3600, 7200, 14400]
    assert (state.failures, state.problem, state.etag) == (4, of_status(500), '"1"')
    slow = one_round(failing(429, 100_000.0)).state
    assert slow.next_poll == NOON + timedelta(seconds=100_000)
    gone = one_round(failing(410)).state
    assert gone.ended
    assert gone.next_poll is None
    mended = one_round(Answers(feed=fetched(feed_of(), "feed")), state).state
    assert (mended.failures, mended.problem) == (0, None)


def test_a_feed_that_moved_for_good_is_polled_there() -> None:
    moved = fetched(feed_of(), "feed", moved_to="https://gazette.example/new-feed")
    assert one_round(Answers(feed=moved)).state.url == "https://gazette.example/new-feed"


def test_a_new_feed_brings_its_past_and_an_old_one_does_not() -> None:
    older = "<atom:link xmlns:atom='http://www.w3.org/2005/Atom' rel='next' href='/{}'/>"

    def paged(name: str, nxt: str) -> str:
        return feed_of(name).replace("<item>", older.format(nxt) + "<item>", 1)

    def answers() -> Answers:
        return Answers(
            feed=fetched(paged("a", "feed2"), "feed"),
            feed2=fetched(paged("b", "feed3"), "feed2"),
            feed3=fetched(paged("c", "feed"), "feed3"),
        )

    assert len(one_round(answers()).articles) == 3
    old = FeedState("https://gazette.example/feed", last_polled=NOON)
    assert len(one_round(answers(), old).articles) == 1


def test_dates_that_cannot_be_are_not_believed() -> None:
    body = feed_of("a", "b").replace(
        "<item>", "<item><pubDate>1 Jan 1971 00:00:00 GMT</pubDate>", 1
    )
    body = body.replace(
        "</item></channel>", "<pubDate>1 Jan 2099 00:00:00 GMT</pubDate></item></channel>"
    )
    assert [one.published for one in one_round(Answers(feed=fetched(body, "feed"))).articles] == [
        None,
        None,
    ]


# ---------------------------------------------------------------- workers


def hang(_: bytes, __: str, ___: str | None) -> None:
    while True:
        pass


def test_a_parser_that_hangs_is_killed_and_the_next_one_works() -> None:
    async def run() -> ParsedFeed:
        async with Workers(count=1, seconds=1.0) as workers:
            await workers.run(parse_feed, feed_of("warm").encode(), URL)
            started = time.monotonic()
            with pytest.raises(WorkFailed, match="killed"):
                await workers.run(hang, b"", URL, None)
            assert time.monotonic() - started < 3
            with pytest.raises(Unreadable, match="web-page"):
                await workers.run(parse_feed, b"<html>", URL)
            answers = Answers(feed=fetched(feed_of("a"), "feed"), a=fetched("x", "a", "text/html"))
            found = await poll(
                Tools(answers, hang, repair, workers), FeedState(URL.removesuffix(".xml")),  # type: ignore[arg-type]
                lambda some: set(), NOON,
            )  # fmt: skip
            assert found.problems[0].problem.kind is Kind.KILLED
            assert found.articles[0].title == "Title a"
            return await workers.run(parse_feed, feed_of("b").encode(), URL)

    assert asyncio.run(run()).entries[0].title == "Title b"


def test_states_are_plain_values() -> None:
    state = FeedState("https://gazette.example/feed")
    assert replace(state, failures=1) != state
