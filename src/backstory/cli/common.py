"""What the commands share: the store option, failures, progress, output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backstory.model.errors import Failure as Failure
from backstory.model.problems import Report

if TYPE_CHECKING:
    from backstory.archive import Archive
    from backstory.collect.jsonl import BadLine
    from backstory.enrich.meaning import Embedder
    from backstory.store.database import Store

Command = TypeVar("Command", bound=Callable[..., Any])
Options = TypeVar("Options")


def store_option(command: Command) -> Command:
    return click.option(
        "--store",
        "store_url",
        metavar="URL",
        envvar="BACKSTORY_STORE",
        default="sqlite:///backstory.db",
        show_default=True,
        help="Address of the store (also BACKSTORY_STORE).",
    )(command)


def json_option(command: Command) -> Command:
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")(
        command
    )


@contextmanager
def open_store(url: str, *, create: bool = False) -> Iterator[Store]:
    from backstory.store.database import Store

    store = Store(url, create=create)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_archive(url: str) -> Iterator[Archive]:
    from backstory.archive import Archive
    from backstory.cli.compiling import compilation_told

    with open_store(url) as store, Archive(store) as archive, compilation_told():
        yield archive


def as_one(
    kind: Callable[..., Options],
) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """A command whose many options reach it as one value of this kind."""

    def register(command: Callable[[Options], None]) -> Callable[..., None]:
        @wraps(command)
        def answer(**given: object) -> None:
            command(kind(**given))

        return answer

    return register


def chosen_embedder() -> Embedder | None:
    """The embedder that the environment names."""
    from backstory.enrich.meaning import embedder_of

    return embedder_of()


def complain(line: str) -> None:
    """A line on standard error about one thing that was left out; the rest goes on."""
    print(f"backstory: {line}", file=sys.stderr)


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun: "1 feed", "2 feeds"; ``many`` where no -s makes the plural."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def times_failed(number: int) -> str:
    return "failed once" if number == 1 else f"failed {number} times"


def report(told: Report | BadLine) -> None:
    """A problem as such a line."""
    from backstory.cli.problems import line_of

    complain(line_of(told))


def put(value: Any) -> None:
    """One JSON object on a line of standard output."""
    import orjson

    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")


def put_live(value: Any) -> None:
    """The same, seen by a reader at once."""
    put(value)
    sys.stdout.buffer.flush()


@contextmanager
def progress(label: str, total: float | None, unit: str = "") -> Iterator[Callable[[float], None]]:
    """A bar on standard error, if that is a terminal; call it with how far the work is."""
    from backstory.cli.compiling import compilation, for_a_person

    if not for_a_person():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[unit]}"),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total, unit=unit)
        with compilation(lambda line: bar.update(task, unit=line or unit)):
            yield lambda done: bar.update(task, completed=done)


def running_total(tell: Callable[[float], None]) -> Callable[[int], None]:
    """From what came since the last call to how far it is in all."""
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        tell(done)

    return count
