"""Draws the picture of a timeline that stands where a link is shared: PNG, 1200 by 630.

Letters come from Noto (SIL Open Font License), packaged for Python: Latin, Greek and Cyrillic,
Devanagari, Arabic. A headline in other scripts is left out rather than drawn as boxes.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 1200, 630
PAPER, INK, SOFT, LINE, ACCENT = "#fffdf9", "#1b1a18", "#67625a", "#d8d2c7", "#a3321f"
MARGIN = 64
HEADLINE_SIZES = (64, 56, 48, 42)
HEADLINE_LINES = 3
GROUND, HIGHEST = 540, 150  # where the bars stand, and how high they are at most

Script = Literal["latin", "devanagari", "arabic"]
Face = Literal["serif", "sans"]
_FONTS = {  # (package, file)
    ("latin", "serif"): ("fontpkg_noto_serif", "NotoSerif[wdth,wght].ttf"),
    ("latin", "sans"): ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),
    ("devanagari", "serif"): ("fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght].ttf"),
    ("devanagari", "sans"): ("fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght].ttf"),
    ("arabic", "serif"): ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
    ("arabic", "sans"): ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
}
_DEVANAGARI = re.compile("[\u0900-\u097f\ua8e0-\ua8ff]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]")
_KNOWN = re.compile(  # letters, marks and signs that these fonts have
    "[\u0000-\u058f\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u0900-\u097f\u1c80-\u1cbf\u1d00-\u1fff"
    "\u2000-\u206f\u2070-\u209f\u20a0-\u20bf\u2100-\u218f\u2c60-\u2c7f\ua720-\ua7ff"
    "\ua8e0-\ua8ff\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc]*"
)


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture says. ``bars``: publishers in each span, oldest first; ``here``: the one
    that is marked, or None."""

    kicker: str
    headline: str
    facts: str
    bars: tuple[int, ...] = ()
    here: int | None = None


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    font: FreeTypeFont
    width: float
    script: Script


def drawable(text: str) -> bool:
    """Whether the fonts have every letter of the text."""
    return _KNOWN.fullmatch(_shown(text)) is not None


def _shown(text: str) -> str:
    """Without signs that are no letters and that no text font has: pictographs, controls."""
    kept = (c for c in text if unicodedata.category(c) not in ("So", "Cc", "Cs", "Cn", "Co"))
    return " ".join("".join(kept).split())


@lru_cache(maxsize=64)
def _font(script: Script, face: Face, weight: int, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    package, name = _FONTS[script, face]
    content = files(package).joinpath("files", name).read_bytes()
    font = ImageFont.truetype(io.BytesIO(content), size, layout_engine=ImageFont.Layout.RAQM)
    axes = [axis["name"] for axis in font.get_variation_axes()]
    wanted = {b"Weight": weight, b"Width": 100}
    font.set_variation_by_axes([wanted.get(bytes(name), 100) for name in axes])
    return font


def _script(word: str) -> Script:
    if _DEVANAGARI.search(word):
        return "devanagari"
    return "arabic" if _ARABIC.search(word) else "latin"


def _words(text: str, face: Face, weight: int, size: int) -> list[_Word]:
    found = []
    for word in _shown(text).split():
        script = _script(word)
        font = _font(script, face, weight, size)
        found.append(_Word(word, font, font.getlength(word), script))
    return found


def _lines(words: Sequence[_Word], width: float, space: float) -> list[list[_Word]]:
    lines: list[list[_Word]] = [[]]
    used = 0.0
    for word in words:
        if lines[-1] and used + space + word.width > width:
            lines.append([])
            used = 0.0
        used += word.width + (space if lines[-1] else 0.0)
        lines[-1].append(word)
    return lines


def _cut(line: list[_Word], width: float, space: float) -> list[_Word]:
    """The line with an ellipsis at its end, shortened until it fits."""
    while line:
        last = line[-1]
        text = last.text.rstrip(".,;:–—-") + "…"
        ending = _Word(text, last.font, last.font.getlength(text), last.script)
        used = sum(word.width for word in line[:-1]) + ending.width + space * (len(line) - 1)
        if used <= width or len(line) == 1:
            return [*line[:-1], ending]
        line = line[:-1]
    return line


def _write(
    draw: ImageDraw,
    line: Sequence[_Word],
    x: float,
    right: float,
    y: float,
    fill: str,
    space: float,
) -> None:
    """One line on its base; a line that begins in Arabic goes from right to left."""
    leftward = bool(line) and line[0].script == "arabic"
    at = right if leftward else x
    for word in line:
        if leftward:
            at -= word.width
        draw.text((at, y), word.text, font=word.font, fill=fill, anchor="ls")
        at = at - space if leftward else at + word.width + space


def _single(
    draw: ImageDraw,
    text: str,
    y: float,
    fill: str,
    face: Face,
    weight: int,
    size: int,
    right: float,
) -> None:
    space = size * 0.26
    words = _words(text, face, weight, size) if drawable(text) else []
    lines = _lines(words, right - MARGIN, space)
    line = lines[0] if len(lines) == 1 else _cut(lines[0], right - MARGIN, space)
    _write(draw, line, MARGIN, right, y, fill, space)


@lru_cache(maxsize=256)
def draw(card: Card) -> bytes:
    """The picture as PNG; the same card gives the same bytes."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    right = WIDTH - MARGIN
    _single(pen, card.kicker, 92, ACCENT, "sans", 600, 30, right)
    _headline(pen, card.headline, right)
    _bars(pen, card, right)
    _single(pen, card.facts, 600, SOFT, "sans", 400, 27, right - 220)
    brand = _font("latin", "serif", 700, 34)
    back = brand.getlength("Back")
    whole = back + brand.getlength("story")
    pen.text((right - whole, 602), "Back", font=brand, fill=INK, anchor="ls")
    pen.text((right - whole + back, 602), "story", font=brand, fill=ACCENT, anchor="ls")
    out = io.BytesIO()
    colours = image.quantize(64, dither=Image.Dither.NONE)
    colours.save(out, "PNG", optimize=True)
    return out.getvalue()


def _headline(pen: ImageDraw, text: str, right: float) -> None:
    if not drawable(text):
        return
    for size in HEADLINE_SIZES:
        space = size * 0.26
        lines = _lines(_words(text, "serif", 700, size), right - MARGIN, space)
        if len(lines) <= HEADLINE_LINES:
            break
    if len(lines) > HEADLINE_LINES:
        lines = [
            *lines[: HEADLINE_LINES - 1],
            _cut(lines[HEADLINE_LINES - 1], right - MARGIN, space),
        ]
    for number, line in enumerate(lines):
        _write(pen, line, MARGIN, right, 118 + size * (1 + 1.22 * number), INK, space)


def _bars(pen: ImageDraw, card: Card, right: int) -> None:
    highest = max(card.bars, default=0)
    pen.line((MARGIN, GROUND, right, GROUND), fill=LINE, width=2)
    if not highest:
        return
    place = (right - MARGIN) / len(card.bars)
    for number, value in enumerate(card.bars):
        if not value:
            continue
        left = MARGIN + number * place + place * 0.1
        height = max(8.0, HIGHEST * value / highest)
        pen.rounded_rectangle(
            (left, GROUND - height, left + place * 0.8, GROUND),
            radius=3,
            fill=ACCENT if number == card.here else SOFT,
            corners=(True, True, False, False),
        )
