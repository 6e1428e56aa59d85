"""How well histories hold together: ranking, stopping, folding, against plain baselines.

``python -m evaluation.history [--queries 4] [huffpost wikipedia-events rss-2026 seed]``: with
``--queries 0`` every event of every topic is asked, else that many of each (seed 1, stated).
Nothing is tuned here; the defaults are those of the package.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.article import length
from backstory.enrich.tags.aliases import Aliases
from backstory.enrich.tags.tagger import tag
from backstory.enrich.vector import Vectoriser
from backstory.group.grouper import Grouper
from backstory.group.history.belonging import fading, strongest, unit
from backstory.group.history.timeline import ranked, timeline
from backstory.group.index.similar import Index
from backstory.group.memory import MemoryShelf
from backstory.model.vector import Item
from backstory.text.named_days import named_days
from evaluation import tables
from evaluation.data import data_folder
from evaluation.history_baselines import rankers as baselines

DATA = data_folder()
SEED = 1
FAR_DAYS = 30
ASKED = 50
Ranker = Callable[[int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set of articles, replayed as the pipeline would; ``rows[seq - 1]`` is article ``seq``."""

    rows: list[dict[str, Any]]
    shelf: MemoryShelf
    index: Index
    minutes: NDArray[np.int64]

    def words(self, seq: int) -> str:
        row = self.rows[seq - 1]
        return f"{row['title']} {row['title']} {row.get('text') or ''}"


