"""Capitalised words of which no form tells what they are, several and single ones."""

from __future__ import annotations

from backstory.enrich.tags.gazetteer import is_common
from backstory.enrich.tags.names.cursor import Cursor, Kind, Mention, Word
from backstory.enrich.tags.names.rules import Table
from backstory.enrich.tags.names.words import (
    ACRONYM,
    CONTRACTED,
    EVENTS,
    HONORIFICS,
    NEVER,
    OPENERS,
    PLACES_FIRST,
    PLACES_LAST,
    ROLES,
    SAYS,
)

UNKNOWN_ENDS = Table[bool]("Can a name of which nothing is known not go on with this word?")
UNKNOWN_NAME = Table[bool]("What do several words name of which nothing is known?")
NO_SINGLE = Table[bool]("Is a single capitalised word no name?")


def unknown(c: Cursor) -> int:
    """Capitalised words of which no form tells what they are: the end of what was taken."""
    word = c.word
    if word.folded in OPENERS and (word.opens or c.weak or len(word.folded) < 4):
        return c.at + 1
    c.end = c.at + 1
    while c.gap(c.end) in (" ", " & ") and c.end - c.at < 5 and not UNKNOWN_ENDS.first(c):
        c.end += 1
    while c.end > c.at and c.run[c.end - 1].folded in OPENERS:
        c.end -= 1
    if c.end - c.at < 2:
        if c.end > c.at:
            _single(c, word)
        return c.at + 1
    end = c.end
    UNKNOWN_NAME.first(c)
    return end


@UNKNOWN_ENDS.rule("They met Halden Minister Ellerby there.", "Halden: single", "Ellerby: person")
def office_behind_words(c: Cursor) -> bool | None:
    """A title, an office or a word that is no tag ends the name."""
    folded = c.run[c.end].folded
    return True if folded in ROLES or folded in NEVER or folded in HONORIFICS else None


@UNKNOWN_ENDS.rule("They asked Ellerby Norway knew.", "Ellerby: single", "Norway: place")
def known_name_behind_words(c: Cursor) -> bool | None:
    """A known name of several words, or one that is sure, begins anew."""
    hit = c.look_up(c.end)
    return True if hit is not None and (hit[1] - c.end > 1 or hit[0].sure == 3) else None


@UNKNOWN_ENDS.rule(
    "They asked Fuming Ellerby Martin Halden knew.",
    "Fuming Ellerby: theme 0.5",
    "Martin Halden: person",
)
def first_name_behind_words(c: Cursor) -> bool | None:
    """A first name begins a person's name, where a surname follows or enough stands before."""
    word = c.run[c.end]
    if word.folded not in c.firsts or word.gap != " " or c.word.folded in PLACES_FIRST:
        return None
    full = c.gap(c.end + 1) == " " and c.word.folded not in c.firsts
    begins = full or c.weak or c.end - c.at >= 2 or c.all_common(c.run[c.at : c.end])
    return True if begins else None


@UNKNOWN_NAME.rule("They met on Ellerby Square then.", "Ellerby Square: place")
def place_by_its_form(c: Cursor) -> bool | None:
    """A word of places at the end or the beginning makes a place."""
    words = c.run[c.at : c.end]
    if words[-1].folded not in PLACES_LAST and words[0].folded not in PLACES_FIRST:
        return None
    if not (c.weak and c.all_common(words[:-1])):
        c.say(c.at, c.end, "place")
    return True


@UNKNOWN_NAME.rule("They saw the Ellerby Festival then.", "Ellerby Festival: theme 0.6")
def event_by_its_form(c: Cursor) -> bool | None:
    """A word of events makes a theme, where capitals say something."""
    words = c.run[c.at : c.end]
    if not any(word.folded in EVENTS for word in words):
        return None
    opening = words[0].opens and len(words) == 2 and is_common(words[0].folded)
    if not c.weak and not opening:
        c.say(c.at, c.end, "theme", 0.6)
    return True


@UNKNOWN_NAME.rule(
    "Ellerby Haldane Wins Another Long Race", "Ellerby Haldane: person 0.8", headline=True
)
def words_in_capitals(c: Cursor) -> bool | None:
    """In a headline in capitals two words that are no common ones are a person's name."""
    if not c.weak or not c.english or c.shouted:
        return None
    start = c.at
    for place in range(c.at, c.end + 1):
        word = c.run[place] if place < c.end else None
        if word and not (c.common(word) or word.folded in OPENERS or word.text.isupper()):
            continue
        if place - start == 2:
            c.say(start, place, "person", 0.8)
        else:
            for one in c.run[start:place]:
                _single(c, one)
        if word and word.text.isupper() and word.folded not in OPENERS:
            _single(c, word)
        start = place + 1
    return True


@UNKNOWN_NAME.rule("Er sah Keine Magie dort.", language="de")
def foreign_words_in_capitals(c: Cursor) -> bool | None:
    """In other languages each word of such a headline stands for itself; nouns of German do not."""
    if not c.weak:
        return None
    if c.base != "de":
        _singles(c)
    return True


@UNKNOWN_NAME.rule("Bird Ellerby flew.", "Ellerby: single")
def common_word_before_one(c: Cursor) -> bool | None:
    """Of two words the common one that opens the sentence is no part of the name."""
    if not c.word.opens or not c.common(c.word):
        return None
    c.at += 1
    if c.end - c.at > 1:
        return None
    _single(c, c.word)
    return True


