"""What is said while loops are compiled, and what of them can be called."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from numba import njit

from backstory.cli.compiling import compilation, compilation_told, sentence
from backstory.group.stories.nopython import entry, nopython


def compile_some() -> None:
    def half(number: float) -> float:
        return number / 2

    half.__module__ = "backstory.group.made_up"
    compiled: Any = njit(half)
    assert compiled(3.0) == 1.5


def test_compiling_is_told_while_it_is_so() -> None:
    told: list[str] = []
    with compilation(told.append):
        compile_some()
    assert told == [sentence(1), ""]
    assert told[0].endswith("part 1")
    compile_some()
    assert len(told) == 2


def test_what_numba_compiles_of_its_own_is_not_told() -> None:
    told: list[str] = []
    with compilation(told.append):
        njit(lambda number: number + 1)(2)
    assert told == []


def test_nothing_is_told_where_no_one_reads(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with compilation_told():
        compile_some()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with compilation_told():
        compile_some()
    assert capsys.readouterr().err.endswith("\r\x1b[K")


def test_a_function_for_compiled_ones_can_be_called_from_python_too() -> None:
    @nopython
    def double(numbers: np.ndarray, at: int) -> float:
        return float(numbers[at] * 2)

    @entry
    def doubled(numbers: np.ndarray) -> float:
        return double(numbers, 0) + double(numbers, 1)

    numbers = np.array([1.0, 2.0])
    assert doubled(numbers) == 6.0
    assert double(numbers, 1) == 4.0
