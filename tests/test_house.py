"""The house rules: imports go one way, the command line starts quickly, docs name what exists."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_imports_follow_the_way_of_the_data() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_help_answers_at_once() -> None:
    def seconds(*command: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *command], capture_output=True, check=True, cwd=ROOT)
        return time.perf_counter() - start

    bare = min(seconds("-c", "pass") for _ in range(3))
    # 0.3 s on a quiet machine; beside a bare interpreter, so that a loaded one fails for cause.
    assert min(seconds("-m", "backstory", "--help") for _ in range(5)) < max(0.3, 8 * bare)
