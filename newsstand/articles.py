"""Reading the written articles, and setting their relative dates for a given day."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from newsstand.publishers import BY_KEY, Publisher

FOLDER = Path(__file__).parent / "articles"
CORRECTED = ".corrected.md"

MONTHS_DE = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
WEEKDAYS_DE = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
PLACEHOLDER = re.compile(r"\{(date|weekday|month) ([+-]?\d+)\}")
REQUIRED = ("title", "publisher", "event", "days_ago", "section", "standfirst")
KNOWN = {*REQUIRED, "short", "author", "caption", "special"}
SPECIALS = ("", "glued", "empty-title", "briefing")


@dataclass(frozen=True)
class Article:
    """One written article, its dates already set."""

    topic: str
    """The folder it lies in; `one-off` and `briefing` are no topics."""
    slug: str
    title: str
    short: str
    """Another headline, for trimmed copies and rewrites."""
    publisher: Publisher
    event: str
    published: datetime
    author: str
    section: str
    standfirst: str
    caption: str
    special: str
    paragraphs: tuple[str, ...]
    updated: datetime | None = None
    correction: "Article | None" = None
    """What the same address says once it has been corrected."""

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)


def moment(today: date, days_ago: float) -> datetime:
    """The time that lies so many days before the first minute of today (UTC)."""
    start = datetime.combine(today, time(), UTC)
    return (start - timedelta(days=days_ago)).replace(second=0, microsecond=0)


def set_dates(text: str, at: datetime, publisher: Publisher) -> str:
    """Fill `{date -30}`, `{weekday -1}` and `{month -60}`, counted from the article's own day."""

    def fill(match: re.Match[str]) -> str:
        day = at.astimezone(publisher.zone) + timedelta(days=int(match[2]))
        german = publisher.language.startswith("de")
        if match[1] == "weekday":
            return WEEKDAYS_DE[day.weekday()] if german else f"{day:%A}"
        month = MONTHS_DE[day.month - 1] if german else f"{day:%B}"
        if match[1] == "month":
            return month
        if german:
            return f"{day.day}. {month}"
        return f"{month} {day.day}" if publisher.country == "US" else f"{day.day} {month}"

    return PLACEHOLDER.sub(fill, text)


def curl(text: str, publisher: Publisher) -> str:
    """Set straight quotation marks the way the publisher prints them."""
    if publisher.straight_quotes:
        return text
    opening, closing = ("„", "“") if publisher.language.startswith("de") else ("“", "”")
    text = re.sub(r'(^|[\s(\[—–])"', rf"\1{opening}", text)
    text = text.replace('"', closing)
    text = re.sub(r"(^|[\s(\[—–“])'", r"\1‘", text)
    return text.replace("'", "’")


def parse(path: Path, today: date) -> Article:
    """One article file: `key: value` lines between two `---`, then paragraphs."""
    head, _, body = path.read_text("utf-8").removeprefix("---\n").partition("\n---\n")
    pairs = (line.partition(":") for line in head.splitlines())
    fields = {key.strip(): value.strip() for key, _, value in pairs}
    missing = [key for key in REQUIRED if key not in fields]
    unknown = [key for key in fields if key not in KNOWN]
    if missing or unknown or fields.get("special", "") not in SPECIALS:
        raise ValueError(f"{path}: front matter lacks {missing} or has unknown {unknown}")
    publisher = BY_KEY[fields["publisher"]]
    published = moment(today, float(fields["days_ago"]))

    def ready(text: str) -> str:
        return curl(set_dates(" ".join(text.split()), published, publisher), publisher)

    return Article(
        topic=path.parent.name,
        slug=path.name.removesuffix(CORRECTED).removesuffix(".md").partition("-")[2],
        title=ready(fields["title"]),
        short=ready(fields.get("short", "")),
        publisher=publisher,
        event=fields["event"],
        published=published,
        author=fields.get("author", ""),
        section=fields["section"],
        standfirst=ready(fields["standfirst"]),
        caption=ready(fields.get("caption", "")),
        special=fields.get("special", ""),
        paragraphs=tuple(ready(part) for part in body.split("\n\n") if part.strip()),
    )


def read_articles(today: date, folder: Path = FOLDER) -> list[Article]:
    """Every written article, oldest first."""
    found = []
    for path in sorted(folder.glob("*/*.md")):
        if path.name.endswith(CORRECTED):
            continue
        article = parse(path, today)
        later = path.with_name(path.name.removesuffix(".md") + CORRECTED)
        if later.exists():
            corrected = replace(
                parse(later, today),
                published=article.published,
                updated=parse(later, today).published,
            )
            article = replace(article, correction=corrected)
        found.append(article)
    return sorted(found, key=lambda article: (article.published, article.slug))
