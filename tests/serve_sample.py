"""A small invented archive in memory: the test ground of the pages, the API and the feeds.

It answers every question of ``Archive`` about some forty articles in twelve stories and three
topics, with what makes pages break: markup in titles, a title of 300 characters, an article
with no date, none with a summary, right-to-left and Devanagari titles, copies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeVar

from backstory.archive import Archive
from backstory.model.article import Moment, Version
from backstory.model.problems import Problem
from backstory.model.tag import Tag
from backstory.model.views import (
    ArticleView,
    Bar,
    Before,
    Discovery,
    Edition,
    Event,
    FeedCondition,
    FeedView,
    History,
    Page,
    Query,
    Reason,
    RisingTag,
    Row,
    SourceView,
    StoryCard,
    StoryView,
    TagView,
    TopicCard,
    TopicRef,
    TopicView,
)
from backstory.web.fetcher import of_status

NOW = datetime(2026, 6, 30, 9, 40, tzinfo=UTC)
T = TypeVar("T")

SOURCES = {  # short name: (name, domain, country, language)
    "her": ("Harbour Herald", "harbourherald.example", "US", "en"),
    "cou": ("Valley Courier", "valleycourier.example", "US", "en"),
    "wir": ("Meridian Wire", "meridianwire.example", "US", "en"),
    "tim": ("Northern Times", "northerntimes.example", "GB", "en"),
    "bro": ("Channel Broadcast", "channelbroadcast.example", "GB", "en"),
    "del": ("Delhi Samachar", "delhisamachar.example", "IN", "hi"),
    "mon": ("Monsoon Post", "monsoonpost.example", "IN", "en"),
    "elb": ("Elbe Zeitung", "elbezeitung.example", "DE", "de"),
    "naj": ("Najm", "najm.example", "AE", "ar"),
}

TAGS = {
    tag.slug: tag
    for tag in (
        Tag("mara-lindqvist", "Mara Lindqvist", "person"),
        Tag("oresund", "Øresund", "place"),
        Tag("northern-grid", "Northern Grid", "organisation"),
        Tag("tidal-power", "Tidal power", "theme"),
        Tag("dev-anand-rao", "Dev Anand Rao", "person"),
        Tag("kaveri", "Kaveri", "place"),
        Tag("water-sharing", "Water sharing", "theme"),
        Tag("river-commission", "River Commission", "organisation"),
        Tag("halden-lighthouse", "Halden lighthouse", "place"),
        Tag("orchestra", "Orchestra & choir <strings>", "theme"),
    )
}

TOPICS = {
    "t-tidal": "Øresund tidal barrage · costs",
    "t-kaveri": "Kaveri water dispute",
    "t-light": "Halden lighthouse",
}

LONG = (
    "Why the commission that was asked to settle the oldest of the quarrels over the river, in "
    "which four governments, two courts and eleven ministers had their say, has again put off "
    "its ruling, and what farmers, mills and towns along the banks now expect of a summer in "
    "which the rain has come late, thin and uneven"
)
assert len(LONG) >= 300

# story: topic, tags, what changed, [(guid, source, minutes since the story's first, title,
# summary, copy of)], the first's time (ISO, or a day alone, or None)
STORIES: list[tuple[str, str | None, str, str | None, str | None, list[tuple[str, ...]]]] = [
    (
        "s-choir",
        None,
        "orchestra",
        None,
        "2026-06-30T08:05",
        [
            (
                "a-choir-1",
                "her",
                "0",
                "Choir <b>sings</b> & <script>alert('x')</script> \"quotes\" at the opening",
                "A summary with <img src=x onerror=alert(1)> markup & an ampersand.",
                "",
            ),
            ("a-choir-2", "cou", "25", "City choir opens its hundredth season", "", ""),
        ],
    ),
    (
        "s-tidal-7",
        "t-tidal",
        "mara-lindqvist tidal-power northern-grid oresund",
        "The grid operator takes on a third of the cost, which it had refused in May.",
        "2026-06-29T18:41",
        [
            (
                "a-tidal-7a",
                "wir",
                "0",
                "Northern Grid agrees to pay a third of the Øresund barrage",
                "The grid operator will carry a third of the cost of the tidal barrage, its chief "
                "Mara Lindqvist said on Monday. Work on the eastern gate can go on in August. The "
                "two governments share what is left.",
                "",
            ),
            (
                "a-tidal-7b",
                "her",
                "95",
                "Barrage saved: Northern Grid agrees to pay a third",
                "Northern Grid has agreed to pay for a third of the tidal barrage in the Øresund, "
                "after a night of talks.",
                "",
            ),
            (
                "a-tidal-7c",
                "tim",
                "140",
                "Lindqvist: the barrage ‘will not fail for our share’",
                "Mara Lindqvist ended a month of doubt over the barrage on Monday night.",
                "",
            ),
            (
                "a-tidal-7d",
                "elb",
                "200",
                "Netzbetreiber zahlt ein Drittel des Gezeitenkraftwerks im Öresund",
                "Der Netzbetreiber übernimmt ein Drittel der Kosten.",
                "",
            ),
            (
                "a-tidal-7e",
                "cou",
                "220",
                "Northern Grid agrees to pay a third of the Øresund barrage",
                "The grid operator will carry a third of the cost of the tidal barrage.",
                "a-tidal-7a",
            ),
            (
                "a-tidal-7f",
                "bro",
                "231",
                "Northern Grid agrees to pay a third of Oresund barrage",
                "The grid operator will carry a third of the cost of the tidal barrage.",
                "a-tidal-7a",
            ),
        ],
    ),
    (
        "s-kaveri-4",
        "t-kaveri",
        "dev-anand-rao kaveri water-sharing river-commission",
        "The ruling moves from July to October.",
        "2026-06-29T04:12",
        [
            ("a-kaveri-4a", "mon", "0", LONG, "The ruling is put off until October.", ""),
            (
                "a-kaveri-4b",
                "del",
                "33",
                "कावेरी जल विवाद: आयोग ने फैसला अक्टूबर तक टाला",
                "आयोग ने फैसला अक्टूबर तक टाल दिया।",
                "",
            ),
            (
                "a-kaveri-4c",
                "wir",
                "260",
                "River Commission puts off Kaveri ruling until October",
                "Farmers had hoped for a ruling before the sowing.",
                "",
            ),
        ],
    ),
    (
        "s-light-3",
        "t-light",
        "halden-lighthouse",
        None,
        "2026-06-27",
        [
            (
                "a-light-3a",
                "bro",
                "0",
                "Halden lighthouse is lit again after eleven dark months",
                "The lamp was lit by the keeper’s granddaughter.",
                "",
            ),
            (
                "a-light-3b",
                "naj",
                "0",
                "منارة هالدن تضيء من جديد بعد أحد عشر شهرا",
                "أضاءت حفيدة الحارس المصباح.",
                "",
            ),
        ],
    ),
    (
        "s-tidal-6",
        "t-tidal",
        "northern-grid tidal-power",
        "For the first time a government names a sum.",
        "2026-06-11T07:30",
        [
            ("a-tidal-6a", "elb", "0", "Ministerium nennt erstmals Kosten der Talsperre", "", ""),
            (
                "a-tidal-6b",
                "tim",
                "50",
                "Ministry puts barrage at 4.1 billion, a third more than planned",
                "The ministry named a sum for the first time.",
                "",
            ),
            ("a-tidal-6c", "her", "300", "Barrage a third dearer than planned", "", ""),
        ],
    ),
    (
        "s-tidal-5",
        "t-tidal",
        "mara-lindqvist northern-grid",
        "The operator, silent until now, refuses to share the cost.",
        "2026-05-22T15:00",
        [
            (
                "a-tidal-5a",
                "her",
                "0",
                "Northern Grid will not pay for barrage, Lindqvist says",
                "The grid operator sees no reason to share the cost.",
                "",
            ),
            ("a-tidal-5b", "wir", "12", "Northern Grid refuses to share barrage cost", "", ""),
            (
                "a-tidal-5c",
                "cou",
                "44",
                "Northern Grid refuses to share barrage cost",
                "",
                "a-tidal-5b",
            ),
            ("a-tidal-5d", "tim", "90", "Grid operator walks away from the barrage", "", ""),
        ],
    ),
    (
        "s-kaveri-3",
        "t-kaveri",
        "kaveri river-commission water-sharing",
        None,
        "2026-05-03T11:20",
        [
            ("a-kaveri-3a", "del", "0", "कावेरी: आयोग ने चार राज्यों को बुलाया", "", ""),
            ("a-kaveri-3b", "mon", "75", "Commission calls four states over Kaveri water", "", ""),
        ],
    ),
    (
        "s-tidal-4",
        "t-tidal",
        "tidal-power oresund",
        None,
        "2026-04-18T06:00",
        [
            ("a-tidal-4a", "bro", "0", "Storm tears the western gate of the barrage", "", ""),
            ("a-tidal-4b", "tim", "20", "Storm damage halts work on tidal barrage", "", ""),
            ("a-tidal-4c", "elb", "120", "Sturm beschädigt Gezeitenkraftwerk", "", ""),
        ],
    ),
    (
        "s-light-2",
        "t-light",
        "halden-lighthouse",
        None,
        "2026-02-02T10:10",
        [
            ("a-light-2a", "bro", "0", "Lens of Halden lighthouse found in a barn", "", ""),
            ("a-light-2b", "her", "600", "A lost lens comes home to Halden", "", ""),
        ],
    ),
    (
        "s-tidal-3",
        "t-tidal",
        "mara-lindqvist tidal-power",
        None,
        "2026-01-09T12:00",
        [
            ("a-tidal-3a", "tim", "0", "First turbine of the barrage turns", "", ""),
            ("a-tidal-3b", "wir", "30", "Øresund: first turbine delivers power", "", ""),
        ],
    ),
    (
        "s-light-1",
        "t-light",
        "halden-lighthouse",
        None,
        "2025-07-30T21:00",
        [("a-light-1a", "bro", "0", "Halden lighthouse goes dark after lightning strike", "", "")],
    ),
    (
        "s-undated",
        None,
        "",
        None,
        None,
        [
            (
                "a-undated",
                "mon",
                "0",
                "An essay on patience, without a date",
                "",
                "",
            )
        ],
    ),
]
FILLER = [
    "Ferry timetable changes for the summer",
    "Bakers’ guild names its apprentice of the year",
    "Old tram returns to line 6 for a weekend",
    "Library lends telescopes",
    "Town council counts its trees",
    "Swimming bath opens a week late",
    "School garden wins a prize for pears",
    "Bridge closed for painting",
    "Chess club beats its computer",
]


@dataclass(frozen=True)
class _Story:
    id: str
    topic: TopicRef | None
    changed: str | None
    rows: tuple[Row, ...]


def _rows(tags: str, first: str | None, articles: list[tuple[str, ...]]) -> tuple[Row, ...]:
    rows = []
    for guid, source, minutes, title, summary, copy_of in articles:
        site, domain, country, language = SOURCES[source]
        moment: Moment | None = None
        if first and len(first) == 10:
            moment = Moment.of_day(date.fromisoformat(first))
        elif first:
            start = datetime.fromisoformat(first).replace(tzinfo=UTC)
            moment = Moment(start + timedelta(minutes=int(minutes)))
        url = f"https://{domain}/2026/{guid}"
        if guid == "a-choir-2":
            url = "javascript:alert(document.domain)"
        rows.append(
            Row(
                guid=guid,
                title=title,
                url=url,
                site=site if guid != "a-choir-1" else "Harbour <i>Herald</i> & Sons",
                domain=domain,
                published=moment,
                order=moment.at if moment else datetime(2026, 5, 30, 3, 4, 5, tzinfo=UTC),
                image="https://pictures.example/a.jpg" if summary else None,
                summary=summary,
                tags=tuple(TAGS[slug] for slug in tags.split()),
                language="en" if guid == "a-kaveri-4c" else language,
                country=country,
                copy_of=copy_of or None,
            )
        )
    return tuple(rows)


def _stories() -> dict[str, _Story]:
    stories = {}
    for story_id, topic, tags, changed, first, articles in STORIES:
        reference = TopicRef(topic, TOPICS[topic]) if topic else None
        stories[story_id] = _Story(story_id, reference, changed, _rows(tags, first, articles))
    for number, title in enumerate(FILLER):
        first = (datetime(2026, 6, 20) - timedelta(hours=7 * number)).isoformat()
        row = (f"a-town-{number}", "cou", "0", title, f"{title}, as the council said.", "")
        stories[f"s-town-{number}"] = _Story(
            f"s-town-{number}", None, None, _rows("", first, [row])
        )
    return stories


def _plain(text: str) -> str:
    return text.casefold()


class SampleArchive(Archive):
    """The archive's questions answered from the tables above."""

    def __init__(self, empty: bool = False) -> None:
        self._stories = {} if empty else _stories()
        self._story_of = {row.guid: story for story in self._stories.values() for row in story.rows}

    def close(self) -> None:
        pass

    def last_change(self) -> int:
        return 0

    def one_view(self) -> AbstractContextManager[None]:
        return nullcontext()

    # ------------------------------------------------------------ counts

    def _all(self) -> list[Row]:
        rows = [row for story in self._stories.values() for row in story.rows]
        return sorted(rows, key=lambda row: (row.order, row.guid), reverse=True)

    def article_count(self) -> int:
        return len(self._story_of)

    def newest(self) -> datetime | None:
        return max((row.order for row in self._all()), default=None)

    def editions(self) -> tuple[Edition, ...]:
        counts: dict[str, int] = {}
        for row in self._all():
            if row.country:
                counts[row.country] = counts.get(row.country, 0) + 1
        order = sorted(counts, key=lambda country: (-counts[country], country))
        return tuple(Edition(country, counts[country]) for country in order)

    # ------------------------------------------------------------ one thing

    def leads_to(self, story_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(story_ids)

    def story_summary(self, story_id: str, at: datetime | None = None) -> str:
        view = self.story(story_id)
        return view.card.summary if view else ""

    def image(self, guid: str) -> str | None:
        return next((row.image for row in self._all() if row.guid == guid), None)

    def article(self, guid: str) -> ArticleView | None:
        story = self._story_of.get(guid)
        if story is None:
            return None
        row = next(row for row in story.rows if row.guid == guid)
        versions: tuple[Version, ...] = ()
        if guid == "a-tidal-7b":
            seen = row.order - timedelta(minutes=50)
            versions = (Version(seen, "Barrage talks run into the night", ""),)
        return ArticleView(
            row=row,
            author="Ines Dahl" if guid == "a-tidal-7b" else None,
            updated=row.published,
            text=row.summary,
            story=self._card(story),
            versions=versions,
            others=tuple(other for other in story.rows if other.guid != guid),
        )

    def earlier_titles(self, guids: Collection[str]) -> dict[str, tuple[str, ...]]:
        known = {"a-tidal-7b": ("Barrage talks run into the night",)}
        return {guid: known[guid] for guid in guids if guid in known}

    def taken_in(
        self, kind: Literal["story", "topic"], id: str, limit: int = 12
    ) -> tuple[Before, ...]:
        if (kind, id) != ("topic", "t-tidal"):
            return ()
        row = self._stories["s-tidal-3"].rows[0]
        return (Before(row.guid, row.title, row.published, row.order),)

    def _siblings(self, story: _Story) -> list[_Story]:
        if story.topic is None:
            return [story]
        found = [other for other in self._stories.values() if other.topic == story.topic]
        return sorted(found, key=lambda other: other.rows[0].order, reverse=True)

    def _event(self, story: _Story, here: bool) -> Event:
        rows = story.rows
        dated = [row.published for row in rows if row.published]
        shared = [Reason(tag.kind, tag.name, tag.slug) for tag in rows[0].tags[:2]]
        reasons = () if here else (*shared, Reason("word", "barrage", None))
        headline = next((row.title for row in rows if row.language == "en"), rows[0].title)
        return Event(
            story=story.id,
            headline=headline,
            first_published=min(dated, default=None),
            last_published=max(dated, default=None),
            order=rows[0].order,
            score=1.0 if here else 0.5,
            here=here,
            sources=tuple(dict.fromkeys(row.site for row in rows)),
            reasons=reasons,
            changed=story.changed,
            articles=rows,
        )

    def history(self, guid: str, limit: int | None = 50) -> History | None:
        story = self._story_of.get(guid)
        if story is None:
            return None
        events = tuple(self._event(other, other is story) for other in self._siblings(story))
        shown = events[:limit]
        return History(guid, story.topic, shown, len(events) - len(shown))

    def bars(self, history: History) -> tuple[Bar, ...]:
        return self._bars(history.events)

    def _bars(self, events: tuple[Event, ...]) -> tuple[Bar, ...]:
        first = min(event.order for event in events)
        last = max(event.order for event in events)
        days = max(1, -(-((last - first).days + 1) // 24))
        start = datetime(first.year, first.month, first.day, tzinfo=UTC)
        bars: list[Bar] = []
        while start <= last or len(bars) < 8:
            end = start + timedelta(days=days)
            inside = [event for event in events if start <= event.order < end]
            names = {name for event in inside for name in event.sources}
            bars.append(Bar(start, len(names), any(event.here for event in inside)))
            start = end
        return tuple(bars)

    def ranked(self, guid: str, limit: int = 1000) -> tuple[tuple[str, float], ...] | None:
        return None

    def discover(self, guid: str) -> Discovery:
        story = self._story_of.get(guid)
        own = story.topic if story else None
        topics = tuple(
            replace(card, shares=(Reason("word", "commission", None),))
            for card in self.topics()
            if own is None or card.id != own.id
        )
        others = [s for s in self._stories.values() if s.topic is None and s is not story]
        return Discovery(
            topics=topics[:2],
            stories=tuple(self._card(other) for other in others[:2]),
            tags=(RisingTag(TAGS["mara-lindqvist"], 4), RisingTag(TAGS["kaveri"], 1)),
        )

    def _before(self, story: _Story) -> tuple[Before, ...]:
        siblings = self._siblings(story)
        earlier = siblings[siblings.index(story) + 1 :]
        events = [self._event(other, False) for other in earlier[:3]]
        return tuple(Before(e.story, e.headline, e.first_published, e.order) for e in events)

    def _card(self, story: _Story) -> StoryCard:
        event = self._event(story, False)
        lead = next((row for row in story.rows if row.title == event.headline), story.rows[0])
        siblings = self._siblings(story)
        trends = {"s-choir": "new", "s-tidal-7": "rising", "s-light-3": "fading"}
        return StoryCard(
            id=story.id,
            headline=event.headline,
            lead=lead,
            summary=lead.summary,
            sources=event.sources,
            first=story.rows[0],
            first_published=story.rows[0].order,
            last_published=story.rows[-1].order,
            article_count=len(story.rows),
            copies=sum(1 for row in story.rows if row.copy_of),
            topic=story.topic,
            topic_events=len(siblings),
            topic_since=siblings[-1].rows[0].order,
            before=self._before(story),
            spark=(0, 1, 0, 2, 1, 0, 3, len(event.sources)),
            trend=trends.get(story.id, "steady"),
        )

    def story(self, story_id: str) -> StoryView | None:
        story = self._stories.get(story_id)
        if story is None:
            return None
        history = self.history(story.rows[0].guid)
        assert history is not None
        return StoryView(self._card(story), story.rows, history)

    def topic(self, topic_id: str, at: datetime | None = None) -> TopicView | None:
        card = next((card for card in self.topics() if card.id == topic_id), None)
        if card is None:
            return None
        stories = [s for s in self._stories.values() if s.topic and s.topic.id == topic_id]
        events = tuple(self._event(other, False) for other in self._siblings(stories[0]))
        return TopicView(card, events, self._bars(events), {})

    def tag(self, slug: str, edition: str | None = None) -> TagView | None:
        if slug not in TAGS or not self._stories:
            return None
        stories = {self._story_of[r.guid].id for r in self._matching(Query(edition, tags=(slug,)))}
        neighbours = [tag for tag in TAGS.values() if tag.slug != slug]
        return TagView(TAGS[slug], len(stories), tuple(neighbours[:4]))

    def sources(self, limit: int = 200) -> tuple[SourceView, ...]:
        found = [self.source(domain) for _, domain, _, _ in SOURCES.values()]
        some = [one for one in found if one is not None]
        return tuple(sorted(some, key=lambda one: -one.article_count)[:limit])

    def feeds(self, now: datetime | None = None) -> tuple[FeedView, ...]:
        def feed(place: int, state: FeedCondition, problem: Problem | None = None) -> FeedView:
            name, domain, country, language = list(SOURCES.values())[place]
            return FeedView(
                url=f"https://{domain}/feed.xml",
                title=name,
                source=name,
                domain=domain,
                country=country,
                language=language,
                state=state,
                last_polled=None if state == "waiting" else NOW - timedelta(minutes=20),
                last_new=NOW - timedelta(hours=3) if state == "fine" else None,
                next_poll=None if state == "ended" else NOW + timedelta(minutes=40),
                failures=3 if problem else 0,
                articles=7 if state == "fine" else 0,
                problem=problem,
                text_use="summary",
            )

        if not self._stories:
            return ()
        return (
            feed(0, "fine"),
            feed(1, "failing", of_status(404)),
            feed(2, "ended", of_status(410)),
            feed(3, "waiting"),
        )

    def source(self, domain: str) -> SourceView | None:
        rows = [row for row in self._all() if row.domain == domain]
        if not rows:
            return None
        row = rows[0]
        home = f"https://{domain}/"
        return SourceView(domain, row.site, home, row.country, row.language, len(rows))

    # ------------------------------------------------------------ lists

    def _matching(self, query: Query) -> list[Row]:
        rows = self._all()
        if query.edition:
            rows = [
                row
                for row in rows
                if any(r.country == query.edition for r in self._story_of[row.guid].rows)
            ]
        if query.source:
            rows = [row for row in rows if row.domain == query.source]
        for word in _plain(query.text or "").split():
            rows = [row for row in rows if word in _plain(f"{row.title} {row.summary}")]
        if query.date_from:
            rows = [row for row in rows if row.order.date() >= query.date_from]
        if query.date_to:
            rows = [row for row in rows if row.order.date() <= query.date_to]
        if query.tags:
            test: Callable[[list[bool]], bool] = any if query.any_tag else all
            rows = [
                row
                for row in rows
                if test([slug in {tag.slug for tag in row.tags} for slug in query.tags])
            ]
        return rows[::-1] if query.oldest_first else rows

    def articles(self, query: Query, limit: int = 20, mark: str | None = None) -> Page[Row]:
        return _page(self._matching(query), lambda row: row.guid, limit, mark)

    def stories(
        self,
        edition: str | None = None,
        since: timedelta | None = None,
        at: datetime | None = None,
        limit: int = 20,
        mark: str | None = None,
    ) -> Page[StoryCard]:
        found = [
            card
            for card in self._found_cards(Query(edition))
            if at is None or card.first.order <= at
        ]
        ranked = sorted(found, key=lambda card: len(card.sources), reverse=True)
        return _page(ranked, lambda card: card.id, limit, mark)

    def _found_cards(self, query: Query) -> list[StoryCard]:
        found = dict.fromkeys(self._story_of[row.guid].id for row in self._matching(query))
        return [self._card(self._stories[story_id]) for story_id in found]

    def latest_stories(
        self,
        query: Query,
        limit: int = 20,
        mark: str | None = None,
        at: datetime | None = None,
    ) -> Page[StoryCard]:
        return _page(self._found_cards(query), lambda card: card.id, limit, mark)

    def cards(self, guids: Sequence[str]) -> dict[str, StoryCard]:
        return {guid: self._card(self._story_of[guid]) for guid in guids if guid in self._story_of}

    def topics(
        self,
        edition: str | None = None,
        since: timedelta | None = None,
        at: datetime | None = None,
        limit: int = 50,
    ) -> tuple[TopicCard, ...]:
        cards = []
        for topic_id, name in TOPICS.items():
            stories = [s for s in self._stories.values() if s.topic and s.topic.id == topic_id]
            rows = [row for story in stories for row in story.rows]
            if not rows or (edition and all(row.country != edition for row in rows)):
                continue
            newest = self._event(stories[0], False)
            cards.append(
                TopicCard(
                    id=topic_id,
                    name=name,
                    events=len(stories),
                    sources=len({row.domain for row in rows}),
                    first=min(row.order for row in rows),
                    last=max(row.order for row in rows),
                    latest=Before(
                        newest.story, newest.headline, newest.first_published, newest.order
                    ),
                )
            )
        return tuple(cards[:limit])

    def tags_of_query(self, query: Query, limit: int = 12) -> tuple[Tag, ...]:
        found = dict.fromkeys(tag for row in self._matching(query) for tag in row.tags)
        return tuple(tag for tag in found if tag.slug not in query.tags)[:limit]


def _page(found: list[T], key: Callable[[T], str], limit: int, mark: str | None) -> Page[T]:
    """A page after or before the entry that the mark names."""
    start = 0
    if mark:
        names = [key(entry) for entry in found]
        if mark[:2] not in ("n.", "p.") or mark[2:] not in names:
            raise ValueError(f"no such mark: {mark}")
        at = names.index(mark[2:])
        start = at + 1 if mark[0] == "n" else max(0, at - limit)
    chosen = tuple(found[start : start + limit])
    more = start + limit < len(found)
    return Page(
        chosen,
        f"n.{key(chosen[-1])}" if more and chosen else None,
        f"p.{key(chosen[0])}" if start > 0 and chosen else None,
    )
