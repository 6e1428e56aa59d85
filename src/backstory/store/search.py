"""Keep readers' full-text search up with the store: a derived index of our own folded words."""

from __future__ import annotations

import re

from sqlalchemy import select

from backstory.store.database import Store
from backstory.store.schema import articles, versions
from backstory.store.search_values import SearchQuery, SearchRow
from backstory.store.transactions import Reader
from backstory.text.words import tokens

_BATCH = 1000
_READ = 20_000  # characters of a text that are searched
# A word of the index: what its tokenizer takes for one token, whatever folding left in it.
_INDEXED = re.compile(r"[0-9A-Za-z.\u0080-\U0010ffff]+")
_NON_JOINER, _JOINER = "\u200c", "\u200d"
_ARABIC = re.compile("[\u0600-\u06ff]")


def words(title: str, text: str) -> str:
    """What is indexed of an article: its words, case and accents folded, in order."""
    return " ".join(_words(f"{title}\n{text[:_READ]}"))


def query_words(query: str) -> list[str]:
    """The words that a reader asks for; hyphens between words are spaces.

    >>> query_words("Inflation-rate 3.5"), query_words("½ café")
    (['inflation', 'rate', '3.5'], ['1⁄2', 'cafe'])
    """
    return list(dict.fromkeys(_words(query.replace("-", " "))))


def _words(text: str) -> list[str]:
    found: list[str] = []
    for token in tokens(text):
        word = token.folded
        if not word.isascii() and (_NON_JOINER in word or _JOINER in word):
            # In Arabic script a non-joiner parts stem and ending ("books", "book s"); elsewhere
            # joiners only choose a shape, and the word is the same without them.
            between = " " if _ARABIC.search(word) else ""
            word = word.replace(_NON_JOINER, between).replace(_JOINER, "")
        found += _INDEXED.findall(word.lower())
    return found


def matching(store: Store, query: SearchQuery, limit: int) -> list[int]:
    """Numbers of the articles that hold all words of a query, in the order asked for."""
    return store.search.search(query, limit)


def refresh(store: Store) -> None:
    """Bring in the articles and versions that came since; makes the index where it is missing."""
    while bring_in(store):
        pass


def bring_in(store: Store) -> bool:
    """Bring in the next of them; whether there were any."""
    done_seq, done_version = store.search.done()
    with store.read() as reader:
        rows = reader.execute(
            select(articles.c.seq, articles.c.title, articles.c.text, articles.c.ordered,
                   articles.c.country, articles.c.domain)
            .where(articles.c.seq > done_seq).order_by(articles.c.seq).limit(_BATCH)
        ).all()  # fmt: skip
        changed = reader.execute(
            select(versions.c.id, versions.c.seq, versions.c.title, versions.c.text)
            .where(versions.c.id > done_version)
            .order_by(versions.c.id)
            .limit(_BATCH)
        ).all()
        # An article that comes in with versions behind it enters with what it said first.
        first: dict[int, tuple[str, str]] = {}
        if rows:
            for said in reader.execute(
                select(versions.c.seq, versions.c.title, versions.c.text)
                .where(
                    versions.c.seq.between(rows[0].seq, rows[-1].seq),
                    versions.c.id > done_version,
                )
                .order_by(versions.c.id)
            ):
                first.setdefault(said.seq, (said.title, said.text))
        now = {
            row.id: _after(reader, row.id, row.seq)
            for row in changed
            if row.seq <= (rows[-1].seq if rows else done_seq)
        }
    if not rows and not now:
        return False
    store.search.add(
        [
            SearchRow(
                row.seq,
                words(*first.get(row.seq, (row.title, row.text))),
                row.ordered,
                row.country,
                row.domain,
            )
            for row in rows
        ],
        rows[-1].seq if rows else done_seq,
    )
    for row in changed:
        if row.id not in now:
            break  # its article is not in yet
        store.search.replace(row.id, row.seq, words(row.title, row.text), words(*now[row.id]))
    return True


def _after(reader: Reader, version: int, seq: int) -> tuple[str, str]:
    """What an article said after one of its versions: the next version, or what it says now."""
    later = reader.execute(
        select(versions.c.title, versions.c.text)
        .where(versions.c.seq == seq, versions.c.id > version)
        .order_by(versions.c.id)
        .limit(1)
    ).first()
    if later is not None:
        return later.title, later.text
    now = reader.execute(
        select(articles.c.title, articles.c.text).where(articles.c.seq == seq)
    ).one()
    return now.title, now.text
