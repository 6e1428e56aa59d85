"""The publishers of a store: their names, homes and owners, and how much there is of each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import cast

from sqlalchemy import func, select, update

from backstory.model.article import TextUse
from backstory.model.views import SourceView
from backstory.store.articles import chunks
from backstory.store.schema import articles, sources
from backstory.store.transactions import Reader, Writer


@dataclass(frozen=True, slots=True)
class NewPublisher:
    domain: str
    name: str
    country: str | None
    language: str | None
    owner: str | None


def add(writer: Writer, new: Sequence[NewPublisher]) -> None:
    """Publishers that may be new; those that are known are left alone."""
    if new:
        writer.insert_new(sources, [asdict(one) for one in new])


def largest(reader: Reader, limit: int) -> tuple[SourceView, ...]:
    """Publishers with articles, those with most first."""
    number = func.count().label("number")
    counted = (
        select(articles.c.domain, number)
        .group_by(articles.c.domain)
        .order_by(number.desc(), articles.c.domain)
        .limit(limit)
        .subquery()
    )
    rows = reader.execute(
        select(counted.c.domain, counted.c.number, sources)
        .outerjoin(sources, sources.c.domain == counted.c.domain)
        .order_by(counted.c.number.desc(), counted.c.domain)
    ).mappings()
    return tuple(
        SourceView(
            row[counted.c.domain], row[sources.c.name] or row[counted.c.domain],
            row[sources.c.home], row[sources.c.country], row[sources.c.language],
            row[counted.c.number],
        )
        for row in rows
    )  # fmt: skip


def by_domain(reader: Reader, domain: str) -> SourceView | None:
    row = reader.execute(select(sources).where(sources.c.domain == domain)).first()
    if row is None:
        return None
    number = reader.execute(
        select(func.count()).select_from(articles).where(articles.c.domain == domain)
    ).scalar_one()
    return SourceView(domain, row.name, row.home, row.country, row.language, number)


def names(reader: Reader, domains: Collection[str]) -> dict[str, str]:
    statement = "SELECT domain, name FROM sources WHERE domain IN (?*)"
    return dict(reader.fetch(statement, domains))


def owners(reader: Reader) -> dict[str, str]:
    """Who owns which publisher, by domain, where that is known."""
    rows = reader.execute(
        select(sources.c.domain, sources.c.owner).where(sources.c.owner.is_not(None))
    )
    return {row.domain: row.owner for row in rows}


def keep_home(writer: Writer, domain: str, home: str) -> None:
    """The publisher's home page, where none is known yet."""
    writer.execute(
        update(sources)
        .where(sources.c.domain == domain, sources.c.home.is_(None))
        .values(home=home)
    )


def text_uses(reader: Reader, domains: Collection[str]) -> dict[str, TextUse]:
    """What may be done with the text of these publishers, where a setting says so."""
    found: dict[str, TextUse] = {}
    for part in chunks(sorted(domains)):
        rows = reader.execute(
            select(sources.c.domain, sources.c.text_use).where(
                sources.c.domain.in_(part), sources.c.text_use.is_not(None)
            )
        )
        found.update({row.domain: cast(TextUse, row.text_use) for row in rows})
    return found


def is_known(reader: Reader, domain: str) -> bool:
    """Whether a publisher is known by its registrable domain."""
    found = reader.execute(select(sources.c.domain).where(sources.c.domain == domain)).first()
    return found is not None


def set_text_use(writer: Writer, domain: str, name: str, use: TextUse | None) -> None:
    """Set what may be done with a publisher's text; None is the default again."""
    writer.upsert(
        sources,
        ["domain"],
        ["text_use"],
        {"domain": domain, "name": name or domain, "text_use": use},
    )
