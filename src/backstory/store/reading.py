"""What readers are shown, as rows: lists of articles, their tags, stories and topics."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from backstory.model.article import Moment, PageKind, Precision, Version
from backstory.model.views import Edition, Row, SourceView
from backstory.store.articles import chunks
from backstory.store.schema import article_tags, articles, enriched, memberships, sources, tags
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


class Report(NamedTuple):
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


def guids(reader: Reader, seqs: Collection[int]) -> dict[int | None, str]:
    statement = "SELECT seq, guid FROM articles WHERE seq IN (?*)"
    return dict(reader.fetch(statement, seqs)) if seqs else {}


def seq_of(reader: Reader, guid: str) -> int | None:
    found = reader.fetch("SELECT seq FROM articles WHERE guid = ?", guid)
    return found[0][0] if found else None


def image_of(reader: Reader, guid: str) -> str | None:
    return reader.execute(
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


_WORDS_THEN = """
    SELECT versions.seq, versions.title, versions.text
    FROM versions JOIN articles ON articles.seq = versions.seq
    WHERE versions.seq IN (?1*)
        AND versions.seen > ?2 AND articles.first_seen <= ?2
    ORDER BY versions.id DESC
"""


def words_then(reader: Reader, seqs: Collection[int], moment: int) -> dict[int, tuple[str, str]]:
    """Title and text that articles had at a moment by which they had been seen, where they say
    something else now."""
    rows = reader.fetch(_WORDS_THEN, seqs, moment) if seqs else ()
    return {seq: (title, text) for seq, title, text in rows}


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


_REPORTS = """
    SELECT articles.seq, memberships.story, articles.domain, articles.country, articles.ordered,
           memberships.copy_of IS NOT NULL
    FROM articles JOIN memberships ON memberships.seq = articles.seq
    WHERE articles.ordered BETWEEN ?1 AND ?2 AND (?3 IS NULL OR articles.country = ?3)
    ORDER BY articles.ordered, articles.seq
"""
_REPORTS_OF_STORIES = """
    SELECT articles.seq, memberships.story, articles.domain, articles.country, articles.ordered,
           memberships.copy_of IS NOT NULL
    FROM memberships CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE memberships.story IN (?1*) AND articles.ordered <= ?2
    ORDER BY articles.ordered, articles.seq
"""
_FOR_EVER = 2**62  # seconds: after everything


def _end(until: int | None) -> int:
    return _FOR_EVER if until is None else until


def _report(row: Any) -> Report:
    seq, story, domain, country, ordered, copy = row
    return Report(seq, story, domain, country, ordered, bool(copy))


def reports(
    reader: Reader, ordered_from: int, ordered_to: int, country: str | None = None
) -> list[Report]:
    """Grouped articles of a span of time, in the order of time."""
    return [_report(row) for row in reader.fetch(_REPORTS, ordered_from, ordered_to, country)]


def story_reports(
    reader: Reader, some: Collection[int], until: int | None = None
) -> dict[int, list[Report]]:
    """All reports of each story (those not after ``until``), in the order of time."""
    found: dict[int, list[Report]] = {number: [] for number in some}
    for row in reader.fetch(_REPORTS_OF_STORIES, some, _end(until)) if some else ():
        found[row[1]].append(_report(row))
    return found


_STORIES_OF_TOPICS = """
    SELECT topic, story FROM stories WHERE topic IN (?*)
    ORDER BY story
"""
_STORIES_OF_TOPICS_UNTIL = """
    SELECT stories.topic, stories.story
    FROM stories
    CROSS JOIN memberships ON memberships.story = stories.story
    CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE stories.topic IN (?1*) AND articles.ordered <= ?2
    GROUP BY stories.topic, stories.story
    ORDER BY stories.story
