"""A story in two: which of its articles would be of each, if it is two."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backstory.group.stories.evidence import ask, dot, unask
from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Floats, Integers
from backstory.group.stories.window import NONE, Live, open_story, put, take

SMALLEST, LARGEST = 4, 96  # articles of a story that may be split


class Parts(NamedTuple):
    """The articles of a story, in two. Filled in again for each."""

    rows: Integers  # articles in order of arrival
    second: NDArray[np.bool_]  # whether each is of the part without the founder
    of: NDArray[np.int8]  # scratch: which part each is of, -1 for none yet
    alike: Floats  # and how alike each two are


def parts() -> Parts:
    """None yet."""
    return Parts(
        np.empty(LARGEST, np.int64),
        np.empty(LARGEST, np.bool_),
        np.empty(LARGEST, np.int8),
        np.empty((LARGEST, LARGEST), np.float64),
    )


@nopython
def halves(live: Live, slot: int, out: Parts) -> int:
    """Fill in the two parts that a story most nearly falls into: its articles in order of arrival,
    and which of them are of the part without the founder. How many articles there are.

    The two least alike are the seeds; each other article, in order of arrival, joins the part
    that it is nearer to on the mean.
    """
    rows, alike, of = out.rows, out.alike, out.of
    count = 0
    row = live.stories[slot].first
    while row != -1 and count < rows.shape[0]:
        rows[count] = row
        count += 1
        row = live.order[row].after
    least = 2.0
    one, two = 0, 1
    for i in range(count):
        square = float(live.vectors[rows[i]].square)
        ask(live, rows[i])
        for j in range(i):
            product = float(dot(live, rows[j]))
            alike[i, j] = product / (math.sqrt(square * float(live.vectors[rows[j]].square)) + 1e-9)
            alike[j, i] = alike[i, j]
            if alike[i, j] < least:
                least = alike[i, j]
                one, two = j, i
        unask(live, rows[i])
    for i in range(count):
        of[i] = -1
    of[one] = 0
    of[two] = 1
    for i in range(count):
        if of[i] >= 0:
            continue
        near_one = near_two = 0.0
        ones = twos = 0
        for j in range(count):
            if of[j] == 0:
                near_one += alike[i, j]
                ones += 1
            elif of[j] == 1:
                near_two += alike[i, j]
                twos += 1
        of[i] = 1 if near_two / twos > near_one / ones else 0
    for i in range(count):
        out.second[i] = of[i] != of[0]
    return count


@nopython
def part(live: Live, row: int, out: Parts) -> int:
    """Part the story of an article in two, if it is the story's newest and both parts have two
    articles or more; the story of the younger part, founded by its first article, else -1."""
    slot = live.articles[row].story
    size = live.stories[slot].count
    if live.stories[slot].last != row or size < SMALLEST or size > LARGEST:
        return -1  # its newest article asks for all
    if live.order[live.stories[slot].first].seq != live.stories[slot].founder:
        return -1
    count = halves(live, slot, out)
    rows, second = out.rows, out.second
    younger = 0
    for i in range(count):
        younger += second[i]
    if younger < 2 or count - younger < 2:
        return -1
    other = -1
    for i in range(count):
        if second[i]:
            if other < 0:
                other = open_story(live, live.order[rows[i]].seq)
            take(live, rows[i])
            put(live, rows[i], other, NONE)
    return other
