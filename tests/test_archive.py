"""Archives that are made up: the same from a seed, in order, alike to news in what counts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from benchmarks.archive import articles


def test_made_articles_are_in_order_and_keep_the_rules_of_an_archive() -> None:
    made = list(articles(3000, 1))
    assert list(articles(100, 1)) == made[:100]  # the same from a seed, whatever the length
    times = [datetime.fromisoformat(row["published"]) for row in made]
    assert times == sorted(times) and times[0].utcoffset() is not None
    assert len({row["guid"] for row in made}) == len({row["url"] for row in made}) == 3000
    assert all(row["title"] and len(row["title"]) < 300 for row in made)
    words = sorted(len(f"{row['title']} {row['text']}".split()) for row in made)
    assert 30 <= words[1500] <= 45
    sizes = Counter(row["story"] for row in made)
    assert sum(size == 1 for size in sizes.values()) > len(sizes) / 2  # a heavy tail
    assert max(sizes.values()) > 10
    assert all(count < 5 for count in Counter((r["story"], r["site"]) for r in made).values())
    assert {row["language"] for row in made} >= {"en", "es", "de", "fr", "pt"}
