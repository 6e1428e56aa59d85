"""The pages that are lists: trending, latest, topics, tags, publishers, searches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Query as InQuery
from fastapi.responses import RedirectResponse
from starlette.responses import HTMLResponse

from backstory.model.tag import Tag
from backstory.model.views import Page, Query, Row
from backstory.serve.countries import WORLD
from backstory.serve.formatting import articles, clean, stories
from backstory.serve.http.parameters import (
    SearchParameters,
    at_mark,
    end_of_day,
    view_code,
    with_mark,
)
from backstory.serve.language import gettext as _
from backstory.serve.pages.rendering import Shell, View, segment
from backstory.serve.pages.search_form import SearchForm
from backstory.serve.pages.views import Choice, PageLinks, found_in
from backstory.serve.site import site_of

if TYPE_CHECKING:
    from backstory.archive import Archive

Handler = TypeVar("Handler", bound=Callable[..., Any])
Text = str | None
router = APIRouter(include_in_schema=False)


def get_page(path: str) -> Callable[[Handler], Handler]:
    """Answer at a path with and without the trailing slash alike, from one view of the archive.

    Handlers take the request as ``request``.
    """

    def register(handler: Handler) -> Handler:
        @wraps(handler)
        def answer(request: Request, **named: Any) -> Any:
            site = site_of(request)

            def make() -> Any:
                with site.archive.one_view():
                    return handler(request=request, **named)

            return site.page_cache.answer(request, make)

        for each in {path, path[:-1] if path.endswith("/") else path + "/"}:
            router.add_api_route(each, answer, response_class=HTMLResponse)
        return handler

    return register


def view_of(text: str) -> View:
    """The edition that a page's address names."""
    return View(view_code(text))


def links_around(request: Request, page: Page[Any]) -> PageLinks:
    """The addresses of the pages before and after this one of a list."""
    given = request.query_params
    parameters = {name: given.getlist(name) for name in given if any(given.getlist(name))}
    path = request.url.path
    return PageLinks(
        with_mark(path, parameters, page.next), with_mark(path, parameters, page.previous)
    )


@router.get("/")
def front(request: Request) -> Response:
    site = site_of(request)
    if site.archive.article_count() == 0:
        shell = Shell(title=_("Welcome"), view=View(None), index=False)
        return site.renderer.page(request, "welcome.html", shell)
    return RedirectResponse(site.renderer.home().path + "/", 302, {"Cache-Control": "no-cache"})


@get_page("/about")
def about(request: Request) -> Response:
    site = site_of(request)
    shell = Shell(
        title=_("How this works"),
        view=site.renderer.home(),
        active="about",
        description=_("What this archive contains and how it is ranked."),
    )
    return site.renderer.page(
        request,
        "about.html",
        shell,
        newest=site.archive.newest(),
        sources=site.archive.sources(),
    )


@get_page("/source/{domain}")
def publisher(request: Request, domain: str, mark: Text = None) -> Response:
    site = site_of(request)
    archive, renderer = site.archive, site.renderer
    found = archive.source(domain)
    if found is None:
        raise HTTPException(404, _("This archive has no publisher with this domain."))
    query = Query(source=found.domain)
    page = at_mark(lambda mark: archive.articles(query, mark=mark), mark)
    code = found.country.upper() if found.country else None
    shell = Shell(
        title=found.name,
        view=View(code) if code else renderer.home(),
        description=f"{found.name}: {articles(found.article_count)}.",
        feed=f"/source/{segment(found.domain)}",
        feed_title=found.name,
    )
    return renderer.page(
        request,
        "source.html",
        shell,
        source=found,
        page=page,
        found=found_in(page.results, archive.cards([row.guid for row in page.results])),
        turns=links_around(request, page),
    )


@get_page("/{country}/")
def trending(request: Request, country: str, mark: Text = None, at: Text = None) -> Response:
    site = site_of(request)
    archive = site.archive
    view = view_of(country)
    until = end_of_day(at)
    page = at_mark(lambda mark: archive.stories(view.code, at=until, mark=mark), mark)
    newest = archive.newest()
    shown = (until or newest or site.clock()).date()
    shell = Shell(
        title=f"{_('Trending')} · {view.name}",
        view=view,
        active="trending",
        description=_("What is most reported now: %(edition)s.") % {"edition": view.name},
        feed=view.path + "/",
        feed_title=f"{_('Trending')} · {view.name}",
    )
    return site.renderer.page(
        request,
        "trending.html",
        shell,
        page=page,
        shown=shown,
        day_before=shown - timedelta(days=1),
        day_after=shown + timedelta(days=1) if until else None,
        is_past=until is not None,
        first_page=mark is None,
        topics=archive.topics(view.code, at=until, limit=6),
        tags=archive.tags_of_query(
            Query(edition=view.code, date_from=shown - timedelta(days=7), date_to=shown)
        ),
        turns=links_around(request, page),
    )


