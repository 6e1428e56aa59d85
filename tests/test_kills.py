"""SIGKILL at any moment of an import: nothing lost, nothing doubled, the same groups."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from evaluation.kills import measure
from tests.archives import head

COMMAND = [sys.executable, "-m", "backstory"]


def backstory(*words: str | Path) -> None:
    subprocess.run([*COMMAND, *map(str, words)], capture_output=True, check=True)


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def exported(store: Path) -> bytes:
    out = store.with_suffix(".jsonl")
    backstory("export", "--out", out, "--store", url(store))
    return out.read_bytes()


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """SIGKILL at random moments of an import of 2,000 articles, again and again."""
    archive = head("huffpost/articles.jsonl.gz", 2000, tmp_path / "some.jsonl")
    undisturbed, killed = tmp_path / "undisturbed.db", tmp_path / "killed.db"
    start = time.monotonic()
    backstory("import", archive, "--store", url(undisturbed))
    whole = time.monotonic() - start
    chance = random.Random(7)
    kills = 0
    while kills < 11:
        process = subprocess.Popen(
            [*COMMAND, "import", str(archive), "--store", url(killed)], stderr=subprocess.DEVNULL
        )
        try:
            # From before the first article to well into the work; what is done is passed quickly.
            process.wait(timeout=chance.uniform(0.1, 1.5 + whole / 8))
            break  # it came to its end between two kills
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
    backstory("import", archive, "--store", url(killed))
    assert kills >= 8
    assert exported(killed) == exported(undisturbed)


def test_a_crawl_that_is_killed_loses_nothing_and_doubles_nothing() -> None:
    """``backstory run`` against the newsstand; ``python -m evaluation.kills`` does it ten times."""
    found = measure(kills=1, feeds=4)
    assert (found.lost, found.twice, found.missing) == (0, 0, 0)
    assert found.differing == ()
    assert found.kills[0].acknowledged < found.pages  # it was in the middle of its work
