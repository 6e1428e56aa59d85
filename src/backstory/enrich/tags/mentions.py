"""Find the names that a text mentions, and what they seem to name.

By the forms of names: runs of capitalised words, titles and offices before them, first names,
what organisations and places are called, and what is known by name (gazetteer). No model.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

from backstory.enrich.tags.gazetteer import (
    ARABIC,
    UNSPACED,
    Known,
    Names,
    first_names,
    fold,
    is_common,
    names,
    read,
)
from backstory.enrich.tags.themes import lexicon
from backstory.model.tag import Tag

Kind = Literal["person", "place", "organisation", "theme", "single"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text. ``name`` as written, ``start`` its place in the text; ``known`` where
    the gazetteer has it; ``weight``: how sure, 1 for a plain mention. The kind "single" is one
    capitalised word of which nothing else is known."""

    name: str
    kind: Kind
    start: int
    known: Tag | None = None
    weight: float = 1.0


@cache
def _lists() -> dict[str, str]:
    lists: dict[str, str] = read("name_words.json")
    return lists


def _words(key: str) -> frozenset[str]:
    return frozenset(map(fold, _lists()[key].split()))


_CONTRACTED = re.compile(r"['’](?:m|ve|ll|re|d|t)$|^i['’]")


def _class(*categories: str) -> str:
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode >> 4):
        if unicodedata.category(chr(code)) in categories:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(
        re.escape(chr(first)) + ("-" + re.escape(chr(last)) if last > first else "")
        for first, last in ranges
    )


_UPPER = "A-Z" + _class("Lu", "Lt").removeprefix("A-Z")
# A capitalised word: initials with dots, "O'Brien", "Jean-Claude", "AT&T", "G20". The first
# character decides quickly; what stands before it is looked at next.
_TOKEN = re.compile(
    rf"[{_UPPER}](?<![\w@#/&].)(?:(?<=[{_UPPER}])\.(?:[{_UPPER}]\.)+[{_UPPER}]?(?!\w)"
    rf"|\w*(?:[’'&+-](?!s\b)\w+)*)"
)
_ARTICLES = frozenset(["al", "el", "ul", "ad", "as", "an", "ash", "bin"])
_ABBREVIATED = _words("abbreviated")
_OF = re.compile(r" (?:of|for|of the|for the|de|del|de la|des|du|della|di|da|do|für|für die) ")
_AND = re.compile(r" (?:and|&|und|y|et|e) ")
_PARTICLE = re.compile(
    r" (?:de|del|de la|de los|di|da|dos|do|van|van der|van den|von|von der|bin|ibn|ben|al|el|ul"
    r"|la|le|ter|zu|af|av|mac|della|degli|du|y) | d[’']"
)
_BEFORE_OPENING = frozenset(".!?:;\"“”„«»(\n—–•|‘[*>…।-'")

_HONORIFICS = _words("honorifics")
_ROLES = _words("roles")
_ROLE_LINKS = re.compile(r"(?i)(?:secretary|minister|president|chief|leader|speaker) (?:of|for) ")
# Words that make what they stand in an organisation.
_ORGANISATION = _words("organisation")
# Those that carry their matter behind "of": "Ministry of ...", "University of ...".
_HEADS = _words("heads")
_PLACES_LAST = _words("places_last")
_PLACES_FIRST = _words("places_first")
_EVENTS = _words("events")
_OPENERS = _words("openers")
# Capitalised words that are no tag: times, languages of pages, bits of pages, common openers.
_NEVER = _words("never")
_PREPOSITIONS = re.compile(
    r"(?:\b(?:in|near|from|at|to|outside|around|of|between|across|through|via|for|leaving|visiting"
    r"|en|desde|cerca de|à|de|bei|aus|nach|zu|a|di|da|em|op|te|i|på)"
    r"(?: (?:the|downtown|central|north|south|east|west|northern|southern|eastern|western|nearby"
    r"|occupied))?\s|\(|,\s)$"
)
_SAYS = re.compile(
    r"^(?:['’]s?)?,? (?:said|says|told|added|tweeted|wrote|claimed|announced|argued|explained"
    r"|warned|testified|insisted|denied|admitted|who |himself|herself"
    r"|sagte|sagt|dijo|afirmó|a déclaré)\b"
)
_ACRONYM = re.compile(rf"[{_UPPER}]{{2,6}}s?|[{_UPPER}]{{2,5}}-[{_UPPER}]{{2,5}}")
_IN_BRACKETS = re.compile(rf"^ \(([{_UPPER}][{_UPPER}a-z.&-]{{1,8}}[{_UPPER}])\)")


