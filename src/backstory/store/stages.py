"""Cursor and lease of each stage: who may go on, and from where."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import or_, select, update

from backstory.model.errors import LeaseLost
from backstory.model.problems import Kind, problem
from backstory.store.database import Store
from backstory.store.schema import stages
from backstory.store.transactions import Reader, Writer

LEASE_SECONDS = 30.0
_SLACK = 2_000  # milliseconds that clocks of two processes may differ


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to move one stage on, until it lapses or another takes over."""

    stage: str
    holder: str
    epoch: int


def new_holder() -> str:
    """A name for a process that takes leases, by which others on this machine see if it lives."""
    return f"{_machine()}:{os.getpid()}:{uuid4().hex[:8]}"


def holder_of(reader: Reader, stage: str) -> str | None:
    """Who holds a stage, as host and process number; None where nobody does."""
    found: str | None = reader.execute(
        select(stages.c.holder).where(stages.c.name == stage)
    ).scalar_one_or_none()
    return None if found is None else found.rpartition(":")[0] or found


def _machine() -> str:
    """This host and, within containers, which of its sets of process numbers."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}/{space}"


def _is_dead(holder: str) -> bool:
    """Whether a holder is surely no more: a process of this machine that does not run."""
    machine, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    if machine != _machine() or not (number.isascii() and number.isdigit()):
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


def acquire(store: Store, stage: str, holder: str, seconds: float = LEASE_SECONDS) -> Lease | None:
    """Take the stage if it is free, lapsed, or ours already; None where another holds it.

    Lapsed is also a lease that ends later than any may, as a clock was wrong, and that of a
    process of this machine that lives no more.
    """
    with store.write() as writer:
        writer.insert_new(
            stages,
            {"name": stage, "cursor": 0, "epoch": 0, "holder": None, "expires": 0},
        )
        now = _milliseconds()
        latest = now + round(max(seconds, LEASE_SECONDS) * 1000) + _SLACK
        held: str | None = writer.execute(
            select(stages.c.holder).where(stages.c.name == stage)
        ).scalar_one()
        gone = held if held is not None and _is_dead(held) else holder
        taken = writer.execute(
            update(stages)
            .where(
                stages.c.name == stage,
                or_(
                    stages.c.holder.is_(None),
                    stages.c.holder.in_([holder, gone]),
                    stages.c.expires < now,
                    stages.c.expires > latest,
                ),
            )
            .values(holder=holder, epoch=stages.c.epoch + 1, expires=now + round(seconds * 1000))
        )
        if taken.rowcount == 0:
            return None
        epoch: int = writer.execute(
            select(stages.c.epoch).where(stages.c.name == stage)
        ).scalar_one()
    return Lease(stage, holder, epoch)


def advance(writer: Writer, lease: Lease, cursor: int, seconds: float = LEASE_SECONDS) -> None:
    """Move the cursor within the transaction that holds the batch's work.

    LeaseLost: another holder came since; the caller's transaction must not commit.
    """
    moved = writer.execute(
        update(stages)
        .where(stages.c.name == lease.stage, stages.c.epoch == lease.epoch)
        .values(cursor=cursor, expires=_milliseconds() + round(seconds * 1000))
    )
    if moved.rowcount == 0:
        raise LeaseLost(problem(Kind.LEASE_LOST, stage=lease.stage))


def release(store: Store, lease: Lease) -> None:
    """Give the stage back, if it is still ours."""
    with store.write() as writer:
        writer.execute(
            update(stages)
            .where(stages.c.name == lease.stage, stages.c.epoch == lease.epoch)
            .values(holder=None, expires=0)
        )


def cursor(reader: Reader, stage: str) -> int:
    """The last seq that the stage has done; 0 before the first."""
    found = reader.fetch("SELECT cursor FROM stages WHERE name = ?", stage)
    return found[0][0] if found else 0
