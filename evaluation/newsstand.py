"""The whole job on the newsstand, whose truth is known: copies, stories, topics, histories.

``python -m evaluation.newsstand [--json] [--misses]`` crawls it into a store of its own. The
articles are the project's own; nothing is learned from them, but thresholds were looked at here.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from backstory.archive import Archive
from backstory.pipeline.exporting import export
from backstory.pipeline.feed_list import add_feeds
from backstory.store.database import Store
from backstory.web.addresses import canonical, key
from evaluation import tables
from newsstand import Newsstand
from newsstand.demo import collect, feeds_of

TODAY = date(2026, 11, 24)
NO_TOPIC = ("one-off", "briefing")


def bcubed(found: Mapping[str, str], truth: Mapping[str, str]) -> tuple[float, float, float]:
    """BCubed precision, recall and F1 (Bagga and Baldwin 1998) over the items of both."""
    items = [item for item in truth if item in found]
    precision = recall = 0.0
    for one in items:
        together = [other for other in items if found[other] == found[one]]
        belong = [other for other in items if truth[other] == truth[one]]
        right = sum(truth[other] == truth[one] for other in together)
        precision += right / len(together) / len(items)
        recall += right / len(belong) / len(items)
    return precision, recall, 2 * precision * recall / (precision + recall)


def measure(misses: bool = False) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Newsstand(port=0, today=TODAY) as stand,
    ):
        store = Store(f"sqlite:///{Path(folder) / 'newsstand.db'}")
        add_feeds(store, feeds_of(stand))
        asyncio.run(collect(store))
        truth = {key(canonical(url)): about for url, about in stand.truth().items()}
        rows = [(row, truth[key(row["url"])]) for row in export(store) if key(row["url"]) in truth]
        # An event told in two languages is two stories, but one event of its topic's history.
        language = {row["guid"]: row["language"].split("-")[0] for row, _ in rows}
        event = {row["guid"]: about.event for row, about in rows}
        topic = {row["guid"]: about.topic for row, about in rows}
        alone = {row["guid"] for row, about in rows if about.topic in NO_TOPIC}
        result: dict[str, Any] = {"articles": len(rows)}
        told = {guid: f"{event[guid]} {language[guid]}" for guid in event}
        result["stories"] = bcubed({row["guid"]: row["story"] for row, _ in rows}, told)
        result["topics"] = bcubed(
            {row["guid"]: row["topic"] for row, _ in rows if row["guid"] not in alone}, topic
        )
        origin = {row["guid"]: about.original for row, about in rows}
        pairs = [(row["guid"], row["copy_of"]) for row, _ in rows if row.get("copy_of")]
        right = sum(origin[one] == origin[other] for one, other in pairs)
        result["copies"] = (
            right / max(1, len(pairs)),
            right / (len(origin) - len(set(origin.values()))),
        )
        shown = strays = wanted = hits = lonely = repeats = 0
        with Archive(store) as archive:
            for row, _ in rows:
                guid = row["guid"]
                history = archive.history(guid)
                assert history is not None
                own = event[guid]
                events = []
                for entry in history.events:
                    if entry.here:
                        continue
                    about = [event[r.guid] for r in entry.articles if r.guid in event]
                    topics = {topic[r.guid] for r in entry.articles if r.guid in topic}
                    if not about:
                        continue
                    if guid in alone:
                        lonely += 1
                        if misses:
                            print(f"ALONE {row['title']!r} shows {entry.headline!r}")
                        continue
                    shown += 1
                    if topic[guid] not in topics:
                        strays += 1
                        if misses:
                            print(
                                f"STRAY {row['title']!r} shows {entry.headline!r} {entry.score:.2f}"
                            )
                    repeats += about[0] in events or about[0] == own
                    events.extend(about)
                if guid in alone:
                    continue
                belong = {event[other] for other in topic if topic[other] == topic[guid]} - {own}
                wanted += len(belong)
                hits += len(belong & set(events))
        precision, recall = 1 - strays / max(1, shown), hits / max(1, wanted)
        result["history"] = (precision, recall, 2 * precision * recall / (precision + recall))
        result["history_repeats"] = repeats / max(1, shown)
        result["entries_where_no_topic_runs"] = lonely / max(1, len(alone))
        store.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evaluation.newsstand", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print each stray entry")
    tables.write_option(parser)
    chosen = parser.parse_args()
    found = measure(chosen.misses)
    if chosen.json:
        json.dump(found, sys.stdout)
        print()
        return
    print(f"newsstand, {found['articles']} articles, as of {TODAY}")
    precision, recall = found["copies"]
    copies = (precision, recall, 2 * precision * recall / max(1e-9, precision + recall))
    quality = {
        "stories (BCubed)": found["stories"],
        "topics (BCubed)": found["topics"],
        "copies": copies,
        "events of a history": found["history"],
    }
    rows = [(name, *(f"{one:.3f}" for one in figures)) for name, figures in quality.items()]
    columns = ("what", "precision", "recall", "F1")
    tables.show(tables.table("newsstand", columns, rows), chosen.write)
    entries = (
        ("history entries that repeat an event", f"{found['history_repeats']:.1%}"),
        (
            "entries shown for an article without a topic",
            f"{found['entries_where_no_topic_runs']:.1f}",
        ),
    )
    tables.show(tables.table("newsstand-entries", ("what", "figure"), entries), chosen.write)


if __name__ == "__main__":
    main()
