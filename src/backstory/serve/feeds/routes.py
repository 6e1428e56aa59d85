"""Where the feeds are: each list's address with ``.atom``, ``.rss`` or ``.json`` behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Literal, TypeVar
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Query as InQuery
from fastapi.responses import RedirectResponse
from starlette.convertors import StringConvertor, register_url_convertor

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
from backstory.serve.http.conditional import conditional
from backstory.serve.http.parameters import SearchParameters, at_mark, end_of_day, view_code
from backstory.serve.site import site_of

T = TypeVar("T")
Kind = Literal["atom", "rss", "json"]
Mark = str | None
At = str | None
ENTRIES = 30  # on one page of a feed
FORMATS: dict[Kind, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "json": ("application/feed+json", json_feed),
}


class _Format(StringConvertor):
    regex = "|".join(FORMATS)


register_url_convertor("format", _Format())
router = APIRouter(include_in_schema=False)


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


def _written(
    request: Request,
    kind: Kind,
    title: str,
    entries: Iterable[Entry],
    page: Page[T],
    within: str | None = None,
) -> Response:
    """One page of a feed; ``within``: what entries' identifiers are made from (see ``Feed``)."""
    site = site_of(request)
    media_type, write = FORMATS[kind]
    base, path = site.address.of(request), quote(request.url.path, safe="/@:+~!$&'()*,;=")
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
    paged = page.next is not None or page.previous is not None
    feed = Feed(
        name=of_page.rstrip("/") + here,
        title=title,
        address=base + of_page + here,
        own_address=with_mark(request.query_params.get("mark")),
        entries=tuple(entries),
        within=within,
        first=with_mark(None) if paged else None,
        next=with_mark(page.next) if page.next else None,
        previous=with_mark(page.previous) if page.previous is not None else None,
    )
    return conditional(request, site.changes, write(feed), media_type)


def _moved(request: Request, path: str, kind: Kind) -> Response:
    """A merged story or topic answers as the one that took it in, whose feed this is now."""
    return RedirectResponse(f"{site_of(request).address.of(request)}{path}.{kind}", 301)


def _name(code: str | None) -> str:
    return country_name(code) if code else WORLD.capitalize()


@router.get("/story/{story_id}.{kind:format}")
def story(request: Request, story_id: str, kind: Kind, mark: Mark = None) -> Response:
    site = site_of(request)
    found = site.archive.story(story_id)
    if found is None:
        raise HTTPException(404, "This story is not in this archive.")
    if found.card.id != story_id:
        return _moved(request, f"/story/{quote(found.card.id, safe='')}", kind)
    base = site.address.of(request)
    rows = sorted(found.articles, key=lambda row: row.order, reverse=True)
    page = at_mark(lambda mark: sliced(rows, lambda row: row.guid, mark), mark)
    entries = [article_entry(row, base) for row in page.results]
    return _written(request, kind, found.card.headline, entries, page)


@router.get("/topic/{topic_id}.{kind:format}")
def topic(request: Request, topic_id: str, kind: Kind, mark: Mark = None) -> Response:
    site = site_of(request)
    found = site.archive.topic(topic_id)
    if found is None:
        raise HTTPException(404, "This topic is not in this archive.")
    if found.card.id != topic_id:
        return _moved(request, f"/topic/{quote(found.card.id, safe='')}", kind)
    base = site.address.of(request)
    events = list({event.story: event for event in found.events}.values())
    page = at_mark(lambda mark: sliced(events, lambda event: event.story, mark), mark)
    entries = [event_entry(event, base, found.told_as.get(event.story)) for event in page.results]
    return _written(request, kind, found.card.name, entries, page, within="topic")


@router.get("/source/{domain}.{kind:format}")
def publisher(request: Request, domain: str, kind: Kind, mark: Mark = None) -> Response:
    site = site_of(request)
    found = site.archive.source(domain)
    if found is None:
        raise HTTPException(404, "This archive has no publisher with this domain.")
    base = site.address.of(request)
    query = Query(source=found.domain)
    page = at_mark(lambda mark: site.archive.articles(query, ENTRIES, mark), mark)
    entries = [article_entry(row, base) for row in page.results]
    return _written(request, kind, found.name, entries, page)


@router.get("/{country}/search.{kind:format}")
def search(
    request: Request, country: str, kind: Kind, given: Annotated[SearchParameters, InQuery()]
) -> Response:
    site = site_of(request)
    code = view_code(country)
    query = given.query(code)
    base = site.address.of(request)
    page = at_mark(lambda mark: site.archive.articles(query, ENTRIES, mark), given.mark)
    title = f"Search: {query.text}" if query.text else f"Search · {_name(code)}"
    entries = [article_entry(row, base) for row in page.results]
    return _written(request, kind, title, entries, page)


@router.get("/{country}/tag/{slug}.{kind:format}")
def tag(request: Request, country: str, slug: str, kind: Kind, mark: Mark = None) -> Response:
    site = site_of(request)
    code = view_code(country)
    found = site.archive.tag(slug, code)
    if found is None:
        raise HTTPException(404, "This tag is not in this archive.")
    base = site.address.of(request)
    query = Query(edition=code, tags=(found.tag.slug,))
    page = at_mark(lambda mark: site.archive.latest_stories(query, ENTRIES, mark), mark)
    title = f"{found.tag.name} · {_name(code)}"
    entries = [story_entry(card, base) for card in page.results]
    return _written(request, kind, title, entries, page)


@router.get("/{country}/latest.{kind:format}")
def latest(
    request: Request, country: str, kind: Kind, mark: Mark = None, at: At = None
) -> Response:
    site = site_of(request)
    code = view_code(country)
    base = site.address.of(request)
    query, until = Query(edition=code), end_of_day(at)
    page = at_mark(lambda mark: site.archive.latest_stories(query, ENTRIES, mark, until), mark)
    entries = [story_entry(card, base) for card in page.results]
    return _written(request, kind, f"Latest · {_name(code)}", entries, page)


@router.get("/{country}/.{kind:format}")
@router.get("/{country}.{kind:format}")
def trending(
    request: Request, country: str, kind: Kind, mark: Mark = None, at: At = None
) -> Response:
    site = site_of(request)
    code = view_code(country)
    base = site.address.of(request)
    until = end_of_day(at)
    page = at_mark(
        lambda mark: site.archive.stories(code, limit=ENTRIES, mark=mark, at=until), mark
    )
    entries = [story_entry(card, base) for card in page.results]
    return _written(request, kind, f"Trending · {_name(code)}", entries, page)
