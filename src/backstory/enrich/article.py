"""Enrich one article: what its own words tell, whatever came before it.

``enrich`` is a pure function, so that any engine can map it over articles in any order and in any
process. What depends on the articles before (numbers and weights of terms, names of tags) comes
after it, in the order of ``seq``: ``pipeline.enriching``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backstory.enrich.fingerprint import fingerprint
from backstory.enrich.language import detect
from backstory.enrich.summary.extractive import summarise
from backstory.enrich.tags.tagger import tag
from backstory.enrich.terms import ArticleTerms, read_terms
from backstory.model.tag import Tag
from backstory.text.named_days import named_days


@dataclass(frozen=True, slots=True)
class Unread:
    """An article before it is enriched.

    ``language`` and ``tags``: what the publisher gave; ``day``: when it was published (or first
    seen), by which the days that its text names are told.
    """

    title: str
    text: str
    language: str | None
    tags: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True)
class Enriched:
    """What the words of one article tell.

    ``language``: BCP 47, None where it cannot be told; ``tags``: the most telling first, by the
    names that this article has for them; ``named_days``: days since 1970, ascending; ``length``:
    words of title and text, about; ``fingerprint``: see ``enrich.fingerprint``.
    """

    language: str | None
    tags: tuple[Tag, ...]
    summary: str
    terms: ArticleTerms
    fingerprint: bytes
    named_days: tuple[int, ...]
    length: int


def enrich(article: Unread) -> Enriched:
    """What the words of an article tell. Pure: the same article gives the same values."""
    title, text = article.title, article.text
    language = detect(title, text, article.language)
    return Enriched(
        language,
        tag(title, text, language, article.tags),
        summarise(title, text, language),
        read_terms(title, text, language),
        fingerprint(title, text),
        named_days(f"{title}\n{text}", article.day, language or ""),
        length(title, text),
    )


def length(title: str, text: str) -> int:
    """Words of title and text, about."""
    return title.count(" ") + text.count(" ") + 2
