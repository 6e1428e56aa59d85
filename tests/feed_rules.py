"""The rules that the W3C feed validator holds Atom, RSS and JSON feeds to, as a checker.

``problems`` says in one line each what is wrong with a feed; nothing means valid. After RFC 4287,
the RSS 2.0 specification with the profile of the RSS Advisory Board, JSON Feed 1.1, RFC 5005.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree, html

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json",
}
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d (GMT|[+-]\d{4})"
)
URI = re.compile(
    r"(https?://[^\s/]+|urn:[a-z0-9-]+:)([A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
RELATIONS = {
    "self",
    "alternate",
    "related",
    "enclosure",
    "via",
    "first",
    "next",
    "previous",
    "last",
}
UNSAFE = {"script", "style", "iframe", "object", "embed", "form", "input", "meta", "link", "base"}
ONE_OF_FEED = ("id", "title", "updated")
ATOM_FEED = {"id", "title", "updated", "link", "author", "entry", "subtitle", "icon", "generator"}
ATOM_ENTRY = {"id", "title", "updated", "published", "link", "author", "category", "content"}
RSS_CHANNEL = {"title", "link", "description", "lastBuildDate", "language", "item", "ttl"}
RSS_ITEM = {"title", "link", "guid", "pubDate", "category", "description", "enclosure"}


def problems(kind: str, content: bytes, media_type: str, address: str) -> list[str]:
    found = [] if media_type == TYPES[kind] else [f"content type {media_type}"]
    check = {"atom": _atom, "rss": _rss, "json": _json}[kind]
    return found + list(check(content, address))


def _address(text: str | None, what: str) -> Iterator[str]:
    if not text or not URI.fullmatch(text):
        yield f"{what} is no full address: {text!r}"


def _html(text: str, what: str) -> Iterator[str]:
    """Markup inside a feed: full addresses, nothing that runs."""
    if not text.strip():
        return
    for node in html.fragments_fromstring(f"<div>{text}</div>"):
        for each in node.iter():
            if each.tag in UNSAFE:
                yield f"{what} holds <{each.tag}>"
            for name, value in ((str(n), str(v)) for n, v in each.attrib.items()):
                if name.startswith("on") or name == "style":
                    yield f"{what} holds {name}="
                if name in ("href", "src"):
                    yield from _address(value, f"{what} {name}")


def _rfc_3339(text: str | None, what: str) -> Iterator[str]:
    if not text or not RFC_3339.fullmatch(text):
        yield f"{what} is no date of RFC 3339: {text!r}"
    else:
        datetime.fromisoformat(text)


def _rfc_822(text: str | None, what: str) -> Iterator[str]:
    if not text or not RFC_822.fullmatch(text):
        yield f"{what} is no date of RFC 822: {text!r}"
    elif parsedate_to_datetime(text).strftime("%a") != text[:3]:
        yield f"{what} names the wrong day of the week: {text!r}"


def _parsed(content: bytes) -> etree._Element:
    assert content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    return etree.fromstring(content)


def _children(node: etree._Element, space: str, known: set[str]) -> Iterator[str]:
    for child in node:
        name = str(child.tag)
        own = name.startswith(space) and "}" not in name[len(space) :]
        if own and name[len(space) :] not in known:
            yield f"unknown element {name}"


def _links(links: list[etree._Element], media_type: str, address: str) -> Iterator[str]:
    """Self and the paging links of RFC 5005."""
    own = [link.get("href") for link in links if link.get("rel") == "self"]
    if own != [address]:
        yield f"self is {own}, asked for was {address}"
    kinds = Counter((link.get("rel"), link.get("type"), link.get("hreflang")) for link in links)
    for (relation, of_type, _), times in kinds.items():
        if relation not in RELATIONS:
            yield f"no registered relation: {relation}"
        if times > 1 and relation != "related":
            yield f"{times} links {relation} {of_type}"
    for link in links:
        yield from _address(link.get("href"), f"link {link.get('rel')}")
        paging = link.get("rel") in ("first", "next", "previous", "last")
        if paging and link.get("type") != media_type:
            yield f"the page {link.get('rel')} is of type {link.get('type')}"


def _twice(ids: list[str | None], what: str) -> Iterator[str]:
    for name, times in Counter(ids).items():
        if times > 1:
            yield f"{what} {name} stands {times} times"


def _atom(content: bytes, address: str) -> Iterator[str]:
    feed = _parsed(content)
    if feed.tag != f"{ATOM}feed":
        yield f"the root is {feed.tag}"
    yield from _children(feed, ATOM, ATOM_FEED)
    for name in ONE_OF_FEED:
        if len(feed.findall(f"{ATOM}{name}")) != 1 or not (feed.findtext(f"{ATOM}{name}") or ""):
            yield f"a feed has one {name}"
    yield from _address(feed.findtext(f"{ATOM}id"), "the feed's id")
    yield from _rfc_3339(feed.findtext(f"{ATOM}updated"), "the feed's updated")
    links = feed.findall(f"{ATOM}link")
    yield from _links(links, "application/atom+xml", address)
    if not any(link.get("rel") == "alternate" for link in links):
        yield "the feed names no page"
    entries = feed.findall(f"{ATOM}entry")
    yield from _twice([entry.findtext(f"{ATOM}id") for entry in entries], "the id")
    of_all = feed.find(f"{ATOM}author/{ATOM}name") is not None
    for entry in entries:
        yield from _children(entry, ATOM, ATOM_ENTRY)
        for name in ("id", "title", "updated", "content"):
            if len(entry.findall(f"{ATOM}{name}")) != 1:
                yield f"an entry has one {name}"
        if not entry.findtext(f"{ATOM}title"):
            yield "an entry has no title"
        yield from _address(entry.findtext(f"{ATOM}id"), "an entry's id")
        updated, published = (entry.findtext(f"{ATOM}{n}") for n in ("updated", "published"))
        yield from _rfc_3339(updated, "updated")
        if published is not None:
            yield from _rfc_3339(published, "published")
            if updated and published > updated:
                yield "an entry was updated before it was published"
        alternates = [x for x in entry.findall(f"{ATOM}link") if x.get("rel") == "alternate"]
        if len(alternates) != 1:
            yield f"an entry names {len(alternates)} pages"
        for link in entry.findall(f"{ATOM}link"):
            yield from _address(link.get("href"), "an entry's link")
        names = entry.findall(f"{ATOM}author/{ATOM}name")
        if (not names and not of_all) or any(not name.text for name in names):
            yield "an entry has no author"
        if any(not category.get("term") for category in entry.findall(f"{ATOM}category")):
            yield "a category has no term"
        language = entry.get("{http://www.w3.org/XML/1998/namespace}lang")
        if language is not None and not LANGUAGE.fullmatch(language):
            yield f"no language: {language}"
        node = entry.find(f"{ATOM}content")
        if node is not None:
            if node.get("type") != "html":
                yield "content is of no known type"
            yield from _html(node.text or "", "content")


def _rss(content: bytes, address: str) -> Iterator[str]:
    root = _parsed(content)
    channel = root.find("channel")
    if root.tag != "rss" or root.get("version") != "2.0" or channel is None or len(root) != 1:
        yield "no RSS 2.0 with one channel"
        return
    yield from _children(channel, "", RSS_CHANNEL)
    for name in ("title", "link", "description"):
        if len(channel.findall(name)) != 1 or not channel.findtext(name):
            yield f"a channel has one {name}"
    yield from _address(channel.findtext("link"), "the channel's link")
    yield from _rfc_822(channel.findtext("lastBuildDate"), "lastBuildDate")
    yield from _links(channel.findall(f"{ATOM}link"), "application/rss+xml", address)
    items = channel.findall("item")
    yield from _twice([item.findtext("guid") for item in items], "the guid")
    for item in items:
        yield from _children(item, "", RSS_ITEM)
        for name in ("title", "link", "guid", "pubDate", "description"):
            if len(item.findall(name)) != 1:
                yield f"an item has one {name}"
        if not item.findtext("title"):
            yield "an item has no title"
        yield from _address(item.findtext("link"), "an item's link")
        yield from _rfc_822(item.findtext("pubDate"), "pubDate")
        guid = item.find("guid")
        if guid is None or not guid.text:
            yield "an item has no guid"
        elif guid.get("isPermaLink") != "false":
            yield from _address(guid.text, "a guid that is a link")
        if not item.findtext(f"{DC}creator"):
            yield "an item has no creator"
        if any(not category.text for category in item.findall("category")):
            yield "a category is empty"
        yield from _html(item.findtext("description") or "", "description")


def _json(content: bytes, address: str) -> Iterator[str]:
    feed = json.loads(content)
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield f"version {feed.get('version')}"
    if not feed.get("title"):
        yield "the feed has no title"
    if feed.get("feed_url") != address:
        yield f"feed_url is {feed.get('feed_url')}, asked for was {address}"
    for name in ("home_page_url", "next_url"):
        if name in feed or name == "home_page_url":
            yield from _address(feed.get(name), name)
    if feed.get("next_url") == address:
        yield "next_url is the feed itself"
    yield from _twice([item.get("id") for item in feed["items"]], "the id")
    for item in feed["items"]:
        if not isinstance(item.get("id"), str) or not item["id"]:
            yield "an item has no id"
        if not item.get("content_html") and not item.get("content_text"):
            yield "an item has no content"
        yield from _html(item.get("content_html", ""), "content_html")
        for name in ("url", "external_url", "image"):
            if name in item:
                yield from _address(item[name], name)
        for name in ("date_published", "date_modified"):
            yield from _rfc_3339(item.get(name), name)
        if not item.get("authors") or not all(author.get("name") for author in item["authors"]):
            yield "an item has no author"
        if not all(isinstance(tag, str) and tag for tag in item.get("tags", [])):
            yield "a tag is empty"
        if "language" in item and not LANGUAGE.fullmatch(item["language"]):
            yield f"no language: {item['language']}"
