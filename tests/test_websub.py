"""Feeds that a hub pushes: a real hub on loopback subscribes, asks back, signs and sends."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

import pytest
import uvicorn
from sqlalchemy import select

from backstory.archive import Archive
from backstory.collect.poll import FeedState
from backstory.collect.websub import LEASE, is_signed, lease
from backstory.model.problems import Kind, Report
from backstory.pipeline.crawling import Round, crawl
from backstory.pipeline.exporting import export
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.subscribing import subscribe
from backstory.serve.app import create_app
from backstory.store.database import Store
from backstory.store.schema import feeds, subscriptions
from backstory.web.fetcher import Fetcher, Limits

QUICK = Limits(connect=2, first_byte=3, whole=5, interval=0)


class Hub:
    """A publisher with one feed, and the hub that it names, on one loopback port."""

    def __init__(self, lease: int = 86400, denies: bool = False) -> None:
        self.lease = lease
        self.denies = denies
        self.asked: list[str] = []
        self.subscribed: dict[str, dict[str, str]] = {}  # by callback
        self.confirmed: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.asked.append(self.path)
                self.send_response(200 if self.path == "/feed" else 404)
                self.send_header("Content-Type", "application/rss+xml")
                self.send_header("Link", f'<{hub.url}/hub>; rel="hub", <{hub.url}/topic>; rel=self')
                self.end_headers()
                if self.path == "/feed":
                    self.wfile.write(hub.feed("first"))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                given = {name: values[0] for name, values in form.items()}
                self.send_response(202)
                self.end_headers()
                threading.Thread(target=hub.verify, args=(given,)).start()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://news.localhost:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def feed(self, *names: str) -> bytes:
        items = "".join(
            f"<item><title>The {name} report of the ferry</title><guid>{name}</guid>"
            f"<link>{self.url}/{name}</link><description>In short: {name}.</description></item>"
            for name in names
        )
        home = f"<title>News</title><link>{self.url}/</link>"
        return f"<rss version='2.0'><channel>{home}{items}</channel></rss>".encode()

    def verify(self, given: dict[str, str]) -> None:
        """Section 5.3: ask back, and subscribe only where the challenge comes back."""
        question = {"hub.mode": given["hub.mode"], "hub.topic": given["hub.topic"]}
        if self.denies:
            question = {"hub.mode": "denied", "hub.topic": given["hub.topic"], "hub.reason": "Full"}
        question |= {"hub.challenge": "a challenge", "hub.lease_seconds": str(self.lease)}
        status, body = get(f"{given['hub.callback']}?{urlencode(question)}")
        if not self.denies and status == 200 and body == b"a challenge":
            self.subscribed[given["hub.callback"]] = given
            self.confirmed.append(given["hub.topic"])

    def push(self, body: bytes, method: str = "sha256", secret: str | None = None) -> list[int]:
        statuses = []
        for callback, given in self.subscribed.items():
            signature = hmac.new((secret or given["hub.secret"]).encode(), body, method).hexdigest()
            headers = {"Content-Type": "application/rss+xml"}
            headers["X-Hub-Signature"] = f"{method}={signature}"
            statuses.append(get(callback, body, headers)[0])
        return statuses


def get(
    url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    try:
        with urlopen(Request(url, body, headers or {}), timeout=5) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'pushed.db'}")
    yield opened
    opened.close()


@pytest.fixture
def site(store: Store) -> Iterator[str]:
    """The store's instance as hubs reach it."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener, Archive(store) as archive:
        listener.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        app = create_app(archive, address, callbacks=store)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield address
        server.should_exit = True
        thread.join()


def one_round(store: Store, now: datetime | None = None) -> tuple[Round, list[Report]]:
    told: list[Report] = []

    async def work() -> Round:
        async with Fetcher(QUICK, allow_private=True) as fetcher:
            return await crawl(store, fetcher, told.append, now=now)

    return asyncio.run(work()), told


def ask(store: Store, site: str, now: datetime | None = None) -> int:
    async def work() -> int:
        async with Fetcher(QUICK, allow_private=True) as fetcher:
            return await subscribe(store, fetcher, site, print, now or datetime.now(UTC))

    return asyncio.run(work())


def subscription(store: Store) -> Any:
    with store.read() as connection:
        return connection.execute(select(subscriptions)).one()


