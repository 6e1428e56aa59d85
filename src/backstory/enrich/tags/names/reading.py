"""Read a run of capitalised words: what it names, by the tables of rules.

A run is read from left to right. At each word the first step that takes something says where to go
on; the steps ask the tables.
"""

from __future__ import annotations

from backstory.enrich.tags.names.cursor import Cursor, Word
from backstory.enrich.tags.names.known import BELIEVED, KNOWN_NAME, PART_OF_NAME, known
from backstory.enrich.tags.names.organisations import (
    HEADED,
    NO_ORGANISATION,
    ORGANISATION_ENDS,
    organisation,
)
from backstory.enrich.tags.names.people import NO_PERSON, PERSON_ALONE, PERSON_ENDS, office, person
from backstory.enrich.tags.names.unknown import NO_SINGLE, UNKNOWN_ENDS, UNKNOWN_NAME, unknown
from backstory.enrich.tags.names.words import PARTICLE, SPACES

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
        c.at = known(c) or office(c) or organisation(c) or person(c) or unknown(c)
        c.role = c.role_stays
