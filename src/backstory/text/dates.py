"""Read the dates that archives, feeds and pages state, with the precision they state them in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from backstory.model.article import Moment

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{8}")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?(?::\d{2})?)?(?:\[[^\]]*\])?",
    re.IGNORECASE,
)
_COARSE = re.compile(r"\d{4}(?:-\d{2})?|\d{4}-?W\d{2}")
_ZONES = {
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "GMT": 0, "UTC": 0, "UT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2,
    "MEZ": 1, "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "SAST": 2, "CAT": 2, "EAT": 3, "WAT": 1,
    "PKT": 5, "IST": 5.5, "ICT": 7, "WIB": 7, "SGT": 8, "HKT": 8, "MYT": 8, "PHT": 8, "AWST": 8,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3,
}  # fmt: skip
_NAMED_ZONE = re.compile(r"\b([A-Z]{1,4})\s*$")
_MIDNIGHT = re.compile(r"[T ]0{1,2}:00(?::00(?:\.0+)?)?\s*$")


def iso_moment(stated: str) -> Moment | None:
    """An ISO 8601 date as it stands: a missing zone is UTC, a bare date has precision day.

    A month, a week or a year alone is no moment: None. Raises ``ValueError`` for what is not
    ISO 8601 or lies outside the years 1 to 9999.
    """
    stated = stated.strip()
    if not stated or _COARSE.fullmatch(stated):
        return None
    if _DAY.fullmatch(stated):
        return Moment.of_day(date.fromisoformat(stated))
    try:
        at = datetime.fromisoformat(stated)
    except ValueError:
        at = _loose_iso(stated)
    if at.tzinfo is None:
        return Moment(at.replace(tzinfo=UTC))
    try:
        return Moment(at.astimezone(UTC))
    except OverflowError:
        raise ValueError("the year lies outside 1 to 9999") from None


def stated_moment(stated: str) -> Moment | None:
    """The date of a feed or a page, in ISO 8601 or RFC 822 as the world writes them; else None.

    A zone that is missing is taken as UTC. A local midnight without a zone is a bare date:
    that is how publishing systems fill up a date that has no time.
    """
    stated = stated.strip()
    if not 6 <= len(stated) <= 60:
        return None
    try:
        moment = iso_moment(stated)
    except ValueError:
        pass
    else:
        if moment is not None and _MIDNIGHT.search(stated):
            return Moment.of_day(moment.at.date())
        return moment
    zone = _NAMED_ZONE.search(stated)
    shift = timedelta()
    if zone is not None and zone.group(1) in _ZONES:
        shift = timedelta(hours=_ZONES[zone.group(1)])
        stated = stated[: zone.start()] + "+0000"
    try:
        at = parsedate_to_datetime(stated)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
            if _MIDNIGHT.search(stated) or ":" not in stated:
                return Moment.of_day(at.date())
        return Moment(at.astimezone(UTC) - shift) if at.year > 1 else None
    except (ValueError, OverflowError):
        return None


def believable(moment: Moment | None, now: datetime) -> Moment | None:
    """A crawled date, unless it lies before 1990 or more than a day ahead of ``now``."""
    if moment is None or moment.at.year < 1990 or moment.at > now + timedelta(days=1):
        return None
    return moment


def _loose_iso(stated: str) -> datetime:
    """Forms that are ISO 8601 in all but a detail: one digit, a space before the zone."""
    found = _ISO.fullmatch(stated)
    if found is None:
        raise ValueError("not ISO 8601")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    at = datetime(
        int(year), int(month), int(day), int(hour), int(minute), int(second or 0), int(micro)
    )
    if zone is None:
        return at
    if zone.upper() in ("Z", "UTC", "GMT"):
        return at.replace(tzinfo=UTC)
    digits = re.sub(r"\D", "", zone).ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return (at + offset if zone[0] == "-" else at - offset).replace(tzinfo=UTC)
