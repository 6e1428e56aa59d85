"""Problems as the store keeps them: a column for the kind, one for what goes with it."""

from __future__ import annotations

import orjson

from backstory.model.problems import Datum, Kind, Problem, problem

MOST_CAUSES = 3


def to_row(given: Problem | None) -> tuple[str | None, str | None]:
    """The kind and the rest as JSON, as a store keeps them."""
    if given is None:
        return None, None
    return given.kind.value, orjson.dumps(_plain(given, MOST_CAUSES)).decode()


def from_row(kind: str | None, data: str | None) -> Problem | None:
    """A problem as it was kept. A kind that this version does not know is told as it stands."""
    if kind is None:
        return None
    try:
        given = orjson.loads(data or "{}")
        return _problem(kind, given)
    except (ValueError, KeyError, TypeError, AttributeError):
        return problem(Kind.SAID, sentence=kind)


def _plain(given: Problem, causes: int) -> dict[str, object]:
    row: dict[str, object] = {"data": dict(given.data)}
    if given.cause is not None and causes:
        row["cause"] = {"kind": given.cause.kind.value, **_plain(given.cause, causes - 1)}
    return row


def _problem(kind: str, given: dict[str, dict[str, Datum]]) -> Problem:
    cause = given.get("cause")
    inner = None if cause is None else _problem(str(cause["kind"]), cause)  # type: ignore[arg-type]
    return problem(Kind(kind), inner, **given.get("data", {}))
