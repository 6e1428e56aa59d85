"""Stories across languages, where an embedder is on: by what articles mean.

A story is made of monolingual clusters, one for each of its languages: the terms of two languages
are not alike, so each cluster is grouped as a story of one language is, and clusters are one story
where they have one founder. Everything here counts whole numbers in the order of arrival, so that a
restart finds the same.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.meaning import SPREAD
from backstory.group.stories.candidates import oldest_number
from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Integers, value
from backstory.group.stories.score import AT_ONCE, PER_DAY
from backstory.group.stories.window import (
    APART,
    NEAREST,
    NO_TIME,
    Live,
    merge_into,
    minutes_apart,
    open_story,
)
from backstory.model.vector import NAME, NUMBER

_SAMPLE = 8  # newest articles of a cluster that stand for its meaning
# Across languages meaning is nearly all there is; in round numbers, with olympics-stream in view:
ABROAD, PER_ABROAD = 0.62, 12.0  # likeness to the closest that says nothing; log-odds a unit
ABROAD_MEAN, PER_ABROAD_MEAN = 0.4, 8.0  # and on the mean
PER_NAME, MOST_NAMES = 0.5, 3  # log-odds for each name or number that both have, up to so many
AGREED = 0.4  # likeness of the closest, of one language, in stories that another says are one
UNRELATED = 50  # articles of no likeness that are thought into every window


def with_size(live: Live, size: int) -> Live:
    """The same with room for meanings of this size. ValueError: it has others already."""
    if live.meaning.shape[1] == size:
        return live
    if live.meaning.shape[1]:
        raise ValueError(f"a meaning of {size} numbers among those of {live.meaning.shape[1]}")
    return live._replace(
        meaning=np.zeros((live.articles.shape[0], size), np.int8),
        meant_sum=np.zeros(size, np.int64),
    )


def enter(live: Live, meaning: NDArray[np.int8] | None) -> None:
    """Take down the meaning of the article that comes next, if it has one, where the window's
    oldest leaves."""
    row = value(live.counts, "articles") % len(live.articles)
    if live.meant[row]:
        live.meant_sum[:] -= live.meaning[row]
        live.meant[row] = 0
        live.counts.meant -= 1
    if meaning is None or not meaning.any():
        return
    wide = meaning.astype(np.int64)
    live.meaning[row] = meaning
    live.meant[row] = int(wide @ wide)
    live.meant_sum[:] += wide
    live.counts.meant += 1


# ------------------------------------------------------------------ how alike


@nopython
def _product(live: Live, row: int, other: int) -> int:
    total = 0
    for j in range(live.meaning.shape[1]):
        total += int(live.meaning[row, j]) * int(live.meaning[other, j])
    return total


@nopython
def usual(live: Live, row: int) -> float:
    """The mean cosine of an article to the others of the window, and some that are not there."""
    total = -live.meant[row]
    for j in range(live.meaning.shape[1]):
        total += live.meaning[row, j] * live.meant_sum[j]
    length = SPREAD * math.sqrt(float(live.meaning.shape[1]))
    mean = total / (
        math.sqrt(float(live.meant[row])) * length * (live.counts.meant - 1 + UNRELATED)
    )
    return min(0.9, float(mean))


@nopython
def _beyond(cosine: float, usual_of_both: float) -> float:
    """A cosine as what it is beyond the usual: 0 there, 1 for the same meaning."""
    return (cosine - usual_of_both) / (1.0 - usual_of_both)


@nopython
def alike(live: Live, row: int, other: int, usual_of_row: float) -> float:
    """How alike two articles are in meaning, beyond what is usual."""
    cosine = _product(live, row, other) / math.sqrt(float(live.meant[row] * live.meant[other]))
    return _beyond(cosine, 0.5 * (usual_of_row + usual(live, other)))


@nopython
def nearest_neighbours(live: Live, row: int, out: Integers) -> None:
    """Fill in the articles of other languages that are nearest in meaning, none too far in time,
    -1 where there are fewer. ``out``: (NEAREST,)."""
    for j in range(NEAREST):
        out[j] = -1
        live.scratch.neighbour_scores[j] = -(2.0**30)
    if live.meant[row] == 0:
        return
    window = live.articles.shape[0]
    scores = live.scratch.neighbour_scores
    for number in range(oldest_number(live, row), live.counts.articles):
        other = number % window
        if (
            live.meant[other] == 0
            or live.articles[other].language == live.articles[row].language
            or minutes_apart(live, row, other) > APART
        ):
            continue
        score = _product(live, row, other) / math.sqrt(float(live.meant[other]))
        j = NEAREST - 1
        if score <= scores[j]:
            continue
        while j > 0 and score > scores[j - 1]:
            scores[j] = scores[j - 1]
            out[j] = out[j - 1]
            j -= 1
        scores[j] = score
        out[j] = other


@nopython
def likeness(live: Live, row: int, slot: int, neighbours: Integers) -> tuple[bool, float, float]:
    """Whether an article and a cluster have a meaning; and how alike they are, in the article's
    closest of the cluster and, on the mean, in the cluster's newest."""
    if live.meant[row] == 0:
        return False, 0.0, 0.0
    mine = usual(live, row)
    best = -1.0
    total = 0.0
    count = 0
    other = live.stories[slot].last
    while other != -1 and count < _SAMPLE:
        if other != row and live.meant[other]:
            found = alike(live, row, other, mine)
            best = max(best, found)
            total += found
            count += 1
        other = live.order[other].before
    if count == 0:
        return False, 0.0, 0.0
    for i in range(neighbours.shape[0]):
        if neighbours[i] >= 0 and live.articles[neighbours[i]].story == slot:
            best = max(best, alike(live, row, neighbours[i], mine))
    return True, best, total / count


