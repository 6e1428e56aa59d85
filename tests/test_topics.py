"""Topics: threads of stories that keep to their subject, and come back from stored rows."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.group.groups import Groups
from backstory.group.index.links import link
from backstory.group.index.similar import Index
from backstory.group.memory import MemoryShelf
from backstory.group.topics import Topics
from backstory.model.changes import Ended, Merged, Moved, Placement, Reassigned
from backstory.model.vector import Item, Vector

DAY = 1440
AFFAIR, SPORT = [1, 2, 3], [11, 12, 13]


def item(seq: int, terms: list[int], day: int) -> Item:
    """An article with these terms, the first the heaviest."""
    raw = np.arange(len(terms), 0, -1, dtype=np.float64)
    weights = np.rint(1000 * raw / np.sqrt(raw @ raw)).astype(np.int16)
    vector = Vector(np.array(terms, np.int32), weights, np.zeros(len(terms), np.uint8), 0)
    return Item(seq, vector, day * DAY, False, "en", "example", 10)


def stream(count: int) -> list[list[int]]:
    """Articles of an affair, of a sport, and of neither, in turn."""
    random = np.random.default_rng(5)
    rows = []
    for place in range(count):
        own = (random.choice(900, 2, replace=False) + 100).tolist()
        rows.append([[*AFFAIR, *own], [*SPORT, *own], [*(own * 1), 2000 + place]][place % 3])
    return rows


def run(rows: list[list[int]], restart: int | None = None) -> Groups:
    shelf = MemoryShelf()
    index = Index(shelf)
    groups = shelf.groups
    topics = Topics(index, groups)
    for seq, terms in enumerate(rows, 1):
        if seq == restart:
            before, groups = groups, Groups()
            groups.restore(*columns(before, seq - 1))
            topics = Topics(index, groups)
        one = item(seq, terms, day=seq)
        links = link(index, one)
        index.add(one, links)
        groups.place(seq, Placement(seq))
        topics.decide(seq)
    return groups


def columns(groups: Groups, last: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """What a store keeps: (article, story) and (story, topic)."""
    stories = [(seq, groups.story_of(seq)) for seq in range(1, last + 1)]
    topics = [(one, groups.topic_of(one)) for one in sorted({story for _, story in stories})]
    return stories, [(story, topic) for story, topic in topics if topic]


def topics_of(groups: Groups, stories: range) -> set[int]:
    return {groups.topic_of(story) for story in stories}


def test_threads_keep_apart_at_the_address_of_their_founder() -> None:
    groups = run(stream(60))
    assert topics_of(groups, range(1, 61, 3)) == {1}
    assert topics_of(groups, range(2, 61, 3)) == {2}
    assert not topics_of(groups, range(3, 61, 3)) & {1, 2}


def test_a_restart_changes_nothing() -> None:
    rows = stream(90)
    whole = columns(run(rows), 90)
    for restart in (2, 31, 60):
        assert columns(run(rows, restart), 90) == whole


def test_a_thread_does_not_drift_from_subject_to_subject() -> None:
    # Each article shares most of its words with the one before and none with the first.
    rows = [[place, place + 1, place + 2, place + 3] for place in range(1, 60)]
    assert len(topics_of(run(rows), range(1, 60))) >= 4


def test_articles_of_a_merged_story_are_of_the_topic_of_the_one_that_took_them_in() -> None:
    groups = Groups()
    for seq in (1, 2, 3):
        groups.place(seq, Placement(seq))
        groups.enter(seq, seq)
    groups.place(4, Placement(3, (Merged(2, 1),)))
    assert [groups.story_of(seq) for seq in (1, 2, 3, 4)] == [1, 1, 3, 3]
    assert list(groups.members(1)) == [1, 2]
    assert (groups.topic_of(1), groups.topic_of(2), groups.topic_of(3)) == (1, 0, 3)
    changes = groups.drain()
    assert changes.topics == {1: 1, 2: None, 3: 3}
    assert changes.ended_stories == (Ended(2, 1, (1,)),)


def test_changes_are_applied_in_their_order() -> None:
    """A part that is split off may go on into a third story within one repair."""
    groups = Groups()
    for seq in (1, 2):
        groups.place(seq, Placement(seq))
    for seq in (3, 4):
        groups.place(seq, Placement(1))
    moves = groups.place(5, Placement(5, (Moved(3, 3), Moved(4, 3), Moved(4, 2), Merged(3, 2))))
    assert [groups.story_of(seq) for seq in range(1, 6)] == [1, 2, 2, 2, 5]
    assert moves == (Reassigned(3, 1, 2), Reassigned(4, 1, 2))
    ended = groups.drain().ended_stories
    assert [(one.number, one.into) for one in ended] == [(3, 3), (3, 2)]


@given(st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_groups_are_a_function_of_their_two_columns(seed: int) -> None:
    """However they came about, groups that were read from their columns answer the same."""
    chance, groups = random.Random(seed), Groups()
    for seq in range(1, 60):
        changes = tuple(change(groups, seq, chance) for _ in range(chance.randrange(3)))
        fit = tuple(one for one in changes if one is not None)
        # Changes were drawn for the groups as they are: one after another of them.
        alive = [one for one in range(1, seq) if groups.story_of(one) == one]
        gone = {one.story for one in fit[:1] if isinstance(one, Merged)}
        story = chance.choice([seq, *(one for one in alive if one not in gone)])
        moved = {one.article for one in fit[:1] if isinstance(one, Moved)}
        groups.place(seq, Placement(seq if story in moved else story, fit[:1]))
        if chance.random() < 0.5:
            own = groups.story_of(seq)
            groups.enter(own, groups.topic_of(chance.choice(alive)) or own if alive else own)
        if chance.random() < 0.1 and len(alive) > 1:
            one, two = (groups.topic_of(story) for story in chance.sample(alive, 2))
            if one and two and one != two:
                groups.merge_topics(max(one, two), min(one, two))
    same = Groups()
    same.restore(*columns(groups, 59))
    for number in range(1, 60):
        assert groups.topic_of(number) == same.topic_of(number)
        assert list(groups.members(number)) == list(same.members(number))
        assert list(groups.threads(number)) == list(same.threads(number))
        assert groups.has_others(number) == same.has_others(number)


def change(groups: Groups, seq: int, chance: random.Random) -> Merged | Moved | None:
    """Something that repair may do before an article comes."""
    alive = [one for one in range(1, seq) if groups.story_of(one) == one]
    if len(alive) < 2:
        return None
    into, story = sorted(chance.sample(alive, 2))
    others = [one for one in groups.members(story) if one != story]
    if not others:
        return Merged(story, into)
    return Moved(others[0], chance.choice([into, others[0]]))
