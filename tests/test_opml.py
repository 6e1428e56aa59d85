"""OPML of other programs, broken files included, and our own read back."""

import pytest

from backstory.cli.problems import sentence
from backstory.collect.defaults import default_feeds, editions, publishers
from backstory.collect.opml import BadOutline, Outline, read, write
from backstory.collect.poll import FeedState
from backstory.model.errors import Unreadable
from backstory.web.addresses import fetchable, registrable_domain
from evaluation.data import data_folder

DATA = data_folder()

NESTED = b"""<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Mine</title></head><body>
<outline text="News"><outline title="Wales">
  <outline text="Gazette" type="rss" xmlUrl="https://gazette.example/feed?a=1&amp;b=2"
   htmlUrl="https://gazette.example/"/></outline></outline>
<outline text="Upper" TYPE="RSS" XMLURL="http://upper.example/rss"/>
<outline text="By url" type="rss" url="https://byurl.example/rss"/>
<outline text="A link" type="link" url="https://nofeed.example/"/>
<outline text="Feed scheme" xmlUrl="feed://old.example/rss"/>
<outline text="Bare" xmlUrl="bare.example/rss"/>
<outline text="Again" xmlUrl="http://upper.example/rss"/>
<outline text="Evil" xmlUrl="javascript:alert(1)"/>
<outline text="Folder without feeds"/>
</body></opml>"""


def test_folders_dialects_and_faults() -> None:
    found = read(NESTED)
    assert [one.url for one in found if isinstance(one, Outline)] == [
        "https://gazette.example/feed?a=1&b=2",
        "http://upper.example/rss",
        "https://byurl.example/rss",
        "http://old.example/rss",
        "http://bare.example/rss",
    ]
    first = found[0]
    assert isinstance(first, Outline)
    assert first.folders == ("News", "Wales")
    assert first.home == "https://gazette.example/"
    bad = [one for one in found if isinstance(one, BadOutline)]
    assert [one.title for one in bad] == ["Evil"]
    assert "javascript" in sentence(bad[0].problem)


@pytest.mark.parametrize(
    "broken",
    [
        b'<opml><body><outline text="A & B" xmlUrl="http://a.example/?x=1&y=2"/></body></opml>',
        b'<opml><body><outline text="A" xmlUrl="http://a.example/?x=1&y=2"/>',
        b'<opml><body><outline text="A" xmlUrl="http://a.example/?x=1&amp;y=2"></body></opml>',
        b'\xef\xbb\xbf<opml><body><outline text="F\xc3\xa4" xmlUrl="http://a.example/?x=1&y=2"/>',
        '<?xml version="1.0" encoding="iso-8859-1"?><opml><body><outline text="Fä" '
        'xmlUrl="http://a.example/?x=1&amp;y=2"/></body></opml>'.encode("latin-1"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><opml><body>'
        b'<outline text="&e;" xmlUrl="http://a.example/?x=1&y=2"/></body></opml>',
    ],
)
def test_broken_files_are_read_as_far_as_they_go(broken: bytes) -> None:
    (found,) = read(broken)
    assert isinstance(found, Outline)
    assert found.url == "http://a.example/?x=1&y=2"
    assert "root:" not in found.title


@pytest.mark.parametrize("body", [b"", b"<html><p>no", b"{}", b"<opml><body></body></opml>"])
def test_what_is_no_opml_is_told(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_what_is_written_can_be_read() -> None:
    feeds = [
        FeedState("https://a.example/rss?x=1&y=2", title='A & "B" <c>\x00', country="GB"),
        FeedState("https://b.example/rss", source="B"),
    ]
    found = read(write(feeds))
    assert [one.url for one in found if isinstance(one, Outline)] == [feed.url for feed in feeds]
    assert [one.folders for one in found if isinstance(one, Outline)] == [("GB",), ()]
    assert found[0].title == 'A & "B" <c>'
    assert write(feeds) == write(feeds)


def test_the_default_feeds_are_addresses_of_known_publishers() -> None:
    assert len(editions()) >= 50
    assert len({publisher.feed for publisher in publishers()}) == len(publishers())
    for publisher in publishers():
        assert fetchable(publisher.feed)
        assert registrable_domain(publisher.domain) == publisher.domain
        assert publisher.name
        assert publisher.language
    assert {"US", "IN", "GB", "DE", "BR", "JP", "NG", "ZA"} <= set(editions())
    assert next(feed.source for feed in default_feeds("qa")) == "Al Jazeera"
    assert default_feeds("ZZ") == ()


@pytest.mark.skipif(not (DATA / "feed-lists").exists(), reason="BACKSTORY_DATA is absent")
def test_real_lists_are_read_whole() -> None:
    files = sorted((DATA / "feed-lists/opml-by-country").glob("*.opml"))
    found = [one for file in files for one in read(file.read_bytes())]
    assert not [one for one in found if isinstance(one, BadOutline)]
    assert len(found) == 258
