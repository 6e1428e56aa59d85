"""Reading article JSONL: every key, every fault, every compression."""

import gzip
import io
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from backstory.cli.problems import sentence
from backstory.collect import jsonl
from backstory.collect.jsonl import BadLine, read
from backstory.model.article import Article, Moment
from evaluation.data import data_folder

DATA = data_folder()


def one(tmp_path: Path, **row: Any) -> Article | BadLine:
    row = {"url": "https://example.com/a", "title": "A title"} | row
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(row))
    (result,) = read(file)
    return result


def article(tmp_path: Path, **row: Any) -> Article:
    result = one(tmp_path, **row)
    assert isinstance(result, Article), result
    return result


def reason(tmp_path: Path, **row: Any) -> str:
    result = one(tmp_path, **row)
    assert isinstance(result, BadLine), result
    return sentence(result.problem)


def test_every_key(tmp_path: Path) -> None:
    got = article(
        tmp_path,
        guid="a-1",
        text="First.\n\nSecond.",
        summary="In short",
        published="2026-05-12T10:30:00+02:00",
        updated="2026-05-13",
        site="Example",
        author="Ada Byron",
        image="/lead.jpg",
        language="EN-gb",
        country="gb",
        tags=["dams", "dams", "courts"],
        category="ignored",
    )
    assert got == Article(
        url="https://example.com/a",
        title="A title",
        guid="a-1",
        text="First.\nSecond.",
        summary="In short",
        published=Moment(datetime(2026, 5, 12, 8, 30, tzinfo=UTC)),
        updated=Moment(datetime(2026, 5, 13, tzinfo=UTC), "day"),
        site="Example",
        author="Ada Byron",
        image="https://example.com/lead.jpg",
        language="en-GB",
        country="GB",
        tags=("dams", "courts"),
    )


@pytest.mark.parametrize(
    ("stated", "iso"),
    [
        ("2026-05-12", "2026-05-12"),
        ("20260512", "2026-05-12"),
        ("2026-05-12T10:30:00", "2026-05-12T10:30:00+00:00"),
        ("2026-05-12 10:30", "2026-05-12T10:30:00+00:00"),
        ("2026-05-12T10:30:00.123Z", "2026-05-12T10:30:00+00:00"),
        ("2026-05-12T00:30:00+05:30", "2026-05-11T19:00:00+00:00"),
        ("1605-01-01", "1605-01-01"),
        ("2999-12-31T23:59:59Z", "2999-12-31T23:59:59+00:00"),
        ("2026-05", None),
        ("2026", None),
        ("", None),
    ],
)
def test_times_as_they_are_stated(tmp_path: Path, stated: str, iso: str | None) -> None:
    published = article(tmp_path, published=stated).published
    assert (published.iso() if published else None) == iso


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"url": None}, "no url"),
        ({"url": ""}, "no url"),
        ({"url": 5}, "url is not a string"),
        ({"url": "javascript:alert(1)"}, "“javascript” are not read"),
        ({"url": "example.com/a"}, "does not begin with http"),
        ({"title": None}, "no title"),
        ({"title": ["x"]}, "title is not a string"),
        ({"title": ""}, "title is empty"),
        ({"title": " <b></b> "}, "title is empty"),
        ({"text": 5}, "text is not a string"),
        ({"published": 1747000000}, "published is not a string"),
        ({"published": "yesterday"}, "published is not an ISO 8601 date: 'yesterday'"),
        ({"published": "2026-13-45"}, "published is not"),
        ({"published": "0001-01-01T00:00:00+10:00"}, "published is not"),
        ({"tags": "dams"}, "tags is not a list"),
        ({"tags": [5]}, "tags is not a list of strings"),
        ({"author": {"name": "x"}}, "author is not a string"),
        ({"guid": ["x"]}, "guid is not a string"),
    ],
)
def test_a_bad_line_has_a_clear_reason(tmp_path: Path, row: dict[str, Any], told: str) -> None:
    assert told in reason(tmp_path, **row)


def test_an_empty_title_is_allowed_with_text(tmp_path: Path) -> None:
    assert article(tmp_path, title="", text="Words.").title == ""
    assert article(tmp_path, title="", summary="Words.").summary == "Words."


def test_wrong_codes_are_dropped_quietly(tmp_path: Path) -> None:
    got = article(tmp_path, language="klingonish", country="XX", image="javascript:alert(1)")
    assert (got.language, got.country, got.image) == (None, None, None)


def test_a_guid_that_does_not_conform_is_carried(tmp_path: Path) -> None:
    assert article(tmp_path, guid="x" * 300).guid == "x" * 300
    assert article(tmp_path, guid="tag:example.com,2026:5?").guid == "tag:example.com,2026:5?"
    assert article(tmp_path, guid="").guid is None


@pytest.mark.parametrize(
    ("given_", "plain"),
    [
        ("plain words", "plain words"),
        ("AT&T and R&D, 5 < 6, a <3", "AT&T and R&D, 5 < 6, a <3"),
        ("<p>One.</p><ul><li>Two<li>Three</ul>", "One.\nTwo\nThree"),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("a <b>bold</b> <a href='javascript:x'>link</a>", "a bold link"),
        ('cut in a tag <a href="https://www.exam', "cut in a tag"),
        ("cut in an entity &rsqu", "cut in an entity"),
        ("cut in a number &#82", "cut in a number"),
        ("&lt;p&gt;twice&lt;/p&gt;", "twice"),
        ("&amp;lt;p&amp;gt;thrice", "thrice"),
        ("fish &amp; chips &#8217;&nbsp;&hellip;", "fish & chips ’ …"),
        ("<script>alert(1)</script>before<style>p{}</style>", "before"),
        ("<img src=x onerror=alert(1)>after", "after"),
        ("zero\u200bwidth soft\u00adhyphen \u202eturned", "zerowidth softhyphen turned"),
        ("e\u0301", "é"),
        ("many   spaces\t\ttabs\r\nline", "many spaces tabs\nline"),
    ],
)
def test_text_is_freed_of_markup(tmp_path: Path, given_: str, plain: str) -> None:
    assert article(tmp_path, text=given_).text == plain


