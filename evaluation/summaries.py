"""How good the summaries are: against people's, and by the faults that a checker counts.

Run: python -m evaluation.summaries [--faults-only] [--show N]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from backstory.enrich.summary.boilerplate import (
    is_boilerplate,
    without_dateline,
    without_syndication,
)
from backstory.enrich.summary.extractive import summarise, summarise_story, word_count
from backstory.enrich.summary.selfcontained import balanced, complete, is_anaphoric
from backstory.text.plain import plain_text
from backstory.text.sentences import split
from evaluation import tables
from evaluation.data import data_folder

DATA = data_folder()
FULL_TEXTS = (
    "bbc-extracts/dev.jsonl.gz",
    "inshorts-summaries/dev.jsonl.gz",
    "timelines/articles-dev.jsonl.gz",
    "ecb-plus/dev.jsonl.gz",
)
DESCRIPTIONS = (
    "huffpost/articles.jsonl.gz",
    "rss-2026/articles.jsonl.gz",
    "allsides-stories/dev.jsonl.gz",
)


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of articles, their texts plain, as intake makes them."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row | {"text": plain_text(row.get("text") or "")}


# ------------------------------------------------------------------------------------------ ROUGE


def rouge(reference: str, summary: str, stem: Callable[[str], str]) -> tuple[float, float, float]:
    """ROUGE-1, ROUGE-2 and ROUGE-L as F1 (Lin 2004), tokens as Google's rouge_score makes them."""
    one, other = (
        [stem(w) for w in re.sub(r"[^a-z0-9]+", " ", text.lower()).split()]
        for text in (reference, summary)
    )
    if not one or not other:
        return 0.0, 0.0, 0.0

    def f1(a: Counter[object], b: Counter[object]) -> float:
        both = sum((a & b).values())
        return 2 * both / max(1, sum(a.values()) + sum(b.values()))

    previous = [0] * (len(other) + 1)
    for word in one:
        current = [0]
        for place, candidate in enumerate(other):
            current.append(
                previous[place] + 1
                if word == candidate
                else max(previous[place + 1], current[place])
            )
        previous = current
    return (
        f1(Counter(one), Counter(other)),
        f1(Counter(pairwise(one)), Counter(pairwise(other))),
        2 * previous[-1] / (len(one) + len(other)),
    )


def lead(text: str, words: int) -> str:
    """The first whole sentences of about so many words."""
    taken: list[str] = []
    for sentence in split(text):
        if taken and len(" ".join([*taken, sentence]).split()) > words:
            break
        taken.append(sentence)
    return " ".join(taken)


def first_words(text: str, words: int) -> str:
    return " ".join(text.split()[:words])


def sumy_method(name: str) -> Callable[[str, str], str] | None:
    """sumy's LexRank or TextRank, whose sentences are taken by rank until 75 words are full."""
    try:
        from sumy.nlp.tokenizers import Tokenizer
        from sumy.parsers.plaintext import PlaintextParser
        from sumy.summarizers.lex_rank import LexRankSummarizer
        from sumy.summarizers.text_rank import TextRankSummarizer
    except ImportError:
        return None
    summariser = LexRankSummarizer() if name == "LexRank" else TextRankSummarizer()

    class Sentences(Tokenizer):  # type: ignore[misc]
        """Our sentences: sumy's own would download a model."""

        def __init__(self) -> None:
            self._language = "english"

        def to_sentences(self, text: str) -> tuple[str, ...]:
            return tuple(split(text, "en"))

        def to_words(self, sentence: str) -> tuple[str, ...]:
            return tuple(re.findall(r"[^\W_]+", sentence.lower()))

    def method(title: str, text: str) -> str:
        document = PlaintextParser.from_string(text, Sentences()).document
        order = [str(s) for s in document.sentences]
        ranked: list[str] = []
        for count in (2, 3, 4, 5):
            found = [str(s) for s in summariser(document, count)]
            if ranked and len(" ".join(found).split()) > 75:
                break
            ranked = found
        return " ".join(s for s in order if s in ranked)

    return method


# ----------------------------------------------------------------------------------------- faults


def faults(title: str, text: str, summary: str, language: str | None) -> list[str]:
    """What is wrong with a summary as something to be read alone.

    "quotation": one that does not close or open; "cut": a sentence that does not end; "not the
    article's": a sentence that does not stand so in the text; "pointer": a pronoun or connective
    whose sentence before was left out; "dateline", "page text", "long", "repeats".
    """
    found: list[str] = []
    if not summary:
        return ["empty"] if text.strip() else []
    if not balanced(summary):
        found.append("quotation")
    if word_count(summary) > 90.5:
        found.append("long")
    source = [
        sentence
        for number, line in enumerate(
            line for line in without_syndication(text).split("\n") if line.strip()
        )
        for sentence in split(without_dateline(line.strip()) if number < 4 else line, language)
    ]
    if not complete(summary):
        # A fragment may only stand where the text has no whole sentence.
        if any(complete(s) and balanced(s) and not is_boilerplate(s) for s in source):
            found.append("cut")
        return found
    rest = "".join(summary.split())
    taken: list[int] = []
    for number, sentence in enumerate(source):
        short = "".join(sentence.split())
        if short and rest.startswith(short):
            taken.append(number)
            rest = rest[len(short) :]
    if rest:
        found.append("not the article's")
    for number in taken:
        if number and number - 1 not in taken and is_anaphoric(source[number]):
            found.append("pointer")
        if is_boilerplate(source[number]):
            found.append("page text")
        if not complete(source[number]) and number + 1 not in taken and len(taken) > 1:
            found.append("cut")
    if len({source[number] for number in taken}) < len(taken):
        found.append("repeats")
    if without_dateline(summary) != summary:
        found.append("dateline")
    return found


