"""The terms of one article, before they have numbers: what its words alone say of them.

Terms are what articles are compared by (``text.words.prefix_stemmer``). Each process remembers the
terms of the words that it met, by language; what is found does not depend on it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.background import frequencies
from backstory.enrich.statistics import TERM, from_zero
from backstory.extract.titles import without_label, without_name
from backstory.text import scan
from backstory.text.named_days import weekdays
from backstory.text.scripts import PAIRED
from backstory.text.words import SENTENCE_END, WORD, pairs, prefix_stemmer, stemmer

_TITLE = 100  # words of the title that are read
_TITLE_CHARACTERS = 1000
_READ = 300  # words of the text that are read
_READ_CHARACTERS = 4000
_CACHE = 300_000  # words of a language whose term is remembered
# Bits of a word's code below its term; unknown: in no dictionary of its language; times the day of
# the week that it is.
_UPPER, _NUMBER, _UNKNOWN, _DAY = 1, 2, 4, 8


@dataclass(frozen=True, slots=True)
class ArticleTerms:
    """The terms of one article in the order of its words.

    ``language``: the primary code of its language, None where unknown. ``terms``: each once, as
    they first come. ``codes``: int32, one a word, the place of its term among ``terms`` times
    2**TERM plus bits that say how it is written, -1 for a word that is no term. ``opens``: whether
    a word opens a sentence, so that its capital says nothing. ``in_title``: how many of the words
    are the title's.
    """

    language: str | None
    terms: tuple[str, ...]
    codes: NDArray[np.int32]
    opens: NDArray[np.bool_]
    in_title: int


def read_terms(title: str, text: str, language: str | None) -> ArticleTerms:
    """The terms of an article's title and of the opening of its text; ``language`` is BCP 47."""
    language = language.split("-")[0].lower() if language else None
    title = without_label(without_name(title[:_TITLE_CHARACTERS]))
    with _reading:
        table = _table(language)
        in_title = past = table.read(title, 0, _TITLE)
        if text:
            past = table.read(text[:_READ_CHARACTERS], in_title, _READ)
        codes, opens = table.words.codes[:past].copy(), table.words.opens[:past].copy()
        places = from_zero(codes, opens, in_title, table.scratch())
    terms = tuple(map(table.terms.__getitem__, places.tolist()))
    return ArticleTerms(language, terms, codes, opens, in_title)


class _Table(dict[str, int]):
    """From a word as written to its code in one language, filled as words come; and the words of
    the article that is read. Terms are numbered as this table met them."""

    __slots__ = ("_numbers", "_scratch", "days", "known", "stem_of", "term_of", "terms", "words")

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self.term_of = prefix_stemmer(language)
        self.stem_of = stemmer(language)
        self.known = frequencies(language) if language else {}
        self.days = weekdays(language) if language else {}
        self.words = scan.no_words(_TITLE + _READ, _READ_CHARACTERS)
        self.terms: list[str] = []
        self._numbers: dict[str, int] = {}
        self._scratch = np.full(1024, -1, np.int32)

    def __missing__(self, word: str) -> int:
        code = self[word] = self._code(word)
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
        number = self._numbers.setdefault(term, len(self.terms))
        if number == len(self.terms):
            self.terms.append(term)
        return (number << TERM) + bits

    def scratch(self) -> NDArray[np.int32]:
        """Room for a number a term, -1 each; to be left so."""
        if len(self._scratch) < len(self.terms):
            self._scratch = np.full(2 * len(self.terms), -1, np.int32)
        return self._scratch

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


_tables: dict[str | None, _Table] = {}
_reading = threading.Lock()  # a table has room for the words of one article


def _table(language: str | None) -> _Table:
    table = _tables.get(language)
    if table is None or len(table) >= _CACHE:
        table = _tables[language] = _Table(language)
    return table


def _read(text: str, table: _Table, first: int, most: int) -> int:
    """``_Table.read`` for any script."""
    spaced = PAIRED.search(text) is None
    codes, opens = table.words.codes, table.words.opens
    past = first + most
    for sentence in SENTENCE_END.split(text):
        words = WORD.findall(sentence)
        if not words:
            continue
        if not spaced:
            words = [
                part for word in words for part in (pairs(word) if PAIRED.search(word) else (word,))
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
