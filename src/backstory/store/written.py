"""What a language model wrote: summaries with what made them, and calls that came to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import and_, func, or_, select

from backstory.model.article import Written
from backstory.store.schema import articles, enriched, memberships, written
from backstory.store.transactions import Reader, Writer

Kind = Literal["article", "story"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article or story (by its number) that may get a summary, and the texts it is from."""

    kind: Kind
    number: int
    language: str | None
    texts: tuple[tuple[str, str], ...]  # title, text
    articles: int  # that the story had


def keep(
    writer: Writer,
    wanted: Wanted,
    summary: str | None,
    problem: str | None,
    model: str,
    made: int,
) -> None:
    """A call and what came of it: a summary, or why there is none."""
    writer.upsert(
        written,
        ["kind", "number"],
        ["summary", "problem", "model", "made", "articles", "content"],
        {
            "kind": wanted.kind,
            "number": wanted.number,
            "summary": summary,
            "problem": problem,
            "model": model,
            "made": made,
            "articles": wanted.articles,
            "content": _content(writer, wanted.number) if wanted.kind == "article" else None,
        },
    )


def _content(reader: Reader, seq: int) -> bytes:
    found: bytes = reader.execute(
        select(articles.c.content).where(articles.c.seq == seq)
    ).scalar_one()
    return found


def calls_since(reader: Reader, moment: int) -> int:
    """How many calls were made since then."""
    found: int = reader.execute(
        select(func.count()).select_from(written).where(written.c.made >= moment)
    ).scalar_one()
    return found


def of_article(reader: Reader, seq: int) -> Written | None:
    """The summary of an article, unless its text has changed since."""
    for summary, model, made in reader.fetch(_OF_ARTICLE, seq):
        return Written(summary, model, datetime.fromtimestamp(made, UTC))
    return None


_OF_ARTICLE = """
    SELECT written.summary, written.model, written.made
    FROM written JOIN articles ON articles.seq = written.number
    WHERE written.kind = 'article' AND written.number = ? AND written.summary IS NOT NULL
        AND written.content = articles.content
"""


def of_story(reader: Reader, story: int, count: int) -> Written | None:
    """The summary of a story that has ``count`` articles, unless it has doubled since."""
    row = reader.execute(
        select(written).where(
            written.c.kind == "story",
            written.c.number == story,
            written.c.summary.is_not(None),
            2 * written.c.articles > count,
        )
    ).first()
    return None if row is None else _value(row)


def _value(row: object) -> Written:
    return Written(row.summary, row.model, datetime.fromtimestamp(row.made, UTC))  # type: ignore[attr-defined]


def wanting(
    reader: Reader, since: int, least: int, limit: int, most_texts: int = 6
) -> list[Wanted]:
    """Stories of three articles or more first, then articles of at least ``least`` words, the
    newest first, ordered after ``since``, for which no call has been made as they now are."""
    size = func.count().label("size")
    stories = reader.execute(
        select(memberships.c.story, size, func.max(articles.c.ordered).label("newest"))
        .join(articles, articles.c.seq == memberships.c.seq)
        .where(
            memberships.c.copy_of.is_(None),
            memberships.c.story.in_(
                select(memberships.c.story)
                .join(articles, articles.c.seq == memberships.c.seq)
                .where(articles.c.ordered > since)
            ),
        )
        .outerjoin(
            written, and_(written.c.kind == "story", written.c.number == memberships.c.story)
        )
        .group_by(memberships.c.story)
        .having(size >= 3, or_(func.max(written.c.articles).is_(None),
                               2 * func.max(written.c.articles) <= size))
        .order_by(func.max(articles.c.ordered).desc(), memberships.c.story)
        .limit(limit)
    ).all()  # fmt: skip
    found = [
        Wanted("story", row.story, *_texts(reader, row.story, most_texts), row.size)
        for row in stories
    ]
    rows = reader.execute(
        select(articles.c.seq, articles.c.title, articles.c.text, enriched.c.language)
        .join(enriched, enriched.c.seq == articles.c.seq)
        .join(memberships, memberships.c.seq == articles.c.seq)
        .outerjoin(
            written, and_(written.c.kind == "article", written.c.number == articles.c.seq)
        )
        .where(
            articles.c.ordered > since,
            enriched.c.length >= least,
            memberships.c.copy_of.is_(None),
            or_(written.c.number.is_(None), written.c.content != articles.c.content),
        )
        .order_by(articles.c.ordered.desc(), articles.c.seq.desc())
        .limit(max(0, limit - len(found)))
    )  # fmt: skip
    found += [Wanted("article", r.seq, r.language, ((r.title, r.text),), 1) for r in rows]
    return found


def _texts(reader: Reader, story: int, most: int) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """The founding article's language, and the newest reports in it that are no copies."""
    rows = reader.execute(
        select(articles.c.seq, articles.c.title, articles.c.text, enriched.c.language)
        .join(memberships, memberships.c.seq == articles.c.seq)
        .join(enriched, enriched.c.seq == articles.c.seq)
        .where(memberships.c.story == story, memberships.c.copy_of.is_(None))
        .order_by(articles.c.ordered.desc(), articles.c.seq.desc())
    ).all()
    language = min(rows, key=lambda row: row.seq).language
    own = [row for row in rows if row.language == language][:most]
    return language, tuple((row.title, row.text) for row in reversed(own))
