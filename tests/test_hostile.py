"""Every hostile case gets what it should: the cases are those of ``evaluation.hostile``."""

from __future__ import annotations

import asyncio

import pytest

from evaluation.hostile import ADDRESSES, ANSWERS, DOCUMENTS, Outcome, run


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[str, str], Outcome]:
    return {(one.kind, one.case): one for one in asyncio.run(run())}


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        *(("address", url) for url, _ in ADDRESSES),
        *(("answer", name) for name, _, _ in ANSWERS),
        *(("document", name) for name, _, _, _ in DOCUMENTS),
        ("document", "a parser that hangs"),
    ],
)
def test_a_hostile_case_harms_nothing(
    outcomes: dict[tuple[str, str], Outcome], kind: str, case: str
) -> None:
    outcome = outcomes[kind, case]
    assert outcome.as_expected, outcome
    assert outcome.seconds < 5
