"""The tags that articles, stories and topics bear."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from backstory.model.tag import Tag, TagKind
from backstory.store.dialects.sqlite import fetch, numbers
from backstory.store.schema import article_tags, articles, memberships, tags


def tags_of(connection: Connection, seqs: Collection[int]) -> dict[int, tuple[Tag, ...]]:
    """The tags of each article, the most telling first; they never change, and are remembered."""
    known = _known.setdefault(connection.engine, {})
    if len(known) > _MOST:
        known.clear()
    found: dict[int, tuple[Tag, ...]] = {}
    missing: list[int] = []
    for seq in seqs:
        some = known.get(seq)
        if some is None:
            missing.append(seq)
        else:
            found[seq] = some
    if missing:
        read: dict[int, list[Tag]] = {}
        for seq, slug, name, kind in fetch(connection, _TAGS_OF, numbers(missing)):
            read.setdefault(seq, []).append(_tag(slug, name, kind))
        fresh = {seq: tuple(tags) for seq, tags in read.items()}
        known.update(fresh)
        found.update(fresh)
    return found


_MOST = 50_000  # articles whose tags are remembered, of each store
_known: WeakKeyDictionary[Engine, dict[int, tuple[Tag, ...]]] = WeakKeyDictionary()


_TAGS_OF = """
    SELECT article_tags.seq, tags.slug, tags.name, tags.kind
    FROM article_tags JOIN tags ON tags.id = article_tags.tag
    WHERE article_tags.seq IN (SELECT value FROM json_each(?))
    ORDER BY article_tags.seq, article_tags.position
"""


@lru_cache(maxsize=65_536)
def _tag(slug: str, name: str, kind: TagKind) -> Tag:
    return Tag(slug, name, kind)


def slugs(connection: Connection, seqs: Collection[int]) -> dict[int, list[str]]:
    return {seq: [tag.slug for tag in some] for seq, some in tags_of(connection, seqs).items()}


def tag(connection: Connection, slug: str) -> Tag | None:
    row = connection.execute(select(tags).where(tags.c.slug == slug)).first()
    return None if row is None else Tag(row.slug, row.name, cast(TagKind, row.kind))


def tag_neighbours(
    connection: Connection, slug: str, country: str | None, limit: int = 10, newest: int = 500
) -> tuple[int, tuple[Tag, ...]]:
    """How many stories bear a tag, and the tags that its newest articles bear beside it."""
    number = connection.execute(select(tags.c.id).where(tags.c.slug == slug)).scalar_one()
    bearing = (
        select(article_tags.c.seq)
        .join(articles, articles.c.seq == article_tags.c.seq)
        .where(article_tags.c.tag == number)
    )
    if country is not None:
        bearing = bearing.where(articles.c.country == country)
    count = connection.execute(
        select(func.count(memberships.c.story.distinct())).where(memberships.c.seq.in_(bearing))
    ).scalar_one()
    lately = bearing.order_by(article_tags.c.ordered.desc()).limit(newest).subquery()
    together = func.count()
    rows = connection.execute(
        select(tags.c.slug, tags.c.name, tags.c.kind)
        .select_from(lately)
        .join(article_tags, article_tags.c.seq == lately.c.seq)
        .join(tags, tags.c.id == article_tags.c.tag)
        .where(tags.c.id != number)
        .group_by(tags.c.id)
        .order_by(together.desc(), tags.c.slug)
        .limit(limit)
    )
    return count, tuple(Tag(r.slug, r.name, cast(TagKind, r.kind)) for r in rows)


_STORIES_WITH_TAGS = """
    SELECT tags.slug,
           count(DISTINCT CASE WHEN articles.ordered >= ?2 THEN memberships.story END),
           count(DISTINCT CASE WHEN articles.ordered <= ?2 THEN memberships.story END)
    FROM articles
    CROSS JOIN memberships ON memberships.seq = articles.seq
    CROSS JOIN article_tags ON article_tags.seq = articles.seq
    CROSS JOIN tags ON tags.id = article_tags.tag
    WHERE articles.ordered BETWEEN ?1 AND ?3
    GROUP BY tags.id
"""


def stories_with_tags(
    connection: Connection, start: int, turn: int, end: int
) -> dict[str, tuple[int, int]]:
    """How many stories bear each tag from ``turn`` to ``end``, and from ``start`` to ``turn``."""
    rows = fetch(connection, _STORIES_WITH_TAGS, start, turn, end)
    return {slug: (last, before) for slug, last, before in rows}


def tags_by_article(connection: Connection, after: int, last: int) -> Iterator[tuple[Tag, ...]]:
    """The tags of each article with ``after < seq <= last`` in the order of seq, none left out."""
    for first in range(max(1, after + 1), last + 1, 1000):
        seqs = range(first, min(first + 1000, last + 1))
        found = tags_of(connection, seqs)
        for seq in seqs:
            yield found.get(seq, ())
