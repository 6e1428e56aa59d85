"""Fold writings that mean the same: case, accents, points.

Words and names are folded apart. Search and vectors are to find "Söder" by "Soder" and ignore the
vowel points of Arabic and Hebrew; of a name the marks of other scripts are letters (Сергей is not
Сергеи), and lists of names are kept as ``fold_name`` writes them.
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_LATIN = re.compile(r"[A-Za-z]")


def without_marks(text: str) -> str:
    """Accents and all other combining marks away."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def fold(word: str) -> str:
    """A word: case and accents away, marks that are letters of their script kept.

    >>> fold("Élysée"), fold("हिन्दी"), fold("U.S.")
    ('elysee', 'हिन्दी', 'us')
    """
    if word.isascii():
        folded = word.lower()
    else:
        decomposed = unicodedata.normalize("NFKD", word.casefold())
        folded = unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed)).translate(_LETTERS)
    if "." in folded or "," in folded:
        folded = (
            folded.replace(",", "").strip(".") if folded[0].isdigit() else folded.replace(".", "")
        )
    return folded


def fold_name(name: str) -> str:
    """A name: case, accents of Latin letters and points away, one kind of apostrophe.

    >>> fold_name("São Tomé"), fold_name("D’Arcy St."), fold_name("Сергей")
    ('sao tome', "d'arcy st", 'сергей')
    """
    if name.isascii():
        return name.lower().replace(".", "")
    name = unicodedata.normalize("NFC", name).replace("’", "'").replace(".", "")
    if _LATIN.search(name):
        name = without_marks(name)
    return name.casefold()
