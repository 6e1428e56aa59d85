"""A compiler for loops that make no arrays of their own.

Numba counts how often an array is used at every call that it is handed to. Where forty arrays
are handed on together, as ``live.Live``, that takes twenty times as long as the loops do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def lean(function: _Function) -> _Function:
    """``njit`` for a function that makes no array and calls none that does: one that would
    does not compile."""
    compiler: Any = njit  # its types do not tell of ``_nrt``
    compiled: _Function = compiler(cache=True, _nrt=False)(function)
    return compiled
