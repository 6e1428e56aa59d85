"""Words and patterns by which names are told: offices, what organisations are called, and more."""

from __future__ import annotations

import re

from backstory.enrich.tags.gazetteer import read
from backstory.text.folding import fold_name
from backstory.text.scripts import of_categories

_LISTS: dict[str, str] = read("name_words.json")


def _words(key: str) -> frozenset[str]:
    return frozenset(map(fold_name, _LISTS[key].split()))


_UPPER = of_categories("Lu", "Lt")
# A capitalised word: initials with dots, "O'Brien", "Jean-Claude", "AT&T", "G20". The first
# character decides quickly; what stands before it is looked at next.
CAPITALISED = re.compile(
    rf"[{_UPPER}](?<![\w@#/&].)(?:(?<=[{_UPPER}])\.(?:[{_UPPER}]\.)+[{_UPPER}]?(?!\w)"
    rf"|\w*(?:[’'&+-](?!s\b)\w+)*)"
)
ACRONYM = re.compile(rf"[{_UPPER}]{{2,6}}s?|[{_UPPER}]{{2,5}}-[{_UPPER}]{{2,5}}")
IN_BRACKETS = re.compile(rf"^ \(([{_UPPER}][{_UPPER}a-z.&-]{{1,8}}[{_UPPER}])\)")
CONTRACTED = re.compile(r"['’](?:m|ve|ll|re|d|t)$|^i['’]")

# What joins two capitalised words to one name.
SPACES = (" ", "\u00a0")
OF = re.compile(r" (?:of|for|of the|for the|de|del|de la|des|du|della|di|da|do|für|für die) ")
AND = re.compile(r" (?:and|&|und|y|et|e) ")
PARTICLE = re.compile(
    r" (?:de|del|de la|de los|di|da|dos|do|van|van der|van den|von|von der|bin|ibn|ben|al|el|ul"
    r"|la|le|ter|zu|af|av|mac|della|degli|du|y) | d[’']"
)
PARTICLES = _words("particles")
ARTICLES = frozenset(["al", "el", "ul", "ad", "as", "an", "ash", "bin"])  # "al-Assad"
ABBREVIATED = _words("abbreviated")
BEFORE_OPENING = frozenset(".!?:;\"“”„«»(\n—–•|‘[*>…।-'")  # a sentence may open behind these

HONORIFICS = _words("honorifics")
ROLES = _words("roles")
FIRST_ROLES = _words("first_roles")
OF_A_PLACE = _words("of_a_place")  # "Duke of ..."
# Words that make what they stand in an organisation; those that carry their matter behind "of"
# ("Ministry of ..."); whose matter may be joined by "and" ("Ministry of Health and Family
# Welfare"); that stand behind other names as often; that are surnames as well.
ORGANISATION = _words("organisation")
HEADS = _words("heads")
MATTERS = _words("matters")
ORDINARY = frozenset(
    ["users", "media", "police", "press", "service", "services", "team", "front", "foods", "squad"]
)
SURNAMES_TOO = _words("surnames_too")
SURELY_ORGANISATION = ORGANISATION - SURNAMES_TOO
PLACES_LAST = _words("places_last")
PLACES_FIRST = _words("places_first")
EVENTS = _words("events")
OPENERS = _words("openers")
# Capitalised words that are no tag: times, languages of pages, bits of pages, common openers.
NEVER = _words("never")
MONTHS_TOO = frozenset(["jan", "jun", "may", "april", "june", "august"])
SMALL_IN_TITLES = frozenset(
    ["with", "from", "over", "into", "after", "than", "that", "amid", "about", "against", "when"]
)

PREPOSITION = re.compile(
    r"(?:\b(?:in|near|from|at|to|outside|around|of|between|across|through|via|for|leaving|visiting"
    r"|en|desde|cerca de|à|de|bei|aus|nach|zu|a|di|da|em|op|te|i|på)"
    r"(?: (?:the|downtown|central|north|south|east|west|northern|southern|eastern|western|nearby"
    r"|occupied))?\s|\(|,\s)$"
)
SAYS = re.compile(
    r"^(?:['’]s?)?,? (?:said|says|told|added|tweeted|wrote|claimed|announced|argued|explained"
    r"|warned|testified|insisted|denied|admitted|who |himself|herself"
    r"|sagte|sagt|dijo|afirmó|a déclaré)\b"
)
