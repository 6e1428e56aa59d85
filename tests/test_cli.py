"""The command line: every command, what it prints, and one clear line for what goes wrong."""

from __future__ import annotations

import gzip
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner, Result

from backstory.cli import _COMMANDS, cli
from backstory.cli.common import Failure, counted, times_failed

LINES = [
    {
        "guid": f"dam-{number}",
        "url": f"https://harbour.example/news/{number}",
        "title": title,
        "text": text,
        "site": "Harbour Gazette",
        "published": f"2026-05-{10 + number:02}T08:00:00+00:00",
        "language": "en",
        "country": "GB",
    }
    for number, (title, text) in enumerate(
        [
            ("Sonvari dam gates fail above Velgaon", "Three gates of the Sonvari dam gave way."),
            ("Police arrest Sonvari dam engineer", "The engineer signed off the Sonvari gates."),
            ("Inquiry into Sonvari dam hears of pins", "The Sonvari gates had the wrong pins."),
            ("Mule wins county parade", "A mule named Dennis led the parade in Pinyon."),
        ]
    )
]


def run(*words: str | Path, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words], input=stdin)


def failure(result: Result) -> str:
    """The line that a failed command ends with."""
    assert isinstance(result.exception, Failure), result.output
    return str(result.exception)


def rows(result: Result) -> list[dict[str, object]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "dam.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def store(file: Path) -> Iterator[str]:
    url = f"sqlite:///{file.with_suffix('.db')}"
    assert "4 new" in run("import", file, "--store", url).stderr
    yield url


@pytest.mark.parametrize("command", _COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_the_guides_name_only_what_exists() -> None:
    """Every command and option in the documents is there, and every command is documented."""
    root = Path(__file__).parent.parent
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in [root / "README.md", *root.glob("docs/*.md")]
    )
    named = re.findall(r"^ +backstory (\S+)(.*)$", text, re.MULTILINE)
    assert {command for command, _ in named} | {"init"} == set(_COMMANDS) | {"init"}
    for command, rest in named:
        words = [command]
        if command == "feeds":
            words.append(rest.split()[0])
        known = run(*words, "--help").output
        for option in re.findall(r"--[a-z-]+", rest.split("#")[0]):
            assert option in known, f"{command} {option}"


@pytest.mark.parametrize("kind", ["plain", "gz", "zst", "stdin"])
def test_import_reads_what_it_is_given(file: Path, tmp_path: Path, kind: str) -> None:
    body = file.read_bytes()
    path = tmp_path / f"in.{kind}"
    packed = {"gz": gzip.compress(body), "zst": zstandard.compress(body)}
    path.write_bytes(packed.get(kind, body))
    given = "-" if kind == "stdin" else path
    result = run("import", given, "--store", f"sqlite:///{tmp_path / 's.db'}",
                 stdin=body if kind == "stdin" else None)  # fmt: skip
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("4 new, 0 unchanged, 0 updated, 0 rejected")


def test_bad_lines_are_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    good = json.dumps(LINES[0])
    path.write_text(
        "\n".join(
            [
                "this is not JSON",
                json.dumps({"title": "No address"}),
                json.dumps({"url": "https://harbour.example/x"}),
                json.dumps(["a", "list"]),
                json.dumps(LINES[1] | {"published": "the day before yesterday"}),
                json.dumps(LINES[2] | {"guid": "x" * 300}),
                good,
            ]
        ),
        encoding="utf-8",
    )
    url = f"sqlite:///{tmp_path / 's.db'}"
    result = run("import", path, "--store", url)
    assert result.exit_code == 0
    told = result.stderr.splitlines()
    for number in (1, 2, 3, 4, 5):
        assert any(f"{path}, line {number}:" in line for line in told), number
    exported = rows(run("export", "--store", url))
    assert [row["url"] for row in exported][-2:] == [LINES[2]["url"], LINES[0]["url"]]
    assert exported[-2]["source_guid"] == "x" * 300
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(exported[-2]["guid"]))


