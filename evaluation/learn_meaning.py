"""Learn what likeness in meaning is worth, where the optional embedder is on.

Groups labelled headlines and texts with each of a few settings of ``group.meaning.LEARNED``, and
takes what gives the best mean BCubed F1 of both sets. Prints what half of the stories and topics
choose and what that gives on the other half, beside the same with the embedder off; then what
all of them choose: the numbers that ship.

    python -m evaluation.learn_meaning

Learned from uci-headlines (F. Gasparetti, CC BY 4.0) and ecb-plus (Cybulska and Vossen, CC BY
3.0) alone. The trees, which count beside it, were learned from the same sets.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from backstory.enrich.meaning import UniversalEncoder
from backstory.group.stories import languages
from backstory.model.vector import Item
from evaluation.learn_stories import topic_of
from evaluation.measures import agreement
from evaluation.stories import Labelled, follow, items, read

# For each unit of likeness, and likeness that says nothing. Less than a quarter is never taken for
# a sign of the same story: these sets would have it, but where all is of one theme, as in
# olympics-stream, it joins what is apart, and a wrong merge is worse than a missed one.
GRID = tuple((per, nothing) for per in (2.0, 4.0, 8.0) for nothing in (0.25, 0.3, 0.35))
Setting = tuple[float, float, float, float]
Stream = tuple[list[Item], list[str]]  # articles, and the story of each


def _stream(articles: Sequence[Labelled], embedder: UniversalEncoder) -> Stream:
    return list(items(articles, embedder)), [str(one.story) for one in articles]


def _kept(stream: Stream, keys: Sequence[str], chosen: frozenset[str]) -> Stream:
    """The articles with a chosen key, numbered anew."""
    kept = [place for place, key in enumerate(keys) if key in chosen]
    return (
        [replace(stream[0][place], seq=seq) for seq, place in enumerate(kept, 1)],
        [stream[1][place] for place in kept],
    )


def _f1(streams: Sequence[Stream], setting: Setting | None) -> float:
    """Mean BCubed F1; without a setting, of the embedder off."""
    total = 0.0
    if setting is not None:
        languages.LEARNED = setting
    for stream, stories in streams:
        given = stream if setting else [replace(item, meaning=None) for item in stream]
        total += agreement(follow(given).end, stories).f1
    return total / len(streams)


def _best(streams: Sequence[Stream]) -> Setting:
    """First one setting for joins and pairs alike, then the best for each."""
    alike: list[Setting] = [(*one, *one) for one in GRID]
    best = max(alike, key=lambda setting: _f1(streams, setting))
    joins: list[Setting] = [(*one, *best[2:]) for one in GRID]
    best = max(joins, key=lambda setting: _f1(streams, setting))
    pairs: list[Setting] = [(*best[:2], *one) for one in GRID]
    return max(pairs, key=lambda setting: _f1(streams, setting))


def _halves(keys: Sequence[str]) -> Iterator[frozenset[str]]:
    known = sorted(set(keys))
    random.Random(0).shuffle(known)
    yield frozenset(known[::2])
    yield frozenset(known[1::2])


def main() -> None:
    embedder = UniversalEncoder()
    headlines = read("uci-headlines")
    texts = read("ecb-plus")
    random.Random(0).shuffle(texts)
    streams = [_stream(headlines, embedder), _stream(texts, embedder)]
    keys = [[str(one.story) for one in headlines], [topic_of(one) for one in texts]]
    halves = list(
        zip(
            *(
                [_kept(stream, some, half) for half in _halves(some)]
                for stream, some in zip(streams, keys, strict=True)
            ),
            strict=True,
        )
    )
    for ours, others in (halves, halves[::-1]):
        found = _best(ours)
        with_it, without = _f1(others, found), _f1(others, None)
        print(f"half chooses {found}: on the other {with_it:.3f}, off {without:.3f}", flush=True)
    print(f"all choose LEARNED = {_best(streams)}")


if __name__ == "__main__":
    main()
