"""What there is here, for programs: the lists' feeds as OPML, and a sitemap of the last news."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi import Query as InQuery
from lxml import etree

from backstory.model.views import Query, Row
from backstory.serve.countries import WORLD, country_name, language_tag
from backstory.serve.formatting import clean
from backstory.serve.http.conditional import conditional
from backstory.serve.http.parameters import view_code
from backstory.serve.site import site_of

if TYPE_CHECKING:
    from backstory.archive import Archive

Names = Annotated[list[str] | None, InQuery()]
Outline = tuple[str, str]  # what a list is called, the address of its page
MOST_NAMED = 500  # lists that one OPML file is asked for
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
LATELY = timedelta(days=2)  # what a news sitemap holds
MOST_NEWS = 1000
OPML_TYPE = "text/x-opml; charset=utf-8"


router = APIRouter(include_in_schema=False)


@router.get("/feeds.opml")
def named_lists(
    request: Request,
    topic: Names = None,
    tag: Names = None,
    source: Names = None,
    q: Names = None,
) -> Response:
    """The feeds of named topics, tags, publishers and searches; of the world where none is."""
    site = site_of(request)
    archive, root = site.archive, site.address.of(request)
    base = f"{root}/{WORLD}"
    folders: dict[str, list[Outline]] = {
        "Topics": [
            (found.card.name, f"{root}/topic/{_path(found.card.id)}")
            for name in (topic or ())[:MOST_NAMED]
            if (found := archive.topic(name))
        ],
        "Tags": [
            (borne.tag.name, f"{base}/tag/{_path(borne.tag.slug)}")
            for name in (tag or ())[:MOST_NAMED]
            if (borne := archive.tag(name))
        ],
        "Publishers": [
            (publisher.name, f"{root}/source/{_path(publisher.domain)}")
            for name in (source or ())[:MOST_NAMED]
            if (publisher := archive.source(name))
        ],
        "Searches": [
            (clean(words), f"{base}/search?{urlencode({'q': words})}")
            for words in (q or ())[:MOST_NAMED]
            if words
        ],
    }
    if not any((topic, tag, source, q)):
        folders = _lists(archive, root, None)
    return conditional(request, site.changes, opml("Backstory", folders), OPML_TYPE)


@router.get("/{country}/feeds.opml")
def edition(request: Request, country: str) -> Response:
    """The feeds of an edition's lists."""
    site = site_of(request)
    code = view_code(country)
    name = country_name(code) if code else WORLD.capitalize()
    folders = _lists(site.archive, site.address.of(request), code)
    return conditional(request, site.changes, opml(f"Backstory · {name}", folders), OPML_TYPE)


@router.get("/sitemap-news.xml")
def news_sitemap(request: Request) -> Response:
    """The articles of the last two days; of an archive that has ended, of its last two."""
    site = site_of(request)
    newest = site.archive.newest()
    now = min(site.clock(), newest) if newest else site.clock()
    since = now - LATELY
    rows = site.archive.articles(
        Query(date_from=since.date(), date_to=now.date()), MOST_NEWS
    ).results
    body = sitemap([row for row in rows if since <= row.order <= now], site.address.of(request))
    return conditional(request, site.changes, body, "application/xml; charset=utf-8")


def sitemap(rows: Sequence[Row], base: str) -> bytes:
    """A news sitemap of these articles' pages here; those without a headline are left out."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP, "news": NEWS})  # type: ignore[dict-item]
    for row in rows:
        if not row.title:
            continue
        url = etree.SubElement(root, f"{{{SITEMAP}}}url")
        etree.SubElement(url, f"{{{SITEMAP}}}loc").text = f"{base}/article/{_path(row.guid)}"
        news = etree.SubElement(url, f"{{{NEWS}}}news")
        publication = etree.SubElement(news, f"{{{NEWS}}}publication")
        _text(publication, "name", row.site or row.domain)
        _text(publication, "language", (language_tag(row.language) or "en").lower())
        at = row.published.iso() if row.published else row.order.isoformat(timespec="seconds")
        _text(news, "publication_date", at)
        _text(news, "title", row.title)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _text(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, f"{{{NEWS}}}{name}").text = clean(text)


def _path(text: str) -> str:
    return quote(text, safe="")


def _lists(archive: Archive, root: str, code: str | None) -> dict[str, list[Outline]]:
    """The lists of an edition: its front page, the latest, its topics, its tags."""
    base = f"{root}/{code.lower() if code else WORLD}"
    tags = archive.tags_of_query(Query(edition=code))
    return {
        "": [("Trending", f"{base}/"), ("Latest", f"{base}/latest")],
        "Topics": [
            (card.name, f"{root}/topic/{_path(card.id)}") for card in archive.topics(code, limit=30)
        ],
        "Tags": [(tag.name, f"{base}/tag/{_path(tag.slug)}") for tag in tags],
    }


def opml(title: str, folders: Mapping[str, Sequence[Outline]]) -> bytes:
    """An OPML 2.0 file of feeds (opml.org/spec2.opml); the folder "" is no folder."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = clean(title)
    body = etree.SubElement(root, "body")
    for folder, lists in folders.items():
        place = body
        if folder and lists:
            place = etree.SubElement(body, "outline", text=folder, title=folder)
        for name, page in lists:
            path, mark, asked = page.partition("?")
            etree.SubElement(
                place,
                "outline",
                type="rss",
                text=clean(name),
                title=clean(name),
                xmlUrl=f"{path}.atom{mark}{asked}",
                htmlUrl=page,
            )
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
