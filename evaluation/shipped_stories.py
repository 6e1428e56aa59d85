"""Write the trees that ship from where they were learned.

The trees of group/stories/data/stories.npz are those that evaluation.learn_stories wrote at an
earlier commit, from the vectors of that build. Trees learned from today's vectors are no better
(docs/decisions/learned-trees.md), so those stayed. This takes them from the history of the
project, leaves out the rules that stood among them and are code today
(``group.stories.rules``), and gives features the numbers that they have now.

    python -m evaluation.shipped_stories            write what ships
    python -m evaluation.shipped_stories --check    say whether it is what ships

To learn them again: check that commit out and run ``python -m evaluation.learn_stories`` there.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np

from backstory.group.stories import evidence, score
from backstory.group.stories.pairs import PAIR_FEATURES
from backstory.group.stories.score import Forests, Trees

COMMIT = "5fcbd2557353691f1285ff3158a162ad06627218"
FILE = "src/backstory/group/data/stories.npz"
LEARNED = 200  # trees of each forest; behind them stood 24 that were rules
ORIGIN = (
    "Learned by evaluation.learn_stories at commit " + COMMIT[:12] + " of 29 November 2026, from "
    "vectors that had labels such as 'Explainer:' still. evaluation.shipped_stories writes it."
)
# The features of that commit, in their order; of two stories those before ``crowd`` and some more.
FEATURES = (
    "cosine", "mean_link", "best_link", "top_links", "contained", "link_contained", "names",
    "link_names", "others", "link_others", "headline", "link_headline", "numbers", "shared",
    "size", "cohesion", "relative", "length", "story_length", "own_words", "own_names",
    "surprise", "lift", "rise", "name_link", "other_link", "ties", "alive", "heavy_link",
    "name_part", "clash", "strange", "crowd", "crowd_gap", "margin", "link_margin", "rank",
)  # fmt: skip
OF_PAIRS = (
    *FEATURES[: FEATURES.index("crowd")],
    "sums_cosine", "most_cosine", "most_best_link", "smaller_size", "smaller_cohesion",
    "both_relative", "both_own_words", "both_own_names",
)  # fmt: skip


def as_learned() -> bytes:
    """The file of the trees as that commit has it. CalledProcessError: without its history."""
    root = Path(__file__).parents[1]
    shown = subprocess.run(
        ["git", "show", f"{COMMIT}:{FILE}"], cwd=root, capture_output=True, check=True
    )
    return shown.stdout


def today(file: bytes) -> Forests:
    """Those trees without the rules, asking features by the numbers of today."""
    with np.load(BytesIO(file), allow_pickle=False) as kept:

        def trees(name: str, then: Sequence[str], now: Sequence[str]) -> Trees:
            end = int(kept[f"{name}_roots"][LEARNED])  # nodes of a tree lie behind its root
            feature = kept[f"{name}_feature"][:end]
            asked = {place: now.index(then[place]) for place in np.unique(feature[feature >= 0])}
            return Trees(
                kept[f"{name}_roots"][:LEARNED],
                np.array([asked.get(place, -1) for place in feature], np.int16),
                *(kept[f"{name}_{column}"][:end] for column in ("threshold", "low", "high")),
            )

        return Forests(
            trees("join", FEATURES, evidence.FEATURES),
            trees("merge", OF_PAIRS, PAIR_FEATURES),
            trees("split", OF_PAIRS, PAIR_FEATURES),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    written = score.packed(today(as_learned()), ORIGIN)
    if not parser.parse_args().check:
        score.SHIPPED.write_bytes(written)
        print(f"wrote {score.SHIPPED}")
        return
    same = written == score.SHIPPED.read_bytes()
    print("this is what ships" if same else "this is not what ships")
    sys.exit(not same)


if __name__ == "__main__":
    main()
