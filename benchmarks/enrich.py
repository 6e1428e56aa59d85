"""How fast language, tags and summary are in process time, beside sumy's LexRank.

Run: python -m benchmarks.enrich
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections.abc import Callable

from backstory.enrich.language import detect
from backstory.enrich.summary.extractive import summarise
from backstory.enrich.tags.tagger import tag
from backstory.present.changed import newest, prepare
from backstory.text.plain import plain_text
from backstory.text.sentences import split
from evaluation import tables
from evaluation.data import data_folder

DATA = data_folder()
FILES = (
    "huffpost/articles.jsonl.gz",
    "rss-2026/articles.jsonl.gz",
    "bbc-extracts/dev.jsonl.gz",
    "inshorts-summaries/dev.jsonl.gz",
)
MOST = 5000

Article = tuple[str, str, str | None]


def articles(name: str) -> list[Article]:
    found: list[Article] = []
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found.append((row["title"], plain_text(row.get("text") or ""), row.get("language")))
            if len(found) == MOST:
                break
    return found


def seconds(run: Callable[[str, str, str | None], object], rows: list[Article]) -> float:
    for row in rows[:20]:
        run(*row)
    start = time.process_time()
    for row in rows:
        run(*row)
    return (time.process_time() - start) / len(rows)


def lexrank() -> dict[str, Callable[[str, str, str | None], object]]:
    """sumy's LexRank as its documentation sets it up: on the words that its tokenizer finds with
    NLTK, and on ours, which are found faster.

    NLTK's trained sentence splitter is not on PyPI; the untrained one does the same work.
    """
    try:
        from nltk.tokenize import NLTKWordTokenizer
        from nltk.tokenize.punkt import PunktSentenceTokenizer
        from sumy.nlp.stemmers import Stemmer
        from sumy.nlp.tokenizers import Tokenizer
        from sumy.parsers.plaintext import PlaintextParser
        from sumy.summarizers.lex_rank import LexRankSummarizer
        from sumy.utils import get_stop_words
    except ImportError:
        return {}

    class Its(Tokenizer):  # type: ignore[misc]
        def _get_sentence_tokenizer(self, language: str) -> object:
            return PunktSentenceTokenizer()

        def _get_word_tokenizer(self, language: str) -> object:
            return NLTKWordTokenizer()

    class Ours(Its):
        def to_sentences(self, text: str) -> tuple[str, ...]:
            return tuple(split(text, "en"))

        def to_words(self, sentence: str) -> tuple[str, ...]:
            return tuple(re.findall(r"[^\W_]+", sentence.lower()))

    summariser = LexRankSummarizer(Stemmer("english"))
    summariser.stop_words = get_stop_words("english")

    def on(tokenizer: object) -> Callable[[str, str, str | None], object]:
        return lambda title, text, language: summariser(
            PlaintextParser.from_string(text, tokenizer).document, 3
        )

    return {"its own words": on(Its("english")), "our words": on(Ours("english"))}


COLUMNS = ("set", "words", "language", "tags", "summary", "articles/s")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.enrich", description=__doc__)
    tables.write_option(parser)
    chosen = parser.parse_args()
    if not DATA.exists():
        print(f"no data at {DATA}: set BACKSTORY_DATA")
        return
    rankers = lexrank()
    lines: list[tuple[str, ...]] = []
    beside: list[tuple[str, ...]] = []
    for name in FILES:
        if not (DATA / name).exists():
            print(f"{name}: absent")
            continue
        rows = articles(name)
        words = sum(len(text.split()) for _, text, _ in rows) / len(rows)
        parts = {"language": seconds(detect, rows), "tags": seconds(tag, rows)}
        parts["summary"] = seconds(summarise, rows)
        times = [f"{took * 1e3:.3f} ms" for took in parts.values()]
        lines.append((name, f"{words:.0f}", *times, f"{1 / sum(parts.values()):.0f}"))
        if words < 200:
            continue
        some = rows[:200]
        own = seconds(summarise, some)
        for label, rank in rankers.items():
            took = seconds(rank, some)
            beside.append((f"{name}, LexRank on {label}", f"{took / own:.1f} times as fast"))
    rows = articles("bbc-extracts/dev.jsonl.gz")[:50]
    prepared = [prepare(split(text, "en")[:4]) for _, text, _ in rows]
    start = time.process_time()
    seen: set[str] = set()
    for sentences in prepared:
        newest(sentences, seen)
        for sentence in sentences:
            seen |= sentence.terms
    print(f"what changed, 50 prepared entries: {(time.process_time() - start) * 1e3:.2f} ms")
    tables.show(tables.table("enriching", COLUMNS, lines), chosen.write)
    columns = ("summary beside sumy", "figure")
    tables.show(tables.table("enriching-peers", columns, beside), chosen.write)


if __name__ == "__main__":
    main()
