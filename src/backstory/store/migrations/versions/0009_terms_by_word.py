"""Terms found by their word: how common the words are that a topic may be named with."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_index("terms_term", "terms", ["term"])


def downgrade() -> None:
    op.drop_index("terms_term", "terms")
