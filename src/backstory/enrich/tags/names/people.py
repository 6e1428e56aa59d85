"""People by the form of their names, and by the offices before them."""

from __future__ import annotations

from backstory.enrich.tags.names.cursor import Cursor, Mention, Word
from backstory.enrich.tags.names.rules import Table
from backstory.enrich.tags.names.words import (
    AND,
    EVENTS,
    HONORIFICS,
    MONTHS_TOO,
    NEVER,
    OPENERS,
    ORGANISATION,
    PARTICLE,
    PARTICLES,
    ROLES,
    SPACES,
    SURELY_ORGANISATION,
)

NO_PERSON = Table[bool]("Can no person's name begin here?")
PERSON_ENDS = Table[bool]("Can a person's name not go on with this word?")
PERSON_ALONE = Table[bool]("Is one word that could be a person's one?")


def office(c: Cursor) -> int:
    """A title or an office, which the next word's bearer has: its end, else 0."""
    word = c.word
    if word.folded not in HONORIFICS and word.folded not in ROLES:
        return 0
    if c.at + 1 < len(c.run):
        follows = c.run[c.at + 1].folded
        if follows in ORGANISATION and follows not in ROLES:
            return 0
    c.role_stays = word.folded in HONORIFICS or not c.weak or c.role or c.at + 1 < len(c.run)
    return c.at + 1


def person(c: Cursor) -> int:
    """A person from this word on: the end of the name, else 0."""
    if NO_PERSON.first(c):
        return 0
    c.end = c.at + 1
    while c.end < len(c.run) and c.end - c.at < 4 and not PERSON_ENDS.first(c):
        c.end += 1
    if c.end == c.at + 1:
        return c.end if PERSON_ALONE.first(c) else 0
    if c.base == "de" and not c.role:
        c.end = min(c.end, c.at + 2)
    c.say(c.at, c.end, "person")
    return c.end


def _is_first_name(c: Cursor) -> bool:
    folded = c.word.folded
    return folded in c.firsts or ("-" in folded and folded.split("-")[0] in c.firsts)


def _is_initials(word: Word) -> bool:
    return word.text.isupper() and len(word.text.replace(".", "")) <= 2


@NO_PERSON.rule("They met Piyush Gohal there.", "Piyush Gohal: person 0.9")
def word_of_no_form(c: Cursor) -> bool | None:
    """A person's name begins with a first name or initials, or behind an office."""
    return None if c.role or _is_first_name(c) or _is_initials(c.word) else True


@NO_PERSON.rule("They left in May Ellerby said.", "May Ellerby: theme 0.5")
def person_that_is_no_tag(c: Cursor) -> bool | None:
    """Times and bits of pages are no people."""
    return True if c.word.folded in NEVER else None


@NO_PERSON.rule('"Les Bleus" train again.', "Bleus: single")
def person_that_opens(c: Cursor) -> bool | None:
    """A word that opens a sentence is no person."""
    return True if c.word.opens and c.word.folded in OPENERS else None


@NO_PERSON.rule("He works for Simon & Ellerby now.", "Simon & Ellerby: organisation 0.8")
def firm_of_two(c: Cursor) -> bool | None:
    """A name before "&" is a firm's."""
    return True if c.gap(c.at + 1) == " & " and not c.role else None


@NO_PERSON.rule("They asked Mr B again.")
def letter_alone(c: Cursor) -> bool | None:
    """One letter is an initial only before a name."""
    return True if len(c.word.folded) < 2 and c.gap(c.at + 1) not in (" ", ". ") else None


@NO_PERSON.rule(
    "Ellerby Wants New Defense Of Senator For Alaska",
    "Ellerby: single 0.3",
    "Alaska: place",
    headline=True,
)
def common_word_before_capitals(c: Cursor) -> bool | None:
    """In a headline in capitals a common word is no person's name, though an office precedes."""
    return True if c.weak and not _is_first_name(c) and c.common(c.word) else None


@NO_PERSON.rule("They met CC Ellerby there.", "CC: organisation 0.8", "Ellerby: single")
def capitals_without_a_point(c: Cursor) -> bool | None:
    """Two capitals without a point are no initials."""
    word = c.word
    if not _is_initials(word) or c.role or "." in word.text or word.gap == ". ":
        return None
    return True if c.text[word.end : word.end + 1] != "." else None


