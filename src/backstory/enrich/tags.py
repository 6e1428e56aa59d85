"""Tags of an article: the people, places, organisations and themes that it is about."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

from backstory.values import Tag

MOST = 12

_SPAN = re.compile(r"(?<![.!?…]\s)(?<!^)\b[A-Z][\w’'-]+(?:\s+[A-Z][\w’'-]+)+")


def slug(name: str) -> str:
    """A name as addresses write it: ASCII, lower case, hyphens ("Antony Blinken")."""
    plain = anyascii(unicodedata.normalize("NFC", name)).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")


def tag(
    title: str, text: str, language: str | None, given: tuple[str, ...] = ()
) -> tuple[Tag, ...]:
    """At most 12 tags of an article, the most telling first."""
    found: dict[str, Tag] = {}
    for name in [*given, *_SPAN.findall(text)]:
        found.setdefault(slug(name), Tag(slug(name), name, "theme"))
    found.pop("", None)
    return tuple(list(found.values())[:MOST])