@dataclass(slots=True)
class _Word:
    text: str
    folded: str
    start: int
    end: int
    gap: str  # what stands between it and the word before, "" where a run begins
    opens: bool  # a sentence opens here: its capital letter says nothing


def title_case(title: str) -> bool:
    """Whether a title writes all its longer words with capital letters."""
    words = [w for w in re.findall(r"[^\W\d_][\w’'-]*", title)[1:] if len(w) > 3]
    small = sum(w[0].islower() and w not in _SMALL_IN_TITLES for w in words)
    return len(words) > 2 and small < 2 and small <= 0.25 * len(words)


def find(text: str, language: str | None, headline: bool = False) -> list[Mention]:
    """The names that a text mentions, in its order.

    ``headline``: the text is a title, whose words may all be capitalised, so that a capital
    letter says nothing by itself.
    """
    base = (language or "en").split("-")[0]
    known = names(language)
    if base in UNSPACED or known.pieces:
        found = _unspaced(text, known)
        return found if base in UNSPACED else found + _words_known(text, known, base)
    if base in ARABIC or base in {"hi", "mr", "ne", "bn", "ta", "te", "gu", "kn", "ml", "pa"}:
        return _words_known(text, known, base)
    shouted = text.isupper()
    weak = headline and (shouted or title_case(text))
    reader = _Reader(text, base, known, weak or base == "de" or shouted, shouted)
    found = reader.read()
    if known.adjectives is not None:
        for match in known.adjectives.finditer(text):
            stem = match[1].casefold()
            tag = next((k.tag for key, k in known.by_adjective if key == stem), None)
            if tag is not None:
                found.append(Mention(tag.name, "place", match.start(), tag, 0.6))
    return found


