"""The latest time seen: what "now" is to an archive, which may have ended long ago."""

from __future__ import annotations

from collections.abc import Sequence

LOOKED_AT = 100  # articles, the newest, that tell it
MOST_AHEAD = 20  # of them that may be dated wrongly
_FAR = 3 * 86_400  # seconds; trending looks back as far, so that nearer ones hide nothing
_FARTHER = 4  # times as far as those behind lie apart


def latest(times: Sequence[int], heard: int | None = None) -> int | None:
    """The newest of these times that is no slip; None where there are none.

    ``times``: when the newest articles appeared, in seconds, newest first, none after the clock;
    ``heard``: when a feed last brought something, up to which nothing can be ahead of its time.

    A few articles, at most ``MOST_AHEAD`` and a third of all, are dated ahead where they stand
    alone: more than three days after the next ones, and much farther from them than those, up
    to three times as many, lie apart. A wrong year, or the day of an event that an article
    announces, is of this kind; an archive that goes on after a pause is too, until more than so
    many articles have come.
    """
    ahead = 0
    for count in range(1, min(MOST_AHEAD, len(times) // 3) + 1):
        if heard is not None and times[count - 1] <= heard:
            break
        behind = times[count : 4 * count]
        gap = times[count - 1] - behind[0]
        if gap > max(_FAR, _FARTHER * (behind[0] - behind[-1])):
            ahead = count
    return times[ahead] if times else None
