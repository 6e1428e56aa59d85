"""What the group stage decided: memberships, copies, links, topics, and where merged ones lead."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import bindparam, select, update

from backstory.model.changes import Changes, Ended
from backstory.store.articles import chunks
from backstory.store.schema import aliases, enriched, memberships, stories
from backstory.store.transactions import Reader, Writer


@dataclass(frozen=True, slots=True)
class Grouped:
    """What the group stage found of a new article beside its story: the number of what it copies,
    its links (``Links.to_bytes``), whether it is a serial piece."""

    seq: int
    copy_of: int | None
    links: bytes
    serial: bool


def write(writer: Writer, new: Sequence[Grouped], changes: Changes) -> None:
    """Keep new articles, and what placing them changed."""
    for ended in changes.ended_stories:
        if ended.number == ended.into:
            _revive(writer, "story", ended.number)
        else:
            _end_story(writer, ended)
    for ended in changes.ended_topics:
        if ended.number == ended.into:
            _revive(writer, "topic", ended.number)
        else:
            _lead(writer, "topic", ended.number, ended.into)
    if new:
        writer.execute(
            memberships.insert(),
            [{"story": changes.stories[one.seq], **asdict(one)} for one in new],
        )
    seqs = {one.seq for one in new}
    moves = [
        {"b_seq": seq, "b_story": story}
        for seq, story in changes.stories.items()
        if seq not in seqs
    ]
    if moves:
        writer.execute(
            update(memberships)
            .where(memberships.c.seq == bindparam("b_seq"))
            .values(story=bindparam("b_story")),
            moves,
        )
    topics = [{"story": s, "topic": t} for s, t in changes.topics.items() if t is not None]
    if topics:
        writer.upsert(stories, ["story"], ["topic"], topics)
    for part in chunks([story for story, topic in changes.topics.items() if topic is None]):
        writer.execute(stories.delete().where(stories.c.story.in_(part)))


def _end_story(writer: Writer, ended: Ended) -> None:
    """A story's identifier leads to another one's. Feeds of topics go on knowing both under the
    one of ``known_as`` that they knew first."""
    earlier = told_as(writer, ended.known_as)
    name = min(earlier.get(story, story) for story in ended.known_as)
    _lead(writer, "story", ended.number, ended.into)
    taken_in = [aliases.c.kind == "story", aliases.c.new == ended.into]
    writer.execute(update(aliases).where(*taken_in).values(told=aliases.c.old == name))


def told_as(reader: Reader, some: Collection[int]) -> dict[int, int]:
    """Under the number of which story feeds of topics tell each of these, where not its own."""
    statement = "SELECT new, old FROM aliases WHERE kind = 'story' AND told AND new IN (?*)"
    return dict(reader.fetch(statement, some))


def _revive(writer: Writer, kind: str, number: int) -> None:
    """The identifier leads nowhere any more: what it names is one of its own again."""
    writer.execute(aliases.delete().where(aliases.c.kind == kind, aliases.c.old == number))


def _lead(writer: Writer, kind: str, old: int, new: int) -> None:
    writer.execute(
        update(aliases).where(aliases.c.kind == kind, aliases.c.new == old).values(new=new)
    )
    writer.upsert(aliases, ["kind", "old"], ["new"], {"kind": kind, "old": old, "new": new})


def leads_to(reader: Reader, kind: str, number: int) -> int:
    """The story or topic that took this one in, or the same number."""
    found = reader.fetch("SELECT new FROM aliases WHERE kind = ? AND old = ?", kind, number)
    return found[0][0] if found else number


def taken_in(reader: Reader, kind: Literal["story", "topic"], number: int, limit: int) -> list[int]:
    """The numbers of the stories or topics that were merged into this one, oldest first."""
    rows = reader.execute(
        select(aliases.c.old)
        .where(aliases.c.kind == kind, aliases.c.new == number)
        .order_by(aliases.c.old)
        .limit(limit)
    )
    return list(rows.scalars())


def topic_at(reader: Reader, number: int) -> int:
    """The topic at the address of this one: itself, the one that took it in, or where no story
    is of it any more, the one that its founding story went to."""
    topic = leads_to(reader, "topic", number)
    if reader.fetch("SELECT 1 FROM stories WHERE topic = ? LIMIT 1", topic):
        return topic
    founding = leads_to(reader, "story", topic)
    found = reader.fetch("SELECT topic FROM stories WHERE story = ?", founding)
    return found[0][0] if found else topic


def all_memberships(reader: Reader, first: int, last: int) -> Iterator[tuple[int, int]]:
    """(seq, story) with ``first <= seq <= last``, in the order of seq."""
    statement = "SELECT seq, story FROM memberships WHERE seq BETWEEN ? AND ? ORDER BY seq"
    yield from reader.fetch(statement, first, last)


def all_topics(reader: Reader) -> Iterator[tuple[int, int]]:
    """(story, topic) of every story."""
    yield from reader.fetch("SELECT story, topic FROM stories ORDER BY story")


def stories_of(reader: Reader, seqs: Collection[int]) -> dict[int, int]:
    statement = "SELECT seq, story FROM memberships WHERE seq IN (?*)"
    return dict(reader.fetch(statement, seqs))


def members(reader: Reader, some: Collection[int]) -> dict[int, list[int]]:
    """The articles of each story, in the order of seq."""
    found: dict[int, list[int]] = {number: [] for number in some}
    statement = "SELECT story, seq FROM memberships WHERE story IN (?*) ORDER BY story, seq"
    for story, seq in reader.fetch(statement, some):
        found[story].append(seq)
    return found


def topics_of(reader: Reader, some: Collection[int]) -> dict[int, int]:
    """The topic of each story."""
    statement = "SELECT story, topic FROM stories WHERE story IN (?*)"
    return dict(reader.fetch(statement, some))


def links(reader: Reader, first: int, last: int) -> Iterator[tuple[int, bytes]]:
    rows = reader.stream(
        select(memberships.c.seq, memberships.c.links)
        .where(memberships.c.seq.between(first, last))
        .order_by(memberships.c.seq)
    )
    for row in rows:
        yield row.seq, row.links


def fingerprints(reader: Reader, first: int, last: int) -> Iterator[tuple[int, bytes, int | None]]:
    """(seq, fingerprint, seq of what it copies) of grouped articles, in the order of seq."""
    rows = reader.stream(
        select(enriched.c.seq, enriched.c.fingerprint, memberships.c.copy_of)
        .join(memberships, memberships.c.seq == enriched.c.seq)
        .where(enriched.c.seq.between(first, last))
        .order_by(enriched.c.seq)
    )
    for row in rows:
        yield row.seq, row.fingerprint, row.copy_of
