"""Delivers a brief once: what was told is on record before it goes out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Literal

from backstory.archive.briefs import Brief, Followed, compose
from backstory.serve.brief import formats
from backstory.serve.brief.mail import send
from backstory.serve.brief.record import BriefError, NotDelivered, Record

if TYPE_CHECKING:
    from backstory.archive import Archive

Form = Literal["text", "markdown", "html", "json"]
_WRITTEN: dict[Form, Callable[[Brief, str | None], str]] = {
    "text": formats.text,
    "markdown": formats.markdown,
    "html": formats.html,
    "json": lambda brief, base: json.dumps(formats.data(brief, base), ensure_ascii=False) + "\n",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a brief shall tell and how. ``base_url``: how readers reach this instance."""

    edition: str | None
    since: timedelta
    at: datetime | None
    followed: Followed | None
    form: Form
    base_url: str | None


@dataclass(frozen=True, slots=True)
class Mailing:
    """Who gets a brief by mail, from whom, and by which server ("" where none is set)."""

    reader: str
    sender: str
    server: str


def deliver(
    archive: Archive,
    asked: Asked,
    record: Record,
    write: Callable[[str], None],
    mailing: Mailing | None = None,
) -> None:
    """Tell what is new and not on record: by mail, else by ``write``.

    ``write`` raises ``NotDelivered`` where the text surely did not come through; so does this,
    and then nothing counts as told. BriefError: an archive without articles.
    """
    made = compose(
        archive, asked.edition, asked.since, asked.at, asked.followed, record.log.stories
    )
    if made is None:
        raise BriefError("the store is empty; import or crawl first")
    message = _message(made, mailing, asked.base_url) if mailing else None
    text = _WRITTEN[asked.form](made, asked.base_url)
    if message is not None and not made.sections:
        return  # nothing new is no mail
    # It counts as told before it goes out: whatever happens from here, nothing comes twice.
    before = record.log
    record.keep(before.with_brief(made.stories, made.at, text))
    try:
        if message is not None and mailing is not None:
            send(message, mailing.server)
        else:
            write(text)
    except NotDelivered:
        record.keep(before)
        raise
    record.delivered()


def deliver_pending(record: Record, write: Callable[[str], None]) -> None:
    """The brief that was not delivered. BriefError: there is none."""
    if record.log.pending is None:
        raise BriefError("no brief is waiting to be delivered")
    write(record.log.pending)
    record.delivered()


def _message(brief: Brief, mailing: Mailing, base_url: str | None) -> EmailMessage:
    if not mailing.sender or not mailing.server:
        raise BriefError("set BACKSTORY_SMTP and BACKSTORY_MAIL_FROM to send mail")
    try:
        return formats.mail(brief, mailing.sender, mailing.reader, datetime.now(UTC), base_url)
    except ValueError as error:
        raise BriefError(str(error)) from None
