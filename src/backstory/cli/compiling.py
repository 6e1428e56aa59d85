"""Says that loops are being compiled, while they are: a machine does it once, in half a minute."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def for_a_person() -> bool:
    """Whether what is said of the way of a command is seen by anyone."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def sentence(functions: int) -> str:
    """What is said once so many have been begun: short, as it stands beside a bar."""
    return f"first use: compiling, part {functions}" if functions else ""


@contextmanager
def compilation(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell the sentence, each time that it changes."""
    from numba.core import event

    class Compilation(event.Listener):
        def __init__(self) -> None:
            self.begun = self.depth = 0

        def on_start(self, event: event.Event) -> None:
            self.depth += 1
            if event.data["dispatcher"].py_func.__module__.startswith("backstory."):
                self.begun += 1
                tell(sentence(self.begun))

        def on_end(self, event: event.Event) -> None:
            self.depth -= 1
            if not self.depth and self.begun:
                tell("")

    with event.install_listener("numba:compile", Compilation()):
        yield


@contextmanager
def compilation_told() -> Iterator[None]:
    """The same on a line of standard error that is gone afterwards, if that is a terminal."""
    if not for_a_person():
        yield
        return

    def tell(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    with compilation(tell):
        yield
