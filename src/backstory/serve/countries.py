"""Which countries there are: codes, names and flags of ISO 3166-1."""

from __future__ import annotations

from functools import lru_cache

import pycountry
from babel import Locale

from backstory.serve.language import locale_name

WORLD = "world"  # the view of all countries together, where an edition's code would stand


@lru_cache(maxsize=1024)
def country_code(text: str) -> str | None:
    """The alpha-2 code, upper case, that an alpha-2 or alpha-3 code in any case names; UK is GB."""
    code = "GB" if text.upper() == "UK" else text.upper()
    if len(code) == 2:
        found = pycountry.countries.get(alpha_2=code)
    elif len(code) == 3:
        found = pycountry.countries.get(alpha_3=code)
    else:
        found = None
    return str(found.alpha_2) if found else None


def country_name(code: str) -> str:
    return _territory(code, locale_name())


@lru_cache(maxsize=2048)
def _territory(code: str, locale: str) -> str:
    return str(Locale.parse(locale).territories.get(code, code))


def flag(code: str) -> str:
    """The two regional indicator symbols that show as the country's flag."""
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in code)


@lru_cache(maxsize=1024)
def language_tag(language: str | None) -> str | None:
    """The BCP 47 tag if its first part is a language of ISO 639, so that ``lang`` is true."""
    if not language:
        return None
    first = language.split("-")[0].lower()
    if len(first) == 2:
        known = pycountry.languages.get(alpha_2=first)
    else:
        known = pycountry.languages.get(alpha_3=first)
    return language if known and language.replace("-", "").isalnum() else None


def language_name(language: str) -> str:
    names = Locale.parse(locale_name()).languages
    return str(names.get(language.split("-")[0].lower(), language))
