"""Unpack gzip and deflate: a whole body, or a stream as it comes, never more than asked for."""

from __future__ import annotations

import io
import zlib
from typing import IO, Any

MAGIC = b"\x1f\x8b"
_EITHER = 32 + zlib.MAX_WBITS  # with the frame of gzip or of zlib
_STEP = 1 << 16


class Unpacker:
    """Unpacks gzip, zlib and bare deflate piece by piece, members one after the other.

    ``lenient``: as HTTP is spoken. What is not packed at all passes as it is, and what stands
    behind the last member is left out; otherwise both are ``zlib.error``.
    """

    def __init__(self, lenient: bool = False) -> None:
        self._lenient = lenient
        self._inflate = zlib.decompressobj(_EITHER)
        self._rest = b""
        self._begun = False  # within a member
        self._members = 0
        self._plain = False
        self._more = False  # whether what was taken in may still give something out

    def __call__(self, chunk: bytes, most: int) -> bytes:
        """What the next chunk unpacks to, and no more than ``most`` bytes of it: the rest comes
        with the next call. Raises ``zlib.error``."""
        data = self._rest + chunk
        self._rest = b""
        if self._plain:
            self._rest = data[most:]
            return data[:most]
        if self._members == 0 and not self._begun and len(data) < len(MAGIC):
            self._rest = data  # too little to tell what it is
            return b""
        parts: list[bytes] = []
        while most > 0 and (data or self._more):
            if self._inflate.eof:
                data = data.lstrip(b"\0")  # members may be padded
                if self._lenient and not data.startswith(MAGIC[: len(data)]):
                    return b"".join(parts)
                if len(data) < len(MAGIC):
                    break
                self._inflate, self._begun = zlib.decompressobj(_EITHER), False
            parts.append(self._one(data, most))
            most -= len(parts[-1])
            if self._plain:
                return b"".join(parts)
            data = self._inflate.unconsumed_tail or self._inflate.unused_data
        self._rest = data
        return b"".join(parts)

    def _one(self, data: bytes, most: int) -> bytes:
        first = self._members == 0 and not self._begun
        self._begun = True
        try:
            block = self._inflate.decompress(data, most)
        except zlib.error:
            if not first or not self._lenient:
                raise
            block = self._unframed(data, most)
        self._more = len(block) == most and not self._inflate.eof
        if self._inflate.eof:
            self._begun = False
            self._members += 1
        return block

    def _unframed(self, data: bytes, most: int) -> bytes:
        """Of "deflate" without its frame, as some servers mean it; or of what is not packed."""
        if not data.startswith(MAGIC):
            bare = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                block = bare.decompress(data, most)
            except zlib.error:
                self._plain = True
                self._rest = data[most:]
                return data[:most]
            self._inflate = bare
            return block
        raise zlib.error("broken in its first bytes")

    @property
    def whole(self) -> bool:
        """Whether what came so far ends with a member, and nothing is left to be given out."""
        return not self._begun and not self._rest


class Unpacked(io.RawIOBase):
    """A packed stream without its packing: members one after the other, or a single one.

    Gives all that can be unpacked before it raises ``EOFError`` or ``zlib.error``.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._unpack = Unpacker()
        self._place = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: Any) -> int:
        wanted = max(len(buffer), 1)
        block = self._unpack(b"", wanted)
        while not block:
            packed = self._stream.read(_STEP)
            if not packed:
                if not self._unpack.whole:
                    raise EOFError("it ends too early")
                return 0
            block = self._unpack(packed, wanted)
        buffer[: len(block)] = block
        self._place += len(block)
        return len(block)


def unpacked(body: bytes, most: int) -> bytes:
    """The first ``most`` bytes of a body, unpacked if it is a gzip file, else as it is.

    Of one that ends too early or breaks off, what could be unpacked. Raises ``zlib.error``
    where that is nothing.
    """
    if not body.startswith(MAGIC):
        return body[:most]
    unpack, parts, size = Unpacker(), [], 0
    for place in range(0, len(body), _STEP):
        try:
            block = unpack(body[place : place + _STEP], most - size)
        except zlib.error:
            if size:
                break
            raise
        parts.append(block)
        size += len(block)
        if size >= most:
            break
    return b"".join(parts)
