"""SIGKILL at any moment: nothing lost, nothing doubled, the same groups."""

from __future__ import annotations

import random
from pathlib import Path

from evaluation.kills import import_killed, measure
from tests.archives import made


def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """At random moments of an import; ``python -m evaluation.kills --imports 50`` does it often."""
    archive = made(2000, tmp_path / "some.jsonl")
    kills, through, killed = import_killed(archive, 8, random.Random(7))
    assert kills >= 6
    assert through.count(b"\n") == 2000
    assert killed == through


def test_a_crawl_that_is_killed_loses_nothing_and_doubles_nothing() -> None:
    """``backstory run`` against the newsstand; ``python -m evaluation.kills`` does it ten times."""
    found = measure(kills=1, feeds=4)
    assert (found.lost, found.twice, found.missing) == (0, 0, 0)
    assert found.differing == ()
    assert found.kills[0].acknowledged < found.pages  # it was in the middle of its work
