"""Copies: reprints are told whatever was done to them by rule, and rubrics are no copies."""

from __future__ import annotations

import random

import pytest

from backstory.enrich.fingerprint import fingerprint
from backstory.group.copies import Copies

CONSONANTS = "bcdfghklmnprstvw"


def made_up_words(chance: random.Random, count: int) -> list[str]:
    return [
        "".join(chance.choice(CONSONANTS) + chance.choice("aeiou") for _ in range(3))
        for _ in range(count)
    ]


VOCABULARY = made_up_words(random.Random(1), 3000)


def article(seed: int, words: int = 300) -> tuple[str, list[str]]:
    chance = random.Random(seed)
    return " ".join(chance.choices(VOCABULARY, k=8)), chance.choices(VOCABULARY, k=words)


def trimmed(words: list[str], chance: random.Random) -> list[str]:
    return words[: int(len(words) * 0.6)]


def with_new_lead(words: list[str], chance: random.Random) -> list[str]:
    return chance.choices(VOCABULARY, k=25) + words


def with_changed_words(words: list[str], chance: random.Random) -> list[str]:
    return [chance.choice(VOCABULARY) if chance.random() < 0.05 else word for word in words]


def with_all(words: list[str], chance: random.Random) -> list[str]:
    return with_new_lead(with_changed_words(trimmed(words, chance), chance), chance)


RULES = [trimmed, with_new_lead, with_changed_words, with_all]


@pytest.mark.parametrize("rule", RULES)
def test_reprints_by_rule_are_told_from_other_articles(rule: object) -> None:
    assert callable(rule)
    copies = Copies(4096)
    for seq in range(500):
        title, words = article(seq)
        assert copies.add(seq, fingerprint(title, " ".join(words))) is None
    found = 0
    for seq in range(500):
        chance = random.Random(-seq)
        title = " ".join(chance.choices(VOCABULARY, k=9))
        text = " ".join(rule(article(seq)[1], chance))
        found += copies.add(1000 + seq, fingerprint(title, text)) == seq
    assert found >= 490


def test_a_copy_of_a_copy_names_the_first() -> None:
    copies = Copies(64)
    _, words = article(3)
    for seq in range(40):
        chance = random.Random(seq)
        said = copies.add(seq, fingerprint("other", " ".join(with_changed_words(words, chance))))
        assert said == (None if seq == 0 else 0)


@pytest.mark.parametrize(
    ("one", "other", "is_copy"),
    [
        (("Morning briefing", ""), ("Morning briefing", ""), False),
        (("Top stocks to buy today", "Banks lead."), ("Top stocks to buy today", "Oil."), False),
        (
            ("Minister resigns over flood warnings in north", ""),
            ("Minister Resigns Over Flood Warnings in North!", ""),
            True,
        ),
        (
            ("Minister resigns over flood warnings in north", "She said on Tuesday."),
            ("Minister resigns over flood warnings in north", "Opposition wants a vote."),
            False,
        ),
        (
            ("Minister resigns", "She said on Tuesday that the warnings had come too late."),
            ("Minister resigns", "She said, on Tuesday, that the warnings had come too late"),
            True,
        ),
        (("", ""), ("", ""), False),
        (
            ("首相が辞任を表明", "首相は火曜日の記者会見で辞任する意向を表明した。"),
            ("辞任を表明", "首相は火曜日の記者会見で辞任する意向を表明した"),
            True,
        ),
    ],
)
def test_short_articles(one: tuple[str, str], other: tuple[str, str], is_copy: bool) -> None:
    copies = Copies(16)
    assert copies.add(1, fingerprint(*one)) is None
    assert (copies.add(2, fingerprint(*other)) == 1) is is_copy


def test_a_restart_answers_the_same() -> None:
    chance = random.Random(5)
    stream = []
    for seq in range(600):
        _, words = article(seq % 97)
        words = chance.choice([with_changed_words, with_all])(words, chance)
        stream.append(fingerprint(f"title {seq}", " ".join(words)))
    straight = Copies(128)
    expected = [straight.add(seq, one) for seq, one in enumerate(stream)]
    copies = Copies(128)
    for seq, one in enumerate(stream):
        if chance.random() < 0.05:
            copies = Copies(128)
            start = max(0, seq - 128)
            copies.restore((i, stream[i], expected[i]) for i in range(start, seq))
        assert copies.add(seq, one) == expected[seq]


def test_a_fingerprint_is_small_and_reads_long_texts() -> None:
    title, words = article(1, 200_000)
    assert len(fingerprint(title, " ".join(words))) <= 272
