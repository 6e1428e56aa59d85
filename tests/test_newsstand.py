"""The newsstand serves what its README promises."""

import gzip
import http.client
import re
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from html import unescape
from itertools import combinations
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import feedparser
import pytest

from newsstand import Newsstand
from newsstand.articles import read_articles
from newsstand.press import Page

TODAY = date(2026, 11, 24)


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        charset = self.headers["content-type"].partition("charset=")[2] or "utf-8"
        return self.body.decode(charset)


def fetch(url: str, *, method: str = "GET", limit: int = -1, **headers: str) -> Reply:
    """Fetch from loopback, whatever the host's name resolves to."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, headers={"Host": parts.netloc, **given})
    answer = connection.getresponse()
    body = answer.read() if limit < 0 else answer.read(limit)
    named = {name.lower(): value for name, value in answer.getheaders()}
    connection.close()
    return Reply(answer.status, named, body)


@pytest.fixture(scope="module")
def stand() -> Iterator[Newsstand]:
    with Newsstand(port=0, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def hostile() -> Iterator[Newsstand]:
    with Newsstand(port=0, today=TODAY, hostile=True) as running:
        yield running


def words(page: Page) -> list[str]:
    return re.findall(r"\w+", page.article.text.lower())


def test_there_is_enough_to_read(stand: Newsstand) -> None:
    kinds = [page.kind for page in stand.pages]
    assert len(kinds) >= 120
    assert kinds.count("original") >= 66
    assert min(kinds.count(kind) for kind in ("reprint", "trimmed", "rewrite")) >= 10
    assert len(stand.publishers) >= 8
    assert {"US", "GB", "IN", "DE"} <= {publisher.country for publisher in stand.publishers}
    assert len(stand.truth()) == len(stand.pages)
    topics: dict[str, set[str]] = {}
    for truth in stand.truth().values():
        topics.setdefault(truth.topic, set()).add(truth.event)
    assert len(topics) >= 8
    assert all(len(events) >= 8 for topic, events in topics.items() if topic != "briefing")


def test_articles_are_of_a_readable_length_and_filled_in(stand: Newsstand) -> None:
    for page in stand.pages:
        if page.kind == "original":
            assert 120 <= len(page.article.text.split()) <= 310, page.path
        assert "{" not in page.article.text + page.article.title + page.article.standfirst


def test_written_articles_differ(stand: Newsstand) -> None:
    grams = []
    for page in stand.pages:
        if page.kind == "original":
            spoken = words(page)
            grams.append(set(zip(*(spoken[start:] for start in range(5)), strict=False)))
    for one, other in combinations(grams, 2):
        assert len(one & other) <= 0.2 * min(len(one), len(other))


def test_every_page_holds_its_text(stand: Newsstand) -> None:
    for page in stand.pages:
        reply = fetch(stand.url_of(page))
        assert reply.status == 200
        text = unescape(reply.text)
        assert all(paragraph in text for paragraph in page.article.paragraphs), page.path
        if page.article.special != "empty-title":
            assert page.article.title in text
        canonical = re.findall(r'<link rel="canonical" href="([^"]+)"', text)
        expected = page.original if page.canonical_to_original else page
        assert expected is not None
        assert canonical == [stand.url_of(expected)]


def test_every_link_of_a_site_leads_somewhere(stand: Newsstand) -> None:
    for publisher in stand.publishers:
        home = stand.press.url(publisher)
        text = unescape(fetch(home).text)
        assert f'type="application/{publisher.feed_kind}+xml"' in text
        page = stand.press.by_publisher[publisher.key][0]
        text += unescape(fetch(stand.url_of(page)).text)
        for link in set(re.findall(r'(?:href|src)="([^"#]+)"', text)):
            reply = fetch(urljoin(home, link))
            assert reply.status == 200, link
        assert fetch(home + "robots.txt").status == 200
        assert fetch(home + "no/such/page").status == 404


def test_feeds_hold_every_page(stand: Newsstand) -> None:
    known = set(stand.truth())
    seen = set()
    for url, publisher in zip(stand.feeds, stand.publishers, strict=True):
        reply = fetch(url)
        parsed = feedparser.parse(reply.body, response_headers=reply.headers)
        assert not parsed.bozo, url
        assert len(parsed.entries) == len(stand.press.by_publisher[publisher.key])
        for entry in parsed.entries:
            link = entry.link.removesuffix(publisher.tracking)
            assert link in known
            seen.add(link)
            assert entry.summary
            assert entry.published_parsed
        assert bool(parsed.entries[0].get("content")) == publisher.full_content
    assert seen == known


def test_conditional_requests(stand: Newsstand) -> None:
    urls = [*stand.feeds, *(stand.url_of(page) for page in stand.pages[::10])]
    for url in urls:
        first = fetch(url, Accept_Encoding="gzip")
        again = fetch(url, If_None_Match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        since = fetch(url, If_Modified_Since=first.headers["last-modified"])
        assert since.status == 304
        both = fetch(url, If_None_Match='"other"', If_Modified_Since=first.headers["last-modified"])
        assert both.status == 200
        old = fetch(url, If_Modified_Since="Tue, 04 Jan 2000 00:00:00 GMT")
        assert old.status == 200
    assert stand.requests[-1].had_conditional_headers
    assert stand.requests[-1].host == urlsplit(urls[-1]).hostname


def test_head_and_encodings(stand: Newsstand) -> None:
    by_key = {publisher.key: publisher for publisher in stand.publishers}
    courier = stand.press.url(by_key["national-courier"])
    packed = fetch(courier, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == fetch(courier).body
    assert fetch(courier, method="HEAD").body == b""
    bote = fetch(stand.press.url(by_key["elbe-bote"]))
    assert bote.headers["content-type"] == "text/html; charset=iso-8859-1"
    assert "Unabhängige" in bote.text
    assert b"publishers" in fetch(f"http://127.0.0.1:{stand.port}/").body


def test_copies_follow_their_rule(stand: Newsstand) -> None:
    for page in stand.pages:
        if page.original is None:
            assert page.kind == "original"
            continue
        mine, theirs = page.article, page.original.article
        assert mine.published > theirs.published
        assert page.publisher != page.original.publisher
        assert stand.truth()[stand.url_of(page)].original == stand.url_of(page.original)
        if page.kind == "reprint":
            assert (mine.title, mine.paragraphs) == (theirs.title, theirs.paragraphs)
        elif page.kind == "trimmed":
            assert mine.title != theirs.title
            kept = len(mine.paragraphs)
            assert mine.paragraphs == theirs.paragraphs[:kept]
            assert 0.6 <= kept / len(theirs.paragraphs) < 0.8
        else:
            assert mine.title != theirs.title
            assert 18 <= len(mine.paragraphs[0].split()) <= 36
            before, after = theirs.text.split(), " ".join(mine.paragraphs[1:]).split()
            blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
            same = sum(block.size for block in blocks)
            assert 0.93 <= same / len(before) <= 0.975, mine.slug


def test_the_correction_changes_title_and_text_at_one_address() -> None:
    with Newsstand(port=0, today=TODAY) as stand:
        (page,) = (page for page in stand.pages if page.article.correction)
        url = stand.url_of(page)
        before = fetch(url)
        assert "84.7 per cent" in before.text
        stand.correct()
        after = fetch(url, If_None_Match=before.headers["etag"])
        assert after.status == 200
        assert "infections by 78 per cent" in after.text
        assert "Correction:" in after.text
        feed = fetch(stand.press.url(page.publisher, page.publisher.feed)).text
        assert "infections by 78 per cent" in feed
    with Newsstand(port=0, today=TODAY, corrected=True) as stand:
        assert (
            "Correction:" in fetch(f"http://{urlsplit(url).hostname}:{stand.port}{page.path}").text
        )


def test_faulty_titles(stand: Newsstand) -> None:
    (glued,) = (page for page in stand.pages if page.article.special == "glued")
    text = unescape(fetch(stand.url_of(glued)).text)
    assert f"<title>Markets News{glued.article.title}</title>" in text
    assert f'og:title" content="Markets News{glued.article.title}"' in text
    feed = fetch(stand.press.url(glued.publisher, glued.publisher.feed)).text
    assert f"{glued.article.title} | Trending News" in feed
    (empty,) = (page for page in stand.pages if page.article.special == "empty-title")
    assert empty.article.title not in fetch(stand.url_of(empty)).text
    feed = fetch(stand.press.url(empty.publisher, empty.publisher.feed)).text
    assert "<title></title>" in feed


def test_dates_move_with_today() -> None:
    early, late = read_articles(date(2026, 1, 1)), read_articles(date(2026, 1, 31))
    assert all(
        (after.published - before.published).days == 30
        for before, after in zip(early, late, strict=True)
    )
    assert max(article.published for article in late).date() < date(2026, 1, 31)


def test_hostile_corner(hostile: Newsstand) -> None:
    at = hostile.hostile
    assert b"<rss" not in fetch(at["not-a-feed"]).body
    assert len(fetch(at["huge"]).body) >= 50 * 1024 * 1024
    assert len(fetch(at["endless"], limit=40).body) == 40
    step = fetch(at["loop"]).headers["location"]
    assert fetch(step).headers["location"] == at["loop"]
    assert "//169.254.169.254/" in fetch(at["redirect-to-metadata"]).headers["location"]
    assert feedparser.parse(fetch(at["invalid-feed"]).body).bozo
    assert b"<link>javascript:" in fetch(at["script-feed"]).body
    assert fetch(at["missing"]).status == 404
    with pytest.raises(UnicodeDecodeError):
        gzip.decompress(fetch(at["wrong-charset"]).body).decode("utf-8")


def test_gzip_bomb_is_small_until_opened(hostile: Newsstand) -> None:
    bomb = fetch(hostile.hostile["gzip-bomb"]).body
    assert len(bomb) < 1024 * 1024
    opener = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert len(opener.decompress(bomb, 201 * 1024 * 1024)) == 200 * 1024 * 1024


def test_a_friendly_newsstand_has_no_hostile_corner(stand: Newsstand) -> None:
    assert stand.hostile == {}
    reply = fetch(f"http://hostile.localhost:{stand.port}/endless")
    assert b"The newsstand" in reply.body


def test_a_port_in_use_is_told_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "newsstand", "--port", str(port)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert str(port) in ended.stderr
