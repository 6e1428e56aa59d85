"""How times, numbers and matches read on a page, in the present language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache, wraps
from typing import Literal

from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from backstory.model.article import Moment
from backstory.serve.language import gettext as _
from backstory.serve.language import language, locale_name, ngettext

Show = Literal["exact", "day", "short", "clock", "age", "latest", "spine"]

# What XML 1.0 cannot hold (section 2.2): control characters, lone surrogates, non-characters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """The text without the characters that neither XML nor a page may hold."""
    return _NOT_XML.sub("", text)


def web_address(url: str | None) -> str | None:
    """The address if it is one that a page may link to: http or https, nothing else."""
    if url is None:
        return None
    text = url.strip()
    return text if re.match(r"https?://[^\s/]", text, re.IGNORECASE) else None


# ---------------------------------------------------------------- numbers


def number(value: int) -> str:
    return _number(value, locale_name())


@lru_cache(maxsize=8192)
def _number(value: int, locale: str) -> str:
    return str(format_decimal(value, locale=locale))


def _counted(tell: Callable[[int], str]) -> Callable[[int], str]:
    """Remembers what a number of things reads like, in each language."""

    @lru_cache(maxsize=4096)
    def worded(value: int, code: str) -> str:
        return tell(value)

    return wraps(tell)(lambda value: worded(value, language()))


@_counted
def articles(value: int) -> str:
    return ngettext("%(num)s article", "%(num)s articles", value) % {"num": number(value)}


@_counted
def publishers(value: int) -> str:
    return ngettext("%(num)s publisher", "%(num)s publishers", value) % {"num": number(value)}


@_counted
def events(value: int) -> str:
    return ngettext("%(num)s event", "%(num)s events", value) % {"num": number(value)}


@_counted
def stories(value: int) -> str:
    return ngettext("%(num)s story", "%(num)s stories", value) % {"num": number(value)}


@_counted
def reprints(value: int) -> str:
    return ngettext("%(num)s reprint", "%(num)s reprints", value) % {"num": number(value)}


@_counted
def folded(value: int) -> str:
    text = ngettext("plus %(num)s reprint", "plus %(num)s reprints", value)
    return text % {"num": number(value)}


# ---------------------------------------------------------------- days and times


@lru_cache(maxsize=8192)
def _day(day: date, skeleton: str, locale: str) -> str:
    return str(format_skeleton(skeleton, day, locale=locale))


def day_words(day: date) -> str:
    """``24 June 2026``"""
    return _long_day(day, locale_name())


@lru_cache(maxsize=8192)
def _long_day(day: date, locale: str) -> str:
    return str(format_date(day, "long", locale=locale))


def short_day(day: date) -> str:
    """``24 Jun``"""
    return _day(day, "MMMd", locale_name())


def month_words(day: date) -> str:
    """``June 2026``"""
    return _day(day, "yMMMM", locale_name())


def month_name(day: date, width: Literal["LLL", "LLLL"] = "LLLL") -> str:
    return _month_name(day, width, locale_name())


@lru_cache(maxsize=4096)
def _month_name(day: date, width: str, locale: str) -> str:
    return str(format_date(day, width, locale=locale))


def span_words(first: str, last: str) -> str:
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def month_span(first: datetime, last: datetime) -> str:
    """``May to August 2026``, ``May 2025 to June 2026``, ``May 2026``."""
    start, end = month_words(first.date()), month_words(last.date())
    if start == end:
        return start
    return span_words(month_name(first.date()) if first.year == last.year else start, end)


def since(at: datetime, now: datetime) -> str:
    """The month, with its year unless that is the present one."""
    return month_name(at.date()) if at.year == now.year else month_words(at.date())


def age(moment: Moment, now: datetime) -> str:
    """``20 minutes ago``; for a bare day ``today``, ``yesterday``, ``3 days ago``."""
    if moment.precision == "day":
        days = (now.date() - moment.at.date()).days
        if days < 2:
            return _("today") if days < 1 else _("yesterday")
        passed = timedelta(days=days)
    else:
        passed = now - moment.at
        if passed < timedelta(minutes=1):
            return _("just now")
    return str(format_timedelta(-passed, add_direction=True, locale=locale_name()))


def as_moment(value: Moment | datetime) -> Moment:
    """A time of known precision; one that falls on midnight sharp is taken for a bare day."""
    if isinstance(value, Moment):
        return value
    sharp = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
    return Moment(value, "day" if sharp else "minute")


def time_tag(value: Moment | datetime | None, show: Show, now: datetime) -> Markup:
    """A ``<time>`` element in UTC; ``data-local`` lets the script tell the reader's zone.

    Days that group a history stay those of UTC everywhere, so only their title is local.
    """
    if value is None:
        return Markup('<span class="undated">{}</span>').format(_("no date given"))
    moment = as_moment(value)
    at = moment.at
    day = at.date()
    if moment.precision == "day":
        exact, local = day_words(day), ""
    else:
        exact, local = f"{day_words(day)}, {at:%H:%M} UTC", "title"
    if show == "exact":
        text, local = exact, local and "exact"
    elif show == "day":
        text = day_words(day)
    elif show == "spine":  # the year stands in the heading above
        text = short_day(day)
    elif show == "clock" and moment.precision == "minute":
        text, local = f"{at:%H:%M} UTC", "clock"
    elif show == "age":
        text = age(moment, now)
    elif show == "latest":
        # Fresh news by its age, old news by its date.
        text = age(moment, now) if now - at < timedelta(days=2) else _near_day(day, now)
    else:
        text = _near_day(day, now)
    iso = day.isoformat() if moment.precision == "day" else at.isoformat(timespec="seconds")
    attribute = f' data-local="{local}"' if local else ""
    title = f' title="{escape(exact)}"' if text != exact else ""
    return Markup(f'<time datetime="{iso}"{title}{attribute}>{escape(text)}</time>')  # noqa: S704


def ages(value: Moment | datetime | None, show: Show, now: datetime) -> bool:
    """Whether ``time_tag`` tells an age that a minute may change."""
    if value is None or show not in {"age", "latest"}:
        return False
    return now - as_moment(value).at < timedelta(days=2)


def _near_day(day: date, now: datetime) -> str:
    return short_day(day) if day.year == now.year else _day(day, "yMMMd", locale_name())


# ---------------------------------------------------------------- matches of a search


def _fold(letter: str) -> str:
    """One letter without case and accent; always one character, so that places stay."""
    plain = "".join(
        part for part in unicodedata.normalize("NFD", letter) if not "\u0300" <= part <= "\u036f"
    ).casefold()
    return plain[0] if plain else letter


def highlight(text: str, query: str) -> Markup:
    """The text, escaped, with the words of the query in ``<mark>``."""
    words = [word for word in re.split(r"[^\w\u0900-\u0dff]+", query) if word]
    if not words:
        return escape(text)
    folded = "".join(map(_fold, text))
    choices = sorted({"".join(map(_fold, word)) for word in words}, key=len, reverse=True)
    # A word matches at the beginning of a word; scripts without spaces match anywhere.
    pattern = "|".join(
        re.escape(word) if ord(word[0]) >= 0x2E80 else rf"(?<!\w){re.escape(word)}\w{{0,3}}(?!\w)"
        for word in choices
    )
    parts: list[Markup] = []
    end = 0
    for match in re.finditer(pattern, folded):
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup("<mark>{}</mark>").format(text[match.start() : match.end()]))
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def search_words(text: str) -> str:
    """A query as typed or as it stands in an address: hyphens mean spaces."""
    return " ".join(clean(text).replace("-", " ").split())
