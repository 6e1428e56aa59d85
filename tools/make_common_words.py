"""Make src/backstory/enrich/data/common_words.json: English words usually written small.

Run: BACKSTORY_DATA=... python -m tools.make_common_words
Sources: descriptions of the News Category Dataset v3 (R. Misra, CC BY 4.0) and texts of
EventCorefBank+ (A. Cybulska and P. Vossen 2014, CC BY 3.0). A word is kept that stands inside
sentences, behind a small letter, a comma or a semicolon, at least twice and more often with a
small first letter than with a capital one. To these come words of the titles of that data set and
of the UCI News Aggregator (F. Gasparetti, CC BY 4.0) that are in Webster's Second International
(1934, public domain; through english-words, MIT) with a small letter only, themselves or without
an ending. Only the words ship, no text.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from pathlib import Path

from english_words import get_english_words_set  # type: ignore[import-untyped]

from evaluation.data import data_folder

OUT = Path("src/backstory/enrich/data/common_words.json")
INSIDE = re.compile(r"(?<=[a-z,;] )[A-Za-z][a-z]+(?![\w’'])")


ENDINGS = (("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("ies", "y"))


def main() -> None:
    data = data_folder()
    small: Counter[str] = Counter()
    large: Counter[str] = Counter()
    for file in ("huffpost/articles.jsonl.gz", "ecb-plus/dev.jsonl.gz"):
        with gzip.open(data / file, "rt") as lines:
            for line in lines:
                for word in INSIDE.findall(json.loads(line)["text"]):
                    (large if word[0].isupper() else small)[word.lower()] += 1
    words = {w for w, n in small.items() if n >= 2 and n > large[w]}
    webster = get_english_words_set(["web2"], lower=False, alpha=True)
    names = {w.lower() for w in webster if w[0].isupper()} | {
        w for w in large if large[w] > small[w]
    }
    people = json.loads(OUT.with_name("first_names.json").read_text())
    names |= set(people["first"].split()) | set(people["last"].split())
    dictionary = {w for w in webster if w.islower() and len(w) > 2} - names
    for file in ("huffpost/articles.jsonl.gz", "uci-headlines/dev.jsonl.gz"):
        with gzip.open(data / file, "rt") as lines:
            for line in lines:
                for word in re.findall(r"\b[A-Za-z][a-z]+(?![\w’'])", json.loads(line)["title"]):
                    known = word.lower()
                    forms = {
                        known,
                        *(known[: -len(e)] + i for e, i in ENDINGS if known.endswith(e)),
                    }
                    if known not in names and forms & dictionary:
                        words.add(known)
    OUT.write_text(
        json.dumps({"about": (__doc__ or "").strip(), "words": " ".join(sorted(words))}, indent=0)
        + "\n"
    )


if __name__ == "__main__":
    main()
