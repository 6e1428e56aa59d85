"""Where the feeds are: each list's address with ``.atom``, ``.rss`` or ``.json`` behind it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Query as InQuery
from fastapi.responses import RedirectResponse

from backstory.model.views import Page, Query
from backstory.serve.countries import WORLD, country_name
from backstory.serve.feeds.formats import (
    Entry,
    Feed,
    article_entry,
    atom,
    event_entry,
    json_feed,
    rss,
    story_entry,
)
from backstory.serve.http.parameters import Address, a_query, at_mark, view_code

if TYPE_CHECKING:
    from backstory.archive import Archive

T = TypeVar("T")
Text = str | None
ENTRIES = 30  # on one page of a feed
REMEMBERED = 20_000  # feeds whose last change is known
FORMATS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "json": ("application/feed+json", json_feed),
}


def outlet_router(
    archive: Archive, address: Address, clock: Callable[[], datetime] | None = None
) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    changes = Changes(clock or (lambda: datetime.now(UTC)))
    for kind in FORMATS:
        _add(router, archive, address, changes, kind)
    return router


class Changes:
    """When the answer at each address last changed, as far as this process saw.

    No date inside a list says that: an article that comes late changes it and is old.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, address: str, tag: str) -> datetime:
        """The time, in whole seconds, from which the answer at ``address`` has this tag."""
        with self._lock:
            last, since = self._known.get(address, ("", None))
            if last != tag or since is None:
                now = self._clock().replace(microsecond=0)
                # Two answers never share a second, or the later one would count as known.
                since = now if since is None or now > since else since + timedelta(seconds=1)
                self._known[address] = (tag, since)
            self._known.move_to_end(address)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return since