def count_faults(names: Sequence[str], most: int | None = None) -> Iterator[tuple[str, ...]]:
    """Of each set: texts, share with a fault, number without a summary, kinds of faults."""
    for name in names:
        if not (DATA / name).exists():
            print(f"{name}: absent")
            continue
        counts: Counter[str] = Counter()
        bad = total = empty = 0
        chosen = list(rows(name))
        if most and len(chosen) > most:
            chosen = random.Random(0).sample(chosen, most)
        for row in chosen:
            text = row.get("text") or ""
            if not text.strip():
                continue
            language = row.get("language")
            summary = summarise(row["title"], text, language)
            total += 1
            empty += not summary
            wrong = set(faults(row["title"], text, summary, language)) - {"empty"}
            bad += bool(wrong)
            counts.update(wrong)
        share = 100 * bad / max(1, total)
        kinds = ", ".join(f"{kind} {n}" for kind, n in counts.most_common())
        yield name, f"{total:,}", f"{share:.2f} %", f"{empty:,}", kinds


# ------------------------------------------------------------------------------------------- main


def against_people(stemmed: bool, write: bool = False) -> None:
    from functools import cache

    stem: Callable[[str], str] = str
    if stemmed:
        try:
            from nltk.stem.porter import PorterStemmer
        except ImportError:
            print("nltk is absent: no stemmed ROUGE")
            return
        porter = PorterStemmer()
        stem = cache(lambda word: porter.stem(word) if len(word) > 3 else word)
    articles = list(rows("inshorts-summaries/dev.jsonl.gz"))
    methods: dict[str, Callable[[str, str], str] | None] = {
        "first sentences, 60 words": lambda title, text: lead(text, 60),
        "first sentences, 75 words": lambda title, text: lead(text, 75),
        "first 75 words, cut": lambda title, text: first_words(text, 75),
        "sumy LexRank": sumy_method("LexRank"),
        "sumy TextRank": sumy_method("TextRank"),
        "Backstory": lambda title, text: summarise(title, text, "en"),
    }
    print(
        f"\ninshorts-summaries/dev, {len(articles)} articles, ROUGE-1 / -2 / -L F1"
        f"{', stemmed' if stemmed else ''}, articles per second"
    )
    lines = []
    for name, method in methods.items():
        if method is None:
            print(f"  {name:28} sumy is absent")
            continue
        try:
            method("", "One sentence stands here. Another one follows it.")
        except Exception as error:
            print(f"  {name:28} cannot run: {error}")
            continue
        start = time.perf_counter()
        made = [method(row["title"], row["text"]) for row in articles]
        took = time.perf_counter() - start
        scores = [
            rouge(row["reference_summary"], summary, stem)
            for row, summary in zip(articles, made, strict=True)
        ]
        lines.append([name, *_means(scores), f"{len(articles) / took:.0f}"])
    columns = ("method", "ROUGE-1", "ROUGE-2", "ROUGE-L", "articles/s")
    tables.show(tables.table("summaries", columns, lines), write and not stemmed)


def _means(scores: Sequence[Sequence[float]]) -> list[str]:
    return [f"{sum(score[place] for score in scores) / len(scores):.3f}" for place in range(3)]


def stories(write: bool) -> None:
    texts: dict[str, list[tuple[str, str]]] = {}
    for row in rows("allsides-stories/dev.jsonl.gz"):
        texts.setdefault(row["story"], []).append((row["title"], row.get("text", "")))
    references = [row for row in rows("allsides-stories/roundups-dev.jsonl.gz") if row["text"]]
    methods: dict[str, Callable[[list[tuple[str, str]]], str]] = {
        "first article, first 55 words": lambda t: first_words(t[0][1], 55),
        "first article, sentences to 75": lambda t: lead(t[0][1], 75),
        "Backstory, one article": lambda t: summarise(*t[0], "en"),
        "Backstory, all, 55 words": lambda t: summarise_story(t, "en", 55),
        "Backstory, all, 75 words": lambda t: summarise_story(t, "en"),
    }
    print(f"\nallsides-stories/roundups-dev, {len(references)} stories, ROUGE-1 / -2 / -L F1")
    lines = [
        [name, *_means([rouge(r["text"], method(texts[r["story"]]), str) for r in references])]
        for name, method in methods.items()
    ]
    columns = ("method", "ROUGE-1", "ROUGE-2", "ROUGE-L")
    tables.show(tables.table("story-summaries", columns, lines), write)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults-only", action="store_true")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N with a fault")
    tables.write_option(parser)
    options = parser.parse_args()
    if not DATA.exists():
        print(f"no data at {DATA}: set BACKSTORY_DATA")
        return
    if options.show:
        show(options.show)
        return
    if not options.faults_only:
        against_people(stemmed=False, write=options.write)
        against_people(stemmed=True)
        stories(options.write)
    print("\nfaults")
    lines = [*count_faults(FULL_TEXTS), *count_faults(DESCRIPTIONS, 10_000)]
    columns = ("set", "texts", "with a fault", "without a summary", "faults")
    tables.show(tables.table("faults", columns, lines), options.write)


def show(number: int) -> None:
    for name in (*FULL_TEXTS, *DESCRIPTIONS):
        shown = 0
        for row in random.Random(1).sample(list(rows(name)), 1000 if name[0] in "hr" else 200):
            text = row.get("text") or ""
            summary = summarise(row["title"], text, row.get("language"))
            wrong = faults(row["title"], text, summary, row.get("language"))
            if wrong and text.strip() and shown < number:
                shown += 1
                print(f"[{name}] {sorted(set(wrong))} {row['title'][:90]}\n    {summary}")


if __name__ == "__main__":
    main()
