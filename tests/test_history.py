"""Histories: what belongs, in which order, one entry an event, and when to stop."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence

import pytest

from backstory.enrich.vector import Vectoriser
from backstory.group.history.entry import TimelineEntry
from backstory.group.history.milestones import MARKED, marked, turning_points
from backstory.group.history.related import beside
from backstory.group.history.timeline import Timeline, full_history, ranked, timeline
from backstory.group.index.links import link
from backstory.group.index.similar import Index
from backstory.group.memory import MemoryShelf
from backstory.model.changes import Placement
from backstory.model.vector import Item
from evaluation.data import data_folder

HUFFPOST = data_folder() / "huffpost/articles.jsonl.gz"
START = 25_000_000

Row = tuple[int, str, str]  # day, title, text


def archive(rows: list[Row]) -> tuple[Index, MemoryShelf]:
    """Each article its own story."""
    shelf, vectoriser = MemoryShelf("rows"), Vectoriser()
    index = Index(shelf)
    for seq, (day, title, text) in enumerate(rows, 1):
        vector = vectoriser.read(title, text, "en")
        item = Item(seq, vector, START + day * 1440, True, "en", "paper", 20)
        links = link(index, item)
        index.add(item, links)
        shelf.place(item, links.to_bytes(), Placement(seq))
    return index, shelf


@pytest.fixture(scope="module")
def huffpost() -> tuple[Index, MemoryShelf, list[str]]:
    if not HUFFPOST.exists():
        pytest.skip(f"no {HUFFPOST}: set BACKSTORY_DATA")
    with gzip.open(HUFFPOST, "rt", encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines][:5000]
    rows = [(place // 7, row["title"], row["text"]) for place, row in enumerate(read)]
    index, shelf = archive(rows)
    return index, shelf, ["", *(f"{title} {text}" for _, title, text in rows)]


def show(
    huffpost: tuple[Index, MemoryShelf, list[str]], words: str, nth: int
) -> tuple[int, Timeline]:
    index, shelf, texts = huffpost
    seq = [place for place, text in enumerate(texts) if words in text][nth]
    return seq, timeline(index, shelf, seq)


@pytest.mark.parametrize(
    ("name", "related"),
    [
        ("Khashoggi", "Khashoggi|Saudi"),
        ("Brexit", "Brexit|Boris Johnson|U\\.?K\\b"),
        ("Mueller", "Mueller|Barr|Trump"),
    ],
)
def test_a_history_is_of_its_topic_both_ways(
    huffpost: tuple[Index, MemoryShelf, list[str]], name: str, related: str
) -> None:
    index, _, texts = huffpost
    places = [place for place, text in enumerate(texts) if name in text]
    seq, shown = show(huffpost, name, len(places) // 2)
    entries = [entry for entry in shown.entries if not entry.here]
    assert len(entries) >= 3
    of_it = [any(re.search(related, texts[one]) for one in entry.members) for entry in entries]
    assert sum(of_it) >= 0.8 * len(of_it)
    minutes = [entry.minute or 0 for entry in shown.entries]
    assert minutes == sorted(minutes, reverse=True)
    here = [entry for entry in shown.entries if entry.here]
    assert len(here) == 1 and seq in here[0].members
    own = here[0].minute or 0
    assert any(minute < own for minute in minutes)
    assert any(minute > own for minute in minutes)
    top = [other for other, _ in ranked(index, seq, 5)]
    assert sum(bool(re.search(related, texts[other])) for other in top) >= 4


def test_ranked_scores_fall_and_lie_between_0_and_1(
    huffpost: tuple[Index, MemoryShelf, list[str]],
) -> None:
    index, _, _ = huffpost
    for seq in range(100, 5000, 700):
        pairs = ranked(index, seq, 200)
        scores = [score for _, score in pairs]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)
        assert seq not in {other for other, _ in pairs}
        assert len({other for other, _ in pairs}) == len(pairs)


def test_what_lies_beside_is_not_of_the_history(
    huffpost: tuple[Index, MemoryShelf, list[str]],
) -> None:
    index, shelf, _ = huffpost
    seq, shown = show(huffpost, "Brexit", 10)
    history = {entry.story for entry in shown.entries}
    found = beside(index, shelf, seq, history)
    assert found.stories
    assert not history & set(found.stories)
    assert len(set(found.stories)) == len(found.stories)


def days_of(entries: Sequence[TimelineEntry]) -> list[int]:
    return [(entry.minute or 0) // 1440 - START // 1440 for entry in entries]


def thread(extra: list[Row] | None = None) -> list[Row]:
    """A running affair among articles that have nothing to do with it."""
    affair = [
        (0, "Harlow dam inspectors warn of cracks", "Inspectors of the Harlow dam found cracks."),
        (20, "Harlow dam engineers ask for repairs", "Engineers want the Harlow dam mended."),
        (60, "Water seeps below the Harlow dam", "The Harlow dam loses water, inspectors say."),
        (61, "Harlow dam fails and floods the valley", "The Harlow dam broke; the valley flooded."),
        (90, "Inquiry opens into the Harlow dam failure", "Engineers of the Harlow dam testify."),
        (200, "Harlow dam inquiry blames inspectors", "The inquiry into the Harlow dam ended."),
    ]
    # Each with words of its own that no other article has.
    others = [
        (day, f"Oak{day} elm{day} ash{day}", f"Fir{day} yew{day} fig{day} pine{day}.")
        for day in range(1, 220, 2)
    ]
    return sorted([*affair, *others, *(extra or [])])


def test_an_affair_is_told_whole_and_a_one_off_has_no_history() -> None:
    rows = thread()
    index, shelf = archive(rows)
    dam = {seq for seq, row in enumerate(rows, 1) if "Harlow" in row[1]}
    first = min(dam)
    told = {one for entry in timeline(index, shelf, first).entries for one in entry.members}
    assert told <= dam
    assert len(told) >= 4
    lamp = next(seq for seq, row in enumerate(rows, 1) if row[0] == 101)
    assert [entry.story for entry in timeline(index, shelf, lamp).entries] == [lamp]


def test_near_repeats_are_one_entry() -> None:
    again = [(62, "Harlow dam fails, floods the valley", "The Harlow dam broke; valley flooded.")]
    rows = thread(again)
    index, shelf = archive(rows)
    seqs = [seq for seq, row in enumerate(rows, 1) if "floods the valley" in row[1]]
    entries = timeline(index, shelf, seqs[0]).entries
    assert [set(seqs) <= set(entry.members) for entry in entries].count(True) == 1
    assert sum(bool(set(seqs) & set(entry.members)) for entry in entries) == 1


def test_the_limit_counts_what_it_leaves_out() -> None:
    rows = thread()
    index, shelf = archive(rows)
    dam = [seq for seq, row in enumerate(rows, 1) if "Harlow" in row[1]]
    whole = timeline(index, shelf, dam[2])
    short = timeline(index, shelf, dam[2], limit=2)
    assert len(short.entries) == 2
    stories = [
        {shelf.groups.story_of(seq) for entry in line.entries for seq in entry.members}
        for line in (whole, short)
    ]
    assert short.more == len(stories[0] - stories[1])
    assert any(entry.here for entry in short.entries)


def test_weaker_events_change_nothing_in_those_that_surely_belong() -> None:
    rows = thread([(62, "Harlow dam fails, floods the valley", "The Harlow dam broke.")])
    index, shelf = archive(rows)
    for seq in range(1, len(rows) + 1):
        sure = full_history(index, shelf, seq)
        whole = full_history(index, shelf, seq, weaker=True)
        assert sure.entries[0].here and whole.entries[0] == sure.entries[0]
        assert len(sure.entries) == sure.sure == whole.sure
        assert set(sure.entries) == set(whole.entries[: whole.sure])
        stories = [entry.story for entry in whole.entries]
        assert len(set(stories)) == len(stories)
        members = [one for entry in whole.entries for one in entry.members]
        assert len(set(members)) == len(members)


def test_the_day_that_texts_look_back_at_is_told() -> None:
    # A quiet day that every later article names, then nine loud ones.
    rows = [
        (
            5 * day,
            f"Harlow dam inquiry hears witness number {word}",
            f"The Harlow dam {word} spoke.",
        )
        for day, word in enumerate(
            ("anna", "bertil", "cecilia", "david", "erik", "filip", "gustav", "helge", "ivar")
        )
    ]
    rows.insert(0, (-40, "Harlow dam collapses into the river", "The Harlow dam gave way."))
    index, shelf = archive(rows)
    asked = len(rows)

    def days() -> set[int]:
        return set(days_of(timeline(index, shelf, asked, limit=3).entries))

    assert len(days()) == 3
    named = START // 1440 - 40
    shelf.days = dict.fromkeys(range(2, len(rows) + 1), (named,))
    assert -40 in days()
    shelf.days = dict.fromkeys(range(2, len(rows) + 1), (START // 1440 + 20,))
    assert 20 in days() and -40 not in days()


def long_affair() -> tuple[Index, MemoryShelf, int]:
    """A report every five weeks over two years, and one loud week; who is asked."""
    words = ("anna", "bertil", "cecilia", "david", "erik", "filip", "gustav", "helge", "ivar")
    days = sorted([*range(0, 735, 35), *(day for day in (331, 332, 333) for _ in words)])
    rows = [
        (
            day,
            f"Harlow dam inquiry hears {words[place % 9]}{place} on {words[place % 7]}{day}",
            f"The Harlow dam inquiry. Oak{place} elm{place} ash{place} fir{place} yew{place}.",
        )
        for place, day in enumerate(days)
    ]
    index, shelf = archive(rows)
    return index, shelf, len(rows) // 2


def test_milestones_are_few_and_cover_the_whole_life_of_a_topic() -> None:
    index, shelf, asked = long_affair()
    turns = (0, 140, 490, 700)  # of which texts speak, whenever they were written
    shelf.days = {
        seq: (START // 1440 + turns[seq % len(turns)],) for seq in range(1, len(shelf.stored) + 1)
    }
    found = turning_points(index, shelf, asked, 5)
    assert found[0].here and sum(entry.here for entry in found) == 1
    assert sorted(days_of(found[1:])) == [*turns]
    assert set(days_of(timeline(index, shelf, asked, 5).entries)) != set(days_of(found))
    many = turning_points(index, shelf, asked, 15)
    assert len(many) == 15
    assert sum(331 <= day <= 333 for day in days_of(many)) == 1  # the loud week counts once
    members = [one for entry in many for one in entry.members]
    assert len(set(members)) == len(members)


def test_more_milestones_begin_with_the_fewer() -> None:
    index, shelf, asked = long_affair()
    whole = [entry.story for entry in turning_points(index, shelf, asked, 12)]
    for count in range(1, 12):
        assert [one.story for one in turning_points(index, shelf, asked, count)] == whole[:count]


def test_a_day_that_is_looked_back_at_is_a_milestone_and_marked() -> None:
    index, shelf, asked = long_affair()
    full = full_history(index, shelf, asked)
    assert full.sure > MARKED + 2
    for position in (3, 6, full.sure - 1):
        minute = full.entries[position].minute or 0
        shelf.days = dict.fromkeys(range(1, asked * 2), (minute // 1440,))
        near = {
            entry.story for entry in full.entries if (entry.minute or 0) // 1440 == minute // 1440
        }
        marks = marked(index, shelf, full)
        assert len(marks) == MARKED and full.entries[0].story in marks
        assert marks & (near - {full.entries[0].story})
        assert marked(index, shelf, full_history(index, shelf, asked, weaker=True)) == marks
        second = turning_points(index, shelf, asked, 2)[1]
        assert (second.minute or 0) // 1440 == minute // 1440


def test_an_article_without_a_topic_is_its_only_mark() -> None:
    rows = thread()
    index, shelf = archive(rows)
    lamp = next(seq for seq, row in enumerate(rows, 1) if row[0] == 101)
    assert marked(index, shelf, full_history(index, shelf, lamp)) == {lamp}
    assert turning_points(index, shelf, lamp, 1)[0].here


def test_a_ranking_is_as_long_as_asked(huffpost: tuple[Index, MemoryShelf, list[str]]) -> None:
    index, _, texts = huffpost
    seq = next(place for place, text in enumerate(texts) if "Mueller" in text)
    assert len(ranked(index, seq, 10)) == 10
    assert len(ranked(index, seq, 700)) == 700


def test_an_article_alone_or_without_words() -> None:
    index, shelf = archive([(0, "", "")])
    shown = timeline(index, shelf, 1)
    assert [(entry.story, entry.here) for entry in shown.entries] == [(1, True)]
    assert ranked(index, 1) == []
    assert beside(index, shelf, 1, {1}).stories == ()