def unchanged(request: Request, tag: str, updated: datetime) -> bool:
    """Whether the asker has this already (RFC 9110, sections 13.1.2 and 13.1.3)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        marks = {mark.strip().removeprefix("W/") for mark in known.split(",")}
        return "*" in marks or tag.removeprefix("W/") in marks
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        at = parsedate_to_datetime(since)
    except ValueError:
        return False
    return updated.replace(microsecond=0) <= (at if at.tzinfo else at.replace(tzinfo=UTC))


def conditional(request: Request, changes: Changes, body: bytes, media_type: str) -> Response:
    """The answer, or 304 where the asker has it."""
    # Weak: the bytes on the way may be compressed.
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    changed = changes.at(str(request.url), tag)
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": "max-age=60",
    }
    if unchanged(request, tag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def sliced(some: Sequence[T], name: Callable[[T], str], mark: str | None) -> Page[T]:
    """A page of a list that is known whole; marks name what stands last before the page.

    ValueError: a mark that names nothing of the list.
    """
    names = [name(one) for one in some]
    start = names.index(mark) + 1 if mark else 0
    end = start + ENTRIES
    before = start - ENTRIES
    return Page(
        tuple(some[start:end]),
        names[end - 1] if end < len(some) else None,
        (names[before - 1] if before > 0 else "") if start else None,
    )


def _add(
    router: APIRouter, archive: Archive, address: Address, changes: Changes, kind: str
) -> None:
    media_type, write = FORMATS[kind]

    def answer(
        request: Request,
        title: str,
        entries: Iterable[Entry],
        page: Page[T] | None = None,
        within: str | None = None,
    ) -> Response:
        base, path = address.of(request), quote(request.url.path, safe="/@:+~!$&'()*,;=")
        asked = [
            (name, value)
            for name, value in request.query_params.multi_items()
            if value and name != "mark"
        ]
        own = base + path

        def with_mark(mark: str | None) -> str:
            query = urlencode([*asked, ("mark", mark)] if mark else asked)
            return f"{own}?{query}" if query else own

        here = f"?{urlencode(asked)}" if asked else ""
        of_page = path.removesuffix(f".{kind}")
        paged = page is not None and (page.next is not None or page.previous is not None)
        feed = Feed(
            name=of_page.rstrip("/") + here,
            title=title,
            address=base + of_page + here,
            own_address=with_mark(request.query_params.get("mark")),
            entries=tuple(entries),
            within=within,
            first=with_mark(None) if paged else None,
            next=with_mark(page.next) if page and page.next else None,
            previous=with_mark(page.previous) if page and page.previous is not None else None,
        )
        return conditional(request, changes, write(feed), media_type)

    def leads_to(request: Request, path: str) -> Response:
        """A merged story or topic answers as the one that took it in, whose feed this is now."""
        return RedirectResponse(f"{address.of(request)}{path}.{kind}", 301)

    @router.get(f"/story/{{story_id}}.{kind}")
    def story(request: Request, story_id: str, mark: Text = None) -> Response:
        found = archive.story(story_id)
        if found is None:
            raise HTTPException(404, "There is no story of this name here.")
        if found.card.id != story_id:
            return leads_to(request, f"/story/{quote(found.card.id, safe='')}")
        base = address.of(request)
        rows = sorted(found.articles, key=lambda row: row.order, reverse=True)
        page = at_mark(lambda mark: sliced(rows, lambda row: row.guid, mark), mark)
        entries = [article_entry(row, base) for row in page.results]
        return answer(request, found.card.headline, entries, page)

    @router.get(f"/topic/{{topic_id}}.{kind}")
    def topic(request: Request, topic_id: str, mark: Text = None) -> Response:
        found = archive.topic(topic_id)
        if found is None:
            raise HTTPException(404, "There is no topic of this name here.")
        if found.card.id != topic_id:
            return leads_to(request, f"/topic/{quote(found.card.id, safe='')}")
        base = address.of(request)
        events = list({event.story: event for event in found.events}.values())
        page = at_mark(lambda mark: sliced(events, lambda event: event.story, mark), mark)
        entries = [
            event_entry(event, base, found.told_as.get(event.story)) for event in page.results
        ]
        return answer(request, found.card.name, entries, page, within="topic")

    @router.get(f"/source/{{domain}}.{kind}")
    def source(request: Request, domain: str, mark: Text = None) -> Response:
        found = archive.source(domain)
        if found is None:
            raise HTTPException(404, "There is no publisher of this domain here.")
        base = address.of(request)
        query = Query(source=found.domain)
        page = at_mark(lambda mark: archive.articles(query, ENTRIES, mark), mark)
        return answer(request, found.name, [article_entry(row, base) for row in page.results], page)

    @router.get(f"/{{country}}/search.{kind}")
    def search(
        request: Request,
        country: str,
        q: Text = None,
        date_from: Text = None,
        date_to: Text = None,
        sort: Text = None,
        source: Text = None,
        tag: Annotated[list[str] | None, InQuery()] = None,
        mark: Text = None,
    ) -> Response:
        code = view_code(country)
        query = a_query(code, q, date_from, date_to, sort, source, tag or ())
        base = address.of(request)
        page = at_mark(lambda mark: archive.articles(query, ENTRIES, mark), mark)
        title = f"Search: {query.text}" if query.text else f"Search · {_name(code)}"
        return answer(request, title, [article_entry(row, base) for row in page.results], page)

    @router.get(f"/{{country}}/tag/{{slug}}.{kind}")
    def tagged(request: Request, country: str, slug: str, mark: Text = None) -> Response:
        code = view_code(country)
        found = archive.tag(slug, code)
        if found is None:
            raise HTTPException(404, "There is no such tag here.")
        base = address.of(request)
        query = Query(edition=code, tags=(found.tag.slug,))
        page = at_mark(lambda mark: archive.latest_stories(query, ENTRIES, mark), mark)
        title = f"{found.tag.name} · {_name(code)}"
        return answer(request, title, [story_entry(card, base) for card in page.results], page)

    @router.get(f"/{{country}}/latest.{kind}")
    def latest(request: Request, country: str, mark: Text = None) -> Response:
        code = view_code(country)
        base = address.of(request)
        query = Query(edition=code)
        page = at_mark(lambda mark: archive.latest_stories(query, ENTRIES, mark), mark)
        title = f"Latest · {_name(code)}"
        return answer(request, title, [story_entry(card, base) for card in page.results], page)

    @router.get(f"/{{country}}/.{kind}")
    @router.get(f"/{{country}}.{kind}")
    def trending(request: Request, country: str, mark: Text = None) -> Response:
        code = view_code(country)
        base = address.of(request)
        page = at_mark(lambda mark: archive.stories(code, limit=ENTRIES, mark=mark), mark)
        title = f"Trending · {_name(code)}"
        return answer(request, title, [story_entry(card, base) for card in page.results], page)


def _name(code: str | None) -> str:
    return country_name(code) if code else WORLD.capitalize()
