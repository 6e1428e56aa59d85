"""Whether an article belongs to a story: how much what speaks for it is worth."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from backstory.group.stories.evidence import (
    ALIVE,
    BEST_LINK,
    COMMON_NAME,
    LIFT,
    MOST_ALIVE,
    SHARED,
)
from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Floats, Integers
from backstory.group.stories.window import NO_TIME, Live, minutes_apart

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
# The more stories are alive, the more there must be to tell one from all others:
CROWDED = (
    1.8  # the most of ``alive`` that counts where it is decided; all of it where it is learned
)
CROWDING = 0.25  # log-odds lost for each unit of ``alive``
# And what is said in the same words of others is another story (by both sets of renamed copies):
OTHER_NAMES = 1.5  # log-odds lost at ``MOST_ALIVE`` where no article of the story has the names
USUAL_NAME = 0.5  # of ``common_name``, from which nothing is lost


@nopython
def _gap_odds(days: float, exact: bool) -> float:
    return (AT_ONCE if exact else 0.0) - PER_DAY * days


@nopython
def time_odds(live: Live, row: int, slot: int, links: Integers) -> float:
    """What time says: the mean of the gaps to the nearest in time of the closest articles and
    to the story's newest; nothing where a time is missing."""
    last = live.stories[slot].last
    if last == row:
        last = live.order[last].before
    if live.articles[row].minute == NO_TIME or last < 0 or live.articles[last].minute == NO_TIME:
        return 0.0
    newest = minutes_apart(live, row, last)
    nearest = 2**40
    for k in range(links.shape[0]):
        if links[k] >= 0 and live.articles[links[k]].minute != NO_TIME:
            nearest = min(nearest, minutes_apart(live, row, links[k]))
    exact = not live.articles[row].day_only and not live.articles[last].day_only
    return _gap_odds((min(nearest, 4320) + min(newest, 4320)) / 2880.0, exact)


@nopython
def day_odds(live: Live, row: int, links: Integers) -> float:
    """What the day of the week says that an article and a story's closest articles name; nothing
    where either names none."""
    day = live.articles[row].day
    if day == 0:
        return 0.0
    naming = same = 0
    for k in range(links.shape[0]):
        if links[k] >= 0 and links[k] != row and live.articles[links[k]].day:
            naming += 1
            same += live.articles[links[k]].day == day
    if naming == 0:
        return 0.0
    named = IMAGINED + live.counts.on_day[1:].sum()
    chance = min(SAME_DAY, (IMAGINED * CHANCE_DAY + live.counts.on_day[day]) / named)
    share = same / naming
    return share * FOR * math.log(SAME_DAY / chance) + (1.0 - share) * AGAINST * math.log(
        (1.0 - SAME_DAY) / (1.0 - chance)
    )


@nopython
def span_odds(minutes: int) -> float:
    """What is lost where a story would last so long: an event is over in days, and what a war
    or a tournament brings the week after is the next story of the same topic."""
    return -PER_DAY_LONGER * max(0.0, minutes / 1440.0 - FRESH)


@nopython
def span(live: Live, row: int, slot: int) -> int:
    """Minutes from a story's first article to another; 0 where a time is missing."""
    first = live.stories[slot].first
    if first == row:
        first = live.order[first].after
    if first < 0 or live.articles[row].minute == NO_TIME or live.articles[first].minute == NO_TIME:
        return 0
    return minutes_apart(live, row, first)


class Trees(NamedTuple):
    """Boosted trees, flattened: ``roots`` (trees,); of each node the feature (-1: a leaf), the
    threshold (a leaf: its value) and the two nodes below (at most the threshold; above it)."""

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float64]
    low: NDArray[np.int32]
    high: NDArray[np.int32]


class Forests(NamedTuple):
    """The trees that tell whether an article joins a story, whether two stories are merged, and
    whether two halves stay one."""

    join: Trees
    merge: Trees
    split: Trees


SHIPPED = Path(__file__).parent / "data" / "stories.npz"  # by evaluation.shipped_stories


def load() -> Forests:
    """The trees that ship with the project."""
    with np.load(SHIPPED, allow_pickle=False) as kept:
        return Forests(
            *(
                Trees(*(kept[f"{name}_{field}"] for field in Trees._fields))
                for name in Forests._fields
            )
        )


def packed(forests: Forests, origin: str) -> bytes:
    """What ``load`` reads, and where it comes from; the same trees give the same bytes."""
    file = BytesIO()
    np.savez(
        file,
        origin=np.array(origin),
        **{
            f"{name}_{field}": column
            for name, trees in forests._asdict().items()
            for field, column in trees._asdict().items()
        },
    )
    return file.getvalue()


@nopython
def theme_odds(row: Floats) -> float:
    """What is lost where the story is hardly closer to the article than articles at large and
    where many stories are alive, and won where the closest article says the same words."""
    same = 0.0
    if row[SHARED] >= TELLING:
        same = max(0.0, float(row[BEST_LINK]) - ALMOST) / (1.0 - ALMOST)
    theme = PER_LIFT * (1.0 - same) * min(0.0, float(row[LIFT]) - CLOSER)
    return theme + SAME * same - CROWDING * min(CROWDED, float(row[ALIVE]))


@nopython
def name_odds(row: Floats) -> float:
    """What is lost where few articles of the story have a name that the article has, and many
    more stories than usual are alive; nothing where one side is without names."""
    common = float(row[COMMON_NAME])
    if common < 0:
        return 0.0
    more = max(0.0, float(row[ALIVE]) - CROWDED) / (MOST_ALIVE - CROWDED)
    return -OTHER_NAMES * more * max(0.0, 1.0 - common / USUAL_NAME)


@nopython
def log_odds(trees: Trees, row: Floats) -> float:
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
