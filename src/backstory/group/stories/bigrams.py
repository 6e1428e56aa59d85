"""What two telling words in a row say of texts: those of one event share some that few others
have, where many stories are alive."""

from __future__ import annotations

import math

import numpy as np

from backstory.group.stories.evidence import MOST_ALIVE, alive, as_text, length_of
from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Integers
from backstory.group.stories.window import Live

# In log-odds, in round numbers, by ecb-plus with renamed copies and by timelines:
OF_THEIR_OWN = 0.3  # won where no other article has what two share
PER_ELSEWHERE = 0.2  # lost for each unit of the log of how many have it, twice and one more
UNSHARED = 1.2  # lost where they share none, and the most that is


@nopython
def _elsewhere(live: Live, row: int, other: int) -> int:
    """How many more articles have the rarest bigram that two share, -1 where they share none."""
    mine, theirs = live.vectors[row], live.vectors[other]
    mask = np.uint32(live.bigrams_held.shape[0] - 1)
    fewest = -1
    i = 0
    j = 0
    while i < mine.bigrams_filled and j < theirs.bigrams_filled:
        one, two = mine.bigrams[i], theirs.bigrams[j]
        if one == two:
            held = max(0, int(live.bigrams_held[one & mask]) - 2)
            fewest = held if fewest < 0 else min(fewest, held)
        i += one <= two
        j += two <= one
    return fewest


@nopython
def bigram_odds(live: Live, row: int, links: Integers) -> float:
    """What it says that an article shares two words in a row with a story's closest articles, or
    that it shares none: the more stories are alive, the more; of headlines nothing."""
    fewest = -1
    words = 0
    for k in range(links.shape[0]):
        if links[k] >= 0 and links[k] != row and live.vectors[links[k]].bigrams_filled:
            held = _elsewhere(live, row, links[k])
            if held >= 0:
                fewest = held if fewest < 0 else min(fewest, held)
            words = max(words, live.articles[links[k]].length)
    if words == 0 or live.vectors[row].bigrams_filled == 0:
        return 0.0
    odds = OF_THEIR_OWN - PER_ELSEWHERE * math.log(1.0 + 2.0 * fewest) if fewest >= 0 else -UNSHARED
    counts = as_text(length_of(min(words, live.articles[row].length))) * min(
        MOST_ALIVE, alive(live)
    )
    return counts / MOST_ALIVE * max(odds, -UNSHARED)
