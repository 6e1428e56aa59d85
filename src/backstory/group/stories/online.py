"""Stories: which event each article reports, decided as it comes and repaired later.

Each article is asked about once, in order of arrival, and joins the story that it most surely
belongs to, or founds one. At fixed sequence numbers the newest articles are looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from backstory.group.stories import languages, score
from backstory.group.stories import window as _live
from backstory.group.stories.assignment import Candidates, assign, candidates, restore
from backstory.group.stories.nopython import direct
from backstory.group.stories.repair import repair
from backstory.model.changes import Placement
from backstory.model.vector import Item

_Assign = Callable[[_live.Live, score.Trees, Candidates, _live.Arrival], int]


class Stories:
    """Groups items online. All state follows from the last ``WINDOW`` items and their stories."""

    WINDOW: int = _live.WINDOW

    def __init__(self, window: int | None = None, trees: score.Forests | None = None) -> None:
        """``trees``: others than those that ship."""
        self._live = _live.empty(window or self.WINDOW)
        self._candidates = candidates()
        self._languages: dict[str, int] = {}
        self._trees = score.load() if trees is None else trees
        self._assign: _Assign | None = None  # the first call decides on its types

    def restore(self, members: Iterable[tuple[Item, int]]) -> None:
        """Take up where another grouper stopped: the last ``WINDOW`` items in order of seq,
        each with the story that it is in now."""
        slots: dict[tuple[int, int], int] = {}
        for item, story in members:
            self._prepare(item)
            arrival = self._arrival(item)
            cluster = story, arrival.language
            slots[cluster] = restore(self._live, arrival, story, slots.get(cluster, -1))
        self._live.counts.mixed = len({story for story, _ in slots}) < len(slots)

    def add(self, item: Item) -> Placement:
        """The story of an item, and what repair changed before it came."""
        changes = repair(self._live, self._trees, self._candidates, item.seq)
        self._prepare(item)
        arguments = self._live, self._trees.join, self._candidates, self._arrival(item)
        if self._assign is None:
            self._assign = direct(assign, *arguments)
        story = int(self._assign(*arguments))
        return Placement(story, changes)

    def _prepare(self, item: Item) -> None:
        """Make room for an item, which takes the place of the window's oldest."""
        self._live = _live.with_room(self._live, int(item.vector.terms.max(initial=0)))
        if item.meaning is not None:
            self._live = languages.with_size(self._live, len(item.meaning))
        languages.enter(self._live, item.meaning)

    def _arrival(self, item: Item) -> _live.Arrival:
        """What of an item decides; arrays are copied, so that all are of one type."""
        language = item.language.split("-")[0].lower()
        vector = item.vector
        return _live.Arrival(
            item.seq,
            np.array(vector.terms, np.int32),
            np.array(vector.weights, np.int16),
            np.array(vector.flags, np.uint8),
            np.array(vector.bigrams, np.uint32),
            _live.NO_TIME if item.minute is None else item.minute,
            item.day_only,
            self._languages.setdefault(language, len(self._languages)),
            item.length,
        )
