"""Vectors: an article's terms with weights from word statistics that are frozen at epochs.

A term weighs by how often the article says it (the title counts twice), by how rare it is in
its language so far (TF-IDF, Spärck Jones 1972), and by how surely it is a name. The statistics
that weights come from are those of the last epoch boundary, a fixed number of articles, so
that a vector depends on the articles before it alone and never on how they were batched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.background import DOCUMENTS, background
from backstory.enrich.statistics import bigrams, count, weigh
from backstory.enrich.terms import ArticleTerms, read_terms
from backstory.model.vector import TermCounts, Vector

MOST_TERMS = 80  # kept of an article, the heaviest
_HEADLINE = 20  # words that have no bigrams yet: of headlines they tell nothing
_LANGUAGE = "="  # a term "=es" is in every Spanish article: its count is that of articles


@dataclass(frozen=True, slots=True)
class TermChanges:
    """What changed since the last drain: ``new`` terms with their numbers; and where an epoch
    boundary was passed, ``counts`` of the terms whose counts changed (rows of a term's number
    and of what ``TermCounts`` has of it) and the boundary's ``documents`` (else None, and
    ``counts`` is empty)."""

    new: tuple[tuple[int, str], ...]
    counts: NDArray[np.int32]
    epoch: int
    documents: int | None


def is_boundary(documents: int) -> bool:
    """Whether an epoch ends with this many articles: 64, 128 ... 1024, then every 1024."""
    if documents >= 1024:
        return documents % 1024 == 0
    return documents >= 64 and documents & (documents - 1) == 0


class Vectoriser:
    """Turns articles into vectors with statistics frozen at epochs.

    ``terms``: all terms of the store in any order, with counts as of the last epoch boundary;
    ``epoch`` and ``documents``: the number of that epoch, and of articles up to its start.
    """

    def __init__(
        self, terms: Iterable[TermCounts] = (), epoch: int = 0, documents: int = 0
    ) -> None:
        self._ids: dict[str, int] = {}
        self._fresh: list[tuple[int, str]] = []
        self._epoch = epoch
        self._documents = documents
        self._boundary = documents
        self._told = documents
        known = sorted(terms, key=lambda term: term.term_id)
        size = max(1024, 2 * len(known))
        # Columns: articles with the term, lower case, upper case.
        self._live = np.zeros((size, 3), np.int32)
        self._frozen = np.zeros((size, 3), np.int32)
        self._stored = np.zeros((size, 3), np.int32)
        for place, term in enumerate(known):
            if term.term_id != place:
                raise ValueError(f"term numbers are not dense at {place}")
            self._ids[term.term] = place
            self._live[place] = (term.df, term.lower, term.upper)
        self._frozen[:] = self._live
        self._stored[:] = self._live

    def recount(self, title: str, text: str, language: str | None) -> None:
        """Count again an article that came after the last epoch boundary (at restart only)."""
        self._count(read_terms(title, text, language))
        self._end_of_article()

    def read(self, title: str, text: str, language: str | None) -> Vector:
        """The article's vector; then counts the article."""
        return self.add(read_terms(title, text, language))

    def add(self, read: ArticleTerms) -> Vector:
        """The vector of an article of which the terms were read; then counts the article."""
        codes, own = self._count(read)
        terms, weights, flags = weigh(
            codes, read.in_title, read.opens, self._frozen, self._frozen[own, 0], MOST_TERMS
        )
        telling = codes if len(codes) > _HEADLINE else codes[:0]
        in_a_row = bigrams(telling, self._frozen, self._frozen[own, 0])
        vector = Vector(terms, weights, flags, self._epoch, in_a_row)
        self._end_of_article()
        return vector

    def drain(self) -> TermChanges:
        """What to store since the last drain."""
        new = tuple(self._fresh)
        self._fresh.clear()
        if self._told == self._boundary:
            return TermChanges(new, np.zeros((0, 4), np.int32), self._epoch, None)
        other = self._frozen[: len(self._ids)] != self._stored[: len(self._ids)]
        changed = np.flatnonzero(other[:, 0] | other[:, 1] | other[:, 2]).astype(np.int32)
        counts = np.column_stack([changed, self._frozen[changed]])
        self._stored[changed] = self._frozen[changed]
        self._told = self._boundary
        return TermChanges(new, counts, self._epoch, self._boundary)

    def _number(self, term: str) -> int:
        number = self._ids.get(term)
        if number is None:
            number = len(self._ids)
            self._ids[term] = number
            self._fresh.append((number, term))
            if number >= len(self._live):
                more = np.zeros_like(self._live)
                self._live = np.concatenate([self._live, more])
                self._frozen = np.concatenate([self._frozen, more])
                self._stored = np.concatenate([self._stored, more])
        return number

    def _count(self, read: ArticleTerms) -> tuple[NDArray[np.int32], int]:
        """The codes of the words by the numbers of their terms; the number of the language."""
        own = self._number(_LANGUAGE + (read.language or ""))
        if read.language and not self._live[own, 0]:
            self._begin(read.language, own)
        numbers = list(map(self._ids.get, read.terms))
        if None in numbers:
            numbers = list(map(self._number, read.terms))
        places = np.array(numbers, np.int32)
        codes: NDArray[np.int32] = count(read.codes, places, read.opens, own, self._live)
        return codes, own

    def _begin(self, language: str, own: int) -> None:
        """The first article of a language: its common words are known to be common.

        It is done again at a restart if no epoch has ended since, as the counts that were
        stored then have none of it.
        """
        common = background(language)
        if not common:
            return
        places = [self._number(term) for term, _ in common]
        for counts in (self._live, self._frozen):
            np.add.at(counts[:, 0], places, [count for _, count in common])
            counts[own, 0] += DOCUMENTS

    def _end_of_article(self) -> None:
        self._documents += 1
        if is_boundary(self._documents):
            self._epoch += 1
            self._boundary = self._documents
            self._frozen[:] = self._live
