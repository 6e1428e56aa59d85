"""Events: stories as the entries of a timeline, with publishers, reasons and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backstory.archive.cards import Told, listed_then, publishers, tell
from backstory.group.history.timeline import Entry
from backstory.model.tag import Tag
from backstory.model.views import Event, Reason, Row
from backstory.present.changed import newest, prepare, terms_of
from backstory.store import enriched, reading
from backstory.store.reading import Listed, Report
from backstory.store.transactions import Reader
from backstory.text.sentences import split
from backstory.text.words import stemmer, tokens

MOST_REASONS = 4
_READ_OF_EVENT = 6  # articles whose summaries may say what changed
_MOST_ARTICLES = 60  # of one event that are listed


@dataclass(frozen=True, slots=True)
class Seen:
    """The article that a timeline is seen from: what its tags are, how it writes its words."""

    tags: tuple[Tag, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)


def seen_from(row: Row, text: str) -> Seen:
    """``text``: the article's; words are shown as the article writes them."""
    term_of = stemmer((row.language or "").split("-")[0].lower() or None)
    written: dict[str, str] = {}
    for token in tokens(f"{row.title}\n{text[:4000]}"):
        term = term_of(token.text)
        if term and (term not in written or token.text[0].islower()):
            written[term] = token.text
    return Seen(row.tags, written)


def events(
    connection: Reader,
    entries: Sequence[Entry],
    seen: Seen | None = None,
    until: int | None = None,
) -> list[Event]:
    """The entries as events, newest first; ``seen``: for the reasons why each is there;
    ``until``: articles that came later are left out."""
    members = {seq for entry in entries for seq in entry.members}
    listed = listed_then(connection, members, until)
    tellings: dict[int, Told] = {}
    for entry in entries:
        own = sorted((listed[seq] for seq in entry.members if seq in listed), key=_by_time)
        reports = [
            one.report()
            for one in own
            if one.story is not None and (until is None or one.ordered <= until)
        ]
        if reports:
            tellings[entry.story] = tell(entry.story, reports, listed)
    domains = {r.domain for telling in tellings.values() for r in telling.reports}
    sites = reading.source_names(connection, domains)
    ids = reading.guids(connection, list(tellings))
    words = enriched.term_words(connection, {t for entry in entries for t in entry.shared})
    made: list[Event] = []
    for entry in entries:
        telling = tellings.get(entry.story)
        if telling is None:
            continue
        shown = [listed[r.seq] for r in _shown(telling)]
        dated = [one.row.published for one in shown if one.row.published is not None]
        made.append(
            Event(
                story=ids[entry.story],
                headline=telling.headline,
                first_published=min(dated) if dated else None,
                last_published=max(dated) if dated else None,
                order=datetime.fromtimestamp(telling.reports[0].ordered, UTC),
                score=entry.score,
                here=entry.here,
                sources=tuple(sites.get(domain, domain) for domain in publishers(telling.reports)),
                reasons=_reasons(entry, shown, seen, words) if seen and not entry.here else (),
                changed=None,
                articles=tuple(one.row for one in shown),
            )
        )
    made.sort(key=lambda event: (event.order, event.story))
    return _with_changes(made)[::-1]


def _by_time(one: Listed) -> tuple[int, int]:
    return one.ordered, one.seq


def _shown(telling: Told) -> Sequence[Report]:
    """The first reports, and those that may lead the event."""
    leading = {one.seq for one in telling.members}
    return [
        report
        for place, report in enumerate(telling.reports)
        if place < _MOST_ARTICLES or report.seq in leading
    ]


def _reasons(
    entry: Entry, members: Sequence[Listed], seen: Seen, words: Mapping[int, str]
) -> tuple[Reason, ...]:
    """Shared tags in the order in which they tell most of the article, then shared words."""
    theirs = {tag.slug for one in members for tag in one.row.tags}
    found = [
        Reason(tag.kind, tag.name, tag.slug) for tag in seen.tags if tag.slug in theirs
    ][:MOST_REASONS]  # fmt: skip
    said = " ".join(reason.name for reason in found).casefold()
    for term in entry.shared:
        if len(found) >= MOST_REASONS:
            break
        word = seen.written.get(words.get(term, ""))
        if word is None or word.casefold() in said or not terms_of(word):
            continue
        if len(word) > 2 or not word.isascii():
            found.append(Reason("word", word, None))
            said += " " + word.casefold()
    return tuple(found)


def _with_changes(made: Sequence[Event]) -> list[Event]:
    """Events in the order of time, each with the sentence that those before it did not say."""
    seen: set[str] = set()
    found: list[Event] = []
    for event in made:
        own = prepare(
            dict.fromkeys(
                sentence
                for row in event.articles[:_READ_OF_EVENT]
                for sentence in split(row.summary, row.language)
            )
        )
        headline = terms_of(event.headline)
        found.append(_changed(event, newest(own, seen, headline)))
        seen |= headline
        for sentence in own:
            seen |= sentence.terms
    return found


def _changed(event: Event, changed: str | None) -> Event:
    return Event(
        event.story, event.headline, event.first_published, event.last_published, event.order,
        event.score, event.here, event.sources, event.reasons, changed, event.articles,
    )  # fmt: skip
