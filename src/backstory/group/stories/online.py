"""Stories: which event each article reports, decided as it comes and repaired later.

Each article is asked about once, in order of arrival, and joins the story that it most surely
belongs to, or founds one. At fixed sequence numbers the newest articles are looked at again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backstory.group.stories import languages, score
from backstory.group.stories import window as _live
from backstory.group.stories.assignment import candidates, place
from backstory.group.stories.repair import repair
from backstory.model.changes import Placement
from backstory.model.vector import Item


class Stories:
    """Groups items online. All state follows from the last ``WINDOW`` items and their stories."""

    WINDOW: int = _live.WINDOW

    def __init__(self, window: int | None = None, trees: score.Forests | None = None) -> None:
        """``trees``: others than those that ship."""
        self._live = _live.empty(window or self.WINDOW)
        self._candidates = candidates()
        self._languages: dict[str, int] = {}
        self._trees = score.load() if trees is None else trees

    def restore(self, members: Iterable[tuple[Item, int]]) -> None:
        """Take up where another grouper stopped: the last ``WINDOW`` items in order of seq,
        each with the story that it is in now."""
        slots: dict[tuple[int, int], int] = {}
        for item, story in members:
            self._prepare(item)
            row = int(_live.enter(self._live, *self._told(item)))
            strand = story, int(self._live.language[row])
            slot = slots.get(strand)
            if slot is None or self._live.size[slot] == 0 or self._live.founder[slot] != story:
                slot = slots[strand] = _live.open_story(self._live, story)
            _live.put(self._live, row, slot, -1)
            _live.index(self._live, row)
        self._live.meta[_live.MIXED] = len({story for story, _ in slots}) < len(slots)

    def add(self, item: Item) -> Placement:
        """The story of an item, and what repair changed before it came."""
        changes = repair(self._live, self._trees, self._candidates, item.seq)
        self._prepare(item)
        story = int(place(self._live, self._trees.join, self._candidates, *self._told(item)))
        return Placement(story, changes)

    def _prepare(self, item: Item) -> None:
        """Make room for an item, which takes the place of the window's oldest."""
        self._live = _live.with_room(self._live, int(item.vector.terms.max(initial=0)))
        if item.meaning is not None:
            self._live = languages.with_size(self._live, len(item.meaning))
        languages.enter(self._live, item.meaning)

    def _told(self, item: Item) -> tuple[Any, ...]:
        """What ``live.enter`` asks of an item."""
        language = item.language.split("-")[0].lower()
        return (
            item.seq,
            item.vector.terms,
            item.vector.weights,
            item.vector.flags,
            item.vector.bigrams,
            _live.NO_TIME if item.minute is None else item.minute,
            item.day_only,
            self._languages.setdefault(language, len(self._languages)),
            item.length,
        )
