"""``backstory import`` and ``backstory export``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backstory.cli.common import Failure, complain, open_store, progress, put, store_option

if TYPE_CHECKING:
    from backstory.collect.jsonl import BadLine
    from backstory.values import Article

_WARC = (".warc", ".warc.gz")


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@store_option
@click.option("--batch", default=500, show_default=True, hidden=True)
def import_(files: tuple[str, ...], store_url: str, batch: int) -> None:
    """Take in article JSONL (plain, .gz, .zst) or WARC files; - is standard input.

    A bad line is named on standard error and skipped. Importing a file again changes nothing.
    """
    from backstory.pipeline.running import Pipeline
    from backstory.pipeline.transfer import Counts, take_all

    failed = False
    with open_store(store_url, create=True) as store:
        pipeline = Pipeline(store, min(batch, 256))
        total = Counts()
        for name in files:
            try:
                size = None if name == "-" else Path(name).stat().st_size
            except OSError as error:
                complain(f"cannot read {name}: {error.strerror}")
                failed = True
                continue
            with progress(Path(name).name, size) as tell:
                try:
                    counts = take_all(
                        store, _lines(name, tell), complain, pipeline=pipeline, batch=batch
                    )
                except OSError as error:
                    complain(f"cannot read {name}: {error.strerror or error}")
                    failed = True
                    continue
            total.new += counts.new
            total.known += counts.known
            total.revised += counts.revised
            total.refused += counts.refused
    print(
        f"{total.new} new, {total.known} known, {total.revised} revised, {total.refused} refused",
        file=sys.stderr,
    )
    if failed:
        raise Failure("not every file could be read; the others are in")


def _lines(name: str, tell: object) -> Iterator[Article | BadLine]:
    from backstory.collect.jsonl import read
    from backstory.extract.titles import repair

    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        if callable(tell):
            tell(done)

    yield from read(name, count, repair_title=repair)


@click.command()
@click.option("--out", type=click.Path(dir_okay=False), help="A file instead of standard output.")
@store_option
def export(out: str | None, store_url: str) -> None:
    """All articles in the order of seq as JSONL, with story, topic, copy_of, tags, summary.

    The same store gives the same bytes.
    """
    import orjson

    from backstory.pipeline.transfer import export as rows

    with open_store(store_url) as store:
        if out is None:
            for row in rows(store):
                put(row)
            return
        try:
            with Path(out).open("wb") as file:
                file.writelines(orjson.dumps(row) + b"\n" for row in rows(store))
        except OSError as error:
            raise Failure(f"cannot write {out}: {error.strerror}") from None
