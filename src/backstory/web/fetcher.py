"""Ask for one address over HTTP, within limits of time, size and politeness."""

from __future__ import annotations

import asyncio
import base64
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import TracebackType
from urllib.parse import urlencode, urlsplit

import httpcore

from backstory import __version__
from backstory.model.errors import BackstoryError, FetchError, Unreadable
from backstory.model.problems import Kind, Problem, problem, unforeseen
from backstory.web import headers as stated
from backstory.web.addresses import fetchable, linked
from backstory.web.decoding import Unpacker
from backstory.web.guard import Guard
from backstory.web.robots import Courtesy

MEGABYTE = 1_000_000
REDIRECTS = 5
ROBOTS_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
_ASKED_FOR = ("gzip", "x-gzip", "deflate")
_SAID = {
    401: Kind.PASSWORD,
    402: Kind.PAYMENT,
    403: Kind.FORBIDDEN,
    404: Kind.MISSING,
    407: Kind.PASSWORD,
    410: Kind.GONE,
    429: Kind.TOO_OFTEN,
    451: Kind.FORBIDDEN,
    511: Kind.PORTAL,
}
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may take: seconds, and bytes before as after decompression.

    ``whole`` counts from the first connection to the last byte, redirects included.
    ``per_host`` requests to one host run at once, ``interval`` seconds lie between two of
    them (loopback hosts aside), ``at_once`` run altogether.
    """

    connect: float = 10.0
    first_byte: float = 20.0
    whole: float = 40.0
    bytes: int = 10 * MEGABYTE
    per_host: int = 2
    interval: float = 0.25
    at_once: int = 200


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: a page or feed (status 200 to 299), or 304 where nothing is new.

    ``moved_to`` is where the address leads for good (301, 308), if it does. ``retry_after``
    and ``max_age`` are seconds that the server asks to wait or holds the answer fresh.
    ``reserved``: whether text and data mining is reserved, by the answer's header or the host's
    tdmrep.json; None where neither says. ``hub`` and ``own``: links of the answer's header to a
    WebSub hub, and to the address that it knows this one by.
    """

    url: str
    final_url: str
    status: int
    etag: str | None
    last_modified: str | None
    content_type: str | None
    charset: str | None
    body: bytes
    moved_to: str | None
    retry_after: float | None
    max_age: float | None = None
    reserved: bool | None = None
    hub: str | None = None
    own: str | None = None


