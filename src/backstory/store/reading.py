"""What readers are shown, as rows: lists of articles, their tags, stories and topics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from backstory.store.articles import chunks
from backstory.store.schema import (
    article_tags,
    articles,
    enriched,
    memberships,
    sources,
    stories,
    tags,
    versions,
)
from backstory.store.tagging import tags_of
from backstory.values import (
    Edition,
    Moment,
    Precision,
    Row,
    SourceView,
    Version,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list, with the numbers that it goes by inside."""

    seq: int
    story: int | None
    row: Row


@dataclass(frozen=True, slots=True)
class Report:
    """The bare facts that trending counts: who reported which story, when, where."""

    seq: int
    story: int
    domain: str
    country: str | None
    ordered: int
    copy: bool


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


def iso(seconds: int | None, precision: str | None) -> str | None:
    found = moment(seconds, precision)
    return None if found is None else found.iso()


def guids(connection: Connection, seqs: Collection[int]) -> dict[int | None, str]:
    found: dict[int | None, str] = {}
    for part in chunks(seqs):
        rows = connection.execute(
            select(articles.c.seq, articles.c.guid).where(articles.c.seq.in_(part))
        )
        found.update({row.seq: row.guid for row in rows})
    return found


def seq_of(connection: Connection, guid: str) -> int | None:
    return connection.execute(
        select(articles.c.seq).where(articles.c.guid == guid)
    ).scalar_one_or_none()


def image_of(connection: Connection, guid: str) -> str | None:
    return connection.execute(
        select(articles.c.image).where(articles.c.guid == guid)
    ).scalar_one_or_none()


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


def _listed(connection: Connection, rows: Sequence[Any]) -> list[Listed]:
    tagged = tags_of(connection, [row.seq for row in rows])
    originals = guids(connection, {row.copy_of for row in rows if row.copy_of is not None})
    return [
        Listed(
            row.seq,
            row.story,
            Row(
                guid=row.guid,
                title=row.title,
                url=row.url,
                site=row.site,
                domain=row.domain,
                published=moment(row.published, row.published_precision),
                order=datetime.fromtimestamp(row.ordered, UTC),
                image=row.image,
                summary=row.summary or "",
                tags=tagged.get(row.seq, ()),
                language=row.language or row.given_language,
                country=row.country,
                copy_of=originals.get(row.copy_of),
            ),
        )
        for row in rows
    ]


def listed(connection: Connection, seqs: Collection[int]) -> dict[int, Listed]:
    """Articles by their numbers."""
    rows: list[Any] = []
    for part in chunks(seqs):
        rows.extend(connection.execute(_select().where(articles.c.seq.in_(part))))
    return {one.seq: one for one in _listed(connection, rows)}


def _behind(cut: Cut, ordered: ColumnElement[int], seq: ColumnElement[int]) -> ColumnElement[bool]:
    assert cut.after is not None
    at, number = cut.after
    if cut.oldest_first:
        return or_(ordered > at, and_(ordered == at, seq > number))
    return or_(ordered < at, and_(ordered == at, seq < number))


def cut_list(connection: Connection, cut: Cut, limit: int) -> list[Listed]:
    """The articles that a cut leaves, newest (or oldest) first."""
    if cut.tags:
        rows = _tagged(connection, cut, limit)
        found = listed(connection, rows)
        return [found[seq] for seq in rows]
    statement = _select()
    for clause in _clauses(cut, articles.c.ordered, articles.c.seq):
        statement = statement.where(clause)
    ordering = (articles.c.ordered, articles.c.seq)
    statement = statement.order_by(
        *(column if cut.oldest_first else column.desc() for column in ordering)
    ).limit(limit)
    return _listed(connection, connection.execute(statement).all())


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


def _tagged(connection: Connection, cut: Cut, limit: int) -> list[int]:
    """Numbers of the articles that bear all (or any) of the tags."""
    numbers = connection.execute(select(tags.c.id).where(tags.c.slug.in_(cut.tags))).scalars().all()
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
    return list(connection.execute(statement).scalars())


_REPORT = select(
    articles.c.seq, memberships.c.story, articles.c.domain, articles.c.country,
    articles.c.ordered, memberships.c.copy_of,
).join(memberships, memberships.c.seq == articles.c.seq)  # fmt: skip


def _report(row: Any) -> Report:
    return Report(row.seq, row.story, row.domain, row.country, row.ordered, row.copy_of is not None)


def reports(
    connection: Connection, ordered_from: int, ordered_to: int, country: str | None = None
) -> list[Report]:
    """Grouped articles of a span of time, in the order of time."""
    statement = _REPORT.where(articles.c.ordered.between(ordered_from, ordered_to)).order_by(
        articles.c.ordered, articles.c.seq
    )
    if country is not None:
        statement = statement.where(articles.c.country == country)
    return [_report(row) for row in connection.execute(statement)]


def story_reports(connection: Connection, numbers: Collection[int]) -> dict[int, list[Report]]:
    """All reports of each story, in the order of time."""
    found: dict[int, list[Report]] = {number: [] for number in numbers}
    for part in chunks(numbers):
        rows = connection.execute(
            _REPORT.where(memberships.c.story.in_(part)).order_by(
                articles.c.ordered, articles.c.seq
            )
        )
        for row in rows:
            found[row.story].append(_report(row))
    return found


