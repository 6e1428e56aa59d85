"""The tables: the only truth of a store. Times are whole seconds since 1970, UTC.

Rows of ``articles`` are acknowledged input; ``enriched`` and everything below it is what the
stages made of them in the order of ``seq``, and equals a replay of that order.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("domain", Text, primary_key=True),  # the registrable domain: one publisher
    Column("name", Text, nullable=False),
    Column("home", Text),
    Column("country", Text),
    Column("language", Text),
    Column("owner", Text),
    Column("text_use", Text),  # full, summary or none; null: the default
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False, default=""),
    Column("source", Text, nullable=False, default=""),
    Column("country", Text),
    Column("language", Text),
    Column("etag", Text),
    Column("modified", Text),
    Column("last_polled", BigInteger),
    Column("next_poll", BigInteger),
    Column("interval", Integer),
    Column("failures", Integer, nullable=False, default=0),
    Column("problem", Text),  # its kind
    Column("problem_data", Text),  # and what goes with it, as JSON
    Column("ended", Boolean, nullable=False, default=False),
    Column("domain", Text),  # the publisher's registrable domain, where it is known
    Column("last_new", BigInteger),  # when it last brought something
    Column("articles", Integer, nullable=False, server_default=text("0")),  # that it brought
    Column("credentials", Text),  # name:password that it is asked for with; shown nowhere
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("token", Text, primary_key=True),  # the last part of the callback's address
    Column("feed", Text, nullable=False, unique=True),
    Column("topic", Text, nullable=False),  # the feed's address as its hub knows it
    Column("hub", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("asked", BigInteger),  # when the hub was last asked
    Column("expires", BigInteger),  # the lease's end, once it is verified
    Column("problem", Text),  # its kind
    Column("problem_data", Text),
)

pushes = Table(
    "pushes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("content_type", Text),
    Column("body", LargeBinary, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("file", Text, primary_key=True),  # digest of what tells the file from others
    Column("record", BigInteger, nullable=False),  # the last record whose article is in
)

articles = Table(
    "articles",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("guid", Text, nullable=False, unique=True),
    Column("source_guid", Text),
    Column("url", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text),
    Column("image", Text),
    Column("given_language", Text),
    Column("country", Text),
    Column("given_tags", Text),  # one a line
    Column("published", BigInteger),
    Column("published_precision", Text),  # day, minute, or null: unknown
    Column("updated", BigInteger),
    Column("updated_precision", Text),
    Column("first_seen", BigInteger, nullable=False),
    Column("visited", BigInteger, nullable=False),  # when its page was last read
    Column("ordered", BigInteger, nullable=False),  # published, else first_seen: lists go by it
    Column("content", LargeBinary, nullable=False),  # digest of title and text
    Column("kind", Text),  # live, video or gallery; null: an article
    Column("paywalled", Boolean),
    Column("enclosures", Text),  # JSON: [[address, media type or null, bytes or null], ...]
    Index("articles_source_guid", "source_guid"),
    Index("articles_content", "content"),
    Index("articles_ordered", "ordered", "seq"),
    Index("articles_country", "country", "ordered", "seq"),
    Index("articles_domain", "domain", "ordered", "seq"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("address", Text, primary_key=True),  # the key of a canonical address
    Column("seq", Integer, nullable=False),
    sqlite_with_rowid=False,
)

versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("seen", BigInteger, nullable=False),  # when the page was found to say something else
    Column("title", Text, nullable=False),  # what it said before
    Column("text", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("summarised", Boolean, nullable=False),  # the summary follows the newer text
    Index("versions_seq", "seq"),
    Index("versions_summarised", "summarised"),
)

enriched = Table(
    "enriched",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("language", Text),
    Column("summary", Text, nullable=False),
    Column("length", Integer, nullable=False),  # words of title and text
    Column("epoch", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # int32 terms, int16 weights, uint8 flags
    Column("bigrams", LargeBinary, nullable=False, server_default=text("X''")),  # uint32
    Column("fingerprint", LargeBinary, nullable=False),
)

written = Table(  # what a language model was asked for
    "written",
    metadata,
    Column("kind", Text, nullable=False),  # article or story
    Column("number", Integer, nullable=False),  # seq of the article, or of the story's founder
    Column("summary", Text),
    Column("problem", Text),  # why there is no summary
    Column("model", Text, nullable=False),
    Column("made", BigInteger, nullable=False),  # when it was asked
    Column("articles", Integer, nullable=False),  # that the story had then
    Column("content", LargeBinary),  # of the article then
    PrimaryKeyConstraint("kind", "number"),
    Index("written_made", "made"),
)

# What the texts of articles name; articles that name no day have no row.
named_days = Table(
    "named_days",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("days", LargeBinary, nullable=False),  # int32, days since 1970
)

# What an embedder made of articles, where one was on; the others have no row.
meanings = Table(
    "meanings",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("embedder", Text, nullable=False),
    Column("vector", LargeBinary, nullable=False),  # int8
)

tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
)

article_tags = Table(
    "article_tags",
    metadata,
    Column("seq", Integer, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("tag", Integer, nullable=False),
    Column("ordered", BigInteger, nullable=False),
    PrimaryKeyConstraint("seq", "position"),
    Index("article_tags_tag", "tag", "ordered", "seq"),
    sqlite_with_rowid=False,
)

terms = Table(
    "terms",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("term", Text, nullable=False),
    Column("df", Integer, nullable=False),  # counts as of the last epoch
    Column("lower", Integer, nullable=False),
    Column("upper", Integer, nullable=False),
    Index("terms_term", "term"),
)

epochs = Table(
    "epochs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),  # the last article that its counts include
    Column("documents", Integer, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("story", Integer, nullable=False),  # seq of the founding article
    Column("copy_of", Integer),
    Column("links", LargeBinary, nullable=False),
    # comes back day after day under one title's frame: of no event
    Column("serial", Boolean, nullable=False, server_default=false()),
    Index("memberships_story", "story", "seq"),
    Index("memberships_copy_of", "copy_of"),
)

stories = Table(
    "stories",
    metadata,
    Column("story", Integer, primary_key=True, autoincrement=False),
    Column("topic", Integer, nullable=False),  # the founding story
    Index("stories_topic", "topic", "story"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("kind", Text, nullable=False),  # story or topic
    Column("old", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    # feeds of topics go on telling the story that took it in under this one's identifier
    Column("told", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("kind", "old"),
    Index("aliases_new", "kind", "new"),
)

stages = Table(
    "stages",
    metadata,
    Column("name", Text, primary_key=True),
    Column("cursor", Integer, nullable=False),  # the last seq done
    Column("epoch", Integer, nullable=False),  # grows with each holder: fences a stale one
    Column("holder", Text),
    Column("expires", BigInteger, nullable=False),  # milliseconds since 1970
)
