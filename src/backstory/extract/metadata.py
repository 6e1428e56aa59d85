"""What a page says of itself: JSON-LD, OpenGraph and other meta elements, microdata.

Structured statements come first; what is guessed from the page's words comes last, and only
where nothing was stated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from backstory.extract import structured
from backstory.extract.titles import choose, is_name, repair, words_alone
from backstory.model.article import Moment, PageKind
from backstory.text import codes
from backstory.text.dates import stated_moment
from backstory.text.plain import plain_line, plain_text
from backstory.web.addresses import canonical, key, linked, registrable_domain

AGREEING = 0.6  # words of a title that stand in another one for the same page

_PUBLISHED = (
    "article:published_time", "og:article:published_time", "article:published", "og:published_time",
    "datepublished", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
    "date.published", "publishdate", "publish_date", "publish-date", "pubdate", "pub_date",
    "dc.date.issued", "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "date",
    "originalpublicationdate", "article.published", "publication_date", "cxenseparse:publishtime",
    "citation_publication_date", "bt:pubdate", "article_date_original",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "dc.date.modified", "article:modified", "revision_date", "modified",
)  # fmt: skip
_AUTHORS = (
    "author", "article:author", "parsely-author", "sailthru.author", "cxenseparse:author",
    "dc.creator", "dcterms.creator", "byl", "citation_author", "article:author_name",
    "og:article:author", "creator", "twitter:data1",
)  # fmt: skip
_TITLES = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")
_DESCRIPTIONS = ("og:description", "description", "twitter:description", "dc.description")
_IMAGES = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
_SECTIONS = ("article:section", "og:section", "parsely-section", "section", "cxenseparse:category")
_SITES = ("og:site_name", "application-name", "cre", "dc.publisher", "twitter:app:name:iphone")
_NO_PICTURE = re.compile(
    r"logo|placeholder|default[-_.]|/default|fallback|favicon|sprite|blank\.", re.I
)
_BY = re.compile(
    r"^(?:by|von|par|por|di|da|door|av|af|yazan|oleh|text|reported by|written by|autor|autore|"
    r"auteur|author|автор|από)\s*:?\s+",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[,;|/•·]|\s(?:and|und|et|y|e|en|og|och|i|ve|и|та|dan|&)\s)\s*", re.IGNORECASE
)
_NO_NAME = re.compile(
    r"https?:|www\.|[@{}<>\[\]]|\.(?:com|org|net)/|\d{4}|^(?:admin|null|none|undefined|unknown|"
    r"editor|staff|redaktion|redaction|redazione|author|n/a|-)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is stated of the article of a page; empty or None where nothing is.

    ``article``: how surely the page says that it is one article, 0 to 3. ``kind`` is
    "article", "live", "video" or "gallery". ``paywalled``: the page says that its text is not
    free. ``body``: the text as structured data gives it. ``reserved``: what the page says of
    text and data mining (TDM reservation protocol); None where it says nothing.
    """

    title: str
    site: str
    section: str
    summary: str
    authors: tuple[str, ...]
    published: Moment | None
    updated: Moment | None
    image: str | None
    language: str | None
    address: str | None
    tags: tuple[str, ...]
    body: str
    article: int
    kind: PageKind
    paywalled: bool
    reserved: bool | None


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """The metadata of a parsed page that came from ``url``; "" where that is not known."""
    meta = _meta(tree)
    nodes = list(structured.objects(tree))
    shown = plain_text((tree.findtext(".//title") or "")[:2000])
    heading = _heading(tree)
    node, rank = structured.article(
        nodes, lambda node: _is_of_page(node, _addresses_of(tree, meta, url), (shown, heading))
    )
    own = _address(tree, node, meta, url)
    url = url or own or ""
    site = plain_line(_first(meta, _SITES[:1]) or structured.name(node.get("publisher")))
    site = site or structured.site(nodes) or plain_line(_first(meta, _SITES[1:]))
    section = plain_line(structured.text(node.get("articleSection")) or _first(meta, _SECTIONS))[
        :60
    ]
    headline = plain_text(
        structured.text(node.get("headline")) or (structured.text(node.get("name")) if rank else "")
    )
    # The title element is written for search engines: it speaks only where all others are silent.
    title = choose(
        _witnesses(
            [plain_text(meta.get(_TITLES[0], "")), headline, heading]
            + [plain_text(meta.get(name, "")) for name in _TITLES[1:2]],
            repair(shown, site or _domain(url), section),
            tree,
            site or _domain(url),
        ),
        site or _domain(url),
        section or None,
    ) or repair(shown or _first(meta, _TITLES[2:]), site or _domain(url), section)
    if is_name(title, site or _domain(url)):
        title = ""
    kind = _kind(node, meta, own or url)
    return Metadata(
        title=title[:1000],
        site=site[:100],
        section=section,
        summary=plain_line(_first(meta, _DESCRIPTIONS) or structured.text(node.get("description")))[
            :2000
        ],
        authors=_authors(node, meta, tree, site),
        published=_published(node, meta, tree),
        updated=_moment(structured.text(node.get("dateModified"))) or _stated(meta, _UPDATED),
        image=_image(node, meta, url),
        language=_language(tree, node, meta),
        address=own,
        tags=_tags(node, meta),
        body=plain_text(structured.text(node.get("articleBody"))),
        article=max(rank, 2 if meta.get("og:type", "").lower() == "article" else 0),
        kind=kind,
        paywalled=_paywalled(node, meta),
        reserved={"1": True, "0": False}.get(meta.get("tdm-reservation", "").strip()),
    )


