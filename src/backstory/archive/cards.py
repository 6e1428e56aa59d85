"""Stories as readers see them in lists: headline, publishers, what came before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from backstory.archive.topic_stories import began, stories_of_topics
from backstory.enrich.summary.extractive import summarise
from backstory.model.views import Row, StoryCard, StoryLine, TopicRef
from backstory.present.headline import HeadlineCandidate, best, from_text, says_nothing
from backstory.store import articles as kept_articles
from backstory.store import groups, listings, versions
from backstory.store import publishers as kept_publishers
from backstory.store import stories as kept_stories
from backstory.store.listings import Listed
from backstory.store.stories import Founder, Report
from backstory.store.transactions import Reader

_CANDIDATES = 24  # members whose headlines are compared
_DAY = 86_400
SPARK_DAYS = 8
BEFORE = 3  # lines of what came before
AS_SURELY = 0.5  # the score of one of them, of the third highest


@dataclass(frozen=True, slots=True)
class Outline:
    """A story with the article that leads it, and those that might."""

    story: int
    reports: Sequence[Report]  # all, by time
    members: Sequence[Listed]  # the first reports that copy nothing, by time
    headline: str
    lead: Row


def outlines(
    reader: Reader, stories: Collection[int], until: int | None = None
) -> dict[int, Outline]:
    """Headline and lead of each story (as of ``until``); stories without members are left out."""
    reports = kept_stories.story_reports(reader, stories, until)
    chosen = [report.seq for some in reports.values() for report in _candidates(some)]
    listed = listed_then(reader, chosen, until)
    return {story: outline(story, some, listed) for story, some in reports.items() if some}


def listed_then(reader: Reader, seqs: Collection[int], until: int | None) -> Mapping[int, Listed]:
    """Articles by their numbers, with the words that they had at ``until``."""
    found = listings.listed(reader, seqs)
    if until is None:
        return found
    for seq, (title, text) in versions.words_then(reader, seqs, until).items():
        one = found[seq]
        row = replace(
            one.row, title=title or one.row.title, summary=summarise(title, text, one.row.language)
        )
        found[seq] = one._replace(row=row)
    return found


def _candidates(reports: Sequence[Report]) -> Sequence[Report]:
    """The first reports that copy nothing; where all are copies, the first of all."""
    return ([report for report in reports if not report.copy] or reports)[:_CANDIDATES]


def outline(story: int, reports: Sequence[Report], listed: Mapping[int, Listed]) -> Outline:
    """A story by its reports, by time; ``listed`` has those that may lead it."""
    members = [listed[report.seq] for report in _candidates(reports)]
    lead = members[
        best(
            [
                HeadlineCandidate(member.row.title, member.row.site, position)
                for position, member in enumerate(members)
            ]
        )
    ].row
    return Outline(story, reports, members, headline_of(lead), lead)


def headline_of(row: Row) -> str:
    """What an article is called in a list: its title, unless that says nothing."""
    if says_nothing(row.title) and row.summary:
        return from_text(row.summary, row.language) or row.title
    return row.title


def spark(reports: Sequence[Report], at: int) -> tuple[int, ...]:
    """Publishers a day over the last days up to ``at``, oldest first; copies count nothing."""
    days: list[set[str]] = [set() for _ in range(SPARK_DAYS)]
    for report in reports:
        age = (at - report.ordered) // _DAY
        if not report.copy and 0 <= age < SPARK_DAYS:
            days[SPARK_DAYS - 1 - age].add(report.domain)
    return tuple(len(day) for day in days)


def publishers(reports: Sequence[Report]) -> list[str]:
    """Domains that report, the first reporter first; a copy counts only where it is all."""
    own = [r for r in reports if not r.copy] or list(reports)
    return list(dict.fromkeys(r.domain for r in own))


def leading_up(before: Mapping[int, float], founders: Mapping[int, Founder]) -> list[int]:
    """Of earlier stories with their scores the newest, those left out that belong much less
    surely than the third: a list has few lines, and a stray among three is a third of them."""
    if not before:
        return []
    third = sorted(before.values(), reverse=True)[:BEFORE][-1]
    sure = [story for story, score in before.items() if score >= AS_SURELY * third]
    return sorted(sure, key=lambda story: founders[story])[-BEFORE:][::-1]


def cards(
    reader: Reader,
    stories: Sequence[int],
    names: Mapping[int, str],
    histories: Mapping[int, Mapping[int, float]],
    until: int | None = None,
    at: int | None = None,
    trends: Mapping[int, str] | None = None,
) -> dict[int, StoryCard]:
    """The card of each story. ``names``: of topics (one without a name is not shown);
    ``histories``: the other stories of each one's history, with their scores there; ``until``:
    the horizon, nothing later is shown; ``at``: the moment that the list is of, else the last
    report of each story."""
    outlined = outlines(reader, stories, until)
    topics = groups.topics_of(reader, list(outlined))
    stories_of = stories_of_topics(reader, topics.values(), until)
    since = began(reader, topics.values(), until)
    founders = kept_stories.founders(
        reader, {one for some in histories.values() for one in some}, until
    )
    earlier: dict[int, list[int]] = {}
    for story, shown in outlined.items():
        begun = shown.reports[0].ordered
        earlier[story] = leading_up(
            {one: score for one, score in histories.get(story, {}).items()
             if one in founders and founders[one].ordered < begun},
            founders,
        )  # fmt: skip
    lines = outlines(reader, {one for some in earlier.values() for one in some}, until)
    domains = {r.domain for shown in outlined.values() for r in shown.reports}
    sites = kept_publishers.names(reader, domains)
    ids = kept_articles.guids(reader, [*outlined, *lines, *topics.values()])
    found: dict[int, StoryCard] = {}
    for story, shown in outlined.items():
        reports = shown.reports
        topic = topics.get(story)
        thread = stories_of[topic] if topic is not None else ()
        known = topic is not None and len(thread) > 1
        end = at if at is not None else reports[-1].ordered
        found[story] = StoryCard(
            id=ids[story],
            headline=shown.headline,
            lead=shown.lead,
            summary=shown.lead.summary,
            sources=tuple(sites.get(domain, domain) for domain in publishers(reports)),
            first=shown.members[0].row,
            first_published=_time(reports[0].ordered),
            last_published=_time(reports[-1].ordered),
            article_count=len(reports),
            copies=sum(r.copy for r in reports),
            topic=TopicRef(ids[topic], names[topic])
            if topic is not None and known and topic in names
            else None,
            topic_events=len(thread),
            topic_since=_time(since[topic]) if topic is not None and known else None,
            before=tuple(
                StoryLine(
                    ids[one],
                    lines[one].headline,
                    lines[one].members[0].row.published,
                    _time(lines[one].reports[0].ordered),
                )
                for one in earlier[story]
                if one in lines
            ),
            spark=spark(shown.reports, end),
            trend=(trends or {}).get(story, "steady"),
        )
    return found


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
