"""As of a past day: what was published until then is shown, and nothing that came after it.

The whole archive asked for a past day is compared with a store that only has what was published
until then. Groups are the whole archive's: articles that came later may have put others into
another story or topic, or joined two, and how common a word is, which names of topics follow, is
counted over the whole. So where the articles until that day are grouped alike in both, both must
show the same; and everywhere nothing may be later than the day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from backstory.archive import Archive
from backstory.archive.briefs import compose
from backstory.cli import cli
from backstory.model.article import Article, Moment
from backstory.model.views import StoryCard, TopicCard
from backstory.pipeline.importing import take_all
from backstory.pipeline.intake import take
from backstory.pipeline.running import Pipeline
from backstory.serve.app import create_app
from backstory.store import articles as kept_articles
from backstory.store import stories as kept_stories
from backstory.store import topics as kept_topics
from backstory.store.database import Store
from benchmarks.archive import articles

END = datetime(2018, 1, 9, 23, 59, 59, tzinfo=UTC)
GREATEST = 100  # lists asked for


@dataclass(frozen=True)
class Pair:
    """The whole archive, and the one that ends at ``END``."""

    whole: Store
    cut: Store


def made() -> list[Article]:
    """Two weeks of news; every ninth article comes out of order."""
    rows = [
        Article(
            url=row["url"],
            title=row["title"],
            text=row["text"],
            guid=row["guid"],
            site=row["site"],
            language=row["language"],
            country=row["country"],
            published=Moment(datetime.fromisoformat(row["published"])),
        )
        for row in articles(900, 5, per_day=60.0)
    ]
    early = rows[8::9]
    return [row for row in rows if row not in early] + early


def is_known(article: Article) -> bool:
    assert article.published is not None
    return article.published.at <= END


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("as_of")
    some = made()
    stores = []
    for name, part in (("whole", some), ("cut", [one for one in some if is_known(one)])):
        store = Store(f"sqlite:///{folder}/{name}.db")
        take_all(store, part, print, pipeline=Pipeline(store))
        stores.append(store)
    yield Pair(*stores)
    for store in stores:
        store.close()


def known_members(store: Store, story_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """The articles of each story that were published until the day."""
    with store.read() as connection:
        seqs = {id: kept_articles.seq_of(connection, id) or -1 for id in story_ids}
        reports = kept_stories.story_reports(connection, list(seqs.values()), int(END.timestamp()))
        guids = kept_articles.guids(
            connection, {one.seq for some in reports.values() for one in some}
        )
    return {id: frozenset(guids[one.seq] for one in reports[seq]) for id, seq in seqs.items()}


def known_topic(store: Store, topic_id: str) -> dict[str, frozenset[str]]:
    """The stories of a topic, each with its articles that were published until the day."""
    with store.read() as connection:
        seq = kept_articles.seq_of(connection, topic_id) or -1
        stories = kept_topics.stories_of_topics(connection, [seq])[seq]
        guids = kept_articles.guids(connection, stories)
    found = known_members(store, [guids[story] for story in stories])
    return {id: some for id, some in found.items() if some}


def moments(card: StoryCard) -> list[datetime]:
    found = [card.lead.order, card.first.order, card.first_published, card.last_published]
    found += [line.order for line in card.before]
    return found + ([card.topic_since] if card.topic_since else [])


@pytest.mark.parametrize("edition", [None, "US"])
def test_stories_are_those_of_an_archive_that_ends_that_day(
    pair: Pair, edition: str | None
) -> None:
    with Archive(pair.whole) as whole, Archive(pair.cut) as cut:
        shown = whole.stories(edition, at=END, limit=GREATEST).results
        right = {card.id: card for card in cut.stories(edition, at=END, limit=GREATEST).results}
        assert len(shown) == len(right) > 20
        assert max(moment for card in shown for moment in moments(card)) <= END
        members = known_members(pair.whole, [card.id for card in shown])
        others = known_members(pair.cut, list(right))
        same = [card for card in shown if members[card.id] == others.get(card.id)]
        assert len(same) > 0.8 * len(shown)
        for card in same:
            other = right[card.id]
            assert card.article_count == len(members[card.id])
            if (
                card.topic
                and other.topic
                and known_topic(pair.whole, card.topic.id) == known_topic(pair.cut, other.topic.id)
            ):
                assert card.topic_events == other.topic_events
                assert card.topic_since == other.topic_since
            told = replace(
                card,
                topic=other.topic,
                topic_events=other.topic_events,
                topic_since=other.topic_since,
                before=other.before,  # which of the earlier ones: by what is like them at all
            )
            assert told == other


def test_topics_are_those_of_an_archive_that_ends_that_day(pair: Pair) -> None:
    with Archive(pair.whole) as whole, Archive(pair.cut) as cut:
        shown = whole.topics(at=END, limit=GREATEST)
        right = {card.id: card for card in cut.topics(at=END, limit=GREATEST)}
        assert shown and right
        alike = 0
        for card in shown:
            assert card.latest is not None
            assert max(card.first, card.last, card.latest.order) <= END
            other = right.get(card.id)
            if other and known_topic(pair.whole, card.id) == known_topic(pair.cut, card.id):
                alike += 1
                assert replace(card, name=other.name) == other
        assert alike > 0.6 * len(shown)
        names = {card.id: card.name for card in shown}
        assert sum(names.get(id) == card.name for id, card in right.items()) > 0.6 * len(right)


def test_a_topic_has_the_events_until_that_day(pair: Pair) -> None:
    with Archive(pair.whole) as whole:
        topic: TopicCard = whole.topics(at=END)[0]
        now, then = whole.topic(topic.id), whole.topic(topic.id, END)
        assert now is not None and then is not None
        assert then.card == topic
        assert max(row.order for event in then.events for row in event.articles) <= END
        assert {event.story for event in then.events} < {event.story for event in now.events}
        assert whole.topic(topic.id, END - timedelta(days=900)) is None


def test_a_brief_tells_nothing_that_came_after(pair: Pair) -> None:
    with Archive(pair.whole) as whole:
        brief = compose(whole, None, timedelta(days=1), END)
        assert brief is not None and brief.stories
        later = {one.title for one in made() if not is_known(one)}
        told = [one for section in brief.sections for one in section.stories]
        assert max(line.order for one in told for line in (*one.before,)) <= END
        assert later.isdisjoint(one.headline for one in told)
        assert later.isdisjoint(line.headline for one in told for line in one.before)


def test_no_page_and_no_command_of_a_past_day_shows_a_later_headline(pair: Pair) -> None:
    known = {one.title for one in made() if is_known(one)}
    later = {one.title for one in made() if not is_known(one)} - known
    day = END.date().isoformat()
    with Archive(pair.whole) as whole:
        client = TestClient(create_app(whole))
        pages = [
            client.get(f"{path}?at={day}").text
            for path in (
                "/world/",
                "/us/",
                "/us/topics",
                "/us/latest",
                "/us/.atom",
                "/us.json",
                "/us/latest.rss",
                "/api/stories/US/",
                "/api/topics/US/",
                "/api/trending/US",
            )
        ]
        following = client.get(f"/api/stories/US/?at={day}").json()["next"]
        assert f"at={day}" in following
        pages.append(client.get(following).text)
        assert all(
            client.get(f"/us{end}?at={day}").text != client.get(f"/us{end}").text
            for end in ("/topics", "/latest", "/.atom", "/latest.rss")
        )
        right = whole.stories("US", at=END).results
        found = client.get(f"/api/stories/US/?at={day}").json()["results"]
        assert [one["id"] for one in found] == [card.id for card in right]
    for command in ("stories", "topics"):
        result = CliRunner().invoke(
            cli, [command, "--at", day, "--limit", "99", "--json", "--store", pair.whole.url]
        )
        assert result.exit_code == 0, result.output
        pages.append(result.output)
        assert (
            max(
                max(one[name] for name in one if name in ("last_published", "last"))
                for one in map(json.loads, result.output.splitlines())
            )
            <= END.isoformat()
        )
    for page in pages:
        assert any(title in page for title in known)
        assert not [title for title in later if title in page]


def test_a_headline_is_what_it_was_that_day(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/some.db")
    pipeline = Pipeline(store)
    text = "The dam of Marden held. The council said on Monday that it would be repaired at once."
    first = Article(
        url="https://paper.example/1",
        title="Dam of Marden holds",
        text=text,
        guid="dam",
        published=Moment(END - timedelta(hours=3)),
    )
    take(store, [first], END - timedelta(hours=2))
    take(store, [replace(first, title="Dam of Marden fails", text=text.replace("held", "broke"))],
         END + timedelta(hours=2))  # fmt: skip
    later = replace(first, url="https://paper.example/2", guid="next", title="Choir wins a prize",
                    text="A choir won.", published=Moment(END + timedelta(days=2)))  # fmt: skip
    take(store, [later], END + timedelta(days=2))
    pipeline.drain()
    with Archive(store) as archive:
        (then,) = archive.stories(at=END).results
        (now,) = archive.stories(at=END + timedelta(hours=3)).results
        assert (then.headline, now.headline) == ("Dam of Marden holds", "Dam of Marden fails")
        assert "held" in then.summary and "broke" in now.summary
        assert "held" in archive.story_summary(then.id, END)
    store.close()


def test_an_empty_day_is_empty(pair: Pair) -> None:
    with Archive(pair.whole) as whole:
        before = END - timedelta(days=400)
        assert whole.stories(at=before).results == () == whole.topics(at=before)


def test_a_past_day_is_refused_where_only_the_present_is_known(pair: Pair) -> None:
    with Archive(pair.whole) as whole:
        client = TestClient(create_app(whole))
        guid = whole.stories("US").results[0].lead.guid
        for path in (
            f"/article/{guid}",
            f"/api/article/{guid}",
            f"/api/history/{guid}",
            f"/story/{guid}.atom",
            "/api/articles/US/",
            "/us/search",
        ):
            assert client.get(path).status_code == 200, path
            assert client.get(f"{path}?at=").status_code == 200, path  # empty means none
            refused = client.get(f"{path}?at=2018-01-09")
            assert refused.status_code == 400, path
            assert "no past days" in refused.text
