"""A small made archive: some forty articles that went the whole way into a store.

It is what the tests of pages, API and feeds read: twelve events, three topics, and what makes
pages break: markup in titles, a title of 300 characters, an article with no date, one with no
text, right-to-left and Devanagari titles, reprints, a headline that changed. Identifiers of
stories and topics are the guids of the articles that they began with.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import update

from backstory.archive import Archive
from backstory.collect.poll import FeedState
from backstory.model.article import Article, Moment
from backstory.model.views import Query
from backstory.pipeline.feed_list import add_feeds
from backstory.pipeline.intake import take
from backstory.pipeline.running import Pipeline
from backstory.store.articles import seqs_of_guids as seqs_of
from backstory.store.database import Store
from backstory.store.schema import aliases, memberships, stories
from backstory.store.schema import articles as table
from backstory.web.fetcher import of_status

NOW = datetime(2026, 6, 30, 9, 40, tzinfo=UTC)
SEEN = datetime(2026, 5, 30, 3, 4, 5, tzinfo=UTC)  # when the article without a date came
RETITLED = datetime(2026, 6, 29, 21, 10, tzinfo=UTC)  # when a headline was found to be another
PICTURE = "https://pictures.example/a.jpg"

# The stories and topics that tests ask for, by the guids of their first articles.
CHOIR, TIDAL_7, KAVERI_4, LIGHT_3 = "a-choir-1", "a-tidal-7a", "a-kaveri-4a", "a-light-3a"
TIDAL_6, TIDAL_5, TIDAL_4, TIDAL_3 = "a-tidal-6b", "a-tidal-5a", "a-tidal-4a", "a-tidal-3a"
TIDAL, KAVERI, LIGHT = TIDAL_3, "a-kaveri-3b", "a-light-1a"


class Publisher(NamedTuple):
    name: str
    domain: str
    country: str
    language: str


PUBLISHERS = {
    "her": Publisher("Harbour Herald", "harbourherald.example", "US", "en"),
    "cou": Publisher("Valley Courier", "valleycourier.example", "US", "en"),
    "wir": Publisher("Meridian Wire", "meridianwire.example", "US", "en"),
    "tim": Publisher("Northern Times", "northerntimes.example", "GB", "en"),
    "bro": Publisher("Channel Broadcast", "channelbroadcast.example", "GB", "en"),
    "del": Publisher("Delhi Samachar", "delhisamachar.example", "IN", "hi"),
    "mon": Publisher("Monsoon Post", "monsoonpost.example", "IN", "en"),
    "elb": Publisher("Elbe Zeitung", "elbezeitung.example", "DE", "de"),
    "naj": Publisher("Najm", "najm.example", "AE", "ar"),
}

LONG = (
    "Why the River Commission that was asked to settle the oldest of the quarrels over the Kaveri, "
    "in which four governments, two courts and nine ministers had their say, has again put off "
    "its ruling until October, and what farmers, mills and towns along the banks now expect of a "
    "summer in which the rain has come late, thin and uneven"
)
assert len(LONG) >= 300


class Made(NamedTuple):
    """``after``: minutes since the event's first article; ``text``: "" where there is none."""

    guid: str
    publisher: str
    after: int
    title: str
    text: str = ""


class Event(NamedTuple):
    """``first``: a time, a bare day, or None; ``tags``: as the publishers give them."""

    first: str | None
    tags: tuple[str, ...]
    articles: tuple[Made, ...]


_AGREES = (
    "The grid operator Northern Grid will carry a third of the cost of the tidal barrage in the "
    "Øresund, its chief Mara Lindqvist said on Monday. Work on the eastern gate of the barrage can "
    "go on in August. The two governments share what is left of the 4.1 billion. Tidal power from "
    "the barrage is to reach 900,000 homes."
)
_REFUSES = (
    "Northern Grid refused on Friday to back the Øresund barrage, and its shareholders applauded "
    "Mara Lindqvist in Malmö. She told ministers to look elsewhere. Analysts had expected her "
    "refusal since the storm of April. Shares of the operator rose by four per cent."
)

