"""Names that are known: where they end, and whether they mean what they are known for."""

from __future__ import annotations

from backstory.enrich.tags.gazetteer import is_common
from backstory.enrich.tags.names.cursor import Cursor, Mention, Word
from backstory.enrich.tags.names.rules import Table
from backstory.enrich.tags.names.words import (
    EVENTS,
    HEADS,
    HONORIFICS,
    NEVER,
    OF,
    OF_A_PLACE,
    ORGANISATION,
    PLACES_LAST,
    PREPOSITION,
    ROLES,
    SAYS,
)

KNOWN_NAME = Table[int]("Where does a known name that begins here end, if it counts?")
PART_OF_NAME = Table[int]("Where does a longer name end that begins with a place's, 0 for none?")
BELIEVED = Table[bool]("Does a known name mean here what it is known for?")


def known(c: Cursor) -> int:
    """A known name: its end, else 0."""
    hit = c.look_up(c.at)
    if hit is None:
        return 0
    c.entry, c.end = hit
    return KNOWN_NAME.first(c) or 0


@KNOWN_NAME.rule("The Duchess of Cambridge opened it.")
def seat_of_a_title(c: Cursor) -> int | None:
    """What a duke or an earl is of is part of the title."""
    behind = c.at and c.run[c.at - 1].folded in OF_A_PLACE and c.word.gap != " "
    if not behind:
        return None
    c.role_stays = c.role
    return c.end


@KNOWN_NAME.rule("They won the French Open again.")
def phrase_that_names_no_place(c: Cursor) -> int | None:
    """Some phrases have a country's name and speak of no country."""
    return None if c.entry.tag.slug else c.end


@KNOWN_NAME.rule("The Chicago Cubs lost.", "Chicago Cubs: organisation")
def place_within_a_name(c: Cursor) -> int | None:
    """A place's name may begin another."""
    if c.entry.tag.kind != "place" or c.gap(c.end) != " ":
        return None
    return PART_OF_NAME.first(c) or None


@KNOWN_NAME.rule("Talks with Norway begin.", "Norway: place")
def known_name(c: Cursor) -> int | None:
    """A known name that is believed is what it is known for."""
    if not BELIEVED.first(c):
        return None
    c.say_known(c.end, c.entry)
    return c.end


@PART_OF_NAME.rule("He is in the Georgia Senate race.", "Georgia: place", "Senate: organisation")
def place_before_a_known_name(c: Cursor) -> int | None:
    """A place before another known name is a place."""
    hit = c.look_up(c.end)
    return 0 if hit is not None and hit[0].tag.slug else None


@PART_OF_NAME.rule("They met French MPs there.", "French: place 0.7")
def place_before_an_office(c: Cursor) -> int | None:
    """A place before an office, or before a word that is no tag, is a place."""
    first = c.run[c.end].folded
    if first not in ROLES and first not in HONORIFICS and first not in NEVER:
        return None
    return 0 if c.entry.demonym or first not in ORGANISATION else None


def _named_for_place(c: Cursor) -> int:
    """The end of an organisation whose name begins with a place's, else 0."""
    follow = c.following()
    last = next((k for k in range(len(follow), 0, -1) if follow[k - 1].folded in ORGANISATION), 0)
    if not last or (c.weak and c.all_common(follow[:last])):
        return 0
    return c.end + last


@PART_OF_NAME.rule(
    "He taught at the London School of Economics then.",
    "London: place",
    "School of Economics: organisation",
)
def institution_of_something(c: Cursor) -> int | None:
    """An institution that is of something is read from its own word on."""
    end = _named_for_place(c)
    if not end or end >= len(c.run):
        return None
    return 0 if OF.fullmatch(c.run[end].gap) and c.run[end - 1].folded in HEADS else None


@PART_OF_NAME.rule(
    "They met at the Oslo Diana Foundation house.", "Oslo: place", "Diana Foundation: organisation"
)
def person_between_place_and_organisation(c: Cursor) -> int | None:
    """A first name behind the place begins another name."""
    end = _named_for_place(c)
    return 0 if end and any(w.folded in c.firsts for w in c.run[c.end : end - 1]) else None


@PART_OF_NAME.rule(
    "They read the São Paulo Daily there.", "São Paulo Daily: organisation", "São Paulo: place 0.4"
)
def organisation_named_for_its_place(c: Cursor) -> int | None:
    """A place and a word of organisations are an organisation, and a little of the place."""
    end = _named_for_place(c)
    if not end:
        return None
    name = c.text[c.word.start : c.run[end - 1].end]
    c.found.append(Mention(name, "organisation", c.word.start))
    c.say_known(c.end, c.entry, 0.4)
    return end


@PART_OF_NAME.rule("They met Virginia Ellerby there.", "Virginia Ellerby: person")
def person_called_like_a_place(c: Cursor) -> int | None:
    """A place that is a first name too, before a word that is none of English, is a person."""
    surname = c.run[c.end]
    if (
        c.word.folded not in c.firsts
        or c.end != c.at + 1
        or is_common(surname.folded)
        or surname.folded in PLACES_LAST
        or surname.folded in EVENTS
    ):
        return None
    c.found.append(Mention(c.text[c.word.start : surname.end], "person", c.word.start))
    return c.end + 1


