"""What changed: the sentence of a story that says most of what earlier entries did not.

Novelty as in update summaries (TAC 2008): the words of a sentence that stand in nothing told
before, names and numbers before others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from backstory.enrich.summary.boilerplate import is_boilerplate
from backstory.enrich.summary.extractive import word_count
from backstory.enrich.summary.selfcontained import balanced, complete, is_anaphoric, lists
from backstory.text.scripts import UNSPACED

LONGEST = 30  # words of a sentence that is shown
LEAST = 3.0  # how much new a sentence must say
SAME = 0.7  # share of a headline's words that makes a sentence its repetition

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence made ready for comparison: make it once, compare it often.

    ``terms``: its words; ``telling``: those of them that are names or numbers.
    """

    text: str
    terms: frozenset[str]
    telling: frozenset[str]


def terms_of(text: str) -> frozenset[str]:
    """The words by which sentences are compared: lower case, common words left out, plurals cut."""
    return _split_terms(text)[0]


def _split_terms(text: str) -> tuple[frozenset[str], frozenset[str]]:
    stop = lists()["stop"]
    terms: set[str] = set()
    telling: set[str] = set()
    opening = True
    for written in _WORD.findall(text):
        word = written.lower()
        if word not in stop and (len(word) > 2 or word.isdigit()):
            if len(word) > 4 and word[-1] == "s" and word[-2] != "s":
                word = word[:-1]
            if not word.isascii() and UNSPACED.search(word):
                terms.update(word[i : i + 2] for i in range(len(word) - 1))
            else:
                terms.add(word)
                if word[0].isdigit() or (not opening and written[0].isupper()):
                    telling.add(word)
        opening = False
    return frozenset(terms), frozenset(telling)


def prepare(sentences: Iterable[str]) -> tuple[Sentence, ...]:
    """Sentences made ready, in their order."""
    return tuple(Sentence(text, *_split_terms(text)) for text in sentences)


def _may_be_shown(text: str) -> bool:
    """Whether a sentence can stand by itself under a headline."""
    return (
        5 <= word_count(text) <= LONGEST
        and complete(text)
        and text[-1] != "?"
        and balanced(text)
        and not is_anaphoric(text)
        and not is_boilerplate(text)
    )


def newest(
    own: Sequence[Sentence], seen: AbstractSet[str], headline: AbstractSet[str] = frozenset()
) -> str | None:
    """Of prepared sentences the one that says most of what is not in ``seen``, or None.

    ``seen``: the words of all earlier entries (``terms_of`` of their sentences, joined);
    ``headline``: those of the entry's own headline, which it is not to repeat.
    """
    ranked: list[tuple[float, int]] = []
    for place, sentence in enumerate(own):
        terms = sentence.terms
        new = terms - seen - headline
        if len(new) < 2 or len(terms & headline) > SAME * len(terms):
            continue
        worth = len(new) + 0.5 * len(new & sentence.telling)
        # The share keeps long sentences from winning by length, the place is the news's order.
        worth *= 0.5 + len(new) / len(terms)
        worth /= 1 + 0.06 * place
        if worth > LEAST:
            ranked.append((-round(worth, 9), place))
    ranked.sort()
    return next((own[p].text for _, p in ranked if _may_be_shown(own[p].text)), None)
