"""Kill ``backstory`` with SIGKILL again and again: nothing lost, nothing twice, the same groups.

    python -m evaluation.kills [--kills 10] [--feeds 11] [--seed 7]
    python -m evaluation.kills --imports 50 [--kills 8] [--articles 2000] [--seed 7]

The newsstand is open on loopback; ``backstory run`` crawls it into a fresh store and is killed
at random moments after it has begun. What was acknowledged before each kill must be there after
it, unchanged and once; in the end every page of the newsstand is in once, and the groups equal
those of a replay of the store's rows into a fresh one.

With ``--imports`` it is an import that is killed, as many times over as is said: each of made-up
articles under other guids, killed at other moments, until what is left to do is done; the export
must be that of an import that ran through, to the byte.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import orjson
from sqlalchemy import select

from backstory.pipeline.exporting import export
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.running import Pipeline
from backstory.store.database import Store
from backstory.store.schema import addresses, articles, memberships, sources, versions
from backstory.web.addresses import canonical, key
from benchmarks.archive import articles as made_up
from newsstand import Newsstand
from newsstand.demo import feeds_of

TODAY = date(2026, 11, 24)
PATIENCE = 240.0  # seconds until a run that is not killed must have come to its end


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill: seconds after the start, and articles acknowledged and grouped by then."""

    after: float
    acknowledged: int
    grouped: int


@dataclass(frozen=True, slots=True)
class Outcome:
    kills: tuple[Kill, ...]
    lost: int  # acknowledged articles that were gone or changed after a kill
    twice: int  # pages that are in more than once
    missing: int  # pages of the newsstand that are not in, in the end
    pages: int
    differing: tuple[str, ...]  # articles whose groups are others in a replay of the rows


def measure(kills: int, feeds: int, seed: int = 7) -> Outcome:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, Newsstand(port=0, today=TODAY) as stand:
        store = Store(f"sqlite:///{Path(folder) / 'killed.db'}")
        states = feeds_of(stand)[:feeds]
        add_feeds(store, states)
        hosts = {state.domain for state in states}
        truth = {key(canonical(url)) for url in stand.truth() if _host(url) in hosts}
        done: list[Kill] = []
        before: dict[int, tuple[str, bytes]] = {}
        lost = 0
        while len(done) < kills:
            process = _run(store, folder)
            started = time.monotonic()
            begun = len(before)
            # After so many new articles, however fast they come; where all are in, at any moment.
            if begun < len(truth):
                enough = min(len(truth), begun + chance.randint(1, 8))
                while len(_rows(store)) < enough and process.poll() is None:
                    time.sleep(0.01)
            else:
                time.sleep(chance.uniform(0.0, 0.2))
            _kill(process)
            rows = _rows(store)
            lost += sum(rows.get(seq) != row for seq, row in before.items())
            done.append(Kill(time.monotonic() - started, len(rows), _grouped(store)))
            before = rows
        process = _run(store, folder)
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not len(truth) <= len(_rows(store)) == _grouped(store):
            time.sleep(0.2)
        _kill(process)
        rows = _rows(store)
        lost += sum(rows.get(seq) != row for seq, row in before.items())
        found = [key(row["url"]) for row in export(store)]
        outcome = Outcome(
            kills=tuple(done),
            lost=lost,
            twice=len(found) - len(set(found)),
            missing=len(truth - set(found)),
            pages=len(truth),
            differing=_differing(list(export(store)), _replayed(store, Path(folder) / "fresh.db")),
        )
        store.close()
        return outcome


def _differing(one: list[dict[str, object]], other: list[dict[str, object]]) -> tuple[str, ...]:
    """A line for each article that says other things in the two exports."""
    found = [] if len(one) == len(other) else [f"{len(one)} and {len(other)} articles"]
    for here, there in zip(one, other, strict=False):
        names = [name for name in here.keys() | there.keys() if here.get(name) != there.get(name)]
        if names:
            told = ", ".join(
                f"{name}: {here.get(name)!r} and {there.get(name)!r}" for name in names
            )
            found.append(f"{here['guid']} {told}"[:300])
    return tuple(found)


def _host(url: str) -> str:
    return url.split("/")[2].partition(":")[0]


