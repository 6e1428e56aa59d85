"""The enrich stage: the next articles in the order of seq get language, tags, summary, vector."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.fingerprint import fingerprint
from backstory.enrich.language import detect
from backstory.enrich.meaning import Embedder, meaning_of
from backstory.enrich.summary.extractive import summarise
from backstory.enrich.tags.aliases import WINDOW as ALIASES_WINDOW
from backstory.enrich.tags.aliases import Aliases
from backstory.enrich.tags.tagger import tag
from backstory.enrich.vector import TermCounts, Vectoriser
from backstory.model.tag import Tag
from backstory.pipeline.streaming import length
from backstory.store import articles as kept_articles
from backstory.store import enriched as kept
from backstory.store import stages, tagging
from backstory.store.articles import Words
from backstory.store.database import Store
from backstory.store.enriched import Epoch
from backstory.store.stages import Lease
from backstory.text.named_days import named_days

STAGE = "enrich"
MOST_TAGS = 50_000  # that are kept at hand; the others are asked for when they come again


class EnrichStage:
    """What enriching keeps in memory, all of it taken from the store."""

    name = STAGE

    def __init__(self, store: Store, embedder: Embedder | None = None) -> None:
        self._store = store
        self._embedder = embedder
        with store.read() as connection:
            self.cursor = stages.cursor(connection, STAGE)
            epoch = kept.last_epoch(connection)
            self._vectoriser = Vectoriser(
                [
                    TermCounts(t.id, t.term, t.df, t.lower, t.upper)
                    for t in kept.all_terms(connection)
                ],
                epoch.number,
                epoch.documents,
            )
            self._tag_count = kept.tag_count(connection)
            self._tags: dict[str, tuple[int, Tag]] = {}  # those met lately, with their numbers
            self._aliases = Aliases()
            self._aliases.restore(
                tagging.tags_by_article(connection, self.cursor - ALIASES_WINDOW, self.cursor)
            )
            at = epoch.seq
            while at < self.cursor:
                for words in kept_articles.words_after(connection, at, min(500, self.cursor - at)):
                    language = detect(words.title, words.text, words.given_language)
                    self._vectoriser.recount(words.title, words.text, language)
                    at = words.seq

    def batch(self, lease: Lease, limit: int) -> int:
        """Enrich at most ``limit`` articles in one transaction; how many there were."""
        with self._store.read() as connection:
            words = kept_articles.words_after(connection, self.cursor, limit)
            stale = kept_articles.unsummarised(connection, limit)
        if not words and not stale:
            return 0
        new_tags: list[tuple[int, Tag]] = []
        rows, tagged = self._enrich(words, new_tags)
        named = {row["seq"]: row.pop("days") for row in rows}
        meanings = self._meanings(words, rows)
        changes = self._vectoriser.drain()
        summaries = {row.seq: summarise(row.title, row.text, row.language) for row in stale}
        done = words[-1].seq if words else self.cursor
        with self._store.write() as connection:
            kept.insert(connection, rows, new_tags, tagged)
            kept.keep_days(connection, named)
            if self._embedder is not None:
                kept.keep_meanings(connection, self._embedder.name, meanings)
            kept.keep_terms(connection, changes.new, changes.counts)
            if changes.documents is not None:
                # The counts include the articles that were read with older statistics.
                ended = max(row["seq"] for row in rows if row["epoch"] < changes.epoch)
                kept.keep_epoch(connection, Epoch(changes.epoch, ended, changes.documents))
            kept.resummarise(connection, summaries)
            kept_articles.mark_summarised(connection, [row.id for row in stale])
            stages.advance(connection, lease, done)
        self.cursor = done
        if len(self._tags) > MOST_TAGS:
            self._tags.clear()
        return len(words) + len(stale)

    def _enrich(
        self, words: Sequence[Words], new_tags: list[tuple[int, Tag]]
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows of ``enriched`` and of ``article_tags``; adds to ``new_tags``."""
        rows: list[dict[str, Any]] = []
        found: list[tuple[Tag, ...]] = []
        for article in words:
            language = detect(article.title, article.text, article.given_language)
            vector = self._vectoriser.read(article.title, article.text, language)
            rows.append(
                {
                    "seq": article.seq,
                    "language": language,
                    "summary": summarise(article.title, article.text, language),
                    "length": length(article.title, article.text),
                    "epoch": vector.epoch,
                    "vector": kept.pack(vector),
                    "bigrams": vector.bigrams.tobytes(),
                    "fingerprint": fingerprint(article.title, article.text),
                    "days": named_days(
                        f"{article.title}\n{article.text}",
                        datetime.fromtimestamp(article.ordered, UTC).date(),
                        language or "",
                    ),
                }
            )
            found.append(tag(article.title, article.text, language, article.given_tags))
        met = {one.slug for some in found for one in some}
        self._meet(met)
        tagged: list[dict[str, Any]] = []
        for article, some in zip(words, found, strict=True):
            joined = self._aliases.add([self._known(one) for one in some])
            self._meet({one.slug for one in joined} - met)  # an earlier one that stands for it
            for position, one in enumerate(joined):
                if one.slug not in self._tags:
                    self._tag_count += 1
                    self._tags[one.slug] = (self._tag_count, one)
                    new_tags.append(self._tags[one.slug])
                tagged.append(
                    {
                        "seq": article.seq,
                        "position": position,
                        "tag": self._tags[one.slug][0],
                        "ordered": article.ordered,
                    }
                )
        return rows, tagged

    def _meanings(
        self, words: Sequence[Words], rows: Sequence[dict[str, Any]]
    ) -> dict[int, NDArray[np.int8]]:
        if self._embedder is None:
            return {}
        found = {
            one.seq: meaning_of(self._embedder, one.title, one.text, row["language"])
            for one, row in zip(words, rows, strict=True)
        }
        return {seq: vector for seq, vector in found.items() if vector is not None}

    def _meet(self, slugs: Collection[str]) -> None:
        """Have the tags at hand that the store has of these."""
        strange = [slug for slug in slugs if slug not in self._tags]
        if strange:
            with self._store.read() as connection:
                self._tags |= kept.tags_of_slugs(connection, strange)

    def _known(self, tag: Tag) -> Tag:
        """The tag as the store has it: its name and kind are those of its first article."""
        known = self._tags.get(tag.slug)
        return tag if known is None else known[1]
