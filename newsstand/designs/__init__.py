"""The page designs: one template for each publisher, each with markup of its own."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

MONTHS_DE = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]


def clock(at: datetime) -> str:
    """A time as `4.05pm`."""
    return f"{at.hour % 12 or 12}.{at:%M}{'am' if at.hour < 12 else 'pm'}"


def us_date(at: datetime) -> str:
    """A date as `May 4, 2026`."""
    return f"{at:%B} {at.day}, {at.year}"


def gb_date(at: datetime) -> str:
    """A date as `4 May 2026`."""
    return f"{at.day} {at:%B %Y}"


def de_date(at: datetime) -> str:
    """A date as `4. Mai 2026`."""
    return f"{at.day}. {MONTHS_DE[at.month - 1]} {at.year}"


def json_ld(value: object) -> Markup:
    """A value as JSON that may stand inside a script element."""
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return Markup(text)


def environment() -> Environment:
    """The template environment, with the date filters."""
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clock=clock, us_date=us_date, gb_date=gb_date, de_date=de_date, json_ld=json_ld
    )
    made.globals["about"] = ""
    return made


ENVIRONMENT = environment()


def render(design: str, **values: Any) -> str:
    """A page in a publisher's design."""
    return ENVIRONMENT.get_template(f"{design}.html").render(**values)