"""


def stories_of_topics(
    reader: Reader, topics: Iterable[int], until: int | None = None
) -> dict[int, list[int]]:
    """The stories of each topic (those reported by ``until``), in the order of their numbers."""
    wanted = set(topics)
    found: dict[int, list[int]] = {topic: [] for topic in wanted}
    if not wanted:
        return found
    rows = (
        reader.fetch(_STORIES_OF_TOPICS, wanted)
        if until is None
        else reader.fetch(_STORIES_OF_TOPICS_UNTIL, wanted, until)
    )
    for topic, story in rows:
        found[topic].append(story)
    return found


class Details(NamedTuple):
    """What an article's own page tells beside its row, as it is stored."""

    author: str | None
    text: str
    updated: int | None
    updated_precision: str | None
    kind: PageKind | None
    paywalled: int | None
    enclosures: str | None
    text_use: str | None  # what its source allows


def article_details(reader: Reader, seq: int) -> Details:
    return Details(*reader.fetch(_DETAILS, seq)[0])


_DETAILS = f"""
    SELECT {", ".join(f"articles.{name}" for name in Details._fields[:-1])}, sources.text_use
    FROM articles LEFT JOIN sources ON sources.domain = articles.domain
    WHERE articles.seq = ?
"""  # noqa: S608


def texts(reader: Reader, seqs: Collection[int]) -> dict[int, tuple[str, str]]:
    """Title and text of articles."""
    found: dict[int, tuple[str, str]] = {}
    for part in chunks(seqs):
        rows = reader.execute(
            select(articles.c.seq, articles.c.title, articles.c.text).where(
                articles.c.seq.in_(part)
            )
        )
        found.update({row.seq: (row.title, row.text) for row in rows})
    return found


def versions_of(reader: Reader, seq: int) -> tuple[Version, ...]:
    statement = "SELECT seen, title, text FROM versions WHERE seq = ? ORDER BY id"
    return tuple(
        Version(datetime.fromtimestamp(seen, UTC), title, text)
        for seen, title, text in reader.fetch(statement, seq)
    )


def editions(reader: Reader) -> tuple[Edition, ...]:
    rows = reader.execute(
        select(articles.c.country, func.count().label("number"))
        .where(articles.c.country.is_not(None))
        .group_by(articles.c.country)
    )
    found = [Edition(row.country, row.number) for row in rows]
    return tuple(sorted(found, key=lambda e: (-e.article_count, e.country)))


_LOOKED_THROUGH = 1000  # articles among which those with a date are looked for
_NEWEST_TIMES = f"""
    SELECT ordered FROM (
        SELECT ordered, published FROM articles WHERE ordered <= ?1 AND seq <= ?2
        ORDER BY ordered DESC, seq DESC LIMIT {_LOOKED_THROUGH}
    ) AS newest
    WHERE published IS NOT NULL OR ordered <= ?3 LIMIT ?4
"""  # noqa: S608


def newest_times(
    reader: Reader, until: int, last: int, undated_until: int, limit: int
) -> list[int]:
    """When the newest articles not after ``until`` and of numbers up to ``last`` were published.

    Newest first. Those without a date count when they were first seen by ``undated_until``.
    """
    rows = reader.fetch(_NEWEST_TIMES, until, last, undated_until, limit)
    return [ordered for (ordered,) in rows]


def any_after(reader: Reader, moment: int) -> bool:
    """Whether an article was published (else first seen) after a moment."""
    return bool(reader.fetch("SELECT 1 FROM articles WHERE ordered > ? LIMIT 1", moment))


def source(reader: Reader, domain: str) -> SourceView | None:
    row = reader.execute(select(sources).where(sources.c.domain == domain)).first()
    if row is None:
        return None
    number = reader.execute(
        select(func.count()).select_from(articles).where(articles.c.domain == domain)
    ).scalar_one()
    return SourceView(domain, row.name, row.home, row.country, row.language, number)


def source_names(reader: Reader, domains: Collection[str]) -> dict[str, str]:
    statement = "SELECT domain, name FROM sources WHERE domain IN (?*)"
    return dict(reader.fetch(statement, domains))


