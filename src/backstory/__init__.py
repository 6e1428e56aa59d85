"""Backstory: a news aggregator that shows every article with the history behind it."""

import os
import zlib

__version__ = "0.1.0"

_COMPILED = ("text", "enrich", "group")  # parts with functions that numba compiles


def _keep_compiled_apart() -> None:
    """Have what numba compiled kept by all the sources that it came of, in the user's cache.

    By itself it looks at the file of each function alone: after an upgrade it would go on with
    what it had inlined of another file, or stumble over a type that is no more.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    if not os.path.isabs(cache):  # noqa: PTH117
        return
    root = os.path.dirname(__file__)  # noqa: PTH120
    sources = 0
    for part in _COMPILED:
        for folder, _, names in sorted(os.walk(f"{root}/{part}")):
            for name in sorted(names):
                if name.endswith(".py"):
                    found = os.stat(f"{folder}/{name}")  # noqa: PTH116
                    line = f"{folder}/{name} {found.st_size} {found.st_mtime_ns}"
                    sources = zlib.crc32(line.encode(), sources)
    os.environ["NUMBA_CACHE_DIR"] = f"{cache}/backstory/compiled-{sources:08x}"


if "NUMBA_CACHE_DIR" not in os.environ:
    _keep_compiled_apart()