@nopython
def likeness_of_both(live: Live, one: int, two: int) -> tuple[bool, float, float]:
    """The same of two clusters: the closest pair of their newest and the mean of all pairs."""
    best = -1.0
    total = 0.0
    count = 0
    row = live.stories[one].last
    seen = 0
    while row != -1 and seen < _SAMPLE // 2:
        if live.meant[row]:
            seen += 1
            mine = usual(live, row)
            other = live.stories[two].last
            met = 0
            while other != -1 and met < _SAMPLE // 2:
                if live.meant[other]:
                    met += 1
                    found = alike(live, row, other, mine)
                    best = max(best, found)
                    total += found
                    count += 1
                other = live.order[other].before
        row = live.order[row].before
    if count == 0:
        return False, 0.0, 0.0
    return True, best, total / count


# ------------------------------------------------------------------ across languages


@nopython
def cluster(live: Live, founder: int, language: int) -> int:
    """The cluster of a story in a language, -1 without one."""
    for slot in range(live.stories.shape[0]):
        if (
            live.stories[slot].founder == founder
            and live.stories[slot].count > 0
            and live.articles[live.stories[slot].last].language == language
        ):
            return slot
    return -1


@nopython
def many(live: Live, slot: int) -> int:
    """How many articles the story of a cluster has in all its languages."""
    if live.counts.mixed == 0:
        return live.stories[slot].count
    total = 0
    for other in range(live.stories.shape[0]):
        if live.stories[other].founder == live.stories[slot].founder:
            total += live.stories[other].count
    return total


@nopython
def take_in(live: Live, founder: int, into: int) -> None:
    """Bring all clusters of a story into another, each to that of its language if there is one."""
    for slot in range(live.stories.shape[0]):
        if live.stories[slot].count > 0 and live.stories[slot].founder == founder:
            other = cluster(live, into, live.articles[live.stories[slot].last].language)
            if other >= 0:
                merge_into(live, slot, other)
            else:
                live.stories[slot].founder = into


