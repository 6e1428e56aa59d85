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

from backstory.enrich.background import DOCUMENTS, background, frequencies
from backstory.enrich.statistics import TERM, bigrams, count, weigh
from backstory.extract.titles import without_label, without_name
from backstory.model.vector import Vector
from backstory.text import scan
from backstory.text.named_days import weekdays
from backstory.text.words import SENTENCE_END, UNSPACED, WORD, pairs, rooter, stemmer

MOST_TERMS = 80  # kept of an article, the heaviest
_HEADLINE = 20  # words that have no bigrams yet: of headlines they tell nothing
_TITLE = 100  # words of the title that are read
_TITLE_CHARACTERS = 1000
_READ = 300  # words of the text that are read
_READ_CHARACTERS = 4000
_CACHE = 300_000  # words of a language whose term is remembered
_LANGUAGE = "="  # a term "=es" is in every Spanish article: its count is that of articles
# Bits of a word's code below its term number; unknown: in no dictionary of its language; times
# the day of the week that it is.
_UPPER, _NUMBER, _UNKNOWN, _DAY = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class TermCounts:
    """A term and its counts up to the last epoch boundary.

    ``df``: articles that have it; ``lower``, ``upper``: how often it stood in mid-sentence
    in lower case and with a capital.
    """

    term_id: int
    term: str
    df: int
    lower: int
    upper: int


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


class _Codes(dict[str, int]):
    """From a word as written to its code in one language, filled as words come; and the words of
    the article that is read."""

    __slots__ = ("days", "known", "owner", "stem_of", "term_of", "words")

    def __init__(self, owner: Vectoriser, language: str | None) -> None:
        super().__init__()
        self.owner = owner
        self.term_of = rooter(language)
        self.stem_of = stemmer(language)
        self.known = frequencies(language) if language else {}
        self.days = weekdays(language) if language else {}
        self.words = scan.no_words(_TITLE + _READ, _READ_CHARACTERS)

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHE:
            self.clear()
            self.words = scan.forgotten(self.words)
        code = self._code(word)
        self[word] = code
        return code

    def _code(self, word: str) -> int:
        if len(word) > 40:
            return -1
        if len(word) == 1 and word.isascii() and not word.isdigit():
            return -1
        term = self.term_of(word)
        if not term:
            return -1
        bits = _UPPER if word[0].isupper() else 0
        if word[0].isdigit():
            bits |= _NUMBER
        if self.known and not (word.lower() in self.known or self.stem_of(word) in self.known):
            bits |= _UNKNOWN
        if word in self.days:
            bits |= _DAY * (self.days[word] + 1)
        return (self.owner._number(term) << TERM) + bits

    def read(self, text: str, first: int, most: int) -> int:
        """Take down the words of a text from place ``first`` on, ``most`` at most; the place
        behind the last."""
        self.words = scan.with_room(self.words, len(self) + most)
        found = scan.scan(text, self.words, first, first + most)
        if found is None:
            return _read(text, self, first, most)
        past, missed = found
        if missed:
            spans = self.words.spans[:missed].tolist()
            codes = np.array([self[text[start:end]] for start, end in spans], np.int32)
            self.words.codes[self.words.places[:missed]] = codes
            scan.learn(self.words, self.words.hashes[:missed], codes)
        return past


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
        self._codes: dict[str | None, _Codes] = {}
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
        self._count(title, text, language)
        self._end_of_article()

    def read(self, title: str, text: str, language: str | None) -> Vector:
        """The article's vector; then counts the article."""
        codes, in_title, opening, own = self._count(title, text, language)
        terms, weights, flags = weigh(
            codes, in_title, opening, self._frozen, self._frozen[own, 0], MOST_TERMS
        )
        read = codes if len(codes) > _HEADLINE else codes[:0]
        in_a_row = bigrams(read, self._frozen, self._frozen[own, 0])
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

    def _count(
        self, title: str, text: str, language: str | None
    ) -> tuple[NDArray[np.int32], int, NDArray[np.bool_], int]:
        """Codes of the words, how many of them are the title's, which say nothing about case."""
        language = language.split("-")[0].lower() if language else None
        own = self._number(_LANGUAGE + (language or ""))
        if language and not self._live[own, 0]:
            self._begin(language, own)
        table = self._codes.get(language)
        if table is None:
            table = self._codes[language] = _Codes(self, language)
        title = without_label(without_name(title[:_TITLE_CHARACTERS]))
        in_title = past = table.read(title, 0, _TITLE)
        if text:
            past = table.read(text[:_READ_CHARACTERS], in_title, _READ)
        codes, opens = table.words.codes[:past], table.words.opens[:past]
        count(codes, opens, in_title, own, self._live)
        return codes, in_title, opens, own

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


def _read(text: str, table: _Codes, first: int, most: int) -> int:
    """``_Codes.read`` for any script."""
    spaced = UNSPACED.search(text) is None
    codes, opens = table.words.codes, table.words.opens
    past = first + most
    for sentence in SENTENCE_END.split(text):
        words = WORD.findall(sentence)
        if not words:
            continue
        if not spaced:
            words = [
                part
                for word in words
                for part in (pairs(word) if UNSPACED.search(word) else (word,))
            ]
        words = words[: past - first]
        end = first + len(words)
        codes[first:end] = [table[word] for word in words]
        opens[first:end] = False
        opens[first] = True
        first = end
        if first == past:
            break
    return first
