"""What other sites get: pictures and data of shared links, embedded timelines, OPML, a sitemap."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import etree, html
from PIL import Image
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.collect.opml import Outline, read
from backstory.collect.sitemaps import parse_sitemap
from backstory.serve.app import create_app
from backstory.serve.share import cards
from backstory.serve.share.cards import Card, drawable
from tests.feed_rules import problems
from tests.sample import NOW

HOST = "http://testserver"


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    return TestClient(create_app(sample, clock=lambda: NOW), follow_redirects=False)


def tree(client: TestClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return html.fromstring(answer.text)


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    "page", ["/article/a-tidal-7a", "/article/a-undated", "/story/a-choir-1", "/topic/a-tidal-3a"]
)
def test_a_shared_link_has_a_picture_and_words(client: TestClient, page: str) -> None:
    told = {
        node.get("property"): node.get("content")
        for node in tree(client, page).xpath("//meta[@property]")
    }
    assert told["og:title"] and told["og:image:alt"] and told["og:url"] == HOST + page
    assert told["og:image"].startswith(HOST + "/card/")
    answer = client.get(told["og:image"])
    assert answer.headers["content-type"] == "image/png"
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == ("PNG", (1200, 630))
    assert len(answer.content) < 300_000
    again = {"if-none-match": answer.headers["etag"]}
    assert client.get(told["og:image"], headers=again).status_code == 304


def colours(content: bytes, box: tuple[int, int, int, int]) -> set[tuple[int, ...]]:
    found = Image.open(io.BytesIO(content)).convert("RGB").crop(box).getcolors(100_000)
    assert found is not None
    return {colour for _, colour in found}  # type: ignore[misc]


HEADLINE = (64, 110, 1136, 380)
BARS = (64, 400, 1136, 538)


@pytest.mark.parametrize(
    "headline",
    [
        "Bridge opens",
        "Πρωθυπουργός",
        "Президент",
        "सुप्रीम कोर्ट ने",
        "وزراء الخارجية العرب",
        "Łódź č ő ạ",
    ],
)
def test_letters_of_many_scripts_are_drawn(headline: str) -> None:
    assert drawable(headline)
    drawn = cards.draw(Card("Topic", headline, "2 events", (1, 2)))
    assert len(colours(drawn, HEADLINE)) > 5
    assert cards.draw(Card("Topic", headline + " x", "2 events", (1, 2))) != drawn


def test_what_cannot_be_drawn_is_left_out() -> None:
    assert not drawable("最高法院") and drawable("Party 🎉")
    assert len(colours(cards.draw(Card("Topic", "最高法院", "", ())), HEADLINE)) == 1


def test_the_marked_bar_stands_out() -> None:
    plain, marked = (
        colours(cards.draw(Card("T", "H", "f", (1, 5, 2), here)), BARS) for here in (None, 1)
    )
    red = {colour for colour in marked if colour[0] > colour[1] + 60}
    assert red and not {colour for colour in plain if colour[0] > colour[1] + 60}


@pytest.mark.parametrize("words", [1, 12, 80])
def test_a_headline_of_any_length_stays_in_its_place(words: int) -> None:
    drawn = cards.draw(Card("kicker " * words, "Incomprehensibilities " * words, "facts " * words))
    assert len(colours(drawn, (1140, 0, 1200, 630))) == 1  # the margin
    assert len(colours(drawn, (64, 395, 1136, 530))) == 1  # where bars would stand


# ---------------------------------------------------------------- data


def test_an_article_tells_programs_what_it_is(client: TestClient) -> None:
    for guid in ("a-tidal-7a", "a-choir-1", "a-undated", "a-light-3b"):
        (script,) = tree(client, f"/article/{guid}").xpath("//script[@type='application/ld+json']")
        data = json.loads(script.text)
        assert data["@type"] == "NewsArticle" and data["@context"] == "https://schema.org"
        assert len(data["headline"]) <= 110
        assert data["mainEntityOfPage"] == f"{HOST}/article/{guid}"
        assert data["publisher"]["name"] and data["author"]["name"] and data["image"]
        if guid == "a-undated":
            assert "datePublished" not in data  # no time is invented
        else:
            datetime.fromisoformat(data["datePublished"])
    text = client.get("/article/a-choir-1").text
    assert "<script>alert" not in text.split("ld+json")[1]


# ---------------------------------------------------------------- embedding


@pytest.mark.parametrize("page", ["/embed/topic/a-tidal-3a", "/embed/article/a-tidal-5a"])
def test_a_timeline_may_be_framed_and_runs_nothing(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    tree_of: Any = html.fromstring(answer.text)
    assert not tree_of.xpath("//script | //form | //img | //iframe")
    assert len(tree_of.xpath("//main/ol/li")) == 5
    for link in tree_of.xpath("//a"):
        assert link.get("target") == "_blank" and link.get("rel") == "noopener"
    for ordinary in ("/topic/a-tidal-3a", "/us/"):
        assert client.get(ordinary).headers["x-frame-options"] == "DENY"


def test_oembed_gives_the_frame(client: TestClient) -> None:
    for page in ("/topic/a-tidal-3a", "/article/a-tidal-7a"):
        (named,) = tree(client, page).xpath("//link[@type='application/json+oembed']/@href")
        told = client.get(named).json()
        assert told["type"] == "rich" and told["version"] == "1.0" and told["title"]
        frame = html.fromstring(told["html"])
        assert frame.tag == "iframe" and frame.get("title")
        assert client.get(frame.get("src")).status_code == 200
    small = client.get(f"/oembed?url={HOST}/topic/a-tidal-3a&maxwidth=300&maxheight=200").json()
    assert (small["width"], small["height"]) == (300, 200)
    assert 'height="200"' in small["html"]
    for url, status in (
        (f"{HOST}/topic/none", 404),
        ("https://elsewhere.example/topic/a-tidal-3a", 404),
        (f"{HOST}/us/", 404),
        ("", 404),
    ):
        assert client.get("/oembed", params={"url": url}).status_code == status
    asked = {"url": f"{HOST}/topic/a-tidal-3a", "format": "xml"}
    assert client.get("/oembed", params=asked).status_code == 501


def test_the_topic_page_gives_the_line_to_embed_it(client: TestClient) -> None:
    (line,) = tree(client, "/topic/a-tidal-3a").xpath("//code[contains(., '<iframe')]")
    frame = html.fromstring(line.text_content())
    assert frame.get("src") == f"{HOST}/embed/topic/a-tidal-3a"


# ---------------------------------------------------------------- OPML and the sitemap


@pytest.mark.parametrize("page", ["/us/feeds.opml", "/world/feeds.opml", "/feeds.opml"])
def test_opml_lists_feeds_that_are_there(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.headers["content-type"].startswith("text/x-opml")
    found = read(answer.content)
    assert len(found) > 3
    for outline in found:
        assert isinstance(outline, Outline)
        feed = client.get(outline.url)
        media_type = feed.headers["content-type"]
        assert problems("atom", feed.content, media_type, outline.url) == []


def test_opml_of_what_somebody_follows(client: TestClient) -> None:
    asked = "topic=a-tidal-3a&tag=kaveri&source=harbourherald.example&q=barrage+costs&topic=none"
    found = read(client.get(f"/feeds.opml?{asked}").content)
    assert [outline.url for outline in found if isinstance(outline, Outline)] == [
        f"{HOST}/topic/a-tidal-3a.atom",
        f"{HOST}/world/tag/kaveri.atom",
        f"{HOST}/source/harbourherald.example.atom",
        f"{HOST}/world/search.atom?q=barrage+costs",
    ]


def test_the_news_sitemap_holds_the_last_two_days(client: TestClient, sample: Archive) -> None:
    answer = client.get("/sitemap-news.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    sitemap = parse_sitemap(answer.text, f"{HOST}/sitemap-news.xml")
    assert 5 < len(sitemap.entries) < 1000
    newest = sample.newest()
    assert newest is not None and newest < NOW
    for entry in sitemap.entries:
        assert entry.title and entry.link
        row = sample.article(urlsplit(entry.link).path.rpartition("/")[2])
        assert row is not None and row.row.order >= newest - timedelta(days=2)
    names = {"n": "http://www.google.com/schemas/sitemap-news/0.9"}
    root = etree.fromstring(answer.content)
    for news in root.iterfind(".//n:news", names):
        assert [str(child.tag).rpartition("}")[2] for child in news] == [
            "publication",
            "publication_date",
            "title",
        ]
        assert news.findtext("n:publication/n:name", namespaces=names)
        language = news.findtext("n:publication/n:language", namespaces=names)
        assert language and 2 <= len(language.split("-")[0]) <= 3
    assert "Sitemap: http://testserver/sitemap-news.xml" in client.get("/robots.txt").text
