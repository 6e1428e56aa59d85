"""All that only SQLite knows: how it is opened, its transactions, and its full-text search."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, Insert, Table, create_engine, event
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.engine import Connection

from backstory.store.search_values import SearchQuery, SearchRow

BUSY_SECONDS = 30.0
SEARCH_FORMAT = 2  # of the derived search file; another number is rebuilt
_SEARCH_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS rows (
    seq INTEGER PRIMARY KEY, ordered INTEGER NOT NULL, country TEXT, domain TEXT);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
    body, content='', detail='none',
    tokenize="ascii tokenchars '.'");
CREATE TABLE IF NOT EXISTS done (name TEXT PRIMARY KEY, number INTEGER NOT NULL);
INSERT OR IGNORE INTO done VALUES ('seq', 0), ('version', 0);
COMMIT;
"""


def engine(path: Path) -> Engine:
    """An engine on one file: write-ahead log, every commit on disk before it is acknowledged."""
    made = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(made, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are ours to begin
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-65536")
        # Pages that batches in a row write again, as indexes by digests do, are copied once.
        connection.execute("PRAGMA wal_autocheckpoint=16384")
        # Mapped pages count as memory of the process, of each that has the file open.
        connection.execute("PRAGMA mmap_size=268435456")

    @event.listens_for(made, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return made


class Watch:
    """Tells whether anything was committed to a database file; threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    def number(self) -> int:
        """Another number after each commit of another connection, in any process.

        ``PRAGMA data_version`` (https://www.sqlite.org/pragma.html#pragma_data_version), which
        only one connection can compare with what it was told before.
        """
        with self._lock:
            if self._connection is None:
                self._connection = sqlite3.connect(
                    self._path, timeout=BUSY_SECONDS, check_same_thread=False
                )
            found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
            return found

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


_SIGN = re.compile(r"\?(\d*)")
_MANY = re.compile(r"\(\?(\d*)\*\)")


@lru_cache(maxsize=1024)
def _spelled(statement: str) -> tuple[str, frozenset[int]]:
    """The statement in SQLite's words, and which of its values are collections.

    ``json_each`` takes any count of values as one.
    """
    many: set[int] = set()
    last = 0
    for sign in _SIGN.finditer(statement):
        number = int(sign[1]) if sign[1] else last + 1
        last = max(last, number)
        if statement.startswith("*)", sign.end()):
            many.add(number - 1)
    return _MANY.sub(r"(SELECT value FROM json_each(?\1))", statement), frozenset(many)


def _given(value: object, many: bool) -> object:
    if not many:
        return value
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise TypeError(f"(?*) takes a collection, not {type(value).__name__}")
    return orjson.dumps(list(value), option=orjson.OPT_SERIALIZE_NUMPY)


def fetch(connection: Connection, statement: str, given: Sequence[object]) -> list[Any]:
    """Rows as bare tuples: a tenth of the usual way's cost."""
    raw = connection.connection.driver_connection
    assert raw is not None
    spelled, many = _spelled(statement)
    values = [_given(value, place in many) for place, value in enumerate(given)]
    found: list[Any] = raw.execute(spelled, values).fetchall()
    return found


def execute_many(
    connection: Connection, statement: str, rows: Iterable[tuple[object, ...]]
) -> None:
    """A statement for each of tens of thousands of rows, none of them made before its turn."""
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.executemany(statement, rows)


def insert_new(table: Table) -> Insert:
    """An insert that leaves rows alone whose key is there already."""
    return dialect.insert(table).on_conflict_do_nothing()


def upsert(table: Table, key: Sequence[str], changed: Sequence[str]) -> Insert:
    """An insert that replaces the columns ``changed`` where the key is there already."""
    statement = dialect.insert(table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in changed}
    )


class SearchIndex:
    """Readers' full-text search: a derived file of its own, made again when missing or broken.

    Words come in already folded and cut up, of letters, digits, points and what is not ASCII; the
    index only matches them whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None and self._same_file():
            return found
        try:
            connection = self._open()
        except sqlite3.DatabaseError:
            self.delete()
            connection = self._open()
        self._local.connection = connection
        stat = self.path.stat()
        self._local.inode = stat.st_ino
        return connection

    def _same_file(self) -> bool:
        try:
            return bool(self.path.stat().st_ino == self._local.inode)
        except FileNotFoundError:
            return False

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SEARCH_FORMAT):
            connection.close()
            raise sqlite3.DatabaseError("another format")
        if version == 0:
            connection.executescript(_SEARCH_TABLES)
            connection.execute(f"PRAGMA user_version = {SEARCH_FORMAT}")
        return connection

    def delete(self) -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{self.path}{end}").unlink(missing_ok=True)

    def done(self) -> tuple[int, int]:
        """The last seq and the last version that are in."""
        rows = dict(self._connection().execute("SELECT name, number FROM done"))
        return rows["seq"], rows["version"]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def add(self, rows: Iterable[SearchRow], last_seq: int) -> None:
        """Bring in new articles; those that another process brought in meanwhile are left."""
        with self._writing() as connection:
            known = connection.execute("SELECT number FROM done WHERE name='seq'").fetchone()[0]
            fresh = [row for row in rows if row.seq > known]
            connection.executemany(
                "INSERT INTO rows VALUES (?, ?, ?, ?)",
                [(r.seq, r.ordered, r.country, r.domain) for r in fresh],
            )
            connection.executemany(
                "INSERT INTO words (rowid, body) VALUES (?, ?)", [(r.seq, r.words) for r in fresh]
            )
            connection.execute(
                "UPDATE done SET number=max(number, ?) WHERE name='seq'", (last_seq,)
            )

    def replace(self, version: int, seq: int, old_words: str, new_words: str) -> None:
        """A version: the words of an article changed."""
        with self._writing() as connection:
            known = connection.execute("SELECT number FROM done WHERE name='version'").fetchone()
            if version <= known[0]:
                return
            connection.execute(
                "INSERT INTO words (words, rowid, body) VALUES ('delete', ?, ?)", (seq, old_words)
            )
            connection.execute("INSERT INTO words (rowid, body) VALUES (?, ?)", (seq, new_words))
            connection.execute("UPDATE done SET number=? WHERE name='version'", (version,))

    def search(self, query: SearchQuery, limit: int) -> list[int]:
        """Numbers of the articles that hold all words, in the order asked for."""
        where = ["words MATCH ?"]
        values: list[Any] = [" ".join(f'"{word}"' for word in query.match)]
        for clause, value in (
            ("ordered >= ?", query.ordered_from),
            ("ordered <= ?", query.ordered_to),
            ("country = ?", query.country),
            ("domain = ?", query.domain),
        ):
            if value is not None:
                where.append(clause)
                values.append(value)
        sign, way = (">", "ASC") if query.oldest_first else ("<", "DESC")
        if query.after is not None:
            where.append(f"(ordered, seq) {sign} (?, ?)")
            values.extend(query.after)
        sql = (
            "SELECT seq FROM words JOIN rows ON rows.seq = words.rowid WHERE "  # noqa: S608
            + " AND ".join(where)
            + f" ORDER BY ordered {way}, seq {way} LIMIT ?"
        )
        return [row[0] for row in self._connection().execute(sql, [*values, limit])]

    def close(self) -> None:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


def readable(path: Path) -> bool:
    """Whether the file is, or can become, a database of ours."""
    return not path.exists() or (path.is_file() and os.access(path, os.R_OK | os.W_OK))
