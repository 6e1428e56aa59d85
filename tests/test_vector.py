"""Vectors: the same however often the process was stopped, and heavier where names are."""

from __future__ import annotations

import random

import numpy as np
import pytest

from backstory.enrich.vector import Vectoriser, is_boundary
from backstory.model.vector import DAY, NAME, NUMBER, TITLE, TermCounts, Vector

PLACES = ["London", "Paris", "Tokyo", "Lagos", "Quito", "Delhi"]
THINGS = ["flood", "strike", "vote", "fire", "trial", "storm", "merger", "rescue"]


def made_up(count: int, seed: int = 7) -> list[tuple[str, str, str]]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        place, thing = chance.choice(PLACES), chance.choice(THINGS)
        title = f"{thing.title()} in {place} enters day {chance.randrange(90)}"
        text = f"Officials in {place} said the {thing} number{number % 211} had not ended. " * 2
        made.append((title, text, chance.choice(["en", "en", "es"])))
    return made


def same(one: Vector, other: Vector) -> bool:
    return (
        one.epoch == other.epoch
        and np.array_equal(one.terms, other.terms)
        and np.array_equal(one.weights, other.weights)
        and np.array_equal(one.flags, other.flags)
    )


class Shelf:
    """What a store keeps of the statistics: written from drains alone."""

    def __init__(self) -> None:
        self.terms: dict[int, TermCounts] = {}
        self.epoch = self.documents = 0

    def keep(self, vectoriser: Vectoriser) -> None:
        changes = vectoriser.drain()
        for number, term in changes.new:
            assert number not in self.terms
            self.terms[number] = TermCounts(number, term, 0, 0, 0)
        if changes.documents is not None:
            self.documents = changes.documents
            for number, *counts in changes.counts.tolist():
                self.terms[number] = TermCounts(number, self.terms[number].term, *counts)
        self.epoch = changes.epoch

    def open(self) -> Vectoriser:
        return Vectoriser(self.terms.values(), self.epoch, self.documents)


