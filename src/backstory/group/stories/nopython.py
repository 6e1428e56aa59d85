"""Compilers for loops over arrays: each function compiled once, and only as far as it is called.

Numba makes a function callable from Python by code that takes its arguments apart and back. Where
forty arrays are handed on together, as ``window.Live``, that takes ten times as long to compile
as a small function does, and where arrays are counted, twenty times as long at each call. So most
functions here have no such code: called from Python (by a test, by what learns), one is compiled
again with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit, typeof
from numba.core.registry import CPUDispatcher

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Inner(CPUDispatcher):
    """A function for other compiled ones."""

    def __call__(self, *arguments: Any) -> Any:
        # Without a cache: what it holds for this function cannot be called from Python.
        called = self.__dict__.get("_called")
        if called is None:
            options = {"_nrt": self.targetoptions.get("_nrt", True)}
            called = self.__dict__["_called"] = njit(**options)(self.py_func)
        return called(*arguments)


def entry(function: _Function) -> _Function:
    """``njit`` for a function that Python calls, which makes no array and calls none that does:
    one that would does not compile."""
    return _compiled(function, _nrt=False)


def direct(function: _Function, *arguments: object) -> _Function:
    """An entry for arguments of the types that these have, and of no others: none are looked at,
    which takes as long as the grouping of a headline."""
    compiled: Any = function
    called: _Function = compiled.compile(tuple(map(typeof, arguments)))
    return called


def nopython(function: _Function) -> _Function:
    """The same for a function that others call, compiled."""
    return _inner(_compiled(function, _nrt=False, no_cpython_wrapper=True))


def _compiled(function: _Function, **options: bool) -> _Function:
    compiler: Any = njit  # its types do not tell of ``_nrt``
    compiled: _Function = compiler(cache=True, no_cfunc_wrapper=True, **options)(function)
    return compiled


def _inner(compiled: _Function) -> _Function:
    compiled.__class__ = _Inner  # type: ignore[assignment]  # numba takes no class of ours
    return compiled
