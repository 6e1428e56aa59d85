"""Find the names that a text mentions, and what they seem to name.

By the forms of names: runs of capitalised words, titles and offices before them, first names,
what organisations and places are called, and what is known by name (gazetteer). No model. The
rules are in ``names``.
"""

from __future__ import annotations

import re

from backstory.enrich.tags.gazetteer import ARABIC, Known, Names, names
from backstory.enrich.tags.names.cursor import Cursor, Mention, Word
from backstory.enrich.tags.names.reading import read_run
from backstory.enrich.tags.names.words import (
    ABBREVIATED,
    AND,
    ARTICLES,
    BEFORE_OPENING,
    CAPITALISED,
    IN_BRACKETS,
    OF,
    PARTICLE,
    SMALL_IN_TITLES,
    SPACES,
)
from backstory.enrich.tags.themes import lexicon
from backstory.text.folding import fold_name
from backstory.text.scripts import UNSPACED_LANGUAGES

_INDIC = frozenset({"hi", "mr", "ne", "bn", "ta", "te", "gu", "kn", "ml", "pa"})


def title_case(title: str) -> bool:
    """Whether a title writes all its longer words with capital letters."""
    words = [w for w in re.findall(r"[^\W\d_][\w’'-]*", title)[1:] if len(w) > 3]
    small = sum(w[0].islower() and w not in SMALL_IN_TITLES for w in words)
    return len(words) > 2 and small < 2 and small <= 0.25 * len(words)


def find(text: str, language: str | None, headline: bool = False) -> list[Mention]:
    """The names that a text mentions, in its order.

    ``headline``: the text is a title, whose words may all be capitalised, so that a capital
    letter says nothing by itself.
    """
    base = (language or "en").split("-")[0]
    known = names(language)
    if base in UNSPACED_LANGUAGES or known.pieces:
        found = _unspaced(text, known)
        return found if base in UNSPACED_LANGUAGES else found + _words_known(text, known, base)
    if base in ARABIC or base in _INDIC:
        return _words_known(text, known, base)
    shouted = text.isupper()
    weak = shouted or base == "de" or (headline and title_case(text))
    cursor = Cursor(text, base, known, weak, shouted, lexicon(base).words)
    _read(cursor)
    if known.adjectives is not None:
        for match in known.adjectives.finditer(text):
            stem = match[1].casefold()
            tag = next((k.tag for key, k in known.by_adjective if key == stem), None)
            if tag is not None:
                cursor.found.append(Mention(tag.name, "place", match.start(), tag, 0.6))
    return cursor.found


# ------------------------------------------------------------------ runs of capitalised words


def _read(cursor: Cursor) -> None:
    """Read a text from left to right, a run of capitalised words at a time."""
    run: list[Word] = []
    text = cursor.text
    last = -1
    for match in CAPITALISED.finditer(text):
        span = _own_span(text, match)
        if span is None:
            continue
        start, end = span
        gap = text[last:start] if run else ""
        if run and not (0 < len(gap) <= 12 and _joins(gap, run[-1])):
            read_run(cursor, run)
            run, gap = [], ""
        word = text[start:end]
        run.append(Word(word, fold_name(word), start, end, gap, _opens(text, start)))
        last = end
    if run:
        read_run(cursor, run)


def _own_span(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Where a capitalised word begins and ends: with an Arabic article before it ("al-Assad"),
    without the ending of a genitive; None for one that is part of another word."""
    start, end = match.span()
    previous = text[start - 1] if start else " "
    if text[end : end + 1] == "$":
        return None  # "US$2.2 billion"
    if previous == "-":
        head = text[max(0, start - 4) : start - 1].rpartition(" ")[2].lower()
        if head in ARTICLES:  # of "ex-President" the first part is left
            start -= len(head) + 1
    elif previous in "'’" and start > 2 and text[start - 3].isalnum():
        return None
    if text[end - 1] == "s":
        return start, end - 2 if text[end - 2] in "'’" else end
    return start, end - 1 if text[end - 1] in "'’-" else end


def _opens(text: str, start: int) -> bool:
    """Whether a sentence opens with the word that begins here."""
    if start > 1 and text[start - 1] == " " and text[start - 2].isalnum():
        return False
    if "\n" in text[max(0, start - 2) : start]:
        return True
    before = text[max(0, start - 3) : start].rstrip(" \u00a0")
    return before[-1] in BEFORE_OPENING if before else start < 3


def _joins(gap: str, before: Word) -> bool:
    if gap in SPACES:
        return True
    if gap == ". ":
        return before.folded in ABBREVIATED or len(before.text) == 1
    return bool(OF.fullmatch(gap) or AND.fullmatch(gap) or PARTICLE.fullmatch(gap))


def bracketed(text: str, mention: Mention) -> str | None:
    """The acronym that a text gives behind a name: "International Atomic Energy Agency (IAEA)"."""
    end = mention.start + len(mention.name)
    found = IN_BRACKETS.match(text[end : end + 14])
    return found[1].replace(".", "") if found else None


# ------------------------------------------------------------------- scripts without capitals


def _unspaced(text: str, known: Names) -> list[Mention]:
    """Known names in a script without spaces, the longest first."""
    found: list[Mention] = []
    i, n = 0, len(text)
    pieces = known.pieces
    while i < n - 1:
        for key in pieces.get(text[i : i + 2], ()):
            if text.startswith(key, i):
                entry = known.by_name.get(key) or known.exact[key]
                found.append(Mention(key, entry.tag.kind, i, entry.tag))
                i += len(key) - 1
                break
        i += 1
    return found


_ANY_WORD = re.compile(r"[^\s.,;:!?।॥\"“”‘’'()\[\]«»،؛؟|/–—]+")
_PREFIXES = ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ف", "ה", "ב", "ל", "מ", "ו", "ש")


def _words_known(text: str, known: Names, base: str) -> list[Mention]:
    """Known names in a script with spaces and without capital letters."""
    found: list[Mention] = []
    words = [(match[0].casefold(), match[0], match.start()) for match in _ANY_WORD.finditer(text)]
    i = 0
    while i < len(words):
        word, written, start = words[i]
        entry: Known | None = None
        j = i + 1
        for size in range(min(known.longest.get(word, 0), len(words) - i), 1, -1):
            entry = known.by_name.get(" ".join(w for w, _, _ in words[i : i + size]))
            if entry is not None:
                j = i + size
                break
        if entry is None:
            entry = known.by_name.get(word) or known.exact.get(written)
        if entry is None and base in ARABIC:
            for prefix in _PREFIXES:
                if word.startswith(prefix) and len(word) > len(prefix) + 2:
                    entry = known.by_name.get(word[len(prefix) :])
                    if entry is not None:
                        break
        if entry is not None and entry.tag.slug:
            name = " ".join(w for _, w, _ in words[i:j])
            weight = 0.7 if entry.demonym else 1.0
            found.append(Mention(name, entry.tag.kind, start, entry.tag, weight))
        i = j
    return found
