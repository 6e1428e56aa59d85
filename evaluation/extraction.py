"""Compare extraction with trafilatura alone on real pages whose content is known.

Prints the share of pages whose title (words only, case folded), date (within a day), author
(one of the names), image (an address) are right, the F1 of the text's words, and pages per second.

    python -m evaluation.extraction [--verbose] [--limit N]

The pages: BACKSTORY_DATA/publisher-pages, real news pages with what a hand-written parser for
their publisher extracts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from evaluation import tables
from evaluation.data import data_folder


@dataclass(frozen=True)
class Page:
    """A page and what is known of it; ``None`` and empty where nothing is known."""

    name: str
    url: str
    html: bytes
    title: str
    day: date | None
    authors: tuple[str, ...]
    images: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Read:
    """What a reader made of a page."""

    title: str
    day: date | None
    author: str
    image: str
    text: str


def pages_folder() -> Path:
    return data_folder() / "publisher-pages"


def pages(folder: Path) -> Iterator[Page]:
    """The pages in the order of their names."""
    for described in sorted(folder.glob("*/*.json")):
        files = sorted(described.parent.glob(f"{described.stem}_*.html.gz"))
        known = json.loads(described.read_text(encoding="utf-8"))
        for file, gold in zip(files, known.values(), strict=True):
            html = gzip.decompress(file.read_bytes())
            yield Page(
                name=f"{described.parent.name}/{file.name.removesuffix('.html.gz')}",
                url=_address(html) or f"https://{described.stem.lower()}.example/article",
                html=html,
                title=gold.get("title") or "",
                day=_day(gold.get("publishing_date")),
                authors=tuple(gold.get("authors") or ()),
                images=tuple(
                    version["url"]
                    for image in gold.get("images") or ()
                    for version in image["versions"]
                ),
                text=_body(gold.get("body")),
            )


def _address(html: bytes) -> str | None:
    tag = re.search(rb"<(?:link|meta)\s[^>]*(?:rel=.?canonical|og:url)[^>]*>", html)
    found = (
        re.search(rb"(?:href|content)=[\"']?(https?://[^\"'\s>]+)", tag.group()) if tag else None
    )
    return found.group(1).decode("ascii", "ignore") if found else None


def _day(stated: str | None) -> date | None:
    if not stated:
        return None
    at = datetime.fromisoformat(stated)
    return (at.astimezone(UTC) if at.tzinfo else at).date()


def _body(body: dict[str, Any] | None) -> str:
    if not body:
        return ""
    parts = list(body.get("summary") or ())
    for section in body.get("sections") or ():
        parts += section.get("headline") or ()
        parts += section.get("paragraphs") or ()
    return "\n".join(parts)


# ---------------------------------------------------------------- readers


def backstory(page: Page) -> Read:
    from backstory.extract.page import read_page

    article = read_page(page.html, page.url, "text/html")
    if article is None:
        return Read("", None, "", "", "")
    return Read(
        title=article.title,
        day=article.published.at.date() if article.published else None,
        author=article.author or "",
        image=article.image or "",
        text=article.text,
    )


def trafilatura_alone(page: Page) -> Read:
    return _trafilatura(page, fast=False)


def trafilatura_fast(page: Page) -> Read:
    return _trafilatura(page, fast=True)


def _trafilatura(page: Page, fast: bool) -> Read:
    from trafilatura import bare_extraction

    found = bare_extraction(
        page.html, url=page.url, fast=fast, include_comments=False, with_metadata=True
    )
    if found is None or isinstance(found, dict):
        return Read("", None, "", "", "")
    return Read(
        title=found.title or "",
        day=date.fromisoformat(found.date) if found.date else None,
        author=found.author or "",
        image=found.image or "",
        text=found.text or "",
    )


# ---------------------------------------------------------------- figures


def words(text: str) -> list[str]:
    """Words, case folded; single signs for scripts that are written without spaces."""
    return re.findall(
        r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+", text.casefold()
    )


def f1(found: str, known: str) -> float:
    a, b = Counter(words(found)), Counter(words(known))
    common = sum((a & b).values())
    return 2 * common / (sum(a.values()) + sum(b.values())) if common else 0.0


def same_title(found: str, known: str) -> bool:
    return words(found) == words(known)


def one_author(found: str, known: tuple[str, ...]) -> bool:
    heard = " ".join(words(found))
    return any(" ".join(words(name)) in heard for name in known if words(name))


def score(page: Page, read: Read) -> dict[str, float]:
    """The figures of one page; what is not known of it is left out."""
    figures: dict[str, float] = {}
    if page.title:
        figures["title"] = same_title(read.title, page.title)
    if page.day is not None:
        figures["date"] = read.day is not None and abs((read.day - page.day).days) <= 1
    if page.authors:
        figures["author"] = one_author(read.author, page.authors)
    if page.images:
        figures["image"] = bool(read.image)
    if page.text:
        figures["text"] = f1(read.text, page.text)
    return figures


def measure(
    read: Callable[[Page], Read], given: list[Page], verbose: bool = False
) -> dict[str, float]:
    """Averages over the pages, and pages per second of processor time (modules loaded)."""
    read(given[0])
    sums: defaultdict[str, float] = defaultdict(float)
    counts: Counter[str] = Counter()
    started = time.process_time()
    results = [read(page) for page in given]
    seconds = time.process_time() - started
    for page, result in zip(given, results, strict=True):
        for name, value in score(page, result).items():
            sums[name] += value
            counts[name] += 1
            if verbose and value < 0.85:
                told = {
                    "title": f"{result.title!r} for {page.title!r}",
                    "date": f"{result.day} for {page.day}",
                    "author": f"{result.author!r} for {page.authors}",
                    "image": f"none for {page.images[:1]}",
                    "text": f"{len(result.text)} characters for {len(page.text)}",
                }[name]
                print(f"  {page.name} {name} {value:.2f}: {told}")
    figures = {name: sums[name] / counts[name] for name in counts}
    figures["pages/s"] = len(given) / seconds
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--verbose", action="store_true", help="print what is wrong")
    parser.add_argument("--limit", type=int, help="the first N pages only")
    tables.write_option(parser)
    given = parser.parse_args()
    known = list(pages(pages_folder()))[: given.limit]
    print(f"{len(known)} pages")
    names = ["title", "date", "author", "image", "text", "pages/s"]
    rows = []
    for read in (backstory, trafilatura_alone, trafilatura_fast):
        figures = measure(read, known, verbose=given.verbose and read is backstory)
        quality = [f"{figures[name]:.3f}" for name in names[:-1]]
        rows.append([read.__name__.replace("_", " "), *quality, f"{figures['pages/s']:.1f}"])
    tables.show(tables.table("extraction", ("method", *names), rows), given.write)


if __name__ == "__main__":
    main()