EVENTS = (
    Event("2026-06-28T08:05", ("Orchestra",), (
        Made("a-choir-1", "her", 0,
             "Choir <b>sings</b> & <script>alert('x')</script> \"quotes\" at the opening",
             "The city choir opened its hundredth season with a Requiem at the Corn Hall on "
             "Sunday. It sings <img src=x onerror=alert(1)> until midnight. Conductor Ada Quist "
             "led ninety singers of the city choir."),
        Made("a-choir-2", "cou", 25, "Hundredth season opens",
             "Ninety singers of the city choir opened the hundredth season at the Corn Hall on "
             "Sunday morning. Conductor Ada Quist chose a Requiem for the opening of the "
             "season."),
    )),
    Event("2026-06-29T18:41", ("Mara Lindqvist", "Tidal power", "Northern Grid"), (
        Made("a-tidal-7a", "wir", 0, "Northern Grid agrees to pay a third of the Øresund barrage",
             _AGREES),
        Made("a-tidal-7b", "her", 95, "Barrage saved: Northern Grid agrees to pay a third",
             "Northern Grid has agreed to pay for a third of the tidal barrage in the Øresund, "
             "after a night of talks. Mara Lindqvist, the chief of the grid operator, signed on"
             " Monday. Tidal power from the barrage was in doubt for a month."),
        Made("a-tidal-7c", "tim", 140,
             "Lindqvist: the Øresund barrage ‘will not fail for our share’",
             "Mara Lindqvist ended a month of doubt over the Øresund barrage on Monday night. "
             "Northern Grid will pay a third of its cost, the grid operator's chief said. The "
             "tidal power barrage will be built."),
        Made("a-tidal-7d", "mon", 200, "Grid operator to pay a third of Øresund tidal barrage",
             "Northern Grid said on Monday that it would pay a third of the cost of the Øresund"
             " tidal barrage. Its chief, Mara Lindqvist, had refused in May. Tidal power is now"
             " expected in 2029."),
        Made("a-tidal-7e", "cou", 220,
             "Northern Grid agrees to pay a third of the Øresund barrage",
             _AGREES),
        Made("a-tidal-7f", "bro", 231, "Northern Grid agrees to pay a third of Oresund barrage",
             _AGREES),
    )),
    Event("2026-06-29T19:20", (), (
        Made("a-tidal-7g", "elb", 0,
             "Netzbetreiber zahlt ein Drittel des Gezeitenkraftwerks im Öresund",
             "Der Netzbetreiber übernimmt ein Drittel der Kosten des Gezeitenkraftwerks. Das "
             "sagte die Vorstandschefin am Montag nach langen Verhandlungen."),
    )),
    Event("2026-06-29T04:12", ("Kaveri", "Water sharing", "River Commission"), (
        Made("a-kaveri-4a", "mon", 0, LONG,
             "The River Commission has put off its ruling on the water of the Kaveri until "
             "October. Its chairman, Dev Anand Rao, said on Monday that four states had asked "
             "for time. Farmers along the Kaveri had hoped for a ruling before the sowing."),
        Made("a-kaveri-4c", "wir", 260, "River Commission puts off Kaveri ruling until October",
             "Farmers had hoped for a ruling on the Kaveri water before the sowing. The River "
             "Commission under Dev Anand Rao put it off from July to October on Monday. Four "
             "states share the water of the Kaveri."),
    )),
    Event("2026-06-29T04:45", (), (
        Made("a-kaveri-4b", "del", 0, "कावेरी जल विवाद: आयोग ने फैसला अक्टूबर तक टाला",
             "नदी आयोग ने कावेरी जल विवाद पर अपना फैसला अक्टूबर तक टाल दिया है। आयोग के अध्यक्ष"
             " ने सोमवार को यह बताया।"),
    )),
    Event("2026-06-27", ("Halden lighthouse",), (
        Made("a-light-3a", "bro", 0, "Halden lighthouse is lit again after eleven dark months",
             "The lamp of the Halden lighthouse was lit on Saturday by the granddaughter of "
             "keeper Olaf Brandt. A lightning strike had darkened the Halden lighthouse for "
             "eleven months. The old lens stands in the lantern room again."),
        Made("a-light-3c", "tim", 0, "Light returns to Halden lighthouse after eleven months",
             "Keeper Olaf Brandt's granddaughter lit the lamp of the Halden lighthouse on "
             "Saturday. The lighthouse had been dark for eleven months since lightning struck "
             "its lantern."),
    )),
    Event("2026-06-27", (), (
        Made("a-light-3b", "naj", 0, "منارة هالدن تضيء من جديد بعد أحد عشر شهرا",
             "أضاءت حفيدة الحارس مصباح منارة هالدن يوم السبت بعد أحد عشر شهرا من الظلام."),
    )),
    Event("2026-06-11T07:30", ("Northern Grid", "Tidal power"), (
        Made("a-tidal-6b", "tim", 0,
             "Ministry puts Øresund barrage at 4.1 billion, a third more than planned",
             "The energy ministry named a sum for the Øresund tidal barrage for the first time "
             "on Thursday: 4.1 billion, a third more than planned. Northern Grid and its chief "
             "Mara Lindqvist would not say who pays for the tidal power."),
        Made("a-tidal-6c", "her", 250,
             "Øresund barrage a third dearer than planned, ministry says",
             "The tidal barrage in the Øresund will cost 4.1 billion, the energy ministry said "
             "on Thursday, a third more than planned. Northern Grid, led by Mara Lindqvist, has"
             " not said whether it will share the cost of tidal power."),
    )),
    Event("2026-05-22T15:00", ("Mara Lindqvist", "Northern Grid"), (
        Made("a-tidal-5a", "her", 0,
             "Lindqvist sees no reason for Northern Grid to back the barrage",
             "Mara Lindqvist told shareholders in Malmö on Friday that Northern Grid had been "
             "asked to back the Øresund barrage and saw no reason to. Ministers called her "
             "refusal a blow. Without the operator nobody can sell what the turbines make."),
        Made("a-tidal-5b", "wir", 12, "Northern Grid refuses to back Øresund barrage",
             _REFUSES),
        Made("a-tidal-5c", "cou", 44, "Northern Grid refuses to back Øresund barrage",
             _REFUSES),
        Made("a-tidal-5d", "tim", 90, "Refusal in Malmö: Lindqvist walks away from the barrage",
             "Shareholders of Northern Grid applauded on Friday when Mara Lindqvist walked away"
             " from the Øresund barrage. Ministers, who heard of her refusal in Malmö by "
             "telephone, look for another buyer."),
    )),
    Event("2026-05-03T11:20", ("Kaveri", "River Commission", "Water sharing"), (
        Made("a-kaveri-3b", "mon", 0, "River Commission calls four states over Kaveri water",
             "The River Commission called the four states that share the water of the Kaveri to"
             " a hearing on Sunday. Its chairman Dev Anand Rao wants a ruling in July. Farmers "
             "along the Kaveri wait for the sowing."),
        Made("a-kaveri-3c", "wir", 75, "Four states called to hearing over water of the Kaveri",
             "Dev Anand Rao, chairman of the River Commission, called four states to a hearing "
             "over the Kaveri on Sunday. Water sharing along the river has been in dispute for "
             "decades. A ruling on the Kaveri water is due in July."),
    )),
    Event("2026-04-18T06:00", ("Tidal power",), (
        Made("a-tidal-4a", "bro", 0, "Storm tears the western gate of the Øresund barrage",
             "A storm tore the western gate of the tidal barrage in the Øresund on Saturday. "
             "Work on the barrage stopped. Northern Grid, which is to buy the tidal power, said"
             " its chief Mara Lindqvist would visit the gate."),
        Made("a-tidal-4b", "tim", 20, "Storm damage halts work on Øresund tidal barrage",
             "Work on the Øresund tidal barrage stopped on Saturday after a storm damaged its "
             "western gate. Mara Lindqvist of Northern Grid called the damage to tidal power "
             "serious."),
    )),
    Event("2026-02-02T10:10", ("Halden lighthouse",), (
        Made("a-light-2a", "bro", 0, "Lens of Halden lighthouse found in a barn",
             "The lost lens of the Halden lighthouse was found in a barn on Monday. Keeper Olaf"
             " Brandt knew it by a scratch. The Halden lighthouse has been dark since lightning"
             " struck it in July."),
        Made("a-light-2b", "her", 60, "A lost lens comes home to the Halden lighthouse",
             "A carpenter found the lens of the Halden lighthouse in a barn on Monday. Olaf "
             "Brandt, keeper of the lighthouse, took the lost lens home. The lighthouse at "
             "Halden is dark."),
    )),
    Event("2026-01-09T12:00", ("Mara Lindqvist", "Tidal power"), (
        Made("a-tidal-3a", "tim", 0, "First turbine of the Øresund barrage turns",
             "The first turbine of the Øresund tidal barrage turned on Friday. Northern Grid "
             "took its power, and the operator's chief Mara Lindqvist pressed the button. Tidal"
             " power from the barrage will reach homes in two countries."),
        Made("a-tidal-3b", "wir", 30, "Øresund: first turbine of tidal barrage delivers power",
             "Tidal power flowed from the first turbine of the Øresund barrage on Friday. Mara "
             "Lindqvist, chief of Northern Grid, pressed the button at the tidal barrage."),
    )),
    Event("2025-07-30T21:00", ("Halden lighthouse",), (
        Made("a-light-1a", "bro", 0, "Halden lighthouse goes dark after lightning strike",
             "Lightning struck the lantern of the Halden lighthouse on Wednesday night. Keeper "
             "Olaf Brandt climbed down unhurt. The Halden lighthouse is dark for the first time"
             " since 1887."),
    )),
    Event(None, (), (
        Made("a-undated", "mon", 0, "An essay on <em>patience</em> & time"),
    )),
)  # fmt: skip
TOWN = (
    "Ferry timetable changes for the summer",
    "Bakers’ guild names its apprentice of the year",
    "Old tram returns to line 6 for a weekend",
    "Library lends telescopes",
    "Town council counts its trees",
    "Swimming bath opens a week late",
    "School garden wins a prize for pears",
    "Bridge closed for painting",
    "Chess club beats its computer",
)


