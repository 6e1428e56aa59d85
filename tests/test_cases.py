"""A round of feeds with one fault each: it costs that feed, entry or page alone, and is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from backstory.pipeline.crawling import Round
from backstory.serve.problems import advice, sentence
from backstory.store.database import Store
from backstory.store.problem_rows import from_row
from tests.faulty import Case, Outcome, cases, good, run

GOOD = 20
CASES = cases()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path_factory.mktemp('cases') / 'cases.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def made(store: Store) -> tuple[Round, dict[str, Outcome]]:
    return run(store, [*CASES, *map(good, range(GOOD))])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_costs_itself_alone(case: Case, made: tuple[Round, dict[str, Outcome]]) -> None:
    got, expect = made[1][case.name], case.given["expect"]
    assert got.state["last_polled"] is not None
    if "any" in expect:
        return
    assert got.kind == expect.get("kind"), got.reports
    if "titles" in expect:
        assert sorted(got.titles) == sorted(expect["titles"]), got.reports
    if "some" in expect:
        assert expect["some"] in got.titles
    paths = [row["url"].partition("://")[2].partition("/")[2] for row in got.rows]
    assert sorted(f"/{path}" for path in paths) == sorted(
        expect.get("urls", [f"/{path}" for path in paths])
    )
    for kind in expect.get("reports", ()):
        assert kind in [report.problem.kind for report in got.reports]
    assert expect.get("text", "") in "".join(row["text"] for row in got.rows)
    assert not set(expect.get("asked", got.asked)) ^ set(got.asked)


def test_the_good_ones_all_come_in(made: tuple[Round, dict[str, Outcome]]) -> None:
    for number in range(GOOD):
        got = made[1][f"good-{number}"]
        assert (got.kind, len(got.titles)) == (None, 3)


def test_every_problem_has_a_sentence_and_an_advice(made: tuple[Round, dict[str, Outcome]]) -> None:
    for name, got in made[1].items():
        problem = from_row(got.state["problem"], got.state["problem_data"])
        if problem is None:
            continue
        assert (got.state["failures"], bool(got.state["next_poll"])) == (1, got.kind != "gone")
        for said in (sentence(problem), advice(problem, 1)):
            assert said and "%(" not in said and "?" not in said and "\n" not in said, name


def test_secrets_stay_apart(made: tuple[Round, dict[str, Outcome]]) -> None:
    got = made[1]["password"]
    assert got.state["credentials"] == "ada:geheim/7"
    shown = {name: value for name, value in got.state.items() if name != "credentials"}
    assert "geheim" not in f"{shown}{got.rows}{got.reports}"