# ---------------------------------------------------------------- where it is stated


def _meta(tree: HtmlElement) -> dict[str, str]:
    """The meta elements by name or property in lower case; of each the first."""
    found: dict[str, str] = {}
    authors = []
    for element in tree.iter("meta"):
        content = element.get("content")
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if not content or not name or not content.strip():
            continue
        name = name.strip().lower()
        found.setdefault(name, content.strip())
        if name in ("author", "article:author", "citation_author"):
            authors.append(content.strip())
    found["authors"] = "\n".join(authors)
    return found


def _heading(tree: HtmlElement) -> str:
    """The page's main heading: the first h1 with words that is no site's name in its head."""
    for heading in tree.iter("h1"):
        words = plain_line(" ".join(heading.itertext())[:2000])
        if len(words) > 1:
            return words
    return ""


def _entry_title(tree: HtmlElement) -> str:
    """The heading that a theme marks as the article's, where its h1 is the site's."""
    for element in tree.iter("h2", "h3"):
        classes = (element.get("class") or "").split()
        if element.get("itemprop") == "headline" or {"entry-title", "post-title"} & set(classes):
            return plain_line(" ".join(element.itertext())[:2000])
    return ""


def _witnesses(candidates: list[str], shown: str, tree: HtmlElement, site: str) -> list[str]:
    """What may be the title: where the title element agrees with some, these alone, and where it
    agrees with none, the heading that is marked as the article's if it agrees with that."""
    agreeing = [one for one in candidates if one and not is_name(one, site) and _agrees(one, shown)]
    if agreeing:
        told = {words_alone(one) for one in candidates if one}
        return agreeing if len(told) > 1 and _alone(candidates, agreeing) else candidates
    marked = _entry_title(tree)
    return [marked] if marked and _agrees(marked, shown) else candidates


def _alone(candidates: list[str], agreeing: list[str]) -> bool:
    """Whether each candidate that does not agree stands by itself."""
    others = [words_alone(one) for one in candidates if one and one not in agreeing]
    return len(set(others)) == len(others)


def _agrees(one: str, shown: str) -> bool:
    """Whether most words of a title stand in another, shorter or longer one."""
    a, b = set(words_alone(one).split()), set(words_alone(shown).split())
    return len(a & b) >= AGREEING * min(len(a), len(b)) and len(a & b) > 1


