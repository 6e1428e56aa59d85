"""The tags that articles, stories and topics bear."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import cast
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from backstory.model.tag import Tag, TagKind
from backstory.store.schema import article_tags, articles, memberships, tags
from backstory.store.transactions import Reader


def tags_of(reader: Reader, seqs: Collection[int]) -> dict[int, tuple[Tag, ...]]:
    """The tags of each article, the most telling first; they never change, and are remembered."""
    known = _known.setdefault(reader.origin, {})
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
        for seq, slug, name, kind in reader.fetch(_TAGS_OF, missing):
            read.setdefault(seq, []).append(_tag(slug, name, kind))
        fresh = {seq: tuple(tags) for seq, tags in read.items()}
        known.update(fresh)
        found.update(fresh)
    return found


_MOST = 50_000  # articles whose tags are remembered, of each store
_known: WeakKeyDictionary[object, dict[int, tuple[Tag, ...]]] = WeakKeyDictionary()


_TAGS_OF = """
    SELECT article_tags.seq, tags.slug, tags.name, tags.kind
    FROM article_tags JOIN tags ON tags.id = article_tags.tag
    WHERE article_tags.seq IN (?*)
    ORDER BY article_tags.seq, article_tags.position
"""


@lru_cache(maxsize=65_536)
def _tag(slug: str, name: str, kind: TagKind) -> Tag:
    return Tag(slug, name, kind)


def tag(reader: Reader, slug: str) -> Tag | None:
    row = reader.execute(select(tags).where(tags.c.slug == slug)).first()
    return None if row is None else Tag(row.slug, row.name, cast(TagKind, row.kind))


def tag_neighbours(
    reader: Reader, slug: str, country: str | None, limit: int = 10, newest: int = 500
) -> tuple[int, tuple[Tag, ...]]:
    """How many stories bear a tag, and the tags that its newest articles bear beside it."""
    number = reader.execute(select(tags.c.id).where(tags.c.slug == slug)).scalar_one()
    bearing = (
        select(article_tags.c.seq)
        .join(articles, articles.c.seq == article_tags.c.seq)
        .where(article_tags.c.tag == number)
    )
    if country is not None:
        bearing = bearing.where(articles.c.country == country)
    count = reader.execute(
        select(func.count(memberships.c.story.distinct())).where(memberships.c.seq.in_(bearing))
    ).scalar_one()
    lately = bearing.order_by(article_tags.c.ordered.desc()).limit(newest).subquery()
    together = func.count()
    rows = reader.execute(
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
    reader: Reader, start: int, turn: int, end: int
) -> dict[str, tuple[int, int]]:
    """How many stories bear each tag from ``turn`` to ``end``, and from ``start`` to ``turn``."""
    rows = reader.fetch(_STORIES_WITH_TAGS, start, turn, end)
    return {slug: (last, before) for slug, last, before in rows}


def tags_by_article(reader: Reader, after: int, last: int) -> Iterator[tuple[Tag, ...]]:
    """The tags of each article with ``after < seq <= last`` in the order of seq, none left out."""
    for first in range(max(1, after + 1), last + 1, 1000):
        seqs = range(first, min(first + 1000, last + 1))
        found = tags_of(reader, seqs)
        for seq in seqs:
            yield found.get(seq, ())
