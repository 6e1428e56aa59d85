"""Topics: threads of stories that keep to their subject, and come back from stored rows."""

from __future__ import annotations

import numpy as np

from backstory.group.index.links import link
from backstory.group.index.similar import Index
from backstory.group.memory import MemoryShelf
from backstory.group.topics import TopicPlacement, Topics
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


def run(rows: list[list[int]], restart: int | None = None) -> tuple[Topics, dict[int, int]]:
    shelf = MemoryShelf()
    index = Index(shelf)
    topics = Topics(index)
    stored: dict[int, int] = {}
    for seq, terms in enumerate(rows, 1):
        if restart is not None and seq == restart:
            topics = Topics(index)
            topics.restore([(one, one) for one in range(1, seq)], list(stored.items()))
        one = item(seq, terms, day=seq)
        links = link(index, one)
        index.add(one, links)
        placed = topics.add(seq, seq)
        assert placed is not None
        keep(stored, placed)
    return topics, stored


def keep(stored: dict[int, int], placed: TopicPlacement) -> None:
    """What the store does with a placement."""
    stored[placed.story] = placed.topic
    for old, new in placed.merged:
        for story, topic in stored.items():
            if topic == old:
                stored[story] = new


def test_threads_keep_apart_at_the_address_of_their_founder() -> None:
    _, stored = run(stream(60))
    assert {stored[seq] for seq in range(1, 61, 3)} == {1}
    assert {stored[seq] for seq in range(2, 61, 3)} == {2}
    assert all(stored[seq] not in (1, 2) for seq in range(3, 61, 3))


def test_a_restart_changes_nothing() -> None:
    rows = stream(90)
    whole, stored = run(rows)
    for restart in (2, 31, 60):
        again, same = run(rows, restart)
        assert same == stored
        assert [again.topic_of(seq) for seq in range(1, 91)] == [
            whole.topic_of(seq) for seq in range(1, 91)
        ]


def test_what_the_store_keeps_is_what_topics_know() -> None:
    topics, stored = run(stream(45))
    assert all(topics.topic_of(story) == topic for story, topic in stored.items())


def test_a_thread_does_not_drift_from_subject_to_subject() -> None:
    # Each article shares most of its words with the one before and none with the first.
    rows = [[place, place + 1, place + 2, place + 3] for place in range(1, 60)]
    _, stored = run(rows)
    assert len(set(stored.values())) >= 4


def test_a_story_that_repair_merged_leaves_its_topic() -> None:
    shelf = MemoryShelf()
    index = Index(shelf)
    topics = Topics(index)
    for seq in range(1, 4):
        one = item(seq, [*AFFAIR, 50 + seq], day=seq)
        links = link(index, one)
        index.add(one, links)
        if seq < 3:
            topics.add(seq, seq)
    topics.add(3, 1, moved=[(2, 1)], merged=[(2, 1)])
    assert topics.topic_of(2) == 0
    assert topics.topic_of(1) == 1
