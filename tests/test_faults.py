"""What fails beside the feeds: processes that are killed, clocks, leases, memory, old stores."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
import signal
import subprocess
import sys
import time
import tracemalloc
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.collect.mending import mended_xml, read_json
from backstory.collect.poll import FeedState, Poll
from backstory.collect.workers import Workers
from backstory.extract.structured import objects
from backstory.model.article import Article
from backstory.model.errors import BackstoryError, FetchError, WorkFailed
from backstory.model.problems import Kind, Problem, Report, problem
from backstory.pipeline.crawling import _keep_all
from backstory.pipeline.feed_list import add_feeds, all_feeds
from backstory.store import feeds as kept
from backstory.store import stages
from backstory.store.database import Store
from backstory.store.problem_rows import from_row, to_row
from backstory.store.schema import articles
from backstory.text.charsets import decode
from backstory.text.plain import plain_text
from backstory.web.addresses import Address, apart
from backstory.web.decoding import Unpacked, Unpacker, unpacked
from backstory.web.fetcher import same_server
from backstory.web.headers import retry_after, whole_number
from backstory.web.robots import MOST_BYTES, Courtesy, for_us

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'faults.db'}")


# ---------------------------------------------------------------- processes


def children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(path.parent.name))
    return found


def workers_of_this_process() -> list[int]:
    return [two for one in children(os.getpid()) for two in children(one)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_killed_idle_workers_are_replaced() -> None:
    async def work() -> None:
        async with Workers(2, 20.0) as workers:
            assert await workers.run(abs, -1) == 1
            for _ in range(2):
                for number in workers_of_this_process():
                    os.kill(number, signal.SIGKILL)
                await asyncio.sleep(0.3)
                found = await asyncio.gather(*(workers.run(abs, -n) for n in range(6)))
                assert found == list(range(6))

    asyncio.run(asyncio.wait_for(work(), 90))


def falls() -> None:
    raise RecursionError("of a library")


def dies() -> None:
    os._exit(9)


def test_whatever_work_raises_is_data() -> None:
    async def work() -> list[Kind]:
        kinds = []
        async with Workers(1, 20.0) as workers:
            for function in (falls, dies):
                with pytest.raises(WorkFailed) as failed:
                    await workers.run(function)
                kinds.append(failed.value.problem.kind)
            assert await workers.run(abs, -3) == 3
        return kinds

    assert asyncio.run(work()) == [Kind.UNFORESEEN, Kind.DIED]


# ---------------------------------------------------------------- memory and time


def test_rules_of_many_hosts_stay_within_bounds() -> None:
    rules = "User-agent: *\n" + "".join(f"Disallow: /{n:x}*\n" for n in range(8_000))
    asked: list[str] = []

    async def read(place: str) -> bytes | Problem | None:
        asked.append(place)
        return rules.encode()

    async def work() -> int:
        courtesy = Courtesy(read, "Backstory/1 (news reader)")
        assert (await courtesy.refusal("http://h0.localhost/1f")) == problem(Kind.ROBOTS)
        for host in range(20):
            assert await courtesy.refusal(f"http://h{host}.localhost/zz") is None
        assert courtesy._robots.size <= MOST_BYTES
        return len(courtesy._robots._known)

    tracemalloc.start()
    hosts = asyncio.run(work())
    tracemalloc.stop()
    assert 3 < hosts < 20
    assert len(asked) == 20


def test_groups_of_rules_for_others_are_not_kept() -> None:
    text = (
        "User-agent: other\nDisallow: /\n\nUser-agent: *\nUser-agent: third\n"
        "Disallow: /a # why\nDisallow: /a\nSitemap: x\nAllow: /a/b\nUser-agent: Backstory\n"
        "Crawl-delay: 3\n"
    )
    assert for_us(text, "Backstory/1").split("\n") == [
        "User-agent: *", "Disallow: /a", "Allow: /a/b", "User-agent: Backstory", "Crawl-delay: 3",
    ]  # fmt: skip


@pytest.mark.parametrize("piece", ["<!-", "<", "</", "&#1", "<p ", "<![CDATA["])
def test_plain_text_takes_time_of_the_length(piece: str) -> None:
    started = time.process_time()
    plain_text(piece * (300_000 // len(piece)) + ">")
    assert time.process_time() - started < 4


# ---------------------------------------------------------------- clocks and leases


def test_a_lease_of_a_dead_process_or_a_wrong_clock_is_void(store: Store) -> None:
    script = "from backstory.store.stages import new_holder; print(new_holder())"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert stages.acquire(store, "enrich", done.stdout.strip()) is not None
    living = stages.new_holder()
    assert stages.acquire(store, "enrich", living) is not None
    assert stages.acquire(store, "enrich", stages.new_holder()) is None
    with store.read() as connection:
        assert str(os.getpid()) in str(stages.holder_of(connection, "enrich"))
    assert stages.acquire(store, "group", "elsewhere:1:a", 24 * 3600.0) is not None
    assert stages.acquire(store, "group", living) is not None


def test_a_poll_too_far_ahead_is_due(store: Store) -> None:
    ahead = {"soon": 3600, "week": 7 * 86_400, "clock": 400 * 86_400}
    add_feeds(
        store,
        [
            FeedState(f"https://{name}.example/feed", next_poll=NOW + timedelta(seconds=seconds))
            for name, seconds in ahead.items()
        ],
    )
    with store.read() as connection:
        due = [row.url for row in kept.due(connection, int(NOW.timestamp()))]
    assert due == ["https://clock.example/feed"]


# ---------------------------------------------------------------- what is kept


def test_problems_come_back_as_they_were() -> None:
    whole = problem(Kind.HUB, problem(Kind.SILENT, seconds=2.5), hub="https://hub.example/\n" * 99)
    assert from_row(*to_row(whole)) == whole
    assert len(str(whole.get("hub"))) <= 300
    assert from_row(None, None) is None
    assert from_row("of-a-newer-version", "{") == problem(Kind.SAID, sentence="of-a-newer-version")
    half = problem(Kind.SAID, sentence="half \ud83d")
    assert from_row(*to_row(half)) == half


def test_errors_come_back_from_other_processes() -> None:
    import pickle

    for error in (
        FetchError("https://a.example/", problem(Kind.GONE, status=410), 410, 3.0),
        WorkFailed(problem(Kind.KILLED, seconds=3.0)),
    ):
        back = pickle.loads(pickle.dumps(error))
        assert isinstance(back, BackstoryError)
        assert (back.problem, vars(back)) == (error.problem, vars(error))


def test_an_article_that_cannot_be_kept_costs_itself_alone(store: Store) -> None:
    feed = FeedState("https://a.example/feed")
    add_feeds(store, [feed])
    some = tuple(
        Article(f"https://a.example/{name}", title)
        for name, title in (("1", "A ferry"), ("2", "half \ud83d"), ("3", "A baker"))
    )
    found = _keep_all(store, feed, Poll(feed, some), NOW, None)
    assert found.new == 2
    assert [report.things for report in found.refused] == [("https://a.example/2",)]
    with store.read() as connection:
        assert [row.title for row in connection.execute(articles.select())] == [
            "A ferry",
            "A baker",
        ]


def test_sentences_and_secrets_of_an_old_store_are_brought_over(tmp_path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import text

    import backstory.store.database as module

    url = f"sqlite:///{tmp_path / 'old.db'}"
    old = Store(url)
    config = Config()
    config.set_main_option("script_location", str(Path(module.__file__).parent / "migrations"))
    with old.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
        for number, address in enumerate(("https://ada:geheim@a.example/f", "https://b.example/f")):
            connection.execute(
                text(
                    "INSERT INTO feeds (id, url, title, source, failures, problem, ended, articles)"
                    " VALUES (:id, :url, '', '', 1, 'no answer (status 7)', 0, 0)"
                ),
                {"id": number + 1, "url": address},
            )
    old.close()
    store = Store(url)
    first, second = all_feeds(store)
    assert (first.url, first.credentials) == ("https://a.example/f", "ada:geheim")
    assert (second.url, second.credentials) == ("https://b.example/f", "")
    assert first.problem == problem(Kind.SAID, sentence="no answer (status 7)")
    assert "geheim" not in repr(first)
    store.close()


# ---------------------------------------------------------------- bytes and characters


@given(st.binary(max_size=3000), st.integers(1, 700), st.integers(1, 400))
def test_unpacking_gives_what_was_packed(content: bytes, step: int, most: int) -> None:
    bare = zlib.compressobj(wbits=-15)
    for packed in (
        gzip.compress(content[: len(content) // 2]) + gzip.compress(content[len(content) // 2 :]),
        zlib.compress(content),
        bare.compress(content) + bare.flush(),
    ):
        unpack, got = Unpacker(lenient=True), b""
        for place in range(0, len(packed), step):
            got += unpack(packed[place : place + step], most)
        while block := unpack(b"", most):
            got += block
        assert got == content
    whole = gzip.compress(content) * 2 + b"\0\0"
    assert io.BufferedReader(Unpacked(io.BytesIO(whole))).read() == content * 2
    assert unpacked(gzip.compress(content), 10_000) == content


def test_what_is_packed_wrongly() -> None:
    assert Unpacker(lenient=True)(b"<rss>plain", 99) == b"<rss>plain"
    with pytest.raises(zlib.error):
        unpacked(b"\x1f\x8bno gzip", 99)
    cut = gzip.compress(b"one\ntwo\n" * 999)[:-9]
    stream = io.BufferedReader(Unpacked(io.BytesIO(cut)))
    assert stream.readline() == b"one\n"
    with pytest.raises(EOFError):
        stream.read()
    assert unpacked(cut, 10_000).startswith(b"one\ntwo\n" * 99)


@pytest.mark.parametrize("name", ["hex", "zip", "rot13", "undefined", "idna", "bz2", "no-such"])
def test_names_that_are_no_character_sets_are_passed_over(name: str) -> None:
    words = "Die Fähre legt später ab, sagte der Kapitän über das Wetter für heute. " * 9
    assert decode(words.encode(), name) == words
    assert decode(words.encode("cp1252"), name).startswith("Die F")


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_characters_without_a_mark(name: str) -> None:
    body = "<rss>Fähre</rss>".encode(name)
    assert decode(body) == "<rss>Fähre</rss>"
    assert decode("Fähre legt ab".encode(name), name.rpartition("-")[0]) == "Fähre legt ab"


@given(st.text(max_size=200))
def test_mending_whole_xml_changes_nothing(words: str) -> None:
    whole = "".join(c for c in words if c >= " " and not "\ud800" <= c <= "\udfff")
    whole = whole.translate({0xFFFE: None, 0xFFFF: None})
    whole = whole.replace("&", "&amp;").replace("<", "&lt;") + "<![CDATA[a & b]]><!-- & -->&eacute;"
    assert mended_xml(whole) == (whole, ())


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("a & b &c; d&", "a &amp; b &amp;c; d&amp;"),
        ("<![CDATA[a & b", "<![CDATA[a &amp; b"),
        ("x<!-- & --> & <![CDATA[&]]>", "x<!-- & --> &amp; <![CDATA[&]]>"),
        ("&#55357;&#56832;&#xD83D;x&#xdc00;", "😀x"),
        ("a\x00b\x1fc", "abc"),
        ("<!DOCTYPE x [<!ENTITY own 'mine'>]>&own;", "<!DOCTYPE x [<!ENTITY own 'mine'>]>&own;"),
    ],
)
def test_xml_is_mended(broken: str, mended: str) -> None:
    got, told = mended_xml(broken)
    assert got == mended
    assert bool(told) == (broken != mended)
    assert mended_xml("&" * 200_000)[0] == "&amp;" * 200_000
    assert len(mended_xml("<![CDATA[<!--" * 50_000)[0]) == 650_000


def test_json_is_mended() -> None:
    value, told = read_json(
        '{"a": [1, 2, ], "b": "x, ]\t", \n "c": NaN, "d": "\\\\ud83d \\ud83d",}'
    )
    assert value == {"a": [1, 2], "b": "x, ]\t", "c": None, "d": "\\ud83d "}
    assert [one.kind for one in told] == [Kind.MENDED]
    for broken in ("{", '{"a": ' + "[" * 99_999, "{]", '{"a" 1}'):
        with pytest.raises(ValueError):
            read_json(broken)


def test_structured_data_has_a_depth() -> None:
    import lxml.html

    deep = "[" * 900 + "]" * 900
    page = f'<script type="application/ld+json">{{"headline": "x", "author": {deep}}}</script>'
    (node,) = objects(lxml.html.document_fromstring(page))
    assert node["headline"] == "x"


# ---------------------------------------------------------------- addresses and headers


def test_an_address_is_judged_once() -> None:
    address = Address.of("HTTP://WWW.Example.co.uk:80/a/?utm_source=x#top")
    assert address == Address(
        "http://www.example.co.uk/a/", "example.co.uk/a", "www.example.co.uk", "example.co.uk"
    )
    assert Address.of(address.url) == address


@pytest.mark.parametrize(
    ("given_", "bare", "secret"),
    [
        ("https://ada:ge%20heim@a.example/f?x=@y", "https://a.example/f?x=@y", "ada:ge heim"),
        ("http://a:b@c@d.example/", "http://d.example/", "a:b@c"),
        ("https://a.example/x@y", "https://a.example/x@y", ""),
        ("mailto:a@b.example", "mailto:a@b.example", ""),
    ],
)
def test_secrets_are_taken_off_addresses(given_: str, bare: str, secret: str) -> None:
    assert apart(given_) == (bare, secret)


def test_secrets_go_to_their_server_alone() -> None:
    here = "http://a.example/feed"
    assert same_server(here, "http://a.example/other")
    assert same_server(here, "https://a.example/feed")
    for other in ("https://b.example/feed", "http://a.example:81/", "https://a.example:444/"):
        assert not same_server(here, other)
    assert not same_server("https://a.example/feed", here)


def test_numbers_of_headers_are_ascii() -> None:
    assert [whole_number(one) for one in ("12", " 7 ", "²", "٣", "-1", "", None, "9" * 40)] == [
        12, 7, None, None, None, None, None, None,
    ]  # fmt: skip
    assert retry_after({"retry-after": "²"}) is None
    assert retry_after({"retry-after": "Fri, 31 Dec 9999 23:59:59 -9999"}) is None


def test_reports_are_told_from_outside_in() -> None:
    from backstory.cli.problems import line_of

    report = Report(("https://a.example/1",), problem(Kind.MISSING, status=404)).of("feed")
    assert line_of(report) == "feed: https://a.example/1: there is no such page (status 404)"


def test_credentials_can_be_given_to_a_feed_that_is_there(store: Store) -> None:
    from backstory.pipeline.feed_list import remove_feed

    plain = FeedState("https://a.example/feed", next_poll=NOW, failures=3)
    assert add_feeds(store, [plain]) == 1
    assert add_feeds(store, [FeedState(plain.url, credentials="ada:geheim")]) == 0
    (feed,) = all_feeds(store)
    assert (feed.credentials, feed.next_poll) == ("ada:geheim", None)
    assert "geheim" not in repr(feed)
    assert remove_feed(store, "https://ada:geheim@a.example/feed")


def test_a_store_that_fails_is_no_feeds_fault(store: Store) -> None:
    from sqlalchemy.exc import OperationalError

    from backstory.collect.entries import Tools
    from backstory.collect.poll import poll
    from backstory.model.errors import OwnFault
    from tests.test_feeds import Answers, feed_of, fetched

    def full(addresses: list[str]) -> set[str]:
        raise OperationalError("", {}, OSError("no space"))

    answers = Answers(feed=fetched(feed_of("a"), "feed"))
    with pytest.raises(OwnFault):
        asyncio.run(poll(Tools(answers), FeedState("https://gazette.example/feed"), full, NOW))  # type: ignore[arg-type]


def test_what_a_hub_sends_costs_nothing_but_itself() -> None:
    from backstory.collect.entries import Tools
    from backstory.collect.poll import Pushed, poll
    from tests.test_feeds import Answers

    feed = FeedState("https://gazette.example/feed", failures=0)
    tools = Tools(Answers())  # type: ignore[arg-type]
    for body in (b"", b"<html>", b"\x1f\x8bno", b'{"version": ', b"\xff\xfe" * 99):
        pushed = Pushed(body, "a/b; charset=hex")
        found = asyncio.run(poll(tools, feed, lambda some: set(), NOW, pushed=pushed))
        assert found.state == feed
        assert [report.problem.kind for report in found.problems] == [Kind.PUSHED]


def test_nothing_escapes_from_what_reads_broken_bytes() -> None:
    from evaluation.fuzz import fuzz

    found = fuzz(seed=2026, inputs=600)
    assert found.inputs == 600
    assert dict(found.escapes) == {}