def until(condition: Any) -> None:
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def test_a_feed_with_a_hub_is_pushed_and_hardly_polled(store: Store, site: str) -> None:
    hub = Hub()
    add_feeds(store, [FeedState(f"{hub.url}/feed")])
    now = datetime.now(UTC)
    assert one_round(store)[0].new == 1
    assert ask(store, site) == 1
    until(lambda: hub.confirmed == [f"{hub.url}/topic"])
    granted = subscription(store)
    assert abs(granted.expires - now.timestamp() - hub.lease) < 10
    assert len(granted.token) >= 32
    with store.read() as connection:
        row = connection.execute(select(feeds)).one()
    assert row.next_poll - row.last_polled == 12 * 3600
    assert ask(store, site) == 0  # nothing is asked twice

    for method in ("sha1", "sha256", "sha384", "sha512"):
        assert hub.push(hub.feed(method), method) == [202]
    asked = hub.asked.count("/feed")
    assert one_round(store)[0].new == 4
    assert hub.asked.count("/feed") == asked  # what was pushed needs no poll
    assert one_round(store)[0].feeds == 0
    with Archive(store) as archive:
        (feed,) = archive.feeds()
    assert (feed.state, feed.articles) == ("pushed", 5)


def test_what_is_not_signed_by_the_hub_is_dropped(store: Store, site: str) -> None:
    hub = Hub()
    add_feeds(store, [FeedState(f"{hub.url}/feed")])
    one_round(store)
    ask(store, site)
    until(lambda: hub.confirmed)
    (callback,) = hub.subscribed
    assert hub.push(hub.feed("forged"), secret="a guess") == [202]
    for signature in ({}, {"X-Hub-Signature": "md5=0"}, {"X-Hub-Signature": "sha256=ä"}):
        headers = {name: value.encode().decode("latin-1") for name, value in signature.items()}
        assert get(callback, hub.feed("forged"), headers)[0] == 202
    assert get(f"{site}/websub/another", hub.feed("forged"))[0] == 410
    assert get(callback, b"x" * 10_000_001)[0] == 413
    assert hub.push(b"<html>no feed") == [202]
    found, told = one_round(store)
    assert found.new == 0
    assert any(report.problem.kind is Kind.PUSHED for report in told)
    assert not any("forged" in row["title"] for row in export(store))


def test_only_what_was_asked_for_is_confirmed(store: Store, site: str) -> None:
    hub = Hub()
    add_feeds(store, [FeedState(f"{hub.url}/feed")])
    one_round(store)
    token = subscription(store).token

    def question(token: str, mode: str, topic: str, challenge: str = "c") -> int:
        words = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        return get(f"{site}/websub/{token}?{urlencode(words)}")[0]

    topic = f"{hub.url}/topic"
    assert question(token, "subscribe", topic) == 404  # nobody asked yet
    ask(store, site)
    until(lambda: hub.confirmed)
    assert question(token, "subscribe", topic) == 200
    assert question(token, "subscribe", f"{hub.url}/other") == 404
    assert question(token, "unsubscribe", topic) == 404
    assert question("guess", "subscribe", topic) == 404
    assert question(token, "subscribe", topic, "") == 404


def test_a_lease_is_renewed_before_it_ends(store: Store, site: str) -> None:
    hub = Hub(lease=1000)
    add_feeds(store, [FeedState(f"{hub.url}/feed")])
    one_round(store)
    start = datetime.now(UTC)
    ask(store, site)
    until(lambda: len(hub.confirmed) == 1)
    assert ask(store, site, start + timedelta(seconds=500)) == 0
    assert ask(store, site, start + timedelta(seconds=800)) == 1


def test_a_hub_that_denies_or_fails_leaves_the_feed_to_be_polled(store: Store, site: str) -> None:
    hub = Hub(denies=True)
    add_feeds(store, [FeedState(f"{hub.url}/feed")])
    one_round(store)
    ask(store, site)
    until(lambda: subscription(store).problem)
    assert subscription(store).problem == Kind.HUB_REFUSES
    with store.read() as connection:
        row = connection.execute(select(feeds)).one()
    assert row.next_poll - row.last_polled < 12 * 3600
    hub.server.shutdown()
    hub.server.server_close()
    ask(store, site, datetime.now(UTC) + timedelta(days=1))
    assert subscription(store).problem == Kind.NO_CONNECTION


def test_signatures_and_leases() -> None:
    body = b"news"
    digest = hmac.new(b"secret", body, hashlib.sha256).hexdigest()
    assert is_signed("secret", f"sha256={digest}", body)
    assert is_signed("secret", f"SHA256={digest.upper()}", body)
    assert not is_signed("secret", f"sha512={digest}", body)
    assert not is_signed("secret", digest, body)
    assert not is_signed("secret", None, body)
    assert [lease(one) for one in (None, "x", "1", "3600", "9" * 30, "²")] == [
        LEASE, LEASE, 60, 3600, 90 * 86400, LEASE,
    ]  # fmt: skip
