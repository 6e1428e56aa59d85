"""Events: the entries of a timeline as readers see them, with publishers, reasons and changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from backstory.archive.cards import Outline, listed_then, outline, publishers
from backstory.group.history.entry import TimelineEntry
from backstory.model.tag import Tag
from backstory.model.views import Event, Reason, Row
from backstory.present.changed import Sentence, newest, prepare, terms_of
from backstory.store import articles as kept_articles
from backstory.store import enriched
from backstory.store import publishers as kept_publishers
from backstory.store.listings import Listed
from backstory.store.stories import Report
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
    reader: Reader,
    entries: Sequence[TimelineEntry],
    seen: Seen | None = None,
    sure: int | None = None,
    until: int | None = None,
) -> dict[int, Event]:
    """The events of entries by the numbers of their stories; entries of no article are left out.

    ``entries``: in the order in which a limit keeps them, the first ``sure`` (default: all)
    surely of the topic; ``seen``: for the reasons why each is there. An event is the same
    whatever weaker entries are asked for with it. ``until``: articles that came later are left
    out.
    """
    members = {seq for entry in entries for seq in entry.members}
    listed = listed_then(reader, members, until)
    stories: dict[int, Outline] = {}
    for entry in entries:
        own = sorted((listed[seq] for seq in entry.members if seq in listed), key=_by_time)
        reports = [
            one.report()
            for one in own
            if one.story is not None and (until is None or one.ordered <= until)
        ]
        if reports:
            stories[entry.story] = outline(entry.story, reports, listed)
    domains = {r.domain for story in stories.values() for r in story.reports}
    sites = kept_publishers.names(reader, domains)
    ids = kept_articles.guids(reader, list(stories))
    words = enriched.term_words(reader, {t for entry in entries for t in entry.shared})
    made: dict[int, Event] = {}
    for entry in entries:
        story = stories.get(entry.story)
        if story is None:
            continue
        shown = [listed[r.seq] for r in _shown(story)]
        dated = [one.row.published for one in shown if one.row.published is not None]
        made[entry.story] = Event(
            story=ids[entry.story],
            headline=story.headline,
            first_published=min(dated) if dated else None,
            last_published=max(dated) if dated else None,
            order=datetime.fromtimestamp(story.reports[0].ordered, UTC),
            score=entry.score,
            here=entry.here,
            sources=tuple(sites.get(domain, domain) for domain in publishers(story.reports)),
            reasons=_reasons(entry, shown, seen, words) if seen and not entry.here else (),
            changed=None,
            articles=tuple(one.row for one in shown),
        )
    surely = sum(entry.story in made for entry in entries[:sure])
    changes = _changes(list(made.values()), surely)
    return {
        story: replace(event, changed=changed)
        for (story, event), changed in zip(made.items(), changes, strict=True)
    }


def newest_first(made: Mapping[int, Event], stories: Iterable[int]) -> tuple[Event, ...]:
    """The events of these stories, the newest first."""
    some = [made[story] for story in stories if story in made]
    return tuple(sorted(some, key=_moment, reverse=True))


def _moment(event: Event) -> tuple[datetime, str]:
    return event.order, event.story


def _by_time(one: Listed) -> tuple[int, int]:
    return one.ordered, one.seq


def _shown(story: Outline) -> Sequence[Report]:
    """The first reports, and those that may lead the event."""
    leading = {one.seq for one in story.members}
    return [
        report
        for position, report in enumerate(story.reports)
        if position < _MOST_ARTICLES or report.seq in leading
    ]


def _reasons(
    entry: TimelineEntry, members: Sequence[Listed], seen: Seen, words: Mapping[int, str]
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


@dataclass(frozen=True, slots=True)
class _Said:
    """What an event says: its sentences, the words of its headline, and all its words."""

    sentences: tuple[Sentence, ...]
    headline: frozenset[str]
    words: frozenset[str]


def _said(event: Event) -> _Said:
    sentences = prepare(
        dict.fromkeys(
            sentence
            for row in event.articles[:_READ_OF_EVENT]
            for sentence in split(row.summary, row.language)
        )
    )
    headline = terms_of(event.headline)
    return _Said(sentences, headline, headline.union(*(sentence.terms for sentence in sentences)))


def _changes(made: Sequence[Event], sure: int) -> list[str | None]:
    """Of each event the sentence that earlier ones did not say: of those that are earlier, all
    of the first ``sure`` and those that stand before it in ``made``, so that weaker events
    change nothing in stronger ones."""
    said = [_said(event) for event in made]
    found: list[str | None] = [None] * len(made)
    words: set[str] = set()
    for position in sorted(range(min(sure, len(made))), key=lambda one: _moment(made[one])):
        one = said[position]
        found[position] = newest(one.sentences, words, one.headline)
        words |= one.words
    for position in range(sure, len(made)):
        one = said[position]
        earlier = [
            said[other].words
            for other in range(position)
            if _moment(made[other]) < _moment(made[position])
        ]
        found[position] = newest(one.sentences, set().union(*earlier), one.headline)
    return found
