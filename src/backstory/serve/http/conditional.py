"""Conditional requests (RFC 9110, section 13): what the asker has already is not sent again."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response

REMEMBERED = 20_000  # addresses whose last change is known


class Changes:
    """When the answer at each address last changed, as far as this process saw.

    No date inside a list says that: an article that comes late changes it and is old.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def at(self, address: str, tag: str) -> datetime:
        """The time, in whole seconds, from which the answer at ``address`` has this tag."""
        with self._lock:
            last, since = self._known.get(address, ("", None))
            if last != tag or since is None:
                now = self._clock().replace(microsecond=0)
                # Two answers never share a second, or the later one would count as known.
                since = now if since is None or now > since else since + timedelta(seconds=1)
                self._known[address] = (tag, since)
            self._known.move_to_end(address)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return since


def unchanged(request: Request, tag: str, updated: datetime) -> bool:
    """Whether the asker has this already (RFC 9110, sections 13.1.2 and 13.1.3)."""
    known = request.headers.get("if-none-match")
    if known is not None:
        marks = {mark.strip().removeprefix("W/") for mark in known.split(",")}
        return "*" in marks or tag.removeprefix("W/") in marks
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        at = parsedate_to_datetime(since)
    except ValueError:
        return False
    return updated.replace(microsecond=0) <= (at if at.tzinfo else at.replace(tzinfo=UTC))


def conditional(request: Request, changes: Changes, body: bytes, media_type: str) -> Response:
    """The answer, or 304 where the asker has it."""
    # Weak: the bytes on the way may be compressed.
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
    changed = changes.at(str(request.url), tag)
    headers = {
        "ETag": tag,
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": "max-age=60",
    }
    if unchanged(request, tag, changed):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
