"""Topics are named in their own words, and keep their names while they grow."""

from __future__ import annotations

from backstory.model.tag import Tag
from backstory.present.naming import Commonness, Headline, looked_at, name

MUELLER = Tag("robert-mueller", "Robert Mueller", "person")
TRUMP = Tag("donald-trump", "Donald Trump", "person")
CHINA = Tag("china", "China", "place")
TAIWAN = Tag("taiwan", "Taiwan", "place")
RELIGION = Tag("religion", "Religion", "theme")
GOP = Tag("republican-party", "Republican Party", "organisation")


def of(share: float, upper: int = 0, lower: int = 100) -> Commonness:
    return Commonness(share, upper, lower)


COMMON = {
    "trump": of(0.2, 900), "donald": of(0.1, 900), "mueller": of(0.002, 900),
    "robert": of(0.01, 900), "russia": of(0.02, 900), "inquiry": of(0.003),
    "china": of(0.06, 900), "taiwan": of(0.02, 900), "church": of(0.004), "hous": of(0.01),
    "religion": of(0.003), "republican": of(0.05, 900), "party": of(0.05),
}  # fmt: skip


def lines(*titles: str) -> list[Headline]:
    return [Headline(title, "en") for title in titles]


def test_the_most_telling_name_and_a_phrase_of_the_headlines() -> None:
    found = name(
        lines(
            "Mueller's Russia Inquiry Questions Trump Aide",
            "Trump Attacks The Russia Inquiry Again",
            "Robert Mueller Asks For Documents In Russia Inquiry",
            "Trump Lawyer Talks With Mueller",
        ),
        [(TRUMP, 4), (MUELLER, 3)],
        COMMON,
    )
    assert found == "Robert Mueller · Russia inquiry"


def test_never_two_places_only_nor_one_thing_twice() -> None:
    headlines = lines("China Shuts A House Church", "House Church Leader Held In China")
    assert name(headlines, [(CHINA, 2), (TAIWAN, 1)], COMMON) == "China · House church"
    assert name(headlines[:1], [(CHINA, 1), (TAIWAN, 1)], COMMON) in {"China", "Taiwan"}
    twice = lines("GOP Splits On Taxes", "GOP Leaders Meet")
    assert name(twice, [(GOP, 2)], COMMON) == "Republican Party"


def test_a_theme_stands_in_where_no_phrase_is_shared() -> None:
    apart = lines("Pastor Held In China", "Beijing Bans Bibles")
    assert name(apart, [(CHINA, 2), (RELIGION, 2)], COMMON) == "China · Religion"
    assert name([], [], {}) == ""


def test_a_topic_is_named_again_only_when_it_has_doubled() -> None:
    stories = list(range(1, 101))
    assert [len(looked_at(stories[:n])) for n in (0, 1, 3, 4, 7, 8, 31, 32, 100)] == [
        0, 1, 2, 4, 4, 8, 16, 16, 16,
    ]  # fmt: skip
    assert looked_at(stories[:7]) == looked_at(stories[:4])
