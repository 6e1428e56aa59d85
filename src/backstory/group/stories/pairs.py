"""Whether two stories are one: what speaks for it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from backstory.group.stories.bigrams import bigram_odds
from backstory.group.stories.evidence import (
    BEST_LINK,
    COHESION,
    COSINE,
    CROWD,
    FEATURES,
    MEAN_LINK,
    MONOTONE,
    NAME_LINK,
    OTHER_LINK,
    STORY_LENGTH,
    TIES,
    as_text,
    ask,
    features,
    ties,
    unask,
)
from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Floats, Integers
from backstory.group.stories.score import PER_DAY, day_odds, span_odds
from backstory.group.stories.window import NO_TIME, Live, sum_of

# What an article is asked of a story, as the mean over the smaller story's articles and the
# larger story; and beyond that:
_MORE = (
    "sums_cosine",  # of the two stories' sums
    "most_cosine",  # of an article to the larger story
    "most_best_link",
    "smaller_size",
    "smaller_cohesion",
    "both_relative",  # mean link over the mean cohesion of both, -1 where all are single
    "both_own_words",  # shared words, each counted as far as it is these two stories' own
)
_ASKED_OF_EACH = CROWD
PAIR_FEATURES = FEATURES[:_ASKED_OF_EACH] + _MORE
(
    SUMS_COSINE,
    MOST_COSINE,
    MOST_BEST_LINK,
    SMALLER_SIZE,
    SMALLER_COHESION,
    BOTH_RELATIVE,
    BOTH_OWN_WORDS,
) = range(_ASKED_OF_EACH, len(PAIR_FEATURES))
PAIR_MONOTONE = (*MONOTONE[:_ASKED_OF_EACH], 1, 1, 1, 0, 0, 1, 1)
SAMPLE = 4  # articles of a story that stand for it
# What two stories of headlines say that no other says is worth more than trees that are learned
# from few stories know, and so is how near in time their articles are, which those do not know
# (measured on olympics-stream, in round numbers):
NEITHER = 0.1  # of ``both_own_words``, what speaks neither for one event nor against
ENOUGH = 0.2  # beyond which more says no more
PER_OWN = 10.0  # log-odds lost or won for each unit
USUAL_GAP = 6.0  # hours between two articles that speak neither for one event nor against
PER_FOLD = 0.6  # log-odds lost for each unit of the log of those hours
_IN_A_DAY = 480  # minutes between two moments of a day, on the mean


class Pair(NamedTuple):
    """Two stories that may be one. Filled in again for each two."""

    ones: Integers  # articles that stand for the smaller, -1 where it has fewer
    others: Integers  # and for the larger
    each: Floats  # scratch: what one article of the smaller is asked
    stated: Integers
    row: Floats  # (len(PAIR_FEATURES),): what speaks for it


def pair() -> Pair:
    """None yet."""
    return Pair(
        np.full(SAMPLE, -1, np.int64),
        np.full(SAMPLE, -1, np.int64),
        np.zeros(len(FEATURES), np.float64),
        np.zeros(_ASKED_OF_EACH, np.int64),
        np.zeros(len(PAIR_FEATURES), np.float64),
    )


@nopython
def cohesion(live: Live, slot: int) -> float:
    """Mean cosine among a story's articles, -1 for one."""
    story = live.stories[slot]
    if story.count < 2:
        return -1.0
    return (story.norm - story.own) / (story.count - 1.0) / max(1, story.own)


@nopython
def sample(live: Live, slot: int, rows: Integers) -> int:
    """Articles that stand for a story: the newest half, and the oldest."""
    story = live.stories[slot]
    for i in range(rows.shape[0]):
        rows[i] = -1
    count = 0
    n = story.count
    row = story.last
    newest = rows.shape[0] if n <= rows.shape[0] else (rows.shape[0] + 1) // 2
    while row != -1 and count < newest:
        rows[count] = row
        count += 1
        row = live.order[row].before
    if n > rows.shape[0]:
        row = story.first
        while count < rows.shape[0]:
            rows[count] = row
            count += 1
            row = live.order[row].after
    return count


@nopython
def _own(live: Live, row: int, a: int, b: int) -> float:
    """Share of an article of ``a`` in words that ``b`` has too, each counted as far as no other
    story has it."""
    vector = live.vectors[row]
    words = 0.0
    for i in range(vector.filled):
        term = vector.terms[i]
        heavy = float(vector.weights[i]) ** 2
        times_a = sum_of(live, a, term)[1]
        times_b = sum_of(live, b, term)[1]
        if times_b:
            words += heavy * (times_a + times_b) / (live.terms[term].frequency + 1.0)
    return words / vector.square


