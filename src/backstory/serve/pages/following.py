"""What a reader follows, named by the address alone: topics, tags, publishers and searches.

There are no accounts. The browser keeps the list and asks for this page with it; whoever has no
scripts can keep the address itself. ``/following?list=/topic/ID&list=/us/tag/china&list=...``:
each ``list`` is the address of a page whose newest entries are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi import Query as InQuery

from backstory.model.article import Moment
from backstory.model.views import Query, Row, StoryCard
from backstory.serve.countries import WORLD, country_name
from backstory.serve.feeds.directory import OPML_TYPE, opml
from backstory.serve.formatting import clean
from backstory.serve.http.parameters import parse_query, view_code
from backstory.serve.language import gettext as _
from backstory.serve.pages.rendering import Shell, segment
from backstory.serve.site import site_of

if TYPE_CHECKING:
    from backstory.archive import Archive

Paths = Annotated[list[str] | None, InQuery(alias="list")]
Kind = Literal["topic", "tag", "source", "search"]
MOST = 60  # lists that one page is asked for
NEWEST = 5  # entries that each list shows


@dataclass(frozen=True, slots=True)
class Line:
    """One event or article of a followed list."""

    title: str
    path: str
    at: Moment | None
    order: datetime
    site: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Followed:
    """A followed list with its newest entries; ``path`` is the address of its page.

    ``asked``: the address that it was asked for by, another one where a topic was merged.
    """

    kind: Kind
    path: str
    name: str
    edition: str | None  # a tag's or search's country, where it is narrowed to one
    entries: tuple[Line, ...]
    asked: str = ""

    def feed(self, ending: str) -> str:
        path, mark, asked = self.path.partition("?")
        return f"{path}.{ending}{mark}{asked}"


def _of_row(row: Row) -> Line:
    return Line(
        row.title, f"/article/{segment(row.guid)}", row.published, row.order,
        row.site or row.domain, row.language,
    )  # fmt: skip


def _of_card(card: StoryCard) -> Line:
    if card.article_count == 1:
        return _of_row(card.lead)
    site = card.first.site or card.first.domain
    path = f"/story/{segment(card.id)}"
    return Line(
        card.headline, path, card.first.published, card.first_published, site, card.lead.language
    )


def followed(archive: Archive, path: str) -> Followed | None:
    """What stands at this address, or None where nothing that can be followed does."""
    try:
        address = urlsplit(path)
        parts = [clean(unquote(part)) for part in address.path.strip("/").split("/")]
        match parts:
            case ["topic", name]:
                return _topic(archive, name)
            case ["source", domain]:
                return _source(archive, domain)
            case [country, "tag", slug]:
                return _tag(archive, view_code(country), slug)
            case [country, "search"]:
                return _search(archive, view_code(country), parse_qs(address.query))
    except (HTTPException, ValueError):  # ValueError: no address at all, such as "//["
        return None
    return None


def _topic(archive: Archive, name: str) -> Followed | None:
    found = archive.topic(name)
    if found is None:
        return None
    entries = tuple(
        Line(
            event.headline or event.articles[0].title,
            f"/story/{segment(event.story)}"
            if len(event.articles) > 1
            else f"/article/{segment(event.articles[0].guid)}",
            event.first_published,
            event.order,
            event.sources[0] if event.sources else "",
            event.articles[0].language,
        )
        for event in found.events[:NEWEST]
        if event.articles
    )
    return Followed("topic", f"/topic/{segment(found.card.id)}", found.card.name, None, entries)


def _source(archive: Archive, domain: str) -> Followed | None:
    found = archive.source(domain)
    if found is None:
        return None
    rows = archive.articles(Query(source=found.domain), NEWEST).results
    path = f"/source/{segment(found.domain)}"
    return Followed("source", path, found.name, None, tuple(map(_of_row, rows)))


def _tag(archive: Archive, code: str | None, slug: str) -> Followed | None:
    found = archive.tag(slug, code)
    if found is None:
        return None
    cards = archive.latest_stories(Query(edition=code, tags=(found.tag.slug,)), NEWEST).results
    path = f"/{code.lower() if code else WORLD}/tag/{segment(found.tag.slug)}"
    return Followed("tag", path, found.tag.name, code, tuple(map(_of_card, cards)))


def _search(archive: Archive, code: str | None, asked: dict[str, list[str]]) -> Followed | None:
    names = ("q", "date_from", "date_to", "source")
    one = {name: asked[name][0].strip() for name in names if asked.get(name)}
    tags = [slug for slug in asked.get("tag", []) if slug]
    if not one and not tags:
        return None
    query = parse_query(
        code, one.get("q"), one.get("date_from"), one.get("date_to"), None, one.get("source"), tags
    )
    rows = archive.articles(query, NEWEST).results
    kept = urlencode({**one, "tag": tags}, doseq=True)
    path = f"/{code.lower() if code else WORLD}/search?{kept}"
    name = " · ".join(filter(None, [one.get("q"), one.get("source"), *tags]))
    if one.get("date_from") or one.get("date_to"):
        name = f"{name} {one.get('date_from', '')}–{one.get('date_to', '')}".strip()
    return Followed("search", path, name, code, tuple(map(_of_row, rows)))


def all_followed(archive: Archive, paths: Iterable[str]) -> tuple[Followed, ...]:
    """Those of these lists that there are, each once, in the order they were asked for."""
    found: dict[str, Followed] = {}
    for path in list(dict.fromkeys(paths))[:MOST]:
        one = followed(archive, path)
        if one:
            found.setdefault(one.path, replace(one, asked=path))
    return tuple(found.values())


router = APIRouter(include_in_schema=False)


@router.get("/following.opml")
def following_opml(request: Request, paths: Paths = None) -> Response:
    """The feeds of all that is followed, for another reader."""
    site = site_of(request)
    base = site.address.of(request)
    titles: dict[Kind, str] = {
        "topic": _("Topics"), "tag": _("Tags"), "source": _("Publishers"),
        "search": _("Searches"),
    }  # fmt: skip
    lists = all_followed(site.archive, paths or ())
    folders = {
        titles[kind]: [(one.name, base + one.path) for one in lists if one.kind == kind]
        for kind in titles
    }
    named = {"Content-Disposition": 'attachment; filename="backstory.opml"'}
    return Response(opml("Backstory", folders), media_type=OPML_TYPE, headers=named)


@router.get("/following")
@router.get("/following/")
def following(request: Request, paths: Paths = None) -> Response:
    site = site_of(request)
    lists = all_followed(site.archive, paths or ())
    shell = Shell(title=_("Following"), view=site.renderer.home(), active="following", index=False)
    return site.renderer.page(
        request,
        "following.html",
        shell,
        lists=lists,
        lost=len(set(paths or ())) - len(lists),
        query=urlencode({"list": [one.path for one in lists]}, doseq=True),
        edition_of=_edition_of,
    )


def _edition_of(one: Followed) -> str:
    if one.kind in ("topic", "source"):
        return ""
    return country_name(one.edition) if one.edition else _("World")
