"""Take articles in: decide which are new, which are known, and which say something else now.

An article is acknowledged when the transaction of its batch is on disk.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache

from backstory.collect.defaults import Publisher, publishers
from backstory.extract.titles import signed
from backstory.model.article import Article
from backstory.model.errors import Unreadable
from backstory.model.problems import Kind, Report, problem
from backstory.pipeline.identity import (
    GUID,
    content,
    domain_of,
    hashed,
    key_of,
    nearly_same,
    says_else,
    tells,
)
from backstory.store import articles as kept_articles
from backstory.store import publishers as kept_publishers
from backstory.store.articles import Kept, NewArticle, Revision
from backstory.store.database import Store
from backstory.store.publishers import NewPublisher
from backstory.store.transactions import Reader, Writer
from backstory.web.addresses import canonical, key, registrable_domain

# Country domains that are used as if they were general ones.
_GENERAL = frozenset(["ai", "cc", "co", "fm", "io", "ly", "me", "tv", "ws"])


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: numbers of articles, and why each that was refused was."""

    new: int
    known: int
    revised: int
    refused: tuple[Report, ...] = ()


@dataclass(slots=True)
class _Batch:
    """The state of the store as this batch sees it, its own articles included."""

    seqs: dict[str, int]  # by key of the address
    guids: dict[str, int]
    kept: dict[int, Kept]
    contents: set[tuple[int, bytes]]  # said in earlier versions
    titles: set[tuple[int, str]]
    crawled: bool
    next_seq: int
    articles: list[NewArticle] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    publishers: dict[str, NewPublisher] = field(default_factory=dict)
    revisions: list[Revision] = field(default_factory=list)
    # What a publisher's own identifiers and words lead to, for articles that were crawled.
    by_source_guid: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    by_content: dict[tuple[str, bytes], int] = field(default_factory=dict)


def take(
    store: Store, articles: Sequence[Article], seen: datetime, *, crawled: bool = False
) -> Taken:
    """Take a batch in, in a transaction of its own; see ``take_in``."""
    with store.write() as writer:
        return take_in(writer, articles, seen, crawled=crawled)


def take_in(
    writer: Writer, articles: Sequence[Article], seen: datetime, *, crawled: bool = False
) -> Taken:
    """Take a batch in, in its order.

    ``seen``: when the articles came (aware). An article with no usable address or with neither
    title nor text is refused with the reason. ``crawled``: guids are what feeds
    gave, which mean something within one publisher only; an article at another address of the
    same publisher is the same one where its guid is and it says nearly the same, or where it
    says the very same.
    """
    usable: list[tuple[Article, str, str]] = []
    refused: list[Report] = []
    for article in articles:
        try:
            address = canonical(article.url)
        except Unreadable as error:
            refused.append(Report((article.url[:120],), error.problem))
            continue
        if not (article.title.strip() or article.text.strip() or (article.summary or "").strip()):
            refused.append(Report((address,), problem(Kind.NOTHING_SAID)))
            continue
        usable.append((_signed(article), address, key_of(article, key(address))))
    moment = int(seen.timestamp())
    batch = _state(writer, usable, crawled)
    new = known = revised = 0
    for article, address, address_key in usable:
        if _is_anothers(batch, article, address_key):
            refused.append(Report((address,), problem(Kind.SHARED_ADDRESS, entries=2)))
            address = canonical(article.found_at)
            address_key = key(address)
        seq = _same(batch, article, address, address_key)
        if seq is None:
            _add(batch, article, address, address_key, moment)
            new += 1
        elif _revise(batch, seq, article):
            revised += 1
        else:
            known += 1
    kept_articles.insert(writer, batch.articles, batch.keys)
    kept_publishers.add(writer, list(batch.publishers.values()))
    for revision in batch.revisions:
        kept_articles.revise(writer, revision, moment)
    return Taken(new, known, revised, tuple(refused))


def _signed(article: Article) -> Article:
    """The article with the author's name that ends its title where it belongs."""
    title, author = signed(article.title)
    return replace(article, title=title, author=article.author or author) if author else article


def _state(reader: Reader, usable: Sequence[tuple[Article, str, str]], crawled: bool) -> _Batch:
    keys = {address_key for _, _, address_key in usable}
    keys |= {key(address) for article, address, _ in usable if article.said_by}
    keys |= {key(article.found_at) for article, _, _ in usable if article.found_at}
    seqs = kept_articles.seqs_of_addresses(reader, keys)
    given = {article.guid for article, _, _ in usable if article.guid and not crawled}
    made = {hashed(address_key) for _, _, address_key in usable}
    guids = kept_articles.seqs_of_guids(reader, given | made)
    known = set(seqs.values()) | set(guids.values())
    by_source_guid: dict[tuple[str, str], list[int]] = {}
    by_content: dict[tuple[str, bytes], int] = {}
    if crawled:
        fresh = [article for article, _, address_key in usable if address_key not in seqs]
        sources = {article.guid for article in fresh if article.guid}
        for seq, domain, guid in kept_articles.with_source_guids(reader, sources):
            by_source_guid.setdefault((domain, guid), []).append(seq)
        contents = {content(one.title, one.text) for one in fresh if tells(one)}
        for seq, domain, digest in kept_articles.with_contents(reader, contents):
            by_content.setdefault((domain, digest), seq)
        known |= {seq for some in by_source_guid.values() for seq in some}
        known |= set(by_content.values())
    earlier, titles = kept_articles.earlier_contents(reader, known)
    return _Batch(
        seqs,
        guids,
        kept_articles.kept(reader, known),
        earlier,
        titles,
        crawled,
        kept_articles.last_seq(reader) + 1,
        by_source_guid=by_source_guid,
        by_content=by_content,
    )


