"""Addresses in one form, their keys, and the publishers they belong to."""

import gzip
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.cli.problems import sentence
from backstory.model.errors import Unreadable
from backstory.web.addresses import (
    canonical,
    fetchable,
    key,
    registrable_domain,
)
from evaluation.data import data_folder

DATA = data_folder()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HTTP://Www.Example.COM/News/", "http://www.example.com/News/"),
        ("https://example.com", "https://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        (" https://example.com/a\n", "https://example.com/a"),
        ("https://example.com/a#comments", "https://example.com/a"),
        ("https://example.com/day#12", "https://example.com/day#12"),
        ("https://example.com/#!/story/5", "https://example.com/#!/story/5"),
        ("https://example.com/a/./b/../c", "https://example.com/a/c"),
        ("https://example.com/a/%2e%2e/b", "https://example.com/b"),
        ("https://example.com/%7euser/%c3%a4", "https://example.com/~user/%C3%A4"),
        ("https://example.com/ä b?q=ü", "https://example.com/%C3%A4%20b?q=%C3%BC"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://EXAMPLE.com\\news\\a", "https://example.com/news/a"),
        ("https:/example.com/a", "https://example.com/a"),
        ("https://example.com/a?", "https://example.com/a"),
        ("https://example.com/a?utm_source=rss&id=5&fbclid=x", "https://example.com/a?id=5"),
        ("https://example.com/a?id=5&amp;utm_medium=feed", "https://example.com/a?id=5"),
        ("https://example.com/a?at_medium=RSS&at_campaign=rss", "https://example.com/a"),
        ("https://example.com/a?ref=rss", "https://example.com/a"),
        ("https://example.com/a?ref=4711", "https://example.com/a?ref=4711"),
        ("https://example.com/a?source=twitter", "https://example.com/a"),
        (
            "https://example.com/story.php?id=17&page=2",
            "https://example.com/story.php?id=17&page=2",
        ),
        ("https://example.com/a?b=%zz", "https://example.com/a?b=%25zz"),
        ("https://example.com/news/big-story/amp", "https://example.com/news/big-story"),
        ("https://example.com/news/big-story/amp/", "https://example.com/news/big-story"),
        ("https://example.com/big-story.amp.html", "https://example.com/big-story.html"),
        ("https://example.com/news/amp", "https://example.com/news/amp"),
        ("https://example.com/a-story?amp=1", "https://example.com/a-story"),
        ("https://example.com/a?outputType=amp", "https://example.com/a"),
        ("https://www.google.com/amp/s/www.example.com/a-1", "https://www.example.com/a-1"),
        (
            "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a-1.amp",
            "https://www.example.com/a-1",
        ),
        ("http://2130706433/", "http://127.0.0.1/"),
        ("http://ΒΌΛΟΣ/", "http://xn--nxasmq6b/"),  # as UTS 46 folds it, not as Python does
        ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://[0:0::1]:80/", "http://[::1]/"),
        ("http://gazette.localhost:8010/a", "http://gazette.localhost:8010/a"),
    ],
)
def test_one_form(given: str, expected: str) -> None:
    assert canonical(given) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("example.com/a", "does not begin with http"),
        ("//example.com/a", "does not begin with http"),
        ("/a/b", "does not begin with http"),
        ("javascript:alert(1)", "javascript"),
        ("java\nscript:alert(1)", "javascript"),
        ("data:text/html,x", "data"),
        ("file:///etc/passwd", "file"),
        ("mailto:a@example.com", "mailto"),
        ("http://", "has no host"),
        ("http:///?q", "has no host"),
        ("http://a b/", "has an invalid host"),
        ("http://a..b/", "has an invalid host"),
        ("http://-/\x00", "has an invalid host"),
        ("http://<script>/", "has an invalid host"),
        ("http://example.com:99999/", "has an invalid port"),
        ("http://example.com:http/", "has an invalid port"),
        ("http://1.2.3.256/", "has an invalid host"),
        ("http://1.2.3.4.5/", "has an invalid host"),
        ("http://[::g]/", "has an invalid host"),
        ("http://[::1/", "has an invalid host"),
        ("http://example.com/" + "a" * 5000, "longer than"),
        ("http://example.com/" + "é" * 4000, "longer than"),
    ],
)
def test_what_is_no_address_has_a_clear_reason(given: str, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        canonical(given)
    assert reason in sentence(refused.value.problem)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com/a", "https://www.example.com/a/"),
        ("https://m.example.com/a", "https://example.com/a"),
        ("https://amp.example.co.uk/a", "https://www.example.co.uk/a"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2&utm_source=x"),
        ("https://example.com/index.html", "https://example.com/"),
        ("https://en.m.wikipedia.org/wiki/X", "https://en.wikipedia.org/wiki/X"),
    ],
)
def test_keys_of_the_same_page_are_equal(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/b"),
        ("https://example.com/a", "https://example.org/a"),
        ("https://example.com/a?id=1", "https://example.com/a?id=2"),
        ("https://a.blogspot.com/x", "https://b.blogspot.com/x"),
        ("https://www.com/a", "https://com/a"),
        ("https://example.com/day#1", "https://example.com/day#2"),
        ("https://example.com/A", "https://example.com/a"),
    ],
)
def test_keys_of_different_pages_differ(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    ("given", "domain"),
    [
        ("www.bbc.co.uk", "bbc.co.uk"),
        ("https://news.bbc.co.uk/a", "bbc.co.uk"),
        ("http://WWW.Example.com:8080/", "example.com"),
        ("example.com:8080", "example.com"),
        ("www.asahi.com", "asahi.com"),
        ("someone.github.io", "someone.github.io"),
        ("harbour-gazette.localhost:8010", "harbour-gazette.localhost"),
        ("a.harbour-gazette.localhost", "harbour-gazette.localhost"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("http://[::1]:80/", "[::1]"),
        ("co.uk", "co.uk"),
        ("http://münchen.example.de/", "example.de"),
    ],
)
def test_registrable_domains(given: str, domain: str) -> None:
    assert registrable_domain(given) == domain


def test_links_are_resolved_and_keep_their_parameters() -> None:
    base = "https://example.com/news/a.html"
    assert (
        fetchable("../b.jpg?utm_source=x&w=1", base) == "https://example.com/b.jpg?utm_source=x&w=1"
    )
    assert fetchable("//cdn.example.com/ü.jpg", base) == "https://cdn.example.com/%C3%BC.jpg"
    for link in (
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:image/png;base64,x",
        "vbscript:x",
    ):
        with pytest.raises(Unreadable):
            fetchable(link, base)


def test_caches_within_caches_come_to_an_end() -> None:
    assert canonical("https://www.google.com" + "/amp/s/www.google.com" * 190)


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for given_ in (text, "http://" + text, "https://example.com/" + text):
        try:
            address = canonical(given_)
        except Unreadable:
            continue
        assert address.isascii()
        assert address.startswith(("http://", "https://"))
        assert not set(address) & set(' \n\r\t"<>\\')
        assert canonical(address) == address
        assert key(address)
        assert registrable_domain(address)


@pytest.mark.skipif(not (DATA / "rss-2026").exists(), reason="BACKSTORY_DATA is absent")
def test_real_addresses_pass_quickly_and_stay_apart() -> None:
    with gzip.open(DATA / "rss-2026/articles.jsonl.gz") as lines:
        addresses = [json.loads(line)["url"] for _, line in zip(range(20_000), lines, strict=False)]
    started = time.perf_counter()
    forms = {canonical(address) for address in addresses}
    seconds = time.perf_counter() - started
    assert len(forms) == len(set(addresses))
    assert not any("utm_" in form for form in forms)
    assert len(addresses) / seconds > 15_000  # 90,000 a second on an idle core
