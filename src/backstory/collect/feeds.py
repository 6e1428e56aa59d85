"""Parse feeds, RSS 0.9x to 2.0, RDF, Atom, JSON Feed and news sitemaps, into plain values."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from backstory.collect.mending import mended_xml, read_json
from backstory.collect.parsed import Entry, ParsedFeed
from backstory.collect.sitemaps import parse_sitemap
from backstory.model.article import Enclosure, Moment
from backstory.model.errors import unreadable
from backstory.model.problems import Kind, Problem, unforeseen
from backstory.text import codes
from backstory.text.charsets import decode
from backstory.text.dates import stated_moment
from backstory.text.plain import plain_line, plain_text
from backstory.web.addresses import linked as _link
from backstory.web.decoding import unpacked
from backstory.web.headers import media_type, whole_number

if TYPE_CHECKING:
    from feedparser import FeedParserDict

T = TypeVar("T")

MOST_BYTES = 50_000_000  # unpacked
MOST_ENTRIES = 2_000
LONGEST_TITLE = 1_000  # characters
LONGEST_SUMMARY = 10_000

_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_ROOT = re.compile(r"<(?!\?|!)(?:[\w.-]+:)?([\w.-]+)")
# feedparser looks for an e-mail address in every author with an expression that takes quadratic
# time over an unbroken run of letters (8 s for 24 kB on a slow machine).
_UNBROKEN = re.compile(r"([\w.+-]{1000})[\w.+-]+")
_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
# Pages that let a browser prove that a person sits in front of it.
_CHALLENGE = re.compile(
    r"challenge-platform|cf-chl-|_cf_chl_opt|<title>\s*(?:just a moment|attention required|"
    r"checking your browser|access denied|are you a robot|verifying you are human|"
    r"security check)|px-captcha|captcha-delivery|geo\.captcha|ddos-guard|incapsula incident|"
    r"sgcaptcha|anubis_challenge|making sure you(?:'|&#39;|’)re not a bot|"
    r"enable javascript and cookies to continue",
    re.IGNORECASE,
)
_SCRIPTS = ("javascript:", "vbscript:", "data:")
_FEED_LINK = re.compile(r"(?:/|\.|\b)(?:rss|atom|feed|feeds|rdf)(?:\.xml|\.php|\.rdf|/|$|\?)", re.I)


def parse_feed(body: bytes, url: str, content_type: str | None = None) -> ParsedFeed:
    """The feed in a body that came from ``url``, which may be a gzip file. Raises ``Unreadable``.

    ``content_type`` is the header as it came, its charset included. Broken XML is read as far
    as it goes.
    """
    try:
        body = unpacked(body, MOST_BYTES)
    except zlib.error as error:
        raise unreadable(Kind.COMPRESSION, detail=str(error)) from None
    text = decode(body, media_type(content_type)[1]).lstrip("\ufeff \t\r\n\0")
    if not _XML_HEAD.sub("", text, count=1).strip():
        raise unreadable(Kind.EMPTY)
    if text.startswith("{"):
        return _json_feed(text, url)
    root = _root_name(text)
    if root in ("urlset", "sitemapindex"):
        return parse_sitemap(text, url)
    head = text[:2000].lower()
    if root == "html" or (
        root not in ("rss", "feed", "rdf") and ("<html" in head or "<!doctype html" in head)
    ):
        raise unreadable(Kind.CHALLENGE if _CHALLENGE.search(text[:50_000]) else Kind.WEB_PAGE)
    return _xml_feed(text, url)


def discover_feeds(html: bytes | str, url: str) -> list[str]:
    """The addresses of the feeds that a web page names, the announced ones first."""
    import lxml.html
    from lxml.etree import LxmlError

    text = decode(html) if isinstance(html, bytes) else html
    try:
        parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True)
        document = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError):
        return []
    base = url
    for element in document.iter("base"):
        base = _link(element.get("href"), url) or url
        break
    found: list[str | None] = []
    for link in document.iter("link"):
        relations = (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").lower().partition(";")[0].strip()
        if "alternate" in relations and kind in _FEED_TYPES:
            found.append(_link(link.get("href"), base))
    for anchor in document.iter("a"):
        href = anchor.get("href") or ""
        if _FEED_LINK.search(href) and len(found) < 50:
            found.append(_link(href, base))
    return list(dict.fromkeys(address for address in found if address is not None))


# ---------------------------------------------------------------- RSS, RDF, Atom


def _xml_feed(text: str, url: str) -> ParsedFeed:
    import feedparser

    text, mended = mended_xml(_UNBROKEN.sub(r"\1", _XML_HEAD.sub("", text, count=1)))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,  # plain text is made of everything below
            resolve_relative_uris=False,
        )
    except Exception as error:  # whatever broken XML does to the library
        raise unreadable(Kind.BROKEN_FEED, detail=type(error).__name__) from None
    if not parsed.get("version") and not parsed.entries:
        raise unreadable(Kind.NO_FEED)
    feed = parsed.feed
    home = _link(feed.get("link"), url)
    base = home or url
    entries, lost = _each(parsed.entries, lambda entry: _entry(entry, base))
    links = {link.get("rel"): link.get("href") for link in reversed(feed.get("links", []))}
    ttl = whole_number(feed.get("ttl"), 6)
    return ParsedFeed(
        title=plain_line(_text(feed.get("title")))[:LONGEST_TITLE],
        home=home,
        language=_code(feed.get("language")),
        entries=entries,
        ttl=None if ttl is None else ttl * 60.0,
        hub=_link(links.get("hub"), url),
        own=_link(links.get("self"), url),
        older=_link(links.get("prev-archive") or links.get("next"), url),
        mended=(*mended, *lost),
    )


def _each(
    items: Sequence[T], read: Callable[[T], Entry]
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The entries, and why some were left out: one that nobody foresaw costs itself alone."""
    entries: list[Entry] = []
    lost: list[Problem] = []
    for item in items[:MOST_ENTRIES]:
        try:
            entries.append(read(item))
        except Exception as error:
            lost.append(unforeseen(error))
    return tuple(entries), tuple(lost)


