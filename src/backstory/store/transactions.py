"""What the functions of the store work with: a view of it to read, a transaction to write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable, Table

from backstory.store.dialects import Dialect

Rows = Sequence[Mapping[str, Any]]


class Reader:
    """One consistent view of a store, handed to the functions that ask it.

    ``keeps``: whether ``once`` keeps what was read; for views that nothing is written in.
    """

    __slots__ = ("_connection", "_dialect", "_kept")

    def __init__(self, connection: Connection, dialect: Dialect, keeps: bool = False) -> None:
        self._connection = connection
        self._dialect = dialect
        self._kept: dict[str, dict[Any, Any]] | None = {} if keeps else None

    @property
    def origin(self) -> object:
        """What all views of one open store have in common, to keep in mind what was read."""
        return self._connection.engine

    def fetch(self, statement: str, *given: object) -> list[Any]:
        """Rows as bare tuples, a tenth of the usual way's cost; see ``dialects`` for the signs.

        The statement stays the same text, so that the database keeps it prepared.
        """
        return self._dialect.fetch(self._connection, statement, given)

    def execute(self, statement: Executable, rows: Any = None) -> CursorResult[*tuple[Any, ...]]:
        return self._connection.execute(statement, rows)

    def stream(self, statement: Executable, at_once: int = 5000) -> Iterator[Any]:
        """Rows of which only so many are in memory."""
        yield from self._connection.execute(statement, execution_options={"yield_per": at_once})

    def once(self, name: str) -> dict[Any, Any]:
        """What was read under this name in this view, to be added to; where nothing is kept it
        is empty each time."""
        return {} if self._kept is None else self._kept.setdefault(name, {})


class Writer(Reader):
    """One transaction, handed to the functions that write; it sees what they wrote."""

    __slots__ = ()

    def execute_many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        """A statement for each of tens of thousands of rows, none of them made before its turn."""
        self._dialect.execute_many(self._connection, statement, rows)

    def insert_new(self, table: Table, rows: Rows | Mapping[str, Any]) -> int:
        """Insert rows, but leave alone those whose key is there already; how many were new."""
        return self._connection.execute(self._dialect.insert_new(table), rows).rowcount

    def upsert(
        self,
        table: Table,
        key: Sequence[str],
        changed: Sequence[str],
        rows: Rows | Mapping[str, Any],
    ) -> None:
        """Insert rows; where the key is there already, replace the columns ``changed``."""
        self._connection.execute(self._dialect.upsert(table, key, changed), rows)
