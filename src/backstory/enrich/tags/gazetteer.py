"""What is known by name before any article is read: places, organisations, first names, words."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from anyascii import anyascii

from backstory.model.tag import Tag
from backstory.text.folding import fold_name
from backstory.text.scripts import UNSPACED_LANGUAGES

ARABIC = frozenset({"ar", "fa", "ur", "ps", "he"})
# Languages whose names change their endings: a country is also known by its stem.
INFLECTED = frozenset(
    {"ru", "uk", "bg", "sr", "hr", "pl", "cs", "sk", "sl", "fi", "hu", "tr", "el"}
)


@dataclass(frozen=True, slots=True)
class Known:
    """A name that is known: its tag, and how sure its mention is.

    ``sure``: 3 a country, region or organisation; 2 a large city; 1 a city that needs a
    preposition before it, as it may be a surname or a word; ``demonym``: the people or the
    adjective, not the place itself.
    """

    tag: Tag
    sure: int = 3
    demonym: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """The names known in a language.

    ``by_name``: folded names of several words, or of one, to what they name; ``exact``: names
    of one word that count only as written; ``longest``: first word of a name -> the most
    capitalised words that a name beginning with it has.
    """

    by_name: dict[str, Known]
    exact: dict[str, Known]
    longest: dict[str, int]
    stems: dict[str, Known]
    pieces: dict[str, tuple[str, ...]]
    adjectives: re.Pattern[str] | None
    by_adjective: tuple[tuple[str, Known], ...]


def read(name: str) -> Any:
    """The content of one of the data files that ship with this package."""
    return json.loads((files("backstory.enrich") / "data" / name).read_text("utf-8"))


def slug(name: str) -> str:
    """A name as addresses write it: ASCII, lower case, hyphens.

    >>> slug("São Paulo"), slug("Antony Blinken"), slug("U.S.")
    ('sao-paulo', 'antony-blinken', 'us')
    """
    if not name.isascii():
        name = anyascii(unicodedata.normalize("NFC", name))
    plain = re.sub(r"['’`.]", "", name.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:80].strip("-")


@cache
def first_names() -> frozenset[str]:
    """First names of many countries, folded, without those that are rather common words."""
    names = frozenset(read("first_names.json")["first"].split())
    words = read("name_words.json")
    # Some common words still are first names in front of a surname ("Bill", "Mark").
    dropped = (common_words() - set(words["still_names"].split())) | set(words["not_names"].split())
    return frozenset(name for name in names - dropped if len(name) > 1)


@cache
def surnames() -> frozenset[str]:
    return frozenset(read("first_names.json")["last"].split()) - common_words()


@cache
def common_words() -> frozenset[str]:
    """English words that are usually written with a small first letter."""
    return frozenset(read("common_words.json")["words"].split())


_ENDINGS = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("er", ""), ("er", "e"), ("ers", ""), ("ly", ""), ("est", ""), ("n't", ""), ("y", ""),
)  # fmt: skip
_DERIVED = re.compile(
    r".{3,}(?:ing|ings|ation|ations|tion|ment|ments|ness|ably|ible|able|ously|ous|ively|ive|less"
    r"|fully|ful|isms?|ists?|ically|ized?|ised?|ship|ships|proof|like|wide|eer|eers|ity|ities)"
)


@cache
def is_common(word: str) -> bool:
    """Whether an English word, folded, is one that is usually written small."""
    words = common_words()
    if word in words or not word[:1].isalpha() or "n't" in word:
        return True
    if "-" in word:
        return all(is_common(part) for part in word.split("-") if part)
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and word[: -len(ending)] + instead in words:
            return True
        # A doubled consonant: "robbed".
        if ending in {"ed", "ing", "er"} and word.endswith(ending):
            stem = word[: -len(ending)]
            if len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in words:
                return True
    return _DERIVED.fullmatch(word) is not None


@cache
def _content() -> tuple[Any, Any]:
    return read("places.json"), read("organisations.json")


@cache
def media() -> frozenset[str]:
    """Slugs of publishers: who reported is no subject."""
    return frozenset(slug(name) for name in _content()[1]["media"])


@cache
def people() -> dict[str, str]:
    """Other spellings and bare surnames of the best-known people, folded -> their full name."""
    return {
        fold_name(form): name
        for name, forms in _content()[1]["people"].items()
        for form in (name, *forms)
    }


@cache
def tag_of_slug(known: str) -> Tag | None:
    """The place or organisation of this slug, if it is a known one."""
    return _by_slug().get(known)


@cache
def _by_slug() -> dict[str, Tag]:
    places, organisations = _content()
    found = {key: Tag(key, name, "place") for key, name in places["names"].items()}
    found |= {
        slug(name): Tag(slug(name), name, "organisation") for name in organisations["organisations"]
    }
    return found


@cache
def names(language: str | None) -> Names:
    """The names known in a language (BCP 47); English ones where there are no others."""
    base = (language or "en").split("-")[0]
    table = _countries(language, base)
    demonyms = {
        key: Known(_place(to), demonym=True)
        for key, to in _content()[0]["demonyms"].get(base, {}).items()
    }
    by_name = _cities_and_regions(base)
    by_name |= {key: Known(_place(found)) for key, found in table.items()}
    adjectives: tuple[tuple[str, Known], ...] = ()
    if base in {"en", "hi"}:
        by_name |= demonyms
    else:
        adjectives = tuple(demonyms.items())
    if base == "en":
        by_name |= {phrase: Known(Tag("", phrase, "theme")) for phrase in _NO_PLACES}
    several, exact = _organisations(base)
    by_name |= several
    for short in _SHORT:
        if short.lower() in by_name:
            exact[short] = exact[".".join(short) + "."] = by_name.pop(short.lower())
    longest: dict[str, int] = {}
    for key in by_name:
        words = key.split()
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return Names(
        by_name,
        exact,
        longest,
        {key[:-1]: Known(_place(found)) for key, found in table.items() if len(key) > 4}
        if base in INFLECTED
        else {},
        _pieces([*by_name, *(form for form in exact if not form.isascii())])
        if base in UNSPACED_LANGUAGES or base == "ko"
        else {},
        re.compile(r"\b(" + "|".join(key for key, _ in adjectives) + r")\w{0,4}\b", re.IGNORECASE)
        if adjectives
        else None,
        adjectives,
    )


@cache
def _place(key: str) -> Tag:
    return Tag(key, _content()[0]["names"][key], "place")


def _countries(language: str | None, base: str) -> dict[str, str]:
    """The countries by their names in a language."""
    countries: dict[str, dict[str, str]] = _content()[0]["countries"]
    traditional = language in {"zh-Hant", "zh-TW", "zh-HK"}
    return countries["zh-Hant"] if traditional else countries.get(base, countries["en"])


def _cities_and_regions(base: str) -> dict[str, Known]:
    """Cities by their names in the script of a language, or in Latin letters; and regions.

    A large city is as doubtful as a small one where people are called so, a small one is left out
    where it is a common word.
    """
    places = _content()[0]
    scripts: dict[str, str] | None = places["cities_of_scripts"].get(base)
    found = {key: Known(_place(one), 2) for key, one in (scripts or {}).items()}
    if scripts is not None and base != "ru":
        return found
    firsts, lasts = first_names(), surnames()
    # Large cities that stay cities although people are called so.
    plain = frozenset(read("name_words.json")["plain_cities"].split())
    for key, (one, size) in places["cities"].items():
        sure: int = size
        if sure == 2 and key in firsts and one not in plain:
            sure = 1
        if sure == 1 and " " not in key and "-" not in key and is_common(key):
            continue
        if sure == 2 and key in lasts and one not in plain:
            sure = 1
        found[key] = Known(_place(one), sure)
    return found | {key: Known(_place(one)) for key, one in places["regions"].items()}


def _organisations(base: str) -> tuple[dict[str, Known], dict[str, Known]]:
    """Organisations by names of several words, folded, and by those that count as written."""
    several: dict[str, Known] = {}
    exact: dict[str, Known] = {}
    for name, aliases in _content()[1]["organisations"].items():
        known = Known(Tag(slug(name), name, "organisation"))
        for form in (name, *aliases):
            if " " in form.strip() and base not in UNSPACED_LANGUAGES:
                several[fold_name(form)] = known
            else:
                exact[form] = known
    return several, exact


def _pieces(keys: list[str]) -> dict[str, tuple[str, ...]]:
    """Names by their first two characters, the longest first."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if len(key) > 1:
            found.setdefault(key[:2], []).append(key)
    return {start: tuple(sorted(some, key=len, reverse=True)) for start, some in found.items()}


# Names that count only in capitals: in small letters they are words.
_SHORT = (
    "US", "UK", "UAE", "NZ", "PNG", "DRC", "KSA", "PRC", "LoC", "AS", "VS", "UU", "HK", "NSW",
)  # fmt: skip
# Phrases with a country's name that speak of no country.
_NO_PLACES = (
    "native american", "native americans", "african american", "african americans",
    "african-american", "african-americans", "asian american", "asian americans",
    "mexican american", "mexican americans", "american indian", "american indians",
    "french fries", "french kiss", "german shepherd", "german shepherds", "persian cat",
    "french open", "us open", "australian open", "good morning america",
    "swiss army", "russian roulette", "great dane", "indian summer", "turkish bath",
)  # fmt: skip
