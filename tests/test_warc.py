"""Pages out of WARC files, plain and packed, whole and broken."""

import gzip
import io
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from backstory.collect.warc import BadRecord, Captured, is_warc, pages


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
    assert (bad.number, "no host name" in bad.reason) == (4, True)
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
    file.write_bytes(b"WARC/1.0\r\nnonsense\r\n\r\n")
    assert all(isinstance(one, BadRecord) for one in pages(file))


def test_other_files_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "other"
    for content in (b"", b"{}", gzip.compress(b'{"url": 1}'), b"\x1f\x8bnot gzip"):
        file.write_bytes(content)
        assert not is_warc(file)
    with pytest.raises(FileNotFoundError):
        list(pages(tmp_path / "nothing.warc"))
