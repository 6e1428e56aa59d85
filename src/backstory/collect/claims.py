"""Which addresses and pages of a feed's entries are theirs: pure, on what was read of them.

An address that several entries claim is nobody's, and words that several pages share are no
article's: a section, a login page, a plea to subscribe. Entries that say the same are one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from backstory.collect.parsed import Entry
from backstory.model.article import Article
from backstory.model.problems import Kind, Report, problem
from backstory.text.scripts import EAST_ASIAN
from backstory.text.words import RUN, shared
from backstory.web.addresses import canonical, key

SAME_ENTRY = 0.8  # shared words of two entries that are one
OTHER_TITLE = 0.5  # fewer shared words: the titles of two articles
TELLING = 4  # letters of a word that tells what an entry is about
ENOUGH = 3  # telling words of a title by which a page can be judged
FOUND = 0.5  # of them that a page of the entry has


@dataclass(frozen=True, slots=True)
class Found:
    """An entry, its canonical address, and what was read of its page; ``led``: where that is."""

    address: str
    entry: Entry
    page: Article | None = None
    led: str = ""


def apart(given: Sequence[tuple[str, Entry]]) -> tuple[list[tuple[str, Entry]], list[Report]]:
    """Entries with an address each, and what had to be done for it.

    Those that share one and say the same are one, the first. Others are named by the fragment of
    their link, their guid or their title, and have no page: the address is nobody's.
    """
    by_address: dict[str, list[Entry]] = {}
    for address, entry in given:
        by_address.setdefault(address, []).append(entry)
    entries: dict[str, Entry] = {}
    reports = []
    for address, several in by_address.items():
        single = _distinct(several, _words, SAME_ENTRY)
        if len(single) == 1:
            entries.setdefault(address, single[0])
            continue
        reports.append(Report((address,), problem(Kind.SHARED_ADDRESS, entries=len(single))))
        for name, entry in zip(_named(single), single, strict=True):
            own = canonical(f"{address.partition('#')[0]}#!{quote(name[:300])}")
            entries.setdefault(own, replace(entry, link=None))
    return list(entries.items()), reports


def settled(found: Sequence[Found]) -> tuple[list[Found], list[Report]]:
    """The same with the pages as they are to be believed, and why where they are not."""
    result = list(found)
    reports = []
    for places in _claims(result, lambda one: one.text):
        for place in places:
            one = result[place]
            told = problem(Kind.SHARED_TEXT, entries=len(places))
            if key(canonical(one.led)) != key(one.address):
                told = problem(Kind.LED_ELSEWHERE, url=one.led)
            reports.append(Report((one.address,), told))
            result[place] = replace(one, page=None)
    for place, one in enumerate(result):
        if one.page is not None and "#" in one.address:
            result[place] = replace(one, page=replace(one.page, url=one.address))
    for places in _claims(result, lambda one: key(canonical(one.url))):
        page = result[places[0]].page
        assert page is not None
        told = problem(Kind.SHARED_ADDRESS, entries=len(places))
        reports.append(Report((page.url,), told))
        for place in places:
            one = result[place]
            assert one.page is not None
            result[place] = replace(one, page=replace(one.page, url=one.address))
    for places in _claims(result, lambda one: one.title):
        for place in places:
            one = result[place]
            assert one.page is not None
            result[place] = replace(one, page=_text_alone(one.page))
    return result, reports


def leads_elsewhere(one: Found) -> bool:
    """Whether the way to an entry's page ended at one that speaks of something else."""
    if one.page is None or not one.led or key(canonical(one.led)) == key(one.address):
        return False
    title = one.entry.title
    words = {word for word in RUN.findall(title.casefold()) if len(word) >= TELLING}
    if len(words) < ENOUGH or EAST_ASIAN.search(title):
        return False  # too little to judge by
    page = f"{one.page.title} {one.page.summary or ''} {one.page.text}".casefold()
    return len(words & set(RUN.findall(page))) < FOUND * len(words)


def _claims(found: Sequence[Found], claim: Callable[[Article], str]) -> list[list[int]]:
    """Places of entries of different articles whose pages claim the same thing."""
    places: dict[str, list[int]] = {}
    for place, one in enumerate(found):
        if one.page is not None and one.entry.title and claim(one.page):
            places.setdefault(claim(one.page), []).append(place)
    return [
        some
        for some in places.values()
        if len(some) > 1
        and len(_distinct([found[place].entry for place in some], _title, OTHER_TITLE)) > 1
    ]


def _distinct(entries: Sequence[Entry], words: Callable[[Entry], str], same: float) -> list[Entry]:
    """The entries without those that say what an earlier one says."""
    kept: list[Entry] = []
    for entry in entries:
        said = words(entry)
        if not any(words(one) == said or shared(words(one), said) >= same for one in kept):
            kept.append(entry)
    return kept


def _title(entry: Entry) -> str:
    return entry.title


def _words(entry: Entry) -> str:
    return f"{entry.title} {entry.summary} {entry.text}"


def _named(entries: Sequence[Entry]) -> list[str]:
    """A name for each: the first kind of name that all have and no two share."""
    fragments = [(entry.link or "").partition("#")[2] for entry in entries]
    guids = [entry.guid or "" for entry in entries]
    for names in (fragments, guids, [" ".join(entry.title.split()) for entry in entries]):
        if all(names) and len(set(names)) == len(names):
            return names
    return [" ".join(_words(entry).split()) for entry in entries]


def _text_alone(page: Article) -> Article:
    """A page of which only the text can be its own: the rest it shares with others."""
    return replace(
        page,
        title="",
        summary=None,
        published=None,
        updated=None,
        author=None,
        image=None,
        tags=(),
    )
