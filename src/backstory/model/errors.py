"""The errors of this program: one base, and few classes, each for another way to go on."""

from __future__ import annotations

from backstory.model.problems import Datum, Kind, Problem, problem


class BackstoryError(Exception):
    """Something went wrong that somebody can be told of. ``problem``: what, as kind and data."""

    def __init__(self, told: Problem) -> None:
        super().__init__(told)  # what is pickled: errors come back from other processes
        self.problem = told

    def __str__(self) -> str:
        return str(self.problem)


class Unreadable(BackstoryError, ValueError):
    """What was given is not what it should be: an address, a feed, a line, a picture. It is
    left out, and the rest goes on."""


class FetchError(BackstoryError):
    """An address that gave nothing. ``status`` where HTTP answered, ``retry_after`` the seconds
    that it asks to wait. It is tried again later."""

    def __init__(
        self,
        url: str,
        told: Problem,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(told)
        self.args = (url, told, status, retry_after)
        self.url = url
        self.status = status
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.url}: {self.problem}"


class WorkFailed(BackstoryError):
    """A process that was to read something was killed, died, or raised what nobody foresaw."""


class Misconfigured(BackstoryError):
    """What was asked for cannot be done here: a store that does not open, a port that is taken,
    a package that is missing. Whoever runs this program can mend it."""


class Failure(BackstoryError):
    """What was asked for could not be done, said where it was asked: one line that names the
    place and the mend."""

    def __init__(self, line: str) -> None:
        super().__init__(problem(Kind.COMMAND, line=line))
        self.args = (line,)
        self.line = line

    def __str__(self) -> str:
        return self.line


class OwnFault(BackstoryError):
    """Something of this instance failed, as its store, while it was at something from outside,
    which is not to blame; ``__cause__`` says what."""


class LeaseLost(BackstoryError):
    """Another process holds the stage now; what was not committed is its to do."""


def unreadable(kind: Kind, cause: Problem | None = None, /, **data: Datum) -> Unreadable:
    return Unreadable(problem(kind, cause, **data))


def misconfigured(kind: Kind, cause: Problem | None = None, /, **data: Datum) -> Misconfigured:
    return Misconfigured(problem(kind, cause, **data))