def test_words_that_were_forgotten_are_the_same_when_they_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    articles = made_up(200)
    whole = Vectoriser()
    wanted = [whole.read(*one) for one in articles]
    monkeypatch.setattr("backstory.enrich.terms._CACHE", 20)
    forgetful = Vectoriser()
    assert all(same(forgetful.read(*one), two) for one, two in zip(articles, wanted, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_a_restart_at_any_batch_changes_no_vector(seed: int) -> None:
    articles = made_up(2300)
    straight = Vectoriser()
    expected = [straight.read(*article) for article in articles]
    chance = random.Random(seed)
    shelf = Shelf()
    vectoriser = shelf.open()
    done = 0
    while done < len(articles):
        batch = articles[done : done + chance.choice([1, 7, 60, 300, 900])]
        for place, article in enumerate(batch, done):
            assert same(vectoriser.read(*article), expected[place]), place
        done += len(batch)
        shelf.keep(vectoriser)
        if chance.random() < 0.6:
            vectoriser = shelf.open()
            for article in articles[shelf.documents : done]:
                vectoriser.recount(*article)


def test_boundaries_are_fixed_numbers_of_articles() -> None:
    passed = [number for number in range(3100) if is_boundary(number)]
    assert passed == [64, 128, 256, 512, 1024, 2048, 3072]


def test_names_numbers_and_titles_are_flagged_and_names_weigh_more() -> None:
    vectoriser = Vectoriser()
    for article in made_up(300):
        vectoriser.read(*article)
    known = {term: number for number, term in vectoriser.drain().new}
    vector = vectoriser.read("Flood In London Kills 23", "", "en")
    flags = dict(zip(vector.terms.tolist(), vector.flags.tolist(), strict=True))
    weights = dict(zip(vector.terms.tolist(), vector.weights.tolist(), strict=True))
    known |= {term: number for number, term in vectoriser.drain().new}
    assert flags[known["london"]] & NAME
    assert not flags[known["flood"]] & NAME
    assert flags[known["23"]] == NUMBER | TITLE
    assert weights[known["london"]] > weights[known["flood"]]
    assert weights[known["flood"]] > weights[known["in"]]


def test_a_word_of_no_dictionary_is_a_name_at_first_sight_where_it_has_a_capital() -> None:
    def names(title: str, language: str) -> set[str]:
        vectoriser = Vectoriser()
        vector = vectoriser.read(title, "", language)
        terms = dict(vectoriser.drain().new)
        return {
            terms[number]
            for number, flags in zip(vector.terms.tolist(), vector.flags.tolist(), strict=True)
            if flags & NAME
        }

    assert names("Nepartak Nears The Coast After Sinking Fyffes Boats", "en") == {
        "nepartak",
        "fyff",
    }
    assert names("nepartak nears the coast", "en") == set()
    assert names("El Fuego Vence Al Viento De Kungälv", "es") == {"kungal"}


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("Talks began on Tuesday and end on Friday, as on every Tuesday.", "en", 2),
        ("La reunión empezó el miércoles y termina el viernes.", "es", 3),
        ("Das Treffen begann am Samstag.", "de", 6),
        ("The tuesday of a novel has no capital here, and Marten no day.", "en", 0),
        ("Talks began at noon.", "en", 0),
        ("Talks began on Tuesday.", "xx", 0),
    ],
)
def test_the_day_of_the_week_that_is_named_first_is_flagged(
    text: str, language: str, day: int
) -> None:
    vector = Vectoriser().read("Talks begin", text, language)
    assert [flags // DAY for flags in vector.flags.tolist() if flags >= DAY] == [day] * (day > 0)


def test_the_day_is_kept_of_a_long_text_though_it_weighs_little() -> None:
    vectoriser = Vectoriser()
    for article in made_up(64):
        vectoriser.read(article[0], f"On Tuesday. {article[1]}", "en")
    words = " ".join(f"Zymurg{number}" for number in range(200))
    vector = vectoriser.read("Talks begin", f"On Tuesday they met. {words}", "en")
    assert len(vector.terms) == 80
    assert vector.flags[-1] // DAY == 2


def test_a_publishers_name_and_the_kind_of_piece_are_no_part_of_the_vector() -> None:
    def terms(title: str) -> set[str]:
        vectoriser = Vectoriser()
        vector = vectoriser.read(title, "", "en")
        known = dict(vectoriser.drain().new)
        return {known[number] for number in vector.terms.tolist()}

    plain = terms("Storm nears the coast of Japan")
    assert terms("Storm nears the coast of Japan | The Harbour Gazette, Taiwan") == plain
    assert terms("Storm nears the coast of Japan - Sports News - WXYZ") == plain
    assert terms("WATCH: Storm nears the coast of Japan | The Harbour Gazette") == plain
    assert "obi" in terms("Storm will pass the coast – Obi")


@pytest.mark.parametrize("title", ["", "...", "!!! ---", "\x00"])
def test_an_article_without_words_has_an_empty_vector(title: str) -> None:
    vector = Vectoriser().read(title, "", None)
    assert len(vector.terms) == 0


def test_a_text_of_a_million_words_is_read_no_further_than_its_opening() -> None:
    vectoriser = Vectoriser()
    long = " ".join(f"word{number}" for number in range(1_000_000))
    vector = vectoriser.read("Long", long, "en")
    assert len(vector.terms) == 80
    of_it = [term for _, term in vectoriser.drain().new if term.startswith("word")]
    assert len(of_it) <= 302


def test_the_first_article_of_a_store_tells_names_from_common_words() -> None:
    vectoriser = Vectoriser()
    vector = vectoriser.read("Ferry sails", "The ferry sailed for the island of Ellery.", "en")
    words = dict(vectoriser.drain().new)
    weight = {words[int(t)]: int(w) for t, w in zip(vector.terms, vector.weights, strict=True)}
    assert weight["ellery"] > 10 * weight["the"]


def test_the_norm_is_about_a_thousand() -> None:
    vectoriser = Vectoriser()
    for article in made_up(100):
        vector = vectoriser.read(*article)
        assert 950 < np.linalg.norm(vector.weights.astype(float)) < 1050
        assert len(set(vector.terms.tolist())) == len(vector.terms)
        assert (np.diff(vector.weights) <= 0).all()
