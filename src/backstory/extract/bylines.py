"""Read who wrote a page and when from the lines below its heading, where nothing was stated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from backstory.model.article import Moment
from backstory.text.dates import stated_moment

_CHUNKS = 16  # pieces of text looked at below the heading
_LONG = 160  # characters: the text itself begins

_MONTHS = """
january jan januar janvier enero ene gennaio gen janeiro januari styczeń stycznia ocak ιανουαρίου января січня januára leden ledna
february feb februar février fév febrero febbraio fevereiro fev februari luty lutego şubat φεβρουαρίου февраля лютого
march mar märz mrz mars marzo março maart mart marzec marca μαρτίου марта березня
april apr avril abril abr aprile kwiecień kwietnia nisan απριλίου апреля квітня
may mai mayo maggio mag maio mei maj maja mayıs μαΐου мая травня
june jun juni juin junio giugno giu junho czerwiec czerwca haziran ιουνίου июня червня
july jul juli juillet julio luglio lug julho lipiec lipca temmuz ιουλίου июля липня
august aug août agosto ago augustus augusti sierpień sierpnia ağustos αυγούστου августа серпня
september sep sept septembre septiembre settembre set setembro wrzesień września eylül σεπτεμβρίου сентября вересня
october oct oktober okt octobre octubre ottobre ott outubro out październik października ekim οκτωβρίου октября жовтня
november nov novembre noviembre novembro listopad listopada kasım νοεμβρίου ноября листопада
december dec dezember dez décembre déc diciembre dic dicembre dezembro desember grudzień grudnia aralık δεκεμβρίου декабря грудня
"""  # noqa: E501
_MONTH = {
    name: number
    for number, line in enumerate(_MONTHS.strip().split("\n"), start=1)
    for name in line.split()
}
_WORDED = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?\s+(?:de\s+|di\s+|of\s+)?(?P<m>[^\W\d_]{3,12})\.?,?"
    r"\s+(?:de\s+|del\s+)?(?P<y>\d{4})(?!\d)|"
    r"\b(?P<m2>[^\W\d_]{3,12})\.?\s+(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y2>\d{4})(?!\d)"
)
_FIGURES = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})\s?[-./年년]\s?(?P<m>\d{1,2})\s?[-./月월]\s?(?P<d>\d{1,2})(?!\d)|"
    r"(?<!\d)(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>(?:19|20)\d{2})(?!\d)|"
    r"(?<!\d)(?P<d3>1[3-9]|2\d|3[01])/(?P<m3>\d{1,2})/(?P<y3>(?:19|20)\d{2})(?!\d)"
)
_CAPITAL = r"(?:(?:[^\W\d_a-z]\.-?)+|[^\W\d_a-z][\w’'-]*)"  # "J.", "Anne-Marie", "DALE"
_PARTICLE = r"(?:de|da|di|del|van|von|der|den|bin|al|el|la|le|dos|ter|zu)"
_NAME = rf"{_CAPITAL}(?:\s+(?:{_CAPITAL}|{_PARTICLE})){{1,4}}"
_OPENING = re.compile(
    rf"^(?i:by|von|par|por|di|door|av|af|text|words|story|author|autor|autore|auteur|yazan|oleh|"
    rf"(?:reported|written|posted|published)\s+by)\s*:?\s+(?P<names>{_NAME}"
    rf"(?:\s*(?:,|&|\b(?:and|und|et|y|e|en|och|og)\b)\s*{_NAME})*)"
)
_OPENING_ALONE = re.compile(
    r"(?:by|von|par|por|di|door|av|af|words|autor|autore|auteur|author|"
    r"(?:reported|written)\s+by)\s*:?",
    re.IGNORECASE,
)
_BETWEEN = frozenset({",", "&", "and", "und", "et", "y", "e", "en", "och", "og"})
_LONE = re.compile(rf"{_NAME}$")
_NOT_A_NAME = re.compile(
    r"\b(?:staff|desk|team|news|post|times|updated|published|share|min|minute|read|photo|image|"
    r"redaktion|editor|correspondent|agency|agencies|press|newsletter|comments?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Byline:
    """What the lines below a heading say; empty and None where they say nothing."""

    authors: tuple[str, ...]
    published: Moment | None


def read_byline(tree: HtmlElement) -> Byline:
    """The byline below the page's first heading: names after "By" and the like or beside a date,
    and the first date, with the precision of a day where no machine-readable time stands there."""
    heading = next((one for one in tree.iter("h1") if "".join(one.itertext()).strip()), None)
    if heading is None:
        return Byline((), None)
    authors: tuple[str, ...] = ()
    named: list[str] = []  # behind a "By" that stands alone
    lone = ""
    lone_at = dated_at = opened_at = -9
    published: Moment | None = None
    for place, (words, stated) in enumerate(_below(heading)):
        opening = _OPENING.match(words)
        if opening and not authors:
            authors = _split(opening.group("names"))
        elif _OPENING_ALONE.fullmatch(words) or (opened_at == place - 1 and words in _BETWEEN):
            opened_at = place
        elif opened_at == place - 1 and _is_lone_name(words):
            named.append(words)
            opened_at = place
        elif not lone and _is_lone_name(words):
            lone, lone_at = words, place
        if published is None:
            published = (stated_moment(stated) if stated else None) or date_in(words)
            if published is not None:
                dated_at = place
    if not authors and named:
        authors = _split(", ".join(named))
    if not authors and lone and abs(lone_at - dated_at) == 1:
        authors = (lone,)
    return Byline(authors, published)


def _is_lone_name(words: str) -> bool:
    return len(words) <= 40 and bool(_LONE.fullmatch(words)) and not _NOT_A_NAME.search(words)


def date_in(words: str) -> Moment | None:
    """The first date written out in a line, in one of many languages: a day, never a time."""
    for found in _WORDED.finditer(words):
        parts = found.groupdict()
        number = _MONTH.get((parts["m"] or parts["m2"]).casefold())
        if number is not None:
            return _day(parts["y"] or parts["y2"], number, parts["d"] or parts["d2"])
    for found in _FIGURES.finditer(words):
        parts = found.groupdict()
        year = parts["y"] or parts["y2"] or parts["y3"]
        month = parts["m"] or parts["m2"] or parts["m3"]
        return _day(year, int(month), parts["d"] or parts["d2"] or parts["d3"])
    return None


def _day(year: str, month: int, day: str) -> Moment | None:
    try:
        return Moment.of_day(date(int(year), month, int(day)))
    except ValueError:
        return None


def _split(names: str) -> tuple[str, ...]:
    parts = re.split(r"\s*(?:,|&|\b(?:and|und|et|y|e|en|och|og)\b)\s*", names)
    kept = []
    for part in parts:
        words = [word for word in part.split() if word]
        if 2 <= len(words) <= 5 and not _NOT_A_NAME.search(part):
            name = " ".join(words).strip(" .-")
            kept.append(name.title() if name.isupper() else name)
    return tuple(dict.fromkeys(kept))


def _below(heading: HtmlElement) -> Iterator[tuple[str, str]]:
    """The pieces of text that follow a heading, each with the machine-readable time beside it,
    until the article's text begins."""
    count = 0
    for words, stated in _following(heading):
        words = " ".join(words.split()).strip(" |·•–—")
        if not words and not stated:
            continue
        if len(words) > _LONG:
            return
        yield words, stated
        count += 1
        if count >= _CHUNKS:
            return


def _following(heading: HtmlElement) -> Iterator[tuple[str, str]]:
    node: HtmlElement | None = heading
    steps = 0
    while node is not None and node.tag != "body":
        yield node.tail or "", ""
        for sibling in node.itersiblings():
            for element in sibling.iter():
                steps += 1
                if steps > 400:
                    return
                if element.tag in ("script", "style", "noscript", "template"):
                    continue
                stated = element.get("datetime", "") if element.tag == "time" else ""
                yield element.text or "", stated
                if element is not sibling:
                    yield element.tail or "", ""
            yield sibling.tail or "", ""
        node = node.getparent()
