"""The enrich stage: the next articles in the order of seq get language, tags, summary, vector.

First what one article's words tell (``enrich.article``), which any engine may map; then, one after
another, what follows from the articles before: statistics and vectors, tags and their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.article import Enriched, Unread, enrich
from backstory.enrich.language import detect
from backstory.enrich.meaning import Embedder, Said, meanings_of
from backstory.enrich.summary.extractive import summarise
from backstory.enrich.tags.aliases import WINDOW as ALIASES_WINDOW
from backstory.enrich.tags.aliases import Aliases
from backstory.enrich.tags.numbering import TagNumbers
from backstory.enrich.vector import Vectoriser
from backstory.model.tag import Tag
from backstory.store import articles as kept_articles
from backstory.store import enriched as kept
from backstory.store import stages, tagging
from backstory.store.articles import Words
from backstory.store.database import Store
from backstory.store.enriched import EnrichedRow, Epoch
from backstory.store.stages import Lease

STAGE = "enrich"

Mapper = Callable[[Callable[[Unread], Enriched], Iterable[Unread]], Iterable[Enriched]]


class EnrichStage:
    """What enriching keeps in memory, all of it taken from the store.

    ``mapper``: applies a pure function to each of some articles and gives the results in their
    order, as ``map`` does, or ``Executor.map`` in other processes.
    """

    name = STAGE

    def __init__(
        self, store: Store, embedder: Embedder | None = None, mapper: Mapper = map
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._map = mapper
        with store.read() as reader:
            self.cursor = stages.cursor(reader, STAGE)
            epoch = kept.last_epoch(reader)
            self._vectoriser = Vectoriser(kept.all_terms(reader), epoch.number, epoch.documents)
            self._tags = TagNumbers(kept.tag_count(reader), self._stored_tags)
            self._aliases = Aliases()
            self._aliases.restore(
                tagging.tags_by_article(reader, self.cursor - ALIASES_WINDOW, self.cursor)
            )
            at = epoch.seq
            while at < self.cursor:
                for words in kept_articles.words_after(reader, at, min(500, self.cursor - at)):
                    language = detect(words.title, words.text, words.given_language)
                    self._vectoriser.recount(words.title, words.text, language)
                    at = words.seq

    def batch(self, lease: Lease, limit: int) -> int:
        """Enrich at most ``limit`` articles in one transaction; how many there were."""
        with self._store.read() as reader:
            words = kept_articles.words_after(reader, self.cursor, limit)
            stale = kept_articles.unsummarised(reader, limit)
        if not words and not stale:
            return 0
        found = list(self._map(enrich, map(_unread, words)))
        rows = self._in_order(words, found)
        meanings = self._meanings(words, [one.language for one in found])
        changes = self._vectoriser.drain()
        summaries = {row.seq: summarise(row.title, row.text, row.language) for row in stale}
        done = words[-1].seq if words else self.cursor
        with self._store.write() as writer:
            kept.insert(writer, rows, self._tags.drain())
            if self._embedder is not None:
                kept.keep_meanings(writer, self._embedder.name, meanings)
            kept.keep_terms(writer, changes.new, changes.counts)
            if changes.documents is not None:
                # The counts include the articles that were read with older statistics.
                ended = max(row.seq for row in rows if row.vector.epoch < changes.epoch)
                kept.keep_epoch(writer, Epoch(changes.epoch, ended, changes.documents))
            kept.resummarise(writer, summaries)
            kept_articles.mark_summarised(writer, [row.version for row in stale])
            stages.advance(writer, lease, done)
        self.cursor = done
        self._tags.forget()
        return len(words) + len(stale)

    def _in_order(self, words: Sequence[Words], found: Sequence[Enriched]) -> list[EnrichedRow]:
        """What follows from the articles before, added to what each one's words tell."""
        met = {tag.slug for one in found for tag in one.tags}
        self._tags.meet(met)
        rows: list[EnrichedRow] = []
        for article, one in zip(words, found, strict=True):
            tags = self._aliases.add([self._tags.known(tag) for tag in one.tags])
            self._tags.meet({tag.slug for tag in tags} - met)  # an earlier one that stands for it
            rows.append(
                EnrichedRow(
                    seq=article.seq,
                    ordered=article.ordered,
                    language=one.language,
                    summary=one.summary,
                    length=one.length,
                    vector=self._vectoriser.add(one.terms),
                    fingerprint=one.fingerprint,
                    named_days=one.named_days,
                    tags=tuple(map(self._tags.number, tags)),
                )
            )
        return rows

    def _meanings(
        self, words: Sequence[Words], languages: Sequence[str | None]
    ) -> dict[int, NDArray[np.int8]]:
        if self._embedder is None:
            return {}
        said = [
            Said(one.title, one.text, language)
            for one, language in zip(words, languages, strict=True)
        ]
        found = zip(words, meanings_of(self._embedder, said), strict=True)
        return {one.seq: vector for one, vector in found if vector is not None}

    def _stored_tags(self, slugs: Collection[str]) -> Mapping[str, tuple[int, Tag]]:
        with self._store.read() as reader:
            return kept.tags_of_slugs(reader, slugs)


def _unread(words: Words) -> Unread:
    day = datetime.fromtimestamp(words.ordered, UTC).date()
    return Unread(words.title, words.text, words.given_language, words.given_tags, day)
