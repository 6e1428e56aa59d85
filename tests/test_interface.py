"""The interface in each of its languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from gettext import c2py
from importlib.resources import files
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from starlette.testclient import TestClient

from backstory.archive import Archive
from backstory.model.article import Moment
from backstory.serve import language
from backstory.serve.app import create_app
from backstory.serve.formatting import age, articles, day_words, number, short_day
from tests.sample import NOW

TRANSLATED = [code for code in language.LOCALES if code != "en"]
SERVE = Path(str(files("backstory.serve")))
Message = tuple[str | tuple[str, ...], str | None]  # the string, or both numbers of it; context


@pytest.fixture(scope="module")
def client(sample: Archive) -> TestClient:
    return TestClient(create_app(sample, clock=lambda: NOW), follow_redirects=False)


@cache
def said() -> frozenset[Message]:
    """Every string that code and templates mark for translation."""
    with (SERVE / "locale" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = [
        (message, context)
        for _, _, message, _, context in extract_from_dir(SERVE, methods, options)
    ]
    return frozenset(found)


@cache
def catalog(code: str) -> Catalog:
    with (SERVE / "locale" / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


@pytest.mark.parametrize("code", TRANSLATED)
def test_no_string_lacks_a_translation_and_none_is_left_over(code: str) -> None:
    messages = [message for message in catalog(code) if message.id]
    whole = {
        (message.id, message.context)
        for message in messages
        if not message.fuzzy
        and all(message.string if isinstance(message.string, tuple) else [message.string])
    }
    assert said() - whole == set(), "without a translation"
    assert whole - said() == set(), "translated, but nowhere said"


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_keeps_names_and_markup(code: str) -> None:
    # The singular may say "once" where the plural has a number.
    def fixed(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)s|</?\w+[^>]*>|--\w+|BACKSTORY_\w+", text))

    for message in catalog(code):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for place, string in enumerate(strings):
            assert fixed(str(string)) == fixed(str(ids[min(place, len(ids) - 1)])), ids


def strings(of: object) -> tuple[str, ...]:
    """A message's one string, or those of its plural forms."""
    return tuple(map(str, of)) if isinstance(of, list | tuple) else (str(of),)


def written() -> Iterator[tuple[str, str]]:
    """Every string that a reader may see, with its language."""
    for message, _ in said():
        for text in strings(message):
            yield "en", text
    for code in TRANSLATED:
        for entry in catalog(code):
            if entry.id:
                for text in strings(entry.string):
                    yield code, text


@pytest.mark.parametrize("code", TRANSLATED)
def test_plural_forms_are_those_of_the_language(code: str) -> None:
    of_catalog = catalog(code)
    form = c2py(of_catalog.plural_expr)
    rule = Locale.parse(language.LOCALES[code]).plural_form
    forms = [form(number) for number in range(200)]
    assert forms == [("one", "other").index(rule(number)) for number in range(200)]
    counts = [message for message in of_catalog if isinstance(message.id, tuple)]
    assert counts
    assert all(len(strings(one.string)) == of_catalog.num_plurals for one in counts)


def test_every_count_has_plural_forms() -> None:
    single = [message for message, _ in said() if isinstance(message, str)]
    assert [text for text in single if "%(num)s" in text] == []


def test_no_ending_is_glued_to_a_value() -> None:
    glued = re.compile(r"%\(\w+\)s\w|\w%\(\w+\)s")
    assert [each for each in written() if glued.search(each[1])] == []


def test_quotes_and_ellipses_are_typographic() -> None:
    def spoken(text: str) -> str:
        return re.sub(r"<code>.*?</code>|<[^>]+>", "", text)

    straight = re.compile(r"[\"']|\.\.\.|\s…")
    assert [each for each in written() if straight.search(spoken(each[1]))] == []


def test_french_marks_stand_off_without_breaking() -> None:
    breaking = re.compile(r"(?<!\xa0)[:;?!»]|«(?!\xa0)")
    french = [
        re.sub(r"<[^>]+>|\bhttps?://\S*", "", text) for code, text in written() if code == "fr"
    ]
    assert [text for text in french if breaking.search(text)] == []


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "found"),
    [
        (None, None, None, "en"),
        (None, None, "de-AT,de;q=0.9,en;q=0.5", "de"),
        (None, None, "ja, fr;q=0.4, es;q=0.6", "es"),
        (None, None, "ja, *;q=0.1", "en"),
        (None, None, "de;q=0, hi;q=0.1", "hi"),
        (None, "fr", "de", "fr"),
        ("hi", "fr", "de", "hi"),
        ("klingon", "fr", "de", "fr"),
        ("es_MX", None, None, "es"),
        (None, None, "en-US,en;q=0.9,de;q=0.8", "en"),
    ],
)
def test_which_language_is_wanted(
    asked: str | None, kept: str | None, accepted: str | None, found: str
) -> None:
    assert language.wanted(asked, kept, accepted) == found


@given(st.text(max_size=80))
def test_any_header_has_an_answer(accepted: str) -> None:
    assert language.wanted(None, None, accepted) in language.LOCALES


