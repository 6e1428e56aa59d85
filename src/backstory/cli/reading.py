"""Commands that ask the archive: article, history, stories, topics, search."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from backstory.cli.common import (
    Failure,
    complain,
    counted,
    json_option,
    open_archive,
    put,
    store_option,
)
from backstory.cli.types import Country, Day, Span, When

if TYPE_CHECKING:
    from backstory.model.views import History, StoryCard


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")


def _print_history(history: History) -> None:
    if history.topic is not None:
        print(f"{history.topic.name}  ({history.topic.id})")
    if len(history.events) < 2:
        print("  nothing earlier or later in this archive")
    for event in history.events:
        mark = ">" if event.here else " "
        count = (
            counted(event.source_count, "publisher") if event.source_count > 1 else event.sources[0]
        )
        print(f"{mark} {_day(event.order)}  {event.headline}  [{count}]")
        if event.changed:
            print(f"{'':14}{event.changed}")
        if event.reasons:
            print(f"{'':14}in common: {', '.join(reason.name for reason in event.reasons)}")
    if history.more:
        print(f"  {history.more} more; see --limit")


@click.command()
@click.argument("guid")
@store_option
@json_option
def article(guid: str, store_url: str, as_json: bool) -> None:
    """Show an article: summary, tags, story, history, related."""
    from backstory.serve.api import serialisers

    with open_archive(store_url) as archive:
        known = _a_name(guid)
        view = archive.article(known)
        history = archive.history(known)
        if view is None or history is None:
            raise Failure(f"no article {guid!r} in this store")
        beside = archive.discover(known)
        if as_json:
            put(serialisers.article_with_history(view, history, beside))
            return
        print(view.row.title)
        when = view.row.published.iso() if view.row.published else "no date"
        print(f"{view.row.site}, {when}, {counted(len(view.story.sources), 'publisher')}")
        print(view.row.url)
        if view.row.summary:
            print(f"\n{view.row.summary}")
        print(f"\nTags: {', '.join(tag.name for tag in view.row.tags) or 'none'}")
        print("\nHistory of this topic")
        _print_history(history)
        if beside.topics or beside.stories:
            print("\nDiscover related")
            for topic in beside.topics:
                print(f"  {topic.name}  ({counted(topic.events, 'event')})")
            for card in beside.stories:
                print(f"  {_day(card.first_published)}  {card.headline}")


def _a_name(given: str) -> str:
    """What was given, or "" where it is no text: an argument may be any bytes."""
    try:
        given.encode()
    except UnicodeEncodeError:
        return ""
    return given


def _guids(given: Iterable[str]) -> Iterator[str]:
    for guid in given:
        if guid == "-":
            yield from (line.strip() for line in sys.stdin if line.strip())
        else:
            yield guid


@click.command()
@click.argument("guids", nargs=-1, required=True, metavar="GUID...")
@click.option(
    "--limit",
    type=click.IntRange(1),
    help="Show this many events, weaker ones too (default: up to 50 sure ones).",
)
@click.option("--ranked", is_flag=True, help="All related articles by score, ungrouped.")
@click.option(
    "--turning-points",
    type=click.IntRange(1),
    metavar="N",
    help="The N events of the days that mean most, from all that may belong.",
)
@store_option
@json_option
def history(
    guids: tuple[str, ...],
    limit: int | None,
    ranked: bool,
    turning_points: int | None,
    store_url: str,
    as_json: bool,
) -> None:
    """Show the timeline of the topic around each article; - reads GUIDs from standard input."""
    from backstory.serve.api import serialisers

    if turning_points is not None and (ranked or limit is not None):
        raise click.UsageError("--turning-points goes with neither --limit nor --ranked")
    unknown = 0
    with open_archive(store_url) as archive:
        for guid in _guids(guids):
            if ranked:
                order = archive.ranked(_a_name(guid), limit or 1000)
                if order is not None and as_json:
                    put({"guid": guid, "ranked": [{"guid": g, "score": s} for g, s in order]})
                elif order is not None:
                    for other, score in order:
                        print(f"{score:.4f}  {other}")
                found = order is not None
            else:
                name = _a_name(guid)
                told = (
                    archive.history(name, limit)
                    if turning_points is None
                    else archive.turning_points(name, turning_points)
                )
                if told is not None and as_json:
                    put(serialisers.history(told))
                elif told is not None:
                    _print_history(told)
                found = told is not None
            if not found:
                complain(f"no article {guid!r} in this store")
                unknown += 1
    if unknown:
        raise Failure(f"GUIDs not found: {unknown}; the others are above")


def _print_card(card: StoryCard) -> None:
    topic = f"  {card.topic.name}" if card.topic else ""
    print(
        f"{_day(card.last_published)}  {card.headline}  [{len(card.sources)}, {card.trend}]{topic}"
    )
    for line in card.before:
        print(f"{'':14}before: {_day(line.order)}  {line.headline}")


_LIMIT_20, _LIMIT_50 = (
    click.option(
        "--limit",
        type=click.IntRange(1),
        default=most,
        show_default=True,
        help="At most this many.",
    )
    for most in (20, 50)
)
_EDITION = click.option("--edition", type=Country(), help="The view of a country, such as US.")
_AT = click.option(
    "--at", type=When(), help="As of this date (default: that of the newest article)."
)


@click.command()
@_EDITION
@click.option("--since", type=Span(), help="How far back to look, such as 2d.")
@_AT
@_LIMIT_20
@store_option
@json_option
def stories(
    edition: str | None,
    since: timedelta | None,
    at: datetime | None,
    limit: int,
    store_url: str,
    as_json: bool,
) -> None:
    """List stories by rank: number of publishers, growth of coverage, age."""
    from backstory.serve.api import serialisers

    with open_archive(store_url) as archive:
        for card in archive.stories(edition, since, at, limit).results:
            if as_json:
                put(serialisers.story(card))
            else:
                _print_card(card)


@click.command()
@_EDITION
@click.option("--since", type=Span(), help="Only topics active within this span (default 30d).")
@_AT
@_LIMIT_50
@store_option
@json_option
def topics(
    edition: str | None,
    since: timedelta | None,
    at: datetime | None,
    limit: int,
    store_url: str,
    as_json: bool,
) -> None:
    """List active topics, busiest first."""
    from backstory.serve.api import serialisers

    with open_archive(store_url) as archive:
        for topic in archive.topics(edition, since, at, limit):
            if as_json:
                put(serialisers.topic(topic))
            else:
                events = counted(topic.events, "event")
                print(
                    f"{_day(topic.first)} to {_day(topic.last)}  {events:>11}  "
                    f"{topic.name}  ({topic.id})"
                )


@click.command()
@click.argument("query")
@click.option("--from", "date_from", type=Day(), help="Published on or after this day (UTC).")
@click.option("--to", "date_to", type=Day(), help="Published on or before this day (UTC).")
@click.option("--oldest-first", is_flag=True, help="List the oldest first.")
@_EDITION
@_LIMIT_20
@store_option
@json_option
def search(
    query: str,
    date_from: date | None,
    date_to: date | None,
    oldest_first: bool,
    edition: str | None,
    limit: int,
    store_url: str,
    as_json: bool,
) -> None:
    """Find articles that contain all words of QUERY, newest first."""
    from backstory.model.views import Query
    from backstory.serve.api import serialisers

    with open_archive(store_url) as archive:
        asked = Query(
            edition=edition,
            text=query,
            date_from=date_from,
            date_to=date_to,
            oldest_first=oldest_first,
        )
        for row in archive.articles(asked, limit).results:
            if as_json:
                put(serialisers.article(row))
            else:
                print(f"{_day(row.order)}  {row.title}  [{row.site}]  {row.guid}")
