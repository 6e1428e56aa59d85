"""The days that a text speaks of: "on 12 May", "am 3. Oktober 2011", "on Tuesday".

Texts look back at what mattered: the days that the articles of a topic name are those of its
turns (Tran, Alrifai and Nguyen, "Predicting relevant news events for timeline summaries",
2013). Names of months and weekdays are those of Unicode's CLDR, so every language that it
knows is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel import Locale, UnknownLocaleError

EPOCH = date(1970, 1, 1)
READ = 30_000  # characters of a text that are looked at
MOST = 40  # days kept of one text, the first named
AHEAD = timedelta(days=30)  # how far ahead a day without a year may lie
OLDEST = 1900

_YEAR = r"(?:,?\s(?:del?\s)?(\d{4}))?"
_NUMBER = re.compile(r"[0-9]+")
_REST = re.compile(rf"(?:st|nd|rd|th)?(?![\w%]|[.:,]\d|\s(?:percent|million|billion)){_YEAR}(?!\w)")
_PART = tuple(".,:-/")  # before a number: it is a part of another
_LONGEST = 24  # letters of the longest month with its stop and space
_ISO = re.compile(r"-(\d{2})-(\d{2})\b")
_YESTERDAY = {
    "de": r"\b[Gg]estern\b",
    "en": r"\b(?:[Yy]esterday|[Ll]ast night)\b",
    "es": r"\b[Aa](?:yer|noche)\b",
    "fr": r"\b[Hh]ier\b",
    "hi": r"बीते दिन",
    "it": r"\b[Ii]eri\b",
    "nl": r"\b[Gg]isteren\b",
    "pt": r"\b[Oo]ntem\b",
    "ru": r"\b[Вв]чера\b",
}  # CLDR has them too, but not the library that reads it
_EAST_ASIAN = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")


@dataclass(frozen=True, slots=True)
class _Calendar:
    """How a language writes days: months behind or before the number, and weekdays."""

    months: dict[str, int]
    weekdays: dict[str, int]
    behind: re.Pattern[str]
    before: re.Pattern[str]


def _spellings(name: str) -> set[str]:
    bare = name.rstrip(".")
    return {bare, bare[:1].upper() + bare[1:]}


@lru_cache(maxsize=64)
def _calendar(language: str) -> _Calendar | None:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                # In East Asia and elsewhere a month is its number: that is read by its sign.
                if not any(character.isdigit() for character in name):
                    months |= dict.fromkeys(_spellings(name), number)
        for number, name in locale.days[context]["wide"].items():
            weekdays |= dict.fromkeys(_spellings(name), number)
    if not months or not weekdays:
        return None
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    return _Calendar(
        months,
        weekdays,
        re.compile(rf"(?:st|nd|rd|th|er|\.|º)?(?:\s(?:of|de|di|d'))?\s({month})\b\.?{_YEAR}(?!\w)"),
        re.compile(rf"(?<!\w)({month})\.?\s$"),
    )


def weekdays(language: str) -> dict[str, int]:
    """The days of the week as a language (BCP 47) writes them, Monday 0; none where it is not
    known."""
    calendar = _calendar(language)
    return calendar.weekdays if calendar else {}


def _named(year: str | None, month: int, day: int, published: date) -> date | None:
    """The day; one without a year is the nearest that does not lie far ahead."""
    if year:
        stated = _date(int(year), month, day)
        return stated if stated and stated.year >= OLDEST else None
    years = (published.year + shift for shift in (-1, 0, 1))
    near = [one for one in (_date(year, month, day) for year in years) if one]
    return max((one for one in near if one - published <= AHEAD), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _found(text: str, published: date, language: str) -> Iterator[date | None]:
    if "月" in text or "월" in text:
        for year, month, day in _EAST_ASIAN.findall(text):
            yield _named(year or None, int(month), int(day), published)
    calendar = _calendar(language)
    for number in _NUMBER.finditer(text):
        iso = _ISO.match(text, number.end()) if len(number[0]) == 4 else None
        if iso:
            yield _named(number[0], int(iso[1]), int(iso[2]), published)
        if (
            calendar is None
            or len(number[0]) > 2
            or text[number.start() - 1 : number.start()] in _PART
        ):
            continue
        behind = calendar.behind.match(text, number.end())
        if behind:
            month, year = behind.groups()
            yield _named(year, calendar.months[month], int(number[0]), published)
            continue
        before = calendar.before.search(text[max(0, number.start() - _LONGEST) : number.start()])
        rest = _REST.match(text, number.end()) if before else None
        if before and rest:
            yield _named(rest[1], calendar.months[before[1]], int(number[0]), published)
    for name, weekday in calendar.weekdays.items() if calendar else ():
        if name in text and re.search(rf"\b{re.escape(name)}\b", text):
            # News speaks of the last such day, its own included.
            back = (published.weekday() - weekday) % 7
            yield date.fromordinal(max(1, published.toordinal() - back))


def _said_yesterday(text: str, language: str) -> bool:
    words = _YESTERDAY.get(language.split("-")[0])
    return words is not None and re.search(words, text) is not None


def named_days(text: str, published: date, language: str) -> tuple[int, ...]:
    """The days that a text names, as days since 1970, in the order of time; each once.

    ``published`` tells the year of days that are named without one, and which Tuesday is meant;
    ``language``: a BCP 47 code; where CLDR does not know it only numeric dates are read.
    """
    days: set[int] = set()
    if _said_yesterday(text[:READ], language):
        days.add((published - EPOCH).days - 1)
    for one in _found(text[:READ], published, language):
        if one is not None:
            days.add((one - EPOCH).days)
            if len(days) == MOST:
                break
    return tuple(sorted(days))
