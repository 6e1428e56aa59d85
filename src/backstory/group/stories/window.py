"""Live stories: what the grouper knows of the newest articles, compiled.

The articles of a sliding window, linked into stories; for each term its newest articles; for
each story the exact sum of its articles' vectors. All of it follows from the window's articles
and their stories alone, in whatever order they were moved about: sums are of integers, lists
are ordered by arrival, and nothing depends on where something happens to be kept.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from backstory.enrich.statistics import MOST_BIGRAMS
from backstory.group.stories.nopython import lean
from backstory.model.vector import DAY, NAME

WINDOW = 32_768  # articles
KEPT = 64  # terms of an article
ASKED = 24  # terms that candidates are looked for with
DEPTH = 512  # newest articles of a term that are looked at, the heaviest terms' first,
MOST_NEAR = 2048  # and of all terms together
CANDIDATES = 8  # stories that are looked at closely
FAINT = 100_000  # product of two articles, of a million, below which neither is a candidate
BEHIND = 0.3  # share of the nearest candidate's product below which another is none
LINKS = 3  # closest articles of a story that are looked at
NEAREST = 6  # articles of other languages that are looked at by meaning
APART = 3 * 1440  # minutes between two articles beyond which they are not linked
NO_TIME = -(2**31)
LATEST = 2**31 - 1
# How weights are evened out (by cosine to the nearest article on all sets):
POWER = 0.7
NAMES = 0.75
NORM = 1000.0

_MIX = 0x1E3779B97F4A7C15  # an odd number that spreads keys over the table

_TIMES = 20  # bits for the number of articles below the sum of weights
POSTING_WEIGHT = 10  # bits of a posting for the weight (up to ``NORM``), above it the article
_MOST = 1 << 15  # articles of a window: as ``bigrams_held`` can count; the rest holds more
LEAF = 16  # postings that lie side by side
_BIGRAMS = 1 << 22  # places that bigrams are counted in, by their hash

# Places in ``meta``; SUMS: how many there are, TERMS: of all articles of the window, which is the
# most that there may be; MEANT: articles with a meaning, MIXED: 1 once a story had two strands.
COUNT, FREE, STORIES, SPARE, SUMS, TERMS, MEANT, MIXED = range(8)
NEWEST, OLDEST, POSTED = range(3)  # of ``shelf``


class Live(NamedTuple):
    """Arrays; rows of the first part are articles (number modulo window), of the second
    stories. What names a row is int64 wherever it is kept, or each function that takes one is
    compiled twice."""

    meta: Any
    seq: Any
    minute: Any
    tide: Any  # the latest minute of any article up to this one, LATEST once one had no time
    day_only: Any
    language: Any
    length: Any
    story: Any
    filled: Any
    terms: Any
    weights: Any  # evened out: names and rare words count less
    heavy: Any  # the weights as they came
    flags: Any
    bigrams: Any  # hashes of two telling words in a row, ascending
    bigrams_filled: Any
    square: Any  # sum of squared weights
    heavy_square: Any
    named: Any  # the part of the square that is names
    day: Any  # the day of the week that it names first, Monday 1, 0 for none
    postings: Any  # leaves (leaves, LEAF) of the articles that have a term: article, weight
    beside: Any  # of each leaf, the term's next older and next newer one
    spare: Any  # leaves of no term
    before: Any  # links of the story's list, in order of arrival
    after: Any
    founder: Any  # seq: the story's identifier
    size: Any
    first: Any
    last: Any
    norm: Any  # squared norm of the sum of vectors
    own: Any  # sum of the articles' squared norms
    own_named: Any  # and of what of them is names
    words: Any  # sum of lengths
    free: Any
    sums: Any  # hash table (places, 2): the key, then sum of weights and number of articles
    shelf: Any  # of each term: its newest leaf, its oldest, postings from the start of that one
    on_day: Any  # how many articles of the window name each day
    bigrams_held: Any  # by place of their hash, how many articles of the window have a bigram
    held: Any  # of each term, how many articles of the window have it
    mass: Any  # and the sum of its weights there
    asked: Any  # scratch by term: the weights of the article in question
    asked_heavy: Any
    score: Any  # scratch by article
    near: Any  # articles that share terms with the one in question, and about how much
    near_score: Any
    best: Any  # scratch by story
    touched_stories: Any
    meaning: Any  # int8 (articles, size of a meaning); of no size while none has come
    meant: Any  # sum of squares of the meaning, 0 without one
    meant_sum: Any  # sum of the meanings of the window
    sense_score: Any  # scratch: how alike those nearest in meaning are


def empty(window: int = WINDOW) -> Live:
    """No articles yet. ``window`` is a power of two."""
    if window & (window - 1) or window > _MOST:
        raise ValueError(f"a window of {window} articles is no power of two up to {_MOST}")
    slots = window + 1

    def rows(kind: Any, *more: int, fill: int = 0) -> Any:
        return np.full((window, *more), fill, kind)

    def stories(kind: Any, fill: int = 0) -> Any:
        return np.full(slots, fill, kind)

    return Live(
        meta=np.array([0, slots, 0, KEPT, 0, 0, 0, 0], np.int64),
        seq=rows(np.int64),
        minute=rows(np.int32),
        tide=rows(np.int32),
        day_only=rows(np.bool_),
        language=rows(np.int32),
        length=rows(np.int32),
        story=rows(np.int64, fill=-1),
        filled=rows(np.int32),
        terms=rows(np.int32, KEPT),
        weights=rows(np.int16, KEPT),
        heavy=rows(np.int16, KEPT),
        flags=rows(np.uint8, KEPT),
        bigrams=rows(np.uint32, MOST_BIGRAMS),
        bigrams_filled=rows(np.int32),
        square=rows(np.int64),
        heavy_square=rows(np.int64),
        named=rows(np.int64),
        day=rows(np.int8),
        postings=np.zeros((KEPT, LEAF), np.int32),
        beside=np.zeros((KEPT, 2), np.int32),
        spare=np.arange(KEPT, dtype=np.int32)[::-1].copy(),
        before=rows(np.int64, fill=-1),
        after=rows(np.int64, fill=-1),
        founder=stories(np.int64),
        size=stories(np.int32),
        first=stories(np.int64, -1),
        last=stories(np.int64, -1),
        norm=stories(np.int64),
        own=stories(np.int64),
        own_named=stories(np.int64),
        words=stories(np.int64),
        free=np.arange(slots, dtype=np.int64)[::-1].copy(),
        sums=_no_sums(1 << 12),
        shelf=np.zeros((1 << 16, 3), np.int32),
        on_day=np.zeros(8, np.int64),
        bigrams_held=np.zeros(_BIGRAMS, np.uint16),
        held=np.zeros(1 << 16, np.int32),
        mass=np.zeros(1 << 16, np.int64),
        asked=np.zeros(1 << 16, np.int32),
        asked_heavy=np.zeros(1 << 16, np.int32),
        score=rows(np.int32),
        near=np.zeros(MOST_NEAR, np.int64),
        near_score=np.zeros(MOST_NEAR, np.int32),
        best=stories(np.int32),
        touched_stories=stories(np.int64),
        meaning=rows(np.int8, 0),
        meant=rows(np.int64),
        meant_sum=np.zeros(0, np.int64),
        sense_score=np.zeros(NEAREST),
    )


def with_room(live: Live, highest: int) -> Live:
    """The same with room for one more article, with term numbers up to ``highest``."""
    size = len(live.shelf)
    while size <= highest:
        size *= 2
    if more := size - len(live.shelf):
        live = live._replace(
            shelf=np.append(live.shelf, np.zeros((more, 3), np.int32), axis=0),
            held=np.append(live.held, np.zeros(more, np.int32)),
            mass=np.append(live.mass, np.zeros(more, np.int64)),
            asked=np.zeros(size, np.int32),
            asked_heavy=np.zeros(size, np.int32),
        )
    spare = int(live.meta[SPARE])
    if spare < KEPT:
        leaves = len(live.postings)
        unused = np.empty(2 * leaves, np.int32)
        unused[:spare] = live.spare[:spare]
        unused[spare : spare + leaves] = np.arange(leaves, 2 * leaves)
        live = live._replace(
            postings=np.append(live.postings, np.zeros_like(live.postings), axis=0),
            beside=np.append(live.beside, np.zeros_like(live.beside), axis=0),
            spare=unused,
        )
        live.meta[SPARE] = spare + leaves
    places = len(live.sums)
    # Few of its places are taken, and never all, whatever a repair does before the next article.
    if max(3 * live.meta[SUMS], live.meta[TERMS] + live.meta[TERMS] // 8) + 3 * KEPT > places:
        sums = live.sums
        live = live._replace(sums=_no_sums(2 * places))
        _carry(live, sums)
    return live


# ------------------------------------------------------------------ sums of vectors


@lean
def _place(live: Live, key: int) -> Any:
    mask = live.sums.shape[0] - 1
    place = (key * _MIX >> 40) & mask
    while live.sums[place, 0] != -1 and live.sums[place, 0] != key:
        place = (place + 1) & mask
    return place


def _no_sums(places: int) -> Any:
    return np.full((places, 2), -1, np.int64)


@lean
def _carry(live: Live, sums: Any) -> None:
    """Take over the sums of a smaller table."""
    for i in range(sums.shape[0]):
        if sums[i, 0] != -1:
            place = _place(live, sums[i, 0])
            live.sums[place, 0] = sums[i, 0]
            live.sums[place, 1] = sums[i, 1]


@lean
def sum_of(live: Live, slot: int, term: int) -> Any:
    """The sum of the weights of ``term`` over a story's articles, and how many have it."""
    place = _place(live, (slot << 32) + term)
    if live.sums[place, 0] == -1:
        return 0, 0
    both = live.sums[place, 1]
    return both >> _TIMES, both & ((1 << _TIMES) - 1)


