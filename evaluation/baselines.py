"""Other ways to group articles, to measure ours beside.

Each takes texts (and minutes where known) and answers with one group number an article. Those
with a threshold are run at several and the best by the labels is told: a flattered figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

SLEEP = 2 * 1440  # minutes after which a story takes no more articles, where time counts
FADE = 0.6  # a story a day old must be this much (natural log) nearer


def tfidf(texts: Sequence[str]) -> Any:
    """Sparse rows of unit length; counts of the whole set, which flatters online methods."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        sublinear_tf=True, stop_words="english", token_pattern=r"(?u)\b\w\w+\b"
    ).fit_transform(texts)


def nearest_centroid(
    rows: Any, threshold: float, minutes: Sequence[int | None] | None = None
) -> list[int]:
    """Online: each article joins the story with the nearest centroid, or founds one."""
    sums: list[dict[int, float]] = []
    norms: list[float] = []
    last: list[int | None] = []
    holders: dict[int, list[int]] = {}
    groups: list[int] = []
    for i in range(rows.shape[0]):
        start, end = rows.indptr[i], rows.indptr[i + 1]
        terms, weights = rows.indices[start:end].tolist(), rows.data[start:end].tolist()
        now = minutes[i] if minutes else None
        products: dict[int, float] = {}
        for term, weight in zip(terms, weights, strict=True):
            for story in holders.get(term, ()):
                products[story] = products.get(story, 0.0) + weight * sums[story][term]
        best, best_score = -1, threshold
        for story, product in products.items():
            score = product / np.sqrt(norms[story])
            then = last[story]
            if now is not None and then is not None:
                if now - then > SLEEP:
                    continue
                score *= np.exp(-FADE * max(0, now - then) / 1440)
            if score > best_score:
                best, best_score = story, score
        if best < 0:
            best = len(sums)
            sums.append({})
            norms.append(0.0)
            last.append(None)
        centre = sums[best]
        for term, weight in zip(terms, weights, strict=True):
            before = centre.get(term)
            if before is None:
                holders.setdefault(term, []).append(best)
                before = 0.0
            centre[term] = before + weight
            norms[best] += weight * (2 * before + weight)
        last[best] = now
        groups.append(best)
    return groups


def agglomerative(rows: Any, minutes: Sequence[int | None] | None = None) -> Any:
    """The tree of batch average linkage on cosine, times e^-FADE a day where time counts."""
    from scipy.cluster.hierarchy import average

    alike = np.asarray((rows @ rows.T).todense(), np.float64)
    if minutes is not None:
        when = np.array(minutes, np.float64)
        days = np.abs(when[:, None] - when[None, :]) / 1440
        alike *= np.exp(-FADE * days)
    apart = np.clip(1 - alike, 0, None)
    return average(apart[np.triu_indices(len(apart), 1)])


def cut(tree: Any, threshold: float) -> NDArray[np.int64]:
    from scipy.cluster.hierarchy import fcluster

    return np.asarray(fcluster(tree, 1 - threshold, "distance"), np.int64)


def textclust(texts: Sequence[str]) -> list[int]:
    """River's TextClust (Carnein and others 2017), at its published settings for short texts,
    asked for the group of each article after it has learned it."""
    from river import cluster, feature_extraction

    model: Any = feature_extraction.BagOfWords(
        lowercase=True, strip_accents=True, ngram_range=(1, 2)
    ) | cluster.TextClust(
        real_time_fading=False, fading_factor=0.001, tgap=100, auto_r=True, radius=0.5
    )
    groups = []
    for text in texts:
        model.learn_one(text)
        groups.append(int(model.predict_one(text, type="micro")))
    return groups


def minhash(texts: Sequence[str], threshold: float = 0.5) -> list[int]:
    """Copies alone: datasketch's MinHash over runs of three words, each article with the first
    that resembles it."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=128)
    groups: list[int] = []
    for number, text in enumerate(texts):
        words = text.lower().split()
        runs = {" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))}
        sketch = MinHash(num_perm=128)
        sketch.update_batch(list(runs))
        found = index.query(sketch)
        group = min((groups[int(key)] for key in found), default=number)
        groups.append(group)
        index.insert(str(number), sketch)
    return groups
