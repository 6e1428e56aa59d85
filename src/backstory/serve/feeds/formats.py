"""Lists as feeds: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1 from one value, paged by RFC 5005.

Nothing in a feed depends on when it was asked for, so that an unchanged list gives the same
bytes. Identifiers are made from ours, not from addresses, and stay when an instance moves. A
story in two lists has two identifiers: readers that keep one entry an identifier (newsboat does)
would move it from the one list to the other and back. An event is of one topic at a time, so that
all topics are one list in this: where topics become one, nothing comes again. Nor does it where a
story that a topic's feed has told goes into one that none has told: its identifier is kept.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

import orjson
from lxml import etree
from markupsafe import Markup

from backstory.model.views import Event, Row, StoryCard
from backstory.serve.countries import language_tag
from backstory.serve.formatting import clean, day_words, publishers, web_address

ATOM = "http://www.w3.org/2005/Atom"
CREATOR = "http://purl.org/dc/elements/1.1/"
NAMES = uuid.uuid5(uuid.NAMESPACE_DNS, "backstory.invalid")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # of a feed that has nothing yet


@dataclass(frozen=True, slots=True)
class Entry:
    id: str  # within its feed: "story:…"; written, it is made one of all feeds
    title: str
    address: str  # of the page here
    original: str | None  # of the publisher's page
    author: str
    content: Markup
    published: datetime | None
    updated: datetime
    language: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    name: str  # what the identifier is made from
    title: str
    address: str  # of the page
    own_address: str  # of this page of the feed
    entries: tuple[Entry, ...]
    within: str | None = None  # what entries' identifiers are made from; None: the name
    first: str | None = None  # addresses of other pages of the feed (RFC 5005, section 3)
    next: str | None = None
    previous: str | None = None

    @property
    def id(self) -> str:
        return identifier("feed", self.name)

    def written(self) -> tuple[Entry, ...]:
        """The entries under the identifiers that they bear in this list."""
        within = self.within or self.name
        return tuple(replace(one, id=identifier(within, one.id)) for one in self.entries)

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=BEGINNING)

    @property
    def others(self) -> dict[str, str]:
        """The addresses of the feed's other pages, by their relation."""
        pages = {"first": self.first, "next": self.next, "previous": self.previous}
        return {relation: address for relation, address in pages.items() if address}


def identifier(kind: str, name: str) -> str:
    return uuid.uuid5(NAMES, f"{kind}:{name}").urn


def original(url: str | None) -> str | None:
    """A publisher's address as the formats want it: only what a URI may hold (RFC 3986)."""
    address = web_address(url)
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~") if address else None


# ---------------------------------------------------------------- entries


def _paragraph(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text) if text else Markup("")


def story_entry(card: StoryCard, base: str) -> Entry:
    facts = f"{publishers(len(card.sources))}, first {card.first.site or card.first.domain}"
    content = _paragraph(card.summary) + _paragraph(facts + ".")
    if card.before:
        lines = Markup("").join(
            Markup('<li>{}: <a href="{}">{}</a></li>').format(
                day_words((line.published.at if line.published else line.order).date()),
                f"{base}/story/{line.story}",
                line.headline,
            )
            for line in card.before
        )
        content += Markup("<p>Before this</p><ul>{}</ul>").format(lines)
    else:
        content += _paragraph("Before this: nothing earlier in this archive.")
    return Entry(
        id=f"story:{card.id}",
        title=card.headline,
        address=f"{base}/story/{card.id}",
        original=original(card.lead.url),
        author=card.first.site or card.first.domain,
        content=content,
        published=card.first_published,
        updated=max(card.first_published, card.last_published),
        language=language_tag(card.lead.language),
        tags=tuple(tag.name for tag in card.lead.tags),
    )


def article_entry(row: Row, base: str) -> Entry:
    return Entry(
        id=f"article:{row.guid}",
        title=row.title,
        address=f"{base}/article/{row.guid}",
        original=original(row.url),
        author=row.site or row.domain,
        content=_paragraph(row.summary) or _paragraph(row.title),
        published=row.published.at if row.published else None,
        updated=row.order,
        language=language_tag(row.language),
        tags=tuple(tag.name for tag in row.tags),
    )


