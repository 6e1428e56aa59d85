"""What other sites and programs read of a page: OpenGraph, JSON-LD, and the picture to share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from markupsafe import Markup

from backstory.model.article import Moment
from backstory.model.views import ArticleView, Bar, History, StoryView, TopicCard, TopicView
from backstory.serve.countries import language_tag
from backstory.serve.formatting import clean, events, month_span, publishers, web_address
from backstory.serve.http.conditional import conditional
from backstory.serve.http.images import LeadImage
from backstory.serve.share import cards
from backstory.serve.share.cards import Card
from backstory.serve.site import site_of

MOST_HEADLINE = 110  # letters of a headline that readers of NewsArticle take


@dataclass(frozen=True, slots=True)
class Sharing:
    """What stands in a page's head for those who show its link. Addresses are absolute."""

    kind: str  # of OpenGraph: article, website
    title: str
    description: str
    picture: str
    picture_text: str
    published: str | None = None
    data: Markup | None = None  # JSON-LD
    embed: str | None = None  # the address of its oEmbed


def _path(text: str) -> str:
    return quote(text, safe="")


def of_article(base: str, view: ArticleView, history: History, lead: LeadImage | None) -> Sharing:
    guid = _path(view.row.guid)
    picture = f"{base}/card/article/{guid}.png"
    here = f"{base}/article/{guid}"
    return Sharing(
        kind="article",
        title=clean(view.row.title) or view.row.site,
        description=clean(view.row.summary[:300]),
        picture=picture,
        picture_text=_of_history(history),
        published=view.row.published.iso() if view.row.published else None,
        data=news_article(view, here, [*([base + lead.source] if lead else []), picture]),
        embed=f"{base}/oembed?url={_path(here)}&format=json",
    )


def of_story(base: str, view: StoryView) -> Sharing:
    story = _path(view.card.id)
    return Sharing(
        kind="article",
        title=clean(view.card.headline),
        description=clean(view.card.summary[:300]),
        picture=f"{base}/card/story/{story}.png",
        picture_text=_of_history(view.history),
        published=view.card.first_published.isoformat(timespec="seconds"),
    )


def of_topic(base: str, view: TopicView) -> Sharing:
    topic = _path(view.card.id)
    return Sharing(
        kind="website",
        title=clean(view.card.name),
        description=_of_topic(view.card),
        picture=f"{base}/card/topic/{topic}.png",
        picture_text=_of_topic(view.card),
        embed=f"{base}/oembed?url={_path(f'{base}/topic/{topic}')}&format=json",
    )


def news_article(view: ArticleView, here: str, pictures: Sequence[str]) -> Markup:
    """``NewsArticle`` of schema.org: the publisher's article, with this page as its summary."""
    row = view.row
    original = web_address(row.url)
    fields: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": clean(row.title)[:MOST_HEADLINE],
        "mainEntityOfPage": here,
        "url": original or here,
        "image": list(pictures),
        "publisher": {"@type": "NewsMediaOrganization", "name": clean(row.site or row.domain)},
        "author": _author(view),
        "datePublished": _stated(row.published),
        "dateModified": _stated(view.updated or row.published),
        "description": clean(row.summary),
        "inLanguage": language_tag(row.language),
        "keywords": [clean(tag.name) for tag in row.tags],
        "isAccessibleForFree": None,
    }
    text = orjson.dumps({name: value for name, value in fields.items() if value}).decode()
    # Inside <script> nothing may look like markup.
    escaped = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(escaped)  # noqa: S704


def _author(view: ArticleView) -> dict[str, str]:
    if view.author:
        return {"@type": "Person", "name": clean(view.author)}
    return {"@type": "NewsMediaOrganization", "name": clean(view.row.site or view.row.domain)}


def _stated(at: Moment | None) -> str | None:
    return at.iso() if at else None


# ---------------------------------------------------------------- the picture


def _of_history(history: History) -> str:
    """``17 events · 43 publishers · January to June 2026``."""
    some = history.events
    if not some:
        return ""
    named = {source for event in some for source in event.sources}
    span = month_span(some[-1].order, some[0].order)
    return f"{events(len(some) + history.more)} · {publishers(len(named))} · {span}"


def _of_topic(card: TopicCard) -> str:
    span = month_span(card.first, card.last)
    return f"{events(card.events)} · {publishers(card.sources)} · {span}"


def _drawn(kicker: str, headline: str, facts: str, bars: Sequence[Bar]) -> Card:
    marked = next((place for place, bar in enumerate(bars) if bar.here), None)
    counts = tuple(bar.sources for bar in bars)
    return Card(clean(kicker), clean(headline), facts, counts, marked)


router = APIRouter(include_in_schema=False)


def _png(request: Request, card: Card) -> Response:
    answer = conditional(request, site_of(request).changes, cards.draw(card), "image/png")
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@router.get("/card/article/{guid}.png")
def article_card(request: Request, guid: str) -> Response:
    archive = site_of(request).archive
    history = archive.history(guid)
    row = next(
        (r for e in (history.events if history else ()) for r in e.articles if r.guid == guid),
        None,
    )
    if history is None or row is None:
        raise HTTPException(404, "This article is not in this archive.")
    kicker = history.topic.name if history.topic else row.site or row.domain
    bars = archive.bars(history) if len(history.events) > 1 else ()
    return _png(request, _drawn(kicker, row.title, _of_history(history), bars))


@router.get("/card/story/{story_id}.png")
def story_card(request: Request, story_id: str) -> Response:
    archive = site_of(request).archive
    found = archive.story(story_id)
    if found is None:
        raise HTTPException(404, "This story is not in this archive.")
    history = found.history
    kicker = history.topic.name if history.topic else publishers(len(found.card.sources))
    bars = archive.bars(history) if len(history.events) > 1 else ()
    return _png(request, _drawn(kicker, found.card.headline, _of_history(history), bars))


@router.get("/card/topic/{topic_id}.png")
def topic_card(request: Request, topic_id: str) -> Response:
    found = site_of(request).archive.topic(topic_id)
    if found is None:
        raise HTTPException(404, "This topic is not in this archive.")
    newest = found.events[0].headline if found.events else ""
    bars = found.bars if len(found.events) > 1 else ()
    return _png(request, _drawn(found.card.name, newest, _of_topic(found.card), bars))
