"""Summarise an article in whole sentences of its own, in their order.

Sentences are chosen by what they cover of the article's frequent words and of its title, and by
where they stand: the concept coverage of Gillick and Favre (2009, "A scalable global model for
summarization") taken greedily, with the lead that news puts first. What a sentence refers
back to ("He said", an open quotation) comes along or the sentence stays out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from backstory.enrich.summary.boilerplate import (
    is_boilerplate,
    possible_boilerplate,
    without_dateline,
    without_syndication,
)
from backstory.enrich.summary.selfcontained import (
    CUT,
    balanced,
    complete,
    cut_off,
    is_anaphoric,
    lists,
    starts,
)
from backstory.text.scripts import UNSPACED
from backstory.text.sentences import split
from backstory.text.words import TERM

MOST = 90  # words that a summary never passes
READ = 20  # sentences of an article that are looked at
_PER_WORD = 2.0  # characters of a script without spaces that count as one word

# The weights of the choice; see evaluation/summaries.py for what they were measured on.
_FREQUENT = 0.425  # the power of how often a term comes
_ONCE = 0.78  # what is taken off for coming at all
_TITLE = 12.0  # how much more a term counts that stands in the title
_LENGTH = 0.7  # the power of a sentence's length that its worth is divided by
_LEAD = 30.0  # how much more the first sentence counts,
_FALL = 1.0  # and the power at which that falls
_LATER = 0.02  # what each further place costs
_SHORT = 0.3  # below this share of the words asked a summary may grow to the most
_QUOTED = 0.9  # for somebody's own words, and for questions


def word_count(text: str) -> float:
    """Words; two characters of a script without spaces count as one."""
    dense = len(UNSPACED.findall(text)) if not text.isascii() else 0
    return len(text.split()) + dense / _PER_WORD


@dataclass(slots=True)
class _Unit:
    """One sentence, or several that one quotation holds together, with what it says."""

    text: str
    place: int  # which sentence of the article it (first) is
    words: float
    terms: set[str]
    even: bool = True  # quotations balanced
    quoted: bool = False  # begins with somebody's own words, or asks
    after: int = -1  # index of the unit that stands directly before it in the article, or -1
    _anaphoric: bool | None = None
    _whole: bool | None = None

    @property
    def whole(self) -> bool:
        """Whether it is a sentence with a beginning and an end."""
        if self._whole is None:
            self._whole = self.even and complete(self.text) and starts(self.text)
        return self._whole

    @property
    def anaphoric(self) -> bool:
        """Whether it points at the sentence before it; asked of few, so found out when asked."""
        if self._anaphoric is None:
            self._anaphoric = is_anaphoric(self.text)
        return self._anaphoric


@dataclass(slots=True)
class _Text:
    units: list[_Unit] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def summarise(title: str, text: str, language: str | None, words: int = 75) -> str:
    """About ``words`` words of the article's own sentences, readable alone; "" without a text.

    At most 90 words (or a fifth more than asked). A sentence that was cut at a limit is left out
    unless it is all there is; it then ends with an ellipsis.
    """
    if not text.strip():
        return ""
    read_text = _read(title, text, language)
    chosen = _choose([read_text], _terms(title), words)
    if not chosen:
        return _last_resort(title, text, language)
    return _join([unit.text for unit in chosen])


def summarise_story(texts: Sequence[tuple[str, str]], language: str | None, words: int = 75) -> str:
    """One summary of a story from the titles and texts of its articles, without repetition."""
    if len(texts) == 1:
        return summarise(*texts[0], language, words)
    articles = [_read(title, text, language) for title, text in texts if text.strip()]
    titles = set().union(*(_terms(title) for title, _ in texts))
    chosen = _choose(articles, titles, words)
    if not chosen:
        return next((s for t, x in texts if (s := summarise(t, x, language, words))), "")
    return _join([unit.text for unit in chosen])


# ------------------------------------------------------------------------------ reading a text


def _read(title: str, text: str, language: str | None) -> _Text:
    """The sentences of an article that may stand in a summary, and how often its words come."""
    sentences: list[tuple[str, bool]] = []  # with whether it opens a paragraph
    same = _squeezed(title)
    text = without_syndication(text)
    among = possible_boilerplate(text)
    for line in text.split("\n"):
        line = line.strip()
        if not line:
            continue
        if len(sentences) < 4:
            line = without_dateline(line)
        for number, sentence in enumerate(split(line, language, READ - len(sentences))):
            if (
                same and abs(len(sentence) - len(title)) < 9 and _squeezed(sentence) == same
            ) or is_boilerplate(sentence, among):
                continue
            sentences.append((sentence, number == 0))
        if len(sentences) >= READ:
            break
    found = _Text()
    i, n = 0, len(sentences)
    previous = -1
    while i < n:
        sentence = sentences[i][0]
        j = i + 1
        whole = balanced(sentence)
        if not whole:
            joined = sentence
            for k in range(i + 1, min(n, i + 4)):
                joined += " " + sentences[k][0]
                if word_count(joined) > 65:
                    break
                if balanced(joined):
                    sentence, j, whole = joined, k + 1, True
                    break
        terms = _terms(sentence)
        unit = _Unit(
            sentence,
            i,
            word_count(sentence),
            terms,
            whole,
            sentence[0] in "\"“”„«‘'「『?" or sentence[-1] == "?",
            previous,
        )
        found.counts.update(terms)
        previous = len(found.units)
        found.units.append(unit)
        i = j
    return found


class _Stems(dict[str, str]):
    """From a lower-case word to its light stem, "" where it tells nothing; filled as words come."""

    def __missing__(self, word: str) -> str:
        if len(self) > _STEMS:
            self.clear()
        stem = "" if word in lists()["stop"] else word
        if len(stem) > 4 and stem[-1] == "s" and stem[-2] != "s":
            stem = stem[:-1]  # "inspections" and "inspection" meet
        self[word] = stem
        return stem


_STEMS = 100_000
_stems = _Stems()


def _terms(sentence: str) -> set[str]:
    """The words of a sentence that tell of its matter, lightly stemmed."""
    words = TERM.findall(sentence.lower())
    if not sentence.isascii() and UNSPACED.search(sentence):
        found: set[str] = set()
        for word in words:
            if UNSPACED.match(word):
                found.update(word[i : i + 2] for i in range(len(word) - 1))
            else:
                found.add(_stems[word])
    else:
        found = set(map(_stems.__getitem__, words))
    found.discard("")
    return found


def _squeezed(text: str) -> str:
    return "".join(TERM.findall(text.casefold()))


# ------------------------------------------------------------------------------------- choosing


def _choose(articles: list[_Text], title: set[str], words: int) -> list[_Unit]:
    """The units of a summary in the order of their articles."""
    most = max(words * 1.2, float(words) + 15)
    limit = float(words)
    if len(articles) == 1:
        units = articles[0].units
        # Texts that are much longer hold more than fits, whatever cannot stand of them.
        if sum(u.words for u in units) <= 4 * most:
            fitting = [u for u in units if u.whole]
            if fitting and sum(u.words for u in fitting) <= most:
                return _self_contained(units, fitting)
    counts: Counter[str] = Counter()
    for article in articles:
        counts.update(article.counts)
    # Whole numbers, so that sums are the same in any order.
    most_often = max(counts.values(), default=0)
    plain_weights = [round(1000 * (n**_FREQUENT - _ONCE)) for n in range(most_often + 1)]
    title_weights = [
        round(1000 * (n**_FREQUENT - _ONCE) * (1 + _TITLE)) for n in range(most_often + 1)
    ]
    weights = {term: plain_weights[count] for term, count in counts.items()}
    for term in title & counts.keys():
        weights[term] = title_weights[counts[term]]
    chosen: set[tuple[int, int]] = set()
    covered: set[str] = set()
    total = 0.0
    # Each unit with what it gains alone, and later what it gained when last looked at: no more
    # than that, as what is covered only grows.
    open_units = [
        [_gain(unit, unit.terms, unit.words, weights), number, index]
        for number, article in enumerate(articles)
        for index, unit in enumerate(article.units)
    ]
    while True:
        room = (most if total < _SHORT * limit else limit) - total
        best: tuple[float, list[tuple[int, int]]] | None = None
        open_units.sort(key=lambda entry: (-entry[0], entry[1], entry[2]))
        for entry in open_units:
            bound, number, index = entry[0], int(entry[1]), int(entry[2])
            if best is not None and bound <= best[0]:
                break
            units = articles[number].units
            if units[index].words > room or (number, index) in chosen:
                continue
            bundle = _bundle(articles[number], number, index, chosen)
            if bundle is None:
                continue
            length = sum(units[i].words for _, i in bundle)
            if length > room:
                continue
            said = units[index].terms
            if len(bundle) > 1:
                said = set().union(*(units[i].terms for _, i in bundle))
            gain = _gain(units[index], said - covered, length, weights)
            if not units[index].anaphoric:
                entry[0] = gain
            if best is None or gain > best[0] + 1e-6:
                best = gain, bundle
        if best is None or best[0] <= 0:
            break
        for number, index in best[1]:
            chosen.add((number, index))
            covered |= articles[number].units[index].terms
            total += articles[number].units[index].words
    return [articles[number].units[index] for number, index in sorted(chosen)]


def _gain(unit: _Unit, new: set[str], length: float, weights: dict[str, int]) -> float:
    """What a unit is worth for the new terms that so many words say, where it stands."""
    gain: float = sum(map(weights.__getitem__, new)) / (length**_LENGTH + 3)
    gain *= (1 + _LEAD / (1 + unit.place) ** _FALL) * max(0.1, 1 - _LATER * unit.place)
    return gain * _QUOTED if unit.quoted else gain


def _bundle(
    article: _Text, number: int, index: int, chosen: set[tuple[int, int]]
) -> list[tuple[int, int]] | None:
    """A unit with those before it that it refers back to, None if they are not whole."""
    bundle: list[tuple[int, int]] = []
    at = index
    for _ in range(3):
        unit = article.units[at]
        if not unit.whole or unit.words > MOST:
            return None
        if (number, at) in chosen:
            return bundle
        bundle.insert(0, (number, at))
        if not unit.anaphoric:
            return bundle
        if unit.after < 0:
            return None
        at = unit.after
    return None


def _self_contained(units: list[_Unit], fitting: list[_Unit]) -> list[_Unit]:
    """Of a short text all that is self-contained: what refers back to a sentence left out stays
    out too."""
    kept: list[_Unit] = []
    for unit in fitting:
        if unit.anaphoric and not (kept and unit.after >= 0 and units[unit.after] is kept[-1]):
            continue
        kept.append(unit)
    return kept or fitting[:1]


_CLAUSE = re.compile(r"(?:[,;:]| [—–-]|(?= (?:and|but|which|who|while|after|as|because) ))\s")
_ENDS_CUT = re.compile(
    r"(?:[\s,;:–—-]|(?<=\s)(?:the|a|an|of|to|in|on|at|for|by|with|and|or|but|as|that|from|is|was))+$",
    re.IGNORECASE,
)


def _last_resort(title: str, text: str, language: str | None) -> str:
    """What to show of a text of which no sentence can stand: its first, as far as it goes.

    A fragment that does not look cut is shown as it is, other ones up to a whole word and with
    an ellipsis.
    """
    same = _squeezed(title)
    sentences = [
        sentence
        for line in without_syndication(text).split("\n")
        for sentence in split(without_dateline(line.strip()), language)
    ]
    rest = [s for s in sentences if not is_boilerplate(s) and _squeezed(s) != same] or [
        s for s in sentences if _squeezed(s) == same
    ]
    if not rest:
        return ""
    found = next((s for s in rest if balanced(s) and not is_anaphoric(s)), rest[0])
    if word_count(found) > MOST:
        return shortened(found, MOST - 10)
    if complete(found):
        return found
    was_cut = (
        cut_off(found)
        or len(text) >= _LIKELY_CUT
        or len(found.split()) > 35
        or _ENDS_CUT.search(found) is not None
    )
    found = CUT.sub("", found).rstrip()
    if not was_cut:
        return found
    if len(found.split()) > 6 and len(text) >= _LIKELY_CUT and not cut_off(text):
        found = found.rsplit(None, 1)[0]  # the last word may be half a word
    return _balance(_ENDS_CUT.sub("", found)) + " …"


_LIKELY_CUT = 280  # characters at which feeds that cut descriptions do so


def shortened(sentence: str, words: int) -> str:
    """The beginning of a sentence up to a clause's end within so many words, with an ellipsis."""
    if word_count(sentence) <= words:
        return sentence
    pieces = sentence.split()
    if len(pieces) > words // 2:
        head = " ".join(pieces[:words])
    else:  # a script without spaces
        head = sentence[: int(words * _PER_WORD)]
    ends = [match.start() for match in _CLAUSE.finditer(head)]
    good = [end for end in ends if end > len(head) * 0.55]
    return _balance(_ENDS_CUT.sub("", head[: good[-1]] if good else head)) + " …"


def _balance(text: str) -> str:
    """A fragment with the quotations closed or opened that its cutting left open."""
    if balanced(text):
        return text
    for opening, closing in (
        ("“", "”"),
        ("‘", "’"),
        ('"', '"'),
        ("(", ")"),
        ("«", "»"),
        ("„", "“"),
    ):
        if text.count(opening) > text.count(closing) or (opening == '"' and text.count('"') % 2):
            if balanced(text + closing):
                return text + closing
            if balanced(opening + text):
                return opening + text
    stripped = re.sub(r"[\"“”„‘()«»]", "", text)
    return stripped if not balanced(text) else text


def _join(parts: list[str]) -> str:
    joined = ""
    for part in parts:
        part = " ".join(part.split())
        gap = "" if not joined or UNSPACED.match(part[:1]) else " "
        joined += gap + part
    return joined
