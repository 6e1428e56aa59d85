"""Read reservations of text and data mining from a host's ``/.well-known/tdmrep.json``.

TDM Reservation Protocol, W3C community group report of 2024-05-10. What a page says of itself
(meta element) goes before what its answer says (header), and that before this file.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

PLACE = "/.well-known/tdmrep.json"
MOST_RULES = 1000


@dataclass(frozen=True, slots=True)
class Reservations:
    """The rules of one host, the first that fits counts."""

    rules: tuple[tuple[str, bool], ...] = ()

    def of(self, url: str) -> bool | None:
        """Whether text and data mining of an address is reserved; None where no rule fits."""
        parts = urlsplit(url)
        path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        return next((reserved for place, reserved in self.rules if fits(path, place)), None)


def parse(body: bytes) -> Reservations:
    """The rules of a tdmrep.json; none where it cannot be read."""
    try:
        document = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError):
        return Reservations()
    rules = []
    for rule in (document if isinstance(document, list) else [])[:MOST_RULES]:
        if not isinstance(rule, dict):
            continue
        location, value = rule.get("location"), rule.get("tdm-reservation")
        if isinstance(location, str) and str(value) in ("0", "1"):
            rules.append((location[:1000], str(value) == "1"))
    return Reservations(tuple(rules))


def fits(path: str, location: str) -> bool:
    """Whether a path lies at a location as robots.txt writes it: ``*`` for anything, ``$`` for
    the end. In time of the length of both: no expression that could be made to run for ever."""
    ends = location.endswith("$")
    location = location.removesuffix("$")
    first, *others = (location if location.startswith(("/", "*")) else "/" + location).split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not ends or path == first
    place = len(first)
    for part in others[:-1]:
        found = path.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    if ends:
        return path.endswith(others[-1]) and len(path) - len(others[-1]) >= place
    return path.find(others[-1], place) >= 0