def _entry(entry: FeedParserDict, base: str) -> Entry:
    summary, content = _text(entry.get("summary")), ""
    for part in entry.get("content", ()):
        value = _text(part.get("value"))
        if len(value) > len(content) and not str(part.get("type", "")).startswith("image"):
            content = value
    if content == summary:
        # Atom's content without a summary stands in both; RSS 2.0's description in one.
        summary = summary if len(plain_text(summary)) <= 1000 else ""
        content = "" if summary else content
    language = entry.get("language") or next(
        (part.get("language") for part in entry.get("content", ()) if part.get("language")), None
    )
    enclosures = tuple(_enclosures(entry, base))
    return Entry(
        guid=_identifier(_text(entry.get("id"))),
        link=_entry_link(entry, base),
        title=plain_text(_text(entry.get("title")))[:LONGEST_TITLE],
        summary=plain_line(summary)[:LONGEST_SUMMARY],
        text=plain_text(content),
        author=_author(entry),
        published=_moment(entry, "published") or _moment(entry, "created"),
        updated=_moment(entry, "updated"),
        image=_image(entry, enclosures, base, content or summary),
        categories=_categories(entry),
        language=_code(language),
        enclosures=enclosures,
    )


def _entry_link(entry: FeedParserDict, base: str) -> str | None:
    """The page: what FeedBurner took it from, if that is whole; else an HTML alternate before
    one of another type (RFC 4287, 4.2.7)."""
    original = _text(entry.get("feedburner_origlink")).strip()
    if original.lower().startswith(("http://", "https://")):
        found = _page(original, base)
        if found is not None:
            return found
    alternates = [
        one for one in entry.get("links", ()) if one.get("rel", "alternate") == "alternate"
    ]
    alternates.sort(key=lambda one: "html" not in str(one.get("type") or "html"))
    for link in alternates:
        found = _page(link.get("href"), base)
        if found is not None:
            return found
    return _page(entry.get("link"), base)


