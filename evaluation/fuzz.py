"""Throw broken bytes at everything that reads from outside, and name whatever escapes.

    python -m evaluation.fuzz --seconds 3600 --keep found

Inputs are mutations of the cases in ``tests/cases``, by a seed, so that what was found once is
found again. What a reader may do is answer or raise a ``BackstoryError``; all else is an escape, as
is an answer that takes longer than ``PATIENCE``.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from backstory.collect.feeds import discover_feeds, parse_feed
from backstory.collect.jsonl import read as read_lines
from backstory.collect.opml import read as read_opml
from backstory.extract.page import examine, read_page
from backstory.model.errors import BackstoryError
from backstory.web import headers
from backstory.web.addresses import Address, fetchable
from backstory.web.robots import for_us

PATIENCE = 10.0  # seconds, as of the workers
LARGEST = 200_000  # bytes
CASES = Path(__file__).resolve().parents[1] / "tests" / "cases"
_SEEDS = (
    b'<urlset xmlns:n="n"><url><loc>http://a.b/c</loc><n:news><n:title>T</n:title>'
    b"<n:publication_date>2026-01-01</n:publication_date></n:news></url></urlset>",
    b'<opml><body><outline text="a"><outline xmlUrl="http://a:b@c/f" type="rss"/></outline></body>',
    b'{"url": "http://a.b/1", "title": "T", "html": "<p>x</p>", "published": "2026-01-01"}\n',
    b"User-agent: *\nDisallow: /a\nCrawl-delay: 2\n",
)
_PIECES = (
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&#x110000;", b"&#55357;", b"\xed\xa0\xbd", b"\x00",
    b"\xff\xfe", b"1e999", b"NaN", b"\xc2\xb2", b"\xd9\xa3", b"9" * 400, b"http://[", b"//[",
    b"http://a:99999/", b"<title>", b"</", b"\xef\xbf\xbe", b"0001-01-01T00:00:00+23:59",
    b"9999-12-31T23:59:59-23:59", b"Mon, 99 Foo 20266 99:99:99 +9999", b"[[[[", b"null", b"%",
    b"<base href='http://['>", b"rel=canonical", b"charset=idna", b"\\ud800", b"\xf0\x9f\x98",
)  # fmt: skip
_TYPES = (
    "application/rss+xml", "text/html; charset=hex", "application/json", "a/b; charset=undefined",
    "text/html; charset=utf-16", None, "application/xml; charset=idna",
)  # fmt: skip


@dataclass
class Found:
    """``escapes``: what escaped from which reader, with an input that does it."""

    inputs: int = 0
    escapes: Counter[str] = field(default_factory=Counter)
    examples: dict[str, bytes] = field(default_factory=dict)


class _Late(BaseException):
    """A reader that took too long."""


def corpus() -> list[bytes]:
    files = sorted(path for path in CASES.rglob("*") if path.is_file())
    return [*_SEEDS, *(body for path in files if len(body := path.read_bytes()) < 60_000)]


def mutated(body: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    made = bytearray(body)
    for _ in range(chance.randint(1, 12)):
        kind, place = chance.random(), chance.randrange(len(made) + 1)
        if kind < 0.3:
            made[place:place] = chance.choice(_PIECES) * chance.choice([1, 1, 1, 3, 200])
        elif kind < 0.5:
            del made[place : place + chance.randint(1, 60)]
        elif kind < 0.7 and place < len(made):
            made[place] = chance.randrange(256)
        elif kind < 0.9:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            made[place:place] = other[start : start + chance.randint(1, 300)]
        else:
            end = place + chance.randint(1, 200)
            made[place:end] = bytes(made[place:end]) * chance.choice([1, 2, 50])
    return bytes(made[:LARGEST])


def _addresses(body: bytes, _: str | None) -> object:
    text = body[:300].decode("latin-1")
    return fetchable(text, "http://a.b/"), Address.of(text)


def _headers(body: bytes, _: str | None) -> object:
    text = body[:500].decode("latin-1")
    given = dict.fromkeys(("retry-after", "link", "cache-control", "content-encoding"), text)
    return (
        headers.retry_after(given), headers.links(given), headers.max_age(given),
        headers.encodings(given), headers.media_type(text), for_us(text, "Backstory/1"),
    )  # fmt: skip


def _lines(body: bytes, _: str | None) -> object:
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(body)
        file.flush()
        return list(read_lines(file.name, read_page=read_page))


READERS: dict[str, Callable[[bytes, str | None], object]] = {
    "feed": lambda body, kind: parse_feed(body, "http://a.b/feed", kind),
    "page": lambda body, kind: examine(body, "http://a.b/page", kind),
    "links to feeds": lambda body, _: discover_feeds(body, "http://a.b/"),
    "opml": lambda body, _: read_opml(body),
    "jsonl": _lines,
    "address": _addresses,
    "headers": _headers,
}


def fuzz(seed: int, seconds: float = 0.0, inputs: int = 0) -> Found:
    """So many inputs, or as many as fit into some seconds."""
    chance, bodies, found = random.Random(seed), corpus(), Found()
    end = time.monotonic() + seconds
    previous = signal.signal(signal.SIGALRM, _late)
    try:
        while found.inputs < inputs or (not inputs and time.monotonic() < end):
            found.inputs += 1
            body, kind = mutated(chance.choice(bodies), chance, bodies), chance.choice(_TYPES)
            for name, read in READERS.items():
                escaped = _escape(read, body, kind)
                if escaped is not None:
                    found.escapes[f"{name}: {escaped}"] += 1
                    found.examples.setdefault(f"{name}: {escaped}", body)
    finally:
        signal.signal(signal.SIGALRM, previous)
    return found


def _escape(
    read: Callable[[bytes, str | None], object], body: bytes, kind: str | None
) -> str | None:
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        read(body, kind)
    except BackstoryError:
        return None
    except _Late:
        return f"longer than {PATIENCE:g} s"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return None


def _late(number: int, frame: FrameType | None) -> None:
    raise _Late


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m evaluation.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for inputs that escaped")
    given = parser.parse_args()
    found = fuzz(given.seed, given.seconds)
    print(f"{found.inputs:,} inputs, {len(found.escapes)} escapes")
    for number, (what, times) in enumerate(found.escapes.most_common()):
        print(f"{times:6} {what}")
        if given.keep is not None:
            given.keep.mkdir(parents=True, exist_ok=True)
            (given.keep / f"{given.seed}-{number}").write_bytes(found.examples[what])
    return 1 if found.escapes else 0


if __name__ == "__main__":
    sys.exit(main())
