"""Draws the lead images: a small landscape for each page, as SVG or PNG."""

import struct
import zlib
from functools import lru_cache

WIDTH, HEIGHT = 320, 180
SCALE = 3  # dots of a PNG for each step of the drawing
PALETTES = (
    ((232, 226, 208), (196, 164, 132), (94, 84, 82)),
    ((207, 222, 231), (146, 178, 195), (49, 78, 92)),
    ((240, 214, 194), (214, 132, 96), (92, 54, 60)),
    ((219, 230, 211), (139, 170, 122), (58, 84, 66)),
    ((226, 221, 236), (160, 146, 189), (70, 62, 98)),
)
Colour = tuple[int, int, int]


def hills(seed: int) -> tuple[list[int], list[int]]:
    """Heights of a far and a near ridge for each column."""
    far, near = [], []
    for x in range(WIDTH):
        wave = abs((x + seed % 160) % 160 - 80)
        far.append(70 + wave // 3 + (seed // 7) % 20)
        near.append(150 - abs((x * 2 + seed % 313) % 240 - 120) // 4)
    return far, near


def _between(ridge: list[int], dot: int) -> int:
    """The height of a ridge in dots, drawn straight between its steps."""
    step, part = divmod(dot, SCALE)
    here, there = ridge[step], ridge[min(step + 1, WIDTH - 1)]
    return here * SCALE + (there - here) * part


def svg(seed: int) -> bytes:
    """The landscape as SVG."""
    sky, middle, front = (f"rgb{colour}" for colour in PALETTES[seed % len(PALETTES)])
    far, near = hills(seed)
    shapes = []
    for ridge, colour in ((far, middle), (near, front)):
        points = " ".join(f"{x},{ridge[x]}" for x in range(0, WIDTH, 8))
        points += f" {WIDTH},{ridge[-1]} {WIDTH},{HEIGHT} 0,{HEIGHT}"
        shapes.append(f'<polygon points="{points}" fill="{colour}"/>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH * 2}" height="{HEIGHT * 2}"'
        f' viewBox="0 0 {WIDTH} {HEIGHT}"><rect width="100%" height="100%" fill="{sky}"/>'
        f'<circle cx="{60 + seed % 200}" cy="45" r="18" fill="white" opacity=".7"/>'
        + "".join(shapes)
        + "</svg>"
    ).encode()


def png(seed: int) -> bytes:
    """The landscape as PNG with a palette of three colours."""
    palette = PALETTES[seed % len(PALETTES)]
    far, near = ([_between(ridge, x) for x in range(WIDTH * SCALE)] for ridge in hills(seed))
    rows = bytearray()
    for y in range(HEIGHT * SCALE):
        rows.append(0)
        rows.extend(
            [2 if y >= low else 1 if y >= high else 0 for high, low in zip(far, near, strict=True)]
        )

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", WIDTH * SCALE, HEIGHT * SCALE, 8, 3, 0, 0, 0)
    colours = bytes(value for colour in palette for value in colour)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"PLTE", colours)
        + chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + chunk(b"IEND", b"")
    )


@lru_cache(64)
def draw(kind: str, seed: int) -> tuple[str, bytes]:
    """Media type and bytes of an image."""
    return ("image/png", png(seed)) if kind == "png" else ("image/svg+xml", svg(seed))
