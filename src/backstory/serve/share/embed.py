"""Timelines for other sites: a page that may be framed, and oEmbed that tells how (oembed.com).

No script, no cookie, no request to anywhere but this instance.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from markupsafe import Markup

from backstory.model.views import Bar, Event
from backstory.serve.http.middleware import POLICY
from backstory.serve.pages.rendering import Shell, View
from backstory.serve.site import site_of

if TYPE_CHECKING:
    from backstory.archive import Archive

LINES = 12  # events that an embedded timeline lists
WIDTH, HEIGHT = 640, 480
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
_EMBEDDED = re.compile(r"/(topic|article)/([^/]+)/?")


def frame(
    base: str, kind: str, name: str, title: str, width: str = "100%", height: int = HEIGHT
) -> Markup:
    """The one line of HTML for another site."""
    return Markup(
        '<iframe src="{}/embed/{}/{}" title="{}" width="{}" height="{}" loading="lazy"'
        ' style="border:0"></iframe>'
    ).format(base, kind, quote(name, safe=""), title, width, height)


router = APIRouter(include_in_schema=False)


def _framed(
    request: Request,
    title: str,
    path: str,
    events: tuple[Event, ...],
    total: int,
    bars: tuple[Bar, ...],
) -> Response:
    site = site_of(request)
    here = next((place for place, event in enumerate(events) if event.here), 0)
    # A long timeline is shown around the article that it is seen from.
    start = max(0, min(here - LINES // 2, len(events) - LINES))
    answer = site.renderer.page(
        request,
        "embed.html",
        Shell(title=title, view=View(None), index=False),
        path=site.address.of(request) + path,
        heading=title,
        shown=events[start : start + LINES],
        total=total,
        bars=bars,
    )
    answer.headers["Content-Security-Policy"] = FRAMED
    return answer


@router.get("/embed/topic/{topic_id}")
def topic(request: Request, topic_id: str) -> Response:
    found = site_of(request).archive.topic(topic_id)
    if found is None:
        raise HTTPException(404, "This topic is not in this archive.")
    path = f"/topic/{quote(found.card.id, safe='')}"
    card = found.card
    return _framed(request, card.name, path, found.events, card.events, found.bars)


@router.get("/embed/article/{guid}")
def article(request: Request, guid: str) -> Response:
    archive = site_of(request).archive
    history = archive.history(guid)
    if history is None:
        raise HTTPException(404, "This article is not in this archive.")
    own = (row for event in history.events for row in event.articles if row.guid == guid)
    title = history.topic.name if history.topic else next((row.title for row in own), guid)
    bars = archive.bars(history)
    path = f"/article/{quote(guid, safe='')}"
    total = len(history.events) + history.more
    return _framed(request, title, path, history.events, total, bars)


@router.get("/oembed")
def oembed(
    request: Request,
    url: str = "",
    format: str = "json",
    maxwidth: int = WIDTH,
    maxheight: int = HEIGHT,
) -> dict[str, object]:
    """oEmbed 1.0, section 2.3: how to show the page at ``url``."""
    if format != "json":
        raise HTTPException(501, "Only JSON is available here.")
    site = site_of(request)
    base = site.address.of(request)
    named = _named(url, base)
    if named is None:
        raise HTTPException(404, "Only topics and articles of this instance can be embedded.")
    kind, name = named
    title = _title(site.archive, kind, name)
    if title is None:
        raise HTTPException(404, "There is nothing at this address.")
    width, height = max(200, min(WIDTH, maxwidth)), max(160, min(HEIGHT, maxheight))
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Backstory",
        "provider_url": base + "/",
        "title": title,
        "html": str(frame(base, kind, name, title, str(width), height)),
        "width": width,
        "height": height,
        "cache_age": 3600,
    }


def _named(url: str, base: str) -> tuple[str, str] | None:
    """The kind and the name of the page at this address, if this instance embeds it."""
    try:
        asked = urlsplit(url)
    except ValueError:
        return None
    match = _EMBEDDED.fullmatch(asked.path)
    if match is None or f"{asked.scheme}://{asked.netloc}{asked.path}" != (
        base + asked.path.removeprefix(urlsplit(base).path)
    ):
        return None
    return match[1], unquote(match[2])


def _title(archive: Archive, kind: str, name: str) -> str | None:
    if kind == "topic":
        topic = archive.topic(name)
        return topic.card.name if topic else None
    article = archive.article(name)
    return (article.row.title or article.row.site) if article else None
