"""Learn when an article belongs to a story and when two stories are one.

Runs the grouper over streams made of labelled sets whose licence allows to learn from them,
notes what it could have known at each decision and what was right, and fits monotone boosted
trees (LightGBM, needed here alone); twice more on the runs of the trees before. The same articles
and the same LightGBM give the same bytes. The trees that ship were learned so at an earlier commit:
evaluation.shipped_stories.

    python -m evaluation.learn_stories FILE         learn from all, and write
    python -m evaluation.learn_stories --held-out   learn from half of the stories and topics,
                                                    print the figures on the other, and turn

Learned from: uci-headlines (F. Gasparetti, CC BY 4.0), ecb-plus (Cybulska and Vossen, CC BY
3.0): stories; huffpost (R. Misra, CC BY 4.0): that articles over four days apart are of
different stories, nothing being said of closer ones.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from backstory.group.stories import (
    assignment,
    candidates,
    evidence,
    pairs,
    parts,
    repair,
    score,
    window,
)
from backstory.group.stories.records import column
from backstory.group.stories.score import Forests, Trees
from backstory.group.stories.window import Live
from backstory.model.vector import Item
from evaluation import tables
from evaluation.measures import agreement
from evaluation.stories import Labelled, follow, items, read
from evaluation.streams import shuffled, streams

WINDOW = 16_384
SEEDS = (1, 2, 3)  # of the streams that are learned from
ROUNDS = 3
# What the trees may ask. Left out, as it told the sets apart and not the stories: lengths,
# names and other words apart. Two forests are learned, one of few questions that travel well
# and one of many, and the mean of what they say counts.
FEW = {
    "cosine", "best_link", "top_links", "mean_link", "lift", "size", "heavy_link", "strange",
    "crowd_gap", "rise",
}  # fmt: skip
FEW_OF_PAIRS = (FEW - {"crowd_gap"}) | {
    "sums_cosine", "most_cosine", "smaller_size", "ties", "clash",
}  # fmt: skip
MANY = FEW | {
    "own_words", "margin", "link_margin", "surprise", "numbers", "relative", "cohesion",
    "contained", "link_contained", "clash", "name_link", "ties",
}  # fmt: skip
MANY_OF_PAIRS = MANY | {
    "sums_cosine", "most_cosine", "most_best_link", "smaller_size", "smaller_cohesion",
    "both_relative", "both_own_words", "length", "story_length",
}  # fmt: skip
SHARE = 0.65  # of the many in the mean
SURE = 5.0  # log-odds of an answer that a label gives
APART = 4  # days between two articles from which they are of different stories
Label = tuple[int, int]  # a story, -1 where none is known; the day


class Note(NamedTuple):
    """A decision: its features, what was right (the share of pairs that are one story) and how
    much it counts."""

    row: NDArray[np.float64]
    same: float
    weight: float


class Noted(NamedTuple):
    """Decisions of one stream, as columns. Each stream counts by the root of its decisions."""

    rows: NDArray[np.float64]
    same: NDArray[np.float64]
    weights: NDArray[np.float64]


def labels(articles: Sequence[Labelled]) -> list[Label]:
    numbers = {story: number for number, story in enumerate(sorted(
        {one.story for one in articles if one.story is not None}
    ))}  # fmt: skip
    return [
        (-1 if one.story is None else numbers[one.story], (one.minute or 0) // 1440)
        for one in articles
    ]


@njit(cache=True)
def share_of(live: Live, row: int, slot: int, story: Any, day: Any) -> Any:
    """Of the pairs of an article and a story's, of which it is known, the share that is one
    story; -1 where nothing is known."""
    known = same = 0
    other = live.stories[slot].first
    while other != -1:
        if story[row] >= 0 or story[other] >= 0 or abs(day[row] - day[other]) > APART:
            known += 1
            same += story[row] >= 0 and story[row] == story[other]
        other = live.order[other].after
    return same / known if known else -1.0


@njit(cache=True)
def share_of_both(live: Live, one: int, two: int, story: Any, day: Any) -> Any:
    """The same of the pairs between two stories."""
    known = same = 0
    row = live.stories[one].first
    while row != -1:
        other = live.stories[two].first
        while other != -1:
            if story[row] >= 0 or story[other] >= 0 or abs(day[row] - day[other]) > APART:
                known += 1
                same += story[row] >= 0 and story[row] == story[other]
            other = live.order[other].after
        row = live.order[row].after
    return same / known if known else -1.0


class Run:
    """One run of the grouper over a stream, noting what could be known at each decision.

    What is decided, and how, are the functions of ``group.stories``; only the loops around them
    are here, as they note what the compiled ones do not. ``right``: the share of the answers that
    are given by the labels instead, while there are no trees yet.
    """

    def __init__(self, trees: Forests, right: float, seed: int) -> None:
        self.trees, self.right = trees, right
        self.chance = random.Random(seed)
        self.live = window.empty(WINDOW)
        self.candidates = assignment.candidates()
        self.pair = pairs.pair()
        self.parts = parts.parts()
        self.story = np.full(WINDOW, -1, np.int64)  # by row: the story it is of, -1 if unknown
        self.day = np.zeros(WINDOW, np.int64)
        self.joins: list[Note] = []
        self.merges: list[Note] = []
        self.splits: list[Note] = []

    def over(self, stream: Sequence[Item], labels: Sequence[Label]) -> None:
        """``stream``: no more items than the window holds, numbered from 1 on."""
        if len(stream) > WINDOW:
            raise ValueError(f"a stream of {len(stream)} articles")
        for item, label in zip(stream, labels, strict=True):
            if self.live.counts.articles and item.seq % repair.EVERY == 0:
                self._repair()
            self._add(item, label)

    def _add(self, item: Item, label: Label) -> None:
        vector = item.vector
        self.live = window.with_room(self.live, int(vector.terms.max(initial=0)))
        arrival = window.Arrival(
            item.seq, vector.terms, vector.weights, vector.flags, vector.bigrams,
            window.NO_TIME, False, 0, item.length,
        )  # fmt: skip
        row = window.enter(self.live, arrival)
        self.story[row], self.day[row] = label
        out = self.candidates
        articles = self.live.scratch.candidate_articles
        scores = self.live.scratch.candidate_scores
        count = candidates.gather(self.live, row, articles, scores)
        articles, scores = articles[:count], scores[:count]
        found = assignment.weigh(self.live, self.trees.join, row, articles, scores, out)
        for i in range(found):
            same = share_of(self.live, row, int(out.slots[i]), self.story, self.day)
            # Only the nearest candidate matters, and is learned from.
            if same >= 0 and out.table[i, evidence.MARGIN] > 0:
                self.joins.append(Note(out.table[i].copy(), same, 1.0))
            out.odds[i] = self._answer(float(out.odds[i]), same)
        best = assignment.surest(self.live, out, found)
        slot = out.slots[best] if best >= 0 else window.open_story(self.live, item.seq)
        window.put(self.live, row, slot, -1)
        window.index(self.live, row)

    def _answer(self, odds: float, same: float) -> float:
        """What the grouper says, or the label."""
        if self.chance.random() >= self.right:
            return odds
        return SURE if same > 0.5 else -SURE

    def _repair(self) -> None:
        live = self.live
        first, past = repair.last_numbers(live, repair.EVERY)
        room = repair.room(past - first)
        repair.look_around(live, first, past, room.candidates)
        merged = self._merge(first, past, room)
        for number in range(first, past):
            self._part(number % WINDOW, merged)
        if self.right:
            return
        repair.move(live, self.trees.join, first, past, self.candidates, room)

    def _merge(self, first: int, past: int, room: repair.Room) -> dict[int, int]:
        live = self.live
        founders = column(live.stories, "founder")
        slots = {
            int(founders[slot]): int(slot) for slot in np.flatnonzero(column(live.stories, "count"))
        }
        into: dict[int, int] = {}
        count, _ = repair.nearby(live, first, past, self.candidates, room)
        for one, two, _ in room.pairs[:count]:
            older, younger = sorted((_final(into, int(one)), _final(into, int(two))))
            if older == younger or older not in slots or younger not in slots:
                continue
            a, b = slots[older], slots[younger]
            odds, same = self._both(self.trees.merge, a, b, self.merges)
            if self._answer(odds, same) >= repair.SURELY_ONE:
                window.merge_into(live, b, a)
                into[younger] = older
                del slots[younger]
        return into

    def _part(self, row: int, merged: Collection[int]) -> None:
        slot = int(self.live.articles[row].story)
        other = int(parts.part(self.live, row, self.parts))
        if other < 0:
            return
        odds, same = self._both(self.trees.split, slot, other, self.splits)
        founder = int(self.live.stories[other].founder)
        if founder in merged or self._answer(odds, same) > repair.SURELY_TWO:
            window.merge_into(self.live, other, slot)

    def _both(self, trees: Trees, one: int, two: int, notes: list[Note]) -> tuple[float, float]:
        """The log-odds of two stories, and the share of their pairs that are one story."""
        odds = float(repair.odds_of_both(self.live, trees, one, two, self.pair))
        same = share_of_both(self.live, one, two, self.story, self.day)
        if same >= 0:
            weight = float(min(self.live.stories[one].count, self.live.stories[two].count)) ** 0.5
            notes.append(Note(self.pair.row.copy(), same, weight))
        return odds, same

    def noted(self) -> tuple[Noted, Noted, Noted]:
        """Of joining, of merging, of splitting."""
        return _columns(self.joins), _columns(self.merges), _columns(self.splits)


def _final(into: dict[int, int], founder: int) -> int:
    while founder in into:
        founder = into[founder]
    return founder


def _columns(notes: Sequence[Note]) -> Noted:
    rows, same, weights = (np.array(column) for column in zip(*notes, strict=True))
    return Noted(rows, same, weights * len(notes) ** -0.5)


def fit(
    noted: Sequence[Noted], names: Sequence[str], used: set[str], signs: Sequence[int]
) -> Trees:
    import lightgbm

    noted = [one for one in noted if len(one.rows)]
    rows = np.concatenate([one.rows for one in noted])
    weights = np.concatenate([one.weights for one in noted])
    prior = -score.CROWDING * rows[:, evidence.ALIVE]
    rows[:, [name not in used for name in names]] = 0.0
    settings = {
        "objective": "cross_entropy", "num_leaves": 8, "learning_rate": 0.06,
        "min_data_in_leaf": 60, "lambda_l2": 5.0, "monotone_constraints": list(signs),
        "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1,
        "num_threads": 1, "deterministic": True, "force_col_wise": True,
        "seed": 1, "verbose": -1,
    }  # fmt: skip
    same = np.concatenate([one.same for one in noted])
    data = lightgbm.Dataset(rows, same, weight=weights / weights.mean(), init_score=prior)
    return _flat(lightgbm.train(settings, data, 100).dump_model())


def _flat(model: dict[str, Any]) -> Trees:
    """LightGBM's nested trees as arrays."""
    nodes: list[tuple[int, float, int, int]] = []

    def add(node: dict[str, Any]) -> int:
        place = len(nodes)
        nodes.append((-1, node.get("leaf_value", 0.0), 0, 0))
        if "split_feature" in node:
            low, high = add(node["left_child"]), add(node["right_child"])
            nodes[place] = (node["split_feature"], node["threshold"], low, high)
        return place

    roots = [add(tree["tree_structure"]) for tree in model["tree_info"]]
    columns = list(zip(*nodes, strict=True))
    return Trees(
        np.array(roots, np.int32),
        np.array(columns[0], np.int16),
        np.array(columns[1], np.float64),
        np.array(columns[2], np.int32),
        np.array(columns[3], np.int32),
    )


