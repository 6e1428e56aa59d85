"""Split running text into sentences: own rules, for any language that ends them by a mark.

Rule-based, after the cases that Kiss and Strunk (2006, "Unsupervised Multilingual Sentence
Boundary Detection") and the Golden Rules of pragmatic_segmenter name: abbreviations, initials,
numbers, quotations, ellipses, marks without a space behind them.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A full stop behind one of these ends no sentence: something always follows.
_TITLES = _words(
    """mr mrs ms dr prof rev fr sr sra dra hon gen lt col maj capt cpl sgt cmdr adm gov sen rep
    pres supt insp det st ste mt vs v op cf al eq approx est dept messrs mmes mme mlle attn
    ofc amb hr frl dipl ing mag lic arq bzw ca evtl ggf inkl sog usw vgl z.b d.h u.a i.e e.g
    viz rs smt shri ph"""
)
# Behind these none ends if a number follows ("No. 10").
_NUMBERED = _words("no nos art fig vol pp ft sec p nr")
# Behind these a sentence may end, if what follows looks like the start of one.
_ABBREVIATIONS = _words(
    """inc ltd corp co llc plc bros jr snr esq etc jan feb mar apr jun jul aug sep sept oct nov
    dec mon tue wed thu fri sat sun ave blvd rd a.m p.m u.s u.k u.n e.u d.c u.a.e u.s.a
    u.s.s.r ph.d m.d b.a m.a cent hrs min tel ext ind calif mass conn fla ariz colo ill mich
    minn wash wis penn okla ore tenn tex va ga ala ark del kan ky la md mo mont neb nev"""
)
# Words that start sentences far oftener than they follow an abbreviation.
_STARTERS = _words(
    """the a an he she it they we you i but and in on at for from with as if this that these
    those there his her their its our my when while after before since until although though
    however meanwhile what who how why where no not some many most all one two both so yet
    still also last more by to"""
)
_CLOSERS = "\"'”’»›)\\]】」』›"
_BOUNDARY = re.compile(
    rf"""
      (?P<cjk>[。！？｡]+[{_CLOSERS}]*)(?![とっのをはがにで、」』])
    | (?P<danda>[।॥؟۔]+[{_CLOSERS}]*)(?=\s|$)
    | (?P<mark>[.!?…]+(?P<close>[{_CLOSERS}]*))(?P<gap>\s+)(?=(?P<next>\S))
    | (?P<glued>(?<=[^\W\d_][^\W\d_])[.!?]["”’]?)(?=["“‘?]?[A-Z][a-z])
    | (?P<line>\n+)
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[^\s(\[“\"‘'—–]*$")
_OPENERS = "\"'“‘«‹„([¿¡「『-–—"


def split(text: str, language: str | None = None) -> list[str]:
    """The sentences of a text in order, without the white space around them.

    Joined, they hold every character of the text that is no white space, in its order. A line
    break ends a sentence. ``language`` (BCP 47) is a hint: in German an ordinal ("am 3. Mai")
    ends none.
    """
    german = (language or "").split("-")[0] in {"de", "da", "nb", "no", "nn", "fi", "cs", "sk"}
    sentences: list[str] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        end = match.end()
        if match["mark"] is not None:
            end = match.end("mark")
            if not _ends(text, start, match, german):
                continue
        elif match["glued"] is not None and not _ends_glued(text, start, match):
            continue
        piece = text[start:end].strip()
        if piece:
            sentences.append(piece)
        start = end
    rest = text[start:].strip()
    if rest:
        sentences.append(rest)
    return sentences


def _ends(text: str, start: int, match: re.Match[str], german: bool) -> bool:
    """Whether the mark before a space ends a sentence."""
    if "\n" in match["gap"]:
        return True
    after = match["next"]
    at = match.start("next")
    follows = after
    while follows in _OPENERS and at + 1 < len(text) and follows:
        at += 1
        follows = text[at : at + 1]
    if follows.islower():
        return False
    mark = match["mark"]
    if mark[0] in "!?":
        return True
    if mark.startswith(("..", "…")):
        return follows.isupper() or not follows.isascii()
    word = _last_word(text, start, match.start("mark"))
    if match["close"] and word:
        return True
    bare = word.lower()
    if len(word) == 1 and word.isalpha() and word.isupper():
        # An initial ("J. Smith"), unless the sentence has gone on and a starter follows.
        return word == "I" or _next_word(text, at) in _STARTERS
    if len(word) == 1 and word.islower():
        # "9 a. m."
        return _next_word(text, at) in _STARTERS
    if bare in _NUMBERED and follows.isdigit():
        return False
    if bare in _TITLES:
        return False
    if bare in _ABBREVIATIONS or re.fullmatch(r"(?:\w\.)+\w", word):
        return _next_word(text, at) in _STARTERS or after in '“"‘'
    if word.isdigit():
        if german and len(word) <= 2:
            return False
        return start < match.start("mark") - len(word) - 1 or not follows.isupper()
    return bool(word) or bool(match["close"])


def _ends_glued(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a mark with no space behind it ends a sentence ("the day.The next")."""
    word = _last_word(text, start, match.start())
    if "@" in word or "/" in word or "." in word or word.lower() == "www":
        return False
    follow = re.match(r"[^\s]*", text[match.end() :])
    return follow is None or not re.search(r"\.[a-z]{2,}|@|/", follow[0])


def _last_word(text: str, start: int, end: int) -> str:
    found = _LAST_WORD.search(text, max(start, end - 40), end)
    return found[0] if found else ""


def _next_word(text: str, at: int) -> str:
    found = re.compile(r"[\w’']+").match(text, at)
    return found[0].lower() if found else ""
