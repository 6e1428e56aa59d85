"""Import a WARC of 2,000 pages as CC-NEWS has them, on one core and on two.

    python -m benchmarks.warc [--pages 2000]

The file is built by rule: the publisher pages in their order, again and again, each time at an
address of another host, so that every record is an article of its own; a request beside each
response, every third body packed, every fifth record's target in angle brackets. Extraction
alone, then the whole import with grouping behind it; one core means that the process and all its
readers may run on one (``sched_setaffinity``).
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from backstory.collect.jsonl import BadLine
from backstory.pipeline.import_files import lines
from backstory.pipeline.importing import take_file
from backstory.pipeline.running import Pipeline
from backstory.store.database import Store
from evaluation import tables
from evaluation.extraction import pages, pages_folder


def build(file: Path, count: int) -> None:
    """So many pages into a file of the usual packing, one member a record."""
    given = list(pages(pages_folder()))
    with file.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        writer.write_record(writer.create_warcinfo_record(file.name, {"software": "benchmark"}))
        for number, page in enumerate(islice(cycle(given), count)):
            url = f"https://copy{number // len(given)}.example/{number % len(given)}.html"
            headers = [("Content-Type", "text/html; charset=utf-8")]
            body = page.html
            if number % 3 == 0:
                headers.append(("Content-Encoding", "gzip"))
                body = gzip.compress(body, mtime=0)
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "a")], is_http_request=True)
            writer.write_record(writer.create_warc_record(url, "request", http_headers=asked))
            target = f"<{url}>" if number % 5 == 0 else url
            said = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                target, "response", payload=io.BytesIO(body), http_headers=said
            )
            writer.write_record(record)


def processor_time() -> float:
    """Seconds of this process and of its readers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def extraction(file: Path, cores: set[int]) -> tuple[float, float, int]:
    """Seconds to read all pages on the wall and of processor time, and how many gave articles."""
    os.sched_setaffinity(0, cores)
    started, worked = time.perf_counter(), processor_time()
    found = lines(str(file), lambda read: None, processes=len(cores))
    count = sum(not isinstance(one, BadLine) for one in found)
    return time.perf_counter() - started, processor_time() - worked, count


def whole(file: Path, cores: set[int], folder: Path) -> tuple[float, int]:
    """Seconds of the import with grouping, and the articles that are in."""
    os.sched_setaffinity(0, cores)
    store = Store(f"sqlite:///{folder / f'cores-{len(cores)}.db'}")
    pipeline = Pipeline(store)
    started = time.perf_counter()
    given = lines(str(file), lambda read: None, processes=len(cores))
    counts = take_file(store, given, lambda line: None, pipeline=pipeline)
    seconds = time.perf_counter() - started
    store.close()
    return seconds, counts.new


COLUMNS = ("work", "one core", "two cores", "times as fast")


def beside(work: str, seconds: list[float]) -> tuple[str, ...]:
    one, two = seconds
    return work, f"{one:.1f} s", f"{two:.1f} s", f"{one / two:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="import of a CC-NEWS-like WARC")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--extraction-only", action="store_true")
    tables.write_option(parser)
    given = parser.parse_args()
    rows = []
    every = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "news.warc.gz"
        build(file, given.pages)
        print(f"{given.pages} pages, {file.stat().st_size / 1e6:.0f} MB packed")
        cores = ({every[0]}, set(every[:2]))
        seconds = []
        for some in cores:
            taken, worked, count = extraction(file, some)
            seconds.append(taken)
            print(
                f"extraction on {len(some)} core{'s' * (len(some) > 1)}: {taken:6.1f} s on the "
                f"wall, {worked:6.1f} s of processor time, {count} articles"
            )
        rows.append(beside("extraction", seconds))
        if given.extraction_only:
            tables.show(tables.table("warc", COLUMNS, rows), given.write)
            return
        seconds = []
        for some in cores:
            taken, count = whole(file, some, folder)
            seconds.append(taken)
            print(
                f"import with grouping on {len(some)} core{'s' * (len(some) > 1)}: "
                f"{taken:6.1f} s, {given.pages / taken:6.1f} pages/s, {count} new articles"
            )
        rows.append(beside("import with grouping", seconds))
    tables.show(tables.table("warc", COLUMNS, rows), given.write)


if __name__ == "__main__":
    main()
