"""Tables of rules: each with a name, a sentence that says what it holds, and an example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from backstory.enrich.tags.names.cursor import Cursor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Example:
    """A text with the mentions that are found in it: name, kind, and weight where it is not 1
    ("Oslo: place 0.4"). Without the rule that it stands for, others are found."""

    text: str
    mentions: tuple[str, ...]
    language: str = "en"
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """``decide``: what the rule says of the words at a cursor, None where it says nothing."""

    name: str
    sentence: str
    example: Example
    decide: Callable[[Cursor], T | None]


class Table(Generic[T]):
    """Rules in order: the first that says something decides."""

    def __init__(self, question: str) -> None:
        self.question = question
        self.rules: list[Rule[T]] = []
        self.deciding: list[Callable[[Cursor], T | None]] = []

    def rule(
        self, text: str, *mentions: str, language: str = "en", headline: bool = False
    ) -> Callable[[Callable[[Cursor], T | None]], Callable[[Cursor], T | None]]:
        """Add a function as the next rule: its name, its docstring, and this example."""
        example = Example(text, mentions, language, headline)

        def add(decide: Callable[[Cursor], T | None]) -> Callable[[Cursor], T | None]:
            name = decide.__name__.replace("_", " ")
            self.rules.append(Rule(name, decide.__doc__ or "", example, decide))
            self.deciding.append(decide)
            return decide

        return add

    def first(self, cursor: Cursor) -> T | None:
        for decide in self.deciding:
            found = decide(cursor)
            if found is not None:
                return found
        return None
