"""How common words are before the first article is read, so that a small store tells names from
"the": word frequencies of the package wordfreq (R. Speer, data CC BY-SA 4.0), no download."""

from __future__ import annotations

import math
from functools import cache

from backstory.text.scripts import PAIRED
from backstory.text.words import pairs, prefix_stemmer

DOCUMENTS = 1000  # imagined articles that the background stands for
_WORDS = 150  # of each
_COMMON = 3e-5  # words that are rarer say nothing that news would not say better


@cache
def frequencies(language: str) -> dict[str, float]:
    """How often each word of a language (a primary BCP 47 code) is written, as a share of all
    words; empty where the language is not known."""
    import wordfreq

    code = {"no": "nb", "hr": "sh", "sr": "sh", "bs": "sh"}.get(language, language)
    if code not in wordfreq.available_languages("small"):
        return {}
    return wordfreq.get_frequency_dict(code, "small")


@cache
def background(language: str) -> tuple[tuple[str, int], ...]:
    """Terms of a language (a primary BCP 47 code) with the number of imagined articles that
    have each, of ``DOCUMENTS``; empty where the language is not known."""
    term_of = prefix_stemmer(language)
    sums: dict[str, float] = {}
    for word, frequency in frequencies(language).items():
        if frequency < _COMMON:
            continue
        parts = pairs(word) if PAIRED.search(word) else word.replace("'", " ").split()
        for part in parts:
            term = term_of(part)
            if term and (len(term) > 1 or not term.isascii()):
                sums[term] = sums.get(term, 0.0) + frequency
    return tuple(
        (term, round(DOCUMENTS * (1.0 - math.exp(-frequency * _WORDS))))
        for term, frequency in sorted(sums.items(), key=lambda one: (-one[1], one[0]))
    )
