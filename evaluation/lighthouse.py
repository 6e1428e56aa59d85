"""What Lighthouse says of the pages of a store: an article, trending, a search.

``python -m evaluation.lighthouse --store sqlite:///backstory.db [--json] [--desktop]`` serves the
store and asks Lighthouse (npm's ``lighthouse``, run with Chromium) for its four categories, from 0
to 100, the median of some runs. Exit status 1 where one is below 95, 2 where a tool is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from urllib.parse import quote_plus

from backstory.archive import Archive
from backstory.serve.app import create_app
from evaluation import tables
from newsstand.loopback import served

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
LEAST = 95
RUNS = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
INSTALL = "install Node and then: npm install --prefix DIR lighthouse; name DIR/node_modules/.bin/"


def pages_of(archive: Archive) -> dict[str, str]:
    """The page of a trending article with a history, trending itself, a search for its tag."""
    editions = archive.editions()
    edition = editions[0].country.lower() if editions else "world"
    cards = archive.stories(editions[0].country if editions else None).results
    if not cards:
        raise SystemExit("lighthouse: the store has no stories")
    card = max(cards, key=lambda card: len(card.before))
    words = card.lead.tags[0].name if card.lead.tags else card.headline.split()[0]
    return {
        "article": f"/article/{card.lead.guid}",
        "trending": f"/{edition}/",
        "search": f"/{edition}/search?q={quote_plus(words)}",
    }


def ask(command: Sequence[str], address: str, desktop: bool) -> dict[str, float]:
    """The four categories of one run."""
    answer = subprocess.run(
        [
            *command,
            address,
            "--quiet",
            "--output=json",
            f"--only-categories={','.join(CATEGORIES)}",
            f"--chrome-flags={FLAGS}",
            *(["--preset=desktop"] if desktop else []),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CHROME_PATH": shutil.which("chromium") or ""},
    )
    if answer.returncode:
        raise SystemExit(f"lighthouse: {answer.stderr.strip() or answer.stdout.strip()}")
    found = json.loads(answer.stdout)
    for name, audit in found["audits"].items():
        if audit.get("score") is not None and audit["score"] < 0.9:
            print(f"    {name}: {audit.get('displayValue') or audit['title']}", file=sys.stderr)
    return {name: 100 * found["categories"][name]["score"] for name in CATEGORIES}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", default=os.environ.get("BACKSTORY_STORE"), required=False)
    parser.add_argument("--lighthouse", default=None, help="the program; default: on the path")
    parser.add_argument("--desktop", action="store_true", help="instead of a phone")
    parser.add_argument("--runs", type=int, default=RUNS, help="the median is shown")
    tables.write_option(parser)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    program = chosen.lighthouse or shutil.which("lighthouse")
    if program is None or shutil.which("chromium") is None or chosen.store is None:
        print(f"lighthouse: needs --store, chromium and lighthouse; {INSTALL}", file=sys.stderr)
        return 2
    scores: dict[str, dict[str, float]] = {}
    with Archive(chosen.store) as archive:
        pages = pages_of(archive)
        with served(create_app(archive)) as base:
            for name, path in pages.items():
                print(f"  {name} {path}", file=sys.stderr)
                runs = [ask([program], base + path, chosen.desktop) for _ in range(chosen.runs)]
                scores[name] = {
                    category: statistics.median(run[category] for run in runs)
                    for category in CATEGORIES
                }
    if chosen.json:
        print(json.dumps(scores))
    else:
        rows = [
            (name, *(f"{found[category]:.0f}" for category in CATEGORIES))
            for name, found in scores.items()
        ]
        tables.show(tables.table("lighthouse", ("page", *CATEGORIES), rows), chosen.write)
    return 0 if all(score >= LEAST for one in scores.values() for score in one.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