def test_a_missing_file_is_named_and_the_others_go_in(file: Path, tmp_path: Path) -> None:
    result = run("import", tmp_path / "none.jsonl", file, "--store", f"sqlite:///{tmp_path}/s.db")
    assert result.exit_code == 1
    assert "cannot read" in result.stderr and "none.jsonl" in result.stderr
    assert "4 new" in result.stderr


def test_history_has_the_shape_of_the_contract(store: str) -> None:
    result = run("history", "dam-1", "--json", "--store", store)
    (history,) = rows(result)
    assert history["guid"] == "dam-1"
    events = history["events"]
    assert isinstance(events, list)
    assert [event["here"] for event in events].count(True) == 1
    for event in events:
        assert set(event) == {
            "story", "headline", "first_published", "last_published", "score", "here",
            "source_count", "sources", "reasons", "changed", "articles", "milestone",
        }  # fmt: skip
        assert 0 <= event["score"] <= 1
        for article in event["articles"]:
            assert set(article) == {"guid", "url", "title", "site", "published", "copy_of"}
    first = [event["first_published"] for event in events]
    assert first == sorted(first, reverse=True)


def test_unknown_guids_are_named_and_the_others_answered(store: str) -> None:
    result = run("history", "-", "--json", "--store", store, stdin="dam-0\nnobody\ndam-2\n")
    assert [json.loads(line)["guid"] for line in result.stdout.splitlines()] == ["dam-0", "dam-2"]
    assert "no article 'nobody'" in result.stderr
    assert "GUIDs not found: 1;" in failure(result)


def test_turning_points_have_the_shape_of_a_history(store: str) -> None:
    (whole,) = rows(run("history", "dam-1", "--json", "--store", store))
    (few,) = rows(run("history", "dam-1", "--turning-points", "2", "--json", "--store", store))
    assert set(few) == set(whole)
    assert isinstance(few["events"], list) and isinstance(whole["events"], list)
    assert 1 <= len(few["events"]) <= 2
    for event in few["events"]:
        assert set(event) == set(whole["events"][0])
        assert isinstance(event["milestone"], bool)
    days = [event["first_published"] for event in few["events"]]
    assert days == sorted(days, reverse=True)
    for other in (("--limit", "3"), ("--ranked",)):
        assert (
            run("history", "dam-1", "--turning-points", "2", *other, "--store", store).exit_code
            == 2
        )


def test_ranked_lists_what_belongs_by_strength(store: str) -> None:
    (answer,) = rows(run("history", "dam-0", "--ranked", "--json", "--store", store))
    ranked = answer["ranked"]
    assert isinstance(ranked, list)
    assert {entry["guid"] for entry in ranked[:2]} == {"dam-1", "dam-2"}
    scores = [entry["score"] for entry in ranked]
    assert scores == sorted(scores, reverse=True)


def test_search_stories_topics_article(store: str) -> None:
    found = rows(run("search", "sonvari GATES", "--json", "--store", store))
    assert [row["guid"] for row in found] == ["dam-2", "dam-1", "dam-0"]
    oldest = rows(run("search", "sonvari-gates", "--oldest-first", "--json", "--store", store))
    assert [row["guid"] for row in oldest] == ["dam-0", "dam-1", "dam-2"]
    dated = rows(
        run("search", "sonvari", "--from", "2026-05-11", "--to", "2026-05-11", "--json",
            "--store", store)
    )  # fmt: skip
    assert [row["guid"] for row in dated] == ["dam-1"]
    stories = rows(run("stories", "--edition", "gb", "--since", "4w", "--json", "--store", store))
    assert "Mule wins county parade" in [story["headline"] for story in stories]
    assert len(stories) > 1
    assert rows(run("stories", "--at", "2026-05-10", "--json", "--store", store))
    assert run("topics", "--store", store).exit_code == 0
    (article,) = rows(run("article", "dam-3", "--json", "--store", store))
    assert article["title"] == "Mule wins county parade"
    assert "Dennis" in str(article["clean_summary"])
    assert (
        failure(run("article", "nobody", "--store", store)) == "no article 'nobody' in this store"
    )


