"""Rules beside the trees, and the file of the trees."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from backstory.group.stories import evidence, rules, score
from backstory.group.stories.pairs import PAIR_FEATURES
from evaluation.shipped_stories import ORIGIN


def row(**features: float) -> NDArray[np.float64]:
    asked = np.zeros(len(evidence.FEATURES))
    for name, value in features.items():
        asked[evidence.FEATURES.index(name)] = value
    return asked


def test_words_of_its_own_speak_for_a_story_of_several_articles() -> None:
    def odds(own: float) -> float:
        return float(rules.own_words_odds(row(size=math.log(3), own_words=own, alive=1.0)))

    said = [odds(own / 100) for own in range(60)]
    assert said == sorted(said) and len(set(said)) == rules.STEPS + 1
    assert said[0] == pytest.approx(-0.6) and said[-1] == pytest.approx(0.65)
    assert abs(odds(rules.COMMON)) < 0.1


def test_a_story_of_one_article_is_forgiven_the_more_there_are() -> None:
    def odds(alive: float) -> float:
        return float(rules.own_words_odds(row(size=0.0, own_words=0.4, alive=alive)))

    assert odds(0.0) == 0.0
    assert odds(0.9) == pytest.approx(0.36)
    assert odds(1.8) == odds(3.0) == pytest.approx(0.72)


def test_other_words_count_for_texts_and_not_for_headlines() -> None:
    headline, text = math.log(evidence.FEWEST_WORDS), math.log(evidence.MOST_WORDS)

    def odds(agreed: float, length: float) -> float:
        return float(rules.other_words_odds(row(other_link=agreed, length=length)))

    assert odds(0.0, headline) == odds(0.5, headline) == 0.0
    assert odds(0.0, text) == pytest.approx(-0.8)
    assert odds(0.5, text) == pytest.approx(0.6)
    assert odds(0.5, headline + (text - headline) / 3) == pytest.approx(0.2)


def test_the_trees_ask_what_there_is_and_are_kept_as_they_are() -> None:
    forests = score.load()
    assert score.packed(forests, ORIGIN) == score.SHIPPED.read_bytes()
    for trees, features in zip(
        forests, (evidence.FEATURES, PAIR_FEATURES, PAIR_FEATURES), strict=True
    ):
        assert trees.feature.max() < len(features)
        inner = trees.feature >= 0
        assert (trees.low[inner] < len(inner)).all() and (trees.high[inner] < len(inner)).all()
