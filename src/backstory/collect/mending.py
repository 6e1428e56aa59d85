"""Put right what is broken in a feed at single places, before it is parsed.

One bad character must not cost the whole feed. Each function answers the text as it should be,
and what was put right; both are linear in the length of the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.entities import html5
from typing import Any

import orjson

from backstory.model.problems import Kind, Problem, problem

_REFERENCE = re.compile(
    r"&(?:#(?:[xX]([0-9A-Fa-f]{1,60})|([0-9]{1,60}));|([A-Za-z][A-Za-z0-9]{1,31};)?)"
)
_LOW = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{4})|([0-9]{5}));")
# What XML 1.0 knows no place for (section 2.2), half characters included.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]+")
_LITERALS = (("<![CDATA[", "]]>"), ("<!--", "-->"))
_NAMES = frozenset(name for name in html5 if name.endswith(";"))
# A string of JSON, or a comma that nothing follows.
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])', re.DOTALL)
_ESCAPES = re.compile(
    r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def mended_xml(text: str) -> tuple[str, tuple[Problem, ...]]:
    """XML whose ampersands and references to characters are what they are meant to be.

    A bare ampersand is escaped, two halves of a character that stand side by side are joined,
    references to what is no character are left out, and so are control characters.
    """
    found: dict[str, int] = {}  # the code of what was mended, and its first line
    first = _CONTROL.search(text)
    if first is not None:
        found["control-character"] = _line(text, first.start())
        text = _CONTROL.sub("", text)
    own = "<!ENTITY" in text  # the document names entities of its own
    parts = []
    for start, end, literal in _stretches(text):
        part = text[start:end]
        if not literal and "&" in part:
            part = _referenced(part, _line(text, start) if start else 1, own, found)
        parts.append(part)
    told = (problem(Kind.MENDED, detail=what, line=line) for what, line in found.items())
    return "".join(parts), tuple(told)


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    """Parts of a document, and whether each is literal: CDATA or a comment."""
    place = 0
    ahead = {opened: text.find(opened) for opened, _ in _LITERALS}
    while True:
        starts = [(ahead[one[0]], one) for one in _LITERALS if ahead[one[0]] >= 0]
        if not starts:
            break
        start, (opened, closed) = min(starts)
        end = text.find(closed, start + len(opened))
        if end < 0:  # never closed: as if it were none
            ahead[opened] = -1
            continue
        end += len(closed)
        yield place, start, False
        yield start, end, True
        place = end
        for other, _ in _LITERALS:
            if 0 <= ahead[other] < place:
                ahead[other] = text.find(other, place)
    yield place, len(text), False


def _referenced(part: str, line: int, own: bool, found: dict[str, int]) -> str:
    """A part of a document with its references put right."""
    pieces: list[str] = []
    place = 0
    for one in _REFERENCE.finditer(part):
        if one.start() < place:
            continue  # the other half of a character
        hexadecimal, decimal, name = one.groups()
        end, put, what = one.end(), one.group(), ""
        if hexadecimal or decimal:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            low = _LOW.match(part, end) if 0xD800 <= code < 0xDC00 else None
            second = int(low.group(1) or "0", 16) or int(low.group(2) or "0") if low else 0
            if low is not None and 0xDC00 <= second < 0xE000:
                put = chr(0x10000 + ((code - 0xD800) << 10) + second - 0xDC00)
                end, what = low.end(), "split-character"
            elif not _is_character(code):
                put, what = "", "no-character"
        elif name is None or (not own and name not in _NAMES):
            put, what = "&amp;" + one.group()[1:], "bare-ampersand"
        if what:
            found.setdefault(what, line + part.count("\n", 0, one.start()))
        pieces += [part[place : one.start()], put]
        place = end
    return "".join(pieces) + part[place:]


def _is_character(code: int) -> bool:
    return (
        code in (0x9, 0xA, 0xD)
        or 0x20 <= code < 0xD800
        or 0xE000 <= code < 0xFFFE
        or 0x10000 <= code < 0x110000
    )


def read_json(text: str) -> tuple[Any, tuple[Problem, ...]]:
    """The value of a piece of JSON, mended where it has a last comma, a raw control character,
    half a character or a number that is none. Raises ``ValueError`` where that is not enough."""
    try:
        return orjson.loads(text), ()
    except orjson.JSONDecodeError as error:
        line, reason = error.lineno, error.msg
    text = _ESCAPES.sub(_whole, text)
    text = _STRING_OR_COMMA.sub(lambda one: "" if one.group() == "," else one.group(), text)
    try:
        value = json.loads(text, strict=False, parse_constant=lambda name: None)
    except RecursionError:
        raise ValueError("nested too deep") from None
    return value, (problem(Kind.MENDED, detail=reason, line=line),)


def _whole(one: re.Match[str]) -> str:
    """Escapes but for halves of a character that stand alone."""
    return one.group() if len(one.group()) != 6 else ""


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
