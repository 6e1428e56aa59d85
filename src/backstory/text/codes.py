"""Check the codes of languages and countries, and write them as the standards do."""

from __future__ import annotations

import re
from functools import lru_cache

_TAG_FORM = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8})*")


@lru_cache(maxsize=1024)
def language(code: str) -> str | None:
    """A BCP 47 language tag in its usual case (``pt-BR``, ``zh-Hant``), or None."""
    code = code.strip()
    if not _TAG_FORM.fullmatch(code) or len(code) > 35:
        return None
    first, *others = code.replace("_", "-").split("-")
    first = first.lower()
    if first not in _languages():
        return None
    parts = [first]
    for part in others:
        if len(part) == 4 and part.isalpha():
            parts.append(part.title())
        elif len(part) == 2:
            parts.append(part.upper())
        else:
            parts.append(part.lower())
    return "-".join(parts)


@lru_cache(maxsize=1024)
def country(code: str) -> str | None:
    """An ISO 3166-1 alpha-2 code in upper case, or None."""
    code = code.strip().upper()
    return code if code in _countries() else None


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    import pycountry

    codes = set()
    for language in pycountry.languages:
        codes.add(language.alpha_3)
        if hasattr(language, "alpha_2"):
            codes.add(language.alpha_2)
    return frozenset(codes)


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries)
