"""Refuse connections to addresses that are not of the public internet.

A name is resolved here, every address that it resolves to is judged, and the connection is made
to the very address that was judged: between judging and connecting there is no second look-up
that could answer otherwise (DNS rebinding). Redirects come the same way.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpcore

from backstory.model.errors import FetchError
from backstory.model.problems import Kind, Problem, problem

# Networks and the codes of what they are, as problems give them. What may be opened by a setting:
# the machine itself and the networks behind it.
_PRIVATE_4 = [
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("10.0.0.0/8"), "private"),
    (IPv4Network("172.16.0.0/12"), "private"),
    (IPv4Network("192.168.0.0/16"), "private"),
    (IPv4Network("100.64.0.0/10"), "shared"),
]
_PRIVATE_6 = [
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("fc00::/7"), "private"),
]
# What is never a publisher (IANA special-purpose registries, RFC 6890 and its updates).
_NEVER_4 = [
    (IPv4Network("0.0.0.0/8"), "unspecified"),
    (IPv4Network("169.254.0.0/16"), "link-local"),
    (IPv4Network("192.0.0.0/24"), "reserved"),
    (IPv4Network("192.0.2.0/24"), "documentation"),
    (IPv4Network("192.31.196.0/24"), "reserved"),
    (IPv4Network("192.52.193.0/24"), "reserved"),
    (IPv4Network("192.88.99.0/24"), "6to4-relay"),
    (IPv4Network("192.175.48.0/24"), "reserved"),
    (IPv4Network("198.18.0.0/15"), "benchmarking"),
    (IPv4Network("198.51.100.0/24"), "documentation"),
    (IPv4Network("203.0.113.0/24"), "documentation"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),
]
_NEVER_6 = [
    (IPv6Network("::ffff:0:0/96"), "ipv4-mapped"),
    (IPv6Network("::/96"), "ipv4-compatible"),
    (IPv6Network("64:ff9b:1::/48"), "nat64"),
    (IPv6Network("100::/64"), "discard"),
    (IPv6Network("2001::/32"), "teredo"),
    (IPv6Network("2001::/23"), "reserved"),
    (IPv6Network("2001:db8::/32"), "documentation"),
    (IPv6Network("2002::/16"), "6to4"),
    (IPv6Network("2620:4f:8000::/48"), "reserved"),
    (IPv6Network("3fff::/20"), "documentation"),
    (IPv6Network("5f00::/16"), "reserved"),
    (IPv6Network("fe80::/10"), "link-local"),
    (IPv6Network("fec0::/10"), "site-local"),
    (IPv6Network("ff00::/8"), "multicast"),
]
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_6 = IPv6Network("2000::/3")
# Ports on which other protocols than HTTP answer (WHATWG Fetch, 2.9).
_OTHER_PORTS = frozenset(
    {1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102}
    | {103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427}
    | {465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989}
    | {990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665}
    | {6666, 6667, 6668, 6669, 6679, 6697, 9200, 10080, 11211}
)


def refusal(address: str, allow_private: bool = False) -> str | None:
    """The code of why an IP address is refused, or None where it may be connected to.

    ``allow_private`` opens loopback and private networks, and nothing else: link-local
    addresses (where clouds answer with their keys), multicast, reserved, and those that carry
    an IPv4 address inside stay closed. Only of those that networks without IPv4 make of public
    addresses (64:ff9b::/96) the address inside is judged.
    """
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return _refusal_4(ip, allow_private)
    return _refusal_6(ip, allow_private)


def _refusal_4(ip: IPv4Address, allow_private: bool) -> str | None:
    for network, name in _PRIVATE_4:
        if ip in network:
            return None if allow_private else name
    for network, name in _NEVER_4:
        if ip in network:
            return name
    return None


def _refusal_6(ip: IPv6Address, allow_private: bool) -> str | None:
    if ip in _NAT64:  # the way to the IPv4 address in its last four bytes (RFC 6052, 2.1)
        inside = IPv4Address(int(ip) & 0xFFFFFFFF)
        return None if _refusal_4(inside, allow_private=False) is None else "nat64-closed"
    for network, name in _PRIVATE_6:
        if ip in network:
            return None if allow_private else name
    for network, name in _NEVER_6:
        if ip in network:
            return name
    return None if ip in _GLOBAL_6 else "reserved"


class Guard(httpcore.AsyncNetworkBackend):
    """Connects to what was judged and nothing else; the network side of every request."""

    def __init__(self, allow_private: bool = False, lookups: int = 32) -> None:
        self.allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()
        # Look-ups block; threads of their own, so that slow name servers hold up nothing else.
        self._threads = ThreadPoolExecutor(lookups, thread_name_prefix="lookup")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses of a host, all judged. Raises ``FetchError``.

        One refused address refuses the host: no publisher has a private address among its
        public ones, and whoever has is after the other kind of reader.
        """
        if port in _OTHER_PORTS:
            raise FetchError(host, problem(Kind.OTHER_PORT, port=port))
        found = await self._resolve(host, port)
        if not found:
            raise FetchError(host, problem(Kind.UNRESOLVED, host=host, detail=""))
        for address in found:
            reason = refusal(address, self.allow_private)
            if reason is not None:
                private = int(refusal(address, allow_private=True) is None)
                raise FetchError(host, _not_public(host, address, reason, private))
        return found

    async def _resolve(self, host: str, port: int) -> list[str]:
        name = host.strip("[]").lower().rstrip(".")
        try:
            return [str(ip_address(name.partition("%")[0]))]
        except ValueError:
            pass
        if name == "localhost" or name.endswith(".localhost"):
            return ["127.0.0.1"]  # RFC 6761, 6.3: never asked of a name server
        try:
            answers = await asyncio.get_running_loop().run_in_executor(
                self._threads, _look_up, name, port
            )
        except (OSError, UnicodeError) as error:
            message = getattr(error, "strerror", None) or "no-such-name"
            told = problem(Kind.UNRESOLVED, host=host, detail=message)
            raise FetchError(host, told) from None
        return answers

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self.addresses(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} could not be looked up in time") from None
        failure: Exception = httpcore.ConnectError("no address answered")
        for address in addresses[:4]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise FetchError(path, _not_public(path, path, "socket", 0))

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _not_public(host: str, address: str, why: str, private: int) -> Problem:
    return problem(Kind.NOT_PUBLIC, host=host, address=address, why=why, private=private)


def _look_up(name: str, port: int) -> list[str]:
    answers = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
