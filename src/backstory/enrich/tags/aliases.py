"""Join tags across the archive: who "Blinken" is, and of what kind a name is, by the articles
before."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence

from backstory.model.tag import Tag, TagKind

WINDOW = 20_000  # articles that are remembered
SEEN = 3  # times that a full name must have been seen
SHARE = 0.8  # and its share of all full names with that surname


class Aliases:
    """The full names that the last ``WINDOW`` articles bore, by surname, and the kinds of slugs.

    Its state follows from the tags of those articles alone: ``restore`` with the stored ones, in
    the order of ``seq``, makes the same state as having added them one by one.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._rows: deque[tuple[Tag, ...]] = deque()
        self._full: dict[str, Counter[Tag]] = {}
        self._kinds: dict[str, Counter[TagKind]] = {}

    def restore(self, rows: Iterable[Sequence[Tag]]) -> None:
        """Take in the stored tags of articles, oldest first; only the last ``WINDOW`` count."""
        for row in rows:
            self._remember(tuple(row))

    def add(self, tags: Sequence[Tag]) -> tuple[Tag, ...]:
        """The tags of the next article, joined to those before; what is returned is stored."""
        joined: dict[str, Tag] = {}
        for tag in tags:
            known = self.canonical(tag)
            joined.setdefault(known.slug, known)
        result = tuple(joined.values())
        self._remember(result)
        return result

    def canonical(self, tag: Tag) -> Tag:
        """The full name for a surname alone where one is dominant; the usual kind of a slug."""
        surname = tag.slug
        if "-" not in surname and tag.kind in ("person", "organisation") and tag.name.istitle():
            names = self._full.get(surname)
            if names is not None:
                best = min(names, key=lambda t: (-names[t], t.slug))
                if names[best] >= SEEN and names[best] >= SHARE * names.total():
                    return best
        kinds = self._kinds.get(tag.slug)
        if kinds is not None:
            kind = min(kinds, key=lambda k: (-kinds[k], k))
            if kind != tag.kind and kinds[kind] >= SEEN and kinds[kind] >= SHARE * kinds.total():
                return Tag(tag.slug, tag.name, kind)
        return tag

    def _remember(self, row: tuple[Tag, ...]) -> None:
        self._rows.append(row)
        self._count(row, 1)
        if len(self._rows) > self._window:
            self._count(self._rows.popleft(), -1)

    def _count(self, row: tuple[Tag, ...], by: int) -> None:
        for tag in row:
            kinds = self._kinds.setdefault(tag.slug, Counter())
            kinds[tag.kind] += by
            if kinds[tag.kind] <= 0:
                del kinds[tag.kind]
            if not kinds:
                del self._kinds[tag.slug]
            if tag.kind != "person" or "-" not in tag.slug:
                continue
            surname = tag.slug.rsplit("-", 1)[1]
            names = self._full.setdefault(surname, Counter())
            names[tag] += by
            if names[tag] <= 0:
                del names[tag]
            if not names:
                del self._full[surname]