@PART_OF_NAME.rule("They saw the Brisbane Broncos win.", "Brisbane Broncos: organisation")
def team_of_a_city(c: Cursor) -> int | None:
    """A city and a plural with a capital are a team."""
    if c.entry.demonym or not c.english or c.entry.sure == 3 or c.weak:
        return None
    follow = c.following()
    team = follow[0]
    if (
        not team.folded.endswith("s")
        or len(team.folded) <= 3
        or team.folded in c.firsts
        or team.folded in EVENTS
        or (len(follow) > 1 and follow[1].folded in c.firsts)
    ):
        return None
    c.found.append(Mention(c.text[c.word.start : team.end], "organisation", c.word.start))
    return c.end + 1


# ------------------------------------------------------------------- whether a name is believed


def _alone(c: Cursor) -> bool:
    return c.end == c.at + 1


def _is_organisation(c: Cursor) -> bool:
    return c.entry.tag.kind == "organisation"


def _small_city(c: Cursor) -> bool:
    """Whether it is a city that may be a surname or a word as well."""
    return c.entry.sure == 1


def _written_small(word: Word) -> bool:
    return is_common(word.folded) and not word.text.replace(".", "").isupper()


def _behind_preposition(c: Cursor) -> bool:
    start = c.word.start
    return PREPOSITION.search(c.text[max(0, start - 24) : start]) is not None


@BELIEVED.rule("He told Reuters on Sunday.")
def word_that_is_no_tag(c: Cursor) -> bool | None:
    """Times and bits of pages are no names, whatever else they name."""
    return False if _alone(c) and c.word.folded in NEVER else None


@BELIEVED.rule("Al Jazeera has it.", "Al Jazeera: organisation")
def organisation_in_full(c: Cursor) -> bool | None:
    """Several words, or capitals, that an organisation is known by are believed."""
    return True if _is_organisation(c) and (not _alone(c) or c.word.text.isupper()) else None


@BELIEVED.rule("Shell cuts jobs.")
def organisation_like_a_common_word(c: Cursor) -> bool | None:
    """A common word is no organisation where its capital says nothing, but for the best known."""
    if not _is_organisation(c) or not (c.weak or c.word.opens) or not is_common(c.word.folded):
        return None
    return None if c.word.text in {"Apple", "Meta", "Labour"} else False


@BELIEVED.rule(
    "They Blame Meta Over Ellerby Papers",
    "Meta: organisation",
    "Ellerby: single 0.3",
    headline=True,
)
def organisation(c: Cursor) -> bool | None:
    """Any other organisation is believed."""
    return True if _is_organisation(c) else None


@BELIEVED.rule("It is Jordan Houston he knows.", "Jordan: place", "Houston: single 0.8")
def city_behind_a_first_name(c: Cursor) -> bool | None:
    """A city behind a first name is a surname."""
    if not c.at or c.word.gap not in (" ", ". ") or not _alone(c) or c.entry.sure == 3:
        return None
    return False if c.run[c.at - 1].folded in c.firsts else None


@BELIEVED.rule("He saw Norway then.", "Norway: place")
def sure_place(c: Cursor) -> bool | None:
    """A country or a large city is believed, but for a common word in a headline in capitals."""
    doubtful = _alone(c) and c.weak and _written_small(c.word)
    return None if _small_city(c) or doubtful else True


@BELIEVED.rule("They met at Putney Vale then.", "Putney Vale: person 0.9")
def small_city_in_a_longer_name(c: Cursor) -> bool | None:
    """A small city before another capitalised word is part of its name, but for an office."""
    if not _small_city(c) or c.gap(c.end) != " ":
        return None
    return False if c.run[c.end].folded not in ROLES else None


@BELIEVED.rule("Canada, Finland Mask Up Again Today", "Canada: place", headline=True)
def common_word_in_capitals(c: Cursor) -> bool | None:
    """A common word in a headline in capitals is no city."""
    return False if c.weak and _written_small(c.word) else None


@BELIEVED.rule("Der Streit in Palma geht weiter.", "Palma: single 0.8", language="de")
def first_name_in_capitals(c: Cursor) -> bool | None:
    """A first name in a headline in capitals is no city, though a preposition stands before it."""
    named = c.weak and _small_city(c) and c.word.folded in c.firsts
    return False if named and _behind_preposition(c) else None


@BELIEVED.rule("The ship sails to Portsmouth again.", "Portsmouth: place")
def behind_a_preposition(c: Cursor) -> bool | None:
    """Behind a preposition of place it is a city."""
    return True if _behind_preposition(c) else None


@BELIEVED.rule("He left Eastbourne, England, again.", "Eastbourne: place", "England: place")
def city_and_its_state(c: Cursor) -> bool | None:
    """Before a comma and a capital, unless someone speaks, it is a city."""
    past = c.run[c.end - 1].end
    after = c.text[past : past + 20]
    return after[:1] == "," and after[2:3].isupper() and not SAYS.match(after)
