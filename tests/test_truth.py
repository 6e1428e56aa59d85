"""One truth: what is acknowledged is never lost or doubled, and everything else comes back."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from backstory.cli import cli
from backstory.cli.common import Failure
from backstory.model.errors import LeaseLost
from evaluation.history import replay
from tests.archives import made


def backstory(*words: str | Path) -> Result:
    """A command in this process: it opens the store anew and closes it."""
    result = CliRunner().invoke(cli, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, Failure | SystemExit):
        raise result.exception
    return result


def refusal(*words: str | Path) -> str:
    """The one line that a command fails with."""
    failure = backstory(*words).exception
    assert isinstance(failure, Failure)
    assert "\n" not in str(failure)
    return str(failure)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(1500, tmp_path_factory.mktemp("lines") / "made.jsonl")


@pytest.fixture(scope="module")
def undisturbed(lines: Path) -> Path:
    store = lines.with_name("undisturbed.db")
    backstory("import", lines, "--store", url(store))
    return store


def exported(store: Path) -> bytes:
    out = store.with_suffix(".jsonl")
    backstory("export", "--out", out, "--store", url(store))
    return out.read_bytes()


def test_export_is_the_same_each_time(undisturbed: Path) -> None:
    first = exported(undisturbed)
    assert first.count(b"\n") == 1500
    assert exported(undisturbed) == first


def test_importing_again_changes_nothing(undisturbed: Path, lines: Path) -> None:
    before = exported(undisturbed)
    done = backstory("import", lines, "--store", url(undisturbed))
    assert done.stderr.startswith("0 new, 1500 unchanged, 0 updated")
    assert exported(undisturbed) == before


@pytest.mark.parametrize("batch", [7, 64, 1500])
def test_batches_leave_no_trace(undisturbed: Path, lines: Path, tmp_path: Path, batch: int) -> None:
    store = tmp_path / "batched.db"
    few = tmp_path / "few.jsonl"
    few.write_bytes(b"".join(lines.read_bytes().splitlines(keepends=True)[:700]))
    for part in (few, lines):
        backstory("import", part, "--batch", str(batch), "--store", url(store))
    assert exported(store) == exported(undisturbed)


def test_an_export_replays_into_the_same_groups(undisturbed: Path, tmp_path: Path) -> None:
    """Reading the seq order into a fresh store gives the same stories, topics and copies."""
    out = tmp_path / "export.jsonl"
    out.write_bytes(exported(undisturbed))
    again = tmp_path / "again.db"
    backstory("import", out, "--store", url(again))
    kept = ("guid", "story", "topic", "copy_of")
    first, second = (
        [{key: json.loads(line).get(key) for key in kept} for line in exported(store).splitlines()]
        for store in (undisturbed, again)
    )
    assert first == second


def test_derived_files_come_back(undisturbed: Path, lines: Path, tmp_path: Path) -> None:
    store = tmp_path / "copy.db"
    shutil.copy(undisturbed, store)  # the last import closed it: the log is folded in
    word = max(json.loads(lines.read_bytes().splitlines()[53])["title"].split(), key=len)
    questions: list[list[str]] = [
        ["history", "made-54", "made-100", "made-700", "made-1400", "--json"],
        ["history", "made-54", "--ranked", "--json"],
        ["search", word, "--json"],
        ["stories", "--json"],
        ["topics", "--json"],
        ["article", "made-1200", "--json"],
    ]

    def answers() -> list[str]:
        return [backstory(*words, "--store", url(store)).stdout for words in questions]

    first = answers()
    assert all(first)
    derived = store.with_name(store.name + ".derived")
    assert derived.is_dir()
    shutil.rmtree(derived)
    assert answers() == first
    for file in derived.rglob("*"):
        if file.is_file():
            file.write_bytes(b"broken" + file.read_bytes()[:100])
    assert answers() == first
    rest = tmp_path / "more.jsonl"
    rest.write_bytes(
        lines.read_bytes().replace(b'"made-', b'"other-').replace(b"/2018/", b"/again/2018/")
    )
    shutil.rmtree(derived)
    backstory("import", rest, "--store", url(store))
    with_derived = tmp_path / "with.db"
    shutil.copy(undisturbed, with_derived)
    backstory("import", rest, "--store", url(with_derived))
    assert exported(store) == exported(with_derived)


def test_a_taken_lease_is_waited_for(lines: Path, tmp_path: Path) -> None:
    """A second process waits while another holds a stage, and takes over when that one is gone."""
    from datetime import UTC, datetime

    from backstory.collect.jsonl import read
    from backstory.model.article import Article
    from backstory.pipeline.intake import take
    from backstory.pipeline.running import Pipeline
    from backstory.store import stages
    from backstory.store.database import Store

    store = Store(url(tmp_path / "leased.db"))
    some = [line for line in read(lines) if isinstance(line, Article)][:50]
    take(store, some, datetime.now(UTC))
    held = stages.acquire(store, "enrich", "a process that died", seconds=1.5)
    assert held is not None
    start = time.monotonic()
    Pipeline(store).drain()
    assert time.monotonic() - start > 1.0
    with store.read() as connection:
        assert stages.cursor(connection, "enrich") == stages.cursor(connection, "group") == 50
    with pytest.raises(LeaseLost), store.write() as connection:
        stages.advance(connection, held, 50)  # the dead one's lease writes nothing any more
    store.close()


def test_a_store_of_an_earlier_build_is_brought_up_to_date(lines: Path, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine

    from backstory.collect.jsonl import read
    from backstory.model.article import Article
    from backstory.pipeline.intake import take
    from backstory.pipeline.running import Pipeline
    from backstory.store import database, enriched
    from backstory.store.database import Store

    path = tmp_path / "earlier.db"
    some = [line for line in read(lines) if isinstance(line, Article)][:60]
    store = Store(url(path))
    take(store, some[:40], datetime.now(UTC))
    Pipeline(store).drain()
    store.close()
    engine = create_engine(url(path))
    with engine.begin() as connection:
        config = Config()
        config.set_main_option(
            "script_location", str(Path(database.__file__).parent / "migrations")
        )
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    engine.dispose()
    store = Store(url(path))
    take(store, some[40:], datetime.now(UTC))
    Pipeline(store).drain()
    with store.read() as connection:
        items = list(enriched.items(connection, 1, 60))
        assert len(items) == 60
        assert not any(len(item.vector.bigrams) for item in items[:40])
        assert any(len(item.vector.bigrams) for item in items[40:])
    store.close()


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    import sqlite3

    store = tmp_path / "newer.db"
    backstory("init", "--store", url(store))
    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE alembic_version SET version_num='9999'")
    line = refusal("stories", "--store", url(store))
    assert "newer version" in line and "upgrade" in line


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("absent.db", None, "no store at"),
        ("text.db", b"this is no database" * 100, "is not a Backstory store"),
        ("folder.db", "folder", "cannot open store"),
    ],
)
def test_stores_that_cannot_be_opened(
    tmp_path: Path, name: str, content: bytes | str | None, words: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content == "folder":
        path.mkdir()
    assert words in refusal("stories", "--store", url(path))


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    before = path.read_bytes()
    assert "another program" in refusal("import", os.devnull, "--store", url(path))
    assert path.read_bytes()[100:] == before[100:]


def test_what_is_measured_is_what_readers_get(undisturbed: Path, lines: Path) -> None:
    """Evaluation groups articles as the pipeline does, into the same stories and topics."""
    rows = [json.loads(line) for line in lines.read_bytes().splitlines()]
    # The pipeline tells publishers by their domains, and languages by the words too.
    found = [json.loads(line) for line in exported(undisturbed).splitlines()]
    for row, kept in zip(rows, found, strict=True):
        row["site"] = urlsplit(row["url"]).hostname
        row["language"] = kept.get("language")
    corpus = replay("made", rows)
    groups = corpus.shelf.groups
    seqs = range(1, len(rows) + 1)
    stories = [rows[groups.story_of(seq) - 1]["guid"] for seq in seqs]
    topics = [groups.topic_of(groups.story_of(seq)) for seq in seqs]
    assert stories == [kept["story"] for kept in found]
    assert [rows[topic - 1]["guid"] if topic else None for topic in topics] == [
        kept.get("topic") for kept in found
    ]


EXTREMES = (
    "0001-01-01", "0001-01-02T00:00:00Z", "0900-05-05", "1850-01-01", "6500-01-01T00:00:00Z",
    "9000-01-01", "9999-12-31", "9999-12-31T23:59:59Z",
)  # fmt: skip


def test_an_archive_s_oddest_dates_cost_nobody_else(tmp_path: Path) -> None:
    """They are kept as they were stated, and grouping goes on behind them."""
    rows = [
        {
            "guid": f"odd-{number}",
            "url": f"https://q.example/{number}",
            "title": f"Yesterday the council of Ostrel met on Monday, number {number}",
            "text": "The council of Ostrel met on Monday. It will meet again on 3 May.",
            "published": day,
            "language": "en",
        }
        for number, day in enumerate((*EXTREMES, "2026-01-01T00:00:00Z"))
    ]
    rows[-1] |= {"title": "Ferry of Ellery hits the pier", "text": "A ferry hit a pier at noon."}
    file, store = tmp_path / "odd.jsonl", tmp_path / "odd.db"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert backstory("import", file, "--store", url(store)).exit_code == 0
    found = [json.loads(line) for line in exported(store).splitlines()]
    assert [row["published"][:10] for row in found] == [row["published"][:10] for row in rows]
    assert all(row["story"] for row in found)
    for asked in (["history", "odd-0", "odd-6", "odd-8"], ["article", "odd-7"], ["stories"]):
        assert backstory(*asked, "--json", "--store", url(store)).stdout
    grouped = backstory("cluster", file).stdout.splitlines()
    assert len([line for line in grouped if "was" not in json.loads(line)]) >= len(rows)
