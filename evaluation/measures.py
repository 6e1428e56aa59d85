"""How well a grouping agrees with a labelled one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Agreement:
    """BCubed precision, recall and F1 (Bagga and Baldwin 1998), F1 over pairs, the adjusted
    Rand index (Hubert and Arabie 1985), normalised mutual information (arithmetic mean), and
    the number of groups said and labelled."""

    precision: float
    recall: float
    f1: float
    pairwise: float
    ari: float
    nmi: float
    said: int
    labelled: int


def _numbers(labels: Sequence[Hashable]) -> NDArray[np.int64]:
    known: dict[Hashable, int] = {}
    return np.array([known.setdefault(label, len(known)) for label in labels], np.int64)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _entropy(shares: NDArray[np.float64]) -> float:
    return float(-(shares * np.log(shares)).sum())


def agreement(said: Sequence[Hashable], labels: Sequence[Hashable]) -> Agreement:
    """Compare the groups ``said`` with the ``labels``, one of each an article.

    >>> round(agreement([1, 1, 2, 2], ["a", "a", "a", "b"]).f1, 3)
    0.706
    """
    if len(said) != len(labels) or not said:
        raise ValueError("as many groups as labels, and at least one")
    rows, columns = _numbers(said), _numbers(labels)
    cells, counts = np.unique(rows * (columns.max() + 1) + columns, return_counts=True)
    row_of, column_of = cells // (columns.max() + 1), cells % (columns.max() + 1)
    row_sums, column_sums = np.bincount(rows).astype(float), np.bincount(columns).astype(float)
    n = float(len(rows))
    both = counts.astype(float)
    precision = float((both**2 / row_sums[row_of]).sum() / n)
    recall = float((both**2 / column_sums[column_of]).sum() / n)

    def pairs(sizes: NDArray[np.float64]) -> float:
        return float((sizes * (sizes - 1) / 2).sum())

    together, in_rows, in_columns = pairs(both), pairs(row_sums), pairs(column_sums)
    expected = in_rows * in_columns / (n * (n - 1) / 2) if n > 1 else 0.0
    middle = (in_rows + in_columns) / 2
    ari = (together - expected) / (middle - expected) if middle != expected else 1.0
    information = float(
        (both / n * np.log(both * n / (row_sums[row_of] * column_sums[column_of]))).sum()
    )
    spread = (_entropy(row_sums / n) + _entropy(column_sums / n)) / 2
    return Agreement(
        precision,
        recall,
        _f1(precision, recall),
        2 * together / (in_rows + in_columns) if in_rows + in_columns else 1.0,
        ari,
        information / spread if spread else 1.0,
        len(row_sums),
        len(column_sums),
    )
