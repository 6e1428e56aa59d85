"""Where the tests find real data, and small archives that they make of it."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson
import pytest

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("BACKSTORY_DATA", ROOT.parent / "shared" / "data"))


def real(name: str) -> Path:
    """A file of real data; the test is skipped where it is absent (in CI it must be there)."""
    path = DATA / name
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} must be there in CI; set BACKSTORY_DATA")
        pytest.skip(f"no {path}; set BACKSTORY_DATA to the folder of evaluation data")
    return path


def head(name: str, count: int, target: Path) -> Path:
    """The first lines of a gzipped file of real data, as a plain file."""
    with gzip.open(real(name), "rb") as file:
        target.write_bytes(b"".join(islice(file, count)))
    return target


def every(name: str, step: int) -> Iterator[bytes]:
    with gzip.open(real(name), "rb") as file:
        yield from islice(file, 0, None, step)


def made(
    count: int,
    target: Path,
    *,
    per_day: float = 600.0,
    texts: bool = True,
    guids: str = "made",
) -> Path:
    """A file of made-up articles, with the statistics of real news; without ``texts`` headlines
    alone. ``guids``: what their guids begin with."""
    from benchmarks.archive import articles

    with target.open("wb") as file:
        for number, row in enumerate(articles(count, per_day=per_day, texts=texts), 1):
            row["guid"] = f"{guids}-{number}"
            file.write(orjson.dumps(row) + b"\n")
    return target
