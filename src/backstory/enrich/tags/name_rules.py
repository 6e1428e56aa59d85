"""What a run of capitalised words names: the rules, each with an example that is also its test.

A run is read from left to right. At each word the first step that takes something says where to go
on; steps ask tables of their own.
"""

from __future__ import annotations

from backstory.enrich.tags.cursor import Cursor, Kind, Mention, Word
from backstory.enrich.tags.gazetteer import is_common
from backstory.enrich.tags.name_words import (
    ACRONYM,
    AND,
    CONTRACTED,
    EVENTS,
    FIRST_ROLES,
    HEADS,
    HONORIFICS,
    MATTERS,
    MONTHS_TOO,
    NEVER,
    OF,
    OF_A_PLACE,
    OPENERS,
    ORDINARY,
    ORGANISATION,
    PARTICLE,
    PARTICLES,
    PLACES_FIRST,
    PLACES_LAST,
    PREPOSITION,
    ROLES,
    SAYS,
    SPACES,
    SURELY_ORGANISATION,
    SURNAMES_TOO,
)
from backstory.enrich.tags.rules import Table

KNOWN_NAME = Table[int]("Where does a known name that begins here end, if it counts?")
PART_OF_NAME = Table[int]("Where does a longer name end that begins with a place's, 0 for none?")
BELIEVED = Table[bool]("Does a known name mean here what it is known for?")
HEADED = Table[int]('Where does an organisation end that begins "Ministry of", 0 for none?')
ORGANISATION_ENDS = Table[bool]("Can the name of an organisation not go on with this word?")
NO_ORGANISATION = Table[bool]("Do words that end in an organisation's name none?")
NO_PERSON = Table[bool]("Can no person's name begin here?")
PERSON_ENDS = Table[bool]("Can a person's name not go on with this word?")
PERSON_ALONE = Table[bool]("Is one word that could be a person's one?")
UNKNOWN_ENDS = Table[bool]("Can a name of which nothing is known not go on with this word?")
UNKNOWN_NAME = Table[bool]("What do several words name of which nothing is known?")
NO_SINGLE = Table[bool]("Is a single capitalised word no name?")

TABLES = (
    KNOWN_NAME, PART_OF_NAME, BELIEVED, HEADED, ORGANISATION_ENDS, NO_ORGANISATION, NO_PERSON,
    PERSON_ENDS, PERSON_ALONE, UNKNOWN_ENDS, UNKNOWN_NAME, NO_SINGLE,
)  # fmt: skip


def read_run(c: Cursor, run: list[Word]) -> None:
    """Add what one run of capitalised words names to what was found."""
    c.run, c.at, c.role = run, 0, False
    while c.at < len(run):
        gap = run[c.at].gap
        if c.at and gap not in SPACES and gap != ". " and not PARTICLE.fullmatch(gap):
            c.role = False
        c.role_stays = False
        c.at = _known(c) or _office(c) or _organisation(c) or _person(c) or _unknown(c)
        c.role = c.role_stays


def _known(c: Cursor) -> int:
    """A known name: its end, else 0."""
    hit = c.look_up(c.at)
    if hit is None:
        return 0
    c.entry, c.end = hit
    return KNOWN_NAME.first(c) or 0


def _office(c: Cursor) -> int:
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


# ------------------------------------------------------------------------------- known names


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


# ------------------------------------------------------------------------------ organisations


def _organisation(c: Cursor) -> int:
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


# ------------------------------------------------------------------------------------- people


def _person(c: Cursor) -> int:
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


# --------------------------------------------------------------- words of which nothing is known


def _unknown(c: Cursor) -> int:
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
