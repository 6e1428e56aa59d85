"""Tags: a person, place, organisation or theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TagKind = Literal["person", "place", "organisation", "theme"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A person, place, organisation or theme: ``antony-blinken``, "Antony Blinken", person."""

    slug: str
    name: str
    kind: TagKind
