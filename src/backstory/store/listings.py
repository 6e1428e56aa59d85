"""The articles of lists, with what a row of one shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from backstory.model.article import Moment, Precision
from backstory.model.views import Row
from backstory.store.articles import guids
from backstory.store.schema import article_tags, articles, enriched, memberships, tags
from backstory.store.stories import Report
from backstory.store.tagging import tags_of
from backstory.store.transactions import Reader


class Listed(NamedTuple):
    """An article in a list, with the numbers that it goes by inside."""

    seq: int
    story: int | None
    ordered: int  # seconds since 1970
    row: Row

    def report(self) -> Report:
        """The same as trending counts it; only of an article that is grouped."""
        assert self.story is not None
        row = self.row
        return Report(
            self.seq, self.story, row.domain, row.country, self.ordered, row.copy_of is not None
        )


@dataclass(frozen=True, slots=True)
class Cut:
    """What a list is narrowed to; times are seconds since 1970, inclusive.

    ``after``: (ordered, seq) of the article that the list goes on behind.
    """

    country: str | None = None
    domain: str | None = None
    ordered_from: int | None = None
    ordered_to: int | None = None
    tags: tuple[str, ...] = ()
    any_tag: bool = False
    oldest_first: bool = False
    after: tuple[int, int] | None = None


def moment(seconds: int | None, precision: str | None) -> Moment | None:
    if seconds is None:
        return None
    return Moment(datetime.fromtimestamp(seconds, UTC), cast(Precision, precision or "minute"))


_LISTED = (
    articles.c.seq, articles.c.guid, articles.c.title, articles.c.url, articles.c.site,
    articles.c.domain, articles.c.published, articles.c.published_precision, articles.c.ordered,
    articles.c.image, articles.c.given_language, articles.c.country,
    enriched.c.summary, enriched.c.language, memberships.c.story, memberships.c.copy_of,
)  # fmt: skip


def _select() -> Select[Any]:
    return (
        select(*_LISTED)
        .select_from(articles)
        .outerjoin(enriched, enriched.c.seq == articles.c.seq)
        .outerjoin(memberships, memberships.c.seq == articles.c.seq)
    )


_LISTED_BY_NUMBER = f"""
    SELECT {", ".join(str(column) for column in _LISTED)}
    FROM articles
    LEFT JOIN enriched ON enriched.seq = articles.seq
    LEFT JOIN memberships ON memberships.seq = articles.seq
    WHERE articles.seq IN (?*)
"""  # noqa: S608


def _listed(reader: Reader, rows: Sequence[Any]) -> list[Listed]:
    tagged = tags_of(reader, [row[0] for row in rows])
    originals = guids(reader, {row[-1] for row in rows if row[-1] is not None})
    return [
        Listed(
            seq,
            story,
            ordered,
            Row(
                guid=guid,
                title=title,
                url=url,
                site=site,
                domain=domain,
                published=moment(published, precision),
                order=datetime.fromtimestamp(ordered, UTC),
                image=image,
                summary=summary or "",
                tags=tagged.get(seq, ()),
                language=language or given_language,
                country=country,
                copy_of=originals.get(copy_of),
            ),
        )
        for (
            seq, guid, title, url, site, domain, published, precision, ordered, image,
            given_language, country, summary, language, story, copy_of,
        ) in rows
    ]  # fmt: skip


def listed(reader: Reader, seqs: Collection[int]) -> dict[int, Listed]:
    """Articles by their numbers; within one view of the store each is read once."""
    known = reader.once("listed")
    missing = [seq for seq in seqs if seq not in known]
    if missing:
        rows = reader.fetch(_LISTED_BY_NUMBER, missing)
        known.update((one.seq, one) for one in _listed(reader, rows))
    return {seq: known[seq] for seq in seqs if seq in known}


def _behind(cut: Cut, ordered: ColumnElement[int], seq: ColumnElement[int]) -> ColumnElement[bool]:
    assert cut.after is not None
    at, number = cut.after
    if cut.oldest_first:
        return or_(ordered > at, and_(ordered == at, seq > number))
    return or_(ordered < at, and_(ordered == at, seq < number))


def cut_list(reader: Reader, cut: Cut, limit: int) -> list[Listed]:
    """The articles that a cut leaves, newest (or oldest) first."""
    if cut.tags:
        rows = _tagged(reader, cut, limit)
        found = listed(reader, rows)
        return [found[seq] for seq in rows]
    statement = _select()
    for clause in _clauses(cut, articles.c.ordered, articles.c.seq):
        statement = statement.where(clause)
    ordering = (articles.c.ordered, articles.c.seq)
    statement = statement.order_by(
        *(column if cut.oldest_first else column.desc() for column in ordering)
    ).limit(limit)
    return _listed(reader, reader.execute(statement).all())


def _clauses(
    cut: Cut, ordered: ColumnElement[int], seq: ColumnElement[int]
) -> list[ColumnElement[bool]]:
    clauses: list[ColumnElement[bool]] = []
    if cut.country is not None:
        clauses.append(articles.c.country == cut.country)
    if cut.domain is not None:
        clauses.append(articles.c.domain == cut.domain)
    if cut.ordered_from is not None:
        clauses.append(ordered >= cut.ordered_from)
    if cut.ordered_to is not None:
        clauses.append(ordered <= cut.ordered_to)
    if cut.after is not None:
        clauses.append(_behind(cut, ordered, seq))
    return clauses


def _tagged(reader: Reader, cut: Cut, limit: int) -> list[int]:
    """Numbers of the articles that bear all (or any) of the tags."""
    numbers = reader.execute(select(tags.c.id).where(tags.c.slug.in_(cut.tags))).scalars().all()
    wanted = len(set(cut.tags))
    if not numbers or (not cut.any_tag and len(numbers) < wanted):
        return []
    statement = select(article_tags.c.seq).where(article_tags.c.tag.in_(numbers))
    if cut.country is not None or cut.domain is not None:
        statement = statement.join(articles, articles.c.seq == article_tags.c.seq)
    for clause in _clauses(cut, article_tags.c.ordered, article_tags.c.seq):
        statement = statement.where(clause)
    if wanted > 1:
        statement = statement.group_by(article_tags.c.seq, article_tags.c.ordered)
        if not cut.any_tag:
            statement = statement.having(func.count() == wanted)
    ordering = (article_tags.c.ordered, article_tags.c.seq)
    statement = statement.order_by(
        *(column if cut.oldest_first else column.desc() for column in ordering)
    ).limit(limit)
    return list(reader.execute(statement).scalars())
