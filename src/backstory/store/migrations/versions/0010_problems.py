"""Problems by their kind, with what goes with them; credentials of feeds apart from addresses.

What was stored so far are sentences: each becomes a problem of the kind ``said``.
"""

from __future__ import annotations

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_CREDENTIALS = re.compile(r"(https?://)([^/?#]*)@", re.IGNORECASE)


def upgrade() -> None:
    connection = op.get_bind()
    for table, key in (("feeds", "id"), ("subscriptions", "token")):
        op.add_column(table, sa.Column("problem_data", sa.Text()))
        rows = connection.execute(
            sa.select(sa.column(key, sa.Text()), sa.column("problem", sa.Text()))
            .select_from(sa.table(table))
            .where(sa.column("problem").is_not(None))
        ).all()
        for name, sentence in rows:
            data = json.dumps({"data": {"sentence": sentence}})
            rows_of = sa.table(
                table, sa.column(key), sa.column("problem"), sa.column("problem_data")
            )
            connection.execute(
                sa.update(rows_of)
                .where(rows_of.c[key] == name)
                .values(problem="said", problem_data=data)
            )
    op.add_column("feeds", sa.Column("credentials", sa.Text()))
    _part_credentials(connection)


def downgrade() -> None:
    op.drop_column("feeds", "credentials")
    for table in ("subscriptions", "feeds"):
        op.drop_column(table, "problem_data")


def _part_credentials(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text("SELECT id, url FROM feeds WHERE url LIKE '%@%'")).all()
    for number, url in rows:
        found = _CREDENTIALS.match(url)
        if found is None:
            continue
        bare = found.group(1) + url[found.end() :]
        taken = connection.execute(sa.text("SELECT 1 FROM feeds WHERE url = :url"), {"url": bare})
        if taken.first() is not None:
            connection.execute(sa.text("DELETE FROM feeds WHERE id = :id"), {"id": number})
            continue
        connection.execute(
            sa.text("UPDATE feeds SET url = :url, credentials = :secret WHERE id = :id"),
            {"id": number, "url": bare, "secret": found.group(2)},
        )
        for table in ("subscriptions", "pushes"):
            feed = sa.table(table, sa.column("feed"))
            connection.execute(sa.update(feed).where(feed.c.feed == url).values(feed=bare))
