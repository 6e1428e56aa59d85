"""What differs from database to database. A statement is written once, with these signs:

- ``?1``, ``?2``: the values that are given, in their order (``?`` the next one);
- ``IN (?*)``, ``IN (?1*)``: any of the values of a collection that is given as one;
- ``a CROSS JOIN b ON``: ``a`` is read first; for databases that choose the order themselves it
  is a ``JOIN``.

A dialect is a module with the functions of ``Dialect``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Insert, Table


class Dialect(Protocol):
    """What a module of this folder offers."""

    def fetch(self, connection: Connection, statement: str, given: Sequence[object]) -> list[Any]:
        """Rows as bare tuples, for what a page asks dozens of times."""

    def execute_many(
        self, connection: Connection, statement: str, rows: Iterable[tuple[object, ...]]
    ) -> None:
        """A statement for each of tens of thousands of rows, none of them made before its turn."""

    def insert_new(self, table: Table) -> Insert:
        """An insert that leaves rows alone whose key is there already."""

    def upsert(self, table: Table, key: Sequence[str], changed: Sequence[str]) -> Insert:
        """An insert that replaces the columns ``changed`` where the key is there already."""