@pytest.mark.parametrize(
    "words",
    [
        ["stories", "--at", "someday"],
        ["stories", "--since", "a while"],
        ["stories", "--edition", "Atlantis"],
        ["search", "x", "--from", "2026-13-01"],
        ["history"],
        ["nonsense"],
        ["import"],
    ],
)
def test_wrong_use_is_status_2(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_cluster_copies_summarise_tag(file: Path) -> None:
    guids = [line["guid"] for line in LINES]
    for command, key in (
        ("cluster", "story"), ("copies", "copy_of"), ("summarise", "summary"), ("tag", "tags"),
    ):  # fmt: skip
        answers = rows(run(command, file))
        assert [answer["guid"] for answer in answers] == guids
        assert all(key in answer for answer in answers)
    assert rows(run("cluster", "--live", file))[0] == {"guid": "dam-0", "story": "dam-0"}
    (first, *_) = rows(run("tag", file))
    tags = first["tags"]
    assert isinstance(tags, list) and all(set(tag) == {"slug", "name", "kind"} for tag in tags)
    assert "cannot read" in failure(run("cluster", file.with_name("none.jsonl")))


def test_live_clustering_answers_before_the_next_line() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "backstory", "cluster", "--live", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        for line in LINES[:3]:
            process.stdin.write(json.dumps(line) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["guid"] == line["guid"]
        process.stdin.close()
    assert process.returncode == 0


def test_extract_names_the_file(tmp_path: Path) -> None:
    page = tmp_path / "page.html.gz"
    paragraphs = "".join(
        f"<p>The council of Port Ellery met on day {n} to hear why the ferry had failed, and "
        f"{n + 2} speakers told it.</p>" for n in range(8)
    )  # fmt: skip
    page.write_bytes(
        gzip.compress(
            f"<html><head><title>Why the ferry failed</title></head><body><article>"
            f"<h1>Why the ferry failed</h1>{paragraphs}</article></body></html>".encode()
        )
    )
    result = run("extract", "--url", "https://harbour.example/ferry", page, tmp_path / "none.html")
    (article,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (article["file"], article["title"]) == (str(page), "Why the ferry failed")
    assert "day 7" in article["text"]
    assert "cannot read" in result.stderr and failure(result)


def test_feeds(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'feeds.db'}"
    assert "new feeds" in run("init", "--edition", "US", "--store", store).stderr
    before = rows(run("feeds", "list", "--json", "--store", store))
    assert len(before) >= 3
    url = "https://harbour.example/rss"
    run("feeds", "add", url, "--source", "Harbour Gazette", "--country", "GB", "--store", store)
    run("feeds", "add", url, "--store", store)
    assert len(rows(run("feeds", "list", "--json", "--store", store))) == len(before) + 1
    out = tmp_path / "feeds.opml"
    assert run("feeds", "export-opml", "--out", out, "--store", store).exit_code == 0
    again = f"sqlite:///{tmp_path / 'again.db'}"
    assert run("feeds", "import-opml", out, "--store", again).exit_code == 0
    assert len(rows(run("feeds", "list", "--json", "--store", again))) == len(before) + 1
    assert run("feeds", "remove", url, "--store", store).exit_code == 0
    assert "no feed" in failure(run("feeds", "remove", url, "--store", store))
    assert "is not the address of a feed" in failure(
        run("feeds", "add", "javascript:alert(1)", "--store", store)
    )
    not_opml = tmp_path / "not.opml"
    not_opml.write_text("hello")
    assert str(not_opml) in failure(run("feeds", "import-opml", not_opml, "--store", store))


@pytest.mark.parametrize(
    ("number", "feeds", "stories", "failed"),
    [
        (0, "0 feeds", "0 stories", "failed 0 times"),
        (1, "1 feed", "1 story", "failed once"),
        (2, "2 feeds", "2 stories", "failed 2 times"),
    ],
)
def test_counts_have_their_plural(number: int, feeds: str, stories: str, failed: str) -> None:
    assert counted(number, "feed") == feeds
    assert counted(number, "story", "stories") == stories
    assert times_failed(number) == failed


def test_a_port_in_use_is_one_line(store: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        message = failure(run("serve", "--port", port, "--store", store))
    assert port in message and "--port" in message
