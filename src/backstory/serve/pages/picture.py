"""The geometry of the picture of coverage and of the small spark pictures.

Places along the picture are shares of its width in per cent and all heights are pixels, so
that the same drawing fills any width and its letters are never scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backstory.model.views import Bar, Event
from backstory.serve.formatting import (
    day_words,
    month_name,
    month_words,
    number,
    publishers,
    short_day,
    span_words,
)
from backstory.serve.language import gettext as _
from backstory.serve.language import ngettext

HEIGHT = 72  # of the highest bar
# The least width of a label and the width of a letter, in per cent of a wide picture (550
# pixels and more) and of a narrow one (280 and more); letters are 12 pixels high.
WIDE = (7.0, 1.35)
NARROW = (17.0, 2.65)
MARK = 32  # the width of the words over the marked column, on a narrow picture
SPARK_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    width: float
    y: float
    height: float
    here: bool
    start: datetime
    end: datetime
    sources: int
    span: str


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a column leads: the newest event of its span, or the one that the page is about."""

    event: str
    entrance: bool  # the one column that the Tab key reaches; arrow keys reach the others


@dataclass(frozen=True, slots=True)
class Label:
    x: float
    text: str
    wide_only: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Words over a column: ``x`` of their anchor, ``stem`` of the line down to the column."""

    x: float
    stem: float
    y: float
    anchor: str  # start, middle or end, as text-anchor has it


@dataclass(frozen=True, slots=True)
class Picture:
    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    every: str  # "each week"
    description: str

    @property
    def here(self) -> Column | None:
        return next((column for column in self.columns if column.here), None)

    @property
    def mark(self) -> Mark | None:
        """Where the words over the marked column stand: above all columns that they cross."""
        here = self.here
        if here is None:
            return None
        middle = here.x + here.width / 2
        if middle < 50 - MARK / 4:
            anchor, left = "start", here.x
        elif middle > 50 + MARK / 4:
            anchor, left = "end", here.x + here.width - MARK
        else:
            anchor, left = "middle", middle - MARK / 2
        crossed = [one.y for one in self.columns if left - one.width < one.x < left + MARK]
        place = {"start": here.x, "end": here.x + here.width, "middle": middle}[anchor]
        return Mark(round(place, 2), round(middle, 2), min(crossed), anchor)


def coverage(bars: Sequence[Bar]) -> Picture | None:
    """The picture of these bars, or None where there is nothing to compare."""
    if len(bars) < 2 or not any(bar.sources for bar in bars):
        return None
    starts = [bar.start for bar in bars]
    step = starts[-1] - starts[-2]
    ends = [*starts[1:], starts[-1] + step]
    highest = max(bar.sources for bar in bars)
    place = 100 / len(bars)
    columns = []
    for index, (bar, end) in enumerate(zip(bars, ends, strict=True)):
        # A bar that stands for something is never so low that it cannot be seen.
        height = max(4.0, HEIGHT * bar.sources / highest) if bar.sources else 0.0
        columns.append(
            Column(
                x=round(index * place + place * 0.1, 2),
                width=round(place * 0.8, 2),
                y=round(HEIGHT - height, 1),
                height=round(height, 1),
                here=bar.here,
                start=bar.start,
                end=end,
                sources=bar.sources,
                span=_span(bar.start, end),
            )
        )
    most = max(columns, key=lambda column: column.sources)
    description = _("%(span)s. Peak: %(publishers)s, %(when)s.") % {
        "span": span_words(month_words(starts[0].date()), month_words(ends[-1].date())),
        "publishers": publishers(most.sources),
        "when": most.span,
    }
    here = next((column for column in columns if column.here), None)
    if here:
        description += " " + _("Highlighted: %(when)s.") % {"when": here.span}
    return Picture(tuple(columns), _labels(columns), _every(step), description)


def leads_of(picture: Picture, events: Sequence[Event]) -> tuple[Lead | None, ...]:
    """Where each column of the picture leads among the events listed below it."""
    found: list[Event | None] = []
    for column in picture.columns:
        within = [one for one in events if column.start <= one.order < column.end]
        found.append(next((one for one in within if one.here), within[0] if within else None))
    last = next((one for one in reversed(found) if one), None)
    entrance = next((one for one in found if one and one.here), last)
    if entrance is None:
        return ()
    return tuple(Lead(one.story, one is entrance) if one else None for one in found)


def _span(start: datetime, end: datetime) -> str:
    last = (end - timedelta(seconds=1)).date()
    first = start.date()
    if first == last:
        return day_words(first)
    if first.year == last.year:
        return span_words(short_day(first), day_words(last))
    return span_words(day_words(first), day_words(last))


def _every(step: timedelta) -> str:
    days = round(step / timedelta(days=1))
    if days <= 1:
        return _("each day") if step >= timedelta(hours=23) else _("in each few-hour period")
    if days == 7:
        return _("each week")
    if 28 <= days <= 31:
        return _("each month")
    if 365 <= days <= 366:
        return _("each year")
    text = ngettext("in each %(num)s-day period", "in each %(num)s-day period", days)
    return text % {"num": number(days)}


def _labels(columns: Sequence[Column]) -> tuple[Label, ...]:
    """The first column of each month, of each year in long spans, of all days in short ones."""
    whole = columns[-1].end - columns[0].start
    found: list[tuple[float, str]] = []
    seen: str | None = None
    for column in columns:
        # A column belongs to the month that most of it lies in, the first to that it begins in.
        middle = column.start + (column.end - column.start) / 2
        day = (column.start if column is columns[0] else middle).date()
        if whole > timedelta(days=800):
            name = key = str(day.year)
        elif whole < timedelta(days=45):
            name = key = short_day(column.start.date())
        else:
            key = month_words(day)
            short = whole < timedelta(days=300)
            name = month_name(day, "LLLL" if short else "LLL")
            if day.month == 1 and not short:
                name = f"{name} {day.year}"
        if key != seen:
            found.append((column.x, name))
        seen = key
    labels: list[Label] = []
    free_wide, free_narrow = 0.0, 0.0
    for x, text in found:
        wide, narrow = (x + max(least, each * len(text)) for least, each in (WIDE, NARROW))
        if x < free_wide or wide > 101:
            continue
        fits = x >= free_narrow and narrow <= 101
        labels.append(Label(x, text, wide_only=not fits))
        free_wide = wide + 1
        if fits:
            free_narrow = narrow + 1
    return tuple(labels)


@dataclass(frozen=True, slots=True)
class SparkBar:
    x: int
    y: int
    height: int
    last: bool


def spark(values: Sequence[int]) -> tuple[SparkBar, ...]:
    """Bars of 13 by at most 30 pixels, 15 apart; nothing still leaves a low mark."""
    highest = max(values, default=0) or 1
    bars = []
    for index, value in enumerate(values):
        height = max(3, round(SPARK_HEIGHT * value / highest))
        bars.append(SparkBar(index * 15, SPARK_HEIGHT - height, height, index == len(values) - 1))
    return tuple(bars)
