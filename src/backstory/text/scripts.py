"""Scripts: their signs, those that put no space between words, and which one a text is in."""

from __future__ import annotations

import re
import unicodedata


def of_categories(*categories: str, first: int = 0, past: int = 0x11000) -> str:
    """The characters of some of Unicode's categories ("Lu", "M") as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in range(first, past):
        if unicodedata.category(chr(code)).startswith(categories):
            if ranges and code == ranges[-1][1] + 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"{chr(one)}-{chr(last)}" if last > one else chr(one) for one, last in ranges)


# Ranges of a character class.
HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
KANA = "\u3040-\u30ff"
HANGUL = "\uac00-\ud7af"
THAI, LAO, MYANMAR, KHMER = "\u0e00-\u0e7f", "\u0e80-\u0eff", "\u1000-\u109f", "\u1780-\u17ff"

# Scripts without spaces between words; those whose runs are read as overlapping pairs of signs,
# Korean among them, whose words carry their particles; those of which one sign says much.
UNSPACED_SIGNS = THAI + LAO + MYANMAR + KHMER + KANA + HAN
PAIRED_SIGNS = UNSPACED_SIGNS + HANGUL
UNSPACED = re.compile(f"[{UNSPACED_SIGNS}]")
PAIRED = re.compile(f"[{PAIRED_SIGNS}]")
EAST_ASIAN = re.compile(f"[{KANA}{HAN}{HANGUL}]")
# Languages (primary codes) that are written in them.
UNSPACED_LANGUAGES = frozenset({"ja", "zh", "th", "lo", "km", "my", "yue"})

_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(f"[{signs}]"))
    for name, signs in (
        ("kana", KANA),
        ("hangul", f"{HANGUL}\u1100-\u11ff"),
        ("han", HAN),
        ("cyrillic", "\u0400-\u04ff"),
        ("greek", "\u0370-\u03ff"),
        ("hebrew", "\u0590-\u05ff"),
        ("arabic", "\u0600-\u06ff\u0750-\u077f"),
        ("devanagari", "\u0900-\u097f"),
        ("bengali", "\u0980-\u09ff"),
        ("gurmukhi", "\u0a00-\u0a7f"),
        ("gujarati", "\u0a80-\u0aff"),
        ("tamil", "\u0b80-\u0bff"),
        ("telugu", "\u0c00-\u0c7f"),
        ("kannada", "\u0c80-\u0cff"),
        ("malayalam", "\u0d00-\u0d7f"),
        ("thai", THAI),
        ("georgian", "\u10a0-\u10ff"),
        ("armenian", "\u0530-\u058f"),
        ("ethiopic", "\u1200-\u137f"),
        ("khmer", KHMER),
    )
)
_LETTER = re.compile(r"[^\W\d_]")


def script(text: str) -> str:
    """The script that most of the text is written in: "latin", "cyrillic", "kana", ...

    Japanese, which mixes scripts, is "kana" as soon as a tenth of its letters are; "" where
    the text has no letters.
    """
    letters = _LETTER.findall(text)
    if not letters:
        return ""
    joined = "".join(letters)
    counts = {name: len(pattern.findall(joined)) for name, pattern in _SCRIPTS}
    if counts["kana"] * 10 >= len(joined):
        return "kana"
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] * 2 > len(joined) else "latin"
