"""Unpack gzip and deflate as they come, within a limit."""

from __future__ import annotations

import zlib


class Unpacker:
    """Unpacks gzip and deflate, members one after the other, never more than asked for."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(47)
        self._started = False

    def __call__(self, chunk: bytes, most: int) -> bytes:
        if not self._started and chunk:
            self._started = True
            try:
                first = self._inflate.decompress(chunk, most)
            except zlib.error:  # "deflate" without its frame, as some servers mean it
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
                first = self._inflate.decompress(chunk, most)
            return first + self._next_members(most - len(first))
        unpacked = self._inflate.decompress(self._inflate.unconsumed_tail + chunk, most)
        return unpacked + self._next_members(most - len(unpacked))

    def _next_members(self, most: int) -> bytes:
        parts = []
        while self._inflate.eof and self._inflate.unused_data[:2] == b"\x1f\x8b" and most > 0:
            rest = self._inflate.unused_data
            self._inflate = zlib.decompressobj(47)
            parts.append(self._inflate.decompress(rest, most))
            most -= len(parts[-1])
        return b"".join(parts)
