"""Words: one idea of what a word is, in any script."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstory.text import folding, scan, words
from backstory.text.folding import fold
from backstory.text.words import SENTENCE_END, WORD, prefix_stemmer, stemmer, tokens


def test_the_examples_in_the_docs_hold() -> None:
    assert doctest.testmod(words).failed == doctest.testmod(folding).failed == 0


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


def scanned(text: str) -> list[tuple[str, bool]] | None:
    """Each word of a text, and whether it opens a sentence, as the compiled loop finds them."""
    room = scan.no_words(len(text) + 1, len(text) + 1)
    found = scan.scan(text, room, 0, len(text) + 1)
    if found is None:
        return None
    past, missed = found
    assert past == missed, "no word is known yet"
    spans = room.spans[:missed].tolist()
    opens = room.opens[:past].tolist()
    return [(text[start:end], one) for (start, end), one in zip(spans, opens, strict=True)]


def by_patterns(text: str) -> list[tuple[str, bool]]:
    return [
        (word, place == 0)
        for sentence in SENTENCE_END.split(text)
        for place, word in enumerate(WORD.findall(sentence))
    ]


@settings(deadline=None)  # the first compiles
@given(
    st.text("aZU.S,3 5'-–|\"“’…\n\t\x1c:!?éÉßжΩ_²٣\u00a0\u2009\u2028", max_size=40)
    | st.text(st.characters(max_codepoint=0x206F), max_size=60)
)
def test_compiled_loops_find_the_words_that_the_patterns_do(text: str) -> None:
    found = scanned(text)
    assert found is None or found == by_patterns(text)


@pytest.mark.parametrize(
    "text",
    [
        "U.S. says 1,200 died. 'No,' he said - “3.5 … or 4.”",
        "Élysée : le plan d’Emmanuel Macron — 2,5 %",
        "Москва: 12 человек; Ελλάδα",
        "",
    ],
)
def test_european_scripts_are_read_by_compiled_loops(text: str) -> None:
    assert scanned(text) == by_patterns(text)


@pytest.mark.parametrize("text", ["東京都 2024", "ภาษา", "हिन्दी", "e\u0301", "a\u200db", "\ud800"])
def test_other_scripts_are_left_to_the_patterns(text: str) -> None:
    assert scanned(text) is None


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
    assert prefix_stemmer(language)(one) == prefix_stemmer(language)(other)


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
    assert prefix_stemmer(language)(word) == stemmer(language)(word)
