"""What a request asks for, read from its address: countries, dates, order, queries.

What cannot be understood raises ``HTTPException`` with one plain sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from inspect import signature
from typing import TypeVar
from urllib.parse import urlencode

from fastapi import HTTPException, Request
from pydantic import BaseModel, ConfigDict

from backstory.model.views import Query
from backstory.serve.countries import WORLD, country_code
from backstory.serve.formatting import clean, search_words
from backstory.serve.language import gettext as _

T = TypeVar("T")
FIRST_DAY, LAST_DAY = date(1000, 1, 1), date(9000, 1, 1)
ORDERS = ("-publish_date", "publish_date")


@dataclass(frozen=True, slots=True)
class Address:
    """Where this instance is reached: the given base, else what the request names."""

    base_url: str | None

    def of(self, request: Request) -> str:
        return (self.base_url or str(request.base_url)).rstrip("/")


def known_country(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise HTTPException(
            404, _("“%(code)s” is not an ISO 3166-1 country code.") % {"code": clean(text)[:40]}
        )
    return code


def country_or_world(text: str) -> str | None:
    """The country that a request to the API names, or None for the world."""
    return None if text.lower() == WORLD else known_country(text)


def view_code(text: str) -> str | None:
    """The country that a page's address names, or None for the world."""
    if text.lower() == WORLD:
        return None
    if len(text) > 3:
        # No code is that long: somebody asks for another page.
        raise HTTPException(404, _("There is nothing at this address."))
    return known_country(text)


def parse_day(text: str | None, name: str) -> date | None:
    if not text or not text.strip():
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise HTTPException(400, _("%(name)s must be a date such as 2026-05-12.") % {"name": name})
    try:
        # Far days ("9999-12-31" for no end) come so near that others can be counted from them.
        return min(max(date.fromisoformat(text.strip()), FIRST_DAY), LAST_DAY)
    except ValueError:
        raise HTTPException(400, _("%(name)s is not a real date.") % {"name": name}) from None


def end_of_day(text: str | None) -> datetime | None:
    """The last moment of a past day, as a list of that day sees the world."""
    day = parse_day(text, "at")
    return None if day is None else datetime.combine(day, time(23, 59, 59), UTC)


def refuse_past(request: Request) -> None:
    """A past day that is asked of a handler which knows the present alone is refused: readers
    would take what came later for what was known that day."""
    asked = request.query_params.get("at")
    if asked and "at" not in signature(request.scope["endpoint"]).parameters:
        raise HTTPException(400, _("This address has no past days; leave out “at”."))


async def no_unheeded_past(request: Request) -> None:
    """The same for all handlers of a router."""
    refuse_past(request)


def is_day(text: str) -> bool:
    try:
        return parse_day(text, "") is not None
    except HTTPException:
        return False


def parse_order(text: str | None) -> bool:
    """Whether the oldest come first."""
    if not text or not text.strip():
        return False
    if text.strip() not in ORDERS:
        raise HTTPException(400, _("sort must be -publish_date or publish_date."))
    return text.strip() == "publish_date"


def parse_publisher(text: str | None) -> str | None:
    """A publisher's domain, however much of an address was typed around it."""
    if not text or not text.strip():
        return None
    host = re.sub(r"^[a-z]+://", "", clean(text).strip().lower()).split("/")[0]
    return host.removeprefix("www.") or None


def parse_query(
    edition: str | None,
    q: str | None = None,
    date_from: str | None = None,
    date_to: str | None = None,
    sort: str | None = None,
    source: str | None = None,
    tags: Iterable[str] = (),
) -> Query:
    first, last = parse_day(date_from, "date_from"), parse_day(date_to, "date_to")
    if first and last and first > last:
        raise HTTPException(400, _("date_from is after date_to."))
    return Query(
        edition=edition,
        text=search_words(q or "")[:400] or None,
        date_from=first,
        date_to=last,
        tags=tuple(dict.fromkeys(clean(tag) for tag in tags if tag)),
        source=parse_publisher(source),
        oldest_first=parse_order(sort),
    )


class SearchParameters(BaseModel):
    """What a search is asked with, as it stands in an address; nothing of it is understood yet."""

    model_config = ConfigDict(frozen=True)

    q: str | None = None
    date_from: str | None = None
    date_to: str | None = None
    sort: str | None = None
    source: str | None = None
    tag: list[str] = []
    mark: str | None = None

    def query(self, edition: str | None) -> Query:
        return parse_query(
            edition, self.q, self.date_from, self.date_to, self.sort, self.source, self.tag
        )


def at_mark(answer: Callable[[str | None], T], mark: str | None) -> T:
    """The page at a mark; a mark that the archive did not make is the asker's mistake."""
    if not mark:
        return answer(None)
    try:
        return answer(mark)
    except (ValueError, OverflowError):
        raise HTTPException(
            400, _("This page link is not valid; start again from the first page.")
        ) from None


def with_mark(path: str, parameters: Mapping[str, object], mark: str | None) -> str | None:
    """The address of the page that the mark names; empty parameters are left out."""
    if mark is None:
        return None
    kept = {name: value for name, value in parameters.items() if value and name != "mark"}
    return f"{path}?{urlencode({**kept, 'mark': mark}, doseq=True)}"
