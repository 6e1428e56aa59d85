"""``backstory serve`` and ``backstory run``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from backstory.cli.collecting import fetch_options
from backstory.cli.common import Failure, chosen_embedder, open_store, report, store_option

if TYPE_CHECKING:
    from backstory.store.database import Store

_HOST = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_PORT = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on.",
)
_BASE = click.option("--base-url", metavar="URL", help="Public URL of this instance.")


@click.command()
@store_option
@_HOST
@_PORT
@_BASE
@fetch_options
def serve(
    store_url: str,
    host: str,
    port: int,
    base_url: str | None,
    allow_private: bool,
    contact: str | None,
) -> None:
    """Serve pages, API and feeds."""
    from backstory.cli.compiling import compilation_told
    from backstory.serve.app import run

    with open_store(store_url):
        pass  # what is wrong with the store is told before the server starts
    with compilation_told():
        run(store_url, host, port, base_url, allow_private, contact)


@click.command()
@store_option
@_HOST
@_PORT
@_BASE
@fetch_options
def run(
    store_url: str,
    host: str,
    port: int,
    base_url: str | None,
    allow_private: bool,
    contact: str | None,
) -> None:
    """Crawl, group and serve in one process, until interrupted."""
    import asyncio
    import threading

    from backstory.cli.compiling import compilation_told
    from backstory.collect.workers import Workers
    from backstory.pipeline.scheduler import for_ever
    from backstory.pipeline.summarising import model_of
    from backstory.serve.app import run as serve_pages
    from backstory.web.fetcher import Fetcher

    try:
        model = model_of()
    except ValueError as error:
        raise Failure(str(error)) from None

    embedder = chosen_embedder()

    async def live(store: Store) -> None:
        async with (
            Fetcher(contact=contact, allow_private=allow_private) as fetcher,
            Workers() as workers,
        ):
            await for_ever(store, fetcher, workers, report, base_url, model, embedder)

    with open_store(store_url, create=True) as store:
        # The process ends with the server; what the round in work had not committed comes again.
        threading.Thread(target=lambda: asyncio.run(live(store)), daemon=True).start()
        with compilation_told():
            serve_pages(store_url, host, port, base_url, allow_private, contact)
