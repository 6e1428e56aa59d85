"""What full-text search is told of articles, and asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchRow:
    """What search knows of an article: its words, and what a list is ordered and cut by."""

    seq: int
    words: str
    ordered: int
    country: str | None
    domain: str


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """``match``: words that must all be there; times are seconds since 1970, inclusive."""

    match: Sequence[str]
    ordered_from: int | None = None
    ordered_to: int | None = None
    country: str | None = None
    domain: str | None = None
    oldest_first: bool = False
    after: tuple[int, int] | None = None  # (ordered, seq) that the list goes on behind
