"""Turn a page into an article: what it says of itself first, its text by trafilatura."""

from __future__ import annotations

import re
from dataclasses import replace

import lxml.html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from backstory.extract.bylines import read_byline
from backstory.extract.metadata import Metadata, read_metadata
from backstory.extract.paging import next_page
from backstory.extract.text import article_text
from backstory.extract.titles import is_name
from backstory.model.article import Article, Moment, Reading
from backstory.model.problems import Kind, problem
from backstory.text.charsets import decode
from backstory.web.addresses import canonical, linked, registrable_domain
from backstory.web.headers import media_type

MOST_BYTES = 10_000_000
SHORT = 400  # characters: a page that sends its readers on says no more
SOON = 5  # seconds until it does
_PARSER = lxml.html.HTMLParser(
    encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
)


def read_page(body: bytes, url: str, content_type: str | None = None) -> Article | None:
    """The article of a page, or None where it has none: see ``examine``."""
    return examine(body, url, content_type).article


def examine(body: bytes, url: str, content_type: str | None = None) -> Reading:
    """Read a page that came from ``url``.

    ``content_type`` is the header as it came, charset included. The article's address is the
    canonical one that the page names, if it lies on the same domain; with ``url`` "" (a file
    from nowhere) it is what the page names, or "". Every word is plain text.
    Raises ``Unreadable`` where ``url`` is no http(s) address; a page never raises.
    """
    address = canonical(url) if url else ""
    kind, charset = media_type(content_type)
    if kind and not re.search(r"html|xml|text/plain|octet-stream", kind):
        return Reading(None, problem(Kind.OTHER_TYPE, media_type=kind))
    if len(body) > MOST_BYTES:
        return Reading(None, problem(Kind.TOO_LARGE, bytes=MOST_BYTES))
    tree = _parse(decode(body, charset))
    if tree is None:
        return Reading(None, problem(Kind.EMPTY))
    stated = read_metadata(tree, address)
    fetched_from, address = address, stated.address or address
    nobody = all(_is_nobody(author, stated.site) for author in stated.authors)
    if stated.published is None or nobody:
        below = read_byline(tree)
        people = [name for name in below.authors if not _is_nobody(name, stated.site)]
        stated = replace(
            stated,
            published=stated.published or below.published,
            authors=(tuple(people) if nobody and people else stated.authors) or below.authors,
        )
    published = stated.published or _guessed_date(tree, address)
    further = next_page(tree, fetched_from)
    text = article_text(tree, stated)
    if len(text) < SHORT and (place := _refresh(tree, fetched_from)) is not None:
        return Reading(None, problem(Kind.NO_TEXT), refresh=place)
    lacking = _no_article(stated, text)
    if lacking is not None:
        return Reading(
            None, problem(lacking), stated.kind, stated.paywalled, reserved=stated.reserved
        )
    article = Article(
        url=address,
        title=stated.title,
        text=text,
        summary=stated.summary or None,
        published=published,
        updated=stated.updated if stated.updated != published else None,
        site=stated.site or (registrable_domain(address) if address else ""),
        author=", ".join(stated.authors) or None,
        image=stated.image,
        language=stated.language,
        tags=stated.tags,
        kind=stated.kind,
        paywalled=stated.paywalled,
    )
    return Reading(article, None, stated.kind, stated.paywalled, further, stated.reserved)


_REFRESH = re.compile(r"""\s*(\d{1,3})(?:\.\d*)?\s*[;,]\s*url\s*=\s*["']?([^"'\s>]+)""", re.I)


def _refresh(tree: HtmlElement, url: str) -> str | None:
    """Where a page sends its readers at once, if not to itself."""
    for element in tree.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        found = _REFRESH.match(element.get("content") or "")
        place = linked(found[2], url) if found and int(found[1]) <= SOON and url else None
        if place is not None and canonical(place) != url:
            return place
    return None


def _is_nobody(author: str, site: str) -> bool:
    """Whether an author is the site itself or an account's name, not a person's."""
    return is_name(author, site) or re.fullmatch(r"[a-z0-9_.-]+", author) is not None


def _parse(text: str) -> HtmlElement | None:
    text = text.replace("\x00", "")
    if "<" not in text:
        return None
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=_PARSER)
    except (LxmlError, ValueError, AssertionError):
        return None


# ---------------------------------------------------------------- dates


def _guessed_date(tree: HtmlElement, url: str) -> Moment | None:
    """The date as a library guesses it from the page: a day, never a time."""
    from datetime import date

    from htmldate import find_date

    try:
        found = find_date(tree, url=url, original_date=True, extensive_search=False)
    except (ValueError, TypeError, AttributeError, LxmlError, RecursionError, OverflowError):
        return None
    if not found:
        return None
    try:
        return Moment.of_day(date.fromisoformat(found[:10]))
    except ValueError:
        return None


# ---------------------------------------------------------------- what is no article

_ERROR_TITLE = re.compile(
    r"\b(?:404|403|410|500|502|503)\b.{0,40}(?:not found|error|forbidden|gone|unavailable|$)|"
    r"^(?:page |seite |página |pagina |page )?(?:not found|nicht gefunden|no encontrada|"
    r"introuvable|non trovata|niet gevonden|não encontrada)|"
    r"^(?:access denied|forbidden|just a moment|attention required|are you a robot|"
    r"bot verification|security check|service unavailable|bad gateway|error\b|"
    r"verify(?:ing)? you are human|request rejected|robot or human|"
    r"please (?:enable|verify)|un momento|einen moment)",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"cookie|consent|datenschutz|zustimm|privacy|privatsphäre|einwillig|consentement|"
    r"consentimiento|consenso|toestemming|samtykke|samtycke|tracking|akzeptier|werbung",
    re.IGNORECASE,
)
_WALL_TITLE = re.compile(
    r"cookie|consent|privacy (?:settings|policy|notice|choices)|datenschutz|zustimmung|"
    r"before you continue|bevor sie fortfahren|privatsphäre|votre vie privée|tu privacidad",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"enable javascript|javascript (?:is )?(?:disabled|required|deaktiviert)|are (?:you )?a robot|"
    r"unusual traffic|checking your browser|verify (?:that )?you are (?:a )?human|captcha|"
    r"access to this page has been denied",
    re.IGNORECASE,
)


def _no_article(stated: Metadata, text: str) -> Kind | None:
    """Why a page is no article; None where it is one."""
    length = len(text)
    if length < 1500 and stated.article < 3 and _ERROR_TITLE.search(stated.title):
        return Kind.ERROR_PAGE
    if length < 1500 and _ROBOT.search(text[:1500]) and stated.article < 2:
        return Kind.ROBOT_PAGE
    if not stated.title and length < 200:
        return Kind.NO_TEXT
    if length < 3000 and stated.article < 2 and _WALL_TITLE.search(stated.title):
        return Kind.CONSENT
    if length < 3000 and stated.article < 3:
        walls = sum(len(line) for line in text.split("\n") if _WALL.search(line))
        if walls * 2 > length > 0:
            return Kind.CONSENT
    if length < 80 and not (stated.article >= 2 and stated.summary):
        return Kind.NO_TEXT
    return None
