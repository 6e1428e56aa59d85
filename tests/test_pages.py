"""The pages over the made archive, as HTML."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import escape
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.model.article import Moment
from backstory.model.views import ArticleView, Bar, History, Page, StoryCard
from backstory.serve.app import create_app
from backstory.serve.formatting import age, highlight, web_address
from backstory.serve.pages.picture import coverage
from backstory.store.database import Store
from tests.sample import KAVERI, NOW, TIDAL, copied, merge_topics

WAYS = ("labelled", "described")
PAGES = [
    "/us/",
    "/us/?at=2026-06-20",
    "/world/",
    "/us/latest",
    "/us/search",
    "/us/search?q=barrage",
    "/us/search?q=nothing-like-it",
    "/us/tag/tidal-power",
    "/us/topics",
    "/article/a-tidal-7b",
    "/article/a-choir-1",
    "/article/a-kaveri-4a",
    "/article/a-light-3b",
    "/article/a-undated",
    "/story/a-tidal-7a",
    "/story/a-undated",
    "/topic/a-tidal-3a",
    "/topic/a-light-1a",
    "/source/harbourherald.example",
    "/about",
    "/following",
    "/following?list=/topic/a-tidal-3a&list=/us/tag/tidal-power&list=/topic/none",
    "/keys",
    "/offline",
    "/nz/",
    "/nz/latest",
    "/nz/topics",
]


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    return TestClient(create_app(sample, clock=lambda: NOW), follow_redirects=False)


def tree(client: TestClient, address: str, status: int = 200) -> html.HtmlElement:
    answer = client.get(address)
    assert answer.status_code == status, address
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return html.fromstring(answer.text)


def words(nodes: Sequence[html.HtmlElement]) -> str:
    return " ".join(" ".join(node.text_content().split()) for node in nodes)


@pytest.mark.parametrize("address", PAGES)
def test_every_page_is_whole_and_keeps_to_itself(client: TestClient, address: str) -> None:
    page = tree(client, address)
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("//a[@class='skip'][@href='#main']")
    running = "//script[not(@src or @type='application/ld+json')]"
    assert not page.xpath(f"{running} | //style | //*[@style] | //img | //iframe")
    assert not [name for name in page.xpath("//@*") if name.attrname.startswith("on")]
    outward = "@rel='canonical' or @type='application/json+oembed'"  # read by other sites
    for source in page.xpath(f"//script/@src | //link[not({outward})]/@href"):
        assert source.startswith("/") and not source.startswith("//")
    for address in page.xpath("//a/@href | //form/@action"):
        assert address.startswith(("/", "#", "https://", "mailto:?"))
        assert not address.startswith("//")
    # Headings go down one step at a time.
    levels = [int(node.tag[1]) for node in page.iter("h1", "h2", "h3", "h4")]
    main = list(levels)
    assert all(after <= before + 1 for before, after in itertools.pairwise(main))


def test_headers_are_strict_on_everything(client: TestClient) -> None:
    paths = ["/us/", "/article/none", "/api/countries/", "/us/.atom", "/favicon.ico"]
    for path in paths:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_static_files_are_named_by_their_content(client: TestClient) -> None:
    page = tree(client, "/us/")
    for address in page.xpath("//script/@src | //link[@rel='stylesheet' or @rel='icon']/@href"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/site.css").status_code == 404
    assert client.get("/static/..%2fapp.py").status_code == 404


def test_head_is_get_without_a_body(client: TestClient) -> None:
    answer = client.head("/us/")
    assert answer.status_code == 200
    assert answer.content == b""


def test_markup_in_what_publishers_wrote_is_text(client: TestClient) -> None:
    for address in ("/article/a-choir-1", "/story/a-choir-1", "/us/", "/us/search?q=choir"):
        text = client.get(address).text
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "<b>sings" not in text
        assert "<strings>" not in text
    text = client.get("/us/search?q=%3Cscript%3Ealert(1)%3C/script%3E&source=%22%3E%3Cb%3E").text
    assert "<script>alert" not in text and '"><b>' not in text


def test_only_web_addresses_are_linked(client: TestClient) -> None:
    for address in ("/article/a-choir-2", "/story/a-choir-1", "/us/latest"):
        assert "javascript:" not in client.get(address).text


def test_an_article_page_tells_where_it_stands(client: TestClient) -> None:
    page = tree(client, "/article/a-tidal-5a")
    kicker = words(page.cssselect(".kicker"))
    assert "event 2 of 5" not in kicker and "event 3 of 5 in its history" in kicker
    assert "going back to January 2026" in kicker
    byline = words(page.cssselect(".byline"))
    assert "Harbour Herald" in byline and "(1 month ago)" in byline
    assert "3 publishers report this" in byline and "first to report it" in byline
    here = page.cssselect(".event.here")
    assert len(here) == 1 and "this article" in words(here)
    assert "plus 1 reprint" in words(here)
    assert words(page.cssselect(".spine h3")).startswith("June 2026 May 2026 April 2026")


def test_an_article_page_shows_what_the_headline_was(client: TestClient) -> None:
    page = tree(client, "/article/a-tidal-7b")
    was = words(page.cssselect(".was"))
    assert was == (
        "The headline has changed. Until 29 June 2026, 21:10 UTC it was: "
        "Barrage talks run into the night"
    )
    row = words(page.cssselect(".here .reworded"))
    assert row.startswith("headline changed once: was Barrage talks run into the night")
    assert "first: Meridian Wire, 18:41 UTC" in words(page.cssselect(".byline"))
    assert words(page.cssselect("details.who")).count("reprint:") == 3
    assert page.xpath("//time[@datetime='2026-06-29T20:16:00+00:00']")
    # In its own row an article stands with its own headline, in its story's with the best.
    assert words(page.cssselect(".here h4")) == (
        "Barrage saved: Northern Grid agrees to pay a third this article"
    )
    story = tree(client, "/story/a-tidal-7a")
    assert words(story.cssselect(".here h4")).startswith("Northern Grid agrees to pay a third of")


def test_the_picture_is_told_to_those_who_do_not_see_it(client: TestClient) -> None:
    page = tree(client, "/article/a-tidal-5a")
    picture = page.cssselect("figure svg")[0]
    assert picture.get("role") == "group"
    title, text = (page.get_element_by_id(picture.get(f"aria-{way}by")) for way in WAYS)
    assert "How many publishers reported" in title.text_content()
    assert "Peak: 4 publishers" in text.text_content()
    assert len(page.cssselect(".bar.here")) == 1
    rows = page.cssselect("figure table tbody tr")
    assert len(rows) == len(page.cssselect(".bar"))


def test_an_article_without_a_date_or_a_summary(client: TestClient) -> None:
    page = tree(client, "/article/a-undated")
    assert "no date given; first seen 30 May 2026" in words(page.cssselect(".byline"))
    assert "No summary" in words(page.cssselect(".summary"))
    assert "This is the first report of it" in words(page.cssselect(".history"))


def test_a_bare_day_gets_no_hour(client: TestClient) -> None:
    page = tree(client, "/article/a-light-3a")
    assert "27 June 2026 (3 days ago)" in words(page.cssselect(".byline"))
    assert not page.xpath("//*[@class='byline']/time[@data-local]")


def test_titles_carry_their_language_and_direction(client: TestClient) -> None:
    page = tree(client, "/article/a-light-3b")
    assert page.xpath("//h1[@lang='ar'][@dir='auto']")
    assert tree(client, "/article/a-kaveri-4b").xpath("//h1[@lang='hi']")


def test_lists_carry_their_backstory(client: TestClient) -> None:
    page = tree(client, "/us/")
    cards = page.cssselect("li.card")
    assert "Ministry puts Øresund barrage at 4.1 billion" in words(cards[0].cssselect(".before"))
    assert len(cards[0].cssselect(".before li")) == 3
    assert "rising" in words(cards[0].cssselect(".trend"))
    assert "5 events since January" in words(cards[0].cssselect(".facts"))
    assert "nothing earlier in this archive" in words(page.cssselect(".before"))


def test_a_history_that_leaves_out_its_topic_says_so(sample_store: Store) -> None:
    class Narrow(Archive):
        def history(self, guid: str, limit: int | None = None) -> History | None:
            found = super().history(guid, limit)
            return found and replace(found, events=tuple(e for e in found.events if e.here))

        def stories(self, *given: Any, **named: Any) -> Page[StoryCard]:
            page = super().stories(*given, **named)
            return replace(page, results=tuple(replace(c, before=()) for c in page.results))

    client = TestClient(create_app(Narrow(sample_store), clock=lambda: NOW))
    about = words(tree(client, "/article/a-tidal-5a").cssselect(".history .about"))
    assert "related closely enough" in about and "The whole topic has 5 events" in about
    before = words(tree(client, "/us/").cssselect("li.card:first-child .before"))
    assert before == "Before this: nothing close enough to this story"


def test_a_list_goes_on_by_plain_links(client: TestClient) -> None:
    page = tree(client, "/world/latest")
    older = page.xpath("//a[@rel='next']/@href")[0]
    second = tree(client, older)
    newer = second.xpath("//a[@rel='prev']/@href")[0]
    assert words(tree(client, newer).cssselect("h2")) == words(page.cssselect("h2"))
    assert words(second.cssselect(".cards h2")) != words(page.cssselect(".cards h2"))


def test_search_keeps_the_whole_question_in_its_address(client: TestClient) -> None:
    page = tree(
        client,
        "/world/search?q=barrage&date_from=2026-01-01&date_to=2026-06-30&sort=publish_date"
        "&source=northerntimes.example&tag=tidal-power",
    )
    form = page.get_element_by_id("search")
    fields = dict(form.form_values())
    assert fields == {
        "q": "barrage",
        "date_from": "2026-01-01",
        "date_to": "2026-06-30",
        "sort": "publish_date",
        "source": "northerntimes.example",
        "tag": "tidal-power",
    }
    assert page.cssselect("li.card mark")
    assert "First turbine" in words(page.cssselect("li.card h2")[:1])
    taken_back = page.cssselect(".chosen a")[0].get("href")
    assert "tag=" not in taken_back and "q=barrage" in taken_back


def test_search_knows_publishers_by_name(client: TestClient) -> None:
    page = tree(client, "/world/search?source=northern+times")
    assert page.get_element_by_id("source").value == "northerntimes.example"
    assert {row.get("data-source") for row in page.cssselect("li.card")} == {
        "northerntimes.example"
    }
    feed = page.xpath("//link[@type='application/atom+xml']/@href")[0]
    assert "source=northerntimes.example" in feed
    assert "Nothing found" in words(tree(client, "/us/search?source=nobody").cssselect("h2"))


def test_search_shows_the_articles_of_one_event_together(client: TestClient) -> None:
    page = tree(client, "/us/search?q=third")
    stories = [node.get("href") for node in page.cssselect("li.card h2 a")]
    assert len(stories) == 2
    assert "more results on this event" in words(page.cssselect(".also"))


def test_search_says_what_is_wrong_and_keeps_the_form(client: TestClient) -> None:
    page = tree(client, "/us/search?q=barrage&date_from=soon", 400)
    assert "date_from must be a date" in words(page.cssselect("[role=alert]"))
    assert page.get_element_by_id("q").value == "barrage"
    assert "Nothing found" in words(tree(client, "/us/search?q=zebra").cssselect(".nothing"))


def test_the_front_leads_to_the_largest_edition(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/us/"


def test_an_empty_store_says_what_to_do(empty: Archive) -> None:
    client = TestClient(create_app(empty, clock=lambda: NOW))
    page = tree(client, "/")
    assert "backstory import" in page.text_content()
    for address in ("/us/", "/us/latest", "/us/topics", "/us/search", "/about", "/world/"):
        tree(client, address)


@pytest.mark.parametrize(
    ("address", "status", "text"),
    [
        ("/article/none", 404, "This article is not"),
        ("/story/none", 404, "This story is not"),
        ("/topic/none", 404, "This topic is not"),
        ("/source/none.example", 404, "This archive has no publisher"),
        ("/us/tag/none", 404, "This archive has no tag"),
        ("/xx/", 404, "is not an ISO 3166-1 country code"),
        ("/wp-login.php", 404, "nothing at this address"),
        ("/a/b/c/d", 404, "nothing at this address"),
        ("/us/?at=then", 400, "at must be a date"),
        ("/us/latest?mark=forged", 400, "page link"),
    ],
)
def test_problems_are_pages_in_the_same_voice(
    client: TestClient, address: str, status: int, text: str
) -> None:
    page = tree(client, address, status)
    assert text in words(page.cssselect(".notice"))
    assert page.cssselect(".notice form")


def test_an_error_of_our_own_is_a_page_too(sample_store: Store) -> None:
    class Broken(Archive):
        def article(self, guid: str) -> ArticleView | None:
            raise RuntimeError("secret")

    client = TestClient(create_app(Broken(sample_store), clock=lambda: NOW))
    page = tree(client, "/article/a-undated", 500)
    assert "Something went wrong on our side" in page.text_content()
    assert "secret" not in page.text_content()
    answer = client.get("/api/article/a-undated")
    assert answer.status_code == 500
    assert answer.json() == {
        "detail": "Something went wrong on our side. The server’s log has the details."
    }
    assert "content-security-policy" in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"


def test_bars_lead_to_the_events_below(client: TestClient) -> None:
    for address in ("/article/a-tidal-5a", "/topic/a-tidal-3a", "/story/a-tidal-5a"):
        page = tree(client, address)
        links = page.cssselect("[data-picture] a")
        assert len(links) == len(page.cssselect(".bar")) > 1
        for link in links:
            assert page.get_element_by_id(link.get("href").removeprefix("#")) is not None
        # One stop for the Tab key; the arrow keys reach the others.
        assert [link.get("tabindex") for link in links].count("0") == 1
    page = tree(client, "/article/a-tidal-5a")
    entrance = page.cssselect("[data-picture] a[tabindex='0']")[0]
    assert entrance.get("href") == "#event-a-tidal-5a"
    assert entrance.get("aria-label").endswith("publishers")


def test_sharing_is_plain_links(client: TestClient) -> None:
    page = tree(client, "/article/a-choir-1")
    links = {link.text_content(): link.get("href") for link in page.cssselect(".share a")}
    assert {"Email", "Mastodon", "Bluesky", "WhatsApp", "Telegram", "X", "Reddit"} <= set(links)
    address = "http%3A%2F%2Ftestserver%2Farticle%2Fa-choir-1"
    for name, link in links.items():
        assert address in link, name
        assert "<" not in link and " " not in link
    assert "Read at" not in words(page.cssselect(".share"))


def test_a_topic_says_what_it_took_in(
    client: TestClient, sample_folder: Path, tmp_path: Path
) -> None:
    assert not tree(client, f"/topic/{TIDAL}").cssselect(".taken")
    store = copied(sample_folder, tmp_path / "merged")
    merge_topics(store, KAVERI, TIDAL)
    merged = TestClient(create_app(Archive(store), clock=lambda: NOW), follow_redirects=False)
    assert merged.get(f"/topic/{KAVERI}").headers["location"] == f"/topic/{TIDAL}"
    page = tree(merged, f"/topic/{TIDAL}")
    assert "Merged into this topic" in words(page.cssselect(".taken summary"))
    assert "Their old addresses redirect here" in words(page.cssselect(".taken"))
    store.close()


def test_what_is_followed_is_told_by_the_address(client: TestClient) -> None:
    search = "/us/search?q=barrage&tag=tidal-power"
    lists = ["/topic/a-tidal-3a", "/source/northerntimes.example", search, "/us/tag/kaveri"]
    lost = ["/topic/none", "https://elsewhere.example/", "/xx/tag/kaveri", "/us/search"]
    asked = urlencode({"list": [*lists, *lost, lists[0]]}, doseq=True)
    page = tree(client, f"/following?{asked}")
    found = page.cssselect(".followed")
    assert [one.get("data-seen") for one in found] == lists
    assert all(one.cssselect(".lines [data-at] a") for one in found)
    assert [one.get("data-asked") for one in found] == lists
    assert "4 addresses were not found" in words(page.cssselect(".rest"))
    feeds = [link.get("href") for link in found[2].cssselect(".facts a")]
    assert "/us/search.atom?q=barrage&tag=tidal-power" in feeds
    for link in found[0].cssselect(".lines a"):
        assert client.get(link.get("href")).status_code == 200
    outlines = html.fromstring(client.get(f"/following.opml?{asked}").content)
    named = [one.get("xmlurl") for one in outlines.cssselect("outline[type=rss]")]
    assert named[0] == "http://testserver/topic/a-tidal-3a.atom"
    assert len(named) == 4
    for address in named:
        assert client.get(address).status_code == 200


def test_following_says_what_to_do_without_scripts(client: TestClient) -> None:
    page = tree(client, "/following")
    assert "You are not following anything yet" in page.text_content()
    assert "bookmark the address" in words(page.cssselect(".without-script"))
    link = tree(client, "/topic/a-tidal-3a").cssselect(".follow")[0].get("href")
    assert tree(client, link).cssselect(".followed h2 a")[0].get("href") == "/topic/a-tidal-3a"


def test_lists_name_what_can_be_muted(client: TestClient) -> None:
    cards = tree(client, "/us/").cssselect("li.card")
    assert cards[0].get("data-topic") == "a-tidal-3a"
    assert "tidal-power" in cards[0].get("data-tags").split()
    row = tree(client, "/us/search?q=barrage").cssselect("li.card")[0]
    assert row.get("data-source").endswith(".example")


def test_the_site_can_be_installed(client: TestClient) -> None:
    page = tree(client, "/us/")
    manifest = client.get(page.xpath("//link[@rel='manifest']/@href")[0])
    assert manifest.headers["content-type"] == "application/manifest+json"
    told = manifest.json()
    assert told["display"] == "standalone" and told["start_url"] == "/"
    assert {icon["sizes"] for icon in told["icons"]} == {"192x192", "512x512"}
    assert "maskable" in {icon["purpose"] for icon in told["icons"]}
    for icon in told["icons"]:
        answer = client.get(icon["src"])
        size = int.from_bytes(answer.content[16:20], "big")
        assert f"{size}x{size}" == icon["sizes"]
    worker = client.get("/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert "no-cache" in worker.headers["cache-control"]


def test_a_page_is_small(client: TestClient) -> None:
    page = client.get("/article/a-tidal-7b")
    assert page.headers["content-encoding"] == "gzip"
    total = int(page.headers["content-length"])
    whole: html.HtmlElement = html.fromstring(page.text)
    for address in whole.xpath("//script/@src | //link[@rel='stylesheet']/@href"):
        answer = client.get(address)
        total += int(answer.headers["content-length"])
    assert total < 30_000


# ---------------------------------------------------------------- words and pictures


def test_ages_in_words() -> None:
    def of(**passed: int) -> str:
        return age(Moment(NOW - timedelta(**passed)), NOW)

    assert of(seconds=20) == "just now"
    assert of(minutes=20) == "20 minutes ago"
    assert of(days=120) == "4 months ago"
    assert age(Moment.of_day(NOW.date()), NOW) == "today"
    assert age(Moment.of_day(NOW.date() - timedelta(days=1)), NOW) == "yesterday"


@pytest.mark.parametrize(
    ("text", "query", "shown"),
    [
        ("Øresund & more", "more", "Øresund &amp; <mark>more</mark>"),
        ("Café tables", "cafe", "<mark>Café</mark> tables"),
        ("Grids, not hybrids", "grid", "<mark>Grids</mark>, not hybrids"),
        ("कावेरी जल विवाद", "जल", "कावेरी <mark>जल</mark> विवाद"),
        ("東京の水", "東京", "<mark>東京</mark>の水"),
    ],
)
def test_matches_are_marked(text: str, query: str, shown: str) -> None:
    assert highlight(text, query) == shown


@given(st.text(max_size=60), st.text(max_size=20))
def test_marking_never_changes_the_text(text: str, query: str) -> None:
    marked = highlight(text, query)
    assert marked.replace("<mark>", "").replace("</mark>", "") == escape(text)


@given(st.text(max_size=40))
def test_only_http_is_a_web_address(text: str) -> None:
    found = web_address(text)
    assert found is None or found.lower().startswith(("http://", "https://"))


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=32),
    st.sampled_from([1, 7, 30, 365]),
)
def test_the_picture_stays_in_its_frame(counts: list[int], days: int) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    bars = [
        Bar(start + timedelta(days=days * index), number, index == 1)
        for index, number in enumerate(counts)
    ]
    picture = coverage(bars)
    if not any(counts):
        assert picture is None
        return
    assert picture is not None
    for column in picture.columns:
        assert column.x >= 0 and column.x + column.width <= 100.1
        assert (column.height > 0) == (column.sources > 0)
    for labels in (picture.labels, [label for label in picture.labels if not label.wide_only]):
        assert all(b.x - a.x >= 7 for a, b in itertools.pairwise(labels))
        assert all(label.x <= 95 for label in labels)


def test_what_is_of_another_day_than_its_event_says_so(
    sample: Archive, sample_store: Store
) -> None:
    class Longer(Archive):
        """Each event began ten days before its articles."""

        def history(self, guid: str, limit: int | None = None) -> History | None:
            found = super().history(guid, limit)
            assert found is not None
            longer = [
                replace(one, first_published=Moment(one.order - timedelta(days=10), "minute"))
                for one in found.events
            ]
            return replace(found, events=tuple(longer))

    for archive, told in ((sample, False), (Longer(sample_store), True)):
        client = TestClient(create_app(archive, clock=lambda: NOW))
        for path in ("/article/a-tidal-5a", "/story/a-tidal-7a"):
            badge = html.fromstring(client.get(path).text).cssselect(".event.here .badge")[0]
            assert bool(badge.cssselect("time")) == told


@pytest.mark.parametrize(
    "path",
    [
        "/world/",
        "/world/latest",
        "/world/topics",
        "/world/tag/tidal-power",
        "/world/search?q=barrage",
        "/source/harbourherald.example",
        "/article/a-tidal-5a",
        "/story/a-tidal-7a",
        "/topic/a-tidal-3a",
        "/embed/topic/a-tidal-3a",
        "/about",
    ],
)
def test_no_value_of_the_program_stands_on_a_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    shown = " ".join(map(str, html.fromstring(answer.text).itertext()))
    inside = re.search(r"[A-Z]\w+\(\w+=|datetime\.|\bNone\b|<bound|object at", shown)
    assert inside is None
