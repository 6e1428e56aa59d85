"""Stories: one event is one story, the same however often the process was stopped."""

from __future__ import annotations

import gzip
import json
import random
import time
from datetime import datetime
from itertools import islice

import numpy as np
import pytest

from backstory.enrich.vector import Vectoriser
from backstory.group.groups import Groups
from backstory.group.stories.online import Stories
from backstory.model.changes import Merged, Moved, Placement
from backstory.model.vector import Item, Vector
from evaluation.data import data_folder

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
KINDS = ("Flood in", "Strike at", "Trial over", "Vote on")
PLACES = ("Arvelle", "Bostrin", "Cadmore", "Dunholt", "Eskwith", "Farlow")
SUBJECTS = [f"{kind} {place}" for kind in KINDS for place in PLACES]
DATA = data_folder()
SAYINGS = [
    "officials count the damage",
    "residents tell of the night",
    "minister promises an inquiry",
    "what is known so far",
    "witnesses describe what they saw",
    "two more people are named",
]


def made_up_words(chance: random.Random) -> list[str]:
    letters = "bcdfgklmnprst", "aeiou", "bcdfgklmnprst", "aeiou", "lnrst"
    return ["".join(map(chance.choice, letters)) for _ in range(4000)]


def councils(chance: random.Random, words: list[str], length: int) -> list[str]:
    """Texts on nothing that others are on, so many words long."""
    return [
        f"{word.title()} council. Officials in {word.title()} said on {chance.choice(DAYS)}"
        f" that {' '.join(chance.sample(words, length))}"
        for word in chance.sample(words, 200)
    ]