def test_numbers_days_and_ages_follow_the_language() -> None:
    told = {}
    for code in language.LOCALES:
        with language.speaking(code):
            told[code] = (
                number(87091),
                articles(1),
                articles(3),
                day_words(NOW.date()),
                short_day(NOW.date()),
                age(Moment(NOW - timedelta(days=2)), NOW),
            )
    day = "30"
    assert told == {
        "en": ("87,091", "1 article", "3 articles", f"{day} June 2026", "30 Jun", "2 days ago"),
        "de": ("87.091", "1 Artikel", "3 Artikel", f"{day}. Juni 2026", "30. Juni", "vor 2 Tagen"),
        "es": ("87.091", "1 artículo", "3 artículos", f"{day} de junio de 2026", "30 jun",
               "hace 2 días"),
        "fr": ("87\u202f091", "1 article", "3 articles", f"{day} juin 2026", "30 juin",
               "il y a 2 jours"),
        "hi": ("87,091", "1 लेख", "3 लेख", f"{day} जून 2026", "30 जून", "2 दिन पहले"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "heading", "here"),
    [
        ("de", "Chronik dieses Themas", "dieser Artikel"),
        ("es", "Historial de este tema", "este artículo"),
        ("fr", "Historique de ce sujet", "cet article"),
        ("hi", "इस विषय का इतिहास", "यह लेख"),
    ],
)
def test_a_page_speaks_the_readers_language(
    client: TestClient, code: str, heading: str, here: str
) -> None:
    answer = client.get("/article/a-tidal-5a", headers={"accept-language": code})
    page: html.HtmlElement = html.fromstring(answer.text)
    assert page.get("lang") == code and page.get("dir") == "ltr"
    assert answer.headers["content-language"] == code
    assert "Accept-Language" in answer.headers["vary"] and "Cookie" in answer.headers["vary"]
    assert page.get_element_by_id("history").text_content() == heading
    assert here in page.cssselect(".event.here")[0].text_content()
    assert "set-cookie" not in answer.headers


def test_the_feeds_are_told_in_the_readers_language(client: TestClient) -> None:
    page = client.get("/feeds", headers={"accept-language": "de"}).text
    for words in (
        "4 Feeds: 1 in Ordnung, 1 noch nicht abgefragt, 1 gestört, 1 eingestellt.",
        "Suchen Sie auf der Seite des Mediums die neue Adresse des Feeds",
        "abgerufen <time",
        "vor 20 Minuten",
        "in 40 Minuten",
    ):
        assert words in page
    assert "Diese Seite gibt es nicht (Status 404)." in page


def test_the_footer_leads_to_the_feeds_from_every_page(client: TestClient) -> None:
    for path in ("/us/", "/gb/latest", "/article/a-tidal-5a", "/about", "/keys", "/none"):
        footer = html.fromstring(client.get(path).text).cssselect("footer a")
        assert "/feeds" in [link.get("href") for link in footer], path


def test_a_chosen_language_is_kept(client: TestClient) -> None:
    page = html.fromstring(client.get("/us/search?q=barrage&lang=de").text)
    links = [link.get("href") for link in page.cssselect(".languages a")]
    assert "/us/search?q=barrage&lang=fr" in links
    answer = client.get("/us/?lang=fr")
    assert answer.headers["set-cookie"].startswith("lang=fr; Path=/;")
    assert 'lang="fr"' in client.get("/us/", headers={"accept-language": "de"}).text
    problem = client.get("/article/none")
    assert problem.status_code == 404
    assert "Cet article n’est pas dans cette archive." in problem.text
    client.cookies.clear()


def test_data_for_programs_says_the_same_to_all(client: TestClient) -> None:
    for path in ("/api/article/none", "/us/latest.json", "/us/.atom"):
        plain = client.get(path)
        german = client.get(path, headers={"accept-language": "de", "cookie": "lang=de"})
        assert plain.content == german.content


def test_right_to_left_would_mirror(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(language.LOCALES, "en", "ar")
    page = html.fromstring(client.get("/world/latest").text)
    assert page.get("dir") == "rtl"
    style = (SERVE / "static" / "site.css").read_text()
    physical = re.findall(
        r"(?:margin|padding|border)-(?:left|right)|text-align: (?:left|right)", style
    )
    # The one exception pushes right-to-left text on a left-to-right page to its side.
    assert len(physical) == 1


def test_the_api_takes_the_world_and_uk(client: TestClient) -> None:
    for kind in ("articles", "trending", "stories", "topics"):
        answer = client.get(f"/api/{kind}/World/")
        assert answer.status_code == 200
        assert answer.json()["results"], kind
        british = client.get(f"/api/{kind}/uk/")
        assert british.status_code == 200
        assert british.json()["results"] == client.get(f"/api/{kind}/gb/").json()["results"]
    assert client.post("/api/tags/world/", json={"tag_slugs": ["none"]}).status_code == 404
    assert client.get("/api/articles/xx/").status_code == 404
