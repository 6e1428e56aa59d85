"""Take out of a plain text what is no part of the report: datelines, and words of the page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from backstory.enrich.tags.gazetteer import read

_SYNDICATED = re.compile(r"\s*\bThe post\b[^\n]{0,300}\bappeared first on\b[^\n]*")
_PLACE = r"[A-ZÀ-Þ][\w.’'À-ÿ-]*(?:[ /-][A-ZÀ-Þ][\w.’'À-ÿ-]*){0,3}"
# "WASHINGTON —", "LONDON (Reuters) -", "New Delhi, Aug 3 (PTI):", "(AP) -"
_DATELINE = re.compile(
    rf"^(?:{_PLACE}(?:,\s*{_PLACE})*"
    r"(?:,?\s*(?:\w{3,9}\.?\s\d{1,2}|\d{1,2}\.?\s\w{3,9}\.?)(?:,?\s\d{4})?)?"
    r"\s*(?:[(/][A-Z][\w .&/-]{1,24}[)/])?\s*(?:—|–|--|\s-\s|:(?=\s)|-(?=\s))\s*"
    r"|\((?:AP|Reuters|REUTERS|AFP|PTI|ANI|CNN|Bloomberg|dpa|UPI|IANS|Xinhua|TASS)\)\s*[—–:-]*\s*)"
)


@cache
def _boilerplate() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    lists = read("boilerplate.json")
    return (
        re.compile("|".join(lists["starts"]), re.IGNORECASE),
        tuple((piece, re.compile(p, re.IGNORECASE)) for piece, p in lists["anywhere"].items()),
    )


def is_boilerplate(sentence: str, among: Sequence[re.Pattern[str]] | None = None) -> bool:
    """Whether a sentence belongs to the page and not to the report ("Read more", "Photo: AP").

    ``among``: what ``possible_boilerplate`` said of the whole text, to ask it once.
    """
    if among is None:
        among = possible_boilerplate(sentence)
    if _boilerplate()[0].match(sentence):
        return True
    return any(pattern.search(sentence) for pattern in among)


def possible_boilerplate(text: str) -> list[re.Pattern[str]]:
    """The patterns of page text that may match somewhere in a text."""
    lower = text.lower()
    return [pattern for piece, pattern in _boilerplate()[1] if piece in lower]


def without_syndication(text: str) -> str:
    """A text without the line that WordPress ends the descriptions of its feeds with."""
    return _SYNDICATED.sub("", text) if "appeared first on" in text else text


# "BEIRUT | Mon Nov 14, 2011 12:21 pm EST": what older pages of Reuters put before the dateline.
_STAMP = re.compile(r"^[A-Z][A-Z ,./'-]{2,40} \| [^|]{8,40}\b(?:[AECMPB][SD]T|GMT|IST)\s+")


def without_dateline(line: str) -> str:
    """A paragraph without the place and agency that it begins with ("WASHINGTON (AP) —")."""
    if " | " in line[:50]:
        line = _STAMP.sub("", line)
    match = _DATELINE.match(line)
    if match is None or match.end() > 70:
        return line
    head = match[0]
    words = re.findall(r"[^\W\d_]+", head.split("(")[0])
    shouted = any(word.isupper() and len(word) > 2 for word in words) or "(" in head
    dated = re.search(r"\d", head) is not None
    dashed = re.search(r"—|–|--|\s-\s", head) is not None
    # A name before a dash or a colon may be a subject ("Brexit: ...", "Iran — which ...").
    if not (shouted or dated or (dashed and len(words) <= 2 and line[match.end() :][:1].isupper())):
        return line
    if head.rstrip().endswith(":") and not (shouted and "(" in head) and not dated:
        return line
    rest = line[match.end() :]
    return rest if len(rest) > 20 else line
