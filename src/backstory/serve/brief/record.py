"""What earlier briefs told, kept in a file: written whole or not at all, held by one at a time."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from backstory.model.errors import Failure

KEPT = timedelta(days=120)  # for how long a story stays in the file


class BriefError(Failure):
    """A brief that could not be made, kept on record or delivered; says why in one line."""


class RecordError(BriefError):
    """A record that cannot be read, written or held."""


class NotDelivered(BriefError):
    """A brief that surely did not reach its reader."""


@dataclass(frozen=True, slots=True)
class BriefLog:
    """``stories``: when each was told, in ISO 8601. ``pending``: the last brief's text while it is
    being delivered; it stays there when the program ends before it was."""

    stories: dict[str, str] = field(default_factory=dict)
    pending: str | None = None

    def with_brief(self, stories: Sequence[str], at: datetime, text: str) -> BriefLog:
        """The same with one brief more, which is to be delivered; what is old is forgotten."""
        oldest = (at - KEPT).isoformat(timespec="seconds")
        kept = {story: when for story, when in self.stories.items() if when >= oldest}
        now = at.astimezone(UTC).isoformat(timespec="seconds")
        return BriefLog(kept | dict.fromkeys(stories, now), text)


class Record:
    """The record of one reader's briefs; without a file it is forgotten with the program."""

    def __init__(self, path: Path | None, log: BriefLog) -> None:
        self._path = path
        self.log = log

    def keep(self, log: BriefLog) -> None:
        """On disk when this returns."""
        self.log = log
        if self._path is not None:
            _write(self._path, log)

    def delivered(self) -> None:
        """The pending brief has reached its reader."""
        self.keep(replace(self.log, pending=None))


@contextmanager
def held(path: Path | None) -> Iterator[Record]:
    """The record in a file, which nobody else can hold meanwhile.

    RecordError: the file is another one, cannot be written beside, or is held already.
    """
    if path is None:
        yield Record(None, BriefLog())
        return
    try:
        lock = path.with_name(path.name + ".lock").open("w")
    except OSError as error:
        raise RecordError(f"cannot save state in {path}: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RecordError(f"another brief is using {path}; try again later") from None
        yield Record(path, _read(path))


def _read(path: Path) -> BriefLog:
    try:
        given = json.loads(path.read_text("utf-8"))
        if given["version"] != 1:
            raise ValueError
        stories = {str(story): str(at) for story, at in given["told"].items()}
        return BriefLog(stories, given.get("pending"))
    except FileNotFoundError:
        return BriefLog()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise RecordError(f"{path} is not a state file of briefs; choose another file") from None


def _write(path: Path, log: BriefLog) -> None:
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8") as file:
        json.dump({"version": 1, "told": log.stories, "pending": log.pending}, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
