"""Words: letters with their marks, and digits; folded, stemmed, and what counts as a sentence.

Search, tags and vectors share these, so that they agree on what a word is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from backstory.text.folding import fold
from backstory.text.scripts import PAIRED, PAIRED_SIGNS, of_categories

MARKS = of_categories("M", first=0x300, past=0xFE30)  # combining marks of the basic plane
# A number keeps its inner separators ("1,200", "3.5"); initials with dots are one word ("U.S.").
WORD = re.compile(
    rf"\d+(?:[.,]\d+)+|(?:[A-Z]\.){{2,}}|[{PAIRED_SIGNS}{MARKS}]*[{PAIRED_SIGNS}][{PAIRED_SIGNS}{MARKS}]*"
    rf"|(?:(?![{PAIRED_SIGNS}])[^\W_{MARKS}][{MARKS}\u200c\u200d]*)+"
)
# Letters and digits, whatever joins them; those of which one is not a mere letter.
RUN = re.compile(r"[^\W_]+")
TERM = re.compile(r"[^\W_]{2,}")
# Signs that end a sentence where a space follows; that do so wherever they stand; and that do so
# between spaces: where a capital letter says nothing because any word would have one there.
ENDS = r".!?…:;|\"“”„«»‘\n。！？।"
BREAKS = r"\n\"“”„«»‘|。！？।"
DASHES = "-–—"
SENTENCE_END = re.compile(rf"[{ENDS}]+(?:\s+|$)|[{BREAKS}]+|\s[{DASHES}]\s|(?<=\s)'")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text: as written, folded, where it stands, and whether it opens a sentence."""

    text: str
    folded: str
    start: int
    end: int
    opens: bool


def pairs(run: str) -> list[str]:
    """A run of a script without spaces as overlapping pairs of characters (one stays one)."""
    return [run[i : i + 2] for i in range(len(run) - 1)] if len(run) > 1 else [run]


def tokens(text: str) -> list[Token]:
    """The words of ``text`` in order; runs of scripts without spaces as pairs of characters."""
    ends = {match.end() for match in SENTENCE_END.finditer(text)}
    found: list[Token] = []
    opens = True
    last = 0
    for match in WORD.finditer(text):
        start, end = match.span()
        if not opens and ends:
            opens = any(place in ends for place in range(last + 1, start + 1))
        word = match.group()
        if not word.isascii() and PAIRED.search(word):
            for i, pair in enumerate(pairs(word)):
                found.append(Token(pair, fold(pair), start + i, start + i + len(pair), opens))
        else:
            found.append(Token(word, fold(word), start, end, opens))
        opens = False
        last = end
    return found


def english_stem(word: str) -> str:
    """Plural, past and -ing endings off, lightly: related news words meet, others stay apart.

    >>> [english_stem(word) for word in ("countries", "bombings", "bombed", "this", "pass")]
    ['country', 'bomb', 'bomb', 'this', 'pass']
    """
    if len(word) < 4 or not word.isascii():
        return word
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "shes", "ches", "xes", "zes")):
        word = word[:-2]
    elif word[-1] == "s" and word[-2] not in "siu":
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word[: -len(ending)]
            if any(vowel in stem for vowel in "aeiouy") and not (
                ending == "ed" and stem[-1] == "e"
            ):
                if stem[-1] == stem[-2] and stem[-1] not in "lsz":
                    stem = stem[:-1]
                return stem
    if len(word) > 4 and word[-1] == "e":
        word = word[:-1]
    return word


_SNOWBALL = {
    "ar": "arabic", "da": "danish", "de": "german", "el": "greek", "es": "spanish",
    "fi": "finnish", "fr": "french", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish",
    "yi": "yiddish", "ca": "catalan", "eu": "basque", "ga": "irish",
}  # fmt: skip

# How many first letters of a stem, or of a word where stems do not do, two are compared by.
_OF_STEM, _OF_WORD = 6, 5
_BENT = frozenset({"ru", "sr"})  # languages that bend words more than their stemmers undo
_WHOLE = frozenset({"en", "und", ""})  # languages whose words are not cut
_ALPHABETS = "\u0590"  # Latin, Greek, Cyrillic and Armenian letters stand before it


@cache
def stemmer(language: str | None) -> Callable[[str], str]:
    """From a word as written to its term in a language (BCP 47): folded, and stemmed by light
    rules for English, Snowball's for the others that have one (https://snowballstem.org)."""
    code = (language or "").split("-")[0].lower()
    if code == "en":
        return lambda word: english_stem(fold(word))
    name = _SNOWBALL.get(code)
    if name is None:
        return fold
    # The Python module by name: an installed C version may be of another release.
    module = import_module(f"snowballstemmer.{name}_stemmer")
    stem: Callable[[str], str] = getattr(module, f"{name.capitalize()}Stemmer")().stemWord
    # Stemmed before the accents go, as the rules know them.
    return lambda word: fold(stem(word.casefold()))


@cache
def prefix_stemmer(language: str | None) -> Callable[[str], str]:
    """From a word as written to what articles are compared by in a language (BCP 47): the stem
    in English, whose words bend little, and the word in an unknown one; in others their first
    letters, so that a word meets those derived from it ("opposition", "oppositionsledare"): of the
    stem, or where there is no stemmer, of the word (P. McNamee, C. Nicholas and J. Mayfield 2009,
    "Addressing morphological variation in alphabetic languages"). Numbers stay whole, and so do
    words of scripts that are no alphabets.
    """
    code = (language or "").split("-")[0].lower()
    if code in _WHOLE:
        return stemmer(code)
    stemmed = code in _SNOWBALL and code not in _BENT
    term_of, most = (stemmer(code), _OF_STEM) if stemmed else (fold, _OF_WORD)

    def root(word: str) -> str:
        term = term_of(word)
        return term if not term or term[0].isdigit() or term[0] > _ALPHABETS else term[:most]

    return root


def shared(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: words in both over words in either (Jaccard 1912)."""
    a, b = set(RUN.findall(one.casefold())), set(RUN.findall(other.casefold()))
    return len(a & b) / len(a | b) if a and b else 0.0
