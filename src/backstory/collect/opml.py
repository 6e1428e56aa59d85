"""Read and write OPML, the lists of feeds that other programs exchange."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from backstory.collect.mending import mended_xml
from backstory.collect.poll import FeedState
from backstory.model.errors import Unreadable, unreadable
from backstory.model.problems import Kind, Problem
from backstory.text.charsets import decode
from backstory.text.plain import plain_line
from backstory.web.addresses import apart, fetchable, linked


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of an OPML file; ``folders`` from the outermost in, ``home`` its web page."""

    url: str
    title: str
    home: str | None = None
    folders: tuple[str, ...] = ()
    language: str | None = None
    credentials: str = ""


@dataclass(frozen=True, slots=True)
class BadOutline:
    """A line of an OPML file that names a feed which cannot be used."""

    title: str
    problem: Problem


def read(body: bytes) -> list[Outline | BadOutline]:
    """The feeds of an OPML file, each address once, in the order of the file.

    Broken files are read as far as they go: unescaped ampersands, elements left open, wrong
    character sets, attributes in whatever case. Raises ``Unreadable`` where there is no outline.
    """
    from lxml import etree

    text = decode(body)
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    text, _ = mended_xml(text)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.parse(io.BytesIO(text.encode("utf-8", "replace")), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise unreadable(Kind.NOT_OPML, detail=error.msg) from None
    if root is None or not any(_name(one) == "outline" for one in root.iter()):
        raise unreadable(Kind.NOT_OPML, detail="")
    found: dict[str, Outline] = {}
    bad: list[BadOutline] = []
    for element in root.iter():
        if _name(element) != "outline":
            continue
        given = {str(name).lower(): str(value).strip() for name, value in element.attrib.items()}
        address = given.get("xmlurl") or (given.get("url", "") if _is_feed(given) else "")
        if not address:
            continue
        title = plain_line(given.get("title") or given.get("text") or "")
        address, credentials = apart(_with_scheme(address))
        try:
            url = fetchable(address)
        except Unreadable as error:
            bad.append(BadOutline(title or address[:80], error.problem))
            continue
        found.setdefault(
            url,
            Outline(
                url=url,
                title=title[:300],
                home=linked(_with_scheme(given.get("htmlurl", ""))),
                folders=_folders(element),
                language=given.get("language") or None,
                credentials=credentials,
            ),
        )
    return [*found.values(), *bad]


def write(feeds: Iterable[FeedState], title: str = "Backstory") -> bytes:
    """An OPML 2.0 file of some feeds, in folders by country, that other programs read."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders: dict[str, Any] = {}
    for feed in feeds:
        place = body
        if feed.country:
            if feed.country not in folders:
                folders[feed.country] = etree.SubElement(
                    body, "outline", text=feed.country, title=feed.country
                )
            place = folders[feed.country]
        name = _printable(feed.title or feed.source or feed.url)
        outline = etree.SubElement(
            place, "outline", type="rss", text=name, title=name, xmlUrl=feed.url
        )
        if feed.language:
            outline.set("language", _printable(feed.language))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))


def _is_feed(given: dict[str, str]) -> bool:
    return given.get("type", "").lower() in ("rss", "rss1", "atom", "feed")


def _with_scheme(address: str) -> str:
    """Addresses as other programs write them: ``feed://…``, ``feed:https://…``, bare hosts."""
    lower = address.lower()
    if lower.startswith("feed://"):
        return "http://" + address[7:]
    if lower.startswith("feed:"):
        return address[5:]
    return address if ":" in address.split("/", 1)[0] else "http://" + address.lstrip("/")


def _folders(element: Any) -> tuple[str, ...]:
    names = []
    for parent in element.iterancestors():
        if _name(parent) == "outline":
            given = {str(name).lower(): str(value) for name, value in parent.attrib.items()}
            names.append(plain_line(given.get("title") or given.get("text") or ""))
    return tuple(name for name in reversed(names) if name)


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _printable(text: str) -> str:
    return "".join(character for character in text if character >= " ")
