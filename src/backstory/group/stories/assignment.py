"""Placing an article into a story: find candidates, weigh them, join the best or found one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backstory.group.stories.bigrams import bigram_odds
from backstory.group.stories.candidates import choose, gather
from backstory.group.stories.evidence import FEATURES, ask, features, margins, unask
from backstory.group.stories.languages import cross_lingual, nearest_neighbours
from backstory.group.stories.nopython import entry, nopython
from backstory.group.stories.records import Floats, Integers
from backstory.group.stories.rules import other_words_odds, own_words_odds
from backstory.group.stories.score import (
    Trees,
    day_odds,
    log_odds,
    name_odds,
    span,
    span_odds,
    theme_odds,
    time_odds,
)
from backstory.group.stories.window import (
    CANDIDATES,
    LINKS,
    NEAREST,
    NONE,
    Arrival,
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

    slots: Integers  # (CANDIDATES,)
    links: Integers  # (CANDIDATES, LINKS): the closest articles of each, -1 where there are fewer
    scores: NDArray[np.int32]  # and about how close they are
    table: Floats  # (CANDIDATES, len(FEATURES)): what speaks for each
    odds: Floats  # its log-odds
    neighbours: Integers  # those nearest in meaning, of other languages: see ``nearest_neighbours``


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


@nopython
def weigh(
    live: Live,
    trees: Trees,
    row: int,
    articles: Integers,
    scores: NDArray[np.int32],
    out: Candidates,
) -> int:
    """Fill in the stories of the articles near one, as ``gather`` found them: what speaks for
    them, and their log-odds; how many."""
    slots, links, table = out.slots, out.links, out.table
    found = choose(live, articles, scores, slots, links, out.scores)
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


@nopython
def surest(live: Live, out: Candidates, found: int) -> int:
    """Which of the candidates that ``weigh`` filled in an article joins, -1 for none."""
    slots, odds = out.slots, out.odds
    best = -1
    for i in range(found):
        if odds[i] >= SURE and (
            best < 0
            or odds[i] > odds[best]
            or (
                odds[i] == odds[best]
                and live.stories[slots[i]].founder < live.stories[slots[best]].founder
            )
        ):
            best = i
    return best


@entry
def assign(live: Live, trees: Trees, out: Candidates, arrival: Arrival) -> int:
    """Make an article the newest of the window and put it into a story; the story's founder."""
    row = enter(live, arrival)
    count = gather(live, row, live.scratch.candidate_articles, live.scratch.candidate_scores)
    nearest_neighbours(live, row, out.neighbours)
    articles, scores = (
        live.scratch.candidate_articles[:count],
        live.scratch.candidate_scores[:count],
    )
    best = surest(live, out, weigh(live, trees, row, articles, scores, out))
    slot = out.slots[best] if best >= 0 else cross_lingual(live, row, out.neighbours)
    if slot < 0:
        slot = open_story(live, live.order[row].seq)
    put(live, row, slot, NONE)
    index(live, row)
    return live.stories[slot].founder


@entry
def restore(live: Live, arrival: Arrival, founder: int, slot: int) -> int:
    """Make an article the newest of the window, in the story of ``founder``: in the place ``slot``
    if that is still its. The place that the story has."""
    row = enter(live, arrival)
    if slot < 0 or live.stories[slot].count == 0 or live.stories[slot].founder != founder:
        slot = open_story(live, founder)
    put(live, row, slot, NONE)
    index(live, row)
    return slot
