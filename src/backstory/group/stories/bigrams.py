"""What two telling words in a row say of texts: those of one event share some that few others
have, where many stories are alive."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from backstory.group.stories.nopython import lean
from backstory.group.stories.score import MOST_ALIVE, alive, as_text, length_of
from backstory.group.stories.window import Live

# In log-odds, in round numbers, by ecb-plus with renamed copies and by timelines:
OF_THEIR_OWN = 0.3  # won where no other article has what two share
PER_ELSEWHERE = 0.2  # lost for each unit of the log of how many have it, twice and one more
UNSHARED = 1.2  # lost where they share none, and the most that is


@lean
def _elsewhere(live: Live, row: int, other: int) -> Any:
    """How many more articles have the rarest bigram that two share, -1 where they share none."""
    mask = np.uint32(live.bigrams_held.shape[0] - 1)
    fewest: Any = -1
    i = 0
    j = 0
    while i < live.bigrams_filled[row] and j < live.bigrams_filled[other]:
        one, two = live.bigrams[row, i], live.bigrams[other, j]
        if one == two:
            held: Any = max(0, np.int64(live.bigrams_held[one & mask]) - 2)
            fewest = held if fewest < 0 else min(fewest, held)
        i += one <= two
        j += two <= one
    return fewest


@lean
def bigram_odds(live: Live, row: int, links: Any) -> Any:
    """What it says that an article shares two words in a row with a story's closest articles, or
    that it shares none: the more stories are alive, the more; of headlines nothing."""
    fewest = -1
    words = 0
    for k in range(links.shape[0]):
        if links[k] >= 0 and links[k] != row and live.bigrams_filled[links[k]]:
            held = _elsewhere(live, row, links[k])
            if held >= 0:
                fewest = held if fewest < 0 else min(fewest, held)
            words = max(words, live.length[links[k]])
    if words == 0 or live.bigrams_filled[row] == 0:
        return 0.0
    odds = OF_THEIR_OWN - PER_ELSEWHERE * math.log(1.0 + 2.0 * fewest) if fewest >= 0 else -UNSHARED
    counts = as_text(length_of(min(words, live.length[row]))) * min(MOST_ALIVE, alive(live))
    return counts / MOST_ALIVE * max(odds, -UNSHARED)