@PERSON_ENDS.rule("They met Martin St. Ellerby there.", "Martin St: person", "Ellerby: single 0.5")
def point_behind_a_name(c: Cursor) -> bool | None:
    """A point behind more than an initial ends the name."""
    point = c.run[c.end].gap == ". "
    return True if point and len(c.run[c.end - 1].folded) > 1 else None


@PERSON_ENDS.rule(
    "They met Marc Ellerby and Halden there.", "Marc Ellerby: person", "Halden: single"
)
def gap_in_a_person(c: Cursor) -> bool | None:
    """Nothing but spaces, points and particles stands within the name."""
    gap = c.run[c.end].gap
    if gap in SPACES or gap == ". ":
        return None
    return None if PARTICLE.fullmatch(gap) and not AND.fullmatch(gap) else True


@PERSON_ENDS.rule("They met Kanye West there.", "Kanye: single 0.8")
def time_behind_a_name(c: Cursor) -> bool | None:
    """Times and bits of pages end the name, but for months that are names too."""
    word = c.run[c.end]
    if word.folded not in NEVER:
        return None
    after = c.text[word.end : word.end + 3]
    dated = after[:1] in " ." and after.strip(" .")[:1].isdigit()
    return None if word.folded in MONTHS_TOO and not dated else True


@PERSON_ENDS.rule("They met Martin Bishop there.", "Martin: single 0.8")
def office_behind_a_name(c: Cursor) -> bool | None:
    """An office ends the name."""
    return True if c.run[c.end].folded in ROLES else None


@PERSON_ENDS.rule("Thousands Cheer Martin Este Again Today", "Martin: single 0.8", headline=True)
def small_word_in_capitals(c: Cursor) -> bool | None:
    """In a headline in capitals a small word ends the name, but for particles."""
    folded = c.run[c.end].folded
    return True if c.weak and folded in OPENERS and folded not in PARTICLES else None


@PERSON_ENDS.rule(
    "They signed the Abraham Accords there.", "Abraham: single 0.8", "Accords: single 0.5"
)
def event_behind_a_name(c: Cursor) -> bool | None:
    """A word of events ends the name, but for one that is a surname too."""
    folded = c.run[c.end].folded
    return True if folded in EVENTS and folded != "law" else None


@PERSON_ENDS.rule("Faith Airways cut its flights.", "Airways: single")
def organisation_behind_a_name(c: Cursor) -> bool | None:
    """A word of organisations ends the name, unless an office precedes."""
    return True if not c.role and c.run[c.end].folded in SURELY_ORGANISATION else None


@PERSON_ENDS.rule("How Nina Ellerby Lost Her Election", "Nina Ellerby: person", headline=True)
def common_word_behind_a_name(c: Cursor) -> bool | None:
    """In a headline in capitals a common word ends the name."""
    return True if c.weak and c.common(c.run[c.end]) else None


@PERSON_ENDS.rule(
    "They met Martin Ellerby Norway knows.", "Martin Ellerby: person", "Norway: place"
)
def known_name_behind_a_name(c: Cursor) -> bool | None:
    """A known name behind two words begins anew."""
    return True if c.end > c.at + 1 and c.look_up(c.end) is not None else None


@PERSON_ALONE.rule("They asked Mr Ellerby again.", "Ellerby: person")
def surname_behind_an_office(c: Cursor) -> bool | None:
    """One word behind an office is a person, unless it is a common one with a capital anyway."""
    if not c.role or (c.common(c.word) and (c.weak or c.word.opens)):
        return None
    c.say(c.at, c.end, "person")
    return True


@PERSON_ALONE.rule("They asked Martin again.", "Martin: single 0.8")
def first_name_alone(c: Cursor) -> bool | None:
    """A first name alone is a person only if the article says more of them."""
    word = c.word
    if not _is_first_name(c) or (word.opens and c.common(word)):
        return None
    c.found.append(Mention(word.text, "single", word.start, weight=0.8))
    return True
