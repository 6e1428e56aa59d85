"""Trending: who reports, how fast that grows, and age."""

from __future__ import annotations

from backstory.archive.cards import leading_up
from backstory.present.trending import DAY, HOUR, Candidate, Report, rank
from backstory.store.stories import Founder

NOW = 30_000_000


def story(number: int, *hours_ago: float) -> Candidate:
    return Candidate(
        number,
        tuple(
            Report(f"publisher-{place}", NOW - round(hours * HOUR))
            for place, hours in enumerate(hours_ago)
        ),
    )


def order(*stories: Candidate, at: int = NOW) -> list[int]:
    return [one.story for one in rank(stories, at)]


def test_many_publishers_above_few() -> None:
    assert order(story(1, 2, 2), story(2, 2, 2, 2, 2)) == [2, 1]


def test_new_above_old() -> None:
    assert order(story(1, 40, 40, 40, 40), story(2, 3, 3, 3)) == [2, 1]


def test_growing_above_finished() -> None:
    assert order(story(1, 9, 9, 9, 8, 8), story(2, 9, 9, 9, 2, 1)) == [2, 1]


def test_publishers_of_one_owner_count_less() -> None:
    shared = Candidate(1, (Report("a", NOW - 60), Report("b", NOW - 60, shared_owner=True)))
    apart = Candidate(2, (Report("c", NOW - 60), Report("d", NOW - 60)))
    assert order(shared, apart) == [2, 1]


def test_nothing_after_the_moment_counts() -> None:
    early = story(1, 30)
    late = story(2, 1, 1, 1)
    assert order(early, late, at=NOW - 20 * HOUR) == [1]


def test_ties_go_by_number() -> None:
    assert order(story(7, 5), story(3, 5)) == [3, 7]


def test_trend_words() -> None:
    def trend(candidate: Candidate) -> str:
        return rank([candidate], NOW)[0].trend

    assert trend(story(1, 1, 2)) == "new"
    assert trend(story(1, 11, 4, 3, 2, 1)) == "rising"
    assert trend(story(1, 20, 19, 18)) == "steady"
    assert trend(Candidate(1, (Report("a", NOW - 3 * DAY),))) == "fading"


def test_what_led_up_to_a_story_is_the_newest_that_surely_belongs() -> None:
    founders = {number: Founder(10 * number, number) for number in range(1, 6)}
    scores = {1: 0.8, 2: 0.7, 3: 0.5, 4: 0.6, 5: 0.1}
    assert leading_up(scores, founders) == [4, 3, 2]
    assert leading_up({5: 0.1}, founders) == [5]
    assert leading_up({}, founders) == []
