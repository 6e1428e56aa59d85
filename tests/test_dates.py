"""The dates that are stated, and the days that texts name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backstory.text.dates import stated_moment
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


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Mon, 01 Sep 2025 08:00:00 +0200", "2025-09-01T06:00:00+00:00"),
        ("Mon, 01 Sep 2025 08:00:00 +05:30", "2025-09-01T02:30:00+00:00"),
        ("Mon, 01 Sep 2025 08:00:00 GMT+0200", "2025-09-01T06:00:00+00:00"),
        ("Mon, 01 Sep 2025 08:00:00 UTC-3", "2025-09-01T11:00:00+00:00"),
        ("Mon, 01 Sep 2025 08:00:00 EDT", "2025-09-01T12:00:00+00:00"),
        ("Mon, 01 Sep 2025 08:00:00 +0000 (UTC)", "2025-09-01T08:00:00+00:00"),
        ("Mon, 1 Sep 25 08:00 GMT", "2025-09-01T08:00:00+00:00"),
        ("Mon Sep  1 08:00:00 2025", "2025-09-01T08:00:00+00:00"),
        ("Mon Sep  1 08:00:00 EDT 2025", "2025-09-01T12:00:00+00:00"),
        ("Monday, September 1, 2025 - 08:00", "2025-09-01T08:00:00+00:00"),
        ("Sept. 1st, 2025 8:05 p.m.", "2025-09-01T20:05:00+00:00"),
        ("01 Sep 2025 08:00 PM", "2025-09-01T20:00:00+00:00"),
        ("01 Sep 2025 12:10 AM", "2025-09-01T00:10:00+00:00"),
        ("01-Sep-2025 08:00:00", "2025-09-01T08:00:00+00:00"),
        ("01 Sep 2025", "2025-09-01"),
        ("Mon, 01 Sep 2025 00:00:00", "2025-09-01"),
        ("2025/09/01 08:00:00", "2025-09-01T08:00:00+00:00"),
        ("2025/9/1", "2025-09-01"),
        ("2025.09.01 08:00", "2025-09-01T08:00:00+00:00"),
        ("2025년 09월 01일 08:00", "2025-09-01T08:00:00+00:00"),
        ("2025年9月1日 08:00", "2025-09-01T08:00:00+00:00"),
        ("2025-09-01 08:00:00 EDT", "2025-09-01T12:00:00+00:00"),
        ("01.09.2025, 08:00 Uhr", "2025-09-01T08:00:00+00:00"),
        ("21-09-2025 08:00", "2025-09-21T08:00:00+00:00"),
        ("09/21/2025 08:00", "2025-09-21T08:00:00+00:00"),
        ("Mo, 01 Dez 2025 08:00:00 +0100", "2025-12-01T07:00:00+00:00"),
        ("ven., 05 déc. 2025 08:00:00 +0100", "2025-12-05T07:00:00+00:00"),
        ("1er février 2025", "2025-02-01"),
        ("1 сентября 2025 08:00", "2025-09-01T08:00:00+00:00"),
        ("12 de mayo de 2025", "2025-05-12"),
        ("1756713600", "2025-09-01T08:00:00+00:00"),
        ("1756713600000", "2025-09-01T08:00:00+00:00"),
        # What can be read in two ways, or in none.
        ("01-09-2025 08:00", None),
        ("09/01/2025", None),
        ("2025/13/01", None),
        ("31 Feb 2025 08:00", None),
        ("01 Foo 2025 08:00", None),
        ("08:00:00", None),
        ("Mon, 01 Sep", None),
        ("September 2025", None),
        ("1 Sep 2025 2 Sep 2025", None),
        ("0001-1-1T00:00:00+23:59", None),
        ("25:99 1 Sep 2025", None),
        ("next Tuesday at 8", None),
    ],
)
def test_a_stated_date_is_read_or_left_out(stated: str, expected: str | None) -> None:
    moment = stated_moment(stated)
    assert (moment.iso() if moment is not None else None) == expected


@given(st.text(alphabet="0123456789 :./-+,SepMonGTUPZ年月日déc", max_size=60))
def test_no_stated_date_is_an_error(stated: str) -> None:
    moment = stated_moment(stated)
    assert moment is None or 1 <= moment.at.year <= 9999
