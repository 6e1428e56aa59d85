"""How good the tags are, against articles labelled by hand (tags.json), beside YAKE.

Run: python -m evaluation.tags [--show]

Precision: share of the tags given that are labelled as right; recall: share of the tags that must
be there; the first three: share of right ones among the first three given. YAKE's key phrases
count as right where their slug, or that of the tag they are part of, is labelled: a generous
reading, as it knows no kinds and no other names ("Iranian" for Iran).
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

from backstory.enrich.tags.gazetteer import slug
from backstory.enrich.tags.tagger import tag
from backstory.text.plain import plain_text
from evaluation import tables
from evaluation.data import data_folder

DATA = data_folder()
LABELS = Path(__file__).parent / "tags.json"
NEWSSTAND = Path(__file__).parent.parent / "newsstand" / "articles"
READ = 520  # characters that were labelled

Article = tuple[str, str, str]  # title, text, language


@cache
def articles() -> dict[str, tuple[Article, set[str], set[str]]]:
    """Each labelled article that is at hand, with what must and what may be its tags."""
    labels = json.loads(LABELS.read_text("utf-8"))["articles"]
    found: dict[str, Article] = {}
    for key in labels:
        path = NEWSSTAND / f"{key}.md"
        if path.exists():
            written = path.read_text("utf-8")
            head, body = written.split("---")[-2:] if "---" in written else ("", written)
            title = next(
                line.partition(":")[2].strip().strip("'\"")
                for line in head.splitlines()
                if line.startswith("title:")
            )
            text = " ".join(body.split())[:READ]
            found[key] = (title, text, "de" if " die " in text and " und " in text else "en")
    for name in ("huffpost", "rss-2026"):
        path = DATA / name / "articles.jsonl.gz"
        if not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if row["guid"] in labels:
                    found[row["guid"]] = (row["title"], plain_text(row["text"])[:READ], "en")
    return {
        key: (article, set(labels[key]["must"]), set(labels[key]["may"]))
        for key, article in sorted(found.items())
    }


def ours(article: Article) -> list[str]:
    title, text, language = article
    return [made.slug for made in tag(title, text, language)]


def yake_method() -> Callable[[Article], list[str]] | None:
    try:
        import yake
    except ImportError:
        return None

    def method(article: Article) -> list[str]:
        title, text, language = article
        extractor = yake.KeywordExtractor(lan=language, n=3, top=12)
        phrases = extractor.extract_keywords(f"{title}. {text}")
        return [slug(phrase) for phrase, _ in phrases]

    return method


def capitals(article: Article) -> list[str]:
    """The plainest method: runs of capitalised words of the text, the most frequent first."""
    import re

    title, text, _ = article
    runs = re.findall(r"(?<![.!?] )(?<!^)\b[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*", f"{title}. {text}")
    return [slug(run) for run, _ in Counter(runs).most_common(12)]


def right(found: str, labelled: set[str], generous: bool) -> bool:
    return found in labelled or (
        generous and any(f"-{found}-" in f"-{known}-" for known in labelled)
    )


def measure(
    name: str,
    method: Callable[[Article], list[str]],
    generous: bool,
    show: bool,
    among: set[str] | None = None,
) -> tuple[str, ...]:
    good = given = first_good = first_given = hit = must_be = 0
    labelled = {k: row for k, row in articles().items() if among is None or k in among}
    made = {key: method(article) for key, (article, _, _) in labelled.items()}
    for key, (article, must, may) in labelled.items():
        tags = made[key]
        sound = [found for found in tags if right(found, must | may, generous)]
        good, given = good + len(sound), given + len(tags)
        first_good += sum(right(found, must | may, generous) for found in tags[:3])
        first_given += len(tags[:3])
        got = {needed for needed in must if any(right(found, {needed}, generous) for found in tags)}
        hit, must_be = hit + len(got), must_be + len(must)
        if show and (len(sound) < len(tags) or must - got):
            wrong = [found for found in tags if found not in sound]
            print(f"{key}: wrong {wrong}, missed {sorted(must - got)} | {article[0][:80]}")
    precision, recall = good / max(1, given), hit / max(1, must_be)
    both = 2 * precision * recall / max(1e-9, precision + recall)
    return (
        name,
        *(f"{one:.3f}" for one in (precision, recall, both, first_good / max(1, first_given))),
        f"{given / len(made):.1f}",
    )


def apart(url: str) -> None:
    """Surnames that stand alone as tags of an archive beside full names that end in them."""
    from sqlalchemy import func, select

    from backstory.store.database import Store
    from backstory.store.schema import article_tags, tags

    store = Store(url, create=False)
    with store.read() as connection:
        rows = connection.execute(
            select(tags.c.slug, tags.c.name, func.count().label("n"))
            .join(article_tags, article_tags.c.tag == tags.c.id)
            .where(tags.c.kind.in_(["person", "organisation"]))
            .group_by(tags.c.id)
        ).all()
    store.close()
    full: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        if "-" in row.slug:
            full.setdefault(row.slug.rsplit("-", 1)[1], []).append((row.n, row.name))
    alone = []
    for row in rows:
        names = sorted(full.get(row.slug, ()), reverse=True)
        if names and names[0][0] >= 3 and row.n >= 3:
            alone.append((row.n, row.name, names[:3]))
    given = sum(row.n for row in rows)
    print(
        f"{len(alone)} surnames alone beside full names, "
        f"{sum(n for n, _, _ in alone) / max(1, given):.1%} of {given} tags of people and bodies"
    )
    for n, name, names in sorted(alone, reverse=True)[:30]:
        print(f"  {n:5} {name}: " + ", ".join(f"{other} {m}" for m, other in names))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", metavar="STORE", help="print surnames that stand alone in it")
    parser.add_argument("--show", action="store_true", help="print what is wrong and missed")
    tables.write_option(parser)
    options = parser.parse_args()
    if options.archive:
        apart(options.archive)
        return
    unseen = set(json.loads(LABELS.read_text("utf-8"))["unseen"])
    new = f"{len(unseen & articles().keys())} new ones"
    print(f"{len(articles())} labelled articles, {new} labelled after the rules were made")
    rows = [
        measure("Backstory", ours, False, options.show),
        measure(f"Backstory, {new}", ours, False, False, unseen),
        measure("capitalised words", capitals, True, False),
    ]
    yake = yake_method()
    if yake is None:
        print("YAKE is absent")
    else:
        rows += [
            measure("YAKE, 12 phrases", yake, True, False),
            measure("YAKE, its first 5", lambda article: yake(article)[:5], True, False),
            measure(f"YAKE, 12 phrases, {new}", yake, True, False, unseen),
        ]
    columns = ("method", "precision", "recall", "F1", "first three", "tags")
    tables.show(tables.table("tags", columns, rows), options.write)


if __name__ == "__main__":
    main()
