"""Flat files of 32-bit integers that several processes map: written whole or not at all.

A file is one int32 array: ``HEADER`` integers (magic, version, kind, first and last number
covered, length of the whole array, two halves of the store's identity, four of the writer's own
and a checksum of the header), then the body. Files are derived: whoever finds one missing or
broken writes it again, and writers of the same file write the same bytes.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

MAGIC = 0x424B5354  # "BKST"
VERSION = 1
HEADER = 16
OWN = 8  # where the writer's own four integers stand in the header
CHECK = 15

Numbers = NDArray[np.int32]


def identity_halves(identity: str) -> tuple[int, int]:
    """A store's identity as two int32."""
    digest = xxhash.xxh64_intdigest(identity.encode())
    halves = np.array([digest], dtype=np.uint64).view(np.int32)
    return int(halves[0]), int(halves[1])


def _checksum(header: Numbers) -> int:
    digest = xxhash.xxh32_intdigest(header[:CHECK].tobytes())
    return int(np.array([digest], dtype=np.uint32).view(np.int32)[0])


def write(
    path: Path,
    kind: int,
    first: int,
    last: int,
    identity: tuple[int, int],
    own: tuple[int, int, int, int],
    parts: list[Numbers],
) -> None:
    """Write to a temporary file beside ``path``, sync, rename; a reader sees all or nothing."""
    length = HEADER + sum(len(part) for part in parts)
    header = np.zeros(HEADER, dtype=np.int32)
    header[:OWN] = (MAGIC, VERSION, kind, first, last, length, *identity)
    header[OWN : OWN + 4] = own
    header[CHECK] = _checksum(header)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(header.tobytes())
            for part in parts:
                file.write(np.ascontiguousarray(part, dtype=np.int32).tobytes())
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path, kind: int, first: int, last: int, identity: tuple[int, int]) -> Numbers | None:
    """Map a file, or None where it is missing, cut off, of another store or not what is asked.

    The mapping is private: the array may be handed to code that wants a writable one, and
    nothing ever reaches the file.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):
        return None
    if len(mapped) < 4 * HEADER or len(mapped) % 4:
        return None
    numbers: Numbers = np.frombuffer(mapped, dtype=np.int32)
    expected = (MAGIC, VERSION, kind, first, last, len(numbers), *identity)
    if tuple(int(n) for n in numbers[:OWN]) != expected:
        return None
    return numbers if int(numbers[CHECK]) == _checksum(numbers[:HEADER]) else None
