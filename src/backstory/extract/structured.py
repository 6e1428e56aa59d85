"""Read JSON-LD (schema.org), as pages have it: in graphs, in lists, and broken."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from lxml.html import HtmlElement

from backstory.text.plain import plain_line

# schema.org types of pages that are one article, the telling ones first.
_ARTICLE_TYPES = {
    "newsarticle": 3, "reportagenewsarticle": 3, "analysisnewsarticle": 3, "opinionnewsarticle": 3,
    "backgroundnewsarticle": 3, "reviewnewsarticle": 3, "asknewsarticle": 3, "liveblogposting": 3,
    "blogposting": 2, "article": 2, "advertisercontentarticle": 2, "satiricalarticle": 2,
    "scholarlyarticle": 2, "report": 2, "socialmediaposting": 1, "techarticle": 2, "review": 1,
    "creativework": 1, "videoobject": 1, "imagegallery": 1, "mediagallery": 1, "recipe": 1,
    "webpage": 0, "itempage": 0,
}  # fmt: skip


DEEPEST = 40  # levels of lists and objects


def objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Every object of the JSON-LD blocks, graphs and main entities unfolded, in their order."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        stack = [_json(script.text or "")]
        depth = 0
        while stack and depth < 500:
            depth += 1
            value = stack.pop(0)
            if isinstance(value, list):
                stack[:0] = value
            elif isinstance(value, dict):
                yield value
                for name in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "itemReviewed"):
                    if isinstance(value.get(name), dict | list):
                        stack.append(value[name])


_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_CONTROL = re.compile(r"[\x00-\x1f]+")
_COMMENT = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$")


def _json(text: str) -> Any:
    """JSON as pages have it: with comments round it, raw line breaks, a comma too many."""
    text = _COMMENT.sub("", text.strip()).strip().rstrip(";")
    for mended in _mended(text):
        try:
            return _shallow(orjson.loads(mended))
        except orjson.JSONDecodeError:
            continue
    return None


def _shallow(value: Any, depth: int = DEEPEST) -> Any:
    """The value without what is nested deeper than any description of an article."""
    if isinstance(value, dict):
        return {name: _shallow(one, depth - 1) for name, one in value.items()} if depth else None
    if isinstance(value, list):
        return [_shallow(one, depth - 1) for one in value] if depth else None
    return value


def _mended(text: str) -> Iterator[str]:
    """The text as it is, then with one mend more each time."""
    yield text
    text = _CONTROL.sub(" ", text)
    yield text
    yield _TRAILING_COMMA.sub(r"\1", text)
    yield _CONTROL.sub(" ", html.unescape(text))


def types(node: dict[str, Any]) -> list[str]:
    stated = node.get("@type")
    names = stated if isinstance(stated, list) else [stated]
    return [str(name).rpartition("/")[2].lower() for name in names if isinstance(name, str)]


def article(
    nodes: list[dict[str, Any]], agrees: Callable[[dict[str, Any]], bool | None]
) -> tuple[dict[str, Any], int]:
    """The object that describes the article, and how surely it does (0 to 3).

    ``agrees``: whether an object speaks of this very page; None where nothing tells. One that
    does goes before all others, and one that speaks of another page is none.
    """
    best: dict[str, Any] = {}
    best_rank, best_agrees = 0, False
    for node in nodes:
        rank = max((_ARTICLE_TYPES.get(name, -1) for name in types(node)), default=-1)
        if rank <= 0 or not (node.get("headline") or node.get("name")):
            continue
        own = agrees(node)
        if own is not False and (own is True, rank) > (best_agrees, best_rank):
            best, best_rank, best_agrees = node, rank, own is True
    return best, best_rank


def site(nodes: list[dict[str, Any]]) -> str:
    for wanted in ("website", "newsmediaorganization", "organization"):
        for node in nodes:
            if wanted in types(node) and text(node.get("name")):
                return plain_line(text(node["name"]))
    return ""


def text(value: Any) -> str:
    """A text field: of several the first; empty where it is none."""
    if isinstance(value, list):
        return next((one for one in value if isinstance(one, str) and one.strip()), "")
    return value if isinstance(value, str) else ""


def name(value: Any) -> str:
    """The name of an object, of several of the first that has one."""
    if isinstance(value, list):
        return next((found for one in value if (found := name(one))), "")
    return text(value.get("name")) if isinstance(value, dict) else ""
