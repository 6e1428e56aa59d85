"""The days that texts name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.text.named_days import EPOCH, MOST, named_days

PUBLISHED = date(2011, 5, 20)  # a Friday


def days(text: str, language: str = "en") -> list[str]:
    return [str(EPOCH + timedelta(days=day)) for day in named_days(text, PUBLISHED, language)]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "held on May 12 and 14 May", ["2011-05-12", "2011-05-14"]),
        ("en", "born Dec. 25, 1949; tried on June 3, 2009", ["1949-12-25", "2009-06-03"]),
        ("en", "arrested on Tuesday", ["2011-05-17"]),
        ("en", "on Friday", ["2011-05-20"]),
        ("en", "said yesterday", ["2011-05-19"]),
        ("en", "in December the case of 3 December", ["2010-12-03"]),
        ("en", "the vote is on June 5", ["2011-06-05"]),
        ("en", "It may 12 be; May 2.5 percent; May 12 percent; February 30; March 2011", []),
        ("en", "as of 2011-05-02", ["2011-05-02"]),
        ("en", "29 February 2008 and February 29", ["2008-02-29"]),
        ("de", "am 3. Oktober 2010 und am Montag", ["2010-10-03", "2011-05-16"]),
        ("es", "el 12 de mayo de 2009 y el lunes", ["2009-05-12", "2011-05-16"]),
        ("fr", "le 1er janvier", ["2011-01-01"]),
        ("pt-BR", "em 7 de setembro", ["2010-09-07"]),
        ("hi", "12 मई 2011", ["2011-05-12"]),
        ("ru", "9 мая 2010 года", ["2010-05-09"]),
        ("ja", "2011年3月11日と5月2日", ["2011-03-11", "2011-05-02"]),
        ("ko", "5월 2일", ["2011-05-02"]),
        ("", "2011-05-02, May 3", ["2011-05-02"]),
        ("no such code", "May 3", []),
    ],
)
def test_days_are_read(language: str, text: str, expected: list[str]) -> None:
    assert days(text, language) == expected


@pytest.mark.parametrize("published", [date.min, date(2012, 3, 1), date.max])
def test_days_at_the_ends_of_the_calendar(published: date) -> None:
    found = named_days("on Monday, 29 February and December 31", published, "en")
    leap = (date(2012, 2, 29) - EPOCH).days
    assert (leap in found) is (published.year == 2012)


@given(st.text(alphabet="0123456789 -.,年月日MayTuesdon", max_size=300), st.dates())
def test_any_text_gives_days_in_order_and_bounded(text: str, published: date) -> None:
    found = named_days(text, published, "en")
    assert list(found) == sorted(set(found))
    assert len(found) <= MOST + 1


def test_a_million_dates_cost_no_more_than_what_is_read() -> None:
    assert len(named_days("1 May 2001. 2 May 2001. " * 500_000, PUBLISHED, "en")) == 2
