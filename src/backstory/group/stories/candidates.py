"""Finding the stories near an article: through the newest articles of its heaviest terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Integers
from backstory.group.stories.window import (
    APART,
    ASKED,
    BEHIND,
    BLOCK,
    DEPTH,
    FAINT,
    MOST_CANDIDATES,
    NO_TIME,
    POSTING_WEIGHT,
    Live,
    minutes_apart,
)


@nopython
def oldest_number(live: Live, row: int) -> int:
    """The number of an article before which all have left the window or are too far in time
    from another."""
    count = live.counts.articles
    window = live.articles.shape[0]
    low, high = max(0, count - window), count - 1
    if live.articles[row].minute != NO_TIME:
        earliest = live.articles[row].minute - APART - 1439 * live.articles[row].day_only
        while low < high:
            middle = (low + high) >> 1
            if live.order[middle % window].latest < earliest:
                low = middle + 1
            else:
                high = middle
    return low


@nopython
def gather(live: Live, row: int, articles: Integers, scores: NDArray[np.int32]) -> int:
    """Fill in the articles that share heavy terms with one, none too far in time or of another
    language, and about how much, if that is more than next to nothing; how many."""
    vector, scores_of = live.vectors[row], live.scratch.score
    mask = live.articles.shape[0] - 1
    newest = live.counts.articles - 1
    back = newest - oldest_number(live, row)
    touched = 0
    left = MOST_CANDIDATES
    for i in range(min(ASKED, vector.filled)):
        term = live.terms[vector.terms[i]]
        weight = np.int32(vector.weights[i])
        block = term.newest
        posted = term.posted
        # An article that left the window was its terms' oldest: what is held is in the window.
        many = min(DEPTH, left, term.frequency)
        for _ in range(many):
            posted -= 1
            at = posted & (BLOCK - 1)
            posting = live.blocks[block].postings[at]
            if at == 0:
                block = live.blocks[block].older
            other = np.int64(posting >> POSTING_WEIGHT)
            if (newest - other) & mask > back:
                break
            left -= 1
            score = scores_of[other]
            articles[touched] = other  # overwritten unless it is new: no branch to foretell
            touched += score == 0
            scores_of[other] = score + weight * (posting & np.int32((1 << POSTING_WEIGHT) - 1))
    found = 0
    for i in range(touched):
        other = articles[i]
        score = scores_of[other]
        scores_of[other] = 0
        if (
            score >= FAINT
            and other != row
            and live.articles[other].language == live.articles[row].language
            and minutes_apart(live, row, other) <= APART
        ):
            articles[found] = other
            scores[found] = score
            found += 1
    return found


@nopython
def choose(
    live: Live,
    articles: Integers,
    scores: NDArray[np.int32],
    slots: Integers,
    links: Integers,
    link_scores: NDArray[np.int32],
) -> int:
    """The stories of articles that ``gather`` found, those with the closest article first.

    Fills ``slots`` (CANDIDATES,), ``links`` (CANDIDATES, LINKS) with the closest articles of
    each, -1 where there are fewer, and ``link_scores`` with about how close. How many stories.
    """
    best, touched = live.scratch.best, live.scratch.touched
    stories = 0
    for i in range(articles.shape[0]):
        slot = live.articles[articles[i]].story
        if best[slot] == 0:
            touched[stories] = slot
            stories += 1
        best[slot] = max(best[slot], scores[i])
    found = 0
    for i in range(stories):
        slot = touched[i]
        if found == slots.shape[0]:
            last = slots[found - 1]
            if not _closer(live, slot, last):
                continue
        else:
            found += 1
        j = found - 1
        while j > 0 and _closer(live, slot, slots[j - 1]):
            slots[j] = slots[j - 1]
            j -= 1
        slots[j] = slot
    # Those far behind the nearest cost time and are never it.
    while found > 0 and best[slots[found - 1]] < BEHIND * best[slots[0]]:
        found -= 1
    for i in range(stories):
        best[touched[i]] = 0
    for i in range(found):
        best[slots[i]] = i + 1
        for j in range(links.shape[1]):
            links[i, j] = -1
            link_scores[i, j] = 0
    for i in range(articles.shape[0]):
        slot = live.articles[articles[i]].story
        if best[slot] > 0:
            at = best[slot] - 1
            j = links.shape[1] - 1
            if scores[i] > link_scores[at, j]:
                while j > 0 and scores[i] > link_scores[at, j - 1]:
                    links[at, j] = links[at, j - 1]
                    link_scores[at, j] = link_scores[at, j - 1]
                    j -= 1
                links[at, j] = articles[i]
                link_scores[at, j] = scores[i]
    for i in range(found):
        best[slots[i]] = 0
    return found


@nopython
def _closer(live: Live, slot: int, other: int) -> bool:
    mine, its = int(live.scratch.best[slot]), int(live.scratch.best[other])
    if mine != its:
        return mine > its
    return live.stories[slot].founder < live.stories[other].founder
