"""The pages that are read: of one article, one story, one topic.

They are asked most, and take no parameter but the name in their address: plain routes, which cost
a fraction of those that read parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.routing import Route

from backstory.model.views import Row
from backstory.serve.formatting import events, publishers
from backstory.serve.http.parameters import refuse_past
from backstory.serve.language import gettext as _
from backstory.serve.pages.rendering import Shell, View, segment
from backstory.serve.pages.views import common_tags, earlier_titles, guids_of, position_in
from backstory.serve.share.embed import frame
from backstory.serve.share.metadata import of_article, of_story, of_topic
from backstory.serve.site import site_of

if TYPE_CHECKING:
    from backstory.archive import Archive

Page = Callable[[Request, str], Response]


class _Name(StringConvertor):
    regex = "[A-Za-z0-9_-]+"  # what a public name consists of; not ``topic.atom``


register_url_convertor("name", _Name())


def view_of(archive: Archive, row: Row) -> View:
    """The edition that an article is of; the world where that has none."""
    known = {edition.country for edition in archive.editions()}
    if row.country and row.country.upper() in known:
        return View(row.country.upper())
    return View(None)


def article(request: Request, guid: str) -> Response:
    site = site_of(request)
    archive, base = site.archive, site.address.of(request)
    view = archive.article(guid)
    history = archive.history(guid)
    if view is None or history is None:
        raise HTTPException(404, _("This article is not in this archive."))
    topic = history.topic
    shell = Shell(
        title=view.row.title or _("An article from %(site)s") % {"site": view.row.site},
        view=view_of(archive, view.row),
        description=view.row.summary[:300],
        feed=f"/topic/{segment(topic.id)}" if topic else f"/story/{segment(view.story.id)}",
        feed_title=topic.name if topic else view.story.headline,
    )
    return site.renderer.page(
        request,
        "article.html",
        shell,
        article=view,
        sharing=of_article(base, view, history, site.renderer.lead_image(view.row)),
        history=history,
        place=position_in(history),
        bars=archive.bars(history) if len(history.events) > 1 else (),
        discovery=archive.discover(guid),
        before_titles=earlier_titles(view),
        was=archive.earlier_titles(guids_of(history.events)),
    )


def story(request: Request, story_id: str) -> Response:
    site = site_of(request)
    archive, base = site.archive, site.address.of(request)
    found = archive.story(story_id)
    if found is None:
        raise HTTPException(404, _("This story is not in this archive."))
    if found.card.id != story_id:
        return RedirectResponse(f"/story/{segment(found.card.id)}", 301)
    shell = Shell(
        title=found.card.headline,
        view=view_of(archive, found.card.lead),
        description=found.card.summary[:300],
        feed=f"/story/{segment(found.card.id)}",
        feed_title=found.card.headline,
    )
    return site.renderer.page(
        request,
        "story.html",
        shell,
        story=found,
        sharing=of_story(base, found),
        card=found.card,
        sites={row.guid: row.site or row.domain for row in found.articles},
        history=found.history,
        was=archive.earlier_titles(guids_of(found.history.events)),
        taken=archive.taken_in("story", found.card.id),
        place=position_in(found.history),
        bars=archive.bars(found.history) if len(found.history.events) > 1 else (),
        discovery=archive.discover(found.card.lead.guid),
    )


def topic(request: Request, topic_id: str) -> Response:
    site = site_of(request)
    archive, base = site.archive, site.address.of(request)
    found = archive.topic(topic_id)
    if found is None:
        raise HTTPException(404, _("This topic is not in this archive."))
    if found.card.id != topic_id:
        return RedirectResponse(f"/topic/{segment(found.card.id)}", 301)
    newest = found.events[0].articles[0] if found.events and found.events[0].articles else None
    shell = Shell(
        title=found.card.name,
        view=view_of(archive, newest) if newest else site.renderer.home(),
        active="topics",
        description=f"{events(found.card.events)}, {publishers(found.card.sources)}.",
        feed=f"/topic/{segment(found.card.id)}",
        feed_title=found.card.name,
    )
    return site.renderer.page(
        request,
        "topic.html",
        shell,
        topic=found,
        sharing=of_topic(base, found),
        frame=frame(base, "topic", found.card.id, found.card.name),
        card=found.card,
        tags=common_tags(found.events),
        was=archive.earlier_titles(guids_of(found.events)),
        taken=archive.taken_in("topic", found.card.id),
    )


def _cached(page: Page) -> Callable[[Request], Response]:
    """The handler of a page that is kept, made from one view of the archive."""

    def answer(request: Request) -> Response:
        refuse_past(request)
        site = site_of(request)

        def make() -> Response:
            with site.archive.one_view():
                return page(request, request.path_params["name"])

        answered: Response = site.page_cache.answer(request, make)
        return answered

    return answer


routes = [
    Route(f"/{kind}/{{name:name}}{end}", _cached(page), methods=["GET"])
    for kind, page in {"article": article, "story": story, "topic": topic}.items()
    for end in ("", "/")
]
