"""Number tags in the order in which they first come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from backstory.model.tag import Tag

MOST = 50_000  # tags that are kept at hand; the others are asked for when they come again

Ask = Callable[[Collection[str]], Mapping[str, tuple[int, Tag]]]


class TagNumbers:
    """The tags of a store: the name and kind of each are those of its first article.

    ``count``: how many there are, numbered from 1; ``ask``: those of some slugs that are there,
    with their numbers.
    """

    def __init__(self, count: int, ask: Ask) -> None:
        self._count = count
        self._ask = ask
        self._met: dict[str, tuple[int, Tag]] = {}
        self._new: list[tuple[int, Tag]] = []

    def meet(self, slugs: Collection[str]) -> None:
        """Have those tags at hand that are there; to be called before the methods below."""
        strange = [slug for slug in slugs if slug not in self._met]
        if strange:
            self._met |= self._ask(strange)

    def known(self, tag: Tag) -> Tag:
        """The tag as it is there, if it is."""
        met = self._met.get(tag.slug)
        return tag if met is None else met[1]

    def number(self, tag: Tag) -> int:
        """The tag's number; a new one gets the next."""
        met = self._met.get(tag.slug)
        if met is None:
            self._count += 1
            met = self._met[tag.slug] = (self._count, tag)
            self._new.append(met)
        return met[0]

    def drain(self) -> tuple[tuple[int, Tag], ...]:
        """The tags that are new since the last drain."""
        new = tuple(self._new)
        self._new.clear()
        return new

    def forget(self) -> None:
        """Keep no more at hand than is good; only when what is new has been stored."""
        if len(self._met) > MOST:
            self._met.clear()
