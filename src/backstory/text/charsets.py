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
_ESCAPED = ("iso-2022-jp", "iso-2022-kr", "hz-gb-2312")


def decode(body: bytes, declared: str | None = None) -> str:
    """The text of a page or feed.

    ``declared`` is what HTTP said. A byte order mark decides; then UTF-8, if the bytes are
    valid or nearly valid UTF-8, whatever was declared; then what HTTP or the document itself
    declares, if the bytes fit it; then what the bytes look like. Never fails.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    names = [_meant(name) for name in (declared, declared_inside(body)) if name]
    known = [name for name in names if _exists(name)]
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
    try:
        codecs.lookup(name)
        b"".decode(name)
    except (LookupError, ValueError):
        return False
    return True


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:65536]).best()
    if best is None:
        return None
    try:
        return body.decode(best.encoding, "replace")
    except LookupError:
        return None
