"""The style sheet, scripts and icons: read once, named by their content, kept for a year."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    name: str  # with the hash of its content: site.0a1b2c3d4e.css
    media_type: str
    content: bytes


def static_files() -> dict[str, StaticFile]:
    """By their plain names: ``site.css``."""
    found = {}
    for entry in sorted(files("backstory.serve").joinpath("static").iterdir(), key=str):
        stem, _, ending = entry.name.rpartition(".")
        if ending in TYPES:
            content = entry.read_bytes()
            mark = hashlib.sha256(content).hexdigest()[:10]
            found[entry.name] = StaticFile(f"{stem}.{mark}.{ending}", TYPES[ending], content)
    return found
