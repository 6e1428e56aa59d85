"""A large made-up archive through the real pipeline: how rate, memory and store grow with it.

``python -m benchmarks.scale [--count 1000000] [--store FILE]`` imports what
``benchmarks.archive`` makes into a new store (or goes on with one that an earlier run left), tells
at every 50,000 articles, asks histories of it, and last measures what one more article costs there
and in an archive of ten thousand, in turns, on copies of both.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from backstory.archive import Archive
from backstory.collect.jsonl import BadLine
from backstory.model.article import Article
from backstory.pipeline.import_files import lines
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.store.articles import guids as guids_of
from backstory.store.articles import last_seq
from backstory.store.database import Store
from evaluation import tables

QUESTIONS = 500
MARK = 50_000
SMALL = 10_000  # articles of the archive that the large one is compared with
MORE, ROUNDS = 500, 5  # articles more at a time, and how many times


def memory() -> tuple[float, float]:
    """MiB that the process holds now, and held at most."""
    now = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20
    return now, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def size(path: Path) -> str:
    derived = path.with_name(path.name + ".derived")
    kept = sum(p.stat().st_size for p in path.parent.glob(path.name + "*") if p.is_file())
    made = sum(p.stat().st_size for p in derived.rglob("*") if p.is_file())
    return f"store {kept / 1e6:.0f} MB, derived {made / 1e6:.0f} MB"


def made(path: Path, count: int, seed: int) -> Path:
    """The file of made articles beside a store, with some more than ``count``."""
    file = path.with_name(path.name + ".jsonl")
    if not file.exists():
        # In a process of its own, so that the memory told is the pipeline's.
        subprocess.run(
            [sys.executable, "-m", "benchmarks.archive", "--out", str(file),
             "--count", str(count + (ROUNDS + 1) * MORE), "--seed", str(seed)],
            check=True,
        )  # fmt: skip
    return file


def read(file: Path, first: int, past: int) -> Iterator[Article | BadLine]:
    return islice(lines(str(file), lambda read: None), first, past)


def take_in(path: Path, count: int, seed: int) -> tables.Table:
    file = made(path, count, seed)
    store = Store(f"sqlite:///{path}")
    with store.read() as connection:
        done = last_seq(connection)
    pipeline = Pipeline(store)
    wall, cpu = time.perf_counter(), time.process_time()
    rows: list[tuple[str, ...]] = []

    def marked() -> Iterator[Article | BadLine]:
        nonlocal wall, cpu
        for number, line in enumerate(read(file, done, count), done):
            if number % MARK == 0 and number > done:
                now, most = memory()
                took, used = time.perf_counter() - wall, time.process_time() - cpu
                print(
                    f"{number}: {MARK / took:.0f}/s ({MARK / used:.0f}/s of processor time), "
                    f"{now:.0f} MiB (at most {most:.0f}), {size(path)}",
                    flush=True,
                )
                if number % (4 * MARK) == 0 or number == MARK:
                    rows.append((f"{number:,}", f"{MARK / used:.0f}", f"{now:,.0f} MiB"))
                wall, cpu = time.perf_counter(), time.process_time()
            yield line

    counts = take_all(store, marked(), print, pipeline=pipeline)
    print(f"{counts.new} new, {counts.known} unchanged, {counts.refused} rejected", flush=True)
    store.close()
    now, most = memory()
    rows.append((f"{count:,}", "", f"{now:,.0f} MiB, at most {most:,.0f}"))
    return tables.table("scale", ("articles", "per second of processor time", "memory"), rows)


def one_more(path: Path, folder: Path) -> list[tuple[str, str]]:
    """What one more article costs here and in an archive of ten thousand."""
    file = path.with_name(path.name + ".jsonl")
    small, large = folder / "small.db", folder / "large.db"
    shutil.copy(path, large)
    derived = path.with_name(path.name + ".derived")
    if derived.exists():  # a small archive has none yet
        shutil.copytree(derived, folder / "large.db.derived")
    few = Store(f"sqlite:///{small}")
    take_all(few, read(file, 0, SMALL), print, pipeline=Pipeline(few))
    few.close()
    costs: dict[Path, list[float]] = {small: [], large: []}
    stores = {one: Store(f"sqlite:///{one}") for one in costs}
    pipelines = {one: Pipeline(store) for one, store in stores.items()}
    more: dict[Path, list[Article | BadLine]] = {}
    for one, store in stores.items():
        with store.read() as connection:
            at = last_seq(connection)
        more[one] = list(read(file, at, at + (ROUNDS + 1) * MORE))
        if len(more[one]) <= ROUNDS * MORE:
            raise SystemExit(f"{file} ends too soon behind {at}: delete it to have it made anew")
    for number in range(ROUNDS + 1):
        for one, store in stores.items():
            some = more[one][number * MORE : (number + 1) * MORE]
            start = time.process_time()
            take_all(store, some, print, pipeline=pipelines[one])
            if number:  # the first round fills what is kept in memory
                costs[one].append(1000 * (time.process_time() - start) / len(some))
    for store in stores.values():
        store.close()
    here, there = float(np.median(costs[large])), float(np.median(costs[small]))
    return [
        ("one more article, processor time", f"{here:.2f} ms"),
        (f"one more article in an archive of {SMALL:,}", f"{there:.2f} ms"),
        ("the one beside the other", f"{here / there:.2f} times"),
    ]


def ask(path: Path) -> list[tuple[str, str]]:
    random = np.random.default_rng(1)
    store = Store(f"sqlite:///{path}")
    with Archive(store) as archive:
        with store.read() as connection:
            last = last_seq(connection)
            seqs = sorted(random.integers(1, last, QUESTIONS).tolist())
            of = guids_of(connection, seqs)
        asked = list(of.values())
        random.shuffle(asked)
        archive.history(asked[0])
        took, used = [], []
        for guid in asked:
            start, begun = time.perf_counter(), time.process_time()
            archive.history(guid)
            took.append(1000 * (time.perf_counter() - start))
            used.append(1000 * (time.process_time() - begun))
        (middle, slow), (cpu, most_cpu) = (np.quantile(one, [0.5, 0.99]) for one in (took, used))
        now, most = memory()
    return [
        ("articles", f"{last:,}"),
        ("history p50", f"{middle:.1f} ms"),
        ("history p99", f"{slow:.1f} ms"),
        ("processor time of a history p50", f"{cpu:.1f} ms"),
        ("processor time of a history p99", f"{most_cpu:.1f} ms"),
        ("memory of the process", f"{now:,.0f} MiB, at most {most:,.0f}"),
        ("store and derived files", size(path)),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=Path, help="kept; else made in a folder that goes away")
    parser.add_argument("--only-ask", action="store_true", help="of a store that is there")
    tables.write_option(parser)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.store or Path(folder) / "made.db"
        if not chosen.only_ask:
            tables.show(take_in(path, chosen.count, chosen.seed), chosen.write)
        figures = [*ask(path), *one_more(path, Path(folder))]
        tables.show(tables.table("scale-histories", ("what", "figure"), figures), chosen.write)


if __name__ == "__main__":
    main()