def _article(made: Made, event: Event) -> Article:
    of = PUBLISHERS[made.publisher]
    published: Moment | None = None
    if event.first and len(event.first) == 10:
        published = Moment.of_day(date.fromisoformat(event.first))
    elif event.first:
        start = datetime.fromisoformat(event.first).replace(tzinfo=UTC)
        published = Moment(start + timedelta(minutes=made.after))
    return Article(
        url=f"https://{of.domain}/2026/{made.guid}",
        title=made.title,
        guid=made.guid,
        text=made.text,
        published=published,
        site="Harbour <i>Herald</i> & Sons" if made.guid == "a-choir-1" else of.name,
        author="Ines Dahl" if made.guid == "a-tidal-7b" else None,
        image=PICTURE if made.text else None,
        language="en" if made.guid == "a-kaveri-4c" else of.language,
        country=of.country,
        tags=event.tags,
    )


def articles() -> list[Article]:
    """All of them as crawling would bring them: the oldest first."""
    town = [
        Event(
            (datetime(2026, 6, 20) - timedelta(hours=7 * number)).isoformat(),
            (),
            (Made(f"a-town-{number}", "cou", 0, title, f"{title}, as the council said."),),
        )
        for number, title in enumerate(TOWN)
    ]
    found = [_article(made, event) for event in (*EVENTS, *town) for made in event.articles]
    return sorted(found, key=lambda one: one.published.at if one.published else SEEN)