@nopython
def pair_features(live: Live, one: int, two: int, of: Pair) -> None:
    """Fill in what speaks for two stories being one. The same whichever comes first."""
    a, b = one, two
    if live.stories[a].count > live.stories[b].count or (
        live.stories[a].count == live.stories[b].count
        and live.stories[a].founder < live.stories[b].founder
    ):
        a, b = two, one
    each, stated, out = of.each, of.stated, of.row
    count = sample(live, a, of.ones)
    sample(live, b, of.others)
    for j in range(out.shape[0]):
        out[j] = 0.0
    for j in range(_ASKED_OF_EACH):
        stated[j] = 0
    for i in range(count):
        ask(live, of.ones[i])
        features(live, of.ones[i], b, of.others, each)
        unask(live, of.ones[i])
        for j in range(_ASKED_OF_EACH):
            if each[j] != -1.0:
                out[j] += each[j]
                stated[j] += 1
        out[MOST_COSINE] = max(out[MOST_COSINE], each[COSINE])
        out[MOST_BEST_LINK] = max(out[MOST_BEST_LINK], each[BEST_LINK])
        out[BOTH_OWN_WORDS] += _own(live, of.ones[i], a, b) / count
    for j in range(_ASKED_OF_EACH):
        out[j] = out[j] / stated[j] if stated[j] else -1.0
    both = live.stories[a].own_named > 0 and live.stories[b].own_named > 0
    out[TIES] = ties(both, out[NAME_LINK], out[OTHER_LINK])
    na, nb = float(live.stories[a].count), float(live.stories[b].count)
    product = (
        out[MEAN_LINK] * math.sqrt(live.stories[a].own / na * live.stories[b].own / nb) * na * nb
    )
    out[SUMS_COSINE] = product / math.sqrt(
        float(live.stories[a].norm) * float(live.stories[b].norm) + 1e-9
    )
    out[SMALLER_SIZE] = math.log(na)
    out[SMALLER_COHESION] = cohesion(live, a)
    weight = (na > 1) * na + (nb > 1) * nb
    if weight > 0:
        within = (na > 1) * na * out[SMALLER_COHESION] + (nb > 1) * nb * out[COHESION]
        out[BOTH_RELATIVE] = out[MEAN_LINK] / max(0.02, within / weight)
    else:
        out[BOTH_RELATIVE] = -1.0


@nopython
def own_odds(row: Floats) -> float:
    """What words of their own say of two stories of headlines: for one event only as far as
    names bear out what other words say; nothing of texts."""
    own = min(ENOUGH, float(row[BOTH_OWN_WORDS])) - NEITHER
    if own > 0:
        own *= max(0.0, min(1.0, 1.0 + float(row[TIES])))
    return PER_OWN * own * (1.0 - as_text(row[STORY_LENGTH]))


@nopython
def _between(live: Live, ones: Integers, others: Integers) -> tuple[float, int]:
    """Days between articles of two stories (0 where they overlap), and minutes that all of them
    last; 0 and 0 where all times of one are unknown."""
    low_a, high_a, low_b, high_b = 2**40, -(2**40), 2**40, -(2**40)
    for i in range(SAMPLE):
        if ones[i] >= 0 and live.articles[ones[i]].minute != NO_TIME:
            low_a = min(low_a, live.articles[ones[i]].minute)
            high_a = max(
                high_a, live.articles[ones[i]].minute + 1439 * live.articles[ones[i]].day_only
            )
        if others[i] >= 0 and live.articles[others[i]].minute != NO_TIME:
            low_b = min(low_b, live.articles[others[i]].minute)
            high_b = max(
                high_b, live.articles[others[i]].minute + 1439 * live.articles[others[i]].day_only
            )
    if high_a < low_a or high_b < low_b:
        return 0.0, 0
    lasting = max(high_a, high_b) - min(low_a, low_b)
    return max(0, low_b - high_a, low_a - high_b) / 1440.0, lasting


@nopython
def time_odds_of_both(live: Live, of: Pair) -> float:
    """What time says of two stories: what lies between them, how long both last together, and
    how far apart their articles are; nothing where a time is missing."""
    folds = 0.0
    compared = 0
    for i in range(SAMPLE):
        for j in range(SAMPLE):
            a, b = of.ones[i], of.others[j]
            if a < 0 or b < 0:
                continue
            one, two = live.articles[a], live.articles[b]
            if one.minute == NO_TIME or two.minute == NO_TIME:
                continue
            apart = abs(one.minute - two.minute)
            if one.day_only or two.day_only:
                apart = max(apart, _IN_A_DAY)
            folds += math.log((1.0 + apart / 60.0) / (1.0 + USUAL_GAP))
            compared += 1
    days, lasting = _between(live, of.ones, of.others)
    return span_odds(lasting) - PER_DAY * days - PER_FOLD * folds / max(1, compared)


@nopython
def said_odds_of_both(live: Live, of: Pair) -> float:
    """What the days of the week that two stories' articles name say, and the bigrams that these
    share: the mean of each over the articles of which it says something."""
    of_days = of_bigrams = 0.0
    with_day = with_bigrams = 0
    for i in range(SAMPLE):
        if of.ones[i] >= 0:
            odds = day_odds(live, of.ones[i], of.others)
            of_days += odds
            with_day += odds != 0.0
            odds = bigram_odds(live, of.ones[i], of.others)
            of_bigrams += odds
            with_bigrams += odds != 0.0
    return of_days / max(1, with_day) + of_bigrams / max(1, with_bigrams)
