"""Turn bytes into text, also where the declared character set is wrong."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_IN_HTML = re.compile(
    rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_IN_XML = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]{2,40})")
# What labels mean in practice (WHATWG Encoding, 4.2).
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "tis-620": "cp874",
    "iso-8859-11": "cp874",
    "utf8": "utf-8",
}
# Codecs of text that are no character sets of documents, or that fail on any bytes.
_NO_SETS = frozenset(
    {"undefined", "idna", "punycode", "unicode_escape", "unicode-escape", "raw_unicode_escape",
     "raw-unicode-escape", "mbcs", "oem", "palmos"}
)  # fmt: skip
_ESCAPED = ("iso-2022-jp", "iso-2022-kr", "hz-gb-2312")


def decode(body: bytes, declared: str | None = None) -> str:
    """The text of a page or feed.

    ``declared`` is what HTTP said. A byte order mark decides, or that the first sign takes two or
    four bytes; then UTF-8, if the bytes are
    valid or nearly valid UTF-8, whatever was declared; then what HTTP or the document itself
    declares, if the bytes fit it; then what the bytes look like. Never fails.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    names = [_meant(name) for name in (declared, declared_inside(body)) if name]
    known = [name for name in names if _exists(name)]
    wide = _wide(body, known)
    if wide is not None:
        return body.decode(wide, "replace")
    if known and known[0] in _ESCAPED and b"\x1b" in body:
        return body.decode(known[0], "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = body.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if bad * 10 <= sum(character > "\x7f" for character in text) - bad:
        return text
    for name in known:
        if name == "utf-8":
            continue
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    guessed = _guess(body)
    if guessed is not None:
        return guessed
    for name in known:
        if name != "utf-8":
            return body.decode(name, "replace")
    return body.decode("cp1252", "replace")


def declared_inside(body: bytes) -> str | None:
    """The character set that an HTML or XML document says it is in."""
    found = _IN_XML.match(body.lstrip()[:300]) or _IN_HTML.search(body[:4096])
    return found.group(1).decode("ascii").lower() if found else None


def _meant(name: str) -> str:
    name = name.strip().lower()
    return _MEANT.get(name, name)


def _exists(name: str) -> bool:
    """Whether a name is that of a character set: Python's codecs also have hex, zip and rot13,
    which are none."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return found._is_text_encoding and found.name not in _NO_SETS


def _wide(body: bytes, known: list[str]) -> str | None:
    """UTF-16 or UTF-32 without a mark: of which a document's first sign is half zeros."""
    head = body[:4]
    for start, name in _WIDE:
        if head.startswith(start) and (len(start) > 2 or b"\0" in body[2:4]):
            return name
    if known and known[0].replace("_", "-").startswith(("utf-16", "utf-32", "utf16", "utf32")):
        size = 4 if "32" in known[0] else 2
        zeros = body[:200].count(0)
        if zeros * 3 >= len(body[:200]):
            order = "be" if body[0] == 0 else "le"
            return f"utf-{size * 8}-{order}"
    return None


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:65536]).best()
    if best is None:
        return None
    try:
        return body.decode(best.encoding, "replace")
    except LookupError:
        return None