@lean
def _forget(live: Live, place: int) -> None:
    """Empty a place of the table, closing the gap behind it."""
    mask = live.sums.shape[0] - 1
    hole = place
    at = place
    while True:
        at = (at + 1) & mask
        if live.sums[at, 0] == -1:
            break
        home = (live.sums[at, 0] * _MIX >> 40) & mask
        if ((at - home) & mask) >= ((at - hole) & mask):
            live.sums[hole, 0] = live.sums[at, 0]
            live.sums[hole, 1] = live.sums[at, 1]
            hole = at
    live.sums[hole, 0] = -1
    live.meta[SUMS] -= 1


@lean
def put(live: Live, row: int, slot: int, near: int) -> None:
    """Put an article into a story, keeping the list in order of arrival. ``near``: an article
    of the story that came later, to look for the place from, -1 where none is known."""
    for i in range(live.filled[row]):
        key = (slot << 32) + live.terms[row, i]
        weight = np.int64(live.weights[row, i])
        place = _place(live, key)
        if live.sums[place, 0] == -1:
            live.sums[place, 0] = key
            live.sums[place, 1] = 0
            live.meta[SUMS] += 1
        live.norm[slot] += weight * (2 * (live.sums[place, 1] >> _TIMES) + weight)
        live.sums[place, 1] += (weight << _TIMES) + 1
    live.own[slot] += live.square[row]
    live.own_named[slot] += live.named[row]
    live.words[slot] += live.length[row]
    live.size[slot] += 1
    live.story[row] = slot
    before = near if near != -1 else live.last[slot]
    after = -1
    while before != -1 and live.seq[before] > live.seq[row]:
        after = before
        before = live.before[before]
    live.before[row] = before
    live.after[row] = after
    if before == -1:
        live.first[slot] = row
    else:
        live.after[before] = row
    if after == -1:
        live.last[slot] = row
    else:
        live.before[after] = row


