"""How fast vectors, stories and copies are, and how right copies are, in one run.

All times are those of the processor, on one core, so that neighbours do not count.

    python -m benchmarks.stories [--articles N] [--json]

Stories: headlines (uci-headlines, again and again), texts (ecb-plus) and a long stream of
made-up headlines of which a few hundred events are alive at a time, its first and last 10,000
compared. Beside them plain TF-IDF in Python, the least that any grouping must do.

Bad input: no words at all, a million words, ten thousand times one headline, dates years apart,
out of order and missing: how long each takes, and how many stories come out.

Copies: a set made by rules from bbc-extracts: each article with another headline; trimmed to
60 %; with a new lead of 25 words; with 5 % of the words changed; and with all of these at once.
Right is the first article that is as near by the same rules; everything said to copy an
article of which it was not made is wrong.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle, islice

from backstory.enrich.fingerprint import fingerprint
from backstory.enrich.vector import Vectoriser
from backstory.group.copies import Copies
from backstory.group.groups import Groups
from backstory.group.stories.online import Stories
from backstory.model.vector import Item
from evaluation import tables
from evaluation.stories import Labelled, read

Row = dict[str, str | float]


def grouped(articles: Sequence[Labelled], part: int) -> tuple[list[float], list[float]]:
    """Seconds that each part of so many articles took: vectors, and stories."""
    vectoriser, stories = Vectoriser(), Stories()
    vectors, groups = [], []
    for start in range(0, len(articles), part):
        began = time.process_time()
        read_items = [
            Item(
                seq,
                vectoriser.read(one.title, one.text, one.language),
                one.minute,
                False,
                one.language,
                "",
                len(one.title.split()) + len(one.text.split()),
            )
            for seq, one in enumerate(articles[start : start + part], start + 1)
        ]
        middle = time.process_time()
        for item in read_items:
            stories.add(item)
        vectors.append(middle - began)
        groups.append(time.process_time() - middle)
    return vectors, groups


def plain(articles: Sequence[Labelled]) -> float:
    """Articles per second of counting words and weighing them, in Python."""
    counts: Counter[str] = Counter()
    began = time.process_time()
    for number, one in enumerate(articles, 1):
        words = Counter(f"{one.title} {one.text}".lower().split())
        counts.update(words.keys())
        _ = {word: times * number / counts[word] for word, times in words.items()}
    return len(articles) / (time.process_time() - began)


def long_stream(count: int) -> Iterator[Labelled]:
    """Headlines of 8 words out of 14 that an event has, 300 events at a time."""
    chance = random.Random(1)
    words = [
        "".join(chance.choice("bcdfglmnprstv") + chance.choice("aeiou") for _ in range(3))
        for _ in range(60_000)
    ]
    events = [chance.sample(words, 14) for _ in range(300)]
    for number in range(count):
        if number % 10 == 0:
            events[chance.randrange(300)] = chance.sample(words, 14)
        title = " ".join(chance.sample(chance.choice(events), 8)).capitalize()
        yield Labelled(title, "", "en", number // 3, None)


def speed(count: int) -> Iterator[Row]:
    headlines = list(islice(cycle(read("uci-headlines")), 20_000))
    texts = [replace(one, text=" ".join(one.text.split()[:300])) for one in read("ecb-plus")] * 4
    grouped(headlines[:300], 300)
    for name, articles in (("headlines", headlines), ("texts", texts)):
        vectors, groups = grouped(articles, len(articles))
        yield {
            "what": f"stories: {name}",
            "vectors per second": len(articles) / vectors[0],
            "stories per second": len(articles) / groups[0],
            "both per second": len(articles) / (vectors[0] + groups[0]),
            "plain TF-IDF per second": plain(articles),
        }
    vectors, groups = grouped(list(long_stream(count)), 10_000)
    each = [one + other for one, other in zip(vectors, groups, strict=True)]
    yield {
        "what": f"stories: stream of {count}",
        "first 10,000 per second": 10_000 / each[0],
        "last 10,000 per second": 10_000 / each[-1],
        "last over first": each[-1] / each[0],
        "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def bad_input() -> Iterator[Row]:
    one = "Earthquake of magnitude 6.1 strikes Valdoria, 40 dead"
    year = 365 * 1440
    chance = random.Random(1)
    minutes = [number * 30 for number in range(1000)]
    million = " ".join(
        "".join(chance.choice("bcdfglmnprstv") + chance.choice("aeiou") for _ in range(3))
        for _ in range(1_000_000)
    )
    cases: dict[str, list[tuple[str, str, int | None]]] = {
        "1,000 without words": [("", "", 0)] * 1000,
        "one of a million words": [("Report", million, 0)],
        "10,000 of one headline, at once": [(one, "", 0)] * 10_000,
        "10,000 of one headline, without dates": [(one, "", None)] * 10_000,
        "1,000 of one headline, a year apart": [(one, "", n * year) for n in range(1000)],
        "1,000 of one headline, half an hour apart": [(one, "", minute) for minute in minutes],
        "the same, out of order": [(one, "", m) for m in chance.sample(minutes, 1000)],
        "the same, every second date missing": [
            (one, "", None if minute % 60 else minute) for minute in minutes
        ],
    }
    for name, articles in cases.items():
        vectoriser, grouper = Vectoriser(), Stories()
        groups = Groups()
        began = time.process_time()
        for seq, (title, text, minute) in enumerate(articles, 1):
            vector = vectoriser.read(title, text, "en")
            length = title.count(" ") + text.count(" ") + 2
            placement = grouper.add(Item(seq, vector, minute, False, "en", "", length))
            groups.place(seq, placement)
        took = time.process_time() - began
        yield {
            "what": f"bad input: {name}",
            "seconds": took,
            "stories": float(len({groups.story_of(seq) for seq in range(1, len(articles) + 1)})),
        }


def copies_by_rule(seed: int = 1) -> tuple[list[tuple[str, str]], list[int | None]]:
    """Articles, and of each the place of the one it was made of."""
    chance = random.Random(seed)
    originals = read("bbc-extracts")
    vocabulary = [word for one in originals for word in one.text.split()]
    articles = [(one.title, one.text) for one in originals]
    made_of: list[int | None] = [None] * len(articles)

    def trim(words: list[str]) -> list[str]:
        return words[: int(len(words) * 0.6)]

    def lead(words: list[str]) -> list[str]:
        return chance.choices(vocabulary, k=25) + words

    def change(words: list[str]) -> list[str]:
        return [chance.choice(vocabulary) if chance.random() < 0.05 else one for one in words]

    rules = [
        lambda words: words,
        trim,
        lead,
        change,
        lambda words: lead(change(trim(words))),
    ]
    for place, one in enumerate(originals):
        for rule in rules:
            title = chance.choice(originals).title
            articles.append((title, " ".join(rule(one.text.split()))))  # type: ignore[no-untyped-call]
            made_of.append(place)
    return articles, made_of


def copies() -> Row:
    articles, made_of = copies_by_rule()
    shelf = Copies()
    Copies(64).add(0, fingerprint(*articles[0]))  # compile before the clock runs
    began = time.process_time()
    prints = [fingerprint(*one) for one in articles]
    middle = time.process_time()
    said = [shelf.add(seq, one) for seq, one in enumerate(prints)]
    ended = time.process_time()
    # Some originals are copies of one another in the set itself: their first stands for both.
    first = [seq if found is None else found for seq, found in enumerate(said)]
    wanted = [None if place is None else first[place] for place in made_of]
    right = sum(one is not None and one == other for one, other in zip(said, wanted, strict=True))
    positives = sum(
        one is not None and other is not None for one, other in zip(said, wanted, strict=True)
    )
    return {
        "what": "copies",
        "fingerprints per second": len(articles) / (middle - began),
        "look-ups per second": len(articles) / (ended - middle),
        "both per second": len(articles) / (ended - began),
        "precision": right / max(1, positives),
        "recall": right / sum(one is not None for one in made_of),
    }


def minhash() -> Row:
    """datasketch's MinHash over runs of three words on the same articles."""
    try:
        from datasketch import MinHash, MinHashLSH
    except ImportError as error:
        return {"what": "copies: datasketch", "missing": str(error.name)}
    articles, made_of = copies_by_rule()
    articles, made_of = articles[:3000], made_of[:3000]
    index = MinHashLSH(threshold=0.5, num_perm=128)
    right = said = 0
    began = time.process_time()
    for number, (_, text) in enumerate(articles):
        words = text.lower().split()
        sketch = MinHash(num_perm=128)
        sketch.update_batch(
            [" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))]
        )
        found = index.query(sketch)
        if found and made_of[number] is not None:
            said += 1
            right += str(made_of[number]) in found
        index.insert(str(number), sketch)
    return {
        "what": "copies: datasketch",
        "both per second": len(articles) / (time.process_time() - began),
        "precision": right / max(1, said),
        "recall": right / sum(one is not None for one in made_of),
    }


def summarised(rows: Iterable[Row]) -> Iterator[tables.Table]:
    """The figures that readers want of all rows: rates of grouping and of finding copies."""
    of = {str(row["what"]): row for row in rows}

    def cell(row: Row, name: str) -> str:
        value = row.get(name)
        return (
            "" if not isinstance(value, float) else f"{value:.3f}" if value < 2 else f"{value:,.0f}"
        )

    rates = ("vectors per second", "stories per second", "both per second")
    yield tables.table(
        "grouping-speed",
        ("articles", *rates),
        [
            (kind, *(cell(of[f"stories: {kind}"], rate) for rate in rates))
            for kind in ("headlines", "texts")
        ],
    )
    figures = ("both per second", "precision", "recall")
    yield tables.table(
        "copies-speed",
        ("method", *figures),
        [
            (name, *(cell(of[what], figure) for figure in figures))
            for name, what in (("Backstory", "copies"), ("datasketch", "copies: datasketch"))
        ],
    )
    stream = next(row for what, row in of.items() if what.startswith("stories: stream"))
    yield tables.table(
        "long-stream",
        ("what", "figure"),
        [(name, cell(stream, name)) for name in stream if name != "what"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=400_000, help="of the long stream")
    parser.add_argument("--json", action="store_true")
    tables.write_option(parser)
    arguments = parser.parse_args()
    found = []
    for row in [copies(), minhash(), *bad_input(), *speed(arguments.articles)]:
        found.append(row)
        if arguments.json:
            print(json.dumps(row), flush=True)
        else:
            figures = ", ".join(
                f"{name} {value:,.3f}" if isinstance(value, float) and value < 10
                else f"{name} {value:,.0f}" if isinstance(value, float) else f"{value}"
                for name, value in row.items()
            )  # fmt: skip
            print(figures, flush=True)
    if not arguments.json:
        for one in summarised(found):
            tables.show(one, arguments.write)


if __name__ == "__main__":
    main()
