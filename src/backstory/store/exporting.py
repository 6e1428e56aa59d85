"""Articles whole, with what was derived of them, as an export tells them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from backstory.model.article import Enclosure, Moment, PageKind
from backstory.store.articles import enclosures_of, guids
from backstory.store.listings import moment
from backstory.store.schema import articles, enriched, memberships, stories
from backstory.store.tagging import tags_of
from backstory.store.transactions import Reader


@dataclass(frozen=True, slots=True)
class WholeArticle:
    """``story``, ``topic``, ``copy_of``: guids; ``tags``: slugs."""

    guid: str
    source_guid: str | None
    url: str
    title: str
    text: str
    summary: str | None
    published: Moment | None
    updated: Moment | None
    site: str
    author: str | None
    image: str | None
    language: str | None
    country: str | None
    tags: tuple[str, ...]
    story: str | None
    topic: str | None
    copy_of: str | None
    kind: PageKind | None
    paywalled: bool
    enclosures: tuple[Enclosure, ...]


def whole_articles(reader: Reader, first: int, last: int) -> list[WholeArticle]:
    """The articles of these numbers, both ends included, in the order of seq."""
    rows = reader.execute(
        select(
            articles, enriched.c.summary, enriched.c.language,
            memberships.c.story, memberships.c.copy_of, stories.c.topic,
        )
        .outerjoin(enriched, enriched.c.seq == articles.c.seq)
        .outerjoin(memberships, memberships.c.seq == articles.c.seq)
        .outerjoin(stories, stories.c.story == memberships.c.story)
        .where(articles.c.seq.between(first, last))
        .order_by(articles.c.seq)
    ).all()  # fmt: skip
    named = {number for row in rows for number in (row.story, row.copy_of, row.topic) if number}
    guid_of = guids(reader, named)
    tags = tags_of(reader, [row.seq for row in rows])
    return [
        WholeArticle(
            guid=row.guid,
            source_guid=row.source_guid,
            url=row.url,
            title=row.title,
            text=row.text,
            summary=row.summary,
            published=moment(row.published, row.published_precision),
            updated=moment(row.updated, row.updated_precision),
            site=row.site,
            author=row.author,
            image=row.image,
            language=row.language or row.given_language,
            country=row.country,
            tags=tuple(tag.slug for tag in tags.get(row.seq, ())),
            story=guid_of.get(row.story),
            topic=guid_of.get(row.topic),
            copy_of=guid_of.get(row.copy_of),
            kind=row.kind,
            paywalled=bool(row.paywalled),
            enclosures=enclosures_of(row.enclosures),
        )
        for row in rows
    ]
