"""What a host asks of its guests: its robots.txt (RFC 9309) and tdmrep.json, read once a day."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from backstory.model.problems import Kind, Problem, problem
from backstory.web.reservation import PLACE, Reservations
from backstory.web.reservation import parse as parse_reservations

if TYPE_CHECKING:
    from protego import Protego

KEPT = 24 * 3600.0  # seconds
KEPT_AFTER_FAILURE = 3600.0
LONGEST_DELAY = 10.0  # seconds between two requests that a host may ask for

# The bytes at an address; None where there is nothing; or why it could not be had.
Read = Callable[[str], Awaitable[bytes | Problem | None]]


@dataclass(frozen=True, slots=True)
class _Robots:
    """A host's robots.txt, or why it could not be had."""

    rules: Protego | None
    failure: Problem | None
    until: float


@dataclass(frozen=True, slots=True)
class _Reserved:
    rules: Reservations
    until: float


class Courtesy:
    """The rules of all hosts that were visited. ``read`` fetches a small file of theirs."""

    def __init__(self, read: Read, user_agent: str) -> None:
        self._read = read
        self._user_agent = user_agent
        self._robots: dict[str, _Robots] = {}
        self._reserved: dict[str, _Reserved] = {}
        self._reading: dict[str, asyncio.Lock] = {}

    async def refusal(self, place: str) -> Problem | None:
        """Why robots.txt keeps us from an address; None where it does not."""
        root = _root(place)
        known = self._robots.get(root)
        if known is None or known.until < time.monotonic():
            async with self._alone(root):
                known = self._robots.get(root)
                if known is None or known.until < time.monotonic():
                    known = self._robots[root] = await self._read_robots(root)
        if known.failure is not None:
            return problem(Kind.ROBOTS_UNREAD, known.failure)
        if known.rules is not None and not known.rules.can_fetch(place, self._user_agent):
            return problem(Kind.ROBOTS)
        return None

    def delay(self, place: str) -> float:
        """Seconds that robots.txt asks to leave between two requests; 0 where it does not."""
        known = self._robots.get(_root(place))
        if known is None or known.rules is None:
            return 0.0
        return min(float(known.rules.crawl_delay(self._user_agent) or 0.0), LONGEST_DELAY)

    async def reserved(self, place: str) -> bool | None:
        """Whether the host's tdmrep.json reserves an address; None where it says nothing."""
        root = _root(place)
        known = self._reserved.get(root)
        if known is None or known.until < time.monotonic():
            async with self._alone(root + PLACE):
                known = self._reserved.get(root)
                if known is None or known.until < time.monotonic():
                    found = await self._read(root + PLACE)
                    rules = (
                        parse_reservations(found) if isinstance(found, bytes) else Reservations()
                    )
                    known = self._reserved[root] = _Reserved(rules, time.monotonic() + KEPT)
        return known.rules.of(place)

    async def _read_robots(self, root: str) -> _Robots:
        from protego import Protego

        found = await self._read(f"{root}/robots.txt")
        now = time.monotonic()
        if found is None:
            return _Robots(None, None, now + KEPT)  # no rules: all may be read
        if isinstance(found, Problem):
            return _Robots(None, found, now + KEPT_AFTER_FAILURE)
        try:
            rules = Protego.parse(found.decode("utf-8", "replace"))
        except (ValueError, IndexError, TypeError):
            rules = None
        return _Robots(rules, None, now + KEPT)

    @asynccontextmanager
    async def _alone(self, what: str) -> AsyncIterator[None]:
        """Let one reader in at a time, so that nothing is asked for twice."""
        async with self._reading.setdefault(what, asyncio.Lock()):
            yield
        self._reading.pop(what, None)


def _root(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc}"