def read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def minute_of(row: dict[str, Any]) -> int:
    stated = row.get("published") or row.get("seen")
    return int(datetime.fromisoformat(str(stated).replace("Z", "+00:00")).timestamp() // 60)


def replay(name: str, rows: list[dict[str, Any]]) -> Corpus:
    """Vectors, tags, stories and links of all rows, one article at a time, as an import would."""
    shelf = MemoryShelf(name)
    index, vectoriser, aliases = Index(shelf), Vectoriser(), Aliases()
    grouper = Grouper(index, shelf.groups)
    started = time.perf_counter()
    for seq, row in enumerate(rows, 1):
        text = row.get("text") or ""
        language = row.get("language") or ""
        vector = vectoriser.read(row["title"], text, language)
        source, words = row.get("site") or "", length(row["title"], text)
        item = Item(seq, vector, minute_of(row), False, language, source, words)
        placed, links = grouper.add(item, row["title"])
        shelf.keep(item, links.to_bytes(), placed.serial)
        given = tuple(row.get("tags") or ())
        shelf.tags[seq] = aliases.add(tag(row["title"], text, language or None, given))
        published = datetime.fromtimestamp(60 * minute_of(row), UTC).date()
        shelf.days[seq] = named_days(f"{row['title']}\n{text}", published, language)
        if seq % 1000 == 0:
            index.settle(seq)
            shelf.words.update(vectoriser.drain().new)
    shelf.words.update(vectoriser.drain().new)
    count = len({shelf.groups.story_of(seq) for seq in range(1, len(rows) + 1)})
    rate = len(rows) / (time.perf_counter() - started)
    print(f"{name}: {len(rows)} articles, {count} stories, {rate:.0f} per second")
    return Corpus(rows, shelf, index, np.array([0, *map(minute_of, rows)]))


@dataclass(frozen=True, slots=True)
class Gold:
    """Topics: the articles of each; those that are neither right nor wrong; who is judged."""

    topics: dict[str, list[int]]
    doubtful: dict[str, set[int]]
    judged: NDArray[np.bool_]


def huffpost_gold(rows: list[dict[str, Any]]) -> Gold:
    patterns = json.loads((DATA / "huffpost/topics-dev.json").read_text())
    topics = {
        name: [
            seq
            for seq, row in enumerate(rows, 1)
            if re.search(pattern, f"{row['title']} {row['text']}")
        ]
        for name, pattern in patterns.items()
    }
    return Gold(topics, {}, np.ones(len(rows) + 1, dtype=bool))


def wikipedia_gold(rows: list[dict[str, Any]]) -> Gold:
    number = {row["guid"]: seq for seq, row in enumerate(rows, 1)}
    folder = DATA / "wikipedia-events"
    topics = json.loads((folder / "topics-dev.json").read_text())
    with gzip.open(folder / "topics-dev-doubtful.json.gz", "rt") as file:
        doubtful = json.load(file)
    return Gold(
        {name: [number[guid] for guid in guids] for name, guids in topics.items()},
        {name: {number[guid] for guid in guids} for name, guids in doubtful.items()},
        np.array([False, *(row["labelled"] for row in rows)]),
    )


def precision(found: Iterable[int], right: set[int]) -> tuple[float, float]:
    """AP@50 over min(50, right), and recall@50."""
    hits, total = 0, 0.0
    for place, seq in enumerate(list(found)[:ASKED], 1):
        if seq in right:
            hits += 1
            total += hits / place
    most = min(ASKED, len(right))
    return total / most, hits / most


def queries(gold: Gold, count: int) -> list[tuple[str, int]]:
    random = np.random.default_rng(SEED)
    chosen: list[tuple[str, int]] = []
    for name, seqs in gold.topics.items():
        some = seqs
        if 0 < count < len(seqs):
            some = sorted(random.choice(seqs, count, replace=False).tolist())
        chosen.extend((name, seq) for seq in some)
    return chosen


def rank_quality(corpus: Corpus, gold: Gold, ranker: Ranker, count: int) -> tuple[str, ...]:
    """AP@50, R@50, AP@50 of what is 30 days or more away (means over topics), and time."""
    of_topic: dict[str, list[tuple[float, float]]] = {}
    far: dict[str, list[float]] = {}
    times = []
    for name, seq in queries(gold, count):
        right = set(gold.topics[name]) - {seq}
        if not right:
            continue
        skip = gold.doubtful.get(name, set())
        started = time.perf_counter()
        found = ranker(seq)
        times.append(time.perf_counter() - started)
        kept = [one for one in found if one != seq and gold.judged[one] and one not in skip]
        of_topic.setdefault(name, []).append(precision(kept, right))

        def is_far(one: int, seq: int = seq) -> bool:
            gap = abs(int(corpus.minutes[one]) - int(corpus.minutes[seq]))
            return gap >= FAR_DAYS * 1440

        right_far = {one for one in right if is_far(one)}
        if right_far:
            value, _ = precision([one for one in kept if is_far(one)], right_far)
            far.setdefault(name, []).append(value)
    means = np.array([np.mean(values, axis=0) for values in of_topic.values()]).mean(axis=0)
    away = float(np.mean([np.mean(values) for values in far.values()])) if far else 0.0
    milliseconds = 1000 * np.quantile(times, [0.5, 0.99])
    return (
        *(f"{figure:.3f}" for figure in (means[0], means[1], away)),
        *(f"{figure:.1f} ms" for figure in milliseconds),
    )


def tfidf(corpus: Corpus) -> Ranker:
    """Plain TF-IDF cosine (sublinear, English stop words, title twice)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    matrix = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform(
        corpus.words(seq) for seq in range(1, len(corpus.rows) + 1)
    )

    def rank(seq: int) -> list[int]:
        scores = (matrix @ matrix[seq - 1].T).toarray().ravel()
        best = np.argpartition(-scores, min(1000, len(scores) - 1))[:1000]
        return [int(one) + 1 for one in best[np.argsort(-scores[best], kind="stable")]]

    return rank


def cosine(corpus: Corpus, timed: bool) -> Ranker:
    """Our vectors' cosine, names weighted, with or without the fading of belonging."""

    def rank(seq: int) -> list[int]:
        terms, weights, _ = corpus.index.vector(seq)
        own = unit(weights)
        found, _sums = corpus.index.gather(terms[:20], own[:20])
        scores = corpus.index.dots(terms, own, found).astype(np.float64)
        if timed:
            scores *= fading(corpus.index.minutes(found), int(corpus.minutes[seq]))
        return [int(found[place]) for place in strongest(found, scores, 1000)]

    return rank


def shown(corpus: Corpus, seq: int) -> tuple[int, set[int]]:
    """Entries that the history of an article shows, and all articles in them."""
    entries = timeline(corpus.index, corpus.shelf, seq).entries
    return len(entries), {one for entry in entries for one in entry.members} - {seq}


def stop_quality(corpus: Corpus, gold: Gold, count: int) -> tuple[str, str]:
    """F1 of the set that a history shows by itself, mean over topics."""
    of_topic: dict[str, list[float]] = {}
    sizes = []
    for name, seq in queries(gold, count):
        right = set(gold.topics[name]) - {seq}
        if not right:
            continue
        entries, found = shown(corpus, seq)
        sizes.append(entries)
        skip = gold.doubtful.get(name, set())
        judged = {one for one in found if gold.judged[one] and one not in skip}
        of_topic.setdefault(name, []).append(2 * len(judged & right) / (len(judged) + len(right)))
    score = float(np.mean([np.mean(values) for values in of_topic.values()]))
    return f"{score:.3f}", f"{np.median(sizes):.0f}"


def one_off_quality(corpus: Corpus, guids: set[str]) -> tuple[str, str]:
    """Of items that have no topic, how many show at most two entries (their own is one)."""
    counts = [
        shown(corpus, seq)[0] for seq, row in enumerate(corpus.rows, 1) if row["guid"] in guids
    ]
    few = np.mean([count <= 2 for count in counts])
    return f"{few:.2f} of {len(counts)}", f"{np.mean(counts):.1f}"


def one_offs() -> set[str]:
    listed = Path(__file__).with_name("one_off_items.txt").read_text().split()
    return set(listed)


def seed_rows() -> list[dict[str, Any]]:
    """The seed page's headlines with their ages, as of a made-up day."""
    lines = [line.strip() for line in (DATA.parent / "seed/page.txt").read_text().splitlines()]
    start = lines.index("History of this topic") + 1
    rows: list[dict[str, Any]] = []
    title = ""
    now = 1_735_000_000 // 60
    days = {"year": 365, "month": 30.4, "week": 7, "day": 1}
    for line in lines[start:]:
        if line.endswith(" ago"):
            age = sum(
                int(n) * days[unit] for n, unit in re.findall(r"(\d+)\s(year|month|week|day)", line)
            )
            rows.append({"title": title, "minute": now - int(age * 1440)})
            title = ""
        elif line and not title:
            title = line
    return rows


def seed_page(base: list[dict[str, Any]]) -> str:
    """The seed page's headlines among 20,000 others: what its history looks like."""
    own = seed_rows()
    shift = minute_of(base[10_000]) - max(row["minute"] for row in own)
    for place, row in enumerate(own):
        moment = datetime.fromtimestamp((row["minute"] + shift) * 60).astimezone()
        row |= {"guid": f"seed-{place}", "published": moment.isoformat(), "language": "en"}
    # The page's headlines come in after the others, the oldest first, as an import would.
    mixed = [*base[:20_000], *sorted(own, key=minute_of)]
    corpus = replay("seed page in rss-2026", mixed)
    number = {row["guid"]: seq for seq, row in enumerate(mixed, 1)}
    asked = number["seed-30"]
    entries = timeline(corpus.index, corpus.shelf, asked).entries
    ours = {number[row["guid"]] for row in own}
    strays = sum(not ours & set(entry.members) for entry in entries)
    titles = [mixed[entry.members[0] - 1]["title"].casefold() for entry in entries]
    covered = len(ours & {one for entry in entries for one in entry.members})
    lines = [
        f"seed page: {len(entries)} entries, {strays} of others, "
        f"{len(titles) - len(set(titles))} repeat a text, {covered} of {len(ours)} headlines in"
    ]
    for entry in entries:
        row = mixed[entry.members[0] - 1]
        lines.append(f"  {row['published'][:10]} {len(entry.members):3d} {row['title'][:90]}")
    return "\n".join(lines)


COLUMNS = ("method", "AP@50", "R@50", "30 days or more away", "p50", "p99")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "sets", nargs="*", default=["huffpost", "wikipedia-events", "rss-2026", "seed"]
    )
    parser.add_argument("--queries", type=int, default=4, help="of each topic; 0 asks all")
    parser.add_argument("--no-tfidf", action="store_true", help="leave the slow baseline out")
    tables.write_option(parser)
    arguments = parser.parse_args()
    guids = one_offs()
    stops: list[tuple[str, ...]] = []
    for name in arguments.sets:
        if name == "seed":
            print(seed_page(read(DATA / "rss-2026/articles.jsonl.gz")))
            continue
        rows = read(DATA / name / "articles.jsonl.gz")
        corpus = replay(name, rows)
        if name != "rss-2026":
            gold = huffpost_gold(rows) if name == "huffpost" else wikipedia_gold(rows)
            rankers: dict[str, Ranker] = {}
            if not arguments.no_tfidf:
                rankers["TF-IDF cosine"] = tfidf(corpus)
            rankers["names, cosine"] = cosine(corpus, timed=False)
            rankers["names, cosine, time"] = cosine(corpus, timed=True)
            rankers |= baselines(corpus)
            rankers["history"] = lambda seq, c=corpus: [one for one, _ in ranked(c.index, seq)]  # type: ignore[misc]
            lines = [
                (label, *rank_quality(corpus, gold, ranker, arguments.queries))
                for label, ranker in rankers.items()
            ]
            tables.show(tables.table(f"histories-{name}", COLUMNS, lines), arguments.write)
            quality, entries = stop_quality(corpus, gold, arguments.queries)
            stops.append((f"{name}: F1 of what a history shows by itself", quality))
            stops.append((f"{name}: entries shown, median", entries))
        if name != "huffpost":
            few, mean = one_off_quality(corpus, guids)
            stops.append((f"{name}: items without a topic that show at most two entries", few))
            stops.append((f"{name}: entries that they show, mean", mean))
    if stops:
        tables.show(tables.table("history-stops", ("what", "figure"), stops), arguments.write)


if __name__ == "__main__":
    main()
