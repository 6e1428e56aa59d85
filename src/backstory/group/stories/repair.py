"""Repair: second thoughts on the newest articles and the stories they touched.

Stories that turn out to be one are merged, articles that turn out to belong elsewhere are
moved. Runs at fixed sequence numbers over a fixed number of articles, so the work is bounded.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from backstory.group.stories.assignment import SURE, Candidates, weigh
from backstory.group.stories.candidates import choose, gather
from backstory.group.stories.languages import many, sense, take_in, unite
from backstory.group.stories.nopython import lean
from backstory.group.stories.pairs import (
    Pair,
    own_odds,
    pair,
    pair_features,
    said_odds_of_both,
    time_odds_of_both,
)
from backstory.group.stories.rules import other_words_odds, own_words_odds
from backstory.group.stories.score import (
    Forests,
    Trees,
    ask,
    dot,
    log_odds,
    name_odds,
    theme_odds,
    unask,
)
from backstory.group.stories.window import (
    CANDIDATES,
    COUNT,
    LINKS,
    MIXED,
    MOST_NEAR,
    NEAREST,
    Live,
    open_story,
    pour,
    put,
    take,
)
from backstory.model.changes import Change, Merged, Moved

EARLY = 512  # articles; while there are no more, all are looked at again
EVERY = 100  # a repair comes where seq reaches a multiple of this
SURELY_ONE = -0.2  # log-odds from which two stories are merged
SURELY_TWO = -0.2  # log-odds from which a story is split
SMALLEST, LARGEST = 4, 96  # articles of a story that may be split
RELUCTANCE = 0.3  # log-odds that another story must be ahead for an article to move there
BESIDE = 1  # articles of other stories nearest to a new one, that are asked where they belong too
_CLOSE = 250_000  # product of two articles, of a million, from which they are
_NEAR = 3  # nearest stories of an article that are thought of for merging
_FAR = 100_000  # product of two articles, of a million, below which their stories are not


class Near(NamedTuple):
    """Articles near each of some, as ``gather`` found them: of the first ``ends[0]``, and so on;
    and as ``sense`` did, a row of each.

    What is near does not change while stories are repaired, so it is looked for once.
    """

    articles: Any
    scores: Any
    ends: Any
    sensed: Any


@njit(cache=True)
def look_around(live: Live, first: int, past: int) -> Any:
    """What is near articles number ``first`` to ``past``."""
    window = live.seq.shape[0]
    articles = np.empty((past - first) * MOST_NEAR, np.int64)
    scores = np.empty((past - first) * MOST_NEAR, np.int32)
    ends = np.zeros(past - first, np.int64)
    sensed = np.empty((past - first, NEAREST), np.int64)
    end = 0
    for number in range(first, past):
        end += gather(live, number % window, articles[end:], scores[end:])
        ends[number - first] = end
        sense(live, number % window, sensed[number - first])
    return Near(articles[:end], scores[:end], ends, sensed)


@njit(cache=True)
def nearby(live: Live, first: int, past: int, near: Near) -> Any:
    """Pairs of stories that articles number ``first`` to ``past`` suggest may be one: founders,
    older first, and the language, shape (pairs, 3), in the order they are come upon; and all
    their places."""
    window = live.seq.shape[0]
    slots = np.empty(CANDIDATES, np.int64)
    links = np.empty((CANDIDATES, LINKS), np.int64)
    scores = np.zeros((CANDIDATES, LINKS), np.int32)
    pairs = np.empty(((past - first) * _NEAR, 3), np.int64)
    seen = np.empty((past - first) * (_NEAR + 1), np.int64)
    met = 0
    count = 0
    for number in range(first, past):
        row = number % window
        slot = live.story[row]
        start = near.ends[number - first - 1] if number > first else 0
        end = near.ends[number - first]
        found = choose(live, near.articles[start:end], near.scores[start:end], slots, links, scores)
        used = 0
        seen[met] = slot
        met += 1
        for i in range(found):
            other = slots[i]
            if other == slot or used == _NEAR or scores[i, 0] < _FAR:
                continue
            used += 1
            seen[met] = other
            met += 1
            one = min(live.founder[slot], live.founder[other])
            two = max(live.founder[slot], live.founder[other])
            language = live.language[row]
            known = False
            for j in range(count):
                if pairs[j, 0] == one and pairs[j, 1] == two and pairs[j, 2] == language:
                    known = True
                    break
            if not known:
                pairs[count, 0] = one
                pairs[count, 1] = two
                pairs[count, 2] = language
                count += 1
    return pairs[:count], seen[:met]


@lean
def last_numbers(live: Live, every: int) -> Any:
    """Numbers of the articles of the last block of sequence numbers: first and past the last."""
    window = live.seq.shape[0]
    past = live.meta[COUNT]
    oldest = max(0, past - window)
    first = past
    lowest = live.seq[(past - 1) % window] // every if past > 0 else 0
    while first > oldest and live.seq[(first - 1) % window] // every >= lowest:
        first -= 1
    if past <= min(EARLY, window // 2):
        first = oldest
    return first, past


@lean
def _slot(live: Live, founder: int, slots: Any, language: int) -> Any:
    for i in range(slots.shape[0]):
        slot = slots[i]
        if (
            live.size[slot] > 0
            and live.founder[slot] == founder
            and live.language[live.last[slot]] == language
        ):
            return slot
    return -1


@lean
def odds_of_both(live: Live, trees: Trees, one: int, two: int, of: Pair) -> Any:
    """The log-odds that two stories are one; what speaks for it is filled in."""
    pair_features(live, one, two, of)
    odds = log_odds(trees, of.row) + own_words_odds(of.row) + other_words_odds(of.row)
    odds += theme_odds(of.row) + own_odds(of.row)
    return odds + name_odds(of.row) + time_odds_of_both(live, of) + said_odds_of_both(live, of)


@njit(cache=True)
def merge(
    live: Live, trees: Trees, first: int, past: int, near: Near, of: Pair, merged: Any
) -> Any:
    """Merge stories near articles number ``first`` to ``past`` that surely are one. Fills
    ``merged`` with (story, into); how many."""
    pairs, slots = nearby(live, first, past, near)
    count = 0
    for k in range(pairs.shape[0]):
        one, two, language = pairs[k]
        # Either may have been merged since.
        for j in range(count):
            if merged[j, 0] == one:
                one = merged[j, 1]
            if merged[j, 0] == two:
                two = merged[j, 1]
        if one == two:
            continue
        a, b = _slot(live, one, slots, language), _slot(live, two, slots, language)
        if a < 0 or b < 0:
            continue
        if odds_of_both(live, trees, a, b, of) >= SURELY_ONE:
            # The older one takes in the younger, so that addresses last.
            if one > two:
                one, two, a, b = two, one, b, a
            pour(live, b, a)
            if live.meta[MIXED]:
                take_in(live, two, one)
            merged[count, 0] = two
            merged[count, 1] = one
            count += 1
    return count


@njit(cache=True)
def asked_again(live: Live, first: int, past: int, near: Near) -> Any:
    """Articles that may belong elsewhere by now: number ``first`` to ``past``, and those of
    other stories that are nearest to them, as what came has shown what else there is."""
    window = live.seq.shape[0]
    rows = np.empty((past - first) * (1 + BESIDE), np.int64)
    count = past - first
    for number in range(first, past):
        rows[number - first] = number % window
    for number in range(first, past):
        start = near.ends[number - first - 1] if number > first else 0
        for _ in range(BESIDE):
            nearest = -1
            for i in range(start, near.ends[number - first]):
                if near.scores[i] < _CLOSE or (
                    nearest >= 0 and near.scores[i] <= near.scores[nearest]
                ):
                    continue
                other = near.articles[i]
                if live.story[other] == live.story[number % window]:
                    continue
                known = False
                for j in range(count):
                    known = known or rows[j] == other
                if not known:
                    nearest = i
            if nearest < 0:
                break
            rows[count] = near.articles[nearest]
            count += 1
    return rows[:count]


@njit(cache=True)
def move(
    live: Live,
    trees: Trees,
    first: int,
    past: int,
    near: Near,
    out: Candidates,
    moved: Any,
) -> Any:
    """Move articles number ``first`` to ``past``, and those nearest to them, that more surely
    belong elsewhere by now.

    A founder stays with its story; one that is alone takes its story along. Fills ``moved``
    with (article or story that ended, into, whether it is a story that ended); how many.
    """
    rows = asked_again(live, first, past, near)
    slots, odds = out.slots, out.odds
    moves = 0
    for at in range(rows.shape[0]):
        row = rows[at]
        slot = live.story[row]
        founder = live.founder[slot] == live.seq[row]
        if live.filled[row] == 0 or (founder and many(live, slot) > 1):
            continue
        if at < past - first:
            start = near.ends[at - 1] if at > 0 else 0
            articles, scores = (
                near.articles[start : near.ends[at]],
                near.scores[start : near.ends[at]],
            )
        else:
            count = gather(live, row, live.near, live.near_score)
            articles, scores = live.near[:count], live.near_score[:count]
        found = weigh(live, trees, row, articles, scores, out)
        here = -1.0 if live.size[slot] > 1 else 0.0
        best = -1
        for i in range(found):
            if slots[i] == slot:
                here = odds[i]
            elif best < 0 or odds[i] > odds[best]:
                best = i
        if best < 0 or odds[best] < max(SURE, here) + RELUCTANCE:
            continue
        into = slots[best]
        take(live, row)
        put(live, row, into, -1)
        moved[moves, 0] = live.seq[row]
        moved[moves, 1] = live.founder[into]
        moved[moves, 2] = founder
        moves += 1
    return moves


@njit(cache=True)
def halves(live: Live, slot: int, rows: Any, second: Any) -> Any:
    """The two parts that a story most nearly falls into: its articles in order of arrival, and
    which of them are of the part without the founder. How many articles there are.

    The two least alike are the seeds; each other article, in order of arrival, joins the part
    that it is nearer to on the mean.
    """
    count = 0
    row = live.first[slot]
    while row != -1 and count < rows.shape[0]:
        rows[count] = row
        count += 1
        row = live.after[row]
    alike = np.ones((count, count), np.float64)
    least = 2.0
    one, two = 0, 1
    for i in range(count):
        square = float(live.square[rows[i]])
        ask(live, rows[i])
        for j in range(i):
            product = float(dot(live, rows[j]))
            alike[i, j] = product / (math.sqrt(square * float(live.square[rows[j]])) + 1e-9)
            alike[j, i] = alike[i, j]
            if alike[i, j] < least:
                least = alike[i, j]
                one, two = j, i
        unask(live, rows[i])
    part = np.full(count, -1, np.int8)
    part[one] = 0
    part[two] = 1
    for i in range(count):
        if part[i] >= 0:
            continue
        near = np.zeros(2)
        many = np.zeros(2)
        for j in range(count):
            if part[j] >= 0:
                near[part[j]] += alike[i, j]
                many[part[j]] += 1
        part[i] = 1 if near[1] / many[1] > near[0] / many[0] else 0
    for i in range(count):
        second[i] = part[i] != part[0]
    return count


@njit(cache=True)
def part(live: Live, row: int, rows: Any, second: Any) -> Any:
    """Part the story of an article in two, if it is the story's newest and both parts have two
    articles or more; the story of the younger part, founded by its first article, else -1."""
    slot = live.story[row]
    size = live.size[slot]
    if live.last[slot] != row or size < SMALLEST or size > LARGEST:
        return -1  # its newest article asks for all
    if live.seq[live.first[slot]] != live.founder[slot]:
        return -1
    count = halves(live, slot, rows, second)
    younger = 0
    for i in range(count):
        younger += second[i]
    if younger < 2 or count - younger < 2:
        return -1
    other = -1
    for i in range(count):
        if second[i]:
            if other < 0:
                other = open_story(live, live.seq[rows[i]])
            take(live, rows[i])
            put(live, rows[i], other, -1)
    return other


@njit(cache=True)
def split(
    live: Live, trees: Trees, first: int, past: int, of: Pair, merged: Any, moved: Any
) -> Any:
    """Split stories of articles number ``first`` to ``past`` that surely are two. The younger
    part is a story of its own, by its first article; not if that founded one that was only now
    ``merged``. Fills ``moved`` with (seq, story); how many."""
    window = live.seq.shape[0]
    rows = np.empty(LARGEST, np.int64)
    second = np.empty(LARGEST, np.bool_)
    moves = 0
    for number in range(first, past):
        slot = live.story[number % window]
        other = part(live, number % window, rows, second)
        if other < 0:
            continue
        odds = odds_of_both(live, trees, slot, other, of)
        founder = live.founder[other]
        known = False
        for j in range(merged.shape[0]):
            known = known or merged[j, 0] == founder
        if known or odds > SURELY_TWO:
            pour(live, other, slot)
            continue
        row = live.first[other]
        while row != -1:
            moved[moves, 0] = live.seq[row]
            moved[moves, 1] = founder
            moves += 1
            row = live.after[row]
    return moves


def repair(live: Live, trees: Forests, out: Candidates, seq: int) -> tuple[Change, ...]:
    """Look again at the newest articles, if a repair is due before article ``seq``: what changed,
    in the order in which it did."""
    count = int(live.meta[COUNT])
    if count == 0 or live.seq[(count - 1) % len(live.seq)] // EVERY == seq // EVERY:
        return ()
    first, past = last_numbers(live, EVERY)
    near = look_around(live, first, past)
    of = pair()
    merged = np.empty(((_NEAR + NEAREST) * (past - first), 2), np.int64)
    merges = int(merge(live, trees.merge, first, past, near, of, merged))
    merges = int(unite(live, first, past, near.sensed, merged, merges))
    parted = np.empty(((past - first) * LARGEST, 2), np.int64)
    parts = int(split(live, trees.split, first, past, of, merged[:merges], parted))
    moved = np.empty(((1 + BESIDE) * (past - first), 3), np.int64)
    moves = int(move(live, trees.join, first, past, near, out, moved))
    return (
        *(Merged(story, into) for story, into in merged[:merges].tolist()),
        *(Moved(article, into) for article, into in parted[:parts].tolist()),
        *((Merged if ended else Moved)(who, into) for who, into, ended in moved[:moves].tolist()),
    )