def _run(store: Store, folder: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "backstory", "run", "--allow-private"]
    with (Path(folder) / "run.log").open("ab") as log:
        return subprocess.Popen(
            [*command, "--port", str(_free_port()), "--store", store.url],
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        found: int = listener.getsockname()[1]
        return found


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and its workers, as the kernel does when memory runs out."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _rows(store: Store) -> dict[int, tuple[str, bytes]]:
    with store.read() as connection:
        rows = connection.execute(select(articles.c.seq, articles.c.guid, articles.c.content))
        return {row.seq: (row.guid, row.content) for row in rows}


def _grouped(store: Store) -> int:
    with store.read() as connection:
        return len(connection.execute(select(memberships.c.seq)).all())


def _replayed(store: Store, path: Path) -> list[dict[str, object]]:
    """The export of a fresh store that was given the rows of this one."""
    fresh = Store(f"sqlite:///{path}")
    with store.read() as old, fresh.write() as new:
        for table in (articles, addresses, versions, sources):
            rows = [dict(row) for row in old.execute(select(table)).mappings()]
            if rows:
                new.execute(table.insert(), rows)
    Pipeline(fresh).drain()
    found = list(export(fresh))
    fresh.close()
    return found


def import_killed(file: Path, kills: int, chance: random.Random) -> tuple[int, bytes, bytes]:
    """Import a file undisturbed, and again with so many kills: how many there were before it came
    to its end, and the two exports."""
    with tempfile.TemporaryDirectory() as folder:
        through, killed = (f"sqlite:///{folder}/{name}.db" for name in ("through", "killed"))
        began = time.monotonic()
        _backstory("import", str(file), "--store", through)
        whole = time.monotonic() - began
        done = 0
        while done < kills:
            process = subprocess.Popen(
                [sys.executable, "-m", "backstory", "import", str(file), "--store", killed],
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            try:
                # From before the first article to well into the work; what is done is passed
                # quickly.
                process.wait(timeout=chance.uniform(0.1, 1.5 + whole / kills))
                break
            except subprocess.TimeoutExpired:
                _kill(process)
                done += 1
        _backstory("import", str(file), "--store", killed)
        return done, _exported(through), _exported(killed)


def _backstory(*words: str) -> bytes:
    command = [sys.executable, "-m", "backstory", *words]
    return subprocess.run(command, check=True, capture_output=True).stdout


def _exported(store: str) -> bytes:
    return _backstory("export", "--store", store)


def imports(runs: int, kills: int, count: int, seed: int) -> bool:
    """Whether all runs gave equal bytes; a line for each is printed."""
    equal = True
    for run in range(runs):
        chance = random.Random(seed + run)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "some.jsonl"
            with file.open("wb") as out:
                for row in made_up(count, seed + run):
                    row["guid"] = f"{chance.getrandbits(64):016x}"
                    out.write(orjson.dumps(row) + b"\n")
            done, through, killed = import_killed(file, kills, chance)
        differing = _differing(
            *([orjson.loads(line) for line in one.splitlines()] for one in (through, killed))
        )
        equal = equal and through == killed
        said = "equal" if through == killed else f"{len(differing)} articles differ"
        print(f"import {run + 1:3}, {done:2} kills: {said}", flush=True)
        for line in differing[:5]:
            print(f"   {line}")
    return equal


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluation.kills", description=__doc__)
    parser.add_argument("--kills", type=int, help="10 of a crawl, 8 of an import")
    parser.add_argument("--imports", type=int, default=0, help="imports, in place of a crawl")
    parser.add_argument("--articles", type=int, default=2000, help="of an import")
    parser.add_argument("--feeds", type=int, default=11)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    if chosen.imports:
        sys.exit(not imports(chosen.imports, chosen.kills or 8, chosen.articles, chosen.seed))
    found = measure(chosen.kills or 10, chosen.feeds, chosen.seed)
    for number, kill in enumerate(found.kills, start=1):
        print(
            f"kill {number:2} after {kill.after:5.1f} s: {kill.acknowledged:4} acknowledged, "
            f"{kill.grouped:4} grouped"
        )
    print(
        f"{found.pages} pages; lost {found.lost}, twice {found.twice}, missing {found.missing}; "
        f"other in a replay {len(found.differing)}"
    )
    for line in found.differing:
        print(f"   {line}")
    sys.exit(bool(found.lost or found.twice or found.missing or found.differing))


if __name__ == "__main__":
    main()
