"""The whole pipeline: articles per second with everything stored, tagged, summarised and grouped.

``python -m benchmarks.pipeline [--rss]`` imports huffpost and bbc-extracts, with ``--rss`` also
rss-2026 (long), each into a new store in a process of its own, on one core; then asks histories.
Beside each rate stands what the same process needs to parse the same lines with ``json`` alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from evaluation import tables
from evaluation.data import data_folder

DATA = data_folder()
SETS = {"huffpost": "huffpost/articles.jsonl.gz", "bbc-extracts": "bbc-extracts/dev.jsonl.gz"}
PART = 10_000
QUESTIONS = 300


def _import(source: Path, store_path: Path, answers: Any) -> None:
    """In a process of its own: import, ask, tell."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from backstory.archive import Archive
    from backstory.pipeline.import_files import lines
    from backstory.pipeline.importing import take_all
    from backstory.pipeline.running import Pipeline
    from backstory.store.database import Store
    from backstory.store.enriched import last_seq

    # Compiled code is loaded (or made) before the clock starts: once a machine.
    with tempfile.TemporaryDirectory() as folder:
        warm = Store(f"sqlite:///{folder}/warm.db")
        few = Path(folder) / "few.jsonl"
        few.write_bytes(b"".join(_head(source, 300)))
        take_all(warm, lines(str(few), lambda done: None), lambda line: None,
                 pipeline=Pipeline(warm))  # fmt: skip
        warm.close()
    store = Store(f"sqlite:///{store_path}")
    marks: list[tuple[int, float]] = [(0, time.perf_counter())]
    began = time.process_time()

    def marked() -> Iterator[Any]:
        for line in lines(str(source), lambda done: None):
            yield line
            with_count = len(marks) * PART
            if counted[0] >= with_count:
                marks.append((counted[0], time.perf_counter()))
            counted[0] += 1

    counted = [0]
    counts = take_all(store, marked(), lambda line: None, pipeline=Pipeline(store))
    cpu = time.process_time() - began
    marks.append((counted[0], time.perf_counter()))
    wall = marks[-1][1] - marks[0][1]
    with store.read() as connection:
        assert last_seq(connection) == counts.new
    guids = []
    chance = random.Random(1)
    with Archive(store) as archive, store.read() as connection:
        from backstory.store.articles import guids as guids_of

        seqs = sorted(chance.sample(range(1, counts.new + 1), min(QUESTIONS, counts.new)))
        guids = list(guids_of(connection, seqs).values())
        archive.history(guids[0])
        took = []
        for guid in guids:
            start = time.perf_counter()
            archive.history(guid)
            took.append(time.perf_counter() - start)
    took.sort()
    rates = [
        (after[0] - before[0]) / (after[1] - before[1])
        for before, after in pairwise(marks)
        if after[0] > before[0]
    ]
    store.close()
    answers.put(
        {
            "articles": counts.new,
            "wall": wall,
            "cpu": cpu,
            "rates": rates,
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "store": store_path.stat().st_size / 1e6,
            "p50": took[len(took) // 2] * 1000,
            "p99": took[int(len(took) * 0.99)] * 1000,
        }
    )


def _head(source: Path, count: int) -> list[bytes]:
    with gzip.open(source, "rb") as file:
        return [line for line, _ in zip(file, range(count), strict=False)]


def _parsing(source: Path) -> float:
    """Seconds to unpack and parse the lines alone: the floor."""
    start = time.perf_counter()
    with gzip.open(source, "rb") as file:
        for line in file:
            json.loads(line)
    return time.perf_counter() - start


COLUMNS = (
    "set", "articles", "articles/s", "of parsing alone", "memory", "store",
    "history p50", "history p99",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description=__doc__)
    parser.add_argument("--rss", action="store_true", help="also rss-2026, 87,091 articles")
    tables.write_option(parser)
    chosen = parser.parse_args()
    sets = dict(SETS)
    rows: list[list[str]] = []
    if chosen.rss:
        sets["rss-2026"] = "rss-2026/articles.jsonl.gz"
    context = multiprocessing.get_context("spawn")
    for name, file in sets.items():
        source = DATA / file
        if not source.exists():
            print(f"{name}: no {source}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            answers = context.Queue()
            process = context.Process(
                target=_import, args=(source, Path(folder) / "bench.db", answers)
            )
            process.start()
            found = answers.get()
            process.join()
        floor = _parsing(source)
        rows.append(
            [
                name,
                f"{found['articles']:,}",
                f"{found['articles'] / found['wall']:.0f}",
                f"{found['wall'] / floor:.0f} ×",
                f"{found['memory']:.0f} MiB",
                f"{found['store']:.0f} MB",
                f"{found['p50']:.1f} ms",
                f"{found['p99']:.1f} ms",
            ]
        )
        print(f"{name}: {found['articles'] / found['cpu']:.0f}/s of processor time", flush=True)
        if len(found["rates"]) > 2:
            print(
                f"  first {PART}: {found['rates'][0]:.0f}/s, "
                f"last {PART}: {found['rates'][-2]:.0f}/s"
            )
    tables.show(tables.table("pipeline", COLUMNS, rows), chosen.write)


if __name__ == "__main__":
    main()
