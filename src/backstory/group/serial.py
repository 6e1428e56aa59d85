"""Serial pieces: what a publisher brings out again and again under one frame of a title.

"Daily Brief — 12 August", "Horoscope today: …", "… – politics live" report no event of their
own. No list of such names is kept: a frame is learned from the stream, as one that comes back
from the same publisher on most days, or every week, with another rest. Dates and numbers do not
tell titles apart. All state follows from the last ``WINDOW`` articles.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from hashlib import blake2b

_DAY = 1440  # minutes
_LOOKED_BACK = 28  # days
_DATED_DAYS = 2  # earlier days that a title must have come on that differs in its date alone
_DAILY_DAYS = 6  # earlier days that another frame must have come on, of the last fourteen
_WEEKS = 3  # earlier weeks on whose same day it came
_DENSE = 0.6  # share of the days since the first of them
_A_DAY = 1.5  # articles a day at most: a hot subject comes in bursts
_FRAME = (2, 6)  # words of the part of a title that is set off by a mark
_WHOLE = 5  # words of a title that comes back as it is: "Morning briefing"
_OPENING = 4  # words of an opening that no mark sets off
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_MARK = re.compile(r"\s*[:|•·—]\s*|\s+[–-]\s+|,\s+")
_EPOCH = date(1970, 1, 1).toordinal()
_ORDINALS = "stndrdth日"
_LANGUAGES = ("en", "es", "de", "fr", "pt", "it", "nl", "pl", "sv", "da", "tr", "id", "ru", "hi")


@cache
def _dates() -> frozenset[str]:
    """Names of days and months."""
    from babel.dates import get_day_names, get_month_names

    return frozenset(
        name.casefold().rstrip(".")
        for language in _LANGUAGES
        for width in ("wide", "abbreviated")
        for names in (
            get_day_names(width, locale=language),
            get_month_names(width, locale=language),
        )
        for name in names.values()
    )


def _stated(words: list[str], day: int) -> list[str]:
    """Words with those that state the date, about this day since 1970, as a mark."""
    around = [date.fromordinal(_EPOCH + day + more) for more in (-1, 0, 1)]
    said = {str(one.day) for one in around} | {str(one.year) for one in around}
    return ["#" if word in _dates() or word.rstrip(_ORDINALS) in said else word for word in words]


def frames(title: str, day: int) -> Iterator[tuple[str, bool]]:
    """What may come back of a title of this day since 1970, with whether it is all of it but
    for a date.

    >>> list(frames("Daily Brief — Tuesday, May 19", 20_592))
    [('=daily brief # # #', True), ('<daily brief', False), ('^daily brief # #', False)]
    >>> list(frames("Morning briefing", 20_592))
    [('=morning briefing', False)]
    """
    written = _WORD.findall(title[:300].casefold())
    words = _stated(written, day)
    dated = "#" in words and len(words) > words.count("#")
    if dated or ("#" not in words and 0 < len(words) <= _WHOLE):
        yield "=" + " ".join(words), dated
    parts = [part for part in _MARK.split(title[:300].casefold()) if part]
    least, most = _FRAME
    if len(parts) > 1:
        for sign, part in (("<", parts[0]), (">", parts[-1])):
            framed = _masked(_WORD.findall(part))
            if least <= len(framed) <= most and framed.count("#") < len(framed):
                yield sign + " ".join(framed), False
    if len(words) > _OPENING:
        yield "^" + " ".join(_masked(written[:_OPENING])), False


def _masked(words: list[str]) -> list[str]:
    return ["#" if word[0].isdigit() or word in _dates() else word for word in words]


class Serials:
    """Tells serial pieces in a stream, one article at a time."""

    WINDOW = 32_768  # articles

    def __init__(self) -> None:
        self._articles: deque[tuple[tuple[int, ...], int]] = deque()
        self._days: dict[int, Counter[int]] = {}

    def restore(self, earlier: Iterable[tuple[str, int | None, str]]) -> None:
        """Take up where another stopped: source, minute and title of the last ``WINDOW``
        articles in their order."""
        for source, minute, title in earlier:
            self.add(source, minute, title)

    def add(self, source: str, minute: int | None, title: str) -> bool:
        """Whether an article is a serial piece, by those of the same source before it."""
        day = None if minute is None else minute // _DAY
        keys: list[int] = []
        found = False
        if day is not None and source:
            for frame, dated in frames(title, day):
                key = int.from_bytes(blake2b(f"{source}\n{frame}".encode(), digest_size=8).digest())
                keys.append(key)
                days = self._days.setdefault(key, Counter())
                found = found or _comes_back(days, day, dated)
                days[day] += 1
        self._articles.append((tuple(keys), day or 0))
        if len(self._articles) > self.WINDOW:
            self._forget()
        return found

    def _forget(self) -> None:
        keys, day = self._articles.popleft()
        for key in keys:
            days = self._days[key]
            days[day] -= 1
            if not days[day]:
                del days[day]
                if not days:
                    del self._days[key]


def _comes_back(days: Counter[int], today: int, dated: bool) -> bool:
    """Whether a frame that came on these days is that of a serial piece."""
    if len(days) < _DATED_DAYS:
        return False
    back = [ago for ago in range(1, _LOOKED_BACK + 1) if (today - ago) in days]
    if dated:
        return len(back) >= _DATED_DAYS
    weekly = [ago for ago in back if ago % 7 == 0]
    if len(weekly) >= _WEEKS and len(weekly) == len(back):
        return True
    lately = [ago for ago in back if ago <= 14]
    return (
        len(lately) >= _DAILY_DAYS
        and len(lately) >= _DENSE * lately[-1]
        and sum(days[today - ago] for ago in lately) <= _A_DAY * len(lately)
    )
