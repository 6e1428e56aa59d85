"""Read the dates that archives, feeds and pages state, with the precision they state them in."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

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
_COMMENT = re.compile(r"\([^()]*\)")
_EPOCH = re.compile(r"[1-9]\d{8,9}(?:\d{3})?")  # seconds or milliseconds
_CLOCK = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?![\d:])"
    r"(?:\s*([ap])\.?m\b\.?|\s*(?:Uhr|h)\b)?"
    r"(?:\s*(?:GMT|UTC|UT)?\s*([+-])(\d{1,2}):?(\d{2})?(?![\d.:/-])|\s*([A-Z]{1,5})\b(?![./-]\d))?",
    re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"(\d{4})\s?[./年년-]\s?(\d{1,2})\s?[./月월-]\s?(\d{1,2})(?!\d)[.日일]?T?")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)")
_NTH = r"(?:st|nd|rd|th|er|re|[ºª.])?"
_OF = r"(?:[\s,-]+(?:de|del|of|di)\b)?[\s,-]*"
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_NTH}{_OF}([^\W\d_]{{3,}})\.?{_OF}(\d{{4}}|\d\d)(?!\d)", re.IGNORECASE
)
_MONTH_DAY = re.compile(
    rf"([^\W\d_]{{3,}})\.?\s+(\d{{1,2}}){_NTH},?\s+(\d{{4}})(?!\d)", re.IGNORECASE
)
# Languages whose names of months are read; a name that means two months in them is not.
_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "ru", "uk", "pl", "sv", "da", "nb", "fi", "cs", "tr",
    "el", "hu", "ro", "id", "ca", "sk", "bg", "hi", "ar", "he", "vi", "et", "lv", "lt", "sl", "af",
)  # fmt: skip
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
    """The date of a feed or a page, as the world writes them; else None.

    ISO 8601, RFC 822, seconds since 1970, and days in figures or with the names of months in many
    languages. What can be read in two ways ("01-09-2025") is not read: None is better than wrong.
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
    if _EPOCH.fullmatch(stated):
        return _since_1970(int(stated))
    try:
        return _written(_COMMENT.sub(" ", stated))
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
    try:
        return (at + offset if zone[0] == "-" else at - offset).replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("the year lies outside 1 to 9999") from None


def _since_1970(stated: int) -> Moment:
    seconds = stated // 1000 if stated >= 10**11 else stated
    return Moment(datetime.fromtimestamp(seconds, UTC))


def _written(stated: str) -> Moment | None:
    """A date of day, month and year in any order, with or without a time. Raises ``ValueError``
    or ``OverflowError`` for times that there are not."""
    clock = _CLOCK.search(stated)
    rest = stated if clock is None else f"{stated[: clock.start()]} {stated[clock.end() :]}"
    if clock is not None and clock[8] and clock[8].upper() not in _ZONES:
        rest += f" {clock[8]}"  # no zone that is known: a word, or the time of it is not
    day = _day(rest)
    if day is None or clock is None:
        return Moment.of_day(day) if day is not None else None
    hour, minute, second = int(clock[1]), int(clock[2]), min(int(clock[3] or 0), 59)
    if clock[4] and hour <= 12:
        hour = hour % 12 + (12 if clock[4] in "pP" else 0)
    at = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=UTC)
    if clock[5]:
        shift = timedelta(hours=int(clock[6][:2]), minutes=int(clock[7] or 0))
        return Moment(at + shift if clock[5] == "-" else at - shift)
    name = (clock[8] or "").upper()
    if name in _ZONES:
        return Moment(at - timedelta(hours=_ZONES[name]))
    if name and len(name) > 1 and name.lower() not in _months() and clock[8].isupper():
        return Moment.of_day(day)  # by a clock that is not known
    return Moment.of_day(day) if (hour, minute, second) == (0, 0, 0) else Moment(at)


def _day(stated: str) -> date | None:
    """The day that is written, if there is one and nothing else in figures."""
    found = _YEAR_FIRST.search(stated)
    if found is not None:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    elif (found := _YEAR_LAST.search(stated)) is not None:
        first, second = int(found[1]), int(found[3])
        if first <= 12 and second <= 12 and first != second and found[2] != ".":
            return None  # the day or the month first: nobody knows
        if second > 12:
            first, second = second, first
        day = date(int(found[4]), second, first)
    else:
        found = _DAY_MONTH.search(stated)
        given = (found[1], found[2], found[3]) if found is not None else None
        if given is None or given[1].lower() not in _months():
            found = _MONTH_DAY.search(stated)
            given = (found[2], found[1], found[3]) if found is not None else None
        month = _months().get(given[1].lower()) if given is not None else None
        if found is None or given is None or month is None:
            return None
        year = int(given[2])
        if year < 100:
            year += 2000 if year < 69 else 1900  # RFC 2822, 4.3, as all readers of feeds do
        day = date(year, month, int(given[0]))
    if re.search(r"\d", stated[: found.start()] + stated[found.end() :]):
        return None
    return day


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """The names of months, whole and short, by Unicode's CLDR, in lower case without a stop."""
    from babel import Locale

    found: dict[str, set[int]] = {"sept": {9}}
    for language in _LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[context][width].items():
                    bare = name.lower().rstrip(".")
                    if len(bare) > 2:
                        found.setdefault(bare, set()).add(number)
    english = Locale.parse("en").months["format"]
    sure = {
        name.lower(): number
        for width in ("wide", "abbreviated")
        for number, name in english[width].items()
    }
    return {name: min(some) for name, some in found.items() if len(some) == 1} | sure
