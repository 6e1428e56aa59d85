"""Pages into articles: what is stated first, real pages, walls, errors and every sort of junk."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.cli.problems import sentence
from backstory.extract.bylines import date_in
from backstory.extract.page import examine, read_page
from backstory.model.article import Article, Reading
from backstory.model.problems import Kind, problem
from evaluation.data import data_folder

URL = "https://gazette.example/news/1"
WORDS = (
    "The ferry Western Star struck the north pier on Tuesday with forty passengers aboard. "
    "Nobody was hurt, said the harbour master, Ada Byron, who had watched from the signal station. "
)
BODY = (
    f"<p>{WORDS}</p><p>{WORDS.replace('ferry', 'vessel')}</p><p>{WORDS.replace('north', 'old')}</p>"
)


def page(
    head: str = "", body: str = "", title: str = "Ferry strikes pier", html: str = ""
) -> Reading:
    return examine(
        f"<!doctype html><html {html}><head><title>{title}</title>{head}</head><body>"
        f"<nav><a href='/'>Home</a> <a href='/sport'>Sport</a></nav>"
        f"<article><h1>{title}</h1>{body or BODY}</article>"
        f"<footer>© Gazette. All rights reserved.</footer></body></html>".encode(),
        URL,
        "text/html; charset=utf-8",
    )


def article(**parts: str) -> Article:
    reading = page(**parts)
    assert reading.article is not None, reading.problem
    return reading.article


def json_ld(**fields: object) -> str:
    fields = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "H"} | fields
    return f'<script type="application/ld+json">{json.dumps(fields)}</script>'


def test_what_the_page_states() -> None:
    got = article(
        head=json_ld(
            headline="Ferry strikes pier",
            datePublished="2026-11-24T10:30:00+01:00",
            dateModified="2026-11-24T12:00:00Z",
            author=[{"@type": "Person", "name": "By Ada Byron"}, {"name": "Jo Laila"}],
            image={"url": "/lead.jpg"},
            publisher={"name": "The Gazette"},
            articleSection="Harbour",
            keywords=["ferries", "piers"],
            description="It struck.",
        )
        + '<link rel="canonical" href="/news/ferry?utm_source=x">',
        html='lang="en-gb"',
    )
    assert got.url == "https://gazette.example/news/ferry"
    assert (got.title, got.author, got.site) == (
        "Ferry strikes pier", "Ada Byron, Jo Laila", "The Gazette",
    )  # fmt: skip
    assert got.published is not None
    assert got.updated is not None
    assert got.published.iso() == "2026-11-24T09:30:00+00:00"
    assert got.updated.iso() == "2026-11-24T12:00:00+00:00"
    assert got.image == "https://gazette.example/lead.jpg"
    assert (got.language, got.tags, got.summary) == ("en-GB", ("ferries", "piers"), "It struck.")
    lines = got.text.split("\n")
    assert len(lines) == 3
    assert lines[0] == WORDS.strip()


def test_open_graph_and_meta() -> None:
    got = article(
        head='<meta property="og:title" content="Ferry strikes pier | Harbour | Gazette">'
        '<meta property="og:site_name" content="Gazette">'
        '<meta property="article:published_time" content="2026-11-24">'
        '<meta name="author" content="Von Hauke Brodersen und Maike Thomsen">'
        '<meta property="og:image" content="//cdn.example/logo.png">'
        '<meta name="twitter:image" content="https://cdn.example/ferry.jpg">'
    )
    assert (got.title, got.author) == ("Ferry strikes pier", "Hauke Brodersen, Maike Thomsen")
    assert got.published is not None
    assert got.published.iso() == "2026-11-24"
    assert got.image == "https://cdn.example/ferry.jpg"


@pytest.mark.parametrize(
    ("below", "author", "day"),
    [
        ("<p>By Ada Byron</p><p>24 November 2026</p>", "Ada Byron", "2026-11-24"),
        ("<div>Ada Byron</div><div>November 24, 2026 at 5 p.m.</div>", "Ada Byron", "2026-11-24"),
        ("<p>Von <b>Hauke Brodersen</b></p><i>24. November 2026, 10 Uhr</i>", None, "2026-11-24"),
        ("<b>By ADA BYRON, Staff</b><br><i>Posted August 17, 2025</i>", "Ada Byron", "2025-08-17"),
        ("<p>Por Rosa Díaz y Ana de la Cruz</p><p>3 de mayo de 2026</p>",
         "Rosa Díaz, Ana de la Cruz", "2026-05-03"),
        ("<p>2026年5月3日</p>", None, "2026-05-03"),
        ("<time datetime='2026-05-03T10:00:00Z'>yesterday</time>", None, "2026-05-03"),
        ("<p>The Gazette staff</p>", None, None),
    ],
)  # fmt: skip
def test_bylines_below_the_heading(below: str, author: str | None, day: str | None) -> None:
    got = article(body=below + BODY)
    if author is not None:
        assert got.author == author
    assert (got.published.iso()[:10] if got.published else None) == day
    assert got.text.startswith("The ferry")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Posted on 4th July 2026", "2026-07-04"), ("le 1er mars 2026", "2026-03-01"),
        ("12 października 2025", "2025-10-12"), ("24 Kasım 2026", "2026-11-24"),
        ("Опубликовано 5 мая 2026", "2026-05-05"), ("2026.05.03 14:00", "2026-05-03"),
        ("24.11.2026", "2026-11-24"), ("31 February 2026", None), ("May 2026", None),
        ("room 12 of 2026", None),
    ],
)  # fmt: skip
def test_dates_in_many_languages(line: str, day: str | None) -> None:
    found = date_in(line)
    assert (found.iso() if found else None) == day


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type": "NewsArticle", "headline": "Told", "author": "Ada Byron",}',
        '<!-- {"@type": "NewsArticle", "headline": "Told", "author": "Ada Byron"} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Told", "author": "Ada Byron"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Told", "author": "Ada Byron", "x": "raw\nbreak"}',
        '[{"@type": "WebSite"}, {"@graph": [{"@type": ["NewsArticle"], "headline": "Told",'
        ' "author": {"name": ["Ada Byron"]}}]}];',
        '{"@type": "WebPage", "mainEntity": {"@type": "http://schema.org/Article",'
        ' "headline": "Told", "author": [{"name": "Ada Byron"}]}}',
    ],
)
def test_structured_data_as_pages_have_it(broken: str) -> None:
    got = article(head=f'<script type="application/ld+json">{broken}</script>')
    assert got.author == "Ada Byron"


def test_a_foreign_canonical_address_is_not_taken() -> None:
    for href in ("https://other.example/a", "javascript:alert(1)", "/", "http://[::1"):
        assert article(head=f'<link rel="canonical" href="{href}">').url == URL


def test_a_file_from_nowhere_has_the_address_that_it_names() -> None:
    html = f"<html><head><title>Ferry</title>{{}}</head><body><h1>Ferry strikes</h1>{BODY}"
    named = (
        '<link rel=canonical href="https://gazette.example/a"><meta property=og:image content=/i>'
    )
    got = read_page(html.format(named).encode(), "")
    assert got is not None
    assert (got.url, got.site, got.image) == (
        "https://gazette.example/a", "gazette.example", "https://gazette.example/i",
    )  # fmt: skip
    nameless = read_page(html.format("").encode(), "")
    assert nameless is not None
    assert (nameless.url, nameless.title) == ("", "Ferry strikes")


def test_what_stands_around_the_text_stays_out() -> None:
    got = article(
        body="<p class=kicker>Harbour</p><p>Share this article</p><p>Advertisement</p>" + BODY
        + "<p>READ MORE: Another headline</p><p>Photo: Gazette file</p>"
        + f"<p>{WORDS.replace('Tuesday', 'Monday')}</p>"
        + "<h3>You might also like</h3><p>Something else entirely, told at some length here.</p>"
        + "<p>Sign up to our newsletter for more.</p>"
    )  # fmt: skip
    assert got.text.startswith("The ferry")
    assert got.text.endswith("signal station.")
    for words in ("Share this", "Advertis", "READ MORE", "Photo:", "newsletter", "Something else"):
        assert words not in got.text


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("", "empty"),
        ("plain words", "empty"),
        ("<html><title>404 - Page not found</title><p>Sorry, it is not here.", "error page"),
        ("<html><title>Access Denied</title><p>You may not see this.", "error page"),
        ("<html><title>Just a moment...</title><p>Checking your browser.", "error page"),
        ("<html><title>gazette.example</title><p>Please enable JavaScript and cookies to go on"
         " and prove that you are not a robot.", "excludes robots"),
        ("<html><title>Before you continue</title><p>We value your privacy. "
         + "We and our partners use cookies with your consent. " * 8, "consent wall"),
        ("<html><title>Zustimmung</title><p>" + "Mit Ihrer Einwilligung setzen wir Cookies. " * 9,
         "consent wall"),
        ("<html><title>Nothing</title><body></body>", "no text"),
    ],
)  # fmt: skip
def test_what_is_no_article(html: str, reason: str) -> None:
    reading = examine(html.encode(), URL, "text/html")
    assert reading.article is None
    assert reading.problem is not None
    assert reason in sentence(reading.problem)
    assert read_page(html.encode(), URL, "text/html") is None


def test_an_article_about_errors_or_cookies_is_one() -> None:
    for title in ("404 bodies found in mass grave", "Access denied: how the ban works"):
        assert article(title=title, head=json_ld(headline=title)).title == title
    cookies = f"<p>{'A law on cookies and consent passed the house. ' * 5}</p>" * 4
    assert "cookies" in article(body=cookies, head=json_ld(headline="Law on cookies")).text


def test_other_media_are_no_pages() -> None:
    assert examine(b"\x89PNG", URL, "image/png").problem == problem(
        Kind.OTHER_TYPE, media_type="image/png"
    )
    assert examine(b"x" * 10_000_001, URL, "text/html").problem == problem(
        Kind.TOO_LARGE, bytes=10_000_000
    )


def test_kinds_and_paywalls_are_known() -> None:
    assert page(head=json_ld(**{"@type": "LiveBlogPosting"})).kind == "live"
    assert page(head=json_ld(**{"@type": "VideoObject", "name": "V"})).kind == "video"
    assert page(head=json_ld(**{"@type": "ImageGallery", "name": "V"})).kind == "gallery"
    assert page(head=json_ld(isAccessibleForFree=False)).paywalled
    assert not page(head=json_ld(isAccessibleForFree="True")).paywalled
    text = "Told by a script alone. " * 20
    assert article(head=json_ld(articleBody=text), body="<div id=app></div>").text == text.strip()
    video = page(head=json_ld(description="What is seen."), body="<video></video>").article
    assert video is not None
    assert (video.text, video.summary) == ("", "What is seen.")


@pytest.mark.parametrize("real", ["utf-8", "iso-8859-1", "utf-16"])
@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252", "nonsense"])
def test_character_sets_that_are_declared_wrongly(real: str, declared: str) -> None:
    words = "Die Fährgesellschaft fährt täglich über die Förde, sagte Jörg Süßmilch in Köln. " * 4
    html = (
        f"<html><head><meta charset={declared}><title>Fährlinie über die Förde</title></head>"
        f"<body><article><h1>Fährlinie über die Förde</h1><p>{words}</p></article>"
    )
    got = read_page(html.encode(real), URL, f"text/html; charset={declared}")
    assert got is not None
    assert got.title == "Fährlinie über die Förde"
    assert got.text == words.strip()


def test_nothing_dangerous_comes_out() -> None:
    got = article(
        title="Ferry &lt;script&gt;alert(1)&lt;/script&gt; strikes",
        head='<meta property="og:image" content="javascript:alert(1)">'
        '<meta name="author" content="&lt;img src=x onerror=alert(1)&gt;Ada Byron">'
        '<meta property="og:site_name" content="&lt;b&gt;Gazette&lt;/b&gt;">',
        body=BODY
        + "<p onclick='alert(1)'>One &lt;script&gt;alert(2)&lt;/script&gt; more line.</p>",
    )
    for words in (got.title, got.text, got.author or "", got.site, got.image or ""):
        assert "<" not in words
        assert "alert(" not in words
        assert "javascript" not in words
    assert (got.author, got.site) == ("Ada Byron", "Gazette")


@settings(max_examples=80, deadline=None)
@given(
    st.binary(max_size=300),
    st.text(alphabet="<>/ahtmlbodyp12scrien\"'= &;#x!-\x00", max_size=300),
    st.text(max_size=200),
)
def test_no_page_raises(junk: bytes, tags: str, json_text: str) -> None:
    script = f'<html><script type="application/ld+json">{json_text}</script><h1>x</h1>'
    for body in (junk, b"<html>" + junk, f"<p>{tags}".encode(), script.encode("utf-8", "replace")):
        reading = examine(body, URL)
        assert (reading.article is None) == (reading.problem is not None)


PAGES = data_folder() / "publisher-pages"


@pytest.mark.skipif(not PAGES.exists(), reason="BACKSTORY_DATA is absent")
def test_real_pages_are_read_well() -> None:
    from evaluation.extraction import backstory, measure, pages

    given_ = list(pages(PAGES))[::3]
    figures = measure(backstory, given_)
    assert figures["title"] >= 0.78
    assert figures["date"] >= 0.97
    assert figures["author"] >= 0.8
    assert figures["image"] >= 0.98
    assert figures["text"] >= 0.94


# ---------------------------------------------------------------- what agrees

HEADLINE = "Ferry of Ostrel late again after the storm"
SAID = "<p>" + "The ferry of Ostrel was late again on Tuesday, said the harbour master. " * 9
OTHER = (
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ten soups to try '
    'this winter", "datePublished": "2024-01-05T10:00:00Z", "author": {"name": "Rel Ated"}, '
    '"url": "https://www.gazette.example/food/ten"}</script>'
)
OWN = (
    '<script type="application/ld+json">{"@type": "Article", "headline": "'
    + HEADLINE
    + '", "datePublished": '
    '"2026-11-20T08:00:00Z", "author": {"name": "Ada Obi"}}</script>'
)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", "<h1>News of the valley since 1921</h1><h2 class='entry-title'>%s</h2>"),
        ("", "<h1><a href='/'>The Gazette</a></h1><h2 itemprop='headline'>%s</h2>"),
        ("<meta property='og:title' content='Gazette Online: news of the valley'>", "<h1>%s</h1>"),
        (OTHER, "<h1>%s</h1>"),
        (OTHER + OWN, "<h1>%s</h1>"),
        (OWN + OTHER, "<h1>%s</h1>"),
    ],
)  # fmt: skip
def test_a_title_is_what_agrees(head: str, body: str) -> None:
    shown = f"<title>{HEADLINE} - The Gazette</title>"
    html = f"<html><head>{shown}{head}</head><body>{body % HEADLINE}{SAID}</body></html>"
    page = examine(html.encode(), "https://www.gazette.example/news/1", "text/html").article
    assert page is not None
    assert page.title == HEADLINE
    assert page.author == ("Ada Obi" if OWN in head else None)
    if OWN in head:
        assert page.published is not None
        assert page.published.iso() == "2026-11-20T08:00:00+00:00"