@lean
def take(live: Live, row: int) -> None:
    """Take an article out of its story; a story without articles is gone."""
    slot = live.story[row]
    for i in range(live.filled[row]):
        weight = np.int64(live.weights[row, i])
        place = _place(live, (slot << 32) + live.terms[row, i])
        live.norm[slot] += weight * (weight - 2 * (live.sums[place, 1] >> _TIMES))
        live.sums[place, 1] -= (weight << _TIMES) + 1
        if live.sums[place, 1] == 0:
            _forget(live, place)
    live.own[slot] -= live.square[row]
    live.own_named[slot] -= live.named[row]
    live.words[slot] -= live.length[row]
    live.size[slot] -= 1
    live.story[row] = -1
    before, after = live.before[row], live.after[row]
    if before == -1:
        live.first[slot] = after
    else:
        live.after[before] = after
    if after == -1:
        live.last[slot] = before
    else:
        live.before[after] = before
    if live.size[slot] == 0:
        live.free[live.meta[FREE]] = slot
        live.meta[FREE] += 1
        live.meta[STORIES] -= 1


@lean
def pour(live: Live, slot: int, into: int) -> None:
    """Move all articles of a story into another."""
    row = live.last[slot]
    near = -1
    while row != -1:
        before = live.before[row]
        take(live, row)
        put(live, row, into, near)
        near = row
        row = before


@lean
def open_story(live: Live, founder: int) -> Any:
    live.meta[FREE] -= 1
    live.meta[STORIES] += 1
    slot = live.free[live.meta[FREE]]
    live.founder[slot] = founder
    live.first[slot] = -1
    live.last[slot] = -1
    live.norm[slot] = 0
    live.own[slot] = 0
    live.own_named[slot] = 0
    live.words[slot] = 0
    live.size[slot] = 0
    return slot