def event_entry(event: Event, base: str, told_as: str | None = None) -> Entry:
    """``told_as``: the story under whose identifier the event was told first, if another."""
    shared = ", ".join(reason.name for reason in event.reasons)
    content = _paragraph(event.changed or "")
    content += _paragraph(", ".join(event.sources) + (f"; in common: {shared}." if shared else "."))
    last = event.last_published.at if event.last_published else event.order
    lead = event.articles[0] if event.articles else None
    return Entry(
        id=f"story:{told_as or event.story}",
        title=event.headline,
        address=f"{base}/story/{event.story}",
        original=original(lead.url) if lead else None,
        author=event.sources[0] if event.sources else "",
        content=content,
        published=event.first_published.at if event.first_published else None,
        updated=max(last, event.order),
    )


# ---------------------------------------------------------------- formats


def _element(parent: etree._Element, name: str, text: str = "", **given: str) -> etree._Element:
    element = etree.SubElement(parent, name, {key: clean(value) for key, value in given.items()})
    if text:
        element.text = clean(text)
    return element


def _bytes(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def atom(feed: Feed) -> bytes:
    root = etree.Element("feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    _element(root, "id", feed.id)
    _element(root, "title", feed.title)
    _element(root, "updated", _stamp(feed.updated))
    _element(root, "link", rel="self", type="application/atom+xml", href=feed.own_address)
    _element(root, "link", rel="alternate", type="text/html", href=feed.address)
    for relation, address in feed.others.items():
        _element(root, "link", rel=relation, type="application/atom+xml", href=address)
    _element(_element(root, "author"), "name", "Backstory")
    for entry in feed.written():
        node = _element(root, "entry")
        if entry.language:
            node.set("{http://www.w3.org/XML/1998/namespace}lang", entry.language)
        _element(node, "id", entry.id)
        _element(node, "title", entry.title or "(no headline)")
        _element(node, "updated", _stamp(entry.updated))
        if entry.published:
            _element(node, "published", _stamp(entry.published))
        _element(node, "link", rel="alternate", type="text/html", href=entry.address)
        if entry.original:
            _element(node, "link", rel="related", href=entry.original)
        _element(_element(node, "author"), "name", entry.author or "unknown")
        for tag in entry.tags:
            _element(node, "category", term=tag)
        _element(node, "content", str(entry.content), type="html")
    return _bytes(root)


def rss(feed: Feed) -> bytes:
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM, "dc": CREATOR})
    channel = _element(root, "channel")
    _element(channel, "title", feed.title)
    _element(channel, "link", feed.address)
    _element(channel, "description", f"{feed.title}, with the history behind it")
    _element(channel, "lastBuildDate", _mail_date(feed.updated))
    _element(
        channel,
        f"{{{ATOM}}}link",
        rel="self",
        type="application/rss+xml",
        href=feed.own_address,
    )
    for relation, address in feed.others.items():
        _element(channel, f"{{{ATOM}}}link", rel=relation, type="application/rss+xml", href=address)
    for entry in feed.written():
        node = _element(channel, "item")
        _element(node, "title", entry.title or "(no headline)")
        _element(node, "link", entry.address)
        _element(node, "guid", entry.id, isPermaLink="false")
        _element(node, "pubDate", _mail_date(entry.published or entry.updated))
        _element(node, f"{{{CREATOR}}}creator", entry.author or "unknown")
        for tag in entry.tags:
            _element(node, "category", tag)
        _element(node, "description", str(entry.content))
    return _bytes(root)


def json_feed(feed: Feed) -> bytes:
    items = []
    for entry in feed.written():
        item: dict[str, object] = {
            "id": entry.id,
            "url": entry.address,
            "title": clean(entry.title),
            "content_html": clean(str(entry.content)),
            "date_published": _stamp(entry.published or entry.updated),
            "date_modified": _stamp(entry.updated),
            "authors": [{"name": clean(entry.author) or "unknown"}],
            "tags": [clean(tag) for tag in entry.tags],
        }
        if entry.original:
            item["external_url"] = entry.original
        if entry.language:
            item["language"] = entry.language
        items.append(item)
    head: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(feed.title),
        "home_page_url": feed.address,
        "feed_url": feed.own_address,
    }
    if feed.next:
        head["next_url"] = feed.next
    return orjson.dumps({**head, "items": items})


def _mail_date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
