"""Tables of documents that are written by the command that measures: how, and where.

A document has a block for each table, between ``<!-- table: NAME -->`` and ``<!-- end -->``.
A command prints what it measured and, with ``--write``, puts it into its block of BENCHMARKS.md.
A run over some of the sets alone replaces their rows and leaves the others, and a cell that it
leaves empty (a peer that is not installed) stays as it was.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "BENCHMARKS.md"


@dataclass(frozen=True, slots=True)
class Table:
    """Figures under the name of a block. The first column tells the rows apart."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        lines = [self.columns, ("-",) * len(self.columns), *self.rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def table(name: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    return Table(name, tuple(columns), tuple(tuple(row) for row in rows))


def read(text: str, name: str) -> Table:
    """The table of a block. LookupError: the document has no such block."""
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in _block(text, name)[2].splitlines()
        if line.startswith("|")
    ]
    return Table(name, rows[0] if rows else (), tuple(rows[2:]))


def replaced(text: str, found: Table) -> str:
    """The document with the table in its block; rows and cells that it lacks stay, if the
    columns are the same.

    LookupError: the document has no such block.
    """
    old = read(text, found.name)
    rows = {row[0]: row for row in old.rows if old.columns == found.columns}
    for row in found.rows:
        before = rows.get(row[0], row)
        rows[row[0]] = tuple(new or kept for new, kept in zip(row, before, strict=True))
    whole = Table(found.name, found.columns, tuple(rows.values()))
    start, end, _ = _block(text, found.name)
    return f"{text[:start]}\n{whole.markdown()}{text[end:]}"


def _block(text: str, name: str) -> tuple[int, int, str]:
    match = re.search(rf"<!-- table: {re.escape(name)} -->\n(.*?)<!-- end -->", text, re.DOTALL)
    if match is None:
        raise LookupError(f"no block for the table {name}")
    return match.start(1) - 1, match.end(1), match[1]


def write_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="put the table into BENCHMARKS.md")


def show(found: Table, write: bool = False, document: Path = BENCHMARKS) -> None:
    """Print the table in columns; with ``write`` put it into its block of the document."""
    lines = [found.columns, *found.rows]
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for cells in lines:
        first, *others = (
            f"{cell:{'<' if place == 0 else '>'}{width}}"
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip(), flush=True)
    if write:
        document.write_text(replaced(document.read_text("utf-8"), found), "utf-8")
