"""Placing an article into a story: find candidates, weigh them, join the best or found one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backstory.group.decision import (
    FEATURES,
    Trees,
    ask,
    features,
    log_odds,
    margins,
    span,
    span_odds,
    theme_odds,
    time_odds,
    unask,
)
from backstory.group.live import CANDIDATES, LINKS, Live, index, open_story, put
from backstory.group.near import choose, gather

_WIDTH = len(FEATURES)
SURE = 0.3  # log-odds from which an article joins a story


@njit(cache=True)
def weigh(
    live: Live,
    trees: Trees,
    row: int,
    near: Any,
    scores: Any,
    slots: Any,
    links: Any,
    table: Any,
    odds: Any,
) -> Any:
    """Fill in the stories of the articles near one (``gather``), what speaks for them, and
    their log-odds."""
    link_scores = np.zeros((slots.shape[0], links.shape[1]), np.int32)
    found = choose(live, near, scores, slots, links, link_scores)
    if found == 0:
        return 0
    ask(live, row)
    for i in range(found):
        features(live, row, slots[i], links[i], table[i])
    unask(live, row)
    margins(table, found)
    for i in range(found):
        odds[i] = (
            log_odds(trees, table[i])
            + theme_odds(table[i])
            + time_odds(live, row, slots[i], links[i])
            + span_odds(span(live, row, slots[i]))
        )
    return found


@njit(cache=True)
def place(live: Live, trees: Trees, row: int) -> Any:
    """Put the newest article into a story; the story's founder."""
    slots = np.empty(CANDIDATES, np.int32)
    links = np.empty((CANDIDATES, LINKS), np.int32)
    table = np.empty((CANDIDATES, _WIDTH), np.float64)
    odds = np.empty(CANDIDATES, np.float64)
    count = gather(live, row, live.near, live.near_score)
    near, scores = live.near[:count], live.near_score[:count]
    found = weigh(live, trees, row, near, scores, slots, links, table, odds)
    best = -1
    for i in range(found):
        if odds[i] >= SURE and (
            best < 0
            or odds[i] > odds[best]
            or (odds[i] == odds[best] and live.founder[slots[i]] < live.founder[slots[best]])
        ):
            best = i
    slot = slots[best] if best >= 0 else open_story(live, live.seq[row])
    put(live, row, slot)
    index(live, row)
    return live.founder[slot]