FEEDS = (
    FeedState(
        url="https://harbourherald.example/feed.xml",
        source="Harbour Herald",
        last_polled=NOW - timedelta(minutes=20),
        next_poll=NOW + timedelta(minutes=40),
        last_new=NOW - timedelta(hours=3),
    ),
    FeedState(
        url="https://valleycourier.example/feed.xml",
        source="Valley Courier",
        last_polled=NOW - timedelta(minutes=20),
        next_poll=NOW + timedelta(minutes=40),
        failures=3,
        problem=of_status(404),
    ),
    FeedState(
        url="https://meridianwire.example/feed.xml",
        source="Meridian Wire",
        last_polled=NOW - timedelta(minutes=20),
        failures=3,
        problem=of_status(410),
        ended=True,
    ),
    FeedState(
        url="https://northerntimes.example/feed.xml",
        source="Northern Times",
        next_poll=NOW + timedelta(minutes=40),
    ),
)


def make(folder: Path) -> None:
    """The store at ``folder / "sample.db"``, with what is derived from it beside it."""
    store = Store(f"sqlite:///{folder / 'sample.db'}")
    came = articles()
    undated = next(place for place, one in enumerate(came) if one.published is None)
    retitled = next(one for one in came if one.guid == "a-tidal-7b")
    before = replace(retitled, title="Barrage talks run into the night")
    came[came.index(retitled)] = before
    take(store, came[: undated + 1], SEEN)
    take(store, came[undated + 1 :], RETITLED)
    take(store, [retitled], RETITLED)
    Pipeline(store).drain()
    add_feeds(store, FEEDS)
    with store.write() as connection:
        # As an article of an older store, or of one that was tampered with, might name it.
        connection.execute(
            update(table)
            .where(table.c.guid == "a-choir-2")
            .values(url="javascript:alert(document.domain)")
        )
    with Archive(store) as archive:
        archive.articles(Query(text="barrage"))
        archive.history(TIDAL_7)
    store.close()


