"""Whether a history finds the days that people chose, all topics lying in one archive.

``python -m evaluation.timelines``: ten articles a topic (seed 1) are asked for as many turning
points as the human timeline has entries; F1 of their days, exact and within one and three days,
articles of other topics, and entries that tell the same again, beside a history with that limit,
one without a limit, and the best by cosine.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np

from backstory.group.history.belonging import unit
from backstory.group.history.entry import TimelineEntry
from backstory.group.history.milestones import turning_points
from backstory.group.history.timeline import timeline
from evaluation import tables
from evaluation.history import DATA, SEED, Corpus, read, replay
from evaluation.history_baselines import pickers

QUERIES = 10
Days = Sequence[tuple[int, Sequence[int]]]  # day since 1970 and the articles of each entry
Asker = Callable[[int, int], Days]


def near(found: Sequence[int], wanted: Sequence[int], within: int) -> float:
    """F1 of days: a day is right that has one of the other side within so many days."""
    if not found:
        return 0.0
    gaps = np.abs(np.array(found)[:, None] - np.array(wanted)[None, :])
    precision = float((gaps.min(axis=1) <= within).mean())
    recall = float((gaps.min(axis=0) <= within).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def matched(found: Sequence[int], wanted: Sequence[int], within: int) -> float:
    """F1 of days, each wanted day used once, the nearest first."""
    pairs = sorted(
        (abs(one - other), i, j)
        for i, one in enumerate(found)
        for j, other in enumerate(wanted)
        if abs(one - other) <= within
    )
    used_found: set[int] = set()
    used_wanted: set[int] = set()
    for _, i, j in pairs:
        if i not in used_found and j not in used_wanted:
            used_found.add(i)
            used_wanted.add(j)
    return 2 * len(used_found) / (len(found) + len(wanted)) if found else 0.0


def repeats(corpus: Corpus, entries: Days) -> float:
    """Share of entries with another within three days and a cosine over 0.25."""
    lead = [seqs[0] for _, seqs in entries]
    count = 0
    for place, seq in enumerate(lead):
        terms, weights, _ = corpus.index.vector(seq)
        alike = corpus.index.dots(terms, unit(weights), np.array(lead, dtype=np.int32))
        count += any(
            other != place
            and abs(entries[other][0] - entries[place][0]) <= 3
            and alike[other] > 0.25
            for other in range(len(lead))
        )
    return count / len(entries) if entries else 0.0


def measure(corpus: Corpus, ask: Asker) -> tuple[str, ...]:
    timelines = read(DATA / "timelines/timelines-dev.jsonl.gz")
    epoch = date(1970, 1, 1)
    seqs_of: dict[str, list[int]] = {}
    for seq, row in enumerate(corpus.rows, 1):
        seqs_of.setdefault(row["topic"], []).append(seq)
    random = np.random.default_rng(SEED)
    asked = {
        topic: sorted(random.choice(seqs, min(QUERIES, len(seqs)), replace=False).tolist())
        for topic, seqs in sorted(seqs_of.items())
    }
    scores: dict[str, list[tuple[float, ...]]] = {}
    for human in timelines:
        topic = human["topic"]
        wanted = [(date.fromisoformat(one["date"]) - epoch).days for one in human["entries"]]
        for seq in asked[topic]:
            entries = ask(seq, len(wanted))
            days = [day for day, _ in entries]
            others = [corpus.rows[one - 1]["topic"] != topic for _, seqs in entries for one in seqs]
            scores.setdefault(topic, []).append(
                (
                    near(days, wanted, 0),
                    near(days, wanted, 1),
                    near(days, wanted, 3),
                    matched(days, wanted, 0),
                    matched(days, wanted, 1),
                    matched(days, wanted, 3),
                    float(np.mean(others)) if others else 0.0,
                    repeats(corpus, entries),
                    len(entries) / len(wanted),
                )
            )
    means = np.mean([np.mean(values, axis=0) for values in scores.values()], axis=0)
    return (*(f"{mean:.3f}" for mean in means[:6]), *(f"{mean:.1%}" for mean in means[6:]))


def _days(entries: Sequence[TimelineEntry]) -> Days:
    return [((entry.minute or 0) // 1440, entry.members) for entry in entries]


def askers(corpus: Corpus) -> dict[str, Asker]:
    """What the product answers: its turning points, and the history as it is."""
    index, shelf = corpus.index, corpus.shelf
    return {
        "turning points": lambda seq, count: _days(turning_points(index, shelf, seq, count)),
        "history": lambda seq, count: _days(timeline(index, shelf, seq, count).entries),
        "history without a limit": lambda seq, _: _days(timeline(index, shelf, seq).entries),
    }


COLUMNS = (
    "method", "exact", "within 1", "within 3", "each day once: exact", "once, within 1",
    "once, within 3", "of other topics", "repeats", "filled",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluation.timelines", description=__doc__)
    tables.write_option(parser)
    chosen = parser.parse_args()
    corpus = replay("timelines", read(DATA / "timelines/articles-dev.jsonl.gz"))
    methods = askers(corpus) | pickers(corpus)
    rows = [(label, *measure(corpus, asker)) for label, asker in methods.items()]
    tables.show(tables.table("timelines", COLUMNS, rows), chosen.write)


if __name__ == "__main__":
    main()
