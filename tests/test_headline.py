"""The best headline of an event, and what changed."""

from __future__ import annotations

import pytest

from backstory.present.changed import newest, prepare, terms_of
from backstory.present.headline import HeadlineCandidate, best, from_text, says_nothing


def choose(*titles: str) -> str:
    return titles[best([HeadlineCandidate(t, f"site {i}", i) for i, t in enumerate(titles)])]


@pytest.mark.parametrize(
    "title",
    [
        "",
        "  ",
        "—",
        "Work in progress",
        "Morning briefing",
        "Morning briefing: Tuesday 12 May",
        "Live updates",
        "Trending News",
        "Breaking news",
        "US news",
        "News in brief",
        "Evening digest",
        "Photos of the day",
        "404 Not Found",
        "Untitled",
        "Nachrichten",
    ],
)
def test_titles_that_say_nothing(title: str) -> None:
    assert says_nothing(title)


@pytest.mark.parametrize(
    "title",
    [
        "Live updates: fire at the Corn Exchange in Lyme",
        "US home sales fall",
        "Brexit",
        "Morning briefing scandal costs minister his post",
        "World Cup final moved to Lagos",
        "Weather forecasters strike over pay",
    ],
)
def test_titles_that_say_something(title: str) -> None:
    assert not says_nothing(title)


def test_what_says_nothing_is_last() -> None:
    assert choose("Work in progress", "", "Sino-US interactions gearing up").startswith("Sino")


def test_complete_and_plain_beats_teasing_and_cut() -> None:
    sound = "US President Biden again calls Xi Jinping 'dictator' after crucial bilateral meeting"
    assert choose("Video of Blinken's reaction goes viral. Can't miss", sound) == sound
    assert choose("You won't believe what Biden called Xi", sound) == sound
    assert choose("US President Biden again calls Xi Jinping 'dictator' after…", sound) == sound
    assert choose("What did Biden call Xi Jinping after the meeting?", sound) == sound


def test_a_glued_section_or_publisher_is_avoided() -> None:
    clean = "US and China discuss military cooperation between Moscow and Pyongyang"
    assert choose(f"{clean} | The Lyme Courier", clean) == clean
    assert choose(f"{clean}\nTrending News", clean) == clean


def test_of_equals_the_earliest_whatever_their_order_in_the_list() -> None:
    early = HeadlineCandidate("Dam at Sonvari opens after nine years", "a", 1)
    late = HeadlineCandidate("Dam at Sonvari opens after nine years", "b", 2)
    assert [best([early, late]), best([late, early])] == [0, 1]
    with pytest.raises(ValueError):
        best([])


def test_a_headline_from_the_text() -> None:
    text = (
        "Read more\nLYME — He said no. The council of Lyme bought the shell of the Corn Exchange "
        "for one pound, ending four years of argument over the ruin in the middle of the town."
    )
    headline = from_text(text, "en")
    assert headline.startswith("The council of Lyme bought the shell")
    assert len(headline.split()) <= 20
    assert from_text("", "en") == ""


# ------------------------------------------------------------------------------------ what changed

EARLIER = [
    "The Corn Exchange burned down on Friday night.",
    "Police arrested the developer Colin Tranter in Lyme.",
]


def new_sentence(own: list[str], headline: str = "") -> str | None:
    seen = frozenset[str]().union(*map(terms_of, EARLIER))
    return newest(prepare(own), seen, terms_of(headline))


def test_the_sentence_with_most_that_is_new() -> None:
    own = [
        "The Corn Exchange burned down in a fire that police call deliberate.",
        "A jury of seven women and five men found Colin Tranter guilty of arson and manslaughter.",
        "He denied it.",
    ]
    assert new_sentence(own) == own[1]


def test_nothing_new_is_none() -> None:
    assert new_sentence(EARLIER) is None
    assert new_sentence([]) is None


def test_the_headline_is_not_repeated() -> None:
    own = ["A jury found Colin Tranter guilty of arson and manslaughter on Tuesday."]
    headline = "Jury finds Colin Tranter guilty of arson and manslaughter"
    assert new_sentence(own, headline) is None


def test_no_long_no_broken_and_no_pointing_sentence() -> None:
    long = "The judge spoke of " + ", ".join(f"witness{n} evidence{n}" for n in range(30)) + "."
    pointing = "He will serve twelve years in Harrowdale prison before parole."
    broken = "”The widow Marta Brannigan thanked jurors, firefighters and detectives."
    sound = "Judge Helen Okafor set fourteen years as minimum."
    assert new_sentence([long, pointing, broken, sound]) == sound
