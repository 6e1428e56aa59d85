"""What the functions of the store work with: readers, writers, statements and their signs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from backstory.store import listings
from backstory.store.database import Store
from backstory.store.schema import tags


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(f"sqlite:///{tmp_path}/some.db")
    rows = [{"id": n, "slug": f"s{n}", "name": f"N{n}", "kind": "theme"} for n in range(5)]
    with made.write() as writer:
        assert writer.insert_new(tags, rows[:1]) == 1
        assert writer.insert_new(tags, rows[0]) == 0
        for row in rows[1:]:
            writer.insert_new(tags, row)
    return made


@pytest.mark.parametrize(
    "some", [[1, 3], {1, 3}, (1, 3), range(1, 4, 2), np.array([1, 3]), {1: 0, 3: 0}]
)
def test_any_collection_is_one_value_of_a_statement(store: Store, some: Collection[int]) -> None:
    with store.read() as reader:
        statement = "SELECT slug FROM tags WHERE id >= ?2 AND id IN (?1*) ORDER BY id"
        assert reader.fetch(statement, some, 0) == [("s1",), ("s3",)]
        assert reader.fetch(statement, some, 2) == [("s3",)]
        assert reader.fetch("SELECT slug FROM tags WHERE id IN (?*)", []) == []
        assert reader.fetch("SELECT id FROM tags WHERE slug IN (?*)", ["s2", "x'y"]) == [(2,)]


def test_a_row_that_is_there_is_replaced(store: Store) -> None:
    with store.write() as writer:
        row = {"id": 2, "slug": "s2", "name": "Other", "kind": "place"}
        writer.upsert(tags, ["id"], ["name"], row)
        assert writer.fetch("SELECT name, kind FROM tags WHERE id = 2") == [("Other", "theme")]


def test_what_was_read_is_kept_within_one_view_alone(store: Store) -> None:
    with store.read() as reader:
        reader.once("some")["a"] = 1
        assert reader.once("some") == {}
    with store.one_view():
        with store.read() as reader:
            reader.once("some")["a"] = 1
        with store.read() as reader, store.one_view():
            assert reader.once("some") == {"a": 1}
            assert listings.listed(reader, [7]) == {}
    with store.read() as reader:
        assert reader.once("some") == {}


def test_what_raises_is_undone(store: Store) -> None:
    with pytest.raises(ValueError, match="no"), store.write() as writer:
        writer.execute(tags.delete())
        raise ValueError("no")
    with store.read() as reader:
        assert reader.fetch("SELECT count(*) FROM tags") == [(5,)]


def test_a_statement_takes_a_collection_where_it_asks_for_one(store: Store) -> None:
    with store.read() as reader:
        assert reader.fetch("SELECT 1 WHERE 2 IN (?*) AND 'b' = ?", [1, 2], "b") == [(1,)]
        assert reader.fetch("SELECT ?2 WHERE ?2 NOT IN (?1*)", {1, 2}, 3) == [(3,)]
        assert reader.fetch("SELECT 1 WHERE 1 IN (?*)", ()) == []
        for wrong in (b"[1, 2]", "12", 1, None):
            with pytest.raises(TypeError, match="collection"):
                reader.fetch("SELECT 1 WHERE ?1 = 1 OR 1 IN (?2*)", 1, wrong)
