"""Pages out of WARC files, plain and packed, whole and broken."""

import gzip
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from backstory.cli.problems import line_of
from backstory.collect.jsonl import BadLine
from backstory.collect.warc import BadRecord, Captured, is_warc, pages
from backstory.model.problems import Kind, Report
from backstory.pipeline.exporting import export
from backstory.pipeline.import_files import lines
from backstory.pipeline.importing import take_file
from backstory.store import articles, imports
from backstory.store.database import Store


def archive(file: Path, packed: bool = True) -> Path:
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        body = "<h1>Fähre</h1>".encode()
        for number, (url, kind, status, payload) in enumerate(
            [
                ("https://a.example/1?utm_source=x", "text/html; charset=utf-8", "200 OK", body),
                ("https://a.example/logo.png", "image/png", "200 OK", b"png"),
                ("https://a.example/2", "text/html", "404 Not Found", b"none"),
                ("http://a b/", "text/html", "200 OK", b"x"),
                ("https://a.example/3", "application/xhtml+xml", "200 OK", gzip.compress(body)),
            ]
        ):
            headers = [("Content-Type", kind)]
            if payload[:2] == b"\x1f\x8b":
                headers.append(("Content-Encoding", "gzip"))
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(payload),
                    http_headers=StatusAndHeaders(status, headers, protocol="HTTP/1.1"),
                    warc_headers_dict={"WARC-Date": f"2026-05-12T10:0{number}:00Z"},
                )
            )
    return file


@pytest.mark.parametrize("packed", [True, False])
def test_html_answers_come_out(tmp_path: Path, packed: bool) -> None:
    file = archive(tmp_path / "news.warc", packed)
    assert is_warc(file)
    told: list[int] = []
    found = list(pages(file, told.append))
    captured = [one for one in found if isinstance(one, Captured)]
    assert [(one.number, one.url) for one in captured] == [
        (1, "https://a.example/1"),
        (5, "https://a.example/3"),
    ]
    assert all(one.body == "<h1>Fähre</h1>".encode() for one in captured)
    assert captured[0].content_type == "text/html; charset=utf-8"
    assert captured[0].fetched is not None
    assert captured[0].fetched.iso() == "2026-05-12T10:00:00+00:00"
    (bad,) = [one for one in found if isinstance(one, BadRecord)]
    assert (bad.number, bad.problem.kind is Kind.ADDRESS_HOST) == (4, True)
    assert sum(told) == file.stat().st_size


def test_an_import_goes_on_after_a_record(tmp_path: Path) -> None:
    file = archive(tmp_path / "news.warc.gz")
    assert [one.number for one in pages(file, after=4)] == [5]
    assert list(pages(file, after=5)) == []


def test_a_broken_file_gives_what_it_has_and_one_line(tmp_path: Path) -> None:
    file = archive(tmp_path / "news.warc.gz")
    file.write_bytes(file.read_bytes()[:-60])
    found = list(pages(file))
    assert isinstance(found[0], Captured)
    for content in (b"WARC/1.0\r\nnonsense\r\n\r\n", b"WARC/1.0\r\nbroken", b"WARC/1.0"):
        file.write_bytes(content)
        (bad,) = pages(file)
        assert isinstance(bad, BadRecord), content
        (told,) = lines(str(file), lambda read: None)
        assert isinstance(told, BadLine)
        assert line_of(told) == f"{file}, record 1: no WARC-Type: not a whole record"


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "other"
    for content in (b"", b"{}", gzip.compress(b'{"url": 1}'), b"\x1f\x8bnot gzip"):
        file.write_bytes(content)
        assert not is_warc(file)
    with pytest.raises(FileNotFoundError):
        list(pages(tmp_path / "nothing.warc"))


BODY = "<h1>Fähre</h1>".encode()
CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


