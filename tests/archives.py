"""Small archives that tests make up."""

from __future__ import annotations

from pathlib import Path

import orjson


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
