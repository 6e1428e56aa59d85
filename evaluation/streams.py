"""Streams that are learned from, made of labelled sets: what a grouper may meet."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from evaluation.renaming import renamed, siblings
from evaluation.stories import Labelled

# Of all words, the share that each copy changes where stories are siblings:
_SHARES = (0.0, 0.3, 0.5, 0.7, 0.4, 0.6, 0.8)


def shuffled(chance: random.Random, articles: Sequence[Labelled]) -> list[Labelled]:
    return chance.sample(list(articles), len(articles))


def _some(chance: random.Random, articles: Sequence[Labelled], most: int) -> list[Labelled]:
    """A random number, up to ``most``, of each story's articles: small stories among large."""
    stories: dict[str | None, list[Labelled]] = defaultdict(list)
    for one in articles:
        stories[one.story].append(one)
    return [
        one
        for members in stories.values()
        for one in chance.sample(members, min(len(members), round(most ** chance.random())))
    ]


def _cut(articles: Sequence[Labelled], words: int) -> list[Labelled]:
    return [replace(one, text=" ".join(one.text.split()[:words])) for one in articles]


def _siblings(articles: Sequence[Labelled], number: int) -> list[Labelled]:
    def changed(text: str) -> str:
        return siblings(text, _SHARES[number], number)

    return [
        replace(
            one, title=changed(one.title), text=changed(one.text), story=f"{one.story}/{number}"
        )
        for one in articles
    ]


def streams(
    headlines: Sequence[Labelled], texts: Sequence[Labelled], others: Sequence[Labelled], seed: int
) -> Iterator[list[Labelled]]:
    """Streams to learn from: headlines, texts, both; many stories alive (copies with other
    names); small stories; texts cut short; among articles of which no two are one story; and
    among siblings, other events with some of the same people, places and words."""
    chance = random.Random(seed)
    yield shuffled(chance, headlines)
    yield shuffled(chance, texts)
    yield shuffled(chance, [*headlines, *texts])
    copies = [_some(chance, renamed(headlines, number), 120) for number in range(4)]
    yield shuffled(chance, list(chain.from_iterable(copies)))
    yield shuffled(chance, [one for number in range(5) for one in renamed(texts, number)])
    copies = [_some(chance, renamed(headlines, number), 10) for number in range(6)]
    copies += [_cut(_some(chance, renamed(texts, number), 10), 40) for number in range(3)]
    yield shuffled(chance, list(chain.from_iterable(copies)))
    yield shuffled(chance, _cut(texts, chance.choice([20, 40, 80])))
    copies = [
        _cut(_some(chance, renamed(texts, number), 10), 20 * number + 20) for number in range(3)
    ]
    yield shuffled(chance, [*chance.sample(list(others), 4000), *chain.from_iterable(copies)])
    yield shuffled(chance, [*chance.sample(list(others), 1500), *texts])
    copies = [_siblings(_some(chance, headlines, 20), number) for number in range(5)]
    yield shuffled(chance, list(chain.from_iterable(copies)))
    copies = [
        _cut(_siblings(_some(chance, texts, 6), number), 10 * number + 20) for number in range(7)
    ]
    yield shuffled(chance, list(chain.from_iterable(copies)))
    yield shuffled(chance, [one for number in range(4) for one in _siblings(texts, number)])