def shared(folder: Path) -> Path:
    """The sample's folder within this one, made by the first of the processes that ask."""
    target = folder / "sample"
    with (folder / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            part = folder / f"sample.{os.getpid()}"
            part.mkdir()
            make(part)
            part.rename(target)
    return target


def opened(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'sample.db'}", create=False)


def copied(folder: Path, target: Path) -> Store:
    """A store of one's own, to be changed."""
    shutil.copytree(folder, target)
    return opened(target)


def merge_topics(store: Store, old: str, new: str) -> None:
    """What a repair does that finds two topics to be one: ``old`` leads to ``new`` then."""
    with store.write() as connection:
        seqs = seqs_of(connection, [old, new])
        connection.execute(
            update(stories).where(stories.c.topic == seqs[old]).values(topic=seqs[new])
        )
        connection.execute(aliases.insert(), {"kind": "topic", "old": seqs[old], "new": seqs[new]})


def merge_stories(store: Store, old: str, new: str) -> None:
    """The same of stories."""
    with store.write() as connection:
        seqs = seqs_of(connection, [old, new])
        connection.execute(
            update(memberships).where(memberships.c.story == seqs[old]).values(story=seqs[new])
        )
        connection.execute(stories.delete().where(stories.c.story == seqs[old]))
        connection.execute(aliases.insert(), {"kind": "story", "old": seqs[old], "new": seqs[new]})


def name_of(archive: Archive, topic: str) -> str:
    """What a topic is called, which is not for these tests to say."""
    found = archive.topic(topic)
    assert found is not None
    return found.card.name
