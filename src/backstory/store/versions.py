"""What articles said before: earlier titles, and which articles were reworded."""

from __future__ import annotations

from collections.abc import Collection

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
