"""Measure pages a second: beside trafilatura on one core, and on two cores.

    python -m benchmarks.extraction [--rounds 3]

The rounds alternate between the readers, as other work on the machine comes and goes; the best
of each counts. One core is measured in processor time, two in time on the wall.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from evaluation.extraction import (
    Page,
    Read,
    backstory,
    data_folder,
    pages,
    trafilatura_alone,
    trafilatura_fast,
)


def one_core(read: Callable[[Page], Read], given: list[Page]) -> float:
    """Pages a second of processor time."""
    started = time.process_time()
    for page in given:
        read(page)
    return len(given) / (time.process_time() - started)


def read_all(given: list[Page]) -> int:
    return sum(bool(backstory(page).text) for page in given)


def on_the_wall(pool: ProcessPoolExecutor, parts: list[list[Page]]) -> float:
    """Pages a second of time on the wall, each part in a process of its own."""
    started = time.perf_counter()
    list(pool.map(read_all, parts))
    return sum(map(len, parts)) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description="pages a second of extraction")
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    given = list(pages(data_folder()))
    best: dict[str, float] = {}
    for read in (backstory, trafilatura_fast, trafilatura_alone):
        read(given[0])
    for _ in range(rounds):
        for read in (backstory, trafilatura_fast, trafilatura_alone):
            rate = one_core(read, given)
            best[read.__name__] = max(best.get(read.__name__, 0.0), rate)
    for name, rate in best.items():
        print(f"{name.replace('_', ' '):18}{rate:7.1f} pages/s of one core")
    ratio = best["backstory"] / best["trafilatura_fast"]
    print(f"ratio to trafilatura fast with metadata: {ratio:.2f}")
    doubled = given * 2
    halves = [doubled[0::2], doubled[1::2]]
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        on_the_wall(pool, [given[:5], given[:5]])
        one = two = 0.0
        for _ in range(rounds):
            one = max(one, on_the_wall(pool, [doubled]))
            two = max(two, on_the_wall(pool, halves))
    print(
        f"one process {one:.1f}, two processes {two:.1f} pages/s on the wall: {two / one:.2f} times"
    )


if __name__ == "__main__":
    main()
