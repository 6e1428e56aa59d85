"""Splitting text into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.text.sentences import split


@pytest.mark.parametrize(
    "sentences",
    [
        ["The U.S. Secretary of State met Mr. Xi on Jan. 5.", "He left at 5 p.m. on Friday."],
        ["He was born in the U.S.", "The rest is history."],
        ["J. K. Rowling and Dr. H. C. Menon spoke.", "Nobody else did."],
        ["Prices rose 3.5 percent to $1.2 million.", "That was in No. 10 Downing Street."],
        ["He said no.", "She said yes."],
        ['She said: "It is over."', "The hall was silent."],
        ["“Stop!” he said.", "“We are done.”", "They left."],
        ["Wait...", "There is more.", "And then… nothing happened."],
        ["Apple Inc. said it would appeal.", "Shares of Smith & Co. fell."],
        ["Amazon.com and bbc.co.uk were down.", "See www.example.org/a.b for more."],
        ["Is it true?", "Yes!", "It is."],
    ],
)
def test_english(sentences: list[str]) -> None:
    assert split(" ".join(sentences), "en") == sentences


def test_german_ordinals_and_abbreviations() -> None:
    text = "Am 3. Mai kam Dr. Müller nach Köln. Er blieb z. B. bis zum 12. Juni."
    assert split(text, "de") == [
        "Am 3. Mai kam Dr. Müller nach Köln.",
        "Er blieb z. B. bis zum 12. Juni.",
    ]


def test_spanish_opening_marks() -> None:
    assert split("El ministro dimitió. ¿Qué pasará ahora? ¡Nadie lo sabe!", "es") == [
        "El ministro dimitió.",
        "¿Qué pasará ahora?",
        "¡Nadie lo sabe!",
    ]


def test_scripts_with_their_own_marks() -> None:
    assert split("यह पहला वाक्य है। यह दूसरा है।", "hi") == ["यह पहला वाक्य है।", "यह दूसरा है।"]
    assert split("首相が会見した。「続ける」と述べた。次は来週。", "ja") == [
        "首相が会見した。",
        "「続ける」と述べた。",
        "次は来週。",
    ]
    assert split("他说：「不行。」然后走了。", "zh") == ["他说：「不行。」", "然后走了。"]


def test_a_missing_space_and_a_line_end_a_sentence() -> None:
    assert split("He left the hall.The others stayed\nNew paragraph", "en") == [
        "He left the hall.",
        "The others stayed",
        "New paragraph",
    ]


@given(st.text(alphabet=st.sampled_from('abcDE .!?…।。"“”’()\n\t12-'), max_size=120))
def test_nothing_is_lost_and_the_order_is_kept(text: str) -> None:
    sentences = split(text, "en")
    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() and sentence for sentence in sentences)


@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "ja", "hi", "ar"]))
def test_any_text_and_language(text: str, language: str | None) -> None:
    assert "".join("".join(split(text, language)).split()) == "".join(text.split())