@get_page("/{country}/latest")
def latest(request: Request, country: str, mark: Text = None, at: Text = None) -> Response:
    site = site_of(request)
    view = view_of(country)
    query, until = Query(edition=view.code), end_of_day(at)
    page = at_mark(lambda mark: site.archive.latest_stories(query, mark=mark, at=until), mark)
    shell = Shell(
        title=f"{_('Latest')} · {view.name}",
        view=view,
        active="latest",
        description=_("The newest stories: %(edition)s.") % {"edition": view.name},
        feed=view.path + "/latest",
        feed_title=f"{_('Latest')} · {view.name}",
    )
    return site.renderer.page(
        request,
        "latest.html",
        shell,
        page=page,
        first_page=mark is None,
        topics=site.archive.topics(view.code, at=until, limit=6),
        turns=links_around(request, page),
    )


@get_page("/{country}/tag/{slug}")
def tag(request: Request, country: str, slug: str, mark: Text = None) -> Response:
    site = site_of(request)
    view = view_of(country)
    found = site.archive.tag(slug, view.code)
    if found is None:
        raise HTTPException(
            404, _("This archive has no tag “%(tag)s”.") % {"tag": clean(slug)[:60]}
        )
    query = Query(edition=view.code, tags=(found.tag.slug,))
    page = at_mark(lambda mark: site.archive.latest_stories(query, mark=mark), mark)
    shell = Shell(
        title=f"{found.tag.name} · {view.name}",
        view=view,
        description=f"{found.tag.name}: {stories(found.story_count)}.",
        feed=f"{view.path}/tag/{segment(found.tag.slug)}",
        feed_title=f"{found.tag.name} · {view.name}",
    )
    return site.renderer.page(
        request, "tag.html", shell, found=found, page=page, turns=links_around(request, page)
    )


@get_page("/{country}/topics")
def topics(request: Request, country: str, at: Text = None) -> Response:
    site = site_of(request)
    view = view_of(country)
    shell = Shell(
        title=f"{_('Topics')} · {view.name}",
        view=view,
        active="topics",
        description=_("Active topics: %(edition)s.") % {"edition": view.name},
    )
    found = site.archive.topics(view.code, at=end_of_day(at))
    return site.renderer.page(request, "topics.html", shell, topics=found)


@get_page("/{country}/search")
def search(
    request: Request, country: str, given: Annotated[SearchParameters, InQuery()]
) -> Response:
    site = site_of(request)
    archive = site.archive
    view = view_of(country)
    form = SearchForm.of(given, view, archive.sources)
    problem = None
    page: Page[Row] = Page((), None, None)
    offered: tuple[Tag, ...] = ()
    try:
        query = form.query()
        page = at_mark(lambda mark: archive.articles(query, mark=mark), given.mark)
        offered = archive.tags_of_query(query)
    except HTTPException as error:
        # The form comes back as it was filled in, with what is wrong below it.
        problem = str(error.detail)
    return site.renderer.page(
        request,
        "search.html",
        form.shell(problem),
        400 if problem else 200,
        asked=form.shown() if problem else form.asked,
        problem=problem,
        anything=bool(form.everything),
        followed_path=form.followed_path,
        page=page,
        found=found_in(page.results, archive.cards([row.guid for row in page.results])),
        chosen=[
            Choice(tag_named(archive, slug), form.address(form.without(slug))) for slug in form.tags
        ],
        offered=[Choice(each, form.address((*form.tags, each.slug))) for each in offered],
        everywhere=form.address(form.tags, f"/{WORLD}") if view.code else None,
        turns=links_around(request, page),
    )


def tag_named(archive: Archive, slug: str) -> Tag:
    """The tag of this slug; one that nobody knows is called as it was asked for."""
    found = archive.tag(slug)
    return found.tag if found else Tag(slug, slug, "theme")
