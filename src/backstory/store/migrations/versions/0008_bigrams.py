"""Two telling words in a row, by which texts of one event are told; and the stories that went
into one, found without reading all.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column(
        "enriched",
        sa.Column("bigrams", sa.LargeBinary(), nullable=False, server_default=sa.text("X''")),
    )
    op.create_index("aliases_new", "aliases", ["kind", "new"])


def downgrade() -> None:
    op.drop_index("aliases_new", "aliases")
    op.drop_column("enriched", "bigrams")
