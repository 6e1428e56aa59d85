"""Tables whose rows are records with named fields, for compiled loops.

Numba takes a table apart into seven numbers or more at each call, and a record into one: a few
tables are compiled in a third of the time that an array for each field takes. A record is
declared as a class, which types are checked by; there is no instance of it.
"""

from __future__ import annotations

from typing import Annotated, Any, Protocol, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

Byte = Annotated[int, np.int8]
Short = Annotated[int, np.int32]
Long = Annotated[int, np.int64]
Flag = Annotated[bool, np.bool_]

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_Row = TypeVar("_Row", covariant=True)
_Kind = TypeVar("_Kind")


class Table(Protocol[_Row]):
    """Records, by number. A record is no copy: to set a field of it is to set it in the table."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, row: int, /) -> _Row: ...


def layout(kind: type[object]) -> np.dtype[np.void]:
    """How records of a class lie in memory. Each field is annotated with its type and, if it is
    an array, its shape."""
    fields: list[Any] = [
        (name, *hint.__metadata__)
        for name, hint in get_type_hints(kind, include_extras=True).items()
    ]
    return np.dtype(fields, align=True)


def table(kind: type[_Kind], rows: int) -> Table[_Kind]:
    """So many records, all of them zero."""
    return cast("Table[_Kind]", np.zeros(rows, layout(kind)).view(np.recarray))


def record(kind: type[_Kind]) -> _Kind:
    """One record, all of it zero."""
    return table(kind, 1)[0]


def column(records: Table[object], name: str) -> NDArray[Any]:
    """One field of all records."""
    values: NDArray[Any] = np.asarray(records)[name]
    return values


def value(of: object, name: str) -> int:
    """A field of a record, in a tenth of the time that Python takes to find it as an attribute."""
    return int(np.void.__getitem__(cast("np.void", of), name))


def extended(records: Table[_Kind], rows: int) -> Table[_Kind]:
    """A copy with as many records more, all of them zero."""
    old: Any = records
    grown = np.zeros(len(old) + rows, old.dtype)
    grown[: len(old)] = old
    return cast("Table[_Kind]", grown.view(np.recarray))
