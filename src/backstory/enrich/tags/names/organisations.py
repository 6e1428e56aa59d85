"""Organisations by the form of their names."""

from __future__ import annotations

from backstory.enrich.tags.gazetteer import is_common
from backstory.enrich.tags.names.cursor import Cursor
from backstory.enrich.tags.names.rules import Table
from backstory.enrich.tags.names.words import (
    AND,
    FIRST_ROLES,
    HEADS,
    HONORIFICS,
    MATTERS,
    OF,
    OPENERS,
    ORDINARY,
    ORGANISATION,
    ROLES,
    SURNAMES_TOO,
)

HEADED = Table[int]('Where does an organisation end that begins "Ministry of", 0 for none?')
ORGANISATION_ENDS = Table[bool]("Can the name of an organisation not go on with this word?")
NO_ORGANISATION = Table[bool]("Do words that end in an organisation's name none?")


def organisation(c: Cursor) -> int:
    """An organisation by its form ("Ministry of ...", "... Corp"): its end, else 0."""
    if c.word.folded in HEADS and OF.fullmatch(c.gap(c.at + 1)):
        headed = HEADED.first(c)
        if headed is not None:
            return headed
    c.end = _end_of_organisation(c)
    if not c.end or NO_ORGANISATION.first(c):
        return 0
    start, end = _start(c), c.end
    if end < len(c.run) and OF.fullmatch(c.run[end].gap) and c.run[end - 1].folded in HEADS:
        end += 1
        while c.gap(end) == " " and c.run[end].folded not in c.firsts:
            end += 1
    c.say(start, end, "organisation")
    return end


@HEADED.rule("Ellerby Says Voters Like a House for Being Old", "Ellerby: single 0.3", headline=True)
def common_word_behind_a_head_in_capitals(c: Cursor) -> int | None:
    """In a headline in capitals most such words are of a common word only by their meaning."""
    if not c.weak or not c.common(c.run[c.at + 1]):
        return None
    return None if c.word.folded in {"ministry", "department", "university", "bank"} else 0


@HEADED.rule("He left the Ministry of Fisheries then.", "Ministry of Fisheries: organisation")
def ministry_of_something(c: Cursor) -> int | None:
    """A word that carries its matter behind "of" is an organisation with it."""
    run, end = c.run, c.at + 2
    while end < len(run):
        word = run[end]
        if word.gap == " ":
            if c.weak or word.folded in ROLES or word.folded in c.firsts:
                break
        elif not (
            (AND.fullmatch(word.gap) and c.word.folded in MATTERS)
            or (OF.fullmatch(word.gap) and run[end - 1].folded in HEADS)
        ):
            break
        end += 1
    c.say(c.at, end, "organisation")
    return end


_FARTHEST = 6  # words of an organisation's name


def _end_of_organisation(c: Cursor) -> int:
    """Behind the last word of organisations of the run ("Homeland Security Council"), else 0."""
    run, past = c.run, min(len(c.run), c.at + _FARTHEST)
    if not any(word.folded in ORGANISATION for word in run[c.at + 1 : past]):
        return 0
    found = 0
    for place in range(c.at + 1, past):
        c.end = place
        if ORGANISATION_ENDS.first(c):
            break
        if run[place].folded in ORGANISATION:
            found = place + 1
            if run[place].folded in HEADS and OF.fullmatch(c.gap(found)):
                break
    return found


@ORGANISATION_ENDS.rule(
    "They met Ellerby and Halden Bank staff.", "Ellerby: single", "Halden Bank: organisation"
)
def gap_in_an_organisation(c: Cursor) -> bool | None:
    """Nothing but a space or "&" stands within the name, or "and" between common words."""
    run, end = c.run, c.end
    gap = run[end].gap
    if gap in (" ", " & "):
        return None
    joined = (
        AND.fullmatch(gap)
        and not c.weak
        and c.all_common(run[c.at : end])
        and c.gap(end + 1) == " "
        and run[end + 1].folded in ORGANISATION
    )
    return None if joined and c.english else True


@ORGANISATION_ENDS.rule(
    "They met Halden Group President Council staff.", "Halden Group: organisation"
)
def office_behind_an_organisation(c: Cursor) -> bool | None:
    """A title or a high office begins another name."""
    folded = c.run[c.end].folded
    return True if folded in HONORIFICS or folded in FIRST_ROLES else None


def _start(c: Cursor) -> int:
    """Where the name of an organisation begins: behind a word that only opens the sentence."""
    return c.at + 1 if c.word.opens and c.word.folded in OPENERS else c.at


@NO_ORGANISATION.rule("Er kennt das Rope Theatre gut.", language="de")
def noun_of_german(c: Cursor) -> bool | None:
    """German writes all nouns with a capital."""
    return True if c.weak and c.base == "de" else None


@NO_ORGANISATION.rule("Rio’s Bus Network Gets Faster Again", "Rio: single 0.8", headline=True)
def common_words_in_capitals(c: Cursor) -> bool | None:
    """In a headline in capitals only a name with what it names is one."""
    if not c.weak or not c.english:
        return None
    before = c.run[c.at : c.end - 1]
    return True if any(is_common(w.folded) or w.folded in OPENERS for w in before) else None


@NO_ORGANISATION.rule(
    "Ellerby Police Make Another Arrest Today", "Ellerby: single 0.3", headline=True
)
def ordinary_word_in_capitals(c: Cursor) -> bool | None:
    """In a headline in capitals some of these words stand behind any name."""
    return True if c.weak and c.english and c.run[c.end - 1].folded in ORDINARY else None


@NO_ORGANISATION.rule("They met Bennett Church there.", "Bennett: single 0.8")
def surname_that_means_an_organisation(c: Cursor) -> bool | None:
    """Behind a first name such a word is a surname."""
    two = c.end - c.at == 2 and c.run[c.end - 1].folded in SURNAMES_TOO
    return True if two and c.word.folded in c.firsts else None


@NO_ORGANISATION.rule("The Army is there.")
def opener_before_one_word(c: Cursor) -> bool | None:
    """A word that opens the sentence and one of organisations name none."""
    return True if _start(c) != c.at and c.end - c.at < 3 else None


@NO_ORGANISATION.rule("The rider Le Court won.")
def opener_first(c: Cursor) -> bool | None:
    """No name of an organisation begins with a word that opens sentences."""
    return True if c.run[_start(c)].folded in OPENERS else None


@NO_ORGANISATION.rule("He asked the Foreign Ministry again.")
def office_first(c: Cursor) -> bool | None:
    """No name of an organisation begins with an office."""
    return True if c.run[_start(c)].folded in ROLES else None


@NO_ORGANISATION.rule("Reform Party members left.")
def common_word_that_opens(c: Cursor) -> bool | None:
    """A common word that opens the sentence and one of organisations name none."""
    start = _start(c)
    first = c.run[start]
    return True if c.end - start == 2 and first.opens and c.common(first) else None