def write(file: Path, records: list[tuple[str, list[tuple[str, str]], bytes]]) -> Path:
    """As CC-NEWS has it: a warcinfo record, and a request beside each response."""
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        writer.write_record(writer.create_warcinfo_record(file.name, {"software": "news"}))
        for url, given, payload in records:
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "a")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
            said = StatusAndHeaders("200 OK", given, protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(payload), http_headers=said
                )
            )
    return file


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ([("Content-Encoding", "gzip")], BODY),  # unpacked by the crawler, and still called packed
        ([("Content-Encoding", "br")], BODY),
        ([("Content-Encoding", "gzip")], gzip.compress(BODY, mtime=0)),
        ([("Transfer-Encoding", "chunked")], BODY),
        ([("Transfer-Encoding", "chunked")], CHUNKED),
        ([("Content-Length", "3")], BODY),
    ],
)
def test_headers_that_no_longer_fit_the_body(
    tmp_path: Path, headers: list[tuple[str, str]], payload: bytes
) -> None:
    given = [("Content-Type", "TEXT/HTML"), *headers]
    file = write(tmp_path / "a.warc.gz", [("<https://a.example/1>", given, payload)])
    (found,) = pages(file)
    assert isinstance(found, Captured)
    assert (found.url, found.body) == ("https://a.example/1", BODY)


def test_a_file_that_was_packed_as_a_whole_is_read_too(tmp_path: Path) -> None:
    file = archive(tmp_path / "news.warc.gz")
    whole = tmp_path / "whole.warc.gz"
    whole.write_bytes(gzip.compress(gzip.decompress(file.read_bytes())))
    assert next(pages(whole)) == next(pages(file))


def many(file: Path, count: int) -> Path:
    """Pages of different articles."""
    html = [("Content-Type", "text/html; charset=utf-8")]
    records = []
    for number in range(count):
        text = f"Report {number} of the ferry that struck pier {number} in harbour {number}. " * 8
        page = f"<html><title>Ferry {number} hits a pier</title><article><h1>Ferry {number} hits "
        page += f"a pier</h1><p>{text}</p></article></html>"
        records.append((f"https://a.example/{number}", html, page.encode()))
    return write(file, records)


def test_an_import_that_was_killed_goes_on_behind_its_last_record(tmp_path: Path) -> None:
    file = many(tmp_path / "news.warc.gz", 60)
    url = f"sqlite:///{tmp_path / 'killed.db'}"
    store = Store(url)
    command = [sys.executable, "-m", "backstory", "import", str(file), "--store", url]
    process = subprocess.Popen(
        [*command, "--batch", "10"], stderr=subprocess.DEVNULL, start_new_session=True
    )
    taken = 0
    while not 10 <= taken < 60 and process.poll() is None:
        with store.read() as connection:
            taken = articles.count(connection)
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    told: list[BadLine | Report] = []
    given = lines(str(file), lambda read: None)
    counts = take_file(store, given, told.append)
    assert 10 <= given.after <= 121
    assert told[0].problem.kind is Kind.RESUMED
    assert counts.known == 0  # nothing was read that was in already
    whole = Store(f"sqlite:///{tmp_path / 'whole.db'}")
    assert take_file(whole, lines(str(file), lambda read: None), told.append).new == 60
    assert list(export(store)) == list(export(whole))
    with store.read() as connection:
        assert imports.last_record(connection, given.file or "") == 0
    store.close()
    whole.close()


def test_a_record_without_a_target_leaves_what_came_before_it(tmp_path: Path) -> None:
    file = archive(tmp_path / "news.warc", packed=False)
    whole = file.read_bytes()
    last = whole.rindex(b"WARC-Target-URI: ")
    file.write_bytes(whole[:last] + b"WARC-Tar" + whole[last + len(b"WARC-Target-URI: ") :])
    found = list(pages(file))
    assert [one.url for one in found if isinstance(one, Captured)] == ["https://a.example/1"]
    bad = [one for one in found if isinstance(one, BadRecord)]
    assert bad and bad[-1].problem.kind is Kind.BROKEN_FILE
