"""The stages without a store: a stream of articles in, groups, copies, summaries or tags out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backstory.enrich.article import length
from backstory.enrich.fingerprint import fingerprint
from backstory.enrich.language import detect
from backstory.enrich.meaning import Embedder, Said, meanings_of
from backstory.enrich.summary.extractive import summarise
from backstory.enrich.tags.tagger import tag
from backstory.enrich.vector import Vectoriser
from backstory.group.copies import Copies
from backstory.group.grouper import Placer
from backstory.model.article import Article
from backstory.model.tag import Tag
from backstory.model.vector import Item, minute_of
from backstory.pipeline.identity import guid_of
from backstory.pipeline.intake import publisher_of


@dataclass(frozen=True, slots=True)
class Grouped:
    """An article and its story (both by guid); ``was`` where repair moved it later."""

    guid: str
    story: str
    was: str | None = None


class StoryFinder:
    """Groups a stream, one article at a time, as the group stage does with stored ones."""

    def __init__(self, embedder: Embedder | None = None) -> None:
        self._embedder = embedder
        self._vectoriser = Vectoriser()
        self._placer = Placer()
        self._guids: list[str] = [""]  # by number; numbers start at 1

    def add(self, article: Article) -> Iterator[Grouped]:
        """What repair moved before the article came, then the article itself."""
        return self.add_all([article])

    def add_all(self, articles: Sequence[Article]) -> Iterator[Grouped]:
        """The same of one article after another; an embedder is asked about all at once."""
        said = [_said(article) for article in articles]
        for article, one, meaning in zip(articles, said, self._meanings(said), strict=True):
            yield from self._add(article, one, meaning)

    def _add(
        self, article: Article, said: Said, meaning: NDArray[np.int8] | None
    ) -> Iterator[Grouped]:
        seq = len(self._guids)
        guid = guid_of(article)
        item = Item(
            seq=seq,
            vector=self._vectoriser.read(said.title, said.text, said.language),
            minute=None if article.published is None else _minute(article),
            day_only=article.published is not None and article.published.precision == "day",
            language=said.language or "",
            source=publisher_of(article),
            length=length(said.title, said.text),
            meaning=meaning,
        )
        self._vectoriser.drain()
        self._guids.append(guid)
        placed = self._placer.place(item, article.title)
        for one in placed.reassigned:
            yield Grouped(self._guids[one.article], self._guids[one.story], self._guids[one.was])
        yield Grouped(guid, self._guids[placed.story])

    def _meanings(self, said: Sequence[Said]) -> list[NDArray[np.int8] | None]:
        return [None] * len(said) if self._embedder is None else meanings_of(self._embedder, said)

    def all(self) -> Iterator[Grouped]:
        """Every article of the stream in its order, with the story that it is in now."""
        for seq, guid in enumerate(self._guids[1:], 1):
            yield Grouped(guid, self._guids[self._placer.groups.story_of(seq)])


class CopyFinder:
    """Finds reprints in a stream."""

    def __init__(self) -> None:
        self._copies = Copies()
        self._guids: list[str] = [""]

    def add(self, article: Article) -> tuple[str, str | None]:
        """The article's guid, and that of the article that it copies, if any."""
        seq = len(self._guids)
        self._guids.append(guid_of(article))
        print_ = fingerprint(article.title, article.text or article.summary or "")
        copied = self._copies.add(seq, print_)
        return self._guids[seq], None if copied is None else self._guids[copied]


def _said(article: Article) -> Said:
    text = article.text or article.summary or ""
    return Said(article.title, text, detect(article.title, text, article.language))


def _minute(article: Article) -> int:
    assert article.published is not None
    return minute_of(int(article.published.at.timestamp()))


def summary_of(article: Article, words: int) -> tuple[str, str]:
    """The guid, and a summary of about so many words."""
    text = article.text or article.summary or ""
    language = detect(article.title, text, article.language)
    return guid_of(article), summarise(article.title, text, language, words)


def tags_of(article: Article) -> tuple[str, Sequence[Tag]]:
    """The guid, and the tags."""
    text = article.text or article.summary or ""
    language = detect(article.title, text, article.language)
    return guid_of(article), tag(article.title, text, language, article.tags)
