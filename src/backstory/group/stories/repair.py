"""Repair: second thoughts on the newest articles and the stories they touched.

Stories that turn out to be one are merged, articles that turn out to belong elsewhere are
moved. Runs at fixed sequence numbers over a fixed number of articles, so the work is bounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backstory.group.stories.assignment import SURE, Candidates, weigh
from backstory.group.stories.candidates import choose, gather
from backstory.group.stories.languages import many, nearest_neighbours, take_in, unite
from backstory.group.stories.nopython import entry, nopython
from backstory.group.stories.pairs import (
    Pair,
    own_odds,
    pair,
    pair_features,
    said_odds_of_both,
    time_odds_of_both,
)
from backstory.group.stories.parts import LARGEST, Parts, part, parts
from backstory.group.stories.records import Integers, column, value
from backstory.group.stories.rules import other_words_odds, own_words_odds
from backstory.group.stories.score import Forests, Trees, log_odds, name_odds, theme_odds
from backstory.group.stories.window import (
    MOST_CANDIDATES,
    NEAREST,
    NONE,
    Live,
    merge_into,
    put,
    take,
)
from backstory.model.changes import Change, Merged, Moved

EARLY = 512  # articles; while there are no more, all are looked at again
EVERY = 100  # a repair comes where seq reaches a multiple of this
SURELY_ONE = -0.2  # log-odds from which two stories are merged
SURELY_TWO = -0.2  # log-odds from which a story is split
RELUCTANCE = 0.3  # log-odds that another story must be ahead for an article to move there
BESIDE = 1  # articles of other stories nearest to a new one, that are asked where they belong too
_CLOSE = 250_000  # product of two articles, of a million, from which they are
_NEAR = 3  # nearest stories of an article that are thought of for merging
_FAR = 100_000  # product of two articles, of a million, below which their stories are not


class CandidateArticles(NamedTuple):
    """Articles near each of some, as ``gather`` finds them: of the first ``ends[0]``, and so on;
    and as ``nearest_neighbours`` does, a row of each.

    What is near does not change while stories are repaired, so it is looked for once.
    """

    articles: Integers
    scores: NDArray[np.int32]
    ends: Integers
    neighbours: Integers


class Room(NamedTuple):
    """Where a repair takes down what it finds, of which functions say how much there is."""

    candidates: CandidateArticles
    pairs: Integers  # founders of two stories, and the language
    seen: Integers  # rows of stories
    rows: Integers  # articles that may belong elsewhere
    parts: Parts
    merged: Integers  # (story, into)
    parted: Integers  # (article, into)
    moved: Integers  # (article or story that ended, into, whether a story ended)


def room(articles: int) -> Room:
    """For a repair of so many articles."""
    return Room(
        CandidateArticles(
            np.empty(articles * MOST_CANDIDATES, np.int64),
            np.empty(articles * MOST_CANDIDATES, np.int32),
            np.empty(articles, np.int64),
            np.empty((articles, NEAREST), np.int64),
        ),
        np.empty((articles * _NEAR, 3), np.int64),
        np.empty(articles * (_NEAR + 1), np.int64),
        np.empty(articles * (1 + BESIDE), np.int64),
        parts(),
        np.empty((articles * (_NEAR + NEAREST), 2), np.int64),
        np.empty((articles * LARGEST, 2), np.int64),
        np.empty((articles * (1 + BESIDE), 3), np.int64),
    )


@nopython
def look_around(live: Live, first: int, past: int, candidates: CandidateArticles) -> None:
    """Fill in what is near articles number ``first`` to ``past``."""
    window = live.articles.shape[0]
    end = 0
    for number in range(first, past):
        end += gather(live, number % window, candidates.articles[end:], candidates.scores[end:])
        candidates.ends[number - first] = end
        nearest_neighbours(live, number % window, candidates.neighbours[number - first])


@nopython
def nearby(live: Live, first: int, past: int, out: Candidates, room: Room) -> tuple[int, int]:
    """Fill in ``pairs`` of stories that articles number ``first`` to ``past`` suggest may be one,
    the older first, in the order in which they are come upon, and all that were ``seen``; how
    many of each."""
    window = live.articles.shape[0]
    candidates, pairs, seen = room.candidates, room.pairs, room.seen
    slots, links, scores = out.slots, out.links, out.scores
    met = 0
    count = 0
    for number in range(first, past):
        row = number % window
        slot = live.articles[row].story
        start = candidates.ends[number - first - 1] if number > first else 0
        end = candidates.ends[number - first]
        found = choose(
            live, candidates.articles[start:end], candidates.scores[start:end], slots, links, scores
        )
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
            one = min(live.stories[slot].founder, live.stories[other].founder)
            two = max(live.stories[slot].founder, live.stories[other].founder)
            language = live.articles[row].language
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
    return count, met


def last_numbers(live: Live, every: int) -> tuple[int, int]:
    """Numbers of the articles of the last block of sequence numbers: first and past the last."""
    window = live.articles.shape[0]
    past = value(live.counts, "articles")
    oldest = max(0, past - window)
    if past <= min(EARLY, window // 2):
        return oldest, past
    seqs = column(live.order, "seq")
    first = past
    lowest = seqs[(past - 1) % window] // every
    while first > oldest and seqs[(first - 1) % window] // every >= lowest:
        first -= 1
    return first, past


@nopython
def _slot(live: Live, founder: int, slots: Integers, count: int, language: int) -> int:
    for i in range(count):
        slot = int(slots[i])
        if (
            live.stories[slot].count > 0
            and live.stories[slot].founder == founder
            and live.articles[live.stories[slot].last].language == language
        ):
            return slot
    return -1


@nopython
def odds_of_both(live: Live, trees: Trees, one: int, two: int, of: Pair) -> float:
    """The log-odds that two stories are one; what speaks for it is filled in."""
    pair_features(live, one, two, of)
    odds = log_odds(trees, of.row) + own_words_odds(of.row) + other_words_odds(of.row)
    odds += theme_odds(of.row) + own_odds(of.row)
    return odds + name_odds(of.row) + time_odds_of_both(live, of) + said_odds_of_both(live, of)


@nopython
def merge(
    live: Live, trees: Trees, first: int, past: int, out: Candidates, of: Pair, room: Room
) -> int:
    """Merge stories near articles number ``first`` to ``past`` that surely are one. Fills
    ``merged``; how many."""
    pairs, slots, merged = room.pairs, room.seen, room.merged
    found, seen = nearby(live, first, past, out, room)
    count = 0
    for k in range(found):
        one, two, language = pairs[k, 0], pairs[k, 1], pairs[k, 2]
        # Either may have been merged since.
        for j in range(count):
            if merged[j, 0] == one:
                one = merged[j, 1]
            if merged[j, 0] == two:
                two = merged[j, 1]
        if one == two:
            continue
        a = _slot(live, one, slots, seen, language)
        b = _slot(live, two, slots, seen, language)
        if a < 0 or b < 0:
            continue
        if odds_of_both(live, trees, a, b, of) >= SURELY_ONE:
            # The older one takes in the younger, so that addresses last.
            if one > two:
                one, two, a, b = two, one, b, a
            merge_into(live, b, a)
            if live.counts.mixed:
                take_in(live, two, one)
            merged[count, 0] = two
            merged[count, 1] = one
            count += 1
    return count


@nopython
def asked_again(
    live: Live, first: int, past: int, candidates: CandidateArticles, rows: Integers
) -> int:
    """Fill in articles that may belong elsewhere by now: number ``first`` to ``past``, and those
    of other stories that are nearest to them, as what came has shown what else there is. How
    many."""
    window = live.articles.shape[0]
    count = past - first
    for number in range(first, past):
        rows[number - first] = number % window
    for number in range(first, past):
        start = candidates.ends[number - first - 1] if number > first else 0
        for _ in range(BESIDE):
            nearest = -1
            for i in range(start, candidates.ends[number - first]):
                if candidates.scores[i] < _CLOSE or (
                    nearest >= 0 and candidates.scores[i] <= candidates.scores[nearest]
                ):
                    continue
                other = candidates.articles[i]
                if live.articles[other].story == live.articles[number % window].story:
                    continue
                known = False
                for j in range(count):
                    known = known or rows[j] == other
                if not known:
                    nearest = i
            if nearest < 0:
                break
            rows[count] = candidates.articles[nearest]
            count += 1
    return count


@nopython
def move(live: Live, trees: Trees, first: int, past: int, out: Candidates, room: Room) -> int:
    """Move articles number ``first`` to ``past``, and those nearest to them, that more surely
    belong elsewhere by now.

    A founder stays with its story; one that is alone takes its story along. Fills ``moved``; how
    many.
    """
    candidates, rows, moved = room.candidates, room.rows, room.moved
    slots, odds = out.slots, out.odds
    moves = 0
    for at in range(asked_again(live, first, past, candidates, rows)):
        row = rows[at]
        slot = live.articles[row].story
        founder = live.stories[slot].founder == live.order[row].seq
        if live.vectors[row].filled == 0 or (founder and many(live, slot) > 1):
            continue
        if at < past - first:
            start = candidates.ends[at - 1] if at > 0 else 0
            end = candidates.ends[at]
            articles, scores = candidates.articles[start:end], candidates.scores[start:end]
        else:
            count = gather(
                live, row, live.scratch.candidate_articles, live.scratch.candidate_scores
            )
            articles, scores = (
                live.scratch.candidate_articles[:count],
                live.scratch.candidate_scores[:count],
            )
        found = weigh(live, trees, row, articles, scores, out)
        here = -1.0 if live.stories[slot].count > 1 else 0.0
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
        put(live, row, into, NONE)
        moved[moves, 0] = live.order[row].seq
        moved[moves, 1] = live.stories[into].founder
        moved[moves, 2] = founder
        moves += 1
    return moves


@nopython
def split(
    live: Live, trees: Trees, first: int, past: int, of: Pair, room: Room, merges: int
) -> int:
    """Split stories of articles number ``first`` to ``past`` that surely are two. The younger
    part is a story of its own, by its first article; not if that founded one that was only now
    merged, as the first ``merges`` of ``merged`` were. Fills ``parted``; how many."""
    window = live.articles.shape[0]
    merged, parted = room.merged, room.parted
    moves = 0
    for number in range(first, past):
        slot = live.articles[number % window].story
        other = part(live, number % window, room.parts)
        if other < 0:
            continue
        odds = odds_of_both(live, trees, slot, other, of)
        founder = live.stories[other].founder
        known = False
        for j in range(merges):
            known = known or merged[j, 0] == founder
        if known or odds > SURELY_TWO:
            merge_into(live, other, slot)
            continue
        row = live.stories[other].first
        while row != -1:
            parted[moves, 0] = live.order[row].seq
            parted[moves, 1] = founder
            moves += 1
            row = live.order[row].after
    return moves


@entry
def look_again(
    live: Live, trees: Forests, first: int, past: int, out: Candidates, of: Pair, room: Room
) -> tuple[int, int, int]:
    """Repair now. How many were merged, parted, moved, in this order."""
    look_around(live, first, past, room.candidates)
    merges = merge(live, trees.merge, first, past, out, of, room)
    merges = unite(live, first, past, room.candidates.neighbours, room.merged, merges)
    parted = split(live, trees.split, first, past, of, room, merges)
    return merges, parted, move(live, trees.join, first, past, out, room)


def repair(live: Live, trees: Forests, out: Candidates, seq: int) -> tuple[Change, ...]:
    """Look again at the newest articles, if a repair is due before article ``seq``: what changed,
    in the order in which it did."""
    count = value(live.counts, "articles")
    newest = column(live.order, "seq")[(count - 1) % len(live.order)]
    if count == 0 or newest // EVERY == seq // EVERY:
        return ()
    first, past = last_numbers(live, EVERY)
    found = room(past - first)
    merged, parted, moved = look_again(live, trees, first, past, out, pair(), found)
    return (
        *(Merged(story, into) for story, into in found.merged[:merged].tolist()),
        *(Moved(article, into) for article, into in found.parted[:parted].tolist()),
        *(
            (Merged if ended else Moved)(who, into)
            for who, into, ended in found.moved[:moved].tolist()
        ),
    )
