"""The address guard: what is refused, in which of its forms, and by which way it comes."""

import asyncio
import socket

import pytest

from backstory.model.errors import FetchError
from backstory.model.problems import Kind, problem
from backstory.serve.language import speaking
from backstory.serve.problems import sentence
from backstory.web import guard as guard_module
from backstory.web.addresses import registrable_domain
from backstory.web.guard import Guard, refusal


def addresses(guard: Guard, host: str, port: int = 80) -> list[str]:
    try:
        return asyncio.run(guard.addresses(host, port))
    finally:
        guard.close()


# As browsers read it.
def test_what_looks_like_a_password_is_none() -> None:
    assert registrable_domain("http://example.com\\@127.0.0.1/") == "example.com"


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
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b::a01:203", False),
        ("64:ff9b:1::808:808", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_allowing_private_networks_opens_those_alone(address: str, opened: bool) -> None:
    why = refusal(address)
    assert why is not None
    assert (refusal(address, allow_private=True) is None) is opened
    told = sentence(problem(Kind.NOT_PUBLIC, host="h.example", address=address, why=why))
    assert told.startswith(f"h.example is not on the public internet: {address} is a")


def test_every_network_is_described_in_words() -> None:
    tables = (
        guard_module._PRIVATE_4,
        guard_module._NEVER_4,
        guard_module._PRIVATE_6,
        guard_module._NEVER_6,
    )
    codes = {why for table in tables for _, why in table} | {"nat64-closed"}
    assert len(codes) > 15
    for why in codes:
        given = problem(Kind.NOT_PUBLIC, host="h.example", address="1.2.3.4", why=why)
        assert ": 1.2.3.4 is a" in sentence(given)
        with speaking("de"):
            assert ": 1.2.3.4 ist " in sentence(given)


def test_a_reason_stored_as_a_sentence_is_shown_as_it_is() -> None:
    given = problem(Kind.NOT_PUBLIC, host="h.example", why="10.0.0.1 is a private address")
    assert sentence(given).endswith(": 10.0.0.1 is a private address")


@pytest.mark.parametrize(
    "address", ["64:ff9b::8d5f:accd", "8.8.8.8", "1.1.1.1", "151.101.0.81", "2606:4700::1111"]
)
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
    with pytest.raises(FetchError, match=r"10\.0\.0\.1"):
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
        with pytest.raises(FetchError):
            await guard.connect_tcp("rebind.example", 80)

    asyncio.run(connect())
    guard.close()
    assert asked == ["8.8.8.8"]


def test_ports_of_other_protocols_are_refused() -> None:
    for port in (22, 25, 6379, 11211):
        with pytest.raises(FetchError, match="port"):
            addresses(Guard(allow_private=True), "localhost", port)


def test_a_name_without_address_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(name: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(guard_module, "_look_up", fails)
    with pytest.raises(FetchError, match=r"nowhere\.example"):
        addresses(Guard(), "nowhere.example")
