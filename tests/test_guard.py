"""The address guard: what is refused, in which of its forms, and by which way it comes."""

import asyncio
import socket

import pytest

from backstory.collect import guard as guard_module
from backstory.collect.addresses import host_of
from backstory.collect.guard import Guard, Refused, Unresolved, refusal

# An address as a link, and what it is.
HOSTILE = [
    ("http://127.0.0.1/", "loopback"),
    ("http://127.1/", "loopback"),
    ("http://127.255.255.254/", "loopback"),
    ("http://2130706433/", "loopback"),
    ("http://0x7f000001/", "loopback"),
    ("http://0x7f.0.0.1/", "loopback"),
    ("http://0177.0.0.1/", "loopback"),
    ("http://017700000001/", "loopback"),
    ("http://0x7F.1/", "loopback"),
    ("http://①②⑦.⓪.⓪.①/", "loopback"),
    ("http://127。0。0。1/", "loopback"),
    ("http://%31%32%37.0.0.1/", "loopback"),
    ("http://user@127.0.0.1/", "loopback"),
    ("http://example.com@127.0.0.1/", "loopback"),
    ("http://example.com\\@127.0.0.1/", None),  # browsers read example.com here, and so do we
    ("http://localhost/", "loopback"),
    ("http://LOCALHOST./", "loopback"),
    ("http://news.localhost/", "loopback"),
    ("http://[::1]/", "loopback"),
    ("http://[0:0:0:0:0:0:0:1]/", "loopback"),
    ("http://[::]/", "unspecified"),
    ("http://[::127.0.0.1]/", "IPv4-compatible"),
    ("http://0.0.0.0/", "unspecified"),
    ("http://0/", "unspecified"),
    ("http://10.0.0.1/", "private"),
    ("http://10.1/", "private"),
    ("http://172.16.0.1/", "private"),
    ("http://172.31.255.255/", "private"),
    ("http://192.168.1.1/", "private"),
    ("http://3232235777/", "private"),
    ("http://100.64.0.1/", "shared"),
    ("http://169.254.169.254/latest/meta-data/", "link-local"),
    ("http://0xa9fea9fe/", "link-local"),
    ("http://0251.0376.0251.0376/", "link-local"),
    ("http://192.0.0.192/", "reserved"),
    ("http://192.0.2.1/", "documentation"),
    ("http://198.18.0.1/", "benchmarking"),
    ("http://198.51.100.7/", "documentation"),
    ("http://203.0.113.7/", "documentation"),
    ("http://192.88.99.1/", "6to4"),
    ("http://224.0.0.1/", "multicast"),
    ("http://239.255.255.250/", "multicast"),
    ("http://240.0.0.1/", "reserved"),
    ("http://255.255.255.255/", "reserved"),
    ("http://[::ffff:127.0.0.1]/", "IPv4-mapped"),
    ("http://[::ffff:7f00:1]/", "IPv4-mapped"),
    ("http://[::ffff:169.254.169.254]/", "IPv4-mapped"),
    ("http://[::ffff:8.8.8.8]/", "IPv4-mapped"),
    ("http://[64:ff9b::7f00:1]/", "NAT64"),
    ("http://[64:ff9b::169.254.169.254]/", "NAT64"),
    ("http://[64:ff9b:1::a00:1]/", "NAT64"),
    ("http://[2002:7f00:1::]/", "6to4"),
    ("http://[2002:a9fe:a9fe::1]/", "6to4"),
    ("http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "Teredo"),
    ("http://[2001:10::1]/", "reserved"),
    ("http://[2001:db8::1]/", "documentation"),
    ("http://[3fff::1]/", "documentation"),
    ("http://[100::1]/", "discard"),
    ("http://[fc00::1]/", "private"),
    ("http://[fd12:3456:789a::1]/", "private"),
    ("http://[fe80::1]/", "link-local"),
    ("http://[fe80::1%25eth0]/", "link-local"),
    ("http://[fec0::1]/", "site-local"),
    ("http://[ff02::1]/", "multicast"),
    ("http://[4000::1]/", "reserved"),
    ("http://[5f00::1]/", "reserved"),
]


def addresses(guard: Guard, host: str, port: int = 80) -> list[str]:
    try:
        return asyncio.run(guard.addresses(host, port))
    finally:
        guard.close()


@pytest.mark.parametrize(("url", "kind"), HOSTILE)
def test_hostile_addresses_are_refused(url: str, kind: str | None) -> None:
    host = host_of(url)
    if kind is None:
        assert host == "example.com"
        return
    with pytest.raises(Refused) as refused:
        addresses(Guard(), host)
    assert kind in refused.value.reason


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("192.168.0.9", True),
        ("100.64.1.1", True),
        ("fd00::5", True),
        ("169.254.169.254", False),
        ("fe80::1", False),
        ("0.0.0.0", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_allowing_private_networks_opens_those_alone(address: str, opened: bool) -> None:
    assert refusal(address) is not None
    assert (refusal(address, allow_private=True) is None) is opened


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "151.101.0.81", "2606:4700::1111"])
def test_public_addresses_are_connected_to(address: str) -> None:
    assert refusal(address) is None


def test_localhost_names_are_loopback_without_a_name_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def no_look_up(name: str, port: int) -> list[str]:
        raise AssertionError(f"{name} was asked of a name server")

    monkeypatch.setattr(guard_module, "_look_up", no_look_up)
    assert addresses(Guard(allow_private=True), "gazette.localhost") == ["127.0.0.1"]


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard_module, "_look_up", lambda name, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        addresses(Guard(), "rebind.example")


def test_the_connection_goes_to_the_judged_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that answers first with a public and then with a private address (rebinding)."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    monkeypatch.setattr(guard_module, "_look_up", lambda name, port: next(answers))
    asked: list[str] = []

    class Inner:
        async def connect_tcp(self, address: str, *rest: object) -> str:
            asked.append(address)
            return "stream"

    guard = Guard()
    monkeypatch.setattr(guard, "_inner", Inner())

    async def connect() -> None:
        assert await guard.connect_tcp("rebind.example", 80) == "stream"  # type: ignore[comparison-overlap]
        with pytest.raises(Refused):
            await guard.connect_tcp("rebind.example", 80)

    asyncio.run(connect())
    guard.close()
    assert asked == ["8.8.8.8"]


def test_ports_of_other_protocols_are_refused() -> None:
    for port in (22, 25, 6379, 11211):
        with pytest.raises(Refused, match="port"):
            addresses(Guard(allow_private=True), "localhost", port)


def test_a_name_without_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(guard_module, "_look_up", fails)
    with pytest.raises(Unresolved, match=r"nowhere\.example"):
        addresses(Guard(), "nowhere.example")
