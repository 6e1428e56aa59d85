"""What articles said before: earlier titles, and which articles were reworded."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from backstory.model.article import Version
from backstory.store.transactions import Reader


def earlier_titles(reader: Reader, guids: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Headlines that these articles had before, the newest first; articles that had none are
    left out."""
    found: dict[str, list[str]] = {}
    for guid, present, title in reader.fetch(_EARLIER, guids) if guids else ():
        if title and title != present:
            found.setdefault(guid, []).append(title)
    return {guid: tuple(dict.fromkeys(titles)) for guid, titles in found.items()}


_EARLIER = """
    SELECT articles.guid, articles.title, versions.title
    FROM articles CROSS JOIN versions ON versions.seq = articles.seq
    WHERE articles.guid IN (?*)
    ORDER BY versions.id DESC
"""


def last_version(reader: Reader) -> int:
    """The number of the newest version that an article's rewording left behind; 0 if none."""
    found: int = reader.fetch("SELECT COALESCE(MAX(id), 0) FROM versions")[0][0]
    return found


def reworded_since(reader: Reader, version: int) -> frozenset[int]:
    """The articles that were reworded after this version was left behind."""
    rows = reader.fetch("SELECT DISTINCT seq FROM versions WHERE id > ?", version)
    return frozenset(row[0] for row in rows)


def versions_of(reader: Reader, seq: int) -> tuple[Version, ...]:
    statement = "SELECT seen, title, text FROM versions WHERE seq = ? ORDER BY id"
    return tuple(
        Version(datetime.fromtimestamp(seen, UTC), title, text)
        for seen, title, text in reader.fetch(statement, seq)
    )


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