@dataclass(slots=True)
class _Host:
    """The requests to one host: how many run, when the last began."""

    free: asyncio.Semaphore
    next_start: float = 0.0
    users: int = 0


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for, wherever it leads."""

    url: str
    headers: dict[str, str]
    limit: int
    robots: bool
    credentials: str = field(default="", repr=False)


@dataclass(slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    cookies: dict[str, str]


class Fetcher:
    """Asks for addresses; one for a whole crawl.

    ``async with Fetcher() as fetcher: await fetcher.fetch(url)``. ``contact``: an address or
    a page where a publisher can reach whoever runs this. ``allow_private`` opens loopback and
    private networks. ``obey_robots`` False passes over robots.txt and TDM reservations.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        contact: str | None = None,
        allow_private: bool = False,
        obey_robots: bool = True,
    ) -> None:
        self.limits = limits or Limits()
        self.user_agent = user_agent(contact)
        self.obey_robots = obey_robots
        self._guard = Guard(allow_private)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(),
            max_connections=self.limits.at_once,
            max_keepalive_connections=self.limits.at_once // 2,
            keepalive_expiry=15.0,
            network_backend=self._guard,
        )
        self._slots = asyncio.Semaphore(self.limits.at_once)
        self._hosts: dict[str, _Host] = {}
        self._courtesy = Courtesy(self._small_file, self.user_agent)

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._pool.aclose()
        self._guard.close()

    async def fetch(
        self,
        url: str,
        etag: str | None = None,
        modified: str | None = None,
        limit_bytes: int | None = None,
        robots: bool = True,
        credentials: str = "",
    ) -> Fetched:
        """What stands at an address. Raises ``FetchError``, and nothing else.

        ``etag`` and ``modified`` are what the last answer gave: status 304 says that nothing
        is new. ``robots`` False asks without looking at robots.txt: for feeds, which are
        published to be polled. ``credentials``: the name and password (``name:password``) that
        this host is asked with, and no other that it leads to.
        """
        try:
            place = fetchable(url)
        except Unreadable as error:
            raise FetchError(url, error.problem) from None
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        limit = limit_bytes or self.limits.bytes
        try:
            async with asyncio.timeout(None) as clock:
                asked = _Request(url, headers, limit, robots and self.obey_robots, credentials)
                found = await self._follow(asked, place, clock)
            if asked.robots and found.status != 304 and found.reserved is None:
                found = replace(found, reserved=await self._courtesy.reserved(found.final_url))
        except TimeoutError:
            raise FetchError(url, self._no_end()) from None
        except FetchError:
            raise
        except Exception as error:  # whatever an answer's headers or rules did to a library
            raise FetchError(url, unforeseen(error)) from None
        return found

    async def post(self, url: str, fields: Mapping[str, str]) -> int:
        """Send a form, and tell the status of the answer (200 to 299). Raises ``FetchError``.

        The same guard and limits; a redirect that keeps the method (307, 308) is followed once.
        """
        try:
            place = fetchable(url)
        except Unreadable as error:
            raise FetchError(url, error.problem) from None
        body = urlencode(fields).encode()
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            async with asyncio.timeout(self.limits.whole):
                for _ in range(2):
                    async with self._turn(place):
                        answer = await self._ask(url, place, form, self.limits.bytes, body)
                    if answer.status not in (307, 308):
                        break
                    place = fetchable(answer.headers.get("location", ""), base=place)
        except TimeoutError:
            raise FetchError(url, self._no_end()) from None
        except Unreadable as error:
            told = problem(Kind.REDIRECT_ELSEWHERE, error.problem)
            raise FetchError(url, told) from None
        if not 200 <= answer.status < 300:
            raise FetchError(url, problem(Kind.NO_PAGE, status=answer.status), answer.status)
        return answer.status

    async def _follow(self, asked: _Request, place: str, clock: asyncio.Timeout) -> Fetched:
        url, first = asked.url, place
        moved_to: str | None = None
        for_good = True
        left = self.limits.whole  # waiting for one's turn is not counted
        # Some publishers send readers round in a circle until a cookie comes back: it does, to
        # the host that set it and for this one request.
        cookies: dict[str, dict[str, str]] = {}
        for _ in range(REDIRECTS + 1):
            if asked.robots:
                refused = await self._courtesy.refusal(place)
                if refused is not None:
                    raise FetchError(url, refused)
            async with self._turn(place):
                now = asyncio.get_running_loop().time()
                clock.reschedule(now + max(left, 0.001))
                headers = dict(asked.headers)
                kept = cookies.get(urlsplit(place).netloc)
                if kept:
                    headers["Cookie"] = "; ".join(f"{one}={kept[one]}" for one in kept)
                if asked.credentials and same_server(first, place):
                    headers["Authorization"] = _basic(asked.credentials)
                try:
                    answer = await self._ask(url, place, headers, asked.limit)
                finally:
                    left -= asyncio.get_running_loop().time() - now
                    if not clock.expired():
                        clock.reschedule(None)
            if answer.status not in _REDIRECTS:
                return _fetched(url, place, answer, moved_to)
            cookies.setdefault(urlsplit(place).netloc, {}).update(answer.cookies)
            location = answer.headers.get("location", "")
            if not location:
                raise FetchError(url, problem(Kind.REDIRECT_NOWHERE), answer.status)
            try:
                place = fetchable(location, base=place)
            except Unreadable as error:
                told = problem(Kind.REDIRECT_ELSEWHERE, error.problem)
                raise FetchError(url, told, answer.status) from None
            for_good = for_good and answer.status in _PERMANENT
            if for_good:
                moved_to = place
        raise FetchError(url, problem(Kind.REDIRECTS, most=REDIRECTS))

    @asynccontextmanager
    async def _turn(self, place: str) -> AsyncIterator[None]:
        """A place among the requests of this host and among all."""
        name = urlsplit(place).netloc
        host = self._hosts.get(name)
        if host is None:
            host = self._hosts[name] = _Host(asyncio.Semaphore(self.limits.per_host))
        host.users += 1
        try:
            async with host.free:
                asked = max(self.limits.interval, self._courtesy.delay(place))
                interval = 0.0 if _is_loopback(name) else asked
                now = time.monotonic()
                start = max(now, host.next_start)
                host.next_start = start + interval
                if start > now:
                    await asyncio.sleep(start - now)
                async with self._slots:
                    yield
        finally:
            host.users -= 1
            if host.users == 0 and time.monotonic() >= host.next_start:
                self._hosts.pop(name, None)

    async def _ask(
        self,
        url: str,
        place: str,
        conditions: dict[str, str],
        limit: int,
        content: bytes | None = None,
    ) -> _Answer:
        """One request, no redirects followed; status 200 to 299, a redirect or 304."""
        seconds = {
            "connect": self.limits.connect,
            "read": self.limits.first_byte,
            "write": self.limits.first_byte,
            "pool": None,
        }
        headers = {
            "User-Agent": self.user_agent,
            "Accept": "application/atom+xml, application/rss+xml, application/feed+json, "
            "application/xml;q=0.9, text/html;q=0.9, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            **conditions,
        }
        try:
            async with self._pool.stream(
                "GET" if content is None else "POST",
                place,
                headers=_raw(headers),
                content=content,
                extensions={"timeout": seconds},
            ) as response:
                given = stated.named(response.headers)
                if response.status in _REDIRECTS or response.status == 304:
                    return _Answer(response.status, given, b"", stated.cookies(response.headers))
                if not 200 <= response.status < 300:
                    told = of_status(response.status, given)
                    raise FetchError(url, told, response.status, stated.retry_after(given))
                body = await _body(url, response, given, limit)
                return _Answer(response.status, given, body, {})
        except BackstoryError as error:
            status, wait = getattr(error, "status", None), getattr(error, "retry_after", None)
            raise FetchError(url, error.problem, status, wait) from None
        except asyncio.CancelledError:
            raise
        except Exception as error:  # whatever an answer made a library do
            raise FetchError(url, self._broken(error)) from None

    def _broken(self, error: Exception) -> Problem:
        """What an exception of the connection says."""
        match error:
            case httpcore.ConnectTimeout():
                return problem(Kind.NO_CONNECTION, seconds=self.limits.connect)
            case httpcore.ReadTimeout():
                return problem(Kind.SILENT, seconds=self.limits.first_byte)
            case httpcore.ConnectError():
                certificate = "CERTIFICATE_VERIFY_FAILED" in _cause(error)
                kind = Kind.CERTIFICATE if certificate else Kind.NO_CONNECTION
                return problem(kind, detail=_cause(error))
            case httpcore.NetworkError() | httpcore.TimeoutException():
                return problem(Kind.BROKEN_CONNECTION, detail=_cause(error))
            case httpcore.ProtocolError() | httpcore.UnsupportedProtocol() | ValueError():
                return problem(Kind.NOT_HTTP, detail=_cause(error))
        return unforeseen(error)

    def _no_end(self) -> Problem:
        return problem(Kind.NO_END, seconds=self.limits.whole)

    async def _small_file(self, place: str) -> bytes | Problem | None:
        """A file of a host's own rules, as ``Courtesy`` wants it."""
        try:
            return (await self.fetch(place, limit_bytes=ROBOTS_BYTES, robots=False)).body
        except FetchError as error:
            missing = error.status is not None and 400 <= error.status < 500 and error.status != 429
            return None if missing else error.problem