def made_up(count: int, seed: int, timed: bool = True) -> tuple[list[Item], list[str]]:
    """Headlines about events of which a few are alive at a time, with the event of each."""
    chance = random.Random(seed)
    vectoriser = Vectoriser()
    items, events = [], []
    for seq in range(1, count + 1):
        day = seq // 40
        subject = SUBJECTS[(day // 3 * 5 + chance.randrange(6)) % len(SUBJECTS)]
        title = f"{subject}: {chance.choice(SAYINGS)} {chance.choice(SAYINGS)}"
        vector = vectoriser.read(title, "", "en")
        minute = day * 1440 + chance.randrange(1440) if timed else None
        items.append(Item(seq, vector, minute, False, "en", "", len(title.split())))
        events.append(subject)
    return items, events


class Shelf:
    """What a store keeps: of each article the story that it is in now."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.groups = Groups()

    def keep(self, item: Item, placement: Placement) -> None:
        self.items.append(item)
        self.groups.place(item.seq, placement)

    def story(self, seq: int) -> int:
        return self.groups.story_of(seq)

    def restored(self, window: int) -> Stories:
        stories = Stories(window)
        stories.restore((item, self.story(item.seq)) for item in self.items[-window:])
        return stories


def real_headlines(count: int) -> list[Item]:
    file = DATA / "uci-headlines" / "dev.jsonl.gz"
    if not file.exists():
        pytest.skip(f"{file} is not there")
    vectoriser = Vectoriser()
    items = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for seq, line in enumerate(islice(lines, count), 1):
            title = json.loads(line)["title"]
            vector = vectoriser.read(title, "", "en")
            items.append(Item(seq, vector, None, False, "en", "", len(title.split())))
    return items


@pytest.mark.parametrize("seed", range(3))
def test_a_restart_anywhere_gives_the_same_groups(seed: int) -> None:
    window = 512
    items = real_headlines(1500) if seed == 0 else made_up(1500, seed, timed=seed == 1)[0]
    straight = Stories(window)
    expected = [straight.add(item) for item in items]
    if seed == 0:
        assert any(isinstance(one, Merged) for placement in expected for one in placement.changes)
    chance = random.Random(seed)
    shelf = Shelf()
    stories = Stories(window)
    for item, placement in zip(items, expected, strict=True):
        if chance.random() < 0.02:
            stories = shelf.restored(window)
        found = stories.add(item)
        assert found == placement, item.seq
        shelf.keep(item, found)


def one_by_one(articles: list[tuple[str, int | None]], language: str = "en") -> list[int]:
    vectoriser, stories, shelf = Vectoriser(), Stories(2048), Shelf()
    for seq, (title, minute) in enumerate(articles, 1):
        vector = vectoriser.read(title, "", language)
        item = Item(seq, vector, minute, False, language, "", len(title.split()))
        shelf.keep(item, stories.add(item))
    return [shelf.story(seq) for seq in range(1, len(articles) + 1)]


def test_the_same_headline_joins_and_another_event_does_not() -> None:
    said = one_by_one(
        [
            ("Earthquake of magnitude 6.1 strikes Valdoria, 40 dead", 0),
            ("Central bank of Norland raises rates to 4.5 percent", 5),
            ("Earthquake strikes Valdoria, at least 40 dead, officials say", 30),
            ("Norland's central bank raises rates again", 60),
        ]
    )
    assert said == [1, 2, 1, 2]


def test_the_same_words_days_later_are_another_story() -> None:
    title = "Earthquake of magnitude 6.1 strikes Valdoria, 40 dead"
    week = 7 * 1440
    said = one_by_one([(title, 0), (title, 60), (title, week), (title, 30), (title, 500 * week)])
    assert said == [1, 1, 3, 1, 5]


def test_languages_do_not_mix() -> None:
    vectoriser, stories = Vectoriser(), Stories(64)
    title = "Valdoria, Norland: Arvelle 3 - Bostrin 2, Cadmore 1 - Dunholt 0"
    said = []
    for seq, language in enumerate(["en", "es", "en-GB", "es"], 1):
        vector = vectoriser.read(title, "", language)
        said.append(stories.add(Item(seq, vector, None, False, language, "", 10)).story)
    assert said == [1, 2, 1, 2]


def test_articles_without_words_stand_alone() -> None:
    nothing = Vector(np.empty(0, np.int32), np.empty(0, np.int16), np.empty(0, np.uint8), 0)
    stories = Stories(64)
    said = [stories.add(Item(seq, nothing, None, False, "", "", 0)).story for seq in range(1, 150)]
    assert said == list(range(1, 150))


def test_the_same_headline_without_dates_is_one_story_however_often() -> None:
    said = one_by_one([("Earthquake of magnitude 6.1 strikes Valdoria, 40 dead", None)] * 600)
    assert set(said) == {1}


def test_a_story_is_found_behind_many_newer_articles_with_each_of_its_words() -> None:
    words = ["ferry", "sinks", "harbour", "storm"]
    title = "Ferry sinks near harbour in storm"
    vectoriser, stories = Vectoriser(), Stories()
    between = [
        f"{word} {' '.join(chr(97 + int(n)) * 4 + word[::-1] for n in f'{number:02d}')}"
        for number in range(60)
        for word in words
    ]
    placed = []
    for seq, text in enumerate([title, *between, title], 1):
        vector = vectoriser.read(text, "", "en")
        placed.append(stories.add(Item(seq, vector, None, False, "en", "", len(text.split()))))
    assert placed[-1].story == placed[0].story == 1


def test_articles_of_one_affair_that_name_another_day_are_another_event() -> None:
    def joins(day: str, other: str) -> bool:
        chance = random.Random(1)
        words = made_up_words(chance)
        texts = councils(chance, words, 20)
        texts += [
            "Mayor Bostrin questioned over Arvelle bridge. Mayor Olga Bostrin answered questions of"
            f" the council on {day} about the bridge at Arvelle, whose cost has doubled.",
            f"Protest in Arvelle. Hundreds marched through Arvelle on {other} and called for"
            " cheaper trams; shops stayed open.",
        ]
        *_, first, second = one_by_one([(text, None) for text in texts])
        return first == second

    assert joins("Monday", "Monday")
    assert not joins("Monday", "Thursday")
    assert joins("the spot", "Thursday")


def test_other_words_of_texts_must_agree_too_where_names_do() -> None:
    def joined(shared: int, length: int) -> int:
        """In how many of twelve draws two articles are one story that share their names and so
        many other words."""
        return sum(joins(shared, length, random.Random(seed)) for seed in range(1, 13))

    def joins(shared: int, length: int, chance: random.Random) -> bool:
        words = made_up_words(chance)
        texts = councils(chance, words, length)
        same = chance.sample(words, shared)
        for _ in range(2):
            a, b, c, d, *own = chance.sample(words, length - shared)
            texts.append(
                f"{a.title()} {b} Olga Bostrin {c}. In Arvelle, Dunholt, Eskwith, Farlow {d}"
                f" {' '.join([*same, *own])}"
            )
        *_, first, second = one_by_one([(text, None) for text in texts])
        return first == second

    assert joined(15, 50) == 12
    assert joined(6, 50) < 6
    assert joined(0, 10) == 12


def test_texts_that_share_words_in_a_row_are_one_story_sooner() -> None:
    def joined(in_a_row: bool) -> int:
        """In how many of twelve draws two articles are one story that share a name and twelve
        words, in the same order or from behind."""
        return sum(joins(in_a_row, random.Random(seed)) for seed in range(1, 13))

    def joins(in_a_row: bool, chance: random.Random) -> bool:
        words = made_up_words(chance)
        texts = councils(chance, words, 50)
        same = chance.sample(words, 12)
        for _ in range(2):
            a, b, c, d, *own = chance.sample(words, 38)
            texts.append(f"{a.title()} {b} Bostrin {c}. In Arvelle, {d} {' '.join([*same, *own])}")
            if not in_a_row:
                same.reverse()
        *_, first, second = one_by_one([(text, None) for text in texts])
        return first == second

    assert joined(in_a_row=True) >= 9
    assert joined(in_a_row=False) <= 2


def test_the_same_words_of_others_are_another_story_where_many_are_alive() -> None:
    def joined(place: str) -> int:
        """In how many of six draws a headline is in the story of three that name Arvelle, with
        which it shares seven words."""
        return sum(joins(place, random.Random(seed)) for seed in range(1, 7))

    def joins(place: str, chance: random.Random) -> bool:
        words = made_up_words(chance)
        titles = [title for _ in range(5) for title in councils(chance, words, 10)]
        same = chance.sample(words, 7)
        for named in ("Arvelle", "Arvelle", "Arvelle", place):
            first, *rest = [*chance.sample(words, 1), *same, *chance.sample(words, 2)]
            titles.append(f"{first.title()} in {named} {' '.join(rest)}")
        *_, one, two, three, last = one_by_one([(title, None) for title in titles])
        return last in (one, two, three)

    assert joined("Arvelle") == 6
    assert joined("Bostrin") <= 1


def test_a_restart_gives_the_same_groups_of_texts() -> None:
    chance = random.Random(1)
    words = made_up_words(chance)
    texts = councils(chance, words, 50)
    texts += [f"{text} {' '.join(chance.sample(words, 8))}" for text in chance.sample(texts, 200)]
    chance.shuffle(texts)
    vectoriser, shelf = Vectoriser(), Shelf()
    items = [
        Item(seq, vectoriser.read(text, "", "en"), None, False, "en", "", 60)
        for seq, text in enumerate(texts, 1)
    ]
    assert all(len(item.vector.bigrams) for item in items)
    straight = Stories(256)
    expected = [straight.add(item) for item in items]
    stories = Stories(256)
    for item, placement in zip(items, expected, strict=True):
        if item.seq % 37 == 0:
            stories = shelf.restored(256)
        found = stories.add(item)
        assert found == placement, item.seq
        shelf.keep(item, found)


def test_two_stories_are_one_whose_shared_words_no_other_has_and_whose_times_are_near() -> None:
    def merged(elsewhere: int, hours: int) -> int:
        """In how many of twelve draws two stories of four headlines each are made one that share
        three words, which so many other headlines have too, and are so many hours apart."""
        return sum(become_one(elsewhere, hours, random.Random(seed)) for seed in range(1, 13))

    def become_one(elsewhere: int, hours: int, chance: random.Random) -> bool:
        words = made_up_words(chance)
        same = chance.sample(words, 3)
        titles = [chance.sample(words, 6) for _ in range(80)]
        for title in titles[:elsewhere]:
            title[:3] = same
        for _ in range(2):
            facet = chance.sample(words, 6)
            titles += [[*same, *chance.sample(facet, 4), chance.choice(words)] for _ in range(4)]
        vectoriser, stories = Vectoriser(), Stories(256)
        items = []
        for seq, title in enumerate(titles, 1):
            vector = vectoriser.read(" ".join(title), "", "en")
            minute = seq + 60 * hours * (seq > 84)
            items.append(Item(seq, vector, minute, False, "en", "", len(title)))
        stories.restore(
            (item, item.seq if item.seq <= 80 else 81 if item.seq <= 84 else 85) for item in items
        )
        vector = vectoriser.read("Nothing that was said before", "", "en")
        last = Item(100, vector, items[-1].minute, False, "en", "", 5)
        return Merged(85, 81) in stories.add(last).changes

    assert merged(0, 20) == 12
    assert merged(10, 1) == 0
    assert merged(0, 60) == 0


def test_an_older_article_goes_where_newer_ones_show_that_it_belongs() -> None:
    vectoriser = Vectoriser()
    strike = ["Strike at Dunholt port enters third week", "Dunholt port strike: talks fail"]
    ferry = ["Ferry sinks off Cadmore: 12 missing", "Twelve missing as Cadmore ferry sinks"]
    said = {19: strike[0], 20: ferry[0], 21: strike[1], 22: strike[0]}
    said |= {seq: ferry[seq % 2] for seq in range(190, 199)}
    items = []
    for seq in range(1, 200):
        title = said.get(seq, f"Alpha{seq} beta{seq} gamma{seq} delta{seq}")
        vector = vectoriser.read(title, "", "en")
        items.append(Item(seq, vector, seq, False, "en", "", 7))
    story = {20: 19, 21: 19, 22: 19} | dict.fromkeys(range(190, 199), 190)
    stories = Stories(256)
    stories.restore((item, story.get(item.seq, item.seq)) for item in items)
    vector = vectoriser.read("Nothing that was said before", "", "en")
    placement = stories.add(Item(200, vector, 200, False, "en", "", 5))
    assert placement.changes == (Moved(20, 190),)


def test_the_first_articles_of_a_store_are_looked_at_again_when_more_is_known() -> None:
    file = DATA / "olympics-stream" / "dev.jsonl.gz"
    if not file.exists():
        pytest.skip(f"{file} is not there")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["language"] == "en"][:300]
    vectoriser, stories, shelf = Vectoriser(), Stories(2048), Shelf()
    for seq, row in enumerate(rows, 1):
        minute = int(datetime.fromisoformat(row["published"]).timestamp() // 60)
        vector = vectoriser.read(row["title"], "", "en")
        item = Item(seq, vector, minute, False, "en", "", len(row["title"].split()))
        shelf.keep(item, stories.add(item))
    events = [row["story"] for row in rows]
    # Of 50 articles that came before anything was known of this theme: how pure their stories are.
    pure = [
        sum(shelf.story(seq) == shelf.story(one) and events[seq - 1] == events[one - 1]
            for seq in range(1, 301))
        / sum(shelf.story(seq) == shelf.story(one) for seq in range(1, 301))
        for one in range(1, 51)
    ]  # fmt: skip
    assert sum(pure) / len(pure) > 0.7


def test_a_story_that_is_two_is_split_and_stays_with_its_founder() -> None:
    vectoriser = Vectoriser()
    flood = ["Flood in Arvelle: river Orm over its banks", "Arvelle flood: Orm river falls again"]
    trial = ["Trial of mayor Bostrin over forged ballots", "Mayor Bostrin jailed: forged ballots"]
    items = []
    for seq in range(1, 92):
        if seq <= 80:
            title = f"Alpha{seq} beta{seq} gamma{seq} delta{seq}"
        else:
            title = (trial if seq % 2 else flood)[seq // 2 % 2]
        vector = vectoriser.read(title, "", "en")
        items.append(Item(seq, vector, seq, False, "en", "", 7))
    stories = Stories(256)
    stories.restore((item, item.seq if item.seq <= 80 else 81) for item in items)
    vector = vectoriser.read("Nothing that was said before", "", "en")
    placement = stories.add(Item(100, vector, 100, False, "en", "", 5))
    assert placement.changes == tuple(Moved(seq, 82) for seq in range(82, 92, 2))


def test_thousands_of_articles_of_one_headline_are_not_quadratic() -> None:
    vectoriser, stories = Vectoriser(), Stories()
    title = "Earthquake of magnitude 6.1 strikes Valdoria, 40 dead"
    vectors = [vectoriser.read(title, "", "en") for _ in range(4_000)]
    stories.add(Item(1, vectors[0], 0, False, "en", "", 9))

    def took(first: int, past: int) -> float:
        started = time.perf_counter()
        for seq in range(first, past):
            assert stories.add(Item(seq, vectors[seq], 0, False, "en", "", 9)).story == 1
        return time.perf_counter() - started

    early, _, late = took(2, 1000), took(1000, 3000), took(3000, 4_000)
    assert late < 3 * early + 0.5


def test_sequence_numbers_with_gaps_and_an_empty_restore() -> None:
    items, _ = made_up(300, 5)
    stories = Stories(128)
    stories.restore([])
    for item in items:
        spread = Item(item.seq * 37, item.vector, item.minute, False, "en", "", item.length)
        assert stories.add(spread).story <= spread.seq
