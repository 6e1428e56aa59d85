"""What a source allows, files that articles carry, hubs that push, and imports half done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("sources", sa.Column("text_use", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("articles", sa.Column("paywalled", sa.Boolean(), nullable=True))
    op.add_column("articles", sa.Column("enclosures", sa.Text(), nullable=True))
    op.create_index("articles_source_guid", "articles", ["source_guid"], unique=False)
    op.create_index("articles_content", "articles", ["content"], unique=False)
    op.add_column("feeds", sa.Column("domain", sa.Text(), nullable=True))
    op.add_column("feeds", sa.Column("last_new", sa.BigInteger(), nullable=True))
    op.add_column(
        "feeds", sa.Column("articles", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.create_table(
        "subscriptions",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("token"),
        sa.UniqueConstraint("feed"),
    )
    op.create_table(
        "pushes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "imports",
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("file"),
    )


def downgrade() -> None:
    op.drop_table("imports")
    op.drop_table("pushes")
    op.drop_table("subscriptions")
    for name in ("articles", "last_new", "domain"):
        op.drop_column("feeds", name)
    op.drop_index("articles_content", table_name="articles")
    op.drop_index("articles_source_guid", table_name="articles")
    for name in ("enclosures", "paywalled", "kind"):
        op.drop_column("articles", name)
    op.drop_column("sources", "text_use")
