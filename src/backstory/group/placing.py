"""Placing an article into a story: find candidates, weigh them, join the best or found one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from backstory.group.decision import (
    FEATURES,
    Trees,
    ask,
    day_odds,
    features,
    log_odds,
    margins,
    span,
    span_odds,
    theme_odds,
    time_odds,
    unask,
)
from backstory.group.live import (
    CANDIDATES,
    LINKS,
    Live,
    enter,
    index,
    open_story,
    put,
)
from backstory.group.meaning import abroad, room, sense, sense_odds, widen
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
    sensed: Any,
) -> Any:
    """Fill in the stories of the articles near one (``gather`` and ``sense``), what speaks for
    them, and their log-odds."""
    link_scores = np.zeros((slots.shape[0], links.shape[1]), np.int32)
    found = choose(live, near, scores, slots, links, link_scores)
    found = widen(live, row, slots, links, found, sensed)
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
            + day_odds(live, row, links[i])
            + sense_odds(live, row, slots[i], sensed)
        )
    return found


@njit(cache=True)
def place(
    live: Live,
    trees: Trees,
    seq: int,
    terms: Any,
    weights: Any,
    flags: Any,
    minute: int,
    day_only: bool,
    language: int,
    length: int,
) -> Any:
    """Make an article the newest of the window and put it into a story; the story's founder."""
    row = enter(live, seq, terms, weights, flags, minute, day_only, language, length)
    slots = np.empty(CANDIDATES, np.int64)
    links = np.empty((CANDIDATES, LINKS), np.int64)
    table = np.empty((CANDIDATES, _WIDTH), np.float64)
    odds = np.empty(CANDIDATES, np.float64)
    count = gather(live, row, live.near, live.near_score)
    near, scores = live.near[:count], live.near_score[:count]
    sensed = np.empty(room(live), np.int64)
    sense(live, row, sensed)
    found = weigh(live, trees, row, near, scores, slots, links, table, odds, sensed)
    best = -1
    for i in range(found):
        if odds[i] >= SURE and (
            best < 0
            or odds[i] > odds[best]
            or (odds[i] == odds[best] and live.founder[slots[i]] < live.founder[slots[best]])
        ):
            best = i
    slot = slots[best] if best >= 0 else abroad(live, row, sensed)
    if slot < 0:
        slot = open_story(live, live.seq[row])
    put(live, row, slot, -1)
    index(live, row)
    return live.founder[slot]
