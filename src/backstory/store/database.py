"""Open a store, bring it to this version, and hand out transactions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

from backstory.model.errors import misconfigured
from backstory.model.problems import Kind
from backstory.store.dialects import sqlite
from backstory.store.schema import about
from backstory.store.transactions import Reader, Writer

HEAD = "0010"  # the newest migration
DEFAULT_URL = "sqlite:///backstory.db"
FAULTS = (OperationalError, OSError)  # what the database says of itself: no space, no permission


class Store:
    """An open store. ``derived`` is the folder of what can be deleted at any time."""

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open the store at ``url`` (``sqlite:///FILE``), made or migrated as needed.

        Misconfigured: not a store's address, no such file and ``create`` is off, no permission,
        not a database, of a newer version.
        """
        self.path = _path(url)
        self._view = threading.local()
        self.url = url
        self.derived = self.path.with_name(self.path.name + ".derived")
        if not create and not self.path.exists():
            raise misconfigured(Kind.NO_STORE, path=str(self.path))
        if not self.path.parent.is_dir():
            raise misconfigured(Kind.NO_FOLDER, path=str(self.path), folder=str(self.path.parent))
        if not sqlite.readable(self.path):
            raise misconfigured(Kind.NO_PERMISSION, path=str(self.path))
        self.engine: Engine = sqlite.engine(self.path)
        try:
            _migrate(self)
        except OperationalError as error:
            detail = str(error.orig)
            raise misconfigured(Kind.STORE_CLOSED, path=str(self.path), detail=detail) from None
        except DatabaseError as error:
            detail = str(error.orig)
            raise misconfigured(Kind.NOT_A_STORE, path=str(self.path), detail=detail) from None
        self.search = sqlite.SearchIndex(self.derived / "search.db")
        self._watch = sqlite.Watch(self.path)

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """One consistent view of the store."""
        held: Reader | None = getattr(self._view, "reader", None)
        if held is not None:
            yield held
            return
        with self.engine.connect() as connection, connection.begin():
            yield Reader(connection, sqlite)

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """Within this block every ``read`` of this thread sees the same view, opened once.

        Not for blocks that write, or that hand the thread to others (``await``).
        """
        if getattr(self._view, "reader", None) is not None:
            yield
            return
        with self.engine.connect() as connection, connection.begin():
            self._view.reader = Reader(connection, sqlite, keeps=True)
            try:
                yield
            finally:
                self._view.reader = None

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """One transaction, on disk when the block ends; undone when it raises."""
        with (
            self.engine.connect().execution_options(writing=True) as connection,
            connection.begin(),
        ):
            yield Writer(connection, sqlite)

    def last_change(self) -> int:
        """A number that is another after each commit, whichever process made it; it says
        nothing to another ``Store``."""
        return self._watch.number()

    def identity(self) -> str:
        """What tells this store from every other."""
        with self.read() as reader:
            found: str = reader.execute(
                select(about.c.value).where(about.c.name == "identity")
            ).scalar_one()
        return found

    def close(self) -> None:
        self.search.close()
        self._watch.close()
        self.engine.dispose()


def _path(url: str) -> Path:
    for prefix in ("sqlite:///", "sqlite://"):
        if url.startswith(prefix):
            path = url.removeprefix(prefix)
            if path:
                return Path(path)
    raise misconfigured(Kind.STORE_ADDRESS, url=url, example=DEFAULT_URL)


def _version(connection: Connection) -> str | None:
    names = set(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        if names:
            raise misconfigured(Kind.STORE_FOREIGN, path=str(connection.engine.url.database))
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def _migrate(store: Store) -> None:
    with store.engine.connect() as connection, connection.begin():
        if _version(connection) == HEAD:
            return
    writing = store.engine.connect().execution_options(writing=True)
    with writing as connection, connection.begin():  # one process migrates, the others wait here
        version = _version(connection)
        if version == HEAD:
            return
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if version is not None and version not in known:
            raise misconfigured(Kind.STORE_NEWER, path=str(store.path), version=version, known=HEAD)
        command.upgrade(config, "head")
        # Derived files carry it, so that those of another store are never taken for ours.
        Writer(connection, sqlite).insert_new(about, {"name": "identity", "value": uuid4().hex})
