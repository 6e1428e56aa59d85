"""Find where the text of an article goes on: its next page, where the page says so.

``rel=next`` alone says little: many sites mean the next article by it. So the next page must
lie at the article's own address but for the number of the page, which must be the next one.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from backstory.web.addresses import linked

_WORD = r"(?:page|p|pg|seite|pagina|página|pag|side|sida|strona|sayfa|trang|part|teil)"
_MARKS = (
    re.compile(rf"[?&]{_WORD}=(\d{{1,2}})(?=&|$)", re.IGNORECASE),  # ?page=2
    re.compile(rf"[/,_-]{_WORD}[/=_-]?(\d{{1,2}})(?=/?$|\.\w{{3,5}}$)", re.IGNORECASE),  # /page/2
    re.compile(r"[/,_-](\d{1,2})(?=/?$|\.\w{3,5}$)"),  # /2, -2.html
)
_NUMBERED = re.compile(r"\d{1,2}(?:/?$|&|\.\w{3,5}$|#)")
_PAGER = re.compile(r"paginat|pager|page-?(?:links|numbers|nav)|multi-?page|seiten", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|discuss|disqus|respond", re.IGNORECASE)


def next_page(tree: HtmlElement, address: str) -> str | None:
    """The address of the page on which the text goes on; None where the page names none.

    ``address``: where the page was fetched from. What counts: ``rel=next`` of a link in head or
    body, and links in a list of pages that is not the comments'.
    """
    if not address:
        return None
    stem, number = _apart(address)
    for link in _candidates(tree):
        found = linked(link, address)
        if found is None or urlsplit(found).netloc != urlsplit(address).netloc:
            continue
        for other, next_number in _ways(found):
            if next_number == number + 1 and other == stem:
                return found
            if next_number == 2 and other == _tidy(address):  # the article's own name ends so
                return found
    return None


def _candidates(tree: HtmlElement) -> list[str]:
    found = []
    for element in tree.iter("link", "a"):
        href = element.get("href")
        if not href or not _NUMBERED.search(href):
            continue
        if "next" in (element.get("rel") or "").lower().split() or (
            element.tag == "a" and _in_a_pager(element)
        ):
            found.append(href)
    return found[:100]


def _in_a_pager(element: HtmlElement) -> bool:
    said = []
    for place, one in enumerate((element, *element.iterancestors())):
        if place > 4:
            break
        said.append(f"{one.get('class') or ''} {one.get('id') or ''} {one.get('aria-label') or ''}")
    words = " ".join(said)
    return _PAGER.search(words) is not None and _COMMENTS.search(words) is None


def _ways(address: str) -> list[tuple[str, int]]:
    """The address without its page's number, and that number, in every way it can be read."""
    found = []
    for mark in _MARKS:
        place = mark.search(address)
        if place is not None:
            found.append((_tidy(address[: place.start()] + address[place.end() :]), int(place[1])))
    return found


def _apart(address: str) -> tuple[str, int]:
    """The address of the article and the number of this page of it, 1 where none is named."""
    for stem, number in _ways(address):
        if 2 <= number <= 50:
            return stem, number
    return _tidy(address), 1


def _tidy(address: str) -> str:
    address = address.partition("#")[0].replace("?&", "?").rstrip("?&")
    head, dot, end = address.rpartition(".")
    if dot and re.fullmatch(r"html?|php|aspx?|shtml", end):
        return head.rstrip("/")
    return address.rstrip("/")
