"""The HTTP API: lists, articles, histories, stories and topics as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Body, HTTPException, Request
from fastapi import Path as InPath
from fastapi import Query as InQuery

from backstory.model.views import Page, Query, StoryCard
from backstory.serve.api import models, serialisers
from backstory.serve.countries import flag
from backstory.serve.formatting import clean
from backstory.serve.http.parameters import (
    at_mark,
    country_or_world,
    end_of_day,
    parse_query,
    with_mark,
)
from backstory.serve.site import site_of

T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., Any])

Country = Annotated[
    str, InPath(description="An ISO 3166-1 code in any case, or world", examples=["US"])
]
Mark = Annotated[
    str | None, InQuery(description="Where a page begins, as in ``next`` and ``previous``")
]
Day = Annotated[
    str | None,
    InQuery(description="A date, YYYY-MM-DD, inclusive, UTC; empty means none"),
]
At = Annotated[
    str | None,
    InQuery(description="A past date, YYYY-MM-DD, UTC: as of the end of that day; empty means now"),
]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": models.Problem, "description": "What is wrong, in one sentence"}
}


router = APIRouter(prefix="/api", responses=PROBLEMS)


def add_get(path: str, model: Any, summary: str) -> Callable[[Handler], Handler]:
    """Answer at this path, and with or without the trailing slash alike."""

    def register(handler: Handler) -> Handler:
        other = path[:-1] if path.endswith("/") else path + "/"
        # What an article has nothing to say of is left out, not null: see ``serialisers.details``.
        shown: dict[str, Any] = {"response_model": model, "response_model_exclude_unset": True}
        router.add_api_route(path, handler, summary=summary, **shown)
        router.add_api_route(other, handler, include_in_schema=False, **shown)
        return handler

    return register


def listing(
    request: Request,
    page: Page[T],
    serialise: Callable[[T], serialisers.Json],
) -> serialisers.Json:
    where = site_of(request).address.of(request) + request.url.path
    parameters = dict(request.query_params)
    return {
        "next": with_mark(where, parameters, page.next),
        "previous": with_mark(where, parameters, page.previous),
        "results": [serialise(each) for each in page.results],
    }


@add_get("/countries/", list[models.Country], "The countries that have an edition")
def countries(request: Request) -> list[serialisers.Json]:
    return [
        {"country": edition.country, "flag": flag(edition.country)}
        for edition in site_of(request).archive.editions()
    ]


@add_get(
    "/articles/{country}/",
    models.Listing[models.Article],
    "The articles of an edition, newest first",
)
def articles(
    request: Request,
    country: Country,
    q: Annotated[str | None, InQuery(description="Words; hyphens count as spaces")] = None,
    date_from: Day = None,
    date_to: Day = None,
    sort: Annotated[str | None, InQuery(description="-publish_date or publish_date")] = None,
    mark: Mark = None,
) -> serialisers.Json:
    query = parse_query(country_or_world(country), q, date_from, date_to, sort)
    page = at_mark(lambda mark: site_of(request).archive.articles(query, mark=mark), mark)
    return listing(request, page, serialisers.article)


def ranked(request: Request, country: str, at: str | None, mark: str | None) -> Page[StoryCard]:
    """The stories of an edition by rank."""
    edition, moment = country_or_world(country), end_of_day(at)
    return at_mark(
        lambda mark: site_of(request).archive.stories(edition, at=moment, mark=mark), mark
    )


@add_get(
    "/trending/{country}/",
    models.Listing[models.Article],
    "The leading article of each trending story",
)
def trending(
    request: Request, country: Country, at: At = None, mark: Mark = None
) -> serialisers.Json:
    page = ranked(request, country, at, mark)
    return listing(request, page, lambda card: serialisers.article(card.lead))


def tagged(
    request: Request,
    country: Country,
    question: Annotated[models.TagQuestion, Body()],
    mark: Mark = None,
) -> serialisers.Json:
    archive = site_of(request).archive
    query = Query(
        edition=country_or_world(country),
        tags=tuple(dict.fromkeys(map(clean, question.tag_slugs))),
        any_tag=question.filter_condition == "OR",
    )
    unknown = [slug for slug in query.tags if archive.tag(slug) is None]
    # Where any of several tags will do, one that nobody knows does no harm.
    if unknown and (not query.any_tag or len(unknown) == len(query.tags)):
        raise HTTPException(404, f"This archive has no tag “{unknown[0]}”.")
    page = at_mark(lambda mark: archive.articles(query, mark=mark), mark)
    return listing(request, page, serialisers.article)


router.add_api_route(
    "/tags/{country}/",
    tagged,
    methods=["POST"],
    response_model=models.Listing[models.Article],
    summary="The articles that have all (AND) or any (OR) of these tags",
    description="``next`` and ``previous`` take the same POST.",
)
router.add_api_route(
    "/tags/{country}",
    tagged,
    methods=["POST"],
    response_model=models.Listing[models.Article],
    include_in_schema=False,
)


@add_get(
    "/article/{guid}",
    models.ArticleWhole,
    "One article with its history and related stories",
)
def article(request: Request, guid: str) -> serialisers.Json:
    archive = site_of(request).archive
    view, history = archive.article(guid), archive.history(guid)
    if view is None or history is None:
        raise HTTPException(404, "This article is not in this archive.")
    related = [serialisers.representative(event, guid) for event in history.events]
    return {
        **serialisers.article(view.row),
        "related": [serialisers.article(row) for row in related if row],
        "story": view.story.id,
        "history": serialisers.history(history),
        "discover": serialisers.discovery(archive.discover(guid)),
        **serialisers.details(view),
    }


@add_get("/history/{guid}", models.History, "The history around one article")
def history(
    request: Request,
    guid: str,
    limit: Annotated[int | None, InQuery(ge=1, le=500, description="Events")] = None,
) -> serialisers.Json:
    found = site_of(request).archive.history(guid, limit)
    if found is None:
        raise HTTPException(404, "This article is not in this archive.")
    return serialisers.history(found)


@add_get("/stories/{country}/", models.Listing[models.Story], "The trending stories")
def stories(
    request: Request, country: Country, at: At = None, mark: Mark = None
) -> serialisers.Json:
    page = ranked(request, country, at, mark)
    return listing(request, page, serialisers.story)


@add_get("/story/{id}", models.StoryWhole, "One story: an event's articles by time")
def story(request: Request, id: str) -> serialisers.Json:
    view = site_of(request).archive.story(id)
    if view is None:
        raise HTTPException(404, "This story is not in this archive.")
    return serialisers.story_view(view)


@add_get("/topics/{country}/", models.Listing[models.Topic], "The living topics")
def topics(request: Request, country: Country, at: At = None) -> serialisers.Json:
    cards = site_of(request).archive.topics(country_or_world(country), at=end_of_day(at))
    return listing(request, Page(cards, None, None), serialisers.topic)


@add_get("/topic/{id}", models.TopicWhole, "One topic: its events, newest first")
def topic(request: Request, id: str) -> serialisers.Json:
    view = site_of(request).archive.topic(id)
    if view is None:
        raise HTTPException(404, "This topic is not in this archive.")
    return serialisers.topic_view(view)