@given(st.text(max_size=300), st.text(alphabet="<>/&;ab p!-#x1 \n\"'=", max_size=300))
def test_plain_text_never_fails_and_settles(any_: str, tags: str) -> None:
    from backstory.text.plain import plain_line, plain_text

    for text in (any_, tags):
        plain = plain_text(text)
        assert "\r" not in plain
        assert plain == plain.strip()
        assert "\n" not in plain_line(text)


def test_faults_are_numbered_and_the_rest_goes_in(tmp_path: Path) -> None:
    good = b'{"url": "https://example.com/%d", "title": "T"}\n'
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(
        b"\xef\xbb\xbf" + good % 1 + b"not json\n" + b"\n   \n" + good % 2 + b"[1]\n"
        b'{"url": "https://example.com/\xff", "title": "T"}\n' + good.rstrip(b"\n") % 3
    )
    found = list(read(file))
    assert [one.url[-1] for one in found if isinstance(one, Article)] == ["1", "2", "3"]
    bad = [one for one in found if isinstance(one, BadLine)]
    assert [one.line for one in bad] == [2, 6, 7]
    assert {one.file for one in bad} == {str(file)}
    assert sentence(bad[0].problem).startswith("not JSON")


def test_a_line_that_is_too_long_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 1_000)
    good = '{"url": "https://example.com/a", "title": "T"}\n'
    file = tmp_path / "long.jsonl"
    file.write_text(good + json.dumps({"url": "x" * 5000}) + "\n" + good)
    found = list(read(file))
    assert isinstance(found[1], BadLine)
    assert "longer than" in sentence(found[1].problem)
    assert [isinstance(one, Article) for one in found] == [True, False, True]


LINES = b"".join(
    b'{"url": "https://example.com/%d", "title": "Title %d"}\n' % (n, n) for n in range(2000)
)


@pytest.mark.parametrize("kind", ["plain", "gzip", "members", "zstd", "frames"])
def test_compression_is_told_by_the_first_bytes(tmp_path: Path, kind: str) -> None:
    packed = {
        "plain": LINES,
        "gzip": gzip.compress(LINES),
        "members": gzip.compress(LINES[:999]) + gzip.compress(LINES[999:]),
        "zstd": zstandard.compress(LINES),
        "frames": zstandard.compress(LINES[:999]) + zstandard.compress(LINES[999:]),
    }
    file = tmp_path / "archive.bin"
    file.write_bytes(packed[kind])
    told: list[int] = []
    assert sum(isinstance(one, Article) for one in read(file, told.append)) == 2000
    assert sum(told) == file.stat().st_size


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_truncated_archive_gives_what_it_has_and_one_line(tmp_path: Path, pack: Any) -> None:
    file = tmp_path / "cut.gz"
    file.write_bytes(pack(LINES)[:-200])
    found = list(read(file))
    assert sum(isinstance(one, BadLine) for one in found) <= 2
    if pack is gzip.compress:
        assert isinstance(found[-1], BadLine)
        assert "broken" in sentence(found[-1].problem)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(gzip.compress(LINES[:500]))

    monkeypatch.setattr(sys, "stdin", Input)
    found = list(read("-"))
    assert isinstance(found[0], Article)
    assert isinstance(found[-1], BadLine)  # the last line is cut
    assert found[-1].file == "standard input"


def test_a_line_of_a_pipe_is_read_before_the_next_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out, into = os.pipe()
    with os.fdopen(out, "rb") as reading, os.fdopen(into, "wb", buffering=0) as writing:

        class Input:
            buffer = reading

        monkeypatch.setattr(sys, "stdin", Input)
        found = read("-")
        for number in range(3):  # would wait for ever if more than the line were asked for
            writing.write(LINES.split(b"\n")[number] + b"\n")
            got = next(found)
            assert isinstance(got, Article)
            assert got.url.endswith(f"/{number}")
        writing.close()
        assert list(found) == []


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(read(tmp_path / "nothing.jsonl"))


def test_html_goes_through_the_reader_of_pages(tmp_path: Path) -> None:
    file = tmp_path / "html.jsonl"
    file.write_text(json.dumps({"url": "https://example.com/a", "title": "Own", "html": "<p>x"}))

    def read_page(body: bytes, url: str, content_type: str | None) -> Article:
        assert body == b"<p>x"
        return Article(
            url="https://example.com/other", title="Page's", text="Page text", author="A"
        )

    (got,) = read(file, read_page=read_page)
    assert isinstance(got, Article)
    assert (got.url, got.title, got.text, got.author) == (
        "https://example.com/a", "Own", "Page text", "A",
    )  # fmt: skip


@pytest.mark.skipif(not (DATA / "rss-2026").exists(), reason="BACKSTORY_DATA is absent")
def test_real_feeds_come_out_plain() -> None:
    count = 0
    for row in read(DATA / "rss-2026/articles.jsonl.gz"):
        assert isinstance(row, Article), row
        for words in (row.title, row.text):
            assert "<p" not in words
            assert "</" not in words
            assert "&amp;" not in words
            assert "&#" not in words
        count += 1
        if count == 20_000:
            break
    assert count == 20_000
