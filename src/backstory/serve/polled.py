"""The page that tells how it stands with each feed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from babel.dates import format_timedelta
from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from backstory.serve.rendering import Renderer, Shell

if TYPE_CHECKING:
    from backstory.archive import Archive

_AILING = ("failing", "ended")
_WORDS = {
    "fine": "Fine",
    "pushed": "Pushed by its hub",
    "waiting": "Not polled yet",
    "failing": "Failing",
    "ended": "Ended",
}
_USES = {"full": "shown whole", "summary": "summary with a link", "none": "not kept"}


def told(at: datetime, now: datetime) -> Markup:
    """``3 minutes ago`` or ``in 2 hours``: in English, as all of this page is."""
    words = format_timedelta(at - now, add_direction=True, locale="en")
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M}", words
    )


def polled_router(archive: Archive, renderer: Renderer) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    def page(request: Request) -> Response:
        found = archive.feeds(renderer.clock())
        counts = Counter[str](feed.state for feed in found)
        shell = Shell(
            title="Feeds", view=renderer.home(), description="How it stands with each feed."
        )
        return renderer.page(
            request,
            "feeds.html",
            shell,
            feeds=found,
            ailing=sorted(
                (feed for feed in found if feed.state in _AILING), key=lambda feed: -feed.failures
            ),
            well=[feed for feed in found if feed.state not in _AILING],
            numbers=[(_WORDS[name].lower(), counts[name]) for name in _WORDS if counts[name]],
            words=_WORDS,
            uses=_USES,
            told=told,
        )

    for path in ("/feeds", "/feeds/"):
        router.add_api_route(path, page)
    return router
