"""What a host asks of its guests: its robots.txt (RFC 9309) and tdmrep.json, read once a day."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from backstory.model.problems import Kind, Problem, problem
from backstory.web.reservation import PLACE, Reservations
from backstory.web.reservation import parse as parse_reservations

if TYPE_CHECKING:
    from protego import Protego

KEPT = 24 * 3600.0  # seconds
MOST_BYTES = 64_000_000  # of the rules of all hosts together, as they lie in memory
_LEAST = 1_000  # bytes of a host without rules
_RULE = 650  # bytes of one rule
_RULES = frozenset({"allow", "disallow", "crawl-delay", "request-rate", "visit-time"})
KEPT_AFTER_FAILURE = 3600.0
LONGEST_DELAY = 10.0  # seconds between two requests that a host may ask for

# The bytes at an address; None where there is nothing; or why it could not be had.
Read = Callable[[str], Awaitable[bytes | Problem | None]]


class _Known(Protocol):
    """What is known of a host: until when it holds, and how many bytes it takes."""

    @property
    def until(self) -> float: ...

    @property
    def size(self) -> int: ...


K = TypeVar("K", bound=_Known)


@dataclass(frozen=True, slots=True)
class _Robots:
    """A host's robots.txt, or why it could not be had."""

    rules: Protego | None
    failure: Problem | None
    until: float
    size: int = _LEAST  # about the bytes of memory that it takes


@dataclass(frozen=True, slots=True)
class _Reserved:
    rules: Reservations
    until: float

    @property
    def size(self) -> int:
        return _LEAST + sum(len(place) + 150 for place, _ in self.rules.rules)


class _Bounded(Generic[K]):
    """What is known of hosts, up to so many bytes: what was used longest ago goes first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[str, K] = OrderedDict()
        self.size = 0

    def get(self, host: str) -> K | None:
        """What is known of a host, if it still holds."""
        found = self._known.get(host)
        if found is None:
            return None
        if found.until < time.monotonic():
            self.drop(host)
            return None
        self._known.move_to_end(host)
        return found

    def keep(self, host: str, found: K) -> K:
        self.drop(host)
        self._known[host] = found
        self.size += found.size
        while self.size > self._most and len(self._known) > 1:
            self.drop(next(iter(self._known)))
        return found

    def drop(self, host: str) -> None:
        gone = self._known.pop(host, None)
        if gone is not None:
            self.size -= gone.size


class Courtesy:
    """The rules of all hosts that were visited. ``read`` fetches a small file of theirs."""

    def __init__(self, read: Read, user_agent: str) -> None:
        self._read = read
        self._user_agent = user_agent
        self._robots: _Bounded[_Robots] = _Bounded(MOST_BYTES)
        self._reserved: _Bounded[_Reserved] = _Bounded(MOST_BYTES // 4)
        self._reading: dict[str, asyncio.Lock] = {}

    async def refusal(self, place: str) -> Problem | None:
        """Why robots.txt keeps us from an address; None where it does not."""
        root = _root(place)
        known = self._robots.get(root)
        if known is None:
            async with self._alone(root):
                known = self._robots.get(root)
                if known is None:
                    known = self._robots.keep(root, await self._read_robots(root))
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
        if known is None:
            async with self._alone(root + PLACE):
                known = self._reserved.get(root)
                if known is None:
                    found = await self._read(root + PLACE)
                    rules = (
                        parse_reservations(found) if isinstance(found, bytes) else Reservations()
                    )
                    until = time.monotonic() + KEPT
                    known = self._reserved.keep(root, _Reserved(rules, until))
        return known.rules.of(place)

    async def _read_robots(self, root: str) -> _Robots:
        from protego import Protego

        found = await self._read(f"{root}/robots.txt")
        now = time.monotonic()
        if found is None:
            return _Robots(None, None, now + KEPT)  # no rules: all may be read
        if isinstance(found, Problem):
            return _Robots(None, found, now + KEPT_AFTER_FAILURE)
        text = for_us(found.decode("utf-8", "replace"), self._user_agent)
        try:
            # Beside the loop: the largest ones take half a second.
            rules = await asyncio.to_thread(Protego.parse, text)
        except Exception:  # whatever a file of rules made the library do
            rules = None
        size = _LEAST + _RULE * text.count("\n")
        return _Robots(rules, None, now + KEPT, size)

    @asynccontextmanager
    async def _alone(self, what: str) -> AsyncIterator[None]:
        """Let one reader in at a time, so that nothing is asked for twice."""
        async with self._reading.setdefault(what, asyncio.Lock()):
            yield
        self._reading.pop(what, None)


def for_us(text: str, user_agent: str) -> str:
    """The groups of a robots.txt that are for a reader of this name or for all: the others, and
    rules that stand there twice, only take memory."""
    kept: list[str] = []
    group: list[str] = []
    ours = in_rules = False
    for raw in [*text.splitlines(), "user-agent: "]:
        line = raw.partition("#")[0].strip()
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon:
            continue
        if name == "user-agent":
            if in_rules:
                kept += dict.fromkeys(group) if ours else ()
                group, ours, in_rules = [], False, False
            agent = value.strip().lower()
            if agent == "*" or (agent and agent in user_agent.lower()):
                ours = True
                group.append(line)
        elif name in _RULES:
            in_rules = True
            group.append(line)
    return "\n".join(kept)


def _root(place: str) -> str:
    parts = urlsplit(place)
    return f"{parts.scheme}://{parts.netloc}"
