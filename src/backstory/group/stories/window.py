"""Live stories: what the grouper knows of the newest articles, compiled.

The articles of a sliding window, linked into stories; for each term its newest articles; for
each story the exact sum of its articles' vectors. All of it follows from the window's articles
and their stories alone, in whatever order they were moved about: sums are of integers, lists
are ordered by arrival, and nothing depends on where something happens to be kept.
"""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.statistics import MOST_BIGRAMS
from backstory.group.stories.nopython import entry, nopython
from backstory.group.stories.records import (
    Byte,
    Flag,
    Floats,
    Integers,
    Long,
    Short,
    Table,
    column,
    extended,
    record,
    table,
    value,
)
from backstory.model.vector import DAY, NAME

WINDOW = 32_768  # articles
KEPT = 64  # terms of an article
ASKED = 24  # terms that candidates are looked for with
DEPTH = 512  # newest articles of a term that are looked at, the heaviest terms' first,
MOST_CANDIDATES = 2048  # and of all terms together
CANDIDATES = 8  # stories that are looked at closely
FAINT = 100_000  # product of two articles, of a million, below which neither is a candidate
BEHIND = 0.3  # share of the nearest candidate's product below which another is none
LINKS = 3  # closest articles of a story that are looked at
NEAREST = 6  # articles of other languages that are looked at by meaning
APART = 3 * 1440  # minutes between two articles beyond which they are not linked
NO_TIME = -(2**31)
LATEST = 2**31 - 1
# No row. Not a literal, as functions would be compiled for that once more.
NONE = cast(int, np.int64(-1))
# How weights are evened out (by cosine to the nearest article on all sets):
POWER = 0.7
NAMES = 0.75
NORM = 1000.0

_MIX = 0x1E3779B97F4A7C15  # an odd number that spreads keys over the table

_TIMES = 20  # bits for the number of articles below the sum of weights
POSTING_WEIGHT = 10  # bits of a posting for the weight (up to ``NORM``), above it the article
_MOST = 1 << 15  # articles of a window: as ``bigrams_held`` can count; the rest holds more
BLOCK = 16  # postings that lie side by side
_BIGRAMS = 1 << 22  # places that bigrams are counted in, by their hash


class Counts:
    """What there is of everything."""

    articles: Long  # that ever came
    free: Long  # slots of no story
    stories: Long
    spare: Long  # posting blocks of no term
    sums: Long
    postings: Long  # of all articles of the window: the most sums that there may be
    meant: Long  # articles with a meaning
    mixed: Long  # 1 once a story had clusters of two languages
    on_day: Annotated[Integers, np.int64, 8]  # articles of the window that name each day


class Article:
    """What is looked at of every article near another: as little as can be, as there are many.

    What names a row is int64 wherever it is kept, or functions that take one are compiled twice.
    """

    story: Long  # its row, -1 for none
    minute: Short
    language: Short
    length: Short
    day_only: Flag
    day: Byte  # the day of the week that it names first, Monday 1, 0 for none


class Order:
    """Where an article stands in the order of arrival."""

    seq: Long
    before: Long  # articles of its story: their rows, -1 for none
    after: Long
    latest: Short  # minute of any article up to this one, LATEST once one had no time


class Vector:
    """The words of an article."""

    square: Long  # sum of squared weights
    heavy_square: Long
    named: Long  # the part of the square that is names
    filled: Short
    bigrams_filled: Short
    terms: Annotated[NDArray[np.int32], np.int32, KEPT]
    weights: Annotated[NDArray[np.int16], np.int16, KEPT]  # evened out: names count less
    heavy: Annotated[NDArray[np.int16], np.int16, KEPT]  # the weights as they came
    marks: Annotated[NDArray[np.uint8], np.uint8, KEPT]  # the flags of ``model.vector``
    bigrams: Annotated[NDArray[np.uint32], np.uint32, MOST_BIGRAMS]  # hashes, ascending


class Story:
    """The articles of one language in a story, and the exact sum of their vectors."""

    founder: Long  # seq: the story's identifier
    first: Long  # rows of articles
    last: Long
    norm: Long  # squared norm of the sum of vectors
    own: Long  # sum of the articles' squared norms
    own_named: Long  # and of what of them is names
    words: Long  # sum of lengths
    count: Short


class Sum:
    """Of a story and a term: a place of a hash table."""

    key: Long  # -1 for an empty place
    packed: Long  # sum of weights, and below it the number of articles


class Term:
    """What the window has of a term."""

    mass: Long  # sum of its weights
    frequency: Short  # articles that have it
    newest: Short  # posting block
    oldest: Short
    posted: Short  # postings from the start of the oldest block


