"""The moment that lists are of: the latest time seen, or the one that was asked for."""

from __future__ import annotations

from backstory.present.latest import LOOKED_AT, latest
from backstory.store import editions as kept_editions
from backstory.store import feeds, stages
from backstory.store.transactions import Reader

_NEVER, _FOR_EVER = -(2**62), 2**62  # seconds: before and after everything


def latest_seen(reader: Reader, clock: int) -> int | None:
    """The "now" of an archive: when its newest grouped article was published; None: it has none.

    Not after the ``clock`` (seconds since 1970), nor where a few articles stand alone that are
    dated ahead (see ``present.latest``). Articles without a date, which are ordered by when they
    were first seen, tell the time only as far as feeds bring some, or where none has a date.
    What is dated after the clock tells it where everything is.
    """
    grouped = stages.cursor(reader, "group")
    heard = feeds.last_new(reader)
    for until, undated in ((clock, heard or _NEVER), (clock, clock), (_FOR_EVER, _FOR_EVER)):
        times = kept_editions.newest_times(reader, until, grouped, undated, LOOKED_AT)
        if times:
            return latest(times, heard)
    return None


def horizon(reader: Reader, at: int | None) -> int | None:
    """The moment after which nothing may be shown; None where there is nothing after it."""
    return at if at is not None and kept_editions.any_after(reader, at) else None
