"""``backstory brief``: what is new, printed or mailed, and nothing that was told before."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from backstory.cli.common import (
    Failure,
    as_one,
    complain,
    json_option,
    open_archive,
    store_option,
)
from backstory.cli.types import Country, Span, When

if TYPE_CHECKING:
    from backstory.serve.brief.delivery import Asked, Mailing


@dataclass(frozen=True, slots=True)
class Options:
    """What ``backstory brief`` is given."""

    edition: str | None
    since: timedelta
    at: datetime | None
    follow: Path | None
    form: Literal["text", "markdown", "html"]
    reader: str | None
    state_path: Path | None
    again: bool
    base_url: str | None
    store_url: str
    as_json: bool


@click.command()
@click.option("--edition", type=Country(), help="The view of a country, such as US.")
@click.option("--since", type=Span(), default="1d", show_default=True, help="How far back to look.")
@click.option("--at", type=When(), help="As of this date (default: that of the newest article).")
@click.option(
    "--follow",
    "follow",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list saved from the Following page; its news comes first.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="Form of the brief.",
)
@click.option(
    "--mail",
    "reader",
    metavar="ADDRESS",
    help="Mail the brief to this address instead of printing it.",
)
@click.option(
    "--state",
    "state_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Record what was sent in this file and never repeat it.",
)
@click.option("--again", is_flag=True, help="Print the brief that may not have been delivered.")
@click.option("--base-url", metavar="URL", help="Public URL of this instance, for links.")
@store_option
@json_option
@as_one(Options)
def brief(options: Options) -> None:
    """Print or mail what is new, each with its backstory: what you follow, then the day's stories.

    Mail is sent through BACKSTORY_SMTP (smtp://user:password@host:port, or smtps://) from
    BACKSTORY_MAIL_FROM.
    """
    from backstory.serve.brief.delivery import deliver, deliver_pending
    from backstory.serve.brief.record import held

    if options.again and options.state_path is None:
        raise click.UsageError("--again needs the --state file of that brief.")
    try:
        asked, mailing = _asked(options), _mailing(options)
        with held(options.state_path) as record:
            if options.again:
                deliver_pending(record, _print)
                return
            if record.log.pending is not None:
                complain("the last brief may not have been delivered; --again prints it")
            with open_archive(options.store_url) as archive:
                deliver(archive, asked, record, _print, mailing)
    except OSError as error:
        raise Failure(str(error)) from None


def _asked(options: Options) -> Asked:
    from backstory.serve.brief.delivery import Asked
    from backstory.serve.brief.formats import read_followed

    try:
        followed = read_followed(options.follow) if options.follow else None
    except OSError as error:
        raise Failure(str(error)) from None
    return Asked(
        options.edition,
        options.since,
        options.at,
        followed,
        "json" if options.as_json else options.form,
        options.base_url,
    )


def _mailing(options: Options) -> Mailing | None:
    from backstory.serve.brief.delivery import Mailing

    if options.reader is None:
        return None
    sender, server = (os.environ.get(f"BACKSTORY_{it}", "") for it in ("MAIL_FROM", "SMTP"))
    return Mailing(options.reader, sender, server)


def _print(text: str) -> None:
    from backstory.serve.brief.record import NotDelivered

    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        raise NotDelivered("standard output cannot hold these letters; set PYTHONUTF8=1") from None
