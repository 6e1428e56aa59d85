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
# Marks, and the closing quotations behind them; what they end is decided by what stands around.
_MARKS = re.compile(rf"[.!?…。！？｡।॥؟۔\n]+[{_CLOSERS}]*")
_GOES_ON = "とっのをはがにで、」』"  # behind a quotation's end the Japanese sentence goes on
_GLUED = re.compile(r"[.!?][\"”’?]?")
_CAPITAL = re.compile(r"[\"“‘]?[A-Z][a-z]")
_SPACE = re.compile(r"\s+")
_NEXT_WORD = re.compile(r"[\w’']+")
_DOTTED = re.compile(r"(?:\w\.)+\w")
_LAST_WORD = re.compile(r"[^\s(\[“\"‘'—–]*$")
_OPENERS = "\"'“‘«‹„([¿¡「『-–—"


def split(text: str, language: str | None = None, most: int | None = None) -> list[str]:
    """The sentences of a text in order, without the white space around them.

    Joined, they hold every character of the text that is no white space, in its order. A line
    break ends a sentence. ``language`` (BCP 47) is a hint: in German an ordinal ("am 3. Mai")
    ends none. ``most``: the first so many are enough.
    """
    german = (language or "").split("-")[0] in {"de", "da", "nb", "no", "nn", "fi", "cs", "sk"}
    sentences: list[str] = []
    start = 0
    for match in _MARKS.finditer(text):
        end = _boundary(text, start, match, german)
        if end:
            piece = text[start:end].strip()
            if piece:
                sentences.append(piece)
                if len(sentences) == most:
                    return sentences
            start = end
    rest = text[start:].strip()
    if rest:
        sentences.append(rest)
    return sentences


def _boundary(text: str, start: int, match: re.Match[str], german: bool) -> int:
    """Where the sentence that a mark may end ends, 0 if it goes on."""
    marks = match[0]
    end = match.end()
    after = text[end : end + 1]
    if "\n" in marks:
        return end
    if marks[0] in "。！？｡":
        return 0 if after and after in _GOES_ON else end
    if marks[0] in "।॥؟۔":
        return end if not after or after.isspace() else 0
    if not after:
        return end
    if not after.isspace():
        return _glued(text, start, match)
    gap = _SPACE.match(text, end)
    following = gap.end() if gap else end
    if following >= len(text) or "\n" in text[end:following]:
        return end
    if text[following] in '"”’»' and not text[following + 1 : following + 2].strip():
        # A closing quotation mark that stands apart: it belongs to this sentence.
        end = following + 1
        after_it = _SPACE.match(text, end)
        following = after_it.end() if after_it else end
        if following >= len(text) or "\n" in text[end:following]:
            return end
    closing = marks.lstrip(".!?…")
    mark = marks[: len(marks) - len(closing)]
    return end if _ends(text, start, match.start(), mark, closing, following, german) else 0


def _ends(
    text: str, start: int, at_mark: int, mark: str, closing: str, at: int, german: bool
) -> bool:
    """Whether the mark before a space ends a sentence; ``at``: where the text goes on."""
    after = text[at]
    follows = after
    while follows in _OPENERS and at + 1 < len(text):
        at += 1
        follows = text[at]
    if follows.islower():
        return False
    if mark[0] in "!?":
        return True
    if mark.startswith(("..", "…")):
        return follows.isupper() or not follows.isascii()
    word = _last_word(text, start, at_mark)
    if closing and word:
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
    if bare in _ABBREVIATIONS or ("." in word and _DOTTED.fullmatch(word)):
        return _next_word(text, at) in _STARTERS or after in '“"‘'
    if word.isdigit():
        if german and len(word) <= 2:
            return False
        return start < at_mark - len(word) - 1 or not follows.isupper()
    return bool(word) or bool(closing)


def _glued(text: str, start: int, match: re.Match[str]) -> int:
    """Where a mark with no space behind it ends a sentence ("the day.The next"), 0 if nowhere."""
    at = match.start()
    before = text[max(0, at - 2) : at]
    mark = _GLUED.match(text, at)
    if mark is None or len(before) < 2 or not before.isalpha():
        return 0
    end = mark.end()
    if end < match.end() or not _CAPITAL.match(text, end):
        return 0
    if mark[0][-1] == "?" and len(mark[0]) == 2:
        end -= 1  # a quotation mark that was lost on the way: it opens the next sentence
    word = _last_word(text, start, at)
    if "@" in word or "/" in word or "." in word or word.lower() == "www":
        return 0
    following = text[end : end + 60].split(None, 1)[0]
    return 0 if re.search(r"\.[a-z]{2,}|@|/", following) else end


def _last_word(text: str, start: int, end: int) -> str:
    found = _LAST_WORD.search(text, max(start, end - 40), end)
    return found[0] if found else ""


def _next_word(text: str, at: int) -> str:
    found = _NEXT_WORD.match(text, at)
    return found[0].lower() if found else ""
