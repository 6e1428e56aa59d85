"""Learn when an article belongs to a story and when two stories are one.

Runs the grouper over streams made of labelled sets whose licence allows to learn from them,
notes what it could have known at each decision and what was right, and fits monotone boosted
trees (LightGBM, needed here alone); twice more on the runs of the trees before. Writes
src/backstory/group/stories/data/stories.npz.

    python -m evaluation.learn_stories              learn from all, and write
    python -m evaluation.learn_stories --held-out   learn from half of the stories and topics,
                                                    print the figures on the other, and turn

Learned from: uci-headlines (F. Gasparetti, CC BY 4.0), ecb-plus (Cybulska and Vossen, CC BY
3.0): stories; huffpost (R. Misra, CC BY 4.0): that articles over four days apart are of
different stories, nothing being said of closer ones.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import backstory.group.stories
from backstory.group.stories import assignment, candidates, pairs, repair, score, window
from backstory.group.stories.score import Trees
from backstory.model.vector import Item
from evaluation import tables
from evaluation.measures import agreement
from evaluation.stories import Labelled, items, read
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
# What the streams that are learned from do not show, as their stories are few: that a story of
# two articles or more has words of its own, or is a theme that grows for ever. In round numbers,
# with allsides-stories and olympics-stream in view:
OWN = 0.25  # of ``own_words``, the most that is asked for
COMMON = 0.12  # what neither speaks for the story nor against it
PER_OWN = 5.0  # log-odds lost or won for each unit from there
ALONE = 0.4  # won by a story of one article, that has shown nothing yet, for each of ``alive``
# And that the steps of one affair share its names: of texts, the words that are no names have to
# agree too. Measured on allsides-stories, where the trees are too sure of names:
AGREE = 0.35  # of ``other_link``, beyond which more says no more
APIECE = 0.2  # what speaks neither for one event nor against
PER_OTHER = 4.0  # log-odds lost or won for each unit from there of a text; none of a headline
TEXT = (math.log(score.FEWEST_WORDS), math.log(score.MOST_WORDS))  # as ``length`` tells
STEPS, FINER = 8, 16  # trees that say it of own words, and of others
Label = str | int  # a story, or the day of an article of which no story is known
Counts = dict[Label, int]
Noted = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
_APART = 4  # days between two articles from which they are of different stories


def _label(one: Labelled) -> Label:
    return one.story if one.story is not None else (one.minute or 0) // 1440


def _unknown(one: Label, other: Label) -> bool:
    return isinstance(one, int) and isinstance(other, int) and abs(one - other) <= _APART


def _same(ones: Counts, others: Counts) -> float | None:
    """Of the pairs between two stories of which it is known, the share that is one story."""
    if len(ones) * len(others) > 4000:
        return None
    known = same = 0
    for one, times in ones.items():
        for other, more in others.items():
            if not _unknown(one, other):
                known += times * more
                same += times * more * (one == other)
    return same / known if known else None


class Run:
    """One run of the grouper over a stream, noting what could be known at each decision.

    ``right``: the share of the first round's answers that are given by the labels, as there
    are no trees yet.
    """

    def __init__(self, join: Trees, merge: Trees, split: Trees, right: float, seed: int) -> None:
        self.join, self.merge, self.split, self.right = join, merge, split, right
        self.chance = random.Random(seed)
        self.live = window.empty(WINDOW)
        self.candidates = assignment.candidates()
        self.pair = pairs.pair()
        self.labels: dict[int, Counts] = {}
        self.into: dict[int, int] = {}
        self.joins: list[tuple[NDArray[np.float64], float]] = []
        self.moved: dict[int, int] = {}
        self.label_of: dict[int, Label] = {}
        self.splits: list[tuple[NDArray[np.float64], float, float]] = []
        self.merges: list[tuple[NDArray[np.float64], float, float]] = []

    def over(self, stream: Sequence[Item], labels: Sequence[Label]) -> list[int]:
        founders = []
        for item, label in zip(stream, labels, strict=True):
            if item.seq % repair.EVERY == 0:
                self._repair()
            founders.append(self._add(item, label))
        return [
            self._final(self.moved.get(item.seq, founder))
            for item, founder in zip(stream, founders, strict=True)
        ]

    def _final(self, founder: int) -> int:
        while founder in self.into:
            founder = self.into[founder]
        return founder

    def _add(self, item: Item, label: Label) -> int:
        vector = item.vector
        self.live = window.with_room(self.live, int(vector.terms.max(initial=0)))
        row = window.enter(
            self.live, item.seq, vector.terms, vector.weights, vector.flags, vector.bigrams,
            window.NO_TIME, False, 0, item.length,
        )  # fmt: skip
        slots, table, odds = (
            self.candidates.slots, self.candidates.table, self.candidates.odds
        )  # fmt: skip
        best = -1
        count = candidates.gather(self.live, row, self.live.near, self.live.near_score)
        articles, scores = self.live.near[:count], self.live.near_score[:count]
        for i in range(
            assignment.weigh(self.live, self.join, row, articles, scores, self.candidates)
        ):
            same = _same({label: 1}, self.labels[int(self.live.founder[slots[i]])])
            # Only the nearest candidate matters, and is learned from.
            if same is not None and table[i, score.MARGIN] > 0:
                self.joins.append((table[i].copy(), same))
            if self.chance.random() < self.right:
                odds[i] = 5.0 if same and same > 0.5 else -5.0
            if odds[i] >= 0 and (best < 0 or odds[i] > odds[best]):
                best = i
        slot = slots[best] if best >= 0 else window.open_story(self.live, item.seq)
        window.put(self.live, row, slot, -1)
        window.index(self.live, row)
        founder = int(self.live.founder[slot])
        self.label_of[row] = label
        counts = self.labels.setdefault(founder, {})
        counts[label] = counts.get(label, 0) + 1
        return founder

    def _repair(self) -> None:
        if not self.live.meta[window.COUNT]:
            return
        slots = {int(self.live.founder[s]): int(s) for s in np.flatnonzero(self.live.size > 0)}
        asked = self.pair.row
        first, past = repair.last_numbers(self.live, repair.EVERY)
        around = repair.look_around(self.live, first, past)
        couples, _ = repair.nearby(self.live, first, past, around)
        for one, two, _ in couples:
            older, younger = sorted((self._final(int(one)), self._final(int(two))))
            if older == younger or older not in slots or younger not in slots:
                continue
            a, b = slots[older], slots[younger]
            pairs.pair_features(self.live, a, b, self.pair)
            same = _same(self.labels[older], self.labels[younger])
            if same is not None:
                weight = float(min(self.live.size[a], self.live.size[b])) ** 0.5
                self.merges.append((asked.copy(), same, weight))
            odds = score.log_odds(self.merge, asked) + score.theme_odds(asked)
            if self.chance.random() < self.right:
                odds = 5.0 if same and same > 0.5 else -5.0
            if odds >= 0:
                window.pour(self.live, b, a)
                for label, times in self.labels.pop(younger).items():
                    self.labels[older][label] = self.labels[older].get(label, 0) + times
                self.into[younger] = older
                del slots[younger]
        for number in range(first, past):
            self._part(number % WINDOW)

    def _part(self, row: int) -> None:
        asked = self.pair.row
        slot = int(self.live.story[row])
        rows, second = np.empty(repair.LARGEST, np.int64), np.empty(repair.LARGEST, np.bool_)
        other = int(repair.part(self.live, row, rows, second))
        if other < 0:
            return
        pairs.pair_features(self.live, slot, other, self.pair)
        parts = self._counts(slot), self._counts(other)
        same = _same(*parts)
        if same is not None:
            weight = float(min(self.live.size[slot], self.live.size[other])) ** 0.5
            self.splits.append((asked.copy(), same, weight))
        odds = score.log_odds(self.split, asked) + score.theme_odds(asked)
        if self.chance.random() < self.right:
            odds = 5.0 if same and same > 0.5 else -5.0
        founder, younger = int(self.live.founder[slot]), int(self.live.founder[other])
        if odds >= 0 or younger in self.into:
            window.pour(self.live, other, slot)
        else:
            self.labels[founder], self.labels[younger] = parts
            for one in self._rows(other):
                self.moved[int(self.live.seq[one])] = younger

    def _rows(self, slot: int) -> Iterator[int]:
        row = int(self.live.first[slot])
        while row != -1:
            yield row
            row = int(self.live.after[row])

    def _counts(self, slot: int) -> Counts:
        counts: Counts = {}
        for row in self._rows(slot):
            label = self.label_of[row]
            counts[label] = counts.get(label, 0) + 1
        return counts

    def noted(self) -> tuple[Noted, Noted, Noted]:
        """Features, what was right, and weights: of joining and of merging. Each stream counts
        by the root of its decisions."""
        rows = np.array([row for row, _ in self.joins])
        right = np.array([same for _, same in self.joins])
        return (
            (rows, right, np.full(len(rows), len(rows) ** -0.5)),
            _columns(self.merges),
            _columns(self.splits),
        )


def _columns(noted: Sequence[tuple[NDArray[np.float64], float, float]]) -> Noted:
    rows = np.array([row for row, _, _ in noted])
    right = np.array([same for _, same, _ in noted])
    weights = np.array([weight for _, _, weight in noted])
    return rows, right, weights * max(1, len(noted)) ** -0.5


def fit(
    noted: Sequence[Noted], names: Sequence[str], used: set[str], signs: Sequence[int]
) -> Trees:
    import lightgbm

    noted = [one for one in noted if len(one[0])]
    rows = np.concatenate([one[0] for one in noted])
    weights = np.concatenate([one[2] for one in noted])
    prior = -score.CROWDING * rows[:, score.ALIVE]
    rows[:, [name not in used for name in names]] = 0.0
    settings = {
        "objective": "cross_entropy", "num_leaves": 8, "learning_rate": 0.06,
        "min_data_in_leaf": 60, "lambda_l2": 5.0, "monotone_constraints": list(signs),
        "feature_fraction": 0.7, "bagging_fraction": 0.7, "bagging_freq": 1,
        "num_threads": 1, "deterministic": True, "force_col_wise": True, "seed": 1, "verbose": -1,
    }  # fmt: skip
    right = np.concatenate([one[1] for one in noted])
    data = lightgbm.Dataset(rows, right, weight=weights / weights.mean(), init_score=prior)
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


def _leaf(value: float) -> dict[str, Any]:
    return {"leaf_value": value}


def _node(feature: str, threshold: float, low: Any, high: Any) -> dict[str, Any]:
    return {
        "split_feature": score.FEATURES.index(feature), "threshold": threshold,
        "left_child": low, "right_child": high,
    }  # fmt: skip


def _own_words(step: int) -> dict[str, Any]:
    """What words of their own say of stories, one of ``STEPS`` trees."""
    at = (step + 0.5) / STEPS
    least = -PER_OWN * COMMON / STEPS
    more = _node("own_words", OWN * at, _leaf(least), _leaf(least + PER_OWN * OWN / STEPS))
    alone = _node("alive", score.CROWDED * at, _leaf(0.0), _leaf(ALONE * score.CROWDED / STEPS))
    return _node("size", 0.0, alone, more)


def _other_words(step: int) -> dict[str, Any]:
    """What words that are no names say of texts, one of ``FINER`` trees."""
    least = -PER_OTHER * APIECE / FINER

    def of_texts(value: float) -> dict[str, Any]:
        headline, text = TEXT
        third = (text - headline) / 3
        longer = _node("length", headline + 2.5 * third, _leaf(value * 2 / 3), _leaf(value))
        some = _node("length", headline + 1.5 * third, _leaf(value / 3), longer)
        return _node("length", headline + 0.5 * third, _leaf(0.0), some)

    at = AGREE * (step + 0.5) / FINER
    return _node("other_link", at, of_texts(least), of_texts(least + PER_OTHER * AGREE / FINER))


def _fixed() -> Trees:
    trees = [_own_words(step) for step in range(STEPS)]
    trees += [_other_words(step) for step in range(FINER)]
    return _flat({"tree_info": [{"tree_structure": tree} for tree in trees]})


def learn(
    headlines: Sequence[Labelled], texts: Sequence[Labelled], others: Sequence[Labelled]
) -> tuple[Trees, Trees, Trees]:
    """The trees for joining, for merging and for splitting."""
    prepared = [
        ([replace(item, minute=None) for item in items(stream)], [_label(one) for one in stream])
        for seed in SEEDS
        for stream in streams(headlines, texts, others, seed)
    ]
    few = _forests(prepared, FEW, FEW_OF_PAIRS)
    many = _forests(prepared, MANY, MANY_OF_PAIRS)
    join, merge, split = (
        _sum(_mean(one, other), _fixed()) for one, other in zip(few, many, strict=True)
    )
    return join, merge, split


def _forests(
    prepared: Sequence[tuple[list[Item], list[Label]]], asked: set[str], asked_of_pairs: set[str]
) -> tuple[Trees, Trees, Trees]:
    none = _flat({"tree_info": [{"tree_structure": {"leaf_value": 0.0}}]})
    join = merge = split = none
    joins: list[Noted] = []
    merges: list[Noted] = []
    splits: list[Noted] = []
    for number in range(ROUNDS):
        for stream, labels in prepared:
            run = Run(join, merge, split, 0.0 if number else 0.95, number)
            run.over(stream, labels)
            joined, merged, parted = run.noted()
            joins.append(joined)
            merges.append(merged)
            splits.append(parted)
        join = fit(joins, score.FEATURES, asked, score.MONOTONE)
        merge = fit(merges, pairs.PAIR_FEATURES, asked_of_pairs, pairs.PAIR_MONOTONE)
        split = fit(splits, pairs.PAIR_FEATURES, asked_of_pairs, pairs.PAIR_MONOTONE)
    return join, merge, split


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
        join, merge, split = learn(
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
                found = Run(join, merge, split, 0.0, 0).over(
                    list(items(stream)), [_label(one) for one in stream]
                )
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
    parser.add_argument("--held-out", action="store_true")
    tables.write_option(parser)
    chosen = parser.parse_args()
    if chosen.held_out:
        held_out(chosen.write)
        return
    others = [replace(one, story=None) for one in read("huffpost", "articles")]
    join, merge, split = learn(read("uci-headlines"), read("ecb-plus"), others)
    file = Path(str(backstory.group.stories.__file__)).parent / "data" / "stories.npz"
    np.savez_compressed(
        file,
        **{f"join_{name}": column for name, column in join._asdict().items()},
        **{f"merge_{name}": column for name, column in merge._asdict().items()},
        **{f"split_{name}": column for name, column in split._asdict().items()},
    )
    print(f"wrote {file}")


if __name__ == "__main__":
    main()
