"""Summarise an article in whole sentences of its own, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from backstory.enrich.sentences import split

MOST = 90  # words that a summary never passes


def summarise(title: str, text: str, language: str | None, words: int = 75) -> str:
    """About ``words`` words of the article's own sentences, readable alone; "" without a text."""
    chosen: list[str] = []
    total = 0
    for sentence in split(text, language):
        length = len(sentence.split())
        if chosen and total + length > words:
            break
        chosen.append(sentence)
        total += length
    return " ".join(chosen)


def summarise_story(texts: Sequence[tuple[str, str]], language: str | None, words: int = 75) -> str:
    """One summary of a story from the titles and texts of its articles, without repetition."""
    return next((summarise(title, text, language, words) for title, text in texts if text), "")
