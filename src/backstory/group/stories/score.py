"""Whether an article belongs to a story: what speaks for it, and how much."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from backstory.group.stories.nopython import lean
from backstory.group.stories.window import (
    COUNT,
    NO_TIME,
    NORM,
    STORIES,
    Live,
    minutes_apart,
    sum_of,
)
from backstory.model.vector import NAME, NUMBER

FEATURES = (
    "cosine",  # to the story's sum
    "mean_link",  # mean cosine to its articles
    "best_link",  # to the closest article
    "top_links",  # mean of the three closest
    "contained",  # share of the article that the story has words for
    "link_contained",  # share of the closest article that this one has words for
    "numbers",  # share of the numbers that could be shared and are, -1 without
    "shared",  # terms shared with the closest article
    "size",  # log of the story's articles
    "cohesion",  # mean cosine among the story's articles, -1 for one
    "relative",  # mean link over cohesion, -1 for one
    "length",  # log of words, from 20 (headlines) to 60 (texts): how alike to expect them
    "story_length",  # the same of the mean words of its articles
    "own_words",  # share of the article in words, each counted as far as it is the story's own
    "surprise",  # how unlikely the words shared with the closest article are by chance
    "lift",  # log of mean link over that to any article of the window
    "rise",  # log of mean link less part of that to any article: how alike for such articles
    "name_link",  # mean cosine to its articles in names alone
    "other_link",  # and in all other words
    "ties",  # log of the first over the second: how far names bear out what other words say
    "alive",  # log of how many times FEW stories are alive: how many it could be by chance
    "heavy_link",  # cosine to the closest article where names and rare words count fully
    "clash",  # share of names that each of the two has and the other has not, of the lesser
    "strange",  # the same of all words, weighted fully
    "common_name",  # share of the story's articles with the article's name that is most usual there
    "crowd",  # mean best link of the other candidates, of as many as there may be
    "crowd_gap",  # best link less that
    "margin",  # cosine less that of the next candidate
    "link_margin",  # best link less that of the next candidate
)
(
    COSINE,
    MEAN_LINK,
    BEST_LINK,
    TOP_LINKS,
    CONTAINED,
    LINK_CONTAINED,
    NUMBERS,
    SHARED,
    SIZE,
    COHESION,
    RELATIVE,
    LENGTH,
    STORY_LENGTH,
    OWN_WORDS,
    SURPRISE,
    LIFT,
    RISE,
    NAME_LINK,
    OTHER_LINK,
    TIES,
    ALIVE,
    HEAVY_LINK,
    CLASH,
    STRANGE,
    COMMON_NAME,
    CROWD,
    CROWD_GAP,
    MARGIN,
    LINK_MARGIN,
) = range(len(FEATURES))
# What time is worth, in log-odds (measured on olympics-stream, in round numbers):
AT_ONCE = 0.8  # that an article comes at the same time as others of a story
FRESH = 2.0  # days that a story may last without question
PER_DAY_LONGER = 1.0  # log-odds lost for each day beyond
PER_DAY = 1.4  # lost for a day between them
# A story's articles are closer to one another than to articles at large, or it is a theme:
CLOSER = 1.4  # log of how much closer at least (``lift``)
PER_LIFT = 2.5  # log-odds lost for each unit short of it
# The day of the week that articles name first, if they do, tells events of one affair apart:
SAME_DAY = 0.8  # share of those of one event that name the same
CHANCE_DAY = 0.25  # of those of different events, imagined of ``IMAGINED`` articles
IMAGINED = 20
FOR, AGAINST = 0.2, 0.7  # part of its log-odds that counts, as other words tell it too
# Articles of the same words report the same, however many others do:
ALMOST = 0.9  # cosine from which that begins
SAME = 4.0  # log-odds at 1
TELLING = 3  # words they must share
USUAL = 0.6  # power of how like an article is to any other, by which its links are measured
UNRELATED = 50  # unrelated articles that are thought into every window
FEWEST_WORDS, MOST_WORDS = 20, 60  # of headlines and of texts, as ``length`` tells them
# The more stories there are, the more there must be to tell one from all others:
FEW = 40.0
MOST_ALIVE = 3.2  # of ``alive``: beyond, rarer words tell more
CROWDED = 1.8  # the most of it that counts where it is decided; all of it where it is learned
CROWDING = 0.25  # log-odds lost for each unit of ``alive``
# And what is told in the same words of others is another story (by both sets of renamed copies):
OTHER_NAMES = 1.5  # log-odds lost at ``MOST_ALIVE`` where no article of the story has the names
USUAL_NAME = 0.5  # of ``common_name``, from which nothing is lost
# The sign of what more of it may do to the answer (0: any).
_ANY = {"size", "cohesion", "length", "story_length", "alive", "crowd", "other_link"}
_AGAINST = {"clash", "strange"}
MONOTONE = tuple(0 if name in _ANY else -1 if name in _AGAINST else 1 for name in FEATURES)


@lean
def ask(live: Live, row: int) -> None:
    """Lay out the article's weights by term, for ``features``; ``unask`` wipes them."""
    for i in range(live.filled[row]):
        live.asked[live.terms[row, i]] = live.weights[row, i]
        live.asked_heavy[live.terms[row, i]] = live.heavy[row, i]