def learn(
    headlines: Sequence[Labelled], texts: Sequence[Labelled], others: Sequence[Labelled]
) -> Forests:
    """The trees for joining, for merging and for splitting."""
    prepared = [
        ([replace(item, minute=None) for item in items(stream)], labels(stream))
        for seed in SEEDS
        for stream in streams(headlines, texts, others, seed)
    ]
    few = _forests(prepared, FEW, FEW_OF_PAIRS)
    many = _forests(prepared, MANY, MANY_OF_PAIRS)
    return Forests(*(_mean(one, other) for one, other in zip(few, many, strict=True)))


def _forests(
    prepared: Sequence[tuple[list[Item], list[Label]]], asked: set[str], asked_of_pairs: set[str]
) -> Forests:
    none = _flat({"tree_info": [{"tree_structure": {"leaf_value": 0.0}}]})
    forests = Forests(none, none, none)
    noted: list[tuple[Noted, Noted, Noted]] = []
    for number in range(ROUNDS):
        for stream, known in prepared:
            run = Run(forests, 0.0 if number else 0.95, number)
            run.over(stream, known)
            noted.append(run.noted())
        joins, merges, splits = zip(*noted, strict=True)
        forests = Forests(
            fit(joins, evidence.FEATURES, asked, evidence.MONOTONE),
            fit(merges, pairs.PAIR_FEATURES, asked_of_pairs, pairs.PAIR_MONOTONE),
            fit(splits, pairs.PAIR_FEATURES, asked_of_pairs, pairs.PAIR_MONOTONE),
        )
    return forests


