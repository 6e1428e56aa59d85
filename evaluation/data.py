"""Where the evaluation data are."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """The folder that BACKSTORY_DATA names, else ``../shared/data`` beside the checkout."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("BACKSTORY_DATA", beside))