def user_agent(contact: str | None = None) -> str:
    """How requests introduce themselves: ``Backstory/0.1.0 (news reader; me@example.org)``."""
    told = "".join(c for c in contact or "" if c.isascii() and c.isprintable()).strip()
    return f"Backstory/{__version__} (news reader{f'; {told}' if told else ''})"


# ---------------------------------------------------------------- one answer


async def _body(
    url: str, response: httpcore.Response, headers: dict[str, str], limit: int
) -> bytes:
    """The body, unpacked as it comes; refused as soon as it is larger than ``limit``."""
    too_large = FetchError(url, problem(Kind.TOO_LARGE, bytes=limit), response.status)
    length = stated.whole_number(headers.get("content-length"), 20)
    if length is not None and length > limit:
        raise too_large
    encodings = stated.encodings(headers)
    if len(encodings) > 1 or any(one not in _ASKED_FOR for one in encodings):
        told = problem(Kind.ENCODING, encoding=", ".join(encodings)[:40])
        raise FetchError(url, told, response.status)
    unpack = Unpacker(lenient=True) if encodings else None
    parts: list[bytes] = []
    received = size = 0
    async for chunk in response.aiter_stream():
        received += len(chunk)
        if received > limit:
            raise too_large
        if unpack is not None:
            try:
                chunk = unpack(chunk, limit - size + 1)
            except zlib.error as error:
                told = problem(Kind.COMPRESSION, detail=str(error))
                raise FetchError(url, told, response.status) from None
        size += len(chunk)
        if size > limit:
            raise too_large
        parts.append(chunk)
    return b"".join(parts)


