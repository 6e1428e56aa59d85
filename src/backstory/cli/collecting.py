"""``backstory init``, ``crawl`` and ``feeds``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import click

from backstory.cli.common import (
    Failure,
    chosen_embedder,
    complain,
    counted,
    json_option,
    open_store,
    progress,
    put,
    report,
    store_option,
    times_failed,
)
from backstory.cli.types import Country

if TYPE_CHECKING:
    from backstory.store.database import Store

Command = TypeVar("Command", bound=Callable[..., Any])


def fetch_options(command: Command) -> Command:
    """How the open web is asked."""
    for option in (
        click.option(
            "--allow-private",
            is_flag=True,
            envvar="BACKSTORY_ALLOW_PRIVATE",
            help="Allow feeds and pages on private networks (also BACKSTORY_ALLOW_PRIVATE).",
        ),
        click.option(
            "--contact",
            metavar="ADDRESS",
            envvar="BACKSTORY_CONTACT",
            help="Contact for publishers, sent in the user agent (also BACKSTORY_CONTACT).",
        ),
    ):
        command = option(command)
    return command


@click.command()
@click.option(
    "--edition",
    "editions",
    type=Country(),
    multiple=True,
    help="A country, such as US; repeatable.",
)
@store_option
def init(editions: tuple[str, ...], store_url: str) -> None:
    """Create a store with the default feeds of these editions, or add them to an existing one."""
    from backstory.collect.defaults import default_feeds
    from backstory.pipeline.feed_list import add_feeds

    with open_store(store_url, create=True) as store:
        count = 0
        for edition in editions:
            found = default_feeds(edition)
            if not found:
                complain(f"no default feeds for {edition}; add some with 'backstory feeds add'")
            count += add_feeds(store, found)
        print(f"{store.path} is ready, with {counted(count, 'new feed')}", file=sys.stderr)
        step = "backstory run" if count else "backstory feeds add URL, or backstory import FILE"
        print(f"Next: {step}", file=sys.stderr)


@click.command()
@click.option(
    "--once", "one_round", is_flag=True, help="Poll the feeds that are due once, then stop."
)
@click.option(
    "--base-url", metavar="URL", help="Public URL of 'backstory serve', to which hubs push."
)
@store_option
@fetch_options
def crawl(
    one_round: bool,
    base_url: str | None,
    store_url: str,
    allow_private: bool,
    contact: str | None,
) -> None:
    """Poll the feeds of the store and add new articles, until interrupted or once with --once."""
    from backstory.collect.workers import Workers
    from backstory.pipeline.feed_list import all_feeds
    from backstory.pipeline.running import Pipeline
    from backstory.pipeline.scheduler import for_ever, once
    from backstory.web.fetcher import Fetcher

    embedder = chosen_embedder()

    async def work(store: Store) -> None:
        async with (
            Fetcher(contact=contact, allow_private=allow_private) as fetcher,
            Workers() as workers,
        ):
            if not one_round:
                await for_ever(store, fetcher, workers, report, base_url, embedder=embedder)
                return
            total = len(all_feeds(store))
            if total == 0:
                complain("there are no feeds; add some with 'backstory feeds add URL'")
            with progress("feeds", total) as tell:
                pipeline = Pipeline(store, embedder=embedder, tell=report)
                found = await once(store, fetcher, workers, pipeline, report, tell)
            print(
                f"{counted(found.feeds, 'feed')} polled, {found.failed} failed, "
                f"{counted(found.new, 'new article')}, {found.revised} updated",
                file=sys.stderr,
            )

    with open_store(store_url, create=True) as store:
        try:
            asyncio.run(work(store))
        except KeyboardInterrupt:
            print("stopped; the next crawl continues from here", file=sys.stderr)


@click.group()
def feeds() -> None:
    """Add, list, remove, import and export feeds."""


@feeds.command("add")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--source", default="", help="Name of the publisher.")
@click.option("--country", type=Country(), help="Country of the publisher, such as US.")
@click.option("--language", help="Language of the articles, such as en.")
@store_option
def add(
    urls: tuple[str, ...],
    source: str,
    country: str | None,
    language: str | None,
    store_url: str,
) -> None:
    """Add feeds by address; they are polled by the next crawl."""
    from backstory.cli.problems import sentence
    from backstory.collect.poll import FeedState
    from backstory.model.errors import Unreadable
    from backstory.pipeline.feed_list import add_feeds
    from backstory.web.addresses import apart, canonical

    states = []
    for url in urls:
        bare, credentials = apart(url)
        try:
            canonical(bare)
        except Unreadable as error:
            said = sentence(error.problem)
            raise Failure(f"{bare!r} is not the address of a feed: {said}") from None
        states.append(
            FeedState(
                url=bare,
                source=source,
                country=country,
                language=language,
                credentials=credentials,
            )
        )
    with open_store(store_url, create=True) as store:
        new = add_feeds(store, states)
    print(f"{new} added, {len(states) - new} already present", file=sys.stderr)


@feeds.command("list")
@store_option
@json_option
def list_(store_url: str, as_json: bool) -> None:
    """List all feeds, when each is polled next, what is wrong with it and what to do."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from backstory.archive import Archive
    from backstory.cli.problems import sentence
    from backstory.serve.problems import advice

    with open_store(store_url) as store, Archive(store) as archive:
        for feed in archive.feeds(datetime.now(UTC)):
            told = sentence(feed.problem) if feed.problem else None
            help_ = advice(feed.problem, feed.failures) if feed.problem else None
            if as_json:
                kind = feed.problem.kind if feed.problem else None
                put(asdict(feed) | {"problem": told, "advice": help_, "kind": kind})
                continue
            how = feed.state if feed.state != "failing" else times_failed(feed.failures)
            when = ""
            if feed.next_poll is not None:
                when = f", next {feed.next_poll:%Y-%m-%d %H:%M} UTC"
            print(f"{how:18}  {feed.url}  {feed.source}, {counted(feed.articles, 'article')}{when}")
            if told:
                print(f"{'':20}{told}")
                print(f"{'':20}{help_}")


