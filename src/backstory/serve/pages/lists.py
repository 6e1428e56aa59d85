"""The pages that readers see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Query as InQuery
from fastapi.responses import RedirectResponse
from starlette.responses import HTMLResponse

from backstory.model.tag import Tag
from backstory.model.views import Page, Query, Row
from backstory.serve.countries import WORLD
from backstory.serve.formatting import articles, clean, stories
from backstory.serve.http.page_cache import Kept
from backstory.serve.http.parameters import a_day, a_query, at_mark, is_a_day, view_code, with_mark
from backstory.serve.language import gettext as _
from backstory.serve.pages.rendering import Renderer, Shell, View, segment
from backstory.serve.pages.views import Choice, Turns, found_in

if TYPE_CHECKING:
    from backstory.archive import Archive

Handler = TypeVar("Handler", bound=Callable[..., Any])
Text = str | None


def view_of(text: str) -> View:
    return View(view_code(text))


def page_getter(
    router: APIRouter, archive: Archive, kept: Kept
) -> Callable[[str], Callable[[Handler], Handler]]:
    """Answer at a path with and without the trailing slash alike, from one view of the archive.

    Handlers take the request as ``request``.
    """

    def get_page(path: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            @wraps(handler)
            def answer(request: Request, **named: Any) -> Any:
                def make() -> Any:
                    with archive.one_view():
                        return handler(request=request, **named)

                return kept.answer(request, make)

            for each in {path, path[:-1] if path.endswith("/") else path + "/"}:
                router.add_api_route(each, answer, response_class=HTMLResponse)
            return handler

        return register

    return get_page


def end_of(day_text: str | None) -> datetime | None:
    """The last moment of a past day, as a list of that day sees the world."""
    day = a_day(day_text, "at")
    if day is None:
        return None
    return datetime.combine(day, time(23, 59, 59), UTC)


def page_router(archive: Archive, renderer: Renderer, kept: Kept) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    get_page = page_getter(router, archive, kept)

    def turns(request: Request, page: Page[Any]) -> Turns:
        given = request.query_params
        parameters = {name: given.getlist(name) for name in given if any(given.getlist(name))}
        path = request.url.path
        return Turns(
            with_mark(path, parameters, page.next), with_mark(path, parameters, page.previous)
        )

    @router.get("/")
    def front(request: Request) -> Response:
        if archive.article_count() == 0:
            shell = Shell(title=_("Welcome"), view=View(None), index=False)
            return renderer.page(request, "welcome.html", shell)
        return RedirectResponse(renderer.home().path + "/", 302, {"Cache-Control": "no-cache"})

    @get_page("/about")
    def about(request: Request) -> Response:
        shell = Shell(
            title=_("How this works"),
            view=renderer.home(),
            active="about",
            description=_("What stands in this archive and how it is ranked."),
        )
        return renderer.page(
            request, "about.html", shell, newest=archive.newest(), sources=archive.sources()
        )

    @get_page("/source/{domain}")
    def source(request: Request, domain: str, mark: Text = None) -> Response:
        found = archive.source(domain)
        if found is None:
            raise HTTPException(404, _("There is no publisher of this domain here."))
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
            turns=turns(request, page),
        )

    @get_page("/{country}/")
    def trending(request: Request, country: str, mark: Text = None, at: Text = None) -> Response:
        view = view_of(country)
        until = end_of(at)
        page = at_mark(lambda mark: archive.stories(view.code, at=until, mark=mark), mark)
        newest = archive.newest()
        shown = (until or newest or renderer.clock()).date()
        shell = Shell(
            title=f"{_('Trending')} · {view.name}",
            view=view,
            active="trending",
            description=_("What is reported most now: %(edition)s.") % {"edition": view.name},
            feed=view.path + "/",
            feed_title=f"{_('Trending')} · {view.name}",
        )
        return renderer.page(
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
            turns=turns(request, page),
        )

    @get_page("/{country}/latest")
    def latest(request: Request, country: str, mark: Text = None) -> Response:
        view = view_of(country)
        query = Query(edition=view.code)
        page = at_mark(lambda mark: archive.latest_stories(query, mark=mark), mark)
        shell = Shell(
            title=f"{_('Latest')} · {view.name}",
            view=view,
            active="latest",
            description=_("The newest stories: %(edition)s.") % {"edition": view.name},
            feed=view.path + "/latest",
            feed_title=f"{_('Latest')} · {view.name}",
        )
        return renderer.page(
            request,
            "latest.html",
            shell,
            page=page,
            first_page=mark is None,
            topics=archive.topics(view.code, limit=6),
            turns=turns(request, page),
        )

    @get_page("/{country}/tag/{slug}")
    def tag(request: Request, country: str, slug: str, mark: Text = None) -> Response:
        view = view_of(country)
        found = archive.tag(slug, view.code)
        if found is None:
            raise HTTPException(
                404, _("There is no tag “%(tag)s” here.") % {"tag": clean(slug)[:60]}
            )
        query = Query(edition=view.code, tags=(found.tag.slug,))
        page = at_mark(lambda mark: archive.latest_stories(query, mark=mark), mark)
        path = f"{view.path}/tag/{segment(found.tag.slug)}"
        shell = Shell(
            title=f"{found.tag.name} · {view.name}",
            view=view,
            description=f"{found.tag.name}: {stories(found.story_count)}.",
            feed=path,
            feed_title=f"{found.tag.name} · {view.name}",
        )
        return renderer.page(
            request,
            "tag.html",
            shell,
            found=found,
            page=page,
            turns=turns(request, page),
        )

    @get_page("/{country}/topics")
    def topics(request: Request, country: str) -> Response:
        view = view_of(country)
        shell = Shell(
            title=f"{_('Topics')} · {view.name}",
            view=view,
            active="topics",
            description=_("The topics that are moving: %(edition)s.") % {"edition": view.name},
        )
        return renderer.page(request, "topics.html", shell, topics=archive.topics(view.code))

    @get_page("/{country}/search")
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
        view = view_of(country)
        given = {"q": q, "date_from": date_from, "date_to": date_to, "sort": sort, "source": source}
        asked = {name: clean(value or "").strip() for name, value in given.items()}
        if asked["source"] and "." not in asked["source"]:
            asked["source"] = domain_of(asked["source"]) or asked["source"]
        slugs = tuple(dict.fromkeys(clean(slug) for slug in tag or () if slug))
        kept = {name: value for name, value in asked.items() if value}

        def address(tags: tuple[str, ...], start: str = view.path) -> str:
            return f"{start}/search?{urlencode({**kept, 'tag': tags}, doseq=True)}"

        problem = None
        page: Page[Row] = Page((), None, None)
        offered: tuple[Tag, ...] = ()
        try:
            query = a_query(view.code, q, date_from, date_to, sort, asked["source"], slugs)
            page = at_mark(lambda mark: archive.articles(query, mark=mark), mark)
            offered = archive.tags_of_query(query)
        except HTTPException as error:
            # The form comes back as it was filled in, with what is wrong below it; but a
            # browser cannot show what is no day.
            problem = str(error.detail)
            for name in ("date_from", "date_to"):
                if not is_a_day(asked[name]):
                    asked[name] = ""
        # The order of results is no part of what is followed.
        lasting = urlencode(
            {**{name: value for name, value in kept.items() if name != "sort"}, "tag": slugs},
            doseq=True,
        )
        followed_path = f"{view.path}/search?{lasting}" if lasting else None
        everything = urlencode({**kept, "tag": slugs}, doseq=True)
        shell = Shell(
            title=f"{asked['q'] or _('Search')} · {view.name}",
            view=view,
            active="search",
            feed=None if problem else f"{view.path}/search",
            feed_title=f"{_('Search')}: {asked['q']}"
            if asked["q"]
            else f"{_('Search')} · {view.name}",
            feed_query=everything,
            description=_("Search the articles of this archive: %(edition)s.")
            % {"edition": view.name},
            index=problem is None,
        )
        return renderer.page(
            request,
            "search.html",
            shell,
            400 if problem else 200,
            asked=asked,
            problem=problem,
            anything=bool(everything),
            followed_path=followed_path,
            page=page,
            found=found_in(page.results, archive.cards([row.guid for row in page.results])),
            chosen=[
                Choice(named(slug), address(tuple(each for each in slugs if each != slug)))
                for slug in slugs
            ],
            offered=[Choice(each, address((*slugs, each.slug))) for each in offered],
            everywhere=address(slugs, f"/{WORLD}") if view.code else None,
            turns=turns(request, page),
        )

    def domain_of(name: str) -> str | None:
        """The domain of the publisher that is called so, else of one that is called so in part."""
        wanted = name.casefold()
        called = [(one.name.casefold(), one.domain) for one in archive.sources()]
        exact = [domain for known, domain in called if known == wanted]
        return next(iter(exact + [domain for known, domain in called if wanted in known]), None)

    def named(slug: str) -> Tag:
        found = archive.tag(slug)
        return found.tag if found else Tag(slug, slug, "theme")

    return router