def _fetched(url: str, place: str, answer: _Answer, moved_to: str | None) -> Fetched:
    headers = answer.headers
    content_type, charset = stated.media_type(headers.get("content-type"))
    links = stated.links(headers)
    return Fetched(
        url=url,
        final_url=place,
        status=answer.status,
        etag=stated.text(headers, "etag"),
        last_modified=stated.text(headers, "last-modified"),
        content_type=content_type,
        charset=charset,
        body=answer.body,
        moved_to=moved_to,
        retry_after=stated.retry_after(headers),
        max_age=stated.max_age(headers),
        reserved={"1": True, "0": False}.get(headers.get("tdm-reservation", "").strip()),
        hub=linked(links.get("hub"), place),
        own=linked(links.get("self"), place),
    )


def of_status(status: int, headers: Mapping[str, str] | None = None) -> Problem:
    """What a status other than 200 to 299 says."""
    if headers and headers.get("cf-mitigated", "").strip().lower() == "challenge":
        return problem(Kind.CHALLENGE, status=status)
    kind = _SAID.get(status, Kind.SERVER_FAILED if status >= 500 else Kind.NO_PAGE)
    return problem(kind, status=status)


def _cause(error: BaseException) -> str:
    inner = error.__cause__ or error.__context__ or error
    text = str(inner) or str(error) or type(error).__name__
    return " ".join(text.split())[:120]


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    clean = {name: "".join(c for c in value if c >= " ") for name, value in headers.items()}
    return [(name.encode(), value.encode("latin-1", "ignore")) for name, value in clean.items()]


def same_server(one: str, other: str) -> bool:
    """Whether what is meant for one address may be told to another: of the same server, or of
    its encrypted side."""
    first, second = urlsplit(one), urlsplit(other)
    if (first.scheme, first.netloc) == (second.scheme, second.netloc):
        return True
    upgraded = first.scheme == "http" and second.scheme == "https"
    return upgraded and first.hostname == second.hostname and not second.port


def _basic(credentials: str) -> str:
    """The header of Basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(credentials.encode()).decode()


def _is_loopback(netloc: str) -> bool:
    host = netloc.rpartition(":")[0] or netloc
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.")


def _tls() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
