"""Pages of long lists that stay put while news arrives: marks name an article, not a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from backstory.model.errors import unreadable
from backstory.model.problems import Kind
from backstory.model.views import Page, Query, Row
from backstory.store import listings
from backstory.store.database import Store
from backstory.store.listings import Cut, Listed
from backstory.store.search import matching, query_words
from backstory.store.search_values import SearchQuery

Position = tuple[int, int]  # (ordered, seq)
Fetch = Callable[[Position | None, bool, int], list[Listed]]  # behind, oldest first, at most


def read_mark(mark: str | None) -> tuple[bool, Position | None]:
    """Whether the mark asks for the page before, and where it stands."""
    if mark is None:
        return False, None
    try:
        way, ordered, seq = mark.split(".")
        position = (int(ordered), int(seq))
    except ValueError:
        raise unreadable(Kind.NOT_A_MARK, mark=mark[:40]) from None
    if way not in ("a", "b"):
        raise unreadable(Kind.NOT_A_MARK, mark=mark[:40])
    return way == "b", position


def position_of(listed: Listed) -> Position:
    return listed.ordered, listed.seq


def _mark(way: str, position: Position) -> str:
    return f"{way}.{position[0]}.{position[1]}"


def page(
    fetch: Fetch, mark: str | None, limit: int, oldest_first: bool
) -> tuple[list[Listed], str | None, str | None]:
    """One page of a list, and the marks of the next and the previous one."""
    backwards, position = read_mark(mark)
    found = fetch(position, oldest_first != backwards, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return [], None, None
    onward = more if not backwards else True
    back = more if backwards else position is not None
    return (
        found,
        _mark("a", position_of(found[-1])) if onward else None,
        _mark("b", position_of(found[0])) if back else None,
    )


def seconds(day: date, *, end: bool = False) -> int:
    """The first second of a day in UTC, or its last."""
    start = datetime.combine(day, time(), UTC)
    return int((start + timedelta(days=1)).timestamp()) - 1 if end else int(start.timestamp())


def cut_of(query: Query, position: Position | None, oldest_first: bool) -> Cut:
    return Cut(
        country=query.edition,
        domain=query.source,
        ordered_from=seconds(query.date_from) if query.date_from else None,
        ordered_to=seconds(query.date_to, end=True) if query.date_to else None,
        tags=query.tags,
        any_tag=query.any_tag,
        oldest_first=oldest_first,
        after=position,
    )


def fetcher(store: Store, query: Query) -> Fetch:
    """How the list that a query asks for is read, a page at a time."""
    words = query_words(query.text) if query.text else []

    def by_words(position: Position | None, oldest_first: bool, limit: int) -> list[Listed]:
        found: list[Listed] = []
        while len(found) < limit:
            seqs = matching(
                store,
                SearchQuery(
                    words,
                    seconds(query.date_from) if query.date_from else None,
                    seconds(query.date_to, end=True) if query.date_to else None,
                    query.edition,
                    query.source,
                    oldest_first,
                    position,
                ),
                limit,
            )
            if not seqs:
                break
            with store.read() as reader:
                rows = listings.listed(reader, seqs)
            in_order = [rows[seq] for seq in seqs]
            found.extend(one for one in in_order if _bears(one.row, query))
            if len(seqs) < limit or not query.tags:
                break
            position = position_of(in_order[-1])
        return found[:limit]

    def by_cut(position: Position | None, oldest_first: bool, limit: int) -> list[Listed]:
        with store.read() as reader:
            return listings.cut_list(reader, cut_of(query, position, oldest_first), limit)

    if query.text and query.text.strip():
        return by_words if words else lambda position, oldest_first, limit: []
    return by_cut


def _bears(row: Row, query: Query) -> bool:
    have = {tag.slug for tag in row.tags}
    return not query.tags or (
        not have.isdisjoint(query.tags) if query.any_tag else have.issuperset(query.tags)
    )


def rows_page(found: tuple[list[Listed], str | None, str | None]) -> Page[Row]:
    listed, onward, back = found
    return Page(tuple(one.row for one in listed), onward, back)
