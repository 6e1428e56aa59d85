"""Read the headers of an HTTP answer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_PACKED = frozenset(
    {"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz"}
)


def named(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header names in lower case; of one that comes twice, the first, but all of ``link``."""
    found: dict[str, str] = {}
    for raw, value in headers:
        name = raw.decode("latin-1").lower()
        if name == "link" and name in found and len(found[name]) < 8192:
            found[name] += ", " + value.decode("latin-1")
        found.setdefault(name, value.decode("latin-1"))
    return found


def cookies(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """The cookies that an answer sets, by name; at most 20, their attributes left out."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"set-cookie" and len(value) < 4096 and len(found) < 20:
            key, equals, rest = value.decode("latin-1").partition(";")[0].partition("=")
            if equals and key.strip():
                found[key.strip()] = rest.strip()
    return found


def whole_number(stated: object, digits: int = 12) -> int | None:
    """A number as protocols write it, ASCII digits alone; None for all else. ("²" is a digit to
    ``str.isdigit`` and no number to ``int``.)"""
    given = str(stated or "").strip()
    if not (given.isascii() and given.isdigit() and len(given) <= digits):
        return None
    return int(given)


def text(headers: dict[str, str], name: str) -> str | None:
    """A header's value; None where it is missing, empty or beyond all measure."""
    value = headers.get(name, "").strip()
    return value if value and len(value) <= 1000 else None


def media_type(content_type: str | None) -> tuple[str | None, str | None]:
    """The media type and the character set of a Content-Type, in lower case."""
    kind, _, parameters = (content_type or "")[:1000].partition(";")
    found = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", parameters, re.IGNORECASE)
    return (kind.strip().lower()[:100] or None), (found.group(1).lower() if found else None)


def content_type(kind: str | None, charset: str | None) -> str | None:
    """A Content-Type of both."""
    return f"{kind}; charset={charset}" if kind and charset else kind


def encodings(headers: dict[str, str]) -> list[str]:
    """How the body is packed, in the order it was; names that stand there by mistake
    (``none``, ``utf-8``, ``aws-chunked``) pack nothing and are left out."""
    stated = headers.get("content-encoding", "")[:1000].lower().split(",")
    return [name for one in stated if (name := one.strip()) in _PACKED]


def retry_after(headers: dict[str, str]) -> float | None:
    """Seconds to wait by Retry-After, given as seconds or as a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    seconds = whole_number(value)
    if seconds is not None:
        return float(min(seconds, 10**9))
    try:
        at = parsedate_to_datetime(value)
        if at.tzinfo is None:
            at = at.replace(tzinfo=UTC)
        return max(0.0, (at - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def max_age(headers: dict[str, str]) -> float | None:
    """Seconds that the answer is fresh by Cache-Control (RFC 9111, 5.2.2.1)."""
    value = headers.get("cache-control", "")
    found = re.search(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,9})", value, re.IGNORECASE)
    return float(found.group(1)) if found else None


def links(headers: dict[str, str]) -> dict[str, str]:
    """The links of Link headers (RFC 8288) by relation, of each the first; as they were given."""
    found: dict[str, str] = {}
    for target, parameters in re.findall(
        r"<([^<>]{1,2000})>([^<]{0,500})", headers.get("link", "")
    ):
        relation = re.search(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", parameters, re.I)
        for name in ((relation[1] or relation[2] or "") if relation else "").lower().split():
            found.setdefault(name, target.strip())
    return found