def _page(stated: object, base: str) -> str | None:
    """A link with its fragment, by which several entries of one page are told apart."""
    link = _link(stated, base)
    fragment = _text(stated).strip().partition("#")[2]
    return f"{link}#{fragment}" if link is not None and fragment else link


def _author(entry: FeedParserDict) -> str | None:
    names: list[str] = []
    for person in entry.get("authors", ()):
        name = plain_line(_text(person.get("name")))
        if name and "@" not in name and name not in names:
            names.append(name)
    if not names:
        name = plain_line(_text(entry.get("author")))
        if name and "@" not in name:
            names.append(name)
    return ", ".join(names)[:300] or None


def _moment(entry: FeedParserDict, name: str) -> Moment | None:
    if not dict.__contains__(entry, name):  # feedparser answers one date for another
        return None
    return stated_moment(_text(dict.get(entry, name)))


def _categories(entry: FeedParserDict) -> tuple[str, ...]:
    names = []
    for tag in entry.get("tags", ())[:50]:
        name = plain_line(_text(tag.get("label") or tag.get("term")))
        if 1 < len(name) <= 100 and not name.startswith("http"):
            names.append(name)
    return tuple(dict.fromkeys(names))


def _enclosures(entry: FeedParserDict, base: str) -> Iterator[Enclosure]:
    """What an entry carries: RSS and Atom enclosures, and the files of Media RSS as YouTube and
    Mastodon give them. A picture with a stated width is one size of several of the same."""
    seen = set()
    for one in entry.get("enclosures", ())[:20]:
        url = _link(one.get("href") or one.get("url"), base)
        if url is not None and url not in seen:
            seen.add(url)
            yield Enclosure(url, _media_type(one), _size(one.get("length")))
    for one in entry.get("media_content", ())[:20]:
        url = _link(one.get("url"), base)
        kind = _media_type(one)
        if url is None or url in seen or kind is None:
            continue
        if not (kind.startswith("image") and one.get("width")):
            seen.add(url)
            yield Enclosure(url, kind, _size(one.get("filesize")))


def _media_type(given: FeedParserDict) -> str | None:
    return str(given.get("type") or given.get("medium") or "").lower()[:100] or None


def _size(stated: object) -> int | None:
    return whole_number(stated, 14) or None


def _image(
    entry: FeedParserDict, enclosures: tuple[Enclosure, ...], base: str, markup: str
) -> str | None:
    found: list[tuple[int, str | None]] = []
    for media in entry.get("media_content", ()):
        kind = f"{media.get('medium') or ''} {media.get('type') or ''}".lower()
        address = str(media.get("url") or "")
        if "image" in kind or re.search(r"\.(?:jpe?g|png|webp|avif)(?:$|\?)", address, re.I):
            found.append((_number(media.get("width")) or 600, address))
    for media in entry.get("media_thumbnail", ()):
        found.append((_number(media.get("width")) or 100, media.get("url")))
    for enclosure in enclosures:
        if (enclosure.media_type or "").startswith("image/"):
            found.append((500, enclosure.url))
    picture = entry.get("image")
    if isinstance(picture, dict):
        found.append((300, picture.get("href")))
    found.sort(key=lambda one: -one[0])
    for _, candidate in found:
        link = _link(candidate, base)
        if link is not None:
            return link
    return image_in(markup, base)


