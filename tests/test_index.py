"""The index of similar articles: the same answers from files, from memory, in any batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from backstory.group.index import postings as rows_module
from backstory.group.index import similar as index_module
from backstory.group.index.kernels import SPAN
from backstory.group.index.links import link
from backstory.group.index.similar import Index, Links
from backstory.group.index.walk import inside, walk
from backstory.group.memory import MemoryShelf
from backstory.model.changes import Placement
from backstory.model.vector import NAME, Item, Vector

DAY = 1440


def item(seq: int, terms: list[int], day: int | None = 0, names: tuple[int, ...] = ()) -> Item:
    """An article with these terms, the first the heaviest."""
    raw = np.arange(len(terms), 0, -1, dtype=np.float64)
    weights = np.rint(1000 * raw / np.sqrt(raw @ raw)) if len(terms) else raw
    flags = np.array([NAME if term in names else 0 for term in terms], dtype=np.uint8)
    vector = Vector(np.array(terms, dtype=np.int32), weights.astype(np.int16), flags, 0)
    return Item(seq, vector, None if day is None else day * DAY, False, "en", "example", 10)


def fill(shelf: MemoryShelf, count: int, first: int = 1, settle: int = 0) -> Index:
    """Articles of 400 threads, with links, as the pipeline adds them."""
    index = Index(shelf)
    index.refresh(first - 1)
    random = np.random.default_rng(3)
    for seq in range(1, count + 1):
        thread = int(random.integers(400))
        own = random.choice(3000, 6, replace=False) + 2000
        terms = [thread, 400 + thread, *own.tolist()]
        one = item(seq, terms, day=seq // 40)
        if seq < first:
            continue
        links = link(index, one)
        index.add(one, links)
        shelf.place(one, links.to_bytes(), Placement(seq))
        if settle and seq % settle == 0:
            index.settle(seq)
    return index


def answers(index: Index, seqs: list[int]) -> list[bytes]:
    found: list[bytes] = []
    for seq in seqs:
        terms, weights, flags = index.vector(seq)
        others, sums = index.gather(terms, weights.astype(np.float32))
        order = np.argsort(others)
        found += [others[order].tobytes(), sums[order].tobytes(), flags.tobytes()]
        nodes, mass = walk(index, np.array([seq], dtype=np.int32), np.ones(1))
        found += [nodes.tobytes(), mass.tobytes()]
        found.append(inside(index, nodes, np.sort(nodes[:20])).tobytes())
        found.append(index.minutes(others[order]).tobytes())
    return found


@pytest.fixture(scope="module")
def stream() -> tuple[MemoryShelf, Index]:
    shelf = MemoryShelf("stream")
    return shelf, fill(shelf, 2 * SPAN + 900, settle=500)


ASKED = [1, 77, SPAN - 1, SPAN, SPAN + 1, 2 * SPAN + 5, 2 * SPAN + 900]


def test_files_memory_and_deleted_files_answer_the_same(
    stream: tuple[MemoryShelf, Index], tmp_path: Path
) -> None:
    shelf, live = stream
    expected = answers(live, ASKED)
    written = Index(shelf, tmp_path)
    written.refresh(live.last)
    assert answers(written, ASKED) == expected
    files = sorted(path.name for path in tmp_path.iterdir())
    content = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(files) == 8
    mapped = Index(shelf, tmp_path)
    mapped.refresh(live.last)
    assert answers(mapped, ASKED) == expected
    for path in tmp_path.iterdir():
        path.unlink()
    again = Index(shelf, tmp_path)
    again.refresh(live.last)
    assert answers(again, ASKED) == expected
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == content


def test_broken_and_foreign_files_are_written_again(
    stream: tuple[MemoryShelf, Index], tmp_path: Path
) -> None:
    shelf, live = stream
    Index(shelf, tmp_path).refresh(live.last)
    victims = sorted(tmp_path.glob("terms-*"))
    original = {path: path.read_bytes() for path in victims}
    victims[0].write_bytes(original[victims[0]][:-400])
    victims[1].write_bytes(b"")
    victims[2].write_bytes(original[victims[2]].replace(b"\x01", b"\x02", 1))
    healed = Index(shelf, tmp_path)
    healed.refresh(live.last)
    assert answers(healed, ASKED) == answers(live, ASKED)
    assert {path: path.read_bytes() for path in victims} == original
    other = MemoryShelf("another store")
    small = fill(other, 30)
    foreign = Index(other, tmp_path)
    foreign.refresh(30)
    assert foreign.last == 30
    assert answers(foreign, [3, 30]) == answers(small, [3, 30])


def test_links_do_not_depend_on_restarts_or_batches() -> None:
    whole = MemoryShelf("whole")
    fill(whole, 1500)
    parts = MemoryShelf("parts")
    fill(parts, 700, settle=64)
    fill(parts, 1500, first=701, settle=7)
    assert parts.link_bytes == whole.link_bytes


def test_wide_runs_change_no_answer(
    stream: tuple[MemoryShelf, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, live = stream
    monkeypatch.setattr(rows_module, "WIDE", 2)
    wide = Index(shelf)
    wide.refresh(live.last)
    assert len(wide.terms.runs) == 1
    assert answers(wide, ASKED) == answers(live, ASKED)


def test_more_found_than_there_is_room_for_at_first(
    stream: tuple[MemoryShelf, Index], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, live = stream
    roomy = answers(live, ASKED)
    monkeypatch.setattr(index_module, "_FOUND", 4)
    assert answers(live, ASKED) == roomy


def test_the_newest_of_each_quarter_are_found_however_many_came() -> None:
    shelf = MemoryShelf()
    index = Index(shelf)
    nothing = Links(np.zeros(0, np.int32), np.zeros(0, np.int16))
    for seq in range(1, 101):
        index.add(item(seq, [5], day=0 if seq <= 50 else 400), nothing)
    found, _ = index.gather(np.array([5], np.int32), np.ones(1, np.float32))
    assert sorted(found.tolist()) == [*range(31, 51), *range(81, 101)]


def test_links_prefer_what_is_near_in_words_and_time() -> None:
    shelf = MemoryShelf()
    index = Index(shelf)
    nothing = Links(np.zeros(0, np.int32), np.zeros(0, np.int16))
    index.add(item(1, [1, 2, 3], day=0), nothing)
    index.add(item(2, [1, 2, 3], day=2000), nothing)
    index.add(item(3, [1, 8, 9], day=2000), nothing)
    index.add(item(4, [7], day=2000), nothing)
    found = link(index, item(5, [1, 2, 3], day=2001))
    assert found.seqs.tolist() == [2, 3, 1]
    assert found.weights[0] > 9000
    assert 2000 < found.weights[2] < 3500
    assert Links.from_bytes(found.to_bytes()).seqs.tolist() == [2, 3, 1]


def test_articles_without_words_or_time_and_missing_numbers() -> None:
    shelf = MemoryShelf()
    index = Index(shelf)
    for one in (item(2, []), item(5, [1, 2], day=None), item(9, [1, 2], day=None)):
        links = link(index, one)
        index.add(one, links)
    assert index.last == 9
    assert index.vector(9)[0].tolist() == [1, 2]
    assert link(index, item(10, [1, 2])).seqs.tolist() == [5, 9]
    assert not len(link(index, item(10, [])).seqs)
    with pytest.raises(ValueError, match="article 4 came after article 9"):
        index.add(item(4, [1]), link(index, item(4, [1])))
