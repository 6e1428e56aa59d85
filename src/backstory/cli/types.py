"""What arguments may be: spans, times, days, countries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Span(click.ParamType[timedelta]):
    """A span of time such as 12h, 2d or 4w."""

    name = "span"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        if isinstance(value, timedelta):
            return value
        match = re.fullmatch(r"(\d{1,5})([hdw])", value)
        if match is None:
            self.fail(f"{value!r} is not a time span; use 12h, 2d or 4w", param, ctx)
        return timedelta(**{_UNITS[match[2]]: int(match[1])})


class When(click.ParamType[datetime]):
    """A date or a time in ISO 8601; without a zone it is UTC."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date; use 2026-06-24 or 2026-06-24T16:05", param, ctx)
        if len(value) == 10:
            found = found.replace(hour=23, minute=59, second=59)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class Day(click.ParamType[date]):
    name = "day"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; use 2026-06-24", param, ctx)


class Country(click.ParamType[str]):
    name = "country"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        import pycountry

        code = str(value).upper()
        if len(code) != 2 or pycountry.countries.get(alpha_2=code) is None:
            self.fail(f"{value!r} is not a country; use a code such as US or IN", param, ctx)
        return code