def image_in(markup: str, base: str) -> str | None:
    """The first picture of a piece of HTML that is not a tracking pixel."""
    for tag in re.findall(r"<img\s[^>]{1,2000}", markup[:50_000], re.IGNORECASE)[:5]:
        source = re.search(r"""\ssrc\s*=\s*["']?([^"'\s>]+)""", tag, re.IGNORECASE)
        size = re.search(r"""\s(?:width|height)\s*=\s*["']?(\d+)""", tag, re.IGNORECASE)
        if source and (size is None or int(size.group(1)[:6]) > 50):
            import html

            link = _link(html.unescape(source.group(1)), base)
            if link is not None:
                return link
    return None


# ---------------------------------------------------------------- JSON Feed


def _json_feed(text: str, url: str) -> ParsedFeed:
    """JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        document, mended = read_json(text)
    except ValueError as error:
        raise unreadable(Kind.BROKEN_JSON, detail=str(error)) from None
    if not isinstance(document, dict) or "jsonfeed.org/version" not in str(document.get("version")):
        raise unreadable(Kind.OTHER_JSON)
    items = document.get("items")
    home = _link(document.get("home_page_url"), url)
    entries, lost = _each(
        [item for item in _list(items) if isinstance(item, dict)],
        lambda item: _json_entry(item, home or url),
    )
    hubs = [hub for hub in _list(document.get("hubs")) if isinstance(hub, dict)]
    return ParsedFeed(
        title=plain_line(_text(document.get("title")))[:LONGEST_TITLE],
        home=home,
        language=_code(document.get("language")),
        entries=entries,
        hub=_link(hubs[0].get("url"), url) if hubs else None,
        own=_link(document.get("feed_url"), url),
        older=_link(document.get("next_url"), url),
        mended=(*mended, *lost),
    )


def _json_entry(item: dict[str, Any], base: str) -> Entry:
    markup = _text(item.get("content_html"))
    content = plain_text(markup) or plain_text(_text(item.get("content_text")))
    people = [*_list(item.get("authors")), item.get("author")]
    names = [plain_line(_text(one.get("name"))) for one in people if isinstance(one, dict)]
    guid = item.get("id")
    picture = _link(item.get("image"), base) or _link(item.get("banner_image"), base)
    attached = [one for one in _list(item.get("attachments"))[:20] if isinstance(one, dict)]
    enclosures = []
    for one in attached:
        address = _link(one.get("url"), base)
        size = one.get("size_in_bytes")
        if address is not None:
            kind = _text(one.get("mime_type")).lower()[:100] or None
            enclosures.append(Enclosure(address, kind, size if isinstance(size, int) else None))
    return Entry(
        guid=_identifier(str(guid)) if isinstance(guid, str | int | float) else None,
        link=_page(item.get("url"), base) or _page(item.get("external_url"), base),
        title=plain_text(_text(item.get("title")))[:LONGEST_TITLE],
        summary=plain_line(_text(item.get("summary")))[:LONGEST_SUMMARY],
        text=content,
        author=", ".join(dict.fromkeys(name for name in names if name))[:300] or None,
        published=stated_moment(_text(item.get("date_published"))),
        updated=stated_moment(_text(item.get("date_modified"))),
        image=picture or image_in(markup, base),
        categories=tuple(plain_line(tag)[:100] for tag in _list(item.get("tags")) if _text(tag)),
        language=_code(item.get("language")),
        enclosures=tuple(enclosures),
    )


# ---------------------------------------------------------------- small things


def _identifier(stated: str) -> str | None:
    """A guid as it was given, unless it is script or markup: those reach no store."""
    guid = stated.strip()[:1000]
    bare = re.sub(r"[\s\x00-\x1f]", "", guid).lower()
    return None if "<" in guid or bare.startswith(_SCRIPTS) else guid or None


def _root_name(text: str) -> str:
    head = re.sub(r"<!--.*?-->", "", text[:20_000], flags=re.DOTALL)
    found = _ROOT.search(head)
    return found.group(1).lower() if found else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: object) -> int | None:
    return whole_number(value, 6)


def _code(value: object) -> str | None:
    return codes.language(_text(value))
