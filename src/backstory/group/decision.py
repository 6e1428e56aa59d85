"""Whether an article belongs to a story: what speaks for it, and how much."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from backstory.group.live import Live, minutes_apart, sum_of
from backstory.values import NAME, NUMBER, TITLE

FEATURES = (
    "cosine",  # to the story's sum
    "mean_link",  # mean cosine to its articles
    "best_link",  # to the closest article
    "top_links",  # mean of the three closest
    "contained",  # share of the article that the story has words for
    "link_contained",  # share of the closest article that this one has words for
    "names",  # share of the article's names that the story has, -1 without names
    "link_names",  # share of the closest article's names that this one has
    "title",  # share of the title that the story has
    "link_title",  # share of the closest article's title that this one has
    "numbers",  # share of the numbers that could be shared and are, -1 without
    "shared",  # terms shared with the closest article
    "terms",  # terms of the article
    "size",  # log of the story's articles
    "cohesion",  # mean cosine among the story's articles, -1 for one
    "relative",  # mean link over cohesion, -1 for one
    "length",  # log of words
    "story_length",  # log of the mean words of its articles
    "margin",  # cosine less that of the next candidate
    "link_margin",  # best link less that of the next candidate
    "rank",  # among candidates by best link
)
# The sign of what more of it may do to the answer (0: any).
MONOTONE = (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0)


@njit(cache=True)
def ask(live: Live, row: int) -> None:
    """Lay out the article's weights by term, for ``features``; ``unask`` wipes them."""
    for i in range(live.filled[row]):
        live.asked[live.terms[row, i]] = live.weights[row, i]


@njit(cache=True)
def unask(live: Live, row: int) -> None:
    for i in range(live.filled[row]):
        live.asked[live.terms[row, i]] = 0


@njit(cache=True)
def dot(live: Live, other: int) -> Any:
    """The product of the article asked about with another."""
    total = 0
    for i in range(live.filled[other]):
        total += np.int64(live.asked[live.terms[other, i]]) * live.weights[other, i]
    return total


@njit(cache=True)
def features(live: Live, row: int, slot: int, links: Any, out: Any) -> None:
    """Fill ``out`` but for margins and rank; the article itself does not count as a member."""
    member = live.story[row] == slot
    n = live.size[slot] - member
    square = live.square[row]
    product = 0
    held = 0.0
    name_total = 0.0
    name_held = 0.0
    title_total = 0.0
    title_held = 0.0
    for i in range(live.filled[row]):
        weight = np.int64(live.weights[row, i])
        summed = sum_of(live, slot, live.terms[row, i])
        if member:
            summed -= weight
        product += weight * summed
        heavy = float(weight * weight)
        flags = live.flags[row, i]
        there = summed > 0
        if there:
            held += heavy
        if flags & NAME:
            name_total += heavy
            name_held += heavy * there
        if flags & TITLE:
            title_total += heavy
            title_held += heavy * there
    norm = live.norm[slot]
    own = live.own[slot]
    words = live.words[slot]
    if member:
        norm -= 2 * product + square
        own -= square
        words -= live.length[row]
    size = math.sqrt(float(square))
    out[0] = product / (size * math.sqrt(float(norm)) + 1e-9)
    mean_link = product / (n * size * math.sqrt(own / n) + 1e-9)
    out[1] = mean_link
    closest = links[0]
    total = 0.0
    count = 0
    top = 0.0
    for k in range(links.shape[0]):
        other = links[k]
        if other >= 0:
            cosine = dot(live, other) / (size * math.sqrt(float(live.square[other])) + 1e-9)
            total += cosine
            count += 1
            if cosine > top:
                top = cosine
                closest = other
    out[2] = top
    out[3] = total / max(1, count)
    out[4] = held / square
    out[6] = name_held / name_total if name_total > 0 else -1.0
    out[8] = title_held / title_total if title_total > 0 else -1.0
    held = 0.0
    name_total = 0.0
    name_held = 0.0
    title_total = 0.0
    title_held = 0.0
    shared = 0
    numbers = 0
    same_numbers = 0
    for i in range(live.filled[closest]):
        heavy = float(live.weights[closest, i]) ** 2
        there = live.asked[live.terms[closest, i]] > 0
        flags = live.flags[closest, i]
        if there:
            held += heavy
            shared += 1
        if flags & NAME:
            name_total += heavy
            name_held += heavy * there
        if flags & TITLE:
            title_total += heavy
            title_held += heavy * there
        if flags & NUMBER:
            numbers += 1
            same_numbers += there
    out[5] = held / max(1, live.square[closest])
    out[7] = name_held / name_total if name_total > 0 else -1.0
    out[9] = title_held / title_total if title_total > 0 else -1.0
    mine = 0
    for i in range(live.filled[row]):
        mine += (live.flags[row, i] & NUMBER) > 0
    out[10] = same_numbers / min(mine, numbers) if mine > 0 and numbers > 0 else -1.0
    out[11] = shared
    out[12] = live.filled[row]
    out[13] = math.log(n)
    if n > 1:
        cohesion = (norm - own) / (n - 1.0) / max(1, own)
        out[14] = cohesion
        out[15] = mean_link / max(cohesion, 0.02)
    else:
        out[14] = -1.0
        out[15] = -1.0
    out[16] = math.log(live.length[row] + 1.0)
    out[17] = math.log(words / n + 1.0)


@njit(cache=True)
def margins(table: Any, found: int) -> None:
    """Fill in how each candidate stands to the best of the others."""
    for i in range(found):
        cosine = 0.0
        link = 0.0
        rank = 0
        for j in range(found):
            if j != i:
                cosine = max(cosine, table[j, 0])
                link = max(link, table[j, 2])
                rank += table[j, 2] > table[i, 2]
        table[i, 18] = table[i, 0] - cosine
        table[i, 19] = table[i, 2] - link
        table[i, 20] = rank


@njit(cache=True)
def days_apart(live: Live, row: int, links: Any) -> Any:
    """Days between the article and the nearest in time of its closest articles."""
    nearest = 2**40
    for k in range(links.shape[0]):
        if links[k] >= 0:
            nearest = min(nearest, minutes_apart(live, row, links[k]))
    return nearest / 1440.0


@njit(cache=True)
def belongs(table: Any) -> Any:
    """The log-odds that the article belongs, from its features."""
    return 14.0 * (0.5 * table[0] + 0.5 * table[2] - 0.33)