def _addresses_of(tree: HtmlElement, meta: dict[str, str], url: str) -> set[str]:
    """Keys of the addresses by which a page goes."""
    stated = [link.get("href") for link in tree.iter("link") if link.get("rel") == "canonical"]
    links = [linked(one, url) for one in (url, meta.get("og:url"), *stated)]
    return {key(canonical(link)) for link in links if link is not None}


def _is_of_page(node: dict[str, Any], own: set[str], titles: tuple[str, str]) -> bool | None:
    """Whether an object of structured data speaks of the page that it stands on."""
    stated = _addresses(node.get("url")) + _addresses(node.get("mainEntityOfPage"))
    links = [linked(one) for one in stated]
    keys = {key(canonical(link)) for link in links if link is not None}
    headline = plain_text(structured.text(node.get("headline")))
    if keys & own or any(_agrees(headline, title) for title in titles if title):
        return True
    return False if keys and own and any(titles) and headline else None


# ---------------------------------------------------------------- what is stated


_KIND_IN_PATH: tuple[tuple[PageKind, re.Pattern[str]], ...] = (
    ("live", re.compile(r"/(?:live|live-?(?:blogs?|news|ticker)|en-direct)/")),
    ("video", re.compile(r"/(?:videos?|watch|mediathek/video)/")),
    (
        "gallery",
        re.compile(
            r"/(?:galler(?:y|ies)|photo-?galler(?:y|ies)|bildergalerie|fotostrecke|in-pictures)/"
        ),
    ),
)


def _kind(node: dict[str, Any], meta: dict[str, str], address: str) -> PageKind:
    """What the page is: as its structured data says, else as its address does."""
    types = structured.types(node)
    if "liveblogposting" in types:
        return "live"
    if "videoobject" in types or meta.get("og:type", "").lower().startswith("video"):
        return "video"
    if "imagegallery" in types or "mediagallery" in types:
        return "gallery"
    path = f"{urlsplit(address).path.lower()}/"
    return next((kind for kind, found in _KIND_IN_PATH if found.search(path)), "article")


_NOT_FREE = frozenset({"locked", "metered", "paid", "premium"})


def _paywalled(node: dict[str, Any], meta: dict[str, str]) -> bool:
    """Whether the page says that its text is not free, in schema.org's words or Facebook's."""
    if str(node.get("isAccessibleForFree")).lower() in ("false", "no"):
        return True
    return meta.get("article:content_tier", "").lower() in _NOT_FREE


def _moment(stated: str) -> Moment | None:
    return stated_moment(stated) if stated else None


def _stated(meta: dict[str, str], names: tuple[str, ...]) -> Moment | None:
    for name in names:
        moment = _moment(meta.get(name, ""))
        if moment is not None:
            return moment
    return None


def _published(node: dict[str, Any], meta: dict[str, str], tree: HtmlElement) -> Moment | None:
    stated = (
        _moment(structured.text(node.get("datePublished")))
        or _stated(meta, _PUBLISHED)
        or _moment(structured.text(node.get("uploadDate")))
        or _moment(structured.text(node.get("dateCreated")))
    )
    if stated is not None:
        return stated
    for element in tree.iter("time", "span", "div", "meta"):
        if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
            moment = _moment(element.get("datetime") or element.get("content") or "")
            if moment is not None:
                return moment
    return None


def _authors(
    node: dict[str, Any], meta: dict[str, str], tree: HtmlElement, site: str
) -> tuple[str, ...]:
    """The authors: structured data, meta elements, then what the page marks as its byline."""
    names = _names(_people(node.get("author")))
    if not names or names == [site]:
        stated = meta.get("authors", "").split("\n")
        stated += [meta[name] for name in _AUTHORS if name in meta and name != "twitter:data1"]
        names = _names(stated) or names
    if not names or names == [site]:
        names = _names(_bylines(tree)) or names
    if not names:
        names = _names(_people(node.get("creator")))
    return tuple(names[:12])