def reports_of(connection: Connection, seqs: Collection[int]) -> dict[int, Report]:
    """The reports that these articles are."""
    found: dict[int, Report] = {}
    for part in chunks(seqs):
        for row in connection.execute(_REPORT.where(articles.c.seq.in_(part))):
            found[row.seq] = _report(row)
    return found


def stories_of_topics(connection: Connection, topics: Iterable[int]) -> dict[int, list[int]]:
    """The stories of each topic, in the order of their numbers."""
    wanted = set(topics)
    found: dict[int, list[int]] = {topic: [] for topic in wanted}
    for part in chunks(wanted):
        rows = connection.execute(
            select(stories.c.topic, stories.c.story)
            .where(stories.c.topic.in_(part))
            .order_by(stories.c.story)
        )
        for row in rows:
            found[row.topic].append(row.story)
    return found


def article_details(connection: Connection, seq: int) -> Any:
    """Author, text, when it was updated, what kind of page it is, what its source allows."""
    return connection.execute(
        select(articles.c.author, articles.c.text, articles.c.updated,
               articles.c.updated_precision, articles.c.kind, articles.c.paywalled,
               articles.c.enclosures, sources.c.text_use)
        .outerjoin(sources, sources.c.domain == articles.c.domain)
        .where(articles.c.seq == seq)
    ).one()  # fmt: skip


def texts(connection: Connection, seqs: Collection[int]) -> dict[int, tuple[str, str]]:
    """Title and text of articles."""
    found: dict[int, tuple[str, str]] = {}
    for part in chunks(seqs):
        rows = connection.execute(
            select(articles.c.seq, articles.c.title, articles.c.text).where(
                articles.c.seq.in_(part)
            )
        )
        found.update({row.seq: (row.title, row.text) for row in rows})
    return found


def versions_of(connection: Connection, seq: int) -> tuple[Version, ...]:
    rows = connection.execute(select(versions).where(versions.c.seq == seq).order_by(versions.c.id))
    return tuple(
        Version(datetime.fromtimestamp(row.seen, UTC), row.title, row.text) for row in rows
    )


def editions(connection: Connection) -> tuple[Edition, ...]:
    rows = connection.execute(
        select(articles.c.country, func.count().label("number"))
        .where(articles.c.country.is_not(None))
        .group_by(articles.c.country)
    )
    found = [Edition(row.country, row.number) for row in rows]
    return tuple(sorted(found, key=lambda e: (-e.article_count, e.country)))


def newest(connection: Connection) -> int | None:
    found: int | None = connection.execute(select(func.max(articles.c.ordered))).scalar_one()
    return found


def source(connection: Connection, domain: str) -> SourceView | None:
    row = connection.execute(select(sources).where(sources.c.domain == domain)).first()
    if row is None:
        return None
    number = connection.execute(
        select(func.count()).select_from(articles).where(articles.c.domain == domain)
    ).scalar_one()
    return SourceView(domain, row.name, row.home, row.country, row.language, number)


def source_names(connection: Connection, domains: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunks(domains):
        rows = connection.execute(
            select(sources.c.domain, sources.c.name).where(sources.c.domain.in_(part))
        )
        found.update({row.domain: row.name for row in rows})
    return found


def starts(connection: Connection, numbers: Collection[int]) -> dict[int, int]:
    """When the founding article of each story was published (else first seen)."""
    found: dict[int, int] = {}
    for part in chunks(numbers):
        rows = connection.execute(
            select(articles.c.seq, articles.c.ordered).where(articles.c.seq.in_(part))
        )
        found.update((row.seq, row.ordered) for row in rows)
    return found


def living_topics(
    connection: Connection, ordered_from: int, ordered_to: int, country: str | None, limit: int
) -> list[int]:
    """Topics of two stories or more, by how many of them were reported in a span of time."""
    size = (
        select(stories.c.topic, func.count().label("size"))
        .group_by(stories.c.topic)
        .having(func.count() > 1)
        .subquery()
    )
    heard = func.count(memberships.c.story.distinct())
    statement = (
        select(stories.c.topic)
        .select_from(articles)
        .join(memberships, memberships.c.seq == articles.c.seq)
        .join(stories, stories.c.story == memberships.c.story)
        .join(size, size.c.topic == stories.c.topic)
        .where(articles.c.ordered.between(ordered_from, ordered_to))
        .group_by(stories.c.topic)
        .order_by(heard.desc(), func.max(articles.c.ordered).desc(), stories.c.topic)
        .limit(limit)
    )
    if country is not None:
        statement = statement.where(articles.c.country == country)
    return list(connection.execute(statement).scalars())


def owners(connection: Connection) -> dict[str, str]:
    """Who owns which publisher, by domain, where that is known."""
    rows = connection.execute(
        select(sources.c.domain, sources.c.owner).where(sources.c.owner.is_not(None))
    )
    return {row.domain: row.owner for row in rows}
