"""How far the imports of files came that can be taken up again."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from backstory.store.dialects.sqlite import upsert
from backstory.store.schema import imports


def place(connection: Connection, file: str) -> int:
    """The last record whose article is in; 0 where no import of the file was broken off."""
    found: int | None = connection.execute(
        select(imports.c.record).where(imports.c.file == file)
    ).scalar_one_or_none()
    return found or 0


def keep(connection: Connection, file: str, record: int) -> None:
    connection.execute(upsert(imports, ["file"], ["record"]), {"file": file, "record": record})


def forget(connection: Connection, file: str) -> None:
    connection.execute(delete(imports).where(imports.c.file == file))