@lean
def unask(live: Live, row: int) -> None:
    for i in range(live.filled[row]):
        live.asked[live.terms[row, i]] = 0
        live.asked_heavy[live.terms[row, i]] = 0


@lean
def dot(live: Live, other: int) -> Any:
    """The product of the article asked about with another."""
    total = 0
    for i in range(live.filled[other]):
        total += np.int64(live.asked[live.terms[other, i]]) * live.weights[other, i]
    return total


@lean
def ties(named: bool, name_link: float, other_link: float) -> Any:
    """How far names bear out what other words say; 0 where one side is without names."""
    return math.log((name_link + 0.03) / (other_link + 0.03)) if named else 0.0


@lean
def alive(live: Live) -> Any:
    """Log of how many times FEW stories are alive."""
    return math.log(max(1.0, live.meta[STORIES] / FEW))


@lean
def length_of(words: float) -> Any:
    """Log of so many words, from those of headlines to those of texts."""
    return math.log(max(FEWEST_WORDS, min(words, MOST_WORDS)))


@lean
def as_text(length: float) -> Any:
    """How far an article of this ``length`` is a text: 0 for headlines, 1 for texts."""
    return (length - math.log(FEWEST_WORDS)) / math.log(MOST_WORDS / FEWEST_WORDS)