# ------------------------------------------------------------------ articles


@lean
def _even(weight: int, flags: int) -> Any:
    return float(weight) ** POWER * (NAMES if flags & NAME else 1.0)


@lean
def enter(
    live: Live,
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
    """Make an article the newest of the window, in no story yet; the oldest leaves. Its row."""
    window = live.seq.shape[0]
    number = live.meta[COUNT]
    row = number % window
    if number >= window:
        take(live, row)
        live.on_day[live.day[row]] -= 1
        for i in range(live.bigrams_filled[row]):
            live.bigrams_held[live.bigrams[row, i] & (_BIGRAMS - 1)] -= 1
        live.meta[TERMS] -= live.filled[row]
        for i in range(live.filled[row]):
            _forget_oldest(live, live.terms[row, i])
            live.mass[live.terms[row, i]] -= live.weights[row, i]
    live.meta[COUNT] = number + 1
    live.seq[row] = seq
    live.minute[row] = minute
    tide = live.tide[(number - 1) % window] if number > 0 else NO_TIME
    latest = LATEST if minute == NO_TIME else min(LATEST, minute + 1439 * day_only)
    live.tide[row] = max(tide, latest)
    live.day_only[row] = day_only
    live.language[row] = language
    live.length[row] = length
    live.story[row] = -1
    live.before[row] = -1
    live.after[row] = -1
    filled = min(terms.shape[0], KEPT)
    live.filled[row] = filled
    live.bigrams_filled[row] = bigrams.shape[0]
    for i in range(bigrams.shape[0]):
        live.bigrams[row, i] = bigrams[i]
        live.bigrams_held[bigrams[i] & (_BIGRAMS - 1)] += 1
    live.meta[TERMS] += filled
    norm = 0.0
    for i in range(filled):
        norm += _even(weights[i], flags[i]) ** 2
    scale = NORM / math.sqrt(norm) if filled else 0.0
    day = 0
    for i in range(terms.shape[0]):
        day = max(day, flags[i] // DAY)
    live.day[row] = day
    live.on_day[day] += 1
    square = 0
    heavy_square = 0
    named = 0
    for i in range(filled):
        live.terms[row, i] = terms[i]
        live.heavy[row, i] = weights[i]
        live.flags[row, i] = flags[i]
        weight = max(1, round(_even(weights[i], flags[i]) * scale))
        live.weights[row, i] = weight
        square += weight * weight
        if flags[i] & NAME:
            named += weight * weight
        heavy_square += np.int64(weights[i]) * weights[i]
    live.square[row] = square
    live.heavy_square[row] = heavy_square
    live.named[row] = named
    return row


@lean
def index(live: Live, row: int) -> None:
    """Make the newest article findable by its terms."""
    for i in range(live.filled[row]):
        term = live.terms[row, i]
        newest = live.shelf[term, NEWEST]
        posted = live.shelf[term, POSTED]
        if posted % LEAF == 0:
            live.meta[SPARE] -= 1
            leaf = live.spare[live.meta[SPARE]]
            if posted == 0:
                live.shelf[term, OLDEST] = leaf
            else:
                live.beside[leaf, 0] = newest
                live.beside[newest, 1] = leaf
            live.shelf[term, NEWEST] = leaf
            newest = leaf
        live.postings[newest, posted % LEAF] = (row << POSTING_WEIGHT) | live.weights[row, i]
        live.shelf[term, POSTED] = posted + 1
        live.held[term] += 1
        live.mass[term] += live.weights[row, i]


@lean
def _forget_oldest(live: Live, term: int) -> None:
    """Let go of a term's oldest posting: the window's oldest article leaves."""
    live.held[term] -= 1
    held = live.held[term]
    oldest = live.shelf[term, OLDEST]
    posted = live.shelf[term, POSTED]
    if held == 0 or posted - held == LEAF:
        live.spare[live.meta[SPARE]] = oldest
        live.meta[SPARE] += 1
        live.shelf[term, OLDEST] = live.beside[oldest, 1]
        live.shelf[term, POSTED] = posted - LEAF if held else 0


@lean
def minutes_apart(live: Live, row: int, other: int) -> Any:
    """Minutes between two articles at least, 0 where a time is unknown."""
    if live.minute[row] == NO_TIME or live.minute[other] == NO_TIME:
        return 0
    apart = abs(np.int64(live.minute[row]) - live.minute[other])
    if live.day_only[row] or live.day_only[other]:
        apart = max(0, apart - 1439)
    return apart
