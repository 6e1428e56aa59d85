"""Statistics of a set of articles, measured alike for real and for made-up ones.

Asked by ``python -m benchmarks.archive --check``. Each made set has as many articles, over as many
days, from as many publishers as the real one it stands beside. What is measured by our own
grouping (sizes of stories, spans of topics, copies) is so on both sides: it compares, it is no
truth.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np

from backstory.enrich.fingerprint import fingerprint
from backstory.enrich.vector import Vectoriser
from backstory.group.copies import Copies
from backstory.group.grouper import Grouper
from backstory.group.history.belonging import unit
from backstory.group.index.similar import Index
from backstory.group.memory import MemoryShelf
from backstory.model.vector import Item
from backstory.text.words import tokens
from benchmarks.archive import articles
from evaluation.data import data_folder

DATA = data_folder()
MOST = 20_000
GROWTH = (1000, 3000, 10_000, 20_000)
_MARKUP = re.compile(r"<[^>]*>?")
# Real set, articles a day, publishers: as in the sets' own descriptions.
BESIDE = (("huffpost", 6.3, 1), ("rss-2026", 850.0, 24))


def real(name: str) -> list[dict[str, Any]]:
    with gzip.open(DATA / name / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in islice(lines, MOST)]


def quantiles(values: Sequence[float], form: str) -> str:
    return " / ".join(format(one, form) for one in np.quantile(values, [0.1, 0.5, 0.9]))


def statistics(rows: Iterable[dict[str, Any]]) -> dict[str, str]:
    """What ``--check`` prints of one set, by name."""
    documents: Counter[str] = Counter()
    lengths, said, growth = [], [], []
    capitals = inner = titled = hours = weekend = 0
    shelf, vectoriser, copies = MemoryShelf("check"), Vectoriser(), Copies()
    index = Index(shelf)
    grouper = Grouper(index, shelf.groups)
    nearest, minutes = [], {}
    copied = seq = 0
    by_site: Counter[str] = Counter()
    for seq, row in enumerate(rows, 1):
        title, text = row["title"], _MARKUP.sub(" ", row.get("text") or "")
        words = tokens(f"{title}\n{text}")
        lengths.append(len(words))
        titled += not text
        distinct = {word.folded for word in words}
        documents.update(distinct)
        said.append(words)
        for word in tokens(text):
            if not word.opens:
                inner += 1
                capitals += word.text[:1].isupper()
        if seq in GROWTH:
            growth.append((seq, len(documents)))
        moment = datetime.fromisoformat(row["published"].replace("Z", "+00:00"))
        hours += 6 <= moment.hour < 18
        weekend += moment.weekday() >= 5
        by_site[row.get("site") or ""] += 1
        language = row.get("language") or ""
        vector = vectoriser.read(title, text, language)
        minute = minutes[seq] = int(moment.timestamp() // 60)
        item = Item(seq, vector, minute, False, language, row.get("site") or "", len(words))
        copied += copies.add(seq, fingerprint(title, text)) is not None
        terms, own = vector.terms, unit(vector.weights)
        found, _ = index.gather(terms[:20], own[:20])
        nearest.append(float(index.dots(terms, own, found).max()) if len(found) else 0.0)
        placed, links = grouper.add(item, title)
        shelf.keep(item, links.to_bytes(), placed.serial)
    sizes = Counter(shelf.groups.story_of(one) for one in range(1, seq + 1))
    of_size = Counter(sizes.values())
    threads: dict[int, list[int]] = {}
    for story in sizes:
        threads.setdefault(shelf.groups.topic_of(story) or story, []).append(story)
    spans = [
        (max(minutes[s] for s in some) - min(minutes[s] for s in some)) / 1440
        for some in threads.values()
        if len(some) >= 3
    ]
    idf = [np.log(seq / documents[word.folded]) for words in said[::10] for word in words]
    ranked = np.sort(list(documents.values()))[::-1]
    zipf = np.polyfit(np.log(np.arange(100, 3000)), np.log(ranked[100:3000] + 0.0), 1)[0]
    heaps = 0.0
    if len(growth) > 1:
        at, count = np.log(np.array(growth, np.float64)).T
        heaps = np.polyfit(at, count, 1)[0]
    many = [size for size in sizes.values() if size >= 2]
    return {
        "articles": str(seq),
        "words an article (10 / 50 / 90 %)": quantiles(lengths, ".0f"),
        "without a text": f"{titled / seq:.2f}",
        "vocabulary": ", ".join(f"{count} at {at}" for at, count in growth),
        "Heaps exponent": f"{heaps:.2f}",
        "Zipf exponent, ranks 100 to 3000": f"{zipf:.2f}",
        "words in one article only": f"{np.mean(ranked == 1):.2f}",
        "idf of a word said (10 / 50 / 90 %)": quantiles(idf, ".1f"),
        "capitals in mid-sentence": f"{capitals / max(1, inner):.3f}",
        "nearest earlier cosine (10 / 50 / 90 %)": quantiles(nearest, ".2f"),
        "alone in their story": f"{of_size[1] / seq:.2f} of articles",
        "stories of 2, 3-4, 5-9, 10+": " ".join(
            f"{sum(low <= size < high for size in many) / max(1, len(many)):.2f}"
            for low, high in ((2, 3), (3, 5), (5, 10), (10, 10**9))
        ),
        "largest story": str(max(of_size)),
        "copies": f"{copied / seq:.3f}",
        "stories in topics of 3 or more": (
            f"{sum(len(some) for some in threads.values() if len(some) >= 3) / len(sizes):.2f}"
        ),
        "span of these in days (10 / 50 / 90 %)": quantiles(spans or [0], ".0f"),
        "largest topic, stories": str(max(len(some) for some in threads.values())),
        "share of the largest publisher": f"{by_site.most_common(1)[0][1] / seq:.2f}",
        "6 to 18 UTC; at weekends": f"{hours / seq:.2f}; {weekend / seq:.2f}",
    }


def check() -> None:
    for name, per_day, publishers in BESIDE:
        if not (DATA / name).exists():
            print(f"{name}: absent (set BACKSTORY_DATA)")
            continue
        rows = real(name)
        left = statistics(rows)
        right = statistics(articles(len(rows), 1, per_day, publishers))
        print(f"{name:42s} {'real':>32s}   made")
        for key, value in left.items():
            print(f"  {key:40s} {value:>32s}   {right[key]}", flush=True)