@lean
def features(live: Live, row: int, slot: int, links: Any, out: Any) -> None:
    """Fill ``out`` but for margins; the article itself does not count as a member."""
    member = live.story[row] == slot
    n = live.size[slot] - member
    square = live.square[row]
    product = 0
    named = 0
    covered = 0.0
    own_words = 0.0
    named_most = 0
    anywhere = 0.0
    listed = live.story[row] >= 0
    everything = max(1, min(live.meta[COUNT], live.seq.shape[0]) - 1)
    for i in range(live.filled[row]):
        weight = np.int64(live.weights[row, i])
        term = live.terms[row, i]
        summed, times = sum_of(live, slot, term)
        held = live.held[term]
        mass = live.mass[term]
        if listed:
            held -= 1
            mass -= weight
        if member:
            summed -= weight
            times -= 1
        anywhere += float(weight * mass)
        product += weight * summed
        heavy = float(weight * weight)
        if summed > 0:
            covered += heavy
            own_words += heavy * times / (held + 1.0)
        if live.flags[row, i] & NAME:
            named += weight * summed
            named_most = max(named_most, times)
    norm = live.norm[slot]
    own = live.own[slot]
    own_named = live.own_named[slot]
    words = live.words[slot]
    if member:
        norm -= 2 * product + square
        own -= square
        own_named -= live.named[row]
        words -= live.length[row]
    size = math.sqrt(float(square))
    out[COSINE] = product / (size * math.sqrt(float(norm)) + 1e-9)
    mean_link = product / (n * size * math.sqrt(own / n) + 1e-9)
    out[MEAN_LINK] = mean_link
    at_large = anywhere / (everything + UNRELATED) / (size * NORM)
    out[RISE] = math.log(mean_link + 0.01) - USUAL * math.log(at_large + 0.003)
    name_link = other_link = 0.0
    if live.named[row] > 0 and own_named > 0:
        name_link = named / (n * math.sqrt(float(live.named[row]) * own_named / n))
    if square > live.named[row] and own > own_named:
        other = float(square - live.named[row]) * (own - own_named) / n
        other_link = (product - named) / (n * math.sqrt(other))
    out[NAME_LINK] = name_link
    out[OTHER_LINK] = other_link
    both = live.named[row] > 0 and own_named > 0
    out[TIES] = ties(both, name_link, other_link)
    # The share as estimated of so many articles (Krichevsky and Trofimov 1981).
    out[COMMON_NAME] = (named_most + 0.5) / (n + 1.0) if both else -1.0
    closest = links[0]
    total = 0.0
    count = 0
    top = 0.0
    for k in range(links.shape[0]):
        other = links[k]
        if other >= 0:
            cosine = dot(live, other) / (size * math.sqrt(float(live.square[other])) + 1e-9)
            total += cosine
            count += 1
            if cosine > top:
                top = cosine
                closest = other
    out[BEST_LINK] = top
    out[TOP_LINKS] = total / max(1, count)
    out[CONTAINED] = covered / square
    out[OWN_WORDS] = own_words / square
    out[LIFT] = math.log(product / n + 1.0) - math.log(anywhere / (everything + UNRELATED) + 1000.0)
    covered = 0.0
    surprise = 0.0
    shared = 0
    numbers = 0
    same_numbers = 0
    same_heavy = 0
    their_heavy = 0.0
    my_heavy = 0.0
    my_names = 0.0
    their_names = 0.0
    for i in range(live.filled[closest]):
        heavy = float(live.weights[closest, i]) ** 2
        there = live.asked[live.terms[closest, i]] > 0
        flags = live.flags[closest, i]
        if there:
            covered += heavy
            shared += 1
            both = np.int64(live.asked_heavy[live.terms[closest, i]])
            same_heavy += both * live.heavy[closest, i]
            my_heavy += float(both * both)
            their_heavy += float(live.heavy[closest, i]) ** 2
            if flags & NAME:
                both = np.int64(live.asked[live.terms[closest, i]])
                my_names += float(both * both)
                their_names += heavy
            surprise += math.log((everything + 2.0) / (live.held[live.terms[closest, i]] + 1.0))
        if flags & NUMBER:
            numbers += 1
            same_numbers += there
    out[LINK_CONTAINED] = covered / max(1, live.square[closest])
    # Less the log of how many articles there are to share them by chance.
    out[SURPRISE] = surprise - math.log(everything + 1.0)
    out[HEAVY_LINK] = same_heavy / (
        math.sqrt(float(live.heavy_square[row]) * float(live.heavy_square[closest])) + 1e-9
    )
    mine_alone = max(0.0, live.named[row] - my_names) / square
    theirs_alone = (live.named[closest] - their_names) / max(1, live.square[closest])
    out[CLASH] = min(mine_alone, theirs_alone)
    out[STRANGE] = min(
        1.0 - my_heavy / max(1, live.heavy_square[row]),
        1.0 - their_heavy / max(1, live.heavy_square[closest]),
    )
    mine = 0
    for i in range(live.filled[row]):
        mine += (live.flags[row, i] & NUMBER) > 0
    out[NUMBERS] = same_numbers / min(mine, numbers) if mine > 0 and numbers > 0 else -1.0
    out[SHARED] = shared
    out[SIZE] = math.log(n)
    if n > 1:
        cohesion = (norm - own) / (n - 1.0) / max(1, own)
        out[COHESION] = cohesion
        out[RELATIVE] = mean_link / max(cohesion, 0.02)
    else:
        out[COHESION] = -1.0
        out[RELATIVE] = -1.0
    out[ALIVE] = min(MOST_ALIVE, alive(live))
    out[LENGTH] = length_of(live.length[row])
    out[STORY_LENGTH] = length_of(words / n)


@lean
def margins(table: Any, found: int) -> None:
    """Fill in how each candidate stands to the best of the others."""
    for i in range(found):
        cosine = 0.0
        link = 0.0
        crowd = 0.0
        for j in range(found):
            if j != i:
                cosine = max(cosine, table[j, COSINE])
                link = max(link, table[j, BEST_LINK])
                crowd += table[j, BEST_LINK]
        crowd /= max(1, table.shape[0] - 1)
        table[i, CROWD] = crowd
        table[i, CROWD_GAP] = table[i, BEST_LINK] - crowd
        table[i, MARGIN] = table[i, COSINE] - cosine
        table[i, LINK_MARGIN] = table[i, BEST_LINK] - link


@lean
def _told(days: float, exact: bool) -> Any:
    return (AT_ONCE if exact else 0.0) - PER_DAY * days


