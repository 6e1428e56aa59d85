"""What changed: the sentence of a story that says most of what earlier entries did not."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 30  # words of a sentence that is shown

_WORD = re.compile(r"[^\W_]+")


def terms(sentence: str) -> frozenset[str]:
    """The words by which one sentence is compared with others."""
    return frozenset(w for w in _WORD.findall(sentence.casefold()) if len(w) > 3 or w.isdigit())


def new_sentence(own: Sequence[str], earlier: Sequence[str]) -> str | None:
    """Of a story's own sentences the one with most that ``earlier`` ones did not say, or None."""
    seen = frozenset[str]().union(*map(terms, earlier))
    best, most = None, 2
    for sentence in own:
        if len(sentence.split()) <= LONGEST and (new := len(terms(sentence) - seen)) > most:
            best, most = sentence, new
    return best