_FOUNDERS = "SELECT seq, ordered FROM articles WHERE seq IN (?*)"
_FOUNDERS_THEN = """
    SELECT memberships.story, articles.seq, articles.ordered
    FROM memberships CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE memberships.story IN (?1*) AND articles.ordered <= ?2
    ORDER BY memberships.seq DESC
"""


class Founder(NamedTuple):
    """The article that a story begins with, by when it was published (else first seen)."""

    ordered: int
    seq: int


def founders(reader: Reader, some: Collection[int], until: int | None = None) -> dict[int, Founder]:
    """The founding article of each story.

    As of ``until``, where that article is later, the first of the story's articles that is not;
    a story that has none is left out.
    """
    if not some:
        return {}
    rows = reader.fetch(_FOUNDERS, some)
    found = {seq: Founder(ordered, seq) for seq, ordered in rows if ordered <= _end(until)}
    if until is not None:
        missing = [story for story in some if story not in found]
        rows = reader.fetch(_FOUNDERS_THEN, missing, until)
        found.update((story, Founder(ordered, seq)) for story, seq, ordered in rows)
    return found


_ACTIVE_TOPICS = """
    SELECT stories.topic
    FROM articles
    CROSS JOIN memberships ON memberships.seq = articles.seq
    CROSS JOIN stories ON stories.story = memberships.story
    WHERE articles.ordered BETWEEN ?1 AND ?2 AND (?3 IS NULL OR articles.country = ?3)
    GROUP BY stories.topic
    HAVING (SELECT count(*) FROM (
        SELECT 1 FROM stories AS others WHERE others.topic = stories.topic AND EXISTS (
            SELECT 1 FROM memberships AS own CROSS JOIN articles AS past ON past.seq = own.seq
            WHERE own.story = others.story AND past.ordered <= ?2)
        LIMIT 2) AS two) = 2
    ORDER BY count(DISTINCT memberships.story) DESC, max(articles.ordered) DESC, stories.topic
    LIMIT ?4
"""


def active_topics(
    reader: Reader, ordered_from: int, ordered_to: int, country: str | None, limit: int
) -> list[int]:
    """Topics of two stories or more, by how many of them were reported in a span of time.

    Nothing after ``ordered_to`` counts.
    """
    rows = reader.fetch(_ACTIVE_TOPICS, ordered_from, ordered_to, country, limit)
    return [topic for (topic,) in rows]


_NEWEST_TOPICS = """
    SELECT topic FROM stories GROUP BY topic HAVING count(*) > 1
    ORDER BY max(story) DESC LIMIT ?
"""


def newest_topics(reader: Reader, limit: int) -> list[int]:
    """Topics of two stories or more, the one with the newest story first."""
    return [topic for (topic,) in reader.fetch(_NEWEST_TOPICS, limit)]


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic in numbers: stories and publishers, its first and last article's time."""

    events: int
    sources: int
    first: int
    last: int


_TOPIC_FACTS = """
    SELECT stories.topic, count(DISTINCT stories.story), count(DISTINCT articles.domain),
           min(articles.ordered), max(articles.ordered)
    FROM stories
    CROSS JOIN memberships ON memberships.story = stories.story
    CROSS JOIN articles ON articles.seq = memberships.seq
    WHERE stories.topic IN (?1*) AND articles.ordered <= ?2
    GROUP BY stories.topic
"""


def topic_facts(
    reader: Reader, topics: Collection[int], until: int | None = None
) -> dict[int, TopicFacts]:
    """The numbers of each topic (as they were at ``until``)."""
    rows = reader.fetch(_TOPIC_FACTS, topics, _end(until)) if topics else ()
    return {topic: TopicFacts(*facts) for topic, *facts in rows}


def owners(reader: Reader) -> dict[str, str]:
    """Who owns which publisher, by domain, where that is known."""
    rows = reader.execute(
        select(sources.c.domain, sources.c.owner).where(sources.c.owner.is_not(None))
    )
    return {row.domain: row.owner for row in rows}
