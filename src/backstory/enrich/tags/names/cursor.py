"""Where the reading of names stands in a text, and what was found so far."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import Literal

from backstory.enrich.tags.gazetteer import Known, Names, first_names, is_common
from backstory.enrich.tags.names.words import OPENERS
from backstory.model.tag import Tag
from backstory.text.folding import fold_name

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


@dataclass(slots=True)
class Word:
    """A capitalised word. ``gap``: what stands between it and the word before, "" where a run
    begins; ``opens``: a sentence opens here, so that its capital letter says nothing."""

    text: str
    folded: str
    start: int
    end: int
    gap: str
    opens: bool


@dataclass(slots=True)
class Cursor:
    """A text, and a place in one of its runs of capitalised words.

    ``base``: primary code of the language; ``weak``: every word has a capital here, or nouns do,
    so that it says little; ``shouted``: the text is in capitals; ``matters``: words of themes.
    ``at``: the word that is looked at; ``end``: behind the last word of the name in question;
    ``role``: an office stands before it, ``role_stays``: and before what follows; ``entry``: the
    known name that begins here; ``single``: a word that is looked at alone.
    """

    text: str
    base: str
    known: Names
    weak: bool
    shouted: bool
    matters: Container[str]
    english: bool = field(init=False)
    firsts: frozenset[str] = field(init=False)
    found: list[Mention] = field(default_factory=list)
    run: list[Word] = field(default_factory=list)
    at: int = 0
    end: int = 0
    role: bool = False
    role_stays: bool = False
    entry: Known = field(init=False)
    single: Word = field(init=False)

    def __post_init__(self) -> None:
        self.english = self.base == "en"
        self.firsts = first_names()

    @property
    def word(self) -> Word:
        return self.run[self.at]

    def gap(self, place: int) -> str:
        """What stands before a word of the run, "" behind its last."""
        return self.run[place].gap if place < len(self.run) else ""

    def common(self, word: Word) -> bool:
        """Whether a word is one that English usually writes small."""
        return self.english and is_common(word.folded)

    def all_common(self, words: list[Word]) -> bool:
        return self.english and all(is_common(word.folded) for word in words)

    def following(self) -> list[Word]:
        """At most three words behind the name in question, with nothing but a space between."""
        words: list[Word] = []
        for word in self.run[self.end : self.end + 3]:
            if word.gap != " ":
                break
            words.append(word)
        return words

    def say(self, start: int, end: int, kind: Kind, weight: float = 1.0) -> None:
        """Words of the run, without those that open sentences, are the name of something."""
        run = self.run
        while start + 1 < end and run[start].folded in OPENERS:
            start += 1
        name = " ".join(self.text[run[start].start : run[end - 1].end].split())
        self.found.append(Mention(name, kind, run[start].start, None, weight))

    def say_known(self, end: int, entry: Known, weight: float = 1.0) -> None:
        """The words from here on are a name that is known."""
        start = self.word.start
        name = self.text[start : self.run[end - 1].end]
        weight *= 0.7 if entry.demonym else 1.0
        self.found.append(Mention(name, entry.tag.kind, start, entry.tag, weight))

    def look_up(self, place: int) -> tuple[Known, int] | None:
        """The longest known name that begins with this word of the run, and its end."""
        known, run = self.known, self.run
        word = run[place]
        first = word.folded
        most = known.longest.get(first, 0)
        if not most and "-" in first:
            most = known.longest.get(first.split("-")[0], 0)
        for end in range(min(len(run), place + most), place + 1, -1):
            entry = known.by_name.get(fold_name(self.text[word.start : run[end - 1].end]))
            if entry is not None:
                return entry, end
        if not self.shouted:
            exact = known.exact.get(word.text)
            if exact is None and word.text[-1] == "s":
                exact = known.exact.get(word.text.rstrip("s"))
            if exact is not None:
                return exact, place + 1
        entry = known.by_name.get(first)
        if entry is None and "-" in first:
            entry = known.by_name.get(first.replace("-", " ")) or self._compound(word)
        if entry is None and known.stems:
            for cut in (1, 2, 3):
                if len(first) - cut >= 3 and (entry := known.stems.get(first[:-cut])):
                    break
            entry = entry or known.stems.get(first)
        return (entry, place + 1) if entry is not None else None

    def _compound(self, word: Word) -> Known | None:
        """The country that leads a compound: "Iran-backed", "US-led"."""
        head = word.text.split("-")[0]
        part = self.known.exact.get(head) or self.known.by_name.get(fold_name(head))
        sure = part is not None and part.tag.kind == "place" and part.sure == 3
        return part if sure else None