@nopython
def _agree(live: Live, one: int, two: int) -> bool:
    """Whether two stories can be one for all that their clusters of one language say."""
    for slot in range(live.stories.shape[0]):
        if live.stories[slot].founder != one or live.stories[slot].count == 0:
            continue
        other = cluster(live, two, live.articles[live.stories[slot].last].language)
        if other >= 0:
            known, best, _ = likeness_of_both(live, slot, other)
            if not known or best < AGREED:
                return False
    return True


@nopython
def _names(live: Live, row: int, other: int) -> int:
    """How many names and numbers two articles share."""
    count = 0
    for i in range(live.vectors[row].filled):
        if live.vectors[row].marks[i] & (NAME | NUMBER):
            for j in range(live.vectors[other].filled):
                if live.vectors[other].terms[j] == live.vectors[row].terms[i]:
                    count += 1
                    break
    return min(count, MOST_NAMES)


@nopython
def _time(live: Live, row: int, other: int) -> float:
    if live.articles[row].minute == NO_TIME or live.articles[other].minute == NO_TIME:
        return 0.0
    exact = not live.articles[row].day_only and not live.articles[other].day_only
    return (AT_ONCE if exact else 0.0) - PER_DAY * minutes_apart(live, row, other) / 1440.0


@nopython
def cross_lingual_odds(live: Live, row: int, other: int, closest: float, mean: float) -> float:
    """The log-odds that an article is of the story of another in another language, whose
    likeness is ``closest`` and ``mean``."""
    return (
        PER_ABROAD * (closest - ABROAD)
        + PER_ABROAD_MEAN * (mean - ABROAD_MEAN)
        + PER_NAME * _names(live, row, other)
        + _time(live, row, other)
    )


@nopython
def cross_lingual(live: Live, row: int, neighbours: Integers) -> int:
    """A new cluster for an article, in a story of other languages that it surely is of; else -1."""
    best, best_odds = -1, 0.0
    for i in range(neighbours.shape[0]):
        other = neighbours[i]
        if other < 0:
            continue
        slot = live.articles[other].story
        known, closest, mean = likeness(live, row, slot, neighbours)
        if not known:
            continue
        odds = cross_lingual_odds(live, row, other, closest, mean)
        if odds < best_odds or (
            odds == best_odds and best >= 0 and live.stories[slot].founder >= best
        ):
            continue
        mine = cluster(live, live.stories[slot].founder, live.articles[row].language)
        if mine >= 0:
            known, closest, _ = likeness(live, row, mine, neighbours)
            if not known or closest < AGREED:
                continue
        best, best_odds = live.stories[slot].founder, odds
    if best < 0:
        return -1
    mine = cluster(live, best, live.articles[row].language)
    if mine >= 0:
        return mine
    live.counts.mixed = 1
    return open_story(live, best)


@nopython
def unite(
    live: Live, first: int, past: int, neighbours: Integers, merged: Integers, count: int
) -> int:
    """Make stories of different languages one where an article number ``first`` to ``past`` is
    surely of both. Fills ``merged`` with (story, into) from ``count`` on; how many there are."""
    window = live.articles.shape[0]
    for number in range(first, past):
        row = number % window
        for i in range(neighbours.shape[1]):
            other = neighbours[number - first, i]
            if other < 0:
                continue
            slot, foreign = live.articles[row].story, live.articles[other].story
            one, two = live.stories[slot].founder, live.stories[foreign].founder
            if one == two:
                continue
            known, closest, mean = likeness_of_both(live, slot, foreign)
            if not known or cross_lingual_odds(live, row, other, closest, mean) < 0.0:
                continue
            if not _agree(live, one, two):
                continue
            live.counts.mixed = 1
            # The older one takes in the younger, so that addresses last.
            one, two = min(one, two), max(one, two)
            take_in(live, two, one)
            merged[count, 0] = two
            merged[count, 1] = one
            count += 1
    return count