class Block:
    """Postings of a term that lie side by side."""

    postings: Annotated[NDArray[np.int32], np.int32, BLOCK]  # article, weight
    older: Short  # the term's next blocks
    newer: Short


class Asked:
    """Of a term: its weights in the article in question, 0 where it has not the term."""

    weight: Short
    heavy: Short


class Scratch(NamedTuple):
    """Room to count in; zero between two questions, or of no meaning."""

    asked: Table[Asked]  # by term
    score: NDArray[np.int32]  # by article
    candidate_articles: Integers  # articles that share terms with the one in question,
    candidate_scores: NDArray[np.int32]  # and about how much
    best: NDArray[np.int32]  # by story
    touched: Integers
    neighbour_scores: Floats  # how alike those nearest in meaning are


class Live(NamedTuple):
    """Rows of the first part are articles (number modulo window), then stories, then terms."""

    counts: Counts
    articles: Table[Article]
    order: Table[Order]
    vectors: Table[Vector]
    meaning: NDArray[np.int8]  # (articles, size of a meaning); of no size while none has come
    meant: Integers  # sum of squares of each meaning, 0 without one
    meant_sum: Integers  # sum of the meanings of the window
    bigrams_held: NDArray[np.uint16]  # of each hash's place, how many articles have the bigram
    stories: Table[Story]
    free: Integers  # rows of no story
    sums: Table[Sum]
    terms: Table[Term]
    blocks: Table[Block]
    spare: NDArray[np.int32]  # blocks of no term
    scratch: Scratch


class Arrival(NamedTuple):
    """An article that comes."""

    seq: int
    terms: NDArray[np.int32]  # as of ``model.vector.Vector``, none of them read-only
    weights: NDArray[np.int16]
    flags: NDArray[np.uint8]
    bigrams: NDArray[np.uint32]
    minute: int  # NO_TIME where unknown
    day_only: bool
    language: int
    length: int


def empty(window: int = WINDOW) -> Live:
    """No articles yet. ``window`` is a power of two."""
    if window & (window - 1) or window > _MOST:
        raise ValueError(f"a window of {window} articles is no power of two up to {_MOST}")
    slots = window + 1
    counts = record(Counts)
    counts.free, counts.spare = slots, KEPT
    articles, order, stories = table(Article, window), table(Order, window), table(Story, slots)
    column(articles, "story")[:] = -1
    for name in ("before", "after"):
        column(order, name)[:] = -1
    for name in ("first", "last"):
        column(stories, name)[:] = -1
    return Live(
        counts=counts,
        articles=articles,
        order=order,
        vectors=table(Vector, window),
        meaning=np.zeros((window, 0), np.int8),
        meant=np.zeros(window, np.int64),
        meant_sum=np.zeros(0, np.int64),
        bigrams_held=np.zeros(_BIGRAMS, np.uint16),
        stories=stories,
        free=np.arange(slots, dtype=np.int64)[::-1].copy(),
        sums=_no_sums(1 << 12),
        terms=table(Term, 1 << 16),
        blocks=table(Block, KEPT),
        spare=np.arange(KEPT, dtype=np.int32)[::-1].copy(),
        scratch=Scratch(
            asked=table(Asked, 1 << 16),
            score=np.zeros(window, np.int32),
            candidate_articles=np.zeros(MOST_CANDIDATES, np.int64),
            candidate_scores=np.zeros(MOST_CANDIDATES, np.int32),
            best=np.zeros(slots, np.int32),
            touched=np.zeros(slots, np.int64),
            neighbour_scores=np.zeros(NEAREST),
        ),
    )


