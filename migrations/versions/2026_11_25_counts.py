"""Counts of cases read from indices alone: what row security asks of a case stands in them."""

from __future__ import annotations

from alembic import op

revision = "2026_11_25_counts"
down_revision: str | None = "2026_11_25_documents"

INDICES = {
    "ix_cases_group_id_opened_on_id": "group_id, opened_on, id",
    "ix_cases_group_id_state_opened_on_id": "group_id, state, opened_on, id",
}


def upgrade() -> None:
    _made_anew(" INCLUDE (pcode)")


def downgrade() -> None:
    _made_anew("")


def _made_anew(more: str) -> None:
    for name, columns in INDICES.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON cases ({columns}){more}")
