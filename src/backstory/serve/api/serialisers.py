"""The values of the archive as JSON objects: what the API and ``--json`` print."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backstory.model.article import Moment
from backstory.model.views import (
    ArticleView,
    Discovery,
    Event,
    History,
    Row,
    StoryCard,
    StoryLine,
    StoryView,
    TopicCard,
    TopicRef,
    TopicView,
)
from backstory.serve.formatting import web_address

# An object of JSON: what it may hold is described by the models in ``models``.
Json = dict[str, Any]


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _moment(moment: Moment | None) -> str | None:
    return moment.iso() if moment else None


def article(row: Row) -> Json:
    """An article as clients of the older system know it."""
    at = row.published.at if row.published else row.order
    return {
        "guid": row.guid,
        "title": row.title,
        "url": web_address(row.url) or "",
        "site": row.site or row.domain,
        "publish_date": at.isoformat(timespec="seconds"),
        "top_image": web_address(row.image),
        "clean_summary": row.summary,
        "tags": [tag.slug for tag in row.tags],
    }


def details(view: ArticleView) -> Json:
    """What some articles tell of themselves: what there is nothing of is left out."""
    files = [
        {"url": web_address(one.url) or "", "type": one.media_type, "length": one.length}
        for one in view.enclosures
    ]
    return {
        **({"kind": view.kind} if view.kind != "article" else {}),
        **({"paywalled": True} if view.paywalled else {}),
        **({"text": view.text} if view.full_text and view.text else {}),
        **({"enclosures": files} if files else {}),
    }


def article_with_history(view: ArticleView, around: History, beside: Discovery) -> Json:
    """An article with all that the command line prints of it; tags stand in full."""
    return {
        **article(view.row),
        "author": view.author,
        "tags": [{"slug": t.slug, "name": t.name, "kind": t.kind} for t in view.row.tags],
        "story": story(view.story),
        "history": history(around),
        "discover": discovery(beside),
        **details(view),
    }


def story_article(row: Row) -> Json:
    return {**article(row), "copy_of": row.copy_of}


def topic_reference(topic: TopicRef | None) -> Json | None:
    return {"id": topic.id, "name": topic.name} if topic else None


def event(value: Event) -> Json:
    return {
        "story": value.story,
        "headline": value.headline,
        "first_published": _moment(value.first_published),
        "last_published": _moment(value.last_published),
        "score": value.score,
        "here": value.here,
        "source_count": value.source_count,
        "sources": list(value.sources),
        "reasons": [
            {"kind": reason.kind, "name": reason.name, "slug": reason.slug}
            for reason in value.reasons
        ],
        "changed": value.changed,
        "articles": [
            {
                "guid": row.guid,
                "url": web_address(row.url) or "",
                "title": row.title,
                "site": row.site or row.domain,
                "published": _moment(row.published),
                "copy_of": row.copy_of,
            }
            for row in value.articles
        ],
    }


def history(value: History) -> Json:
    """A history as the contract has it."""
    return {
        "guid": value.guid,
        "topic": topic_reference(value.topic),
        "events": [{**event(each), "milestone": bool(each.milestone)} for each in value.events],
    }


def before(value: StoryLine) -> Json:
    return {
        "story": value.story,
        "headline": value.headline,
        "published": _moment(value.published),
    }


def story(card: StoryCard) -> Json:
    return {
        "id": card.id,
        "headline": card.headline,
        "summary": card.summary,
        "source_count": len(card.sources),
        "sources": list(card.sources),
        "article_count": card.article_count,
        "copies": card.copies,
        "first_published": _iso(card.first_published),
        "last_published": _iso(card.last_published),
        "topic": topic_reference(card.topic),
        "topic_events": card.topic_events,
        "topic_since": _iso(card.topic_since),
        "before": [before(each) for each in card.before],
        "spark": list(card.spark),
        "trend": card.trend,
        "lead": article(card.lead),
        "first": article(card.first),
    }


def story_view(view: StoryView) -> Json:
    return {
        **story(view.card),
        "articles": [story_article(row) for row in view.articles],
        "history": history(view.history),
    }


def topic(card: TopicCard) -> Json:
    return {
        "id": card.id,
        "name": card.name,
        "events": card.events,
        "source_count": card.sources,
        "first_published": _iso(card.first),
        "last_published": _iso(card.last),
        "latest": before(card.latest) if card.latest else None,
        "shares": [
            {"kind": reason.kind, "name": reason.name, "slug": reason.slug}
            for reason in card.shares
        ],
    }


def topic_view(view: TopicView) -> Json:
    return {
        **topic(view.card),
        "timeline": [event(each) for each in view.events],
        "coverage": [{"start": _iso(bar.start), "source_count": bar.sources} for bar in view.bars],
    }


def discovery(value: Discovery) -> Json:
    return {
        "topics": [topic(card) for card in value.topics],
        "stories": [story(card) for card in value.stories],
        "tags": [
            {
                "slug": rising.tag.slug,
                "name": rising.tag.name,
                "kind": rising.tag.kind,
                "stories": rising.stories,
            }
            for rising in value.tags
        ],
    }


def representative(value: Event, guid: str) -> Row | None:
    """The article that stands for an event: ``guid`` for its own, else the headline's."""
    for row in value.articles:
        if row.guid == guid:
            return row
    own = [row for row in value.articles if row.copy_of is None] or list(value.articles)
    return next((row for row in own if row.title == value.headline), own[0] if own else None)
