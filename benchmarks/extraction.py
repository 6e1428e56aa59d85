"""Measure pages per second: beside trafilatura on one core, and on two cores.

    python -m benchmarks.extraction [--rounds 3]

The rounds alternate between the readers, as other work on the machine comes and goes; the best
of each counts. One core is measured in processor time, two in time on the wall.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from evaluation import tables
from evaluation.extraction import (
    Page,
    Read,
    backstory,
    pages,
    pages_folder,
    trafilatura_alone,
    trafilatura_fast,
)


def one_core(read: Callable[[Page], Read], given: list[Page]) -> float:
    """Pages per second of processor time."""
    started = time.process_time()
    for page in given:
        read(page)
    return len(given) / (time.process_time() - started)


@cache
def own_pages() -> list[Page]:
    """The pages, loaded once by each process."""
    given = list(pages(pages_folder()))
    backstory(given[0])
    return given


def read_part(part: int, parts: int) -> float:
    """Read every so-manieth page twice; the seconds of processor time that it took."""
    given = own_pages()[part::parts] * 2
    started = time.process_time()
    for page in given:
        backstory(page)
    return time.process_time() - started


def on_the_wall(pool: ProcessPoolExecutor, parts: int) -> tuple[float, float]:
    """Pages per second of time on the wall with so many processes, and of processor time."""
    started = time.perf_counter()
    seconds = sum(pool.map(read_part, range(parts), [parts] * parts))
    count = 2 * len(own_pages())
    return count / (time.perf_counter() - started), count / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description="pages per second of extraction")
    parser.add_argument("--rounds", type=int, default=3)
    tables.write_option(parser)
    chosen = parser.parse_args()
    rounds = chosen.rounds
    given = list(pages(pages_folder()))
    best: dict[str, float] = {}
    for read in (backstory, trafilatura_fast, trafilatura_alone):
        read(given[0])
    for _ in range(rounds):
        for read in (backstory, trafilatura_fast, trafilatura_alone):
            rate = one_core(read, given)
            best[read.__name__] = max(best.get(read.__name__, 0.0), rate)
    least = best["trafilatura_fast"]
    rows = [
        (name.replace("_", " "), f"{rate:.1f}", f"{rate / least:.2f}")
        for name, rate in best.items()
    ]
    columns = ("method", "pages/s of one core", "beside trafilatura fast")
    tables.show(tables.table("extraction-speed", columns, rows), chosen.write)
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as pool:
        on_the_wall(pool, 2)  # both load the pages
        one, two = (max(on_the_wall(pool, parts) for _ in range(rounds)) for parts in (1, 2))
    print(
        f"one process {one[0]:.1f}, two processes {two[0]:.1f} pages/s on the wall: "
        f"{two[0] / one[0]:.2f} times; of processor time {one[1]:.1f} and {two[1]:.1f}"
    )


if __name__ == "__main__":
    main()
