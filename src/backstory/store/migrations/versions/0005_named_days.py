"""The days that texts name, by which the entries of a long timeline are picked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "named_days",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("days", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("named_days")