def _is_anothers(batch: _Batch, article: Article, address_key: str) -> bool:
    """Whether the address that a page names as its own is known of an article that says something
    else: then the article's address is the one that the feed gave, of the same publisher."""
    seq = batch.seqs.get(address_key)
    if seq is None or not article.found_at or key(article.found_at) in batch.seqs:
        return False
    own = registrable_domain(article.found_at) == registrable_domain(article.url)
    return own and says_else(batch.kept[seq], article)


def _same(batch: _Batch, article: Article, address: str, address_key: str) -> int | None:
    """The article that this one is: at the same address, or moved with its guid."""
    seq = batch.seqs.get(address_key)
    if seq is None and article.said_by:
        seq = batch.seqs.get(key(address))
    if seq is not None:
        return seq
    if batch.crawled:
        return _same_of_publisher(batch, article, address, address_key)
    if article.guid is None or not GUID.fullmatch(article.guid):
        return None
    seq = batch.guids.get(article.guid)
    if seq is None or not nearly_same(batch.kept[seq], article):
        return None
    batch.seqs[address_key] = batch.keys[address_key] = seq
    return seq


def _same_of_publisher(
    batch: _Batch, article: Article, address: str, address_key: str
) -> int | None:
    domain = domain_of(article, address)
    found: int | None = None
    for seq in batch.by_source_guid.get((domain, article.guid or ""), ()):
        if nearly_same(batch.kept[seq], article):
            found = seq
            break
    if found is None and tells(article):
        found = batch.by_content.get((domain, content(article.title, article.text)))
    if found is not None:
        batch.seqs[address_key] = batch.keys[address_key] = found
    return found


def _add(batch: _Batch, article: Article, address: str, address_key: str, seen: int) -> None:
    seq = batch.next_seq
    batch.next_seq += 1
    guid = None if batch.crawled else article.guid
    if guid is None or not GUID.fullmatch(guid) or guid in batch.guids:
        guid = hashed(address_key)
        while guid in batch.guids:  # somebody gave this very guid to another article
            guid = hashlib.sha256(guid.encode()).hexdigest()[:16]
    domain = domain_of(article, address)
    site = article.site.strip() or domain
    country = article.country or country_of(domain)
    title = article.title
    text = article.text or article.summary or ""
    digest = content(title, text)
    batch.articles.append(
        NewArticle(seq, guid, address, domain, site, country, text, digest, seen, article)
    )
    if batch.crawled and article.guid:
        batch.by_source_guid.setdefault((domain, article.guid), []).append(seq)
    if batch.crawled and tells(article):
        batch.by_content.setdefault((domain, digest), seq)
    batch.seqs[address_key] = batch.keys[address_key] = seq
    batch.guids[guid] = seq
    batch.kept[seq] = Kept(seq, guid, title, text, digest, address, domain)
    if domain not in batch.publishers:
        listed = _listed().get(domain)
        batch.publishers[domain] = NewPublisher(
            domain,
            listed.name if listed else site,
            country,
            listed.language if listed else article.language,
            (listed.owner or None) if listed else None,
        )


def _revise(batch: _Batch, seq: int, article: Article) -> bool:
    """Whether a known article says something that it never said before; then it does now.

    An article that comes without a title or without a text takes nothing away, nor does it bring
    back an earlier title, and what somebody else says of it changes nothing.
    """
    before = batch.kept[seq]
    if article.said_by and article.said_by != before.domain:
        return False
    title = article.title or before.title
    text = article.text or before.text or article.summary or ""
    if not article.text and title != before.title and (seq, title) in batch.titles:
        return False  # read again, as when a file is: with the present text it was never said
    digest = content(title, text)
    if digest == before.content or (seq, digest) in batch.contents:
        return False
    batch.revisions.append(Revision(before, title, text, digest, article.updated))
    batch.contents.add((seq, before.content))
    batch.titles.add((seq, before.title))
    batch.kept[seq] = replace(before, title=title, text=text, content=digest)
    return True


def publisher_of(article: Article) -> str:
    """The publisher of an article: the registrable domain of its address."""
    try:
        return registrable_domain(canonical(article.url))
    except ValueError:
        return article.site


@cache
def _owners() -> dict[str, str]:
    return {publisher.feed: publisher.domain for publisher in publishers()}


def owner_of_feed(url: str) -> str:
    """The domain of the publisher whose feed it is by the list of publishers; "" where it says
    nothing."""
    return _owners().get(url, "")


@cache
def _listed() -> dict[str, Publisher]:
    """The sources list by domain; a publisher is at home where most of its feeds are."""
    by_domain: dict[str, list[Publisher]] = {}
    for publisher in publishers():
        by_domain.setdefault(publisher.domain, []).append(publisher)
    found: dict[str, Publisher] = {}
    for domain, some in by_domain.items():
        countries = Counter(publisher.country for publisher in some)
        home = countries.most_common(1)[0][0]
        found[domain] = next(one for one in some if one.country == home)
    return found


def country_of(domain: str) -> str | None:
    """The country of a publisher that nobody said more of: by the sources list, else by what
    its domain ends in."""
    listed = _listed().get(domain)
    if listed is not None:
        return listed.country
    end = domain.rpartition(".")[2].upper()
    if end == "UK":
        return "GB"
    if len(end) != 2 or end.lower() in _GENERAL or not end.isalpha() or end in ("EU", "SU"):
        return None
    return end