@lean
def time_odds(live: Live, row: int, slot: int, links: Any) -> Any:
    """What time says: the mean of the gaps to the nearest in time of the closest articles and
    to the story's newest; nothing where a time is missing."""
    last = live.last[slot]
    if last == row:
        last = live.before[last]
    if live.minute[row] == NO_TIME or last < 0 or live.minute[last] == NO_TIME:
        return 0.0
    newest = minutes_apart(live, row, last)
    nearest = 2**40
    for k in range(links.shape[0]):
        if links[k] >= 0 and live.minute[links[k]] != NO_TIME:
            nearest = min(nearest, minutes_apart(live, row, links[k]))
    exact = not live.day_only[row] and not live.day_only[last]
    return _told((min(nearest, 4320) + min(newest, 4320)) / 2880.0, exact)


@lean
def day_odds(live: Live, row: int, links: Any) -> Any:
    """What the day of the week says that an article and a story's closest articles name; nothing
    where either names none."""
    day = live.day[row]
    if day == 0:
        return 0.0
    told = same = 0
    for k in range(links.shape[0]):
        if links[k] >= 0 and links[k] != row and live.day[links[k]]:
            told += 1
            same += live.day[links[k]] == day
    if told == 0:
        return 0.0
    named = IMAGINED + live.on_day[1:].sum()
    chance = min(SAME_DAY, (IMAGINED * CHANCE_DAY + live.on_day[day]) / named)
    share = same / told
    return share * FOR * math.log(SAME_DAY / chance) + (1.0 - share) * AGAINST * math.log(
        (1.0 - SAME_DAY) / (1.0 - chance)
    )


@lean
def span_odds(minutes: Any) -> Any:
    """What is lost where a story would last so long: an event is over in days, and what a war
    or a tournament brings the week after is the next story of the same topic."""
    return -PER_DAY_LONGER * max(0.0, minutes / 1440.0 - FRESH)


@lean
def span(live: Live, row: int, slot: int) -> Any:
    """Minutes from a story's first article to another; 0 where a time is missing."""
    first = live.first[slot]
    if first == row:
        first = live.after[first]
    if first < 0 or live.minute[row] == NO_TIME or live.minute[first] == NO_TIME:
        return 0
    return minutes_apart(live, row, first)


class Trees(NamedTuple):
    """Boosted trees, flattened: ``roots`` (trees,); of each node the feature (-1: a leaf), the
    threshold (a leaf: its value) and the two nodes below (at most the threshold; above it)."""

    roots: Any
    feature: Any
    threshold: Any
    low: Any
    high: Any


class Forests(NamedTuple):
    """The trees that tell whether an article joins a story, whether two stories are merged, and
    whether two halves stay one."""

    join: Trees
    merge: Trees
    split: Trees


SHIPPED = Path(__file__).parent / "data" / "stories.npz"  # written by evaluation.learn_stories


def load() -> Forests:
    """The trees that ship with the project."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        return Forests(
            *(
                Trees(*(kept[f"{name}_{field}"] for field in Trees._fields))
                for name in Forests._fields
            )
        )


def packed(forests: Forests) -> bytes:
    """What ``load`` reads: the same trees give the same bytes."""
    file = BytesIO()
    np.savez(
        file,
        **{
            f"{name}_{field}": column
            for name, trees in forests._asdict().items()
            for field, column in trees._asdict().items()
        },
    )
    return file.getvalue()


@lean
def theme_odds(row: Any) -> Any:
    """What is lost where the story is hardly closer to the article than articles at large and
    where many stories are alive, and won where the closest article says the same words."""
    same = max(0.0, row[BEST_LINK] - ALMOST) / (1.0 - ALMOST) if row[SHARED] >= TELLING else 0.0
    theme = PER_LIFT * (1.0 - same) * min(0.0, row[LIFT] - CLOSER)
    return theme + SAME * same - CROWDING * min(CROWDED, row[ALIVE])


@lean
def name_odds(row: Any) -> Any:
    """What is lost where few articles of the story have a name that the article has, and many
    more stories than usual are alive; nothing where one side is without names."""
    if row[COMMON_NAME] < 0:
        return 0.0
    more = max(0.0, row[ALIVE] - CROWDED) / (MOST_ALIVE - CROWDED)
    return -OTHER_NAMES * more * max(0.0, 1.0 - row[COMMON_NAME] / USUAL_NAME)


@lean
def log_odds(trees: Trees, row: Any) -> Any:
    """What the trees say to a row of features."""
    total = 0.0
    for root in trees.roots:
        node = root
        while trees.feature[node] >= 0:
            if row[trees.feature[node]] <= trees.threshold[node]:
                node = trees.low[node]
            else:
                node = trees.high[node]
        total += trees.threshold[node]
    return total
