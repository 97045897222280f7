"""Whose turn it is to implicate organisations in a group's cases: a row a group, which two acts at once cannot both
write from the same snapshot."""

from __future__ import annotations

from migrations.policies import IN_GROUP, Table, both, roles

revision = "2026_11_26_turns"
down_revision: str | None = "2026_11_26_readings"

IMPLICATES = both(IN_GROUP, roles("COORDINATOR", "CASE_OFFICER", "CUSTODIAN", "MEMBER", "WORKER"))
TURNS = Table(
    "turns",
    """
    group_id UUID NOT NULL,
    taken INTEGER NOT NULL,
    CONSTRAINT pk_turns PRIMARY KEY (group_id),
    CONSTRAINT fk_turns_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
    """,
    select=IMPLICATES,
    insert=IMPLICATES,
    update=IMPLICATES,
)


def upgrade() -> None:
    TURNS.create()


def downgrade() -> None:
    TURNS.drop()