class _Reader:
    """Reads one text from left to right."""

    def __init__(self, text: str, base: str, known: Names, weak: bool, shouted: bool) -> None:
        self.text = text
        self.base = base
        self.known = known
        self.weak = weak
        self.shouted = shouted
        self.english = base == "en"
        self.firsts = first_names()
        self.matters = lexicon(base).words  # "Ebola", "Cricket": themes, whatever their capital
        self.found: list[Mention] = []

    def read(self) -> list[Mention]:
        run: list[_Word] = []
        text = self.text
        last = -1
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            word = match[0]
            previous = text[start - 1] if start else " "
            if text[end : end + 1] == "$":
                continue  # "US$2.2 billion"
            if previous == "-":
                head = text[max(0, start - 4) : start - 1].rpartition(" ")[2].lower()
                if head in _ARTICLES:  # "al-Assad"; of "ex-President" the first part is left
                    start -= len(head) + 1
                    word = text[start:end]
            elif previous in "'’" and start > 2 and text[start - 3].isalnum():
                continue
            if word[-2:] in ("’s", "'s"):
                word, end = word[:-2], end - 2
            elif word[-1] in "'’-":
                word, end = word[:-1], end - 1
            gap = text[last:start] if run else ""
            joined = bool(gap) and len(gap) <= 12 and self._joins(gap, run[-1])
            if run and not joined:
                self._run(run)
                run = []
            before = text[max(0, start - 3) : start].rstrip(" \u00a0")
            opens = (not before and start < 3) or (bool(before) and before[-1] in _BEFORE_OPENING)
            if "\n" in text[max(0, start - 2) : start]:
                opens = True
            run.append(_Word(word, fold(word), start, end, gap if joined else "", opens))
            last = end
        if run:
            self._run(run)
        return self.found

    def _joins(self, gap: str, before: _Word) -> bool:
        if gap in (" ", "\u00a0"):
            return True
        if gap == ". ":
            return before.folded in _ABBREVIATED or len(before.text) == 1
        return bool(_OF.fullmatch(gap) or _AND.fullmatch(gap) or _PARTICLE.fullmatch(gap))

    # ------------------------------------------------------------ one run of capitalised words

    def _run(self, run: list[_Word]) -> None:
        i, n = 0, len(run)
        role = False
        while i < n:
            word = run[i]
            if (
                i
                and run[i].gap not in (" ", "\u00a0", ". ")
                and not _PARTICLE.fullmatch(run[i].gap)
            ):
                role = False
            hit = self._lookup(run, i)
            if i and hit is not None and run[i - 1].folded in _OF_A_PLACE and word.gap != " ":
                i = hit[1]
                continue
            if hit is not None:
                entry, j = hit
                if not entry.tag.slug:
                    i, role = j, False
                    continue
                taken = self._place_in_name(run, i, j, entry)
                if taken:
                    i, role = taken, False
                    continue
                if self._believes(run, i, j, entry):
                    self._add_known(run, i, j, entry)
                    i, role = j, False
                    continue
            if (word.folded in _HONORIFICS or word.folded in _ROLES) and not (
                i + 1 < n and run[i + 1].folded in _ORGANISATION and run[i + 1].folded not in _ROLES
            ):
                role = word.folded in _HONORIFICS or not self.weak or role or i + 1 < n
                i += 1
                continue
            j = self._organisation(run, i)
            if j:
                i, role = j, False
                continue
            j = self._person(run, i, role)
            if j:
                i, role = j, False
                continue
            i = self._unknown(run, i, role)
            role = False

    def _lookup(self, run: list[_Word], i: int) -> tuple[Known, int] | None:
        known = self.known
        first = run[i].folded
        most = known.longest.get(first, 0)
        if not most and "-" in first:
            most = known.longest.get(first.split("-")[0], 0)
        for j in range(min(len(run), i + most), i + 1, -1):
            surface = self.text[run[i].start : run[j - 1].end]
            entry = known.by_name.get(fold(surface))
            if entry is not None:
                return entry, j
        word = run[i]
        if not self.shouted:
            exact = known.exact.get(word.text) or known.exact.get(word.text.rstrip("s"))
            if exact is not None:
                return exact, i + 1
        entry = known.by_name.get(first)
        if entry is None and "-" in first:
            entry = known.by_name.get(first.replace("-", " "))
            if entry is None:  # "Iran-backed", "US-led"
                head = word.text.split("-")[0]
                part = known.exact.get(head) or known.by_name.get(fold(head))
                if part is not None and part.tag.kind == "place" and part.sure == 3:
                    entry = part
        if entry is None and known.stems:
            for cut in (1, 2, 3):
                if len(first) - cut >= 3 and (entry := known.stems.get(first[:-cut])):
                    break
            entry = entry or known.stems.get(first)
        return (entry, i + 1) if entry is not None else None

    def _believes(self, run: list[_Word], i: int, j: int, entry: Known) -> bool:
        """Whether a name that is known means here what it is known for."""
        word = run[i]
        alone = j == i + 1
        text = self.text
        if alone and (word.folded in _NEVER or (word.text.isupper() and len(word.text) == 1)):
            return False
        if entry.tag.kind == "organisation":
            if not alone or word.text.isupper():
                return True
            if self.weak or word.opens:
                return not is_common(word.folded) or word.text in {"Apple", "Meta", "Labour"}
            return True
        previous = run[i - 1] if i and run[i].gap in (" ", ". ") else None
        if previous is not None and alone and previous.folded in self.firsts and entry.sure < 3:
            return False
        written_small = is_common(word.folded) and not word.text.replace(".", "").isupper()
        if entry.sure == 1 or (alone and self.weak and written_small):
            before = text[max(0, word.start - 24) : word.start]
            after = text[run[j - 1].end : run[j - 1].end + 3]
            following = run[j] if j < len(run) and run[j].gap == " " else None
            if following is not None and entry.sure == 1 and following.folded not in _ROLES:
                return False
            if written_small and self.weak:
                return False
            if _PREPOSITIONS.search(before):
                return not (self.weak and entry.sure == 1 and word.folded in self.firsts)
            return (
                after[:1] == ","
                and after[2:3].isupper()
                and not _SAYS.match(text[run[j - 1].end : run[j - 1].end + 20])
            )
        return True

    def _place_in_name(self, run: list[_Word], i: int, j: int, entry: Known) -> int:
        """A place's name that is part of another: "China Daily", "Paris Hilton", "Georgia Tech".

        The end of the longer name where there is one, else 0.
        """
        if entry.tag.kind != "place":
            return 0
        words = run[j : j + 3]
        follow: list[_Word] = []
        for word in words:
            if word.gap != " ":
                break
            follow.append(word)
        if not follow:
            return 0
        first = follow[0]
        hit = self._lookup(run, j)
        if hit is not None and hit[0].tag.slug:
            return 0
        other = first.folded in _ROLES or first.folded in _HONORIFICS or first.folded in _NEVER
        if other and (entry.demonym or first.folded not in _ORGANISATION):
            return 0
        last = next(
            (k for k in range(len(follow) - 1, -1, -1) if follow[k].folded in _ORGANISATION), None
        )
        if last is not None and not (self.weak and self._all_common(follow[: last + 1])):
            end = j + last + 1
            if end < len(run) and _OF.fullmatch(run[end].gap) and follow[last].folded in _HEADS:
                return 0
            if any(w.folded in self.firsts for w in follow[:last]):
                return 0
            name = self.text[run[i].start : run[end - 1].end]
            self.found.append(Mention(name, "organisation", run[i].start))
            self._add_known(run, i, j, entry, 0.4)
            return end
        if (
            run[i].folded in self.firsts
            and j == i + 1
            and not is_common(first.folded)
            and first.folded not in _PLACES_LAST
            and first.folded not in _EVENTS
        ):
            name = self.text[run[i].start : first.end]
            self.found.append(Mention(name, "person", run[i].start))
            return j + 1
        if (
            not entry.demonym
            and self.english
            and entry.sure < 3
            and not self.weak
            and first.folded.endswith("s")
            and len(first.folded) > 3
            and first.folded not in self.firsts
            and first.folded not in _EVENTS
            and (len(follow) == 1 or follow[1].folded not in self.firsts)
        ):
            # A team: "Chicago Cubs".
            name = self.text[run[i].start : first.end]
            self.found.append(Mention(name, "organisation", run[i].start))
            return j + 1
        return 0

    def _all_common(self, words: list[_Word]) -> bool:
        return self.english and all(is_common(word.folded) for word in words)

    def _add_known(
        self, run: list[_Word], i: int, j: int, entry: Known, weight: float = 1.0
    ) -> None:
        name = self.text[run[i].start : run[j - 1].end]
        kind: Kind = entry.tag.kind
        weight *= 0.7 if entry.demonym else 1.0
        self.found.append(Mention(name, kind, run[i].start, entry.tag, weight))

    def _organisation(self, run: list[_Word], i: int) -> int:
        """An organisation by its form ("Ministry of ...", "... Corp"): its end, else 0."""
        n = len(run)
        head = run[i].folded
        if head in _HEADS and i + 1 < n and _OF.fullmatch(run[i + 1].gap):
            common = self.weak and self.english and is_common(run[i + 1].folded)
            if common and head not in {"ministry", "department", "university", "bank"}:
                return 0
            j = i + 2
            while j < n and (
                run[j].gap == " "
                or (_AND.fullmatch(run[j].gap) and head in _MATTERS)
                or (_OF.fullmatch(run[j].gap) and run[j - 1].folded in _HEADS)
            ):
                if run[j].gap == " " and (
                    run[j].folded in _ROLES or run[j].folded in self.firsts or self.weak
                ):
                    break
                j += 1
            return self._emit(run, i, j, "organisation")
        # "Homeland Security Council", "Goldman Sachs Group": the last such word of the run.
        end = 0
        for j in range(i, min(n, i + 6)):
            if (
                j > i
                and run[j].gap not in (" ", " & ")
                and not (
                    _AND.fullmatch(run[j].gap)
                    and self.english
                    and all(is_common(word.folded) for word in run[i:j])
                    and not self.weak
                    and j + 1 < n
                    and run[j + 1].gap == " "
                    and run[j + 1].folded in _ORGANISATION
                )
            ):
                break
            if j > i and (run[j].folded in _HONORIFICS or run[j].folded in _FIRST_ROLES):
                break
            if run[j].folded in _ORGANISATION and j > i:
                end = j + 1
                if j + 1 < n and run[j].folded in _HEADS and _OF.fullmatch(run[j + 1].gap):
                    break
        if not end or (self.weak and self.base == "de"):
            return 0
        if self.weak and self.english:
            # In a headline in capitals only a name with what it names: "Halden Corp".
            before = run[i : end - 1]
            if any(is_common(w.folded) or w.folded in _OPENERS for w in before) or (
                run[end - 1].folded in _ORDINARY
            ):
                return 0
        if run[i].folded in self.firsts and end - i == 2 and run[end - 1].folded in _SURNAMES_TOO:
            return 0
        if run[i].opens and (run[i].folded in _OPENERS):
            if end - i < 3:
                return 0
            i += 1
        if (
            run[i].folded in _OPENERS
            or run[i].folded in _ROLES
            or (end - i == 2 and run[i].opens and self.english and is_common(run[i].folded))
        ):
            return 0
        if end < n and _OF.fullmatch(run[end].gap) and run[end - 1].folded in _HEADS:
            j = end + 1
            while j < n and run[j].gap == " " and run[j].folded not in self.firsts:
                j += 1
            end = j
        return self._emit(run, i, end, "organisation")

    def _person(self, run: list[_Word], i: int, role: bool) -> int:
        """A person from word i: the end of the name, else 0."""
        n = len(run)
        word = run[i]
        if word.folded in _NEVER or (word.folded in _OPENERS and word.opens):
            return 0
        if i + 1 < n and run[i + 1].gap == " & " and not role:
            return 0
        if len(word.folded) < 2 and not (i + 1 < n and run[i + 1].gap in (" ", ". ")):
            return 0
        first = word.folded in self.firsts or (
            "-" in word.folded and word.folded.split("-")[0] in self.firsts
        )
        initials = len(word.text.replace(".", "")) <= 2 and word.text.isupper()
        if not (first or role or initials):
            return 0
        if self.weak and self.english and not first and is_common(word.folded):
            return 0
        if initials and not role and "." not in word.text and word.gap != ". ":
            following = self.text[word.end : word.end + 1]
            if following != ".":
                return 0
        j = i + 1
        while j < n and j - i < 4:
            gap = run[j].gap
            following_word = run[j]
            if gap == ". " and len(run[j - 1].folded) > 1:
                break
            if gap not in (" ", "\u00a0", ". ") and not (
                _PARTICLE.fullmatch(gap) and not _AND.fullmatch(gap)
            ):
                break
            if (
                (following_word.folded in _NEVER and not self._month_name(following_word))
                or following_word.folded in _ROLES
                or (
                    self.weak
                    and following_word.folded in _OPENERS
                    and following_word.folded not in _PARTICLES
                )
            ):
                break
            if following_word.folded in _EVENTS and following_word.folded != "law":
                break
            organisation = following_word.folded in _ORGANISATION - _SURNAMES_TOO
            if organisation and not role:
                break
            if self.weak and self.english and is_common(following_word.folded):
                break
            if self._lookup(run, j) is not None and j > i + 1:
                break
            j += 1
        if j == i + 1:
            if role and not (self.english and is_common(word.folded) and (self.weak or word.opens)):
                return self._emit(run, i, j, "person")
            if first and not (word.opens and self.english and is_common(word.folded)):
                # A first name alone: a person only if the article says more of them.
                self.found.append(Mention(word.text, "single", word.start, weight=0.8))
                return j
            return 0
        if self.base == "de" and not role and j - i > 2:
            j = i + 2
        return self._emit(run, i, j, "person")

    def _month_name(self, word: _Word) -> bool:
        """Whether a month's name is here rather a person's ("Jovan Tan Jun Yuan")."""
        follow = self.text[word.end : word.end + 3]
        return word.folded in _MONTHS_TOO and not (
            follow[:1] in " ." and follow.strip(" .")[:1].isdigit()
        )

    def _unknown(self, run: list[_Word], i: int, role: bool) -> int:
        """Capitalised words of which no form tells what they are: the end of what was taken."""
        n = len(run)
        word = run[i]
        if word.folded in _OPENERS and (word.opens or self.weak or len(word.folded) < 4):
            return i + 1
        j = i + 1
        while j < n and run[j].gap in (" ", " & ") and j - i < 5:
            if run[j].folded in _ROLES or run[j].folded in _NEVER or run[j].folded in _HONORIFICS:
                break
            hit = self._lookup(run, j)
            if hit is not None and (hit[1] - j > 1 or hit[0].sure == 3):
                break
            full = j + 1 < n and run[j + 1].gap == " " and word.folded not in self.firsts
            if (
                run[j].folded in self.firsts
                and run[j].gap == " "
                and word.folded not in _PLACES_FIRST
                and (j - i >= 2 or self.weak or full or self._all_common(run[i:j]))
            ):
                break
            j += 1
        words = run[i:j]
        while words and words[-1].folded in _OPENERS:
            words.pop()
            j -= 1
        if not words:
            return i + 1
        if len(words) == 1:
            self._single(word)
            return max(j, i + 1)
        last = words[-1].folded
        if last in _PLACES_LAST or word.folded in _PLACES_FIRST:
            if not (self.weak and self._all_common(words[:-1])):
                self._emit(run, i, j, "place")
            return j
        if last in _EVENTS or any(w.folded in _EVENTS for w in words):
            if not self.weak and not (word.opens and len(words) == 2 and is_common(word.folded)):
                self._emit(run, i, j, "theme", 0.6)
            return j
        if self.weak:
            if self.english and not self.shouted:
                self._unknown_in_capitals(run, i, j)
            elif self.base != "de":
                for w in words:
                    self._single(w)
            return j
        if word.opens and self.english and is_common(word.folded):
            if len(words) == 2:
                self._single(words[1])
                return j
            words = words[1:]
            i += 1
        if any(w.text.isupper() and len(w.text) > 1 and "." not in w.text for w in words):
            for w in words:
                self._single(w)
            return j
        named = self.english and not is_common(words[0].folded) and is_common(last)
        if last in self.matters:
            self._emit(run, i, j, "theme", 0.5)
        elif " & " in self.text[words[0].start : words[-1].end] or (named and len(words) < 4):
            # A name and what it names: "Harrowdale Athletic".
            self._emit(run, i, j, "organisation", 0.8)
        elif len(words) <= 3 and not (
            self.english and (is_common(last) or is_common(words[0].folded))
        ):
            self._emit(run, i, j, "person", 0.9)
        elif len(words) <= 4:
            self._emit(run, i, j, "theme", 0.5)
        return j

    def _unknown_in_capitals(self, run: list[_Word], i: int, j: int) -> None:
        """Of words of a headline in capitals: two that are no common words are a person's name."""
        start = i
        for at in range(i, j + 1):
            if at < j and not (
                is_common(run[at].folded) or run[at].folded in _OPENERS or run[at].text.isupper()
            ):
                continue
            if at - start == 2:
                self._emit(run, start, at, "person", 0.8)
            else:
                for word in run[start:at]:
                    self._single(word)
            if at < j and run[at].text.isupper() and run[at].folded not in _OPENERS:
                self._single(run[at])
            start = at + 1

    def _single(self, word: _Word) -> None:
        if len(word.folded) < 2 or word.folded in _NEVER or word.folded in _ROLES:
            return
        if _CONTRACTED.search(word.folded) or word.folded in self.matters:
            return
        text = word.text
        if _ACRONYM.fullmatch(text):
            if not self.shouted and word.folded not in _OPENERS:
                common = self.weak and is_common(word.folded)
                if not common:
                    self.found.append(
                        Mention(text.rstrip("s"), "organisation", word.start, None, 0.8)
                    )
            return
        if self.english and is_common(word.folded) and (word.opens or self.weak):
            return
        if not self.english and word.opens:
            return
        if self.base == "de" or self.shouted or not any(c.islower() for c in text):
            return
        said = _SAYS.match(self.text[word.end : word.end + 24]) is not None
        said = said and not any(letter.isupper() for letter in text[1:])
        weight = 0.5 if word.opens or (self.english and is_common(word.folded)) else 1.0
        if self.weak:
            weight = 0.3  # a word of a headline in capitals: a name only if the text has it too
        self.found.append(
            Mention(
                text, "person" if said and not word.opens else "single", word.start, None, weight
            )
        )

    def _emit(self, run: list[_Word], i: int, j: int, kind: Kind, weight: float = 1.0) -> int:
        while i < j and run[i].folded in _OPENERS and i + 1 < j:
            i += 1
        name = " ".join(self.text[run[i].start : run[j - 1].end].split())
        self.found.append(Mention(name, kind, run[i].start, None, weight))
        return j


# Heads whose matter may be joined by "and": "Ministry of Health and Family Welfare".
_MATTERS = _words("matters")
_PARTICLES = _words("particles")
_OF_A_PLACE = _words("of_a_place")
_SMALL_IN_TITLES = frozenset(
    ["with", "from", "over", "into", "after", "than", "that", "amid", "about", "against", "when"]
)
# Words of organisations that stand behind other names as often.
_ORDINARY = frozenset(
    ["users", "media", "police", "press", "service", "services", "team", "front", "foods", "squad"]
)
_FIRST_ROLES = _words("first_roles")
_MONTHS_TOO = frozenset(["jan", "jun", "may", "april", "june", "august"])
# Words of organisations that are surnames as well.
_SURNAMES_TOO = _words("surnames_too")


def bracketed(text: str, mention: Mention) -> str | None:
    """The acronym that a text gives behind a name: "International Atomic Energy Agency (IAEA)"."""
    end = mention.start + len(mention.name)
    found = _IN_BRACKETS.match(text[end : end + 14])
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
