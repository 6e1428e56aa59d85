"""How long a history and an article's links take: ``python -m benchmarks.history [SET] [COUNT]``.

Times of one core, in this process, over a set replayed in memory; p50 and p99 of 500 histories
(seed 1), and links a second over the first and the last tenth of the stream.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from backstory.enrich.vector import Vectoriser
from backstory.group.history.timeline import ranked, timeline
from backstory.group.index.links import link
from backstory.group.index.similar import Index
from backstory.group.memory import MemoryShelf
from backstory.model.changes import Placement
from backstory.model.vector import Item
from evaluation.history import DATA, minute_of, read


def times(ask: Callable[[int], object], seqs: list[int]) -> str:
    ask(seqs[0])
    taken = []
    for seq in seqs:
        started = time.perf_counter()
        ask(seq)
        taken.append(1000 * (time.perf_counter() - started))
    middle, slow = np.quantile(taken, [0.5, 0.99])
    return f"p50 {middle:.1f} ms  p99 {slow:.1f} ms"


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "huffpost"
    rows = read(DATA / name / "articles.jsonl.gz")
    if len(sys.argv) > 2:
        rows = rows[: int(sys.argv[2])]
    shelf, vectoriser = MemoryShelf(name), Vectoriser()
    index = Index(shelf)
    spent = []
    for seq, row in enumerate(rows, 1):
        language = row.get("language") or ""
        vector = vectoriser.read(row["title"], row.get("text") or "", language)
        item = Item(seq, vector, minute_of(row), False, language, row.get("site") or "", 20)
        started = time.perf_counter()
        links = link(index, item)
        index.add(item, links)
        if seq % 1000 == 0:
            index.settle(seq)
        spent.append(time.perf_counter() - started)
        shelf.place(item, links.to_bytes(), Placement(seq))
    tenth = len(rows) // 10
    first, last = sum(spent[tenth : 2 * tenth]), sum(spent[-tenth:])
    print(f"{name}: {len(rows)} articles")
    print(
        f"  links a second: {tenth / first:.0f} in the second tenth, {tenth / last:.0f} in the last"
    )
    random = np.random.default_rng(1)
    seqs = random.integers(1, len(rows), 500).tolist()
    print(f"  ranked    {times(lambda seq: ranked(index, seq), seqs)}")
    print(f"  timeline  {times(lambda seq: timeline(index, shelf, seq), seqs)}")


if __name__ == "__main__":
    main()