def with_room(live: Live, highest: int) -> Live:
    """The same with room for one more article, with term numbers up to ``highest``."""
    size = len(live.terms)
    while size <= highest:
        size *= 2
    if more := size - len(live.terms):
        live = live._replace(
            terms=extended(live.terms, more),
            scratch=live.scratch._replace(asked=table(Asked, size)),
        )
    spare = value(live.counts, "spare")
    if spare < KEPT:
        blocks = len(live.blocks)
        unused = np.empty(2 * blocks, np.int32)
        unused[:spare] = live.spare[:spare]
        unused[spare : spare + blocks] = np.arange(blocks, 2 * blocks)
        live = live._replace(blocks=extended(live.blocks, blocks), spare=unused)
        live.counts.spare = spare + blocks
    places = len(live.sums)
    # Few of its places are taken, and never all, whatever a repair does before the next article.
    postings, held = value(live.counts, "postings"), value(live.counts, "sums")
    if max(3 * held, postings + postings // 8) + 3 * KEPT > places:
        sums = live.sums
        live = live._replace(sums=_no_sums(2 * places))
        _carry(live, sums)
    return live


# ------------------------------------------------------------------ sums of vectors


@nopython
def _place(live: Live, key: int) -> int:
    mask = live.sums.shape[0] - 1
    place = (key * _MIX >> 40) & mask
    while live.sums[place].key != -1 and live.sums[place].key != key:
        place = (place + 1) & mask
    return place


def _no_sums(places: int) -> Table[Sum]:
    sums = table(Sum, places)
    column(sums, "key")[:] = -1
    return sums


@entry
def _carry(live: Live, sums: Table[Sum]) -> None:
    """Take over the sums of a smaller table."""
    for i in range(sums.shape[0]):
        if sums[i].key != -1:
            place = _place(live, sums[i].key)
            live.sums[place].key = sums[i].key
            live.sums[place].packed = sums[i].packed


@nopython
def sum_of(live: Live, slot: int, term: int) -> tuple[int, int]:
    """The sum of the weights of ``term`` over a story's articles, and how many have it."""
    place = _place(live, (slot << 32) + term)
    if live.sums[place].key == -1:
        return 0, 0
    both = live.sums[place].packed
    return both >> _TIMES, both & ((1 << _TIMES) - 1)


@nopython
def _forget(live: Live, place: int) -> None:
    """Empty a place of the table, closing the gap behind it."""
    mask = live.sums.shape[0] - 1
    hole = place
    at = place
    while True:
        at = (at + 1) & mask
        if live.sums[at].key == -1:
            break
        home = (live.sums[at].key * _MIX >> 40) & mask
        if ((at - home) & mask) >= ((at - hole) & mask):
            live.sums[hole].key = live.sums[at].key
            live.sums[hole].packed = live.sums[at].packed
            hole = at
    live.sums[hole].key = -1
    live.counts.sums -= 1


@nopython
def put(live: Live, row: int, slot: int, later: int) -> None:
    """Put an article into a story, keeping the list in order of arrival. ``later``: an article
    of the story that came later, to look for the place from, -1 where none is known."""
    article, order = live.articles[row], live.order[row]
    vector, story = live.vectors[row], live.stories[slot]
    for i in range(vector.filled):
        key = (slot << 32) + vector.terms[i]
        weight = int(vector.weights[i])
        held = live.sums[_place(live, key)]
        if held.key == -1:
            held.key = key
            held.packed = 0
            live.counts.sums += 1
        story.norm += weight * (2 * (held.packed >> _TIMES) + weight)
        held.packed += (weight << _TIMES) + 1
    story.own += vector.square
    story.own_named += vector.named
    story.words += article.length
    story.count += 1
    article.story = slot
    before = later if later != -1 else story.last
    after = -1
    while before != -1 and live.order[before].seq > order.seq:
        after = before
        before = live.order[before].before
    order.before = before
    order.after = after
    if before == -1:
        story.first = row
    else:
        live.order[before].after = row
    if after == -1:
        story.last = row
    else:
        live.order[after].before = row


@nopython
def take(live: Live, row: int) -> None:
    """Take an article out of its story; a story without articles is gone."""
    article, order, vector = live.articles[row], live.order[row], live.vectors[row]
    slot = article.story
    story = live.stories[slot]
    for i in range(vector.filled):
        weight = int(vector.weights[i])
        place = _place(live, (slot << 32) + vector.terms[i])
        story.norm += weight * (weight - 2 * (live.sums[place].packed >> _TIMES))
        live.sums[place].packed -= (weight << _TIMES) + 1
        if live.sums[place].packed == 0:
            _forget(live, place)
    story.own -= vector.square
    story.own_named -= vector.named
    story.words -= article.length
    story.count -= 1
    article.story = -1
    before, after = order.before, order.after
    if before == -1:
        story.first = after
    else:
        live.order[before].after = after
    if after == -1:
        story.last = before
    else:
        live.order[after].before = before
    if story.count == 0:
        live.free[live.counts.free] = slot
        live.counts.free += 1
        live.counts.stories -= 1


@nopython
def merge_into(live: Live, slot: int, into: int) -> None:
    """Move all articles of a story into another."""
    row = live.stories[slot].last
    later = -1
    while row != -1:
        before = live.order[row].before
        take(live, row)
        put(live, row, into, later)
        later = row
        row = before


@nopython
def open_story(live: Live, founder: int) -> int:
    live.counts.free -= 1
    live.counts.stories += 1
    slot = int(live.free[live.counts.free])
    story = live.stories[slot]
    story.founder = founder
    story.first = -1
    story.last = -1
    story.norm = 0
    story.own = 0
    story.own_named = 0
    story.words = 0
    story.count = 0
    return slot


# ------------------------------------------------------------------ articles


@nopython
def _even(weight: int, flags: int) -> float:
    evened: float = float(weight) ** POWER
    return evened * (NAMES if flags & NAME else 1.0)


@nopython
def _leave(live: Live, row: int) -> None:
    """Let go of the window's oldest article."""
    vector = live.vectors[row]
    take(live, row)
    live.counts.on_day[live.articles[row].day] -= 1
    live.counts.postings -= vector.filled
    for i in range(vector.bigrams_filled):
        live.bigrams_held[vector.bigrams[i] & (_BIGRAMS - 1)] -= 1
    for i in range(vector.filled):
        _forget_oldest(live, vector.terms[i])
        live.terms[vector.terms[i]].mass -= vector.weights[i]


@nopython
def enter(live: Live, arrival: Arrival) -> int:
    """Make an article the newest of the window, in no story yet; the oldest leaves. Its row."""
    window = live.articles.shape[0]
    number = live.counts.articles
    row = number % window
    article, order, vector = live.articles[row], live.order[row], live.vectors[row]
    if number >= window:
        _leave(live, row)
    terms, weights, flags = arrival.terms, arrival.weights, arrival.flags
    bigrams, minute, day_only = arrival.bigrams, arrival.minute, arrival.day_only
    live.counts.articles = number + 1
    order.seq = arrival.seq
    article.minute = minute
    before = live.order[(number - 1) % window].latest if number > 0 else NO_TIME
    latest = LATEST if minute == NO_TIME else min(LATEST, minute + 1439 * day_only)
    order.latest = max(before, latest)
    article.day_only = day_only
    article.language = arrival.language
    article.length = arrival.length
    article.story = -1
    order.before = -1
    order.after = -1
    filled = min(terms.shape[0], KEPT)
    vector.filled = filled
    vector.bigrams_filled = bigrams.shape[0]
    for i in range(bigrams.shape[0]):
        vector.bigrams[i] = bigrams[i]
        live.bigrams_held[bigrams[i] & (_BIGRAMS - 1)] += 1
    live.counts.postings += filled
    norm = 0.0
    for i in range(filled):
        norm += _even(weights[i], flags[i]) ** 2
    scale = NORM / math.sqrt(norm) if filled else 0.0
    day = 0
    for i in range(terms.shape[0]):
        day = max(day, flags[i] // DAY)
    article.day = day
    live.counts.on_day[day] += 1
    square = 0
    heavy_square = 0
    named = 0
    for i in range(filled):
        vector.terms[i] = terms[i]
        vector.heavy[i] = weights[i]
        vector.marks[i] = flags[i]
        weight = max(1, round(_even(weights[i], flags[i]) * scale))
        vector.weights[i] = weight
        square += weight * weight
        if flags[i] & NAME:
            named += weight * weight
        heavy_square += int(weights[i]) * int(weights[i])
    vector.square = square
    vector.heavy_square = heavy_square
    vector.named = named
    return row


@nopython
def index(live: Live, row: int) -> None:
    """Make the newest article findable by its terms."""
    vector = live.vectors[row]
    for i in range(vector.filled):
        term = live.terms[vector.terms[i]]
        newest = term.newest
        posted = term.posted
        if posted % BLOCK == 0:
            live.counts.spare -= 1
            block = live.spare[live.counts.spare]
            if posted == 0:
                term.oldest = block
            else:
                live.blocks[block].older = newest
                live.blocks[newest].newer = block
            term.newest = block
            newest = block
        live.blocks[newest].postings[posted % BLOCK] = (row << POSTING_WEIGHT) | live.vectors[
            row
        ].weights[i]
        term.posted = posted + 1
        term.frequency += 1
        term.mass += vector.weights[i]


@nopython
def _forget_oldest(live: Live, term: int) -> None:
    """Let go of a term's oldest posting: the window's oldest article leaves."""
    of = live.terms[term]
    of.frequency -= 1
    held = of.frequency
    oldest = of.oldest
    posted = of.posted
    if held == 0 or posted - held == BLOCK:
        live.spare[live.counts.spare] = oldest
        live.counts.spare += 1
        of.oldest = live.blocks[oldest].newer
        of.posted = posted - BLOCK if held else 0


@nopython
def minutes_apart(live: Live, row: int, other: int) -> int:
    """Minutes between two articles at least, 0 where a time is unknown."""
    one, two = live.articles[row], live.articles[other]
    if one.minute == NO_TIME or two.minute == NO_TIME:
        return 0
    apart = abs(one.minute - two.minute)
    if one.day_only or two.day_only:
        apart = max(0, apart - 1439)
    return apart
