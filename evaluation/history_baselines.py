"""Other ways to rank what belongs to an article and to pick a timeline, measured beside ours.

Each ranker answers one article with others, the best first; each picker answers with entries of a
timeline as (day since 1970, articles). None of them is tuned.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backstory.group.history.belonging import blend, fading, strongest, unit
from backstory.group.index.walk import walk

if TYPE_CHECKING:
    from evaluation.history import Corpus

Ranker = Callable[[int], Sequence[int]]
Picker = Callable[[int, int], Sequence[tuple[int, Sequence[int]]]]

MOST = 1000
RAREST = 15
FEEDBACK = 10  # nearest articles that make the profile
PROFILE_TERMS = 30
AMONG = 500  # nearest articles that a timeline is picked from
_WORD = re.compile(r"[^\W_]{2,}")


def rankers(corpus: Corpus) -> dict[str, Ranker]:
    return {
        "BM25, 15 rarest terms": bm25(corpus),
        "names, feedback": feedback(corpus, timed=False),
        "names, feedback, time": feedback(corpus, timed=True),
        "walk alone": walk_alone(corpus),
    }


def bm25(corpus: Corpus) -> Ranker:
    """SQLite's FTS5 (Porter stems), asked for any of an article's rarest terms; title twice."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE page USING fts5(words, tokenize='porter unicode61')")
    database.executemany(
        "INSERT INTO page(rowid, words) VALUES (?, ?)",
        ((seq, corpus.words(seq)) for seq in range(1, len(corpus.rows) + 1)),
    )
    counts: Counter[str] = Counter()
    for seq in range(1, len(corpus.rows) + 1):
        counts.update(set(_WORD.findall(corpus.words(seq).casefold())))

    def rank(seq: int) -> list[int]:
        words = set(_WORD.findall(corpus.words(seq).casefold()))
        rare = sorted(words, key=lambda word: (counts[word], word))[:RAREST]
        query = " OR ".join(f'"{word}"' for word in rare)
        rows = database.execute(
            "SELECT rowid FROM page WHERE page MATCH ? ORDER BY rank LIMIT ?", (query, MOST)
        )
        return [row for (row,) in rows]

    return rank


def _nearest(corpus: Corpus, seq: int, most: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    terms, weights, _ = corpus.index.vector(seq)
    own = unit(weights)
    found, _sums = corpus.index.gather(terms[:20], own[:20])
    scores = corpus.index.dots(terms, own, found).astype(np.float64)
    best = strongest(found, scores, most)
    return found[best], scores[best]


def feedback(corpus: Corpus, timed: bool) -> Ranker:
    """Rocchio's pseudo-relevance feedback on vectors that weigh names: the article and its ten
    nearest in equal parts, 30 terms."""

    def rank(seq: int) -> list[int]:
        near, _ = _nearest(corpus, seq, FEEDBACK + 1)
        near = near[near != seq][:FEEDBACK]
        members = np.concatenate([[seq], near]).astype(np.int32)
        shares = np.full(len(members), 0.5 / max(1, len(near)))
        shares[0] = 0.5
        terms, weights = blend(corpus.index, members, shares, PROFILE_TERMS)
        found, _sums = corpus.index.gather(terms[:20], weights[:20])
        scores = corpus.index.dots(terms, weights, found).astype(np.float64)
        if timed:
            scores *= fading(corpus.index.minutes(found), int(corpus.minutes[seq]))
        return [int(found[place]) for place in strongest(found, scores, MOST)]

    return rank


def walk_alone(corpus: Corpus) -> Ranker:
    """Where a random walk from the article along stored links comes by most often."""

    def rank(seq: int) -> list[int]:
        nodes, mass = walk(corpus.index, np.array([seq], np.int32), np.ones(1))
        return [int(nodes[place]) for place in np.argsort(-mass, kind="stable")[:MOST]]

    return rank


def pickers(corpus: Corpus) -> dict[str, Picker]:
    return {
        "best by cosine": lambda seq, limit: _as_days(corpus, _nearest(corpus, seq, limit)[0]),
        "newest first": newest_first(corpus),
        "evenly spaced": evenly_spaced(corpus),
        "peaks of publication": peaks(corpus),
    }


def _as_days(
    corpus: Corpus, seqs: Sequence[int] | NDArray[np.int32]
) -> list[tuple[int, list[int]]]:
    return [(int(corpus.minutes[seq]) // 1440, [int(seq)]) for seq in seqs]


def newest_first(corpus: Corpus) -> Picker:
    """The newest of the nearest."""

    def pick(seq: int, limit: int) -> list[tuple[int, list[int]]]:
        near, _ = _nearest(corpus, seq, AMONG)
        return _as_days(corpus, near[np.argsort(-corpus.minutes[near], kind="stable")][:limit])

    return pick


def evenly_spaced(corpus: Corpus) -> Picker:
    """In each of so many spans of equal length from the oldest to the newest of the nearest, the
    nearest of all."""

    def pick(seq: int, limit: int) -> list[tuple[int, list[int]]]:
        near, _ = _nearest(corpus, seq, AMONG)
        if not len(near):
            return []
        minutes = corpus.minutes[near]
        spans = (minutes - minutes.min()) * limit // (int(np.ptp(minutes)) + 1)
        _, first = np.unique(spans, return_index=True)  # the nearest come first
        return _as_days(corpus, near[first])

    return pick


def peaks(corpus: Corpus) -> Picker:
    """The days on which most of the nearest appeared, each with the nearest of it."""

    def pick(seq: int, limit: int) -> list[tuple[int, list[int]]]:
        near, scores = _nearest(corpus, seq, AMONG)
        days = corpus.minutes[near] // 1440
        every, first, place = np.unique(days, return_index=True, return_inverse=True)
        weight = np.bincount(place, weights=scores, minlength=len(every))
        best = np.argsort(-weight, kind="stable")[:limit]
        return _as_days(corpus, near[first[best]])

    return pick