@UNKNOWN_NAME.rule(
    "They went to the Ellerby SPAR there.", "Ellerby: single", "SPAR: organisation 0.8"
)
def acronym_among_words(c: Cursor) -> bool | None:
    """Beside an acronym each word stands for itself."""
    words = c.run[c.at : c.end]
    if not any(w.text.isupper() and len(w.text) > 1 and "." not in w.text for w in words):
        return None
    _singles(c)
    return True


@UNKNOWN_NAME.rule("They fear Ellerby Ebola there.", "Ellerby Ebola: theme 0.5")
def theme_by_its_last_word(c: Cursor) -> bool | None:
    """A word of themes at the end makes a theme."""
    if c.run[c.end - 1].folded not in c.matters:
        return None
    c.say(c.at, c.end, "theme", 0.5)
    return True


@UNKNOWN_NAME.rule("He bought Life & Culture there.", "Life & Culture: organisation 0.8")
def firm_by_its_sign(c: Cursor) -> bool | None:
    """Words with "&" between them are a firm."""
    if " & " not in c.text[c.word.start : c.run[c.end - 1].end]:
        return None
    c.say(c.at, c.end, "organisation", 0.8)
    return True


@UNKNOWN_NAME.rule("They saw Harrowdale Record win.", "Harrowdale Record: organisation 0.8")
def name_and_what_it_names(c: Cursor) -> bool | None:
    """A name before a common word is an organisation."""
    named = c.english and not c.common(c.word) and c.common(c.run[c.end - 1])
    if not named or c.end - c.at > 3:
        return None
    c.say(c.at, c.end, "organisation", 0.8)
    return True


@UNKNOWN_NAME.rule("They met Piyush Gohal there.", "Piyush Gohal: person 0.9")
def person_by_no_form(c: Cursor) -> bool | None:
    """Two or three words that are no common ones are a person's name."""
    if c.end - c.at > 3 or c.common(c.run[c.end - 1]) or c.common(c.word):
        return None
    c.say(c.at, c.end, "person", 0.9)
    return True


@UNKNOWN_NAME.rule("They read Useful Idiot there.", "Useful Idiot: theme 0.5")
def theme_by_no_form(c: Cursor) -> bool | None:
    """Up to four words else are a theme."""
    if c.end - c.at <= 4:
        c.say(c.at, c.end, "theme", 0.5)
    return True


# ------------------------------------------------------------------------------- single words


def _singles(c: Cursor) -> None:
    for word in c.run[c.at : c.end]:
        _single(c, word)


def _single(c: Cursor, word: Word) -> None:
    """One capitalised word of which nothing is known: a name if the article says more of it."""
    c.single = word
    if NO_SINGLE.first(c):
        return
    text = word.text
    if ACRONYM.fullmatch(text):
        c.found.append(Mention(text.rstrip("s"), "organisation", word.start, None, 0.8))
        return
    speaks = SAYS.match(c.text[word.end : word.end + 24]) is not None
    speaks = speaks and not word.opens and not any(letter.isupper() for letter in text[1:])
    weight = 0.5 if word.opens or c.common(word) else 1.0
    if c.weak:
        weight = 0.3  # a word of a headline in capitals: a name only if the text has it too
    kind: Kind = "person" if speaks else "single"
    c.found.append(Mention(text, kind, word.start, None, weight))


@NO_SINGLE.rule("They went on Monday then.")
def one_letter_or_time(c: Cursor) -> bool | None:
    """One letter is no name, nor are times, bits of pages and offices."""
    folded = c.single.folded
    return True if len(folded) < 2 or folded in NEVER or folded in ROLES else None


@NO_SINGLE.rule('"Ellerby’ll go."')
def contracted_word(c: Cursor) -> bool | None:
    """A contraction is no name ("Don't", "I'm")."""
    return True if CONTRACTED.search(c.single.folded) else None


@NO_SINGLE.rule("They fear Ebola there.")
def word_of_a_theme(c: Cursor) -> bool | None:
    """A word of themes is counted as one already."""
    return True if c.single.folded in c.matters else None


@NO_SINGLE.rule("They asked the ABU there.", "ABU: organisation 0.8")
def shouted_or_small_acronym(c: Cursor) -> bool | None:
    """Capitals are an acronym, where not all is in capitals, but for small and common words."""
    word = c.single
    if not ACRONYM.fullmatch(word.text):
        return None
    small = word.folded in OPENERS or (c.weak and is_common(word.folded))
    return c.shouted or small


@NO_SINGLE.rule("Late trains ran.")
def common_single_word(c: Cursor) -> bool | None:
    """A common word is none where its capital says nothing."""
    word = c.single
    return True if (word.opens or c.weak) and c.common(word) else None


@NO_SINGLE.rule("Gaya est là.", language="fr")
def foreign_word_that_opens(c: Cursor) -> bool | None:
    """In other languages no word that opens a sentence is one."""
    return True if not c.english and c.single.opens else None


@NO_SINGLE.rule("They saw NEWSTICKER there.")
def word_in_capitals(c: Cursor) -> bool | None:
    """A word in capitals that is no acronym is none, and no single word of German."""
    if c.base == "de" or c.shouted:
        return True
    return None if any(letter.islower() for letter in c.single.text) else True
