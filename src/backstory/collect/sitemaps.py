"""Read sitemaps: those of news, with titles and dates, and the indexes that list them."""

from __future__ import annotations

import io
from operator import itemgetter
from typing import Any

from backstory.collect.parsed import Entry, ParsedFeed
from backstory.model.errors import unreadable
from backstory.model.problems import Kind
from backstory.text import codes
from backstory.text.dates import stated_moment
from backstory.text.plain import plain_line, plain_text
from backstory.web.addresses import linked

MOST_ADDRESSES = 50_000  # sitemaps.org allows no more in one file


def parse_sitemap(text: str, url: str) -> ParsedFeed:
    """A sitemap as a feed: entries with the title and date of its news extension.

    A plain sitemap gives entries without titles, a sitemap index ``sitemaps`` and no entries
    (https://www.sitemaps.org/protocol.html, Google's news-sitemap extension 0.9). Raises
    ``Unreadable`` where it is neither.
    """
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False
    )
    try:
        root = etree.parse(io.BytesIO(text.encode("utf-8", "replace")), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise unreadable(Kind.BROKEN_SITEMAP, detail=error.msg) from None
    if root is None:
        raise unreadable(Kind.BROKEN_SITEMAP, detail="")
    entries: list[Entry] = []
    indexed: list[tuple[float, str]] = []  # the newest first, as only some are read
    name = ""
    for place in root:
        fields = _fields(place)
        address = linked(fields.get("loc"), url)
        if address is None:
            continue
        if _local(place) == "sitemap":
            changed = stated_moment(fields.get("lastmod", ""))
            indexed.append((-changed.at.timestamp() if changed else 0.0, address))
        elif _local(place) == "url" and len(entries) < MOST_ADDRESSES:
            name = name or plain_line(fields.get("name", ""))
            entries.append(_entry(fields, address, url))
    if not entries and not indexed and _local(root) not in ("urlset", "sitemapindex"):
        raise unreadable(Kind.NO_SITEMAP)
    return ParsedFeed(
        title=name,
        home=None,
        language=next((entry.language for entry in entries if entry.language), None),
        entries=tuple(entries),
        sitemaps=tuple(dict.fromkeys(address for _, address in sorted(indexed, key=itemgetter(0)))),
    )


def _entry(fields: dict[str, str], address: str, url: str) -> Entry:
    keywords = fields.get("keywords", "")
    return Entry(
        guid=None,
        link=address,
        title=plain_text(fields.get("title", ""))[:1000],
        summary="",
        text="",
        author=None,
        published=stated_moment(fields.get("publication_date", "")),
        updated=stated_moment(fields.get("lastmod", "")),
        image=linked(fields.get("image:loc"), url),
        categories=tuple(plain_line(one)[:100] for one in keywords.split(",") if one.strip()),
        language=codes.language(fields.get("language", "")),
    )


def _fields(place: Any) -> dict[str, str]:
    """The texts below a <url> or <sitemap> by their local names, the first of each."""
    fields: dict[str, str] = {}
    for element in place.iterdescendants():
        name = _local(element)
        if name == "loc" and _local(element.getparent()) == "image":
            name = "image:loc"
        if element.text and element.text.strip():
            fields.setdefault(name, element.text.strip())
    return fields


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""
