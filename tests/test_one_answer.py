"""The same question has one answer, whatever else was asked with it, before it, or beside it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest

from backstory.archive import Archive, remembered, topics
from backstory.model.article import Article, Moment
from backstory.model.views import Event, History
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.serve.api import serialisers
from backstory.store import articles as kept_articles
from backstory.store import topics as kept_topics
from backstory.store.database import Store
from benchmarks.archive import articles

COUNT, PER_DAY, PUBLISHERS = 1200, 30.0, 20  # over six weeks: topics run on
MOST = 60  # events asked for


def made() -> list[Article]:
    return [
        Article(
            url=row["url"],
            title=row["title"],
            guid=row["guid"],
            site=row["site"],
            text=row.get("text", ""),
            published=Moment(datetime.fromisoformat(row["published"])),
            language=row["language"],
        )
        for row in articles(COUNT, 4, PER_DAY, PUBLISHERS)
    ]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('made')}/made.db")
    take_all(store, made(), print, pipeline=Pipeline(store))
    yield store
    store.close()


def names(store: Store, numbers: Sequence[int], forget: bool = True) -> dict[int, str]:
    if forget:
        remembered.forget(store)
    with store.read() as connection:
        return topics.names(connection, numbers)


def test_a_topic_has_one_name_whatever_is_asked_with_it(store: Store) -> None:
    with store.read() as connection:
        numbers = kept_topics.newest_topics(connection, 500)
    together = names(store, numbers)
    assert len(together) >= 40
    alone = {topic: name for one in numbers for topic, name in names(store, [one]).items()}
    assert alone == together
    for left, right in pairwise(numbers):
        both = names(store, [right, left])
        assert both == {topic: together[topic] for topic in (left, right) if topic in together}
    mixed = random.Random(1).sample(numbers, len(numbers))
    remembered_on_the_way: dict[int, str] = {}
    for start in range(0, len(mixed), 7):
        remembered_on_the_way |= names(store, mixed[start : start + 7], forget=start == 0)
    assert remembered_on_the_way == together


def test_a_reworded_headline_is_not_forgotten_in_a_name(store: Store) -> None:
    with store.read() as connection:
        topic, *_ = kept_topics.newest_topics(connection, 1)
        (guid,) = kept_articles.guids(connection, [topic]).values()
    names(store, [topic])
    before = next(one for one in made() if one.guid == guid)
    after = replace(before, title="Lighthouse keeper of Ostrava wins chess cup")
    take_all(store, [after], print)
    assert names(store, [topic], forget=False) == names(store, [topic])


@pytest.mark.parametrize("first", range(3))
def test_a_limit_cuts_a_history_and_changes_nothing_else(store: Store, first: int) -> None:
    beyond = 0
    with Archive(store) as archive:
        for number in range(5 + 40 * first, COUNT, 120):
            guid = f"made-{number}"
            shown = archive.history(guid)
            assert shown is not None
            before: dict[str, Event] = {}
            for limit in range(1, MOST + 1):
                history = archive.history(guid, limit)
                assert history is not None
                events = {event.story: event for event in history.events}
                assert list(events.values()) == sorted(
                    history.events, key=lambda one: (one.order, one.story), reverse=True
                )
                assert len(history.events) == len(events) <= limit
                assert before.items() <= events.items()  # whole events: members, score, reasons
                assert sum(event.here for event in events.values()) == 1
                if len(events) < limit:
                    assert events == before
                    break
                if limit == len(shown.events):
                    assert history.events == shown.events
                beyond += limit > len(shown.events)
                before = events
    assert beyond > 20  # weaker events were asked for, too


def test_marks_are_at_most_seven_and_the_same_at_every_limit_and_after_a_restart(
    store: Store,
) -> None:
    guids = [f"made-{number}" for number in range(9, COUNT, 60)]
    marks: dict[str, set[str]] = {}
    unmarked = 0
    with Archive(store) as archive:
        for guid in guids:
            whole = archive.history(guid, 500)
            assert whole is not None
            flags = [event["milestone"] for event in serialisers.history(whole)["events"]]
            assert {type(flag) for flag in flags} == {bool}
            assert 1 <= sum(flags) <= 7
            marks[guid] = marked_in(whole)
            unmarked += len(flags) - sum(flags)
            for limit in (None, 1, 3, 8, 20):
                history = archive.history(guid, limit)
                assert history is not None
                shown = {event.story for event in history.events}
                assert marked_in(history) == marks[guid] & shown
    assert unmarked > len(guids)
    remembered.forget(store)
    shutil.rmtree(store.derived, ignore_errors=True)
    with Archive(store) as archive:
        for guid in reversed(guids):
            again = archive.history(guid, 500)
            assert again is not None
            assert marked_in(again) == marks[guid]


def marked_in(history: History) -> set[str]:
    return {event.story for event in history.events if event.milestone}


def test_turning_points_are_events_of_the_history_where_they_are_of_it(store: Store) -> None:
    shared = 0
    with Archive(store) as archive:
        for number in range(11, COUNT, 120):
            guid = f"made-{number}"
            history, few = archive.history(guid), archive.turning_points(guid, 10)
            assert history is not None and few is not None
            assert 1 <= len(few.events) <= 10
            assert [event.here for event in few.events].count(True) == 1
            assert list(few.events) == sorted(
                few.events, key=lambda one: (one.order, one.story), reverse=True
            )
            events = {event.story: event for event in history.events}
            for event in few.events:
                if event.story in events:
                    shared += not event.here
                    assert event == events[event.story]
            fewer = archive.turning_points(guid, 3)
            assert fewer is not None
            assert {event.story for event in fewer.events} <= {event.story for event in few.events}
    assert shared


def test_what_a_limit_leaves_out_is_counted(store: Store) -> None:
    with Archive(store) as archive:
        for number in range(7, COUNT, 90):
            shown = archive.history(f"made-{number}")
            cut = archive.history(f"made-{number}", 2)
            assert shown is not None and cut is not None
            assert cut.more == max(0, len(shown.events) + shown.more - 2)
