"""Rules beside the trees, on the same rows of features.

The streams that the trees are learned from have few stories, so they do not show what these rules
say. Each moves in steps, in log-odds, in round numbers, with allsides-stories and olympics-stream
in view.
"""

from __future__ import annotations

import math

from backstory.group.stories.evidence import (
    ALIVE,
    LENGTH,
    OTHER_LINK,
    OWN_WORDS,
    SIZE,
    as_text,
)
from backstory.group.stories.nopython import nopython
from backstory.group.stories.records import Floats
from backstory.group.stories.score import CROWDED

# A story of two articles or more has words of its own, or it is a theme that grows for ever:
OWN = 0.25  # of ``own_words``, beyond which more says no more
COMMON = 0.12  # what speaks neither for the story nor against it
PER_OWN = 5.0  # log-odds lost or won for each unit from there
# A story of one article has shown nothing yet, and where many are alive, more of them have not:
ALONE = 0.4  # log-odds won for each unit of ``alive``, up to ``CROWDED``
STEPS = 8
# The articles of one affair share its names whichever event they report: the words of a text that
# are no names have to agree too.
AGREE = 0.35  # of ``other_link``, beyond which more says no more
APIECE = 0.2  # what speaks neither for one event nor against it
PER_OTHER = 4.0  # log-odds lost or won for each unit from there, of a text; none of a headline
FINE_STEPS = 16
LENGTHS = 3  # steps from headlines to texts


@nopython
def _stepped(share: float, steps: int) -> float:
    """A share of 0 to 1 in whole steps."""
    return min(steps, max(0, math.ceil(share * steps - 0.5))) / steps


@nopython
def own_words_odds(row: Floats) -> float:
    """What it says how far the shared words are the story's own; of a story of one article, how
    many stories are alive."""
    if row[SIZE] <= 0.0:
        return ALONE * CROWDED * _stepped(float(row[ALIVE]) / CROWDED, STEPS)
    return PER_OWN * (OWN * _stepped(row[OWN_WORDS] / OWN, STEPS) - COMMON)


@nopython
def other_words_odds(row: Floats) -> float:
    """What it says of a text how far the words that are no names agree."""
    agreed = AGREE * _stepped(row[OTHER_LINK] / AGREE, FINE_STEPS)
    return PER_OTHER * (agreed - APIECE) * _stepped(as_text(row[LENGTH]), LENGTHS)
