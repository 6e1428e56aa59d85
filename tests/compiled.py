"""Compile what is compiled once, before many tests ask for it at the same time.

``python -m tests.compiled``: a few made-up articles go the whole way, and one is asked for its
history; numba keeps what it compiled beside the code.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from click.testing import CliRunner

from backstory.archive import Archive
from backstory.cli import cli

PLACES = ("Lisbon", "Oslo", "Quito", "Hanoi", "Accra")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file, store = Path(folder) / "some.jsonl", f"sqlite:///{folder}/some.db"
        with file.open("w", encoding="utf-8") as out:
            for number in range(300):
                place = PLACES[number % len(PLACES)]
                row = {
                    "title": f"Harbour bridge of {place} closed after storm number {number // 9}",
                    "text": f"Engineers said on Tuesday that the bridge of {place} stays closed.",
                    "url": f"https://{place.lower()}.example/{number}",
                    "site": place,
                    "published": f"2026-0{1 + number // 60}-{1 + number % 28:02d}T12:00:00Z",
                }
                out.write(json.dumps(row) + "\n")
        found = CliRunner().invoke(cli, ["import", str(file), "--store", store])
        assert found.exit_code == 0, found.output
        exported = CliRunner().invoke(cli, ["export", "--store", store])
        guid = json.loads(exported.output.splitlines()[-1])["guid"]
        with Archive(store) as archive:
            archive.history(guid)
            archive.history(guid, 3)
            archive.discover(guid)


if __name__ == "__main__":
    main()
