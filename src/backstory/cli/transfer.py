"""``backstory import`` and ``backstory export``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backstory.cli.common import (
    Failure,
    chosen_embedder,
    complain,
    open_store,
    progress,
    put,
    report,
    running_total,
    store_option,
)


@click.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@store_option
@click.option("--batch", default=500, show_default=True, hidden=True)
def import_(files: tuple[str, ...], store_url: str, batch: int) -> None:
    """Import article JSONL (plain, .gz, .zst) or WARC files; - is standard input.

    A bad line is reported on standard error and skipped. Importing a file again changes nothing.
    """
    from backstory.pipeline.import_files import lines
    from backstory.pipeline.importing import Counts, take_file
    from backstory.pipeline.running import Pipeline

    failed = False
    embedder = chosen_embedder()
    with open_store(store_url, create=True) as store:
        pipeline = Pipeline(store, min(batch, 256), embedder=embedder, tell=report)
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
                    counts = take_file(
                        store,
                        lines(name, running_total(tell)),
                        report,
                        pipeline=pipeline,
                        batch=batch,
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
        f"{total.new} new, {total.known} unchanged, {total.revised} updated, "
        f"{total.refused} rejected",
        file=sys.stderr,
    )
    if failed:
        raise Failure("some files could not be read; the others are imported")


@click.command()
@click.option(
    "--out", type=click.Path(dir_okay=False), help="Write to this file instead of standard output."
)
@store_option
def export(out: str | None, store_url: str) -> None:
    """Export all articles in the order of seq as JSONL, with story, topic, copy_of, tags, summary.

    The same store gives the same bytes.
    """
    import orjson

    from backstory.pipeline.exporting import export as rows

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