@feeds.command("set")
@click.argument("address", metavar="ADDRESS")
@click.option(
    "--text",
    "use",
    type=click.Choice(["full", "summary", "none", "default"]),
    required=True,
    help="full: shown in full; summary: read, and shown as a summary with a link; none: not saved.",
)
@store_option
def set_(address: str, use: str, store_url: str) -> None:
    """Set what may be done with a publisher's text.

    ADDRESS is a feed of the store, which stands for its publisher, or the domain of a publisher.
    The default is summary. Text that the publisher reserves from mining is never saved.
    """
    from backstory.cli.problems import sentence
    from backstory.model.article import TextUse
    from backstory.model.errors import Unreadable
    from backstory.pipeline.feed_list import set_text_use

    chosen = next((one for one in get_args(TextUse) if one == use), None)
    with open_store(store_url) as store:
        try:
            publisher = set_text_use(store, address, chosen)
        except Unreadable as error:
            said = sentence(error.problem)
            raise Failure(
                f"{address!r} is neither a feed of this store nor a domain: {said}"
            ) from None
    ahead = "" if publisher.known else "; no articles from it yet; applies to future ones"
    print(f"{publisher.domain}: text {use}{ahead}", file=sys.stderr)


@feeds.command("remove")
@click.argument("url")
@store_option
def remove(url: str, store_url: str) -> None:
    """Stop polling a feed; keep its articles."""
    from backstory.pipeline.feed_list import remove_feed

    with open_store(store_url) as store:
        if not remove_feed(store, url):
            raise Failure(f"no feed {url!r} in this store; 'backstory feeds list' lists them")


@feeds.command("import-opml")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--country", type=Country(), help="Country of these feeds, if known.")
@store_option
def import_opml(file: str, country: str | None, store_url: str) -> None:
    """Add the feeds of an OPML file; those that cannot be used are listed."""
    from backstory.cli.problems import sentence
    from backstory.collect.opml import BadOutline, read
    from backstory.collect.poll import FeedState
    from backstory.model.errors import Unreadable
    from backstory.pipeline.feed_list import add_feeds

    try:
        with click.open_file(file, "rb") as stream:
            outlines = read(stream.read())
    except OSError as error:
        raise Failure(f"cannot read {file}: {error.strerror}") from None
    except Unreadable as error:
        raise Failure(f"{file}: {sentence(error.problem)}") from None
    states = []
    for outline in outlines:
        if isinstance(outline, BadOutline):
            said = sentence(outline.problem)
            complain(f"{file}: {outline.title or 'a feed'} was skipped: {said}")
            continue
        states.append(
            FeedState(
                url=outline.url,
                title=outline.title,
                source=outline.title,
                country=country,
                language=outline.language,
                credentials=outline.credentials,
            )
        )
    with open_store(store_url, create=True) as store:
        new = add_feeds(store, states)
    print(f"{new} added, {len(states) - new} already present", file=sys.stderr)


@feeds.command("export-opml")
@click.option(
    "--out", type=click.Path(dir_okay=False), help="Write to this file instead of standard output."
)
@store_option
def export_opml(out: str | None, store_url: str) -> None:
    """Export the feeds of the store as OPML, in folders by country."""
    from backstory.collect.opml import write
    from backstory.pipeline.feed_list import all_feeds

    with open_store(store_url) as store:
        body = write(all_feeds(store))
    try:
        with click.open_file(out or "-", "wb") as stream:
            stream.write(body)
    except OSError as error:
        raise Failure(f"cannot write {out}: {error.strerror}") from None
