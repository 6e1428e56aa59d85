"""Trending: the stories of a span of days by rank, as of any moment."""

from __future__ import annotations

from datetime import UTC, datetime

from backstory.archive.lists import BadMark


def read_mark(mark: str | None) -> tuple[datetime | None, int]:
    """The moment that the list is of, and where in it the page starts."""
    if mark is None:
        return None, 0
    try:
        at, start = map(int, mark.split("."))
        return datetime.fromtimestamp(at, UTC), max(0, start)
    except (ValueError, OverflowError, OSError):
        raise BadMark(f"not a mark of a list: {mark[:40]!r}") from None


def mark(at: datetime, start: int) -> str:
    return f"{int(at.timestamp())}.{start}"
