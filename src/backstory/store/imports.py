"""How far the imports of files came that can be taken up again."""

from __future__ import annotations

from sqlalchemy import delete, select

from backstory.store.schema import imports
from backstory.store.transactions import Reader, Writer


def last_record(reader: Reader, file: str) -> int:
    """The last record whose article is in; 0 where no import of the file was broken off."""
    found: int | None = reader.execute(
        select(imports.c.record).where(imports.c.file == file)
    ).scalar_one_or_none()
    return found or 0


def keep(writer: Writer, file: str, record: int) -> None:
    writer.upsert(imports, ["file"], ["record"], {"file": file, "record": record})


def forget(writer: Writer, file: str) -> None:
    writer.execute(delete(imports).where(imports.c.file == file))
