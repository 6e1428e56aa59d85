"""The rules of names: each one's example comes out as it says, and otherwise without the rule."""

from __future__ import annotations

from typing import Any

import pytest

from backstory.enrich.tags.mentions import find
from backstory.enrich.tags.names.reading import TABLES
from backstory.enrich.tags.names.rules import Example, Rule, Table

RULES = [(table, rule) for table in TABLES for rule in table.rules]


def found(example: Example) -> list[str]:
    return [
        f"{one.name}: {one.kind}" + ("" if one.weight == 1 else f" {one.weight:g}")
        for one in find(example.text, example.language, example.headline)
    ]


@pytest.mark.parametrize(("table", "rule"), RULES, ids=[rule.name for _, rule in RULES])
def test_a_rules_example_needs_the_rule(table: Table[Any], rule: Rule[Any]) -> None:
    assert found(rule.example) == list(rule.example.mentions)
    place = table.deciding.index(rule.decide)
    table.deciding.remove(rule.decide)
    try:
        without = found(rule.example)
    finally:
        table.deciding.insert(place, rule.decide)
    assert without != list(rule.example.mentions)


def test_each_rule_is_named_once_and_says_what_it_holds() -> None:
    assert len({rule.name for _, rule in RULES}) == len(RULES)
    for _, rule in RULES:
        assert rule.sentence.endswith((".", '").')), rule.name
        assert "\n\n" not in rule.sentence, rule.name
