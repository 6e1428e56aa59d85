"""How fast language, tags and summary are in process time, beside sumy's LexRank.

Run: python -m benchmarks.enrich
"""

from __future__ import annotations

import gzip
import json
import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from backstory.enrich.language import detect
from backstory.enrich.sentences import split
from backstory.enrich.summary import summarise
from backstory.enrich.tags import tag
from backstory.group.changed import newest, prepare

DATA = Path(os.environ.get("BACKSTORY_DATA", "../shared/data"))
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
            found.append((row["title"], row.get("text") or "", row.get("language")))
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


def lexrank() -> Callable[[str, str, str | None], object] | None:
    try:
        from sumy.nlp.stemmers import Stemmer
        from sumy.nlp.tokenizers import Tokenizer
        from sumy.parsers.plaintext import PlaintextParser
        from sumy.summarizers.lex_rank import LexRankSummarizer
        from sumy.utils import get_stop_words
    except ImportError:
        return None

    class Sentences(Tokenizer):  # type: ignore[misc]
        def __init__(self) -> None:
            self._language = "english"

        def to_sentences(self, text: str) -> tuple[str, ...]:
            return tuple(split(text, "en"))

        def to_words(self, sentence: str) -> tuple[str, ...]:
            return tuple(re.findall(r"[^\W_]+", sentence.lower()))

    # As sumy's own documentation sets it up.
    summariser = LexRankSummarizer(Stemmer("english"))
    summariser.stop_words = get_stop_words("english")
    return lambda title, text, language: summariser(
        PlaintextParser.from_string(text, Sentences()).document, 3
    )


def main() -> None:
    if not DATA.exists():
        print(f"no data at {DATA}: set BACKSTORY_DATA")
        return
    rank = lexrank()
    for name in FILES:
        if not (DATA / name).exists():
            print(f"{name}: absent")
            continue
        rows = articles(name)
        words = sum(len(text.split()) for _, text, _ in rows) / len(rows)
        parts = {"language": seconds(detect, rows), "tags": seconds(tag, rows)}
        parts["summary"] = seconds(summarise, rows)
        line = ", ".join(f"{part} {took * 1e3:.3f} ms" for part, took in parts.items())
        print(f"{name}: {words:.0f} words; {line}; all {1 / sum(parts.values()):.0f} articles/s")
        if words > 200 and rank is not None:
            took = seconds(rank, rows[:100])
            both = parts["tags"] + parts["summary"]
            print(
                f"    sumy LexRank {1 / took:.0f}/s, on our sentences and words: the summary alone "
                f"{took / parts['summary']:.1f} times that, with tags {took / both:.1f} times"
            )
    rows = articles("bbc-extracts/dev.jsonl.gz")[:50]
    prepared = [prepare(split(text, "en")[:4]) for _, text, _ in rows]
    start = time.process_time()
    seen: set[str] = set()
    for sentences in prepared:
        newest(sentences, seen)
        for sentence in sentences:
            seen |= sentence.terms
    print(f"what changed, 50 prepared entries: {(time.process_time() - start) * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
