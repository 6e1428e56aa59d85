"""Where the feeds are: each list's address with ``.atom``, ``.rss`` or ``.json`` behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Query as InQuery

from backstory.serve.asking import Address, a_query, view_code
from backstory.serve.countries import WORLD, country_name
from backstory.serve.feeds import (
    Entry,
    Feed,
    article_entry,
    atom,
    event_entry,
    json_feed,
    rss,
    story_entry,
)
from backstory.values import Query

if TYPE_CHECKING:
    from backstory.archive import Archive

Text = str | None
ENTRIES = 30
FORMATS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": ("application/atom+xml; charset=utf-8", atom),
    "rss": ("application/rss+xml; charset=utf-8", rss),
    "json": ("application/feed+json", json_feed),
}


def outlet_router(archive: Archive, address: Address) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    for kind in FORMATS:
        _add(router, archive, address, kind)
    return router


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


def _add(router: APIRouter, archive: Archive, address: Address, kind: str) -> None:
    media_type, write = FORMATS[kind]

    def answer(request: Request, title: str, entries: Iterable[Entry]) -> Response:
        base, path = address.of(request), request.url.path
        asked = f"?{request.url.query}" if request.url.query else ""
        page = path.removesuffix(f".{kind}")
        feed = Feed(
            name=page.rstrip("/") + asked,
            title=title,
            address=base + page + asked,
            own_address=base + path + asked,
            entries=tuple(entries),
        )
        body = write(feed)
        # Weak: the bytes on the way may be compressed.
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
        headers = {
            "ETag": tag,
            "Last-Modified": format_datetime(feed.updated.astimezone(UTC), usegmt=True),
            "Cache-Control": "max-age=60",
        }
        if unchanged(request, tag, feed.updated):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=media_type, headers=headers)

    @router.get(f"/story/{{story_id}}.{kind}")
    def story(request: Request, story_id: str) -> Response:
        found = archive.story(story_id)
        if found is None:
            raise HTTPException(404, "There is no story of this name here.")
        base = address.of(request)
        rows = sorted(found.articles, key=lambda row: row.order, reverse=True)
        return answer(request, found.card.headline, [article_entry(row, base) for row in rows])

    @router.get(f"/topic/{{topic_id}}.{kind}")
    def topic(request: Request, topic_id: str) -> Response:
        found = archive.topic(topic_id)
        if found is None:
            raise HTTPException(404, "There is no topic of this name here.")
        base = address.of(request)
        events = [event_entry(event, base) for event in found.events[:ENTRIES]]
        return answer(request, found.card.name, events)

    @router.get(f"/source/{{domain}}.{kind}")
    def source(request: Request, domain: str) -> Response:
        found = archive.source(domain)
        if found is None:
            raise HTTPException(404, "There is no publisher of this domain here.")
        base = address.of(request)
        rows = archive.articles(Query(source=found.domain), limit=ENTRIES).results
        return answer(request, found.name, [article_entry(row, base) for row in rows])

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
    ) -> Response:
        code = view_code(country)
        query = a_query(code, q, date_from, date_to, sort, source, tag or ())
        base = address.of(request)
        rows = archive.articles(query, limit=ENTRIES).results
        title = f"Search: {query.text}" if query.text else f"Search · {_name(code)}"
        return answer(request, title, [article_entry(row, base) for row in rows])

    @router.get(f"/{{country}}/tag/{{slug}}.{kind}")
    def tagged(request: Request, country: str, slug: str) -> Response:
        code = view_code(country)
        found = archive.tag(slug, code)
        if found is None:
            raise HTTPException(404, "There is no such tag here.")
        base = address.of(request)
        query = Query(edition=code, tags=(found.tag.slug,))
        cards = archive.latest_stories(query, limit=ENTRIES).results
        title = f"{found.tag.name} · {_name(code)}"
        return answer(request, title, [story_entry(card, base) for card in cards])

    @router.get(f"/{{country}}/latest.{kind}")
    def latest(request: Request, country: str) -> Response:
        code = view_code(country)
        base = address.of(request)
        cards = archive.latest_stories(Query(edition=code), limit=ENTRIES).results
        title = f"Latest · {_name(code)}"
        return answer(request, title, [story_entry(card, base) for card in cards])

    @router.get(f"/{{country}}/.{kind}")
    @router.get(f"/{{country}}.{kind}")
    def trending(request: Request, country: str) -> Response:
        code = view_code(country)
        base = address.of(request)
        cards = archive.stories(code, limit=ENTRIES).results
        title = f"Trending · {_name(code)}"
        return answer(request, title, [story_entry(card, base) for card in cards])


def _name(code: str | None) -> str:
    return country_name(code) if code else WORLD.capitalize()
