"""Placing an article into a story: find candidates, weigh them, join the best or found one."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from backstory.group.stories.bigrams import bigram_odds
from backstory.group.stories.candidates import choose, gather
from backstory.group.stories.languages import abroad, sense
from backstory.group.stories.nopython import lean
from backstory.group.stories.rules import other_words_odds, own_words_odds
from backstory.group.stories.score import (
    FEATURES,
    Trees,
    ask,
    day_odds,
    features,
    log_odds,
    margins,
    name_odds,
    span,
    span_odds,
    theme_odds,
    time_odds,
    unask,
)
from backstory.group.stories.window import (
    CANDIDATES,
    LINKS,
    NEAREST,
    Live,
    enter,
    index,
    open_story,
    put,
)

SURE = 0.3  # log-odds from which an article joins a story


class Candidates(NamedTuple):
    """Stories that an article may be of, those with the closest article first. Filled in again
    for each article: beyond those that were found, rows mean nothing."""

    slots: Any  # (CANDIDATES,)
    links: Any  # (CANDIDATES, LINKS): the closest articles of each, -1 where there are fewer
    scores: Any  # and about how close they are
    table: Any  # (CANDIDATES, len(FEATURES)): what speaks for each
    odds: Any  # its log-odds
    sensed: Any  # articles of other languages nearest in meaning: what ``sense`` fills in


def candidates() -> Candidates:
    """None yet."""
    return Candidates(
        np.empty(CANDIDATES, np.int64),
        np.empty((CANDIDATES, LINKS), np.int64),
        np.empty((CANDIDATES, LINKS), np.int32),
        np.empty((CANDIDATES, len(FEATURES)), np.float64),
        np.empty(CANDIDATES, np.float64),
        np.full(NEAREST, -1, np.int64),
    )


@lean
def weigh(live: Live, trees: Trees, row: int, near: Any, scores: Any, out: Candidates) -> Any:
    """Fill in the stories of the articles near one, as ``gather`` found them: what speaks for
    them, and their log-odds; how many."""
    slots, links, table = out.slots, out.links, out.table
    found = choose(live, near, scores, slots, links, out.scores)
    if found == 0:
        return 0
    ask(live, row)
    for i in range(found):
        features(live, row, slots[i], links[i], table[i])
    unask(live, row)
    margins(table, found)
    for i in range(found):
        out.odds[i] = (
            log_odds(trees, table[i])
            + own_words_odds(table[i])
            + other_words_odds(table[i])
            + theme_odds(table[i])
            + name_odds(table[i])
            + time_odds(live, row, slots[i], links[i])
            + span_odds(span(live, row, slots[i]))
            + day_odds(live, row, links[i])
            + bigram_odds(live, row, links[i])
        )
    return found


@lean
def surest(live: Live, out: Candidates, found: int) -> Any:
    """Which of the candidates that ``weigh`` filled in an article joins, -1 for none."""
    slots, odds = out.slots, out.odds
    best = -1
    for i in range(found):
        if odds[i] >= SURE and (
            best < 0
            or odds[i] > odds[best]
            or (odds[i] == odds[best] and live.founder[slots[i]] < live.founder[slots[best]])
        ):
            best = i
    return best


@lean
def place(
    live: Live,
    trees: Trees,
    out: Candidates,
    seq: int,
    terms: Any,
    weights: Any,
    flags: Any,
    bigrams: Any,
    minute: int,
    day_only: bool,
    language: int,
    length: int,
) -> Any:
    """Make an article the newest of the window and put it into a story; the story's founder."""
    row = enter(live, seq, terms, weights, flags, bigrams, minute, day_only, language, length)
    count = gather(live, row, live.near, live.near_score)
    sense(live, row, out.sensed)
    found = weigh(live, trees, row, live.near[:count], live.near_score[:count], out)
    best = surest(live, out, found)
    slot = out.slots[best] if best >= 0 else abroad(live, row, out.sensed)
    if slot < 0:
        slot = open_story(live, live.seq[row])
    put(live, row, slot, -1)
    index(live, row)
    return live.founder[slot]
