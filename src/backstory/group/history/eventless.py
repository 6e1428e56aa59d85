"""What stands near a topic but is no event of it: serial pieces, and what shares with the article
the names of places and nothing else (a country in both makes no topic).
"""

from __future__ import annotations

from collections.abc import Sequence

from backstory.group.history.entry import TimelineEntry
from backstory.group.index.similar import Shelf
from backstory.model.tag import Tag
from backstory.text.folding import fold

FAINTLY = 0.3  # the score below which one shared word makes no event of a topic
ROOT = 4  # letters that a place's name and its people's share
SHORT = 3  # letters of what may be an acronym, in Latin letters


def without_eventless(
    shelf: Shelf, seq: int, entries: Sequence[TimelineEntry]
) -> list[TimelineEntry]:
    """The entries that are events of the topic of an article; its own always is."""
    members = {member for entry in entries for member in entry.members}
    tags = shelf.tags_of(sorted({seq, *members}))
    serial = shelf.serial_among(sorted(members))
    words = shelf.words_of(sorted({term for entry in entries for term in entry.shared}))
    kept: list[TimelineEntry] = []
    for entry in entries:
        slugs = {tag.slug for member in entry.members for tag in tags.get(member, ())}
        shared = [tag for tag in tags.get(seq, ()) if tag.slug in slugs]
        faint = not shared and len(entry.shared) < 2 and entry.score < FAINTLY
        if entry.here or not (
            faint
            or serial.issuperset(entry.members)
            or place_names_alone(shared, [words[term] for term in entry.shared if term in words])
        ):
            kept.append(entry)
    return kept


def place_names_alone(shared: Sequence[Tag], words: Sequence[str]) -> bool:
    """Whether shared tags and words are the names of places, or of their people, or letters that
    stand for one."""
    if not (shared or words) or any(tag.kind != "place" for tag in shared):
        return False
    roots = {part[:ROOT] for tag in shared for part in fold(tag.name).split()}
    return all((word.isascii() and len(word) <= SHORT) or word[:ROOT] in roots for word in words)
