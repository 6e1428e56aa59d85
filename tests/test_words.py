"""Words: one idea of what a word is, in any script."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.enrich import words
from backstory.enrich.words import fold, rooter, stemmer, tokens


def test_the_examples_in_the_docs_hold() -> None:
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("U.S. says 1,200 died", ["us", "says", "1200", "died"]),
        ("Élysée: Macron's plan", ["elysee", "macron", "s", "plan"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("東京都 2024", ["東京", "京都", "2024"]),
        ("Łódź, Ørsted", ["lodz", "orsted"]),
        ("", []),
    ],
)
def test_words_are_letters_with_their_marks_and_digits(text: str, expected: list[str]) -> None:
    assert [token.folded for token in tokens(text)] == expected


def test_openings_of_sentences_are_marked() -> None:
    opening = [
        token.text for token in tokens('He said. "We won\'t." They left: Paris') if token.opens
    ]
    assert opening == ["He", "We", "They", "Paris"]


@given(st.text(max_size=200))
def test_tokens_stand_where_they_say(text: str) -> None:
    for token in tokens(text):
        assert text[token.start : token.end] == token.text
        assert token.folded == fold(token.text)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [("en", "Floods", "flooded"), ("es", "olímpicos", "Olímpica"), ("de", "Wahlen", "Wahl")],
)
def test_forms_of_a_word_meet(language: str, one: str, other: str) -> None:
    assert stemmer(language)(one) == stemmer(language)(other)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("es-MX", "vacunación", "vacunas"),
        ("de", "Gewerkschaft", "gewerkschaftlichen"),
        ("ru", "Олимпиада", "олимпийский"),
        ("sl", "odbojkarice", "odbojki"),
        ("el", "Ολυμπιακοί", "ολυμπιάδα"),
    ],
)
def test_a_word_and_those_derived_from_it_are_compared_as_one(
    language: str, one: str, other: str
) -> None:
    assert rooter(language)(one) == rooter(language)(other)


@pytest.mark.parametrize(
    ("language", "word"),
    [
        ("sl", "1234567"),
        ("hi", "मुख्यमंत्रियों"),
        ("ar", "المتظاهرون"),
        ("ja", "東京"),
        ("en", "gymnastics"),
        (None, "vacunación"),
        ("und", "vacunación"),
    ],
)
def test_numbers_words_of_other_scripts_english_and_unknown_ones_are_not_cut(
    language: str | None, word: str
) -> None:
    assert rooter(language)(word) == stemmer(language)(word)
