"""``backstory brief``: what is new, printed or mailed, and nothing that was told before."""

from __future__ import annotations

import fcntl
import json
import os
import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from backstory.cli.common import Failure, complain, json_option, store_option
from backstory.cli.reading import Country, Span, When, open_archive

KEPT = timedelta(days=120)  # for how long what was told stays in the state file
SMTP_SECONDS = 30.0


@dataclass(slots=True)
class State:
    """What earlier briefs told: story and when. ``pending``: the last one's text while it is
    being delivered; it stays there when the program ends before it was."""

    told: dict[str, str] = field(default_factory=dict)
    pending: str | None = None


class StateFile:
    """The state on disk; written whole or not at all, and held by one brief at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self) -> Iterator[State]:
        try:
            lock = self.path.with_name(self.path.name + ".lock").open("w")
        except OSError as error:
            raise Failure(f"cannot keep state in {self.path}: {error.strerror}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Failure(f"another brief holds {self.path}; try again later") from None
            yield self._read()

    def _read(self) -> State:
        try:
            given = json.loads(self.path.read_text("utf-8"))
            if given["version"] != 1:
                raise ValueError
            told = {str(story): str(at) for story, at in given["told"].items()}
            return State(told, given.get("pending"))
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise Failure(f"{self.path} is no state file of briefs; name another one") from None

    def write(self, state: State) -> None:
        """On disk when this returns."""
        part = self.path.with_name(self.path.name + ".part")
        with part.open("w", encoding="utf-8") as file:
            json.dump({"version": 1, "told": state.told, "pending": state.pending}, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@click.command()
@click.option("--edition", type=Country(), help="A country's view, such as US.")
@click.option("--since", type=Span(), default="1d", show_default=True, help="How far back.")
@click.option("--at", type=When(), help="As of this date (default: the newest article's).")
@click.option(
    "--follow",
    "follow",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What you follow, as the site's following page exports it; it comes first.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
)
@click.option("--mail", "reader", metavar="ADDRESS", help="Send it there instead of printing it.")
@click.option(
    "--state",
    "state_path",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Remember in this file what was told, and never tell it again.",
)
@click.option("--again", is_flag=True, help="Print the brief that was not delivered.")
@click.option("--base-url", metavar="URL", help="How readers reach this instance, for links.")
@store_option
@json_option
def brief(
    edition: str | None,
    since: timedelta,
    at: datetime | None,
    follow: Path | None,
    form: str,
    reader: str | None,
    state_path: Path | None,
    again: bool,
    base_url: str | None,
    store_url: str,
    as_json: bool,
) -> None:
    """What is new: in what you follow first, then the day's stories, each with its backstory.

    Mail goes by BACKSTORY_SMTP (smtp://user:password@host:port, or smtps://) from
    BACKSTORY_MAIL_FROM.
    """
    from backstory.archive.briefs import compose
    from backstory.serve.brief import formats as briefs

    if again and state_path is None:
        raise click.UsageError("--again needs the --state file that the brief was told with.")
    try:
        followed = briefs.read_followed(follow) if follow else None
    except (briefs.BadFollowing, OSError) as error:
        raise Failure(str(error)) from None
    with _remembering(state_path) as (file, state):
        if again:
            if state.pending is None:
                raise Failure("no brief is waiting to be delivered")
            _print(state.pending)
            state.pending = None
            if file:
                file.write(state)
            return
        if state.pending is not None:
            complain("the last brief may not have been delivered; --again prints it")
        with open_archive(store_url) as archive:
            made = compose(archive, edition, since, at, followed, state.told)
        if made is None:
            raise Failure("the store is empty; import or crawl first")
        message: EmailMessage | None = None
        if reader is not None:
            message = _message(made, reader, base_url)
        written = {"text": briefs.text, "markdown": briefs.markdown, "html": briefs.html}
        shown = (
            json.dumps(briefs.data(made, base_url), ensure_ascii=False) + "\n"
            if as_json
            else written[form](made, base_url)
        )
        if message is not None and not made.sections:
            return  # nothing new is no mail
        # It counts as told before it goes out: whatever happens from here, nothing comes twice.
        before = State(dict(state.told), state.pending)
        _tell(state, made.stories, made.at, shown)
        if file:
            file.write(state)
        try:
            if message is not None:
                _send(message)
            else:
                _print(shown)
        except Failure:
            if file:  # it surely did not go out
                file.write(before)
            raise
        state.pending = None
        if file:
            file.write(state)


@contextmanager
def _remembering(path: Path | None) -> Iterator[tuple[StateFile | None, State]]:
    if path is None:
        yield None, State()
        return
    file = StateFile(path)
    with file.held() as state:
        yield file, state


def _tell(state: State, stories: tuple[str, ...], at: datetime, shown: str) -> None:
    oldest = (at - KEPT).isoformat(timespec="seconds")
    state.told = {story: when for story, when in state.told.items() if when >= oldest}
    now = at.astimezone(UTC).isoformat(timespec="seconds")
    state.told.update(dict.fromkeys(stories, now))
    state.pending = shown


def _print(shown: str) -> None:
    try:
        sys.stdout.write(shown)
        sys.stdout.flush()
    except UnicodeEncodeError:
        raise Failure("standard output cannot hold these letters; set PYTHONUTF8=1") from None


# ---------------------------------------------------------------- mail


def _message(made: object, reader: str, base_url: str | None) -> EmailMessage:
    from backstory.archive.briefs import Brief
    from backstory.serve.brief import formats as briefs

    assert isinstance(made, Brief)
    sender = os.environ.get("BACKSTORY_MAIL_FROM", "")
    if not sender or not os.environ.get("BACKSTORY_SMTP"):
        raise Failure("set BACKSTORY_SMTP and BACKSTORY_MAIL_FROM to send mail")
    try:
        return briefs.mail(made, sender, reader, datetime.now(UTC), base_url)
    except ValueError as error:
        raise Failure(str(error)) from None


def _send(message: EmailMessage) -> None:
    """Hand the message to the mail server. Failure: the server did not take it."""
    address = os.environ["BACKSTORY_SMTP"]
    server = urlsplit(address if "://" in address else f"smtp://{address}")
    if server.scheme not in ("smtp", "smtps") or not server.hostname:
        raise Failure("BACKSTORY_SMTP must look like smtp://user:password@host:port")
    try:
        port = server.port
    except ValueError:
        raise Failure("BACKSTORY_SMTP names no port that there is") from None
    secure = ssl.create_default_context()
    try:
        with (
            smtplib.SMTP_SSL(server.hostname, port or 465, timeout=SMTP_SECONDS, context=secure)
            if server.scheme == "smtps"
            else smtplib.SMTP(server.hostname, port or 25, timeout=SMTP_SECONDS)
        ) as connection:
            connection.ehlo()
            if server.scheme == "smtp" and connection.has_extn("starttls"):
                connection.starttls(context=secure)
                connection.ehlo()
            if server.username:
                # A password never travels in the clear.
                if server.scheme == "smtp" and not isinstance(connection.sock, ssl.SSLSocket):
                    raise Failure(f"{server.hostname} offers no TLS; not logging in")
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        raise Failure(f"the mail was not sent: {server.hostname}: {error}") from None
