"""Finding the stories near an article: through the newest articles of its heaviest terms."""

from __future__ import annotations

from typing import Any

import numpy as np

from backstory.group.stories.nopython import lean
from backstory.group.stories.window import (
    APART,
    ASKED,
    BEHIND,
    COUNT,
    DEPTH,
    FAINT,
    LEAF,
    MOST_NEAR,
    NEWEST,
    NO_TIME,
    POSTED,
    POSTING_WEIGHT,
    Live,
    minutes_apart,
)


@lean
def oldest_number(live: Live, row: int) -> Any:
    """The number of an article before which all have left the window or are too far in time
    from another."""
    count = live.meta[COUNT]
    window = live.seq.shape[0]
    low, high = max(0, count - window), count - 1
    if live.minute[row] != NO_TIME:
        flood = np.int64(live.minute[row]) - APART - 1439 * live.day_only[row]
        while low < high:
            middle = (low + high) >> 1
            if live.tide[middle % window] < flood:
                low = middle + 1
            else:
                high = middle
    return low


@lean
def gather(live: Live, row: int, near: Any, scores: Any) -> Any:
    """Fill in the articles that share heavy terms with one, none too far in time or of another
    language, and about how much, if that is more than next to nothing; how many."""
    mask = live.seq.shape[0] - 1
    newest = live.meta[COUNT] - 1
    back = newest - oldest_number(live, row)
    touched = 0
    left = MOST_NEAR
    for i in range(min(ASKED, live.filled[row])):
        term = live.terms[row, i]
        weight = np.int32(live.weights[row, i])
        leaf = live.shelf[term, NEWEST]
        posted = live.shelf[term, POSTED]
        # An article that left the window was its terms' oldest: what is held is in the window.
        many = min(DEPTH, left, live.held[term])
        for _ in range(many):
            posted -= 1
            at = posted & (LEAF - 1)
            posting = live.postings[leaf, at]
            if at == 0:
                leaf = live.beside[leaf, 0]
            other = np.int64(posting >> POSTING_WEIGHT)
            if (newest - other) & mask > back:
                break
            left -= 1
            score = live.score[other]
            near[touched] = other  # overwritten unless it is new: no branch to foretell
            touched += score == 0
            live.score[other] = score + weight * (posting & np.int32((1 << POSTING_WEIGHT) - 1))
    found = 0
    for i in range(touched):
        other = near[i]
        score = live.score[other]
        live.score[other] = 0
        if (
            score >= FAINT
            and other != row
            and live.language[other] == live.language[row]
            and minutes_apart(live, row, other) <= APART
        ):
            near[found] = other
            scores[found] = score
            found += 1
    return found


@lean
def choose(live: Live, near: Any, scores: Any, slots: Any, links: Any, link_scores: Any) -> Any:
    """The stories of articles that ``gather`` found, those with the closest article first.

    Fills ``slots`` (CANDIDATES,), ``links`` (CANDIDATES, LINKS) with the closest articles of
    each, -1 where there are fewer, and ``link_scores`` with about how close. How many stories.
    """
    stories = 0
    for i in range(near.shape[0]):
        slot = live.story[near[i]]
        if live.best[slot] == 0:
            live.touched_stories[stories] = slot
            stories += 1
        live.best[slot] = max(live.best[slot], scores[i])
    found = 0
    for i in range(stories):
        slot = live.touched_stories[i]
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
    while found > 0 and live.best[slots[found - 1]] < BEHIND * live.best[slots[0]]:
        found -= 1
    for i in range(stories):
        live.best[live.touched_stories[i]] = 0
    for i in range(found):
        live.best[slots[i]] = i + 1
        for j in range(links.shape[1]):
            links[i, j] = -1
            link_scores[i, j] = 0
    for i in range(near.shape[0]):
        slot = live.story[near[i]]
        if live.best[slot] > 0:
            at = live.best[slot] - 1
            j = links.shape[1] - 1
            if scores[i] > link_scores[at, j]:
                while j > 0 and scores[i] > link_scores[at, j - 1]:
                    links[at, j] = links[at, j - 1]
                    link_scores[at, j] = link_scores[at, j - 1]
                    j -= 1
                links[at, j] = near[i]
                link_scores[at, j] = scores[i]
    for i in range(found):
        live.best[slots[i]] = 0
    return found


@lean
def _closer(live: Live, slot: int, other: int) -> Any:
    if live.best[slot] != live.best[other]:
        return live.best[slot] > live.best[other]
    return live.founder[slot] < live.founder[other]