def _mean(few: Trees, many: Trees) -> Trees:
    """Both as one forest, the leaves of the second counting by ``SHARE``."""

    def weighed(trees: Trees, share: float) -> Trees:
        leaf = trees.feature < 0
        return trees._replace(threshold=np.where(leaf, share, 1.0) * trees.threshold)

    return _sum(weighed(few, 1 - SHARE), weighed(many, SHARE))


def _sum(one: Trees, other: Trees) -> Trees:
    size = len(one.feature)
    return Trees(
        np.concatenate([one.roots, other.roots + size]).astype(np.int32),
        np.concatenate([one.feature, other.feature]),
        np.concatenate([one.threshold, other.threshold]),
        np.concatenate([one.low, other.low + size]).astype(np.int32),
        np.concatenate([one.high, other.high + size]).astype(np.int32),
    )


def topic_of(one: Labelled) -> str:
    """The topic of an article of ecb-plus: the number that its two events share."""
    return "".join(letter for letter in str(one.story) if letter.isdigit())


def held_out(write: bool) -> None:
    """Print BCubed F1 on stories and topics that were not learned from."""
    headlines, texts = read("uci-headlines"), read("ecb-plus")
    others = [replace(one, story=None) for one in read("huffpost", "articles")]
    chance = random.Random(0)
    stories = sorted({str(one.story) for one in headlines})
    topics = sorted({topic_of(one) for one in texts})
    chance.shuffle(stories)
    chance.shuffle(topics)
    scores: dict[str, list[float]] = {}
    for fold in range(2):
        out, off = set(stories[fold::2]), set(topics[fold::2])
        forests = learn(
            [one for one in headlines if one.story not in out],
            [one for one in texts if topic_of(one) not in off],
            others,
        )
        judgements = {
            "uci": [one for one in headlines if one.story in out],
            "ecb": [one for one in texts if topic_of(one) in off],
        }
        for name, judged in judgements.items():
            for seed in range(3):
                stream = shuffled(random.Random(seed), judged)
                found = follow(items(stream), forests).end
                result = agreement(found, [one.story for one in stream])
                scores.setdefault(name, []).append(result.f1)
                print(
                    f"fold {fold} {name} order {seed}: P {result.precision:.3f}"
                    f" R {result.recall:.3f} F1 {result.f1:.3f}",
                    flush=True,
                )
    rows = [
        (name, *(f"{one:.3f}" for one in (sum(all_) / len(all_), min(all_), max(all_))))
        for name, all_ in scores.items()
    ]
    tables.show(tables.table("held-out", ("set", "mean F1", "lowest", "highest"), rows), write)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="print figures, write no trees")
    parser.add_argument("file", nargs="?", type=Path, help="to write the trees to")
    tables.write_option(parser)
    chosen = parser.parse_args()
    if chosen.held_out:
        held_out(chosen.write)
        return
    if chosen.file is None:
        parser.error("FILE or --held-out")
    others = [replace(one, story=None) for one in read("huffpost", "articles")]
    forests = learn(read("uci-headlines"), read("ecb-plus"), others)
    chosen.file.write_bytes(score.packed(forests, "Learned by evaluation.learn_stories."))
    print(f"wrote {chosen.file}")


if __name__ == "__main__":
    main()
