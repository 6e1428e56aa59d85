"""The language that a reader is answered in: which one is wanted, and what the strings are in it.

Strings stand in English in code and templates; the catalogs beside this module
(``locale/<language>/LC_MESSAGES/messages.po``) hold the others and are read as they are, so that
nothing compiled can go stale. The language is that of the present request (a context variable);
outside of one it is English.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

# Languages by the locale that their dates and numbers follow.
LOCALES = {"en": "en_GB", "de": "de", "es": "es", "fr": "fr", "hi": "hi"}
OWN_NAMES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "hi": "हिन्दी"}

_present: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The BCP 47 code of the present request's language."""
    return _present.get()


def locale_name() -> str:
    return LOCALES[_present.get()]


def direction() -> str:
    """``ltr`` or ``rtl``, for ``dir``."""
    return "rtl" if Locale.parse(locale_name()).character_order == "right-to-left" else "ltr"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within this block the present language is ``code``."""
    token = _present.set(code if code in LOCALES else "en")
    try:
        yield
    finally:
        _present.reset(token)


def wanted(asked: str | None, kept: str | None, accepted: str | None) -> str:
    """The first of these that is ours: asked for in the address, kept in a cookie, accepted.

    ``accepted``: an Accept-Language header (RFC 9110, section 12.5.4).
    """
    for one in (asked, kept):
        if one and _ours(one):
            return _ours(one)
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((accepted or "").split(",")[:30]):
        name, _, quality = part.partition(";")
        found = "en" if name.strip() == "*" else _ours(name)
        try:
            weight = float(quality.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if found and weight > 0:
            ranked.append((-weight, place, found))
    return min(ranked)[2] if ranked else "en"


def _ours(tag: str) -> str:
    first = tag.strip().replace("_", "-").split("-")[0].lower()
    return first if first in LOCALES else ""


@cache
def catalog(code: str) -> NullTranslations:
    """The strings of a language; English is what the code says."""
    if code == "en":
        return NullTranslations()
    place = files("backstory.serve").joinpath("locale", code, "LC_MESSAGES", "messages.po")
    compiled = io.BytesIO()
    with place.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def gettext(message: str) -> str:
    return catalog(_present.get()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    return catalog(_present.get()).ngettext(one, many, number)


def pgettext(context: str, message: str) -> str:
    return catalog(_present.get()).pgettext(context, message)