def _people(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _people(value.get("name"))
    if isinstance(value, list):
        return [name for one in value[:20] for name in _people(one)]
    return []


def _names(stated: list[str]) -> list[str]:
    names: list[str] = []
    for words in stated:
        words = _BY.sub("", plain_line(words))
        for name in _AND.split(words):
            name = _BY.sub("", name.strip(" .,-–—|"))
            if 1 < len(name) <= 60 and not _NO_NAME.search(name) and len(name.split()) <= 7:
                names.append(name)
    folded: dict[str, str] = {}
    for name in names:
        folded.setdefault(name.casefold(), name)
    return list(folded.values())


_BYLINE = re.compile(r"\b(?:byline|author|autor|auteur|autore|forfatter|yazar)", re.IGNORECASE)


def _bylines(tree: HtmlElement) -> list[str]:
    found = []
    for element in tree.iter("a", "span", "p", "div", "address", "li"):
        marks = (
            element.get("itemprop") == "author" or "author" in (element.get("rel") or "").split()
        )
        if not marks:
            marks = element.tag != "div" and bool(_BYLINE.search(element.get("class") or ""))
        if marks:
            words = plain_line(" ".join(element.itertext()))
            if 3 < len(words) <= 80 and words.lower() not in ("author", "authors"):
                found.append(words)
        if len(found) >= 3:
            break
    return found


def _image(node: dict[str, Any], meta: dict[str, str], url: str) -> str | None:
    stated = [meta.get(name, "") for name in _IMAGES[:3]]
    stated += _addresses(node.get("image")) + _addresses(node.get("thumbnailUrl"))
    stated += [meta.get(name, "") for name in _IMAGES[3:]]
    links = [linked(plain_line(address), url) for address in stated]
    found = [link for link in links if link is not None]
    telling = [address for address in found if not _NO_PICTURE.search(address)]
    return next(iter(telling or found), None)


def _domain(url: str) -> str:
    return registrable_domain(url) if url else ""


def _addresses(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _addresses(value.get("url") or value.get("contentUrl") or value.get("@id"))
    if isinstance(value, list):
        return [address for one in value[:5] for address in _addresses(one)]
    return []


_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,4})?(?=$|[-_.,; ])")


def _language(tree: HtmlElement, node: dict[str, Any], meta: dict[str, str]) -> str | None:
    root = tree.getroottree().getroot()
    stated = [
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        structured.text(node.get("inLanguage")) or structured.name(node.get("inLanguage")),
        meta.get("content-language", ""),
        meta.get("language", ""),
        meta.get("og:locale", ""),
    ]
    for one in stated:
        found = _LANGUAGE.match(one.strip())
        code = codes.language(found.group()) if found else None
        if code is not None:
            return code
    return None


def _address(tree: HtmlElement, node: dict[str, Any], meta: dict[str, str], url: str) -> str | None:
    """The page's own canonical address, where it names one on its own domain.

    A page whose address is not known is believed."""
    stated = [
        link.get("href", "")
        for link in tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    ]
    stated += [meta.get("og:url", ""), *_addresses(node.get("mainEntityOfPage"))]
    for one in stated:
        link = linked(one, url)
        if link is None:
            continue
        address = canonical(link)
        same = not url or registrable_domain(address) == registrable_domain(url)
        path = address.split("://", 1)[1].partition("/")[2]
        if same and (path.strip("/") or not url.split("://", 1)[-1].partition("/")[2].strip("/")):
            return address
    return None


def _tags(node: dict[str, Any], meta: dict[str, str]) -> tuple[str, ...]:
    stated = node.get("keywords") or meta.get("news_keywords") or meta.get("keywords") or ""
    if isinstance(stated, dict):
        stated = structured.name(stated)
    parts = [one for one in stated if isinstance(one, str)] if isinstance(stated, list) else None
    if parts is None:
        parts = re.split(r"[,;]", stated) if isinstance(stated, str) else []
    names = [plain_line(part) for part in parts[:60]]
    kept = [name for name in names if 1 < len(name) <= 60 and ":" not in name]
    return tuple(dict.fromkeys(kept))[:30]


# ---------------------------------------------------------------- small things


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if meta.get(name)), "")
