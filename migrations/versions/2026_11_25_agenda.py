"""A request comes off an agenda undecided: why, and the notice that tells who brought it."""

from __future__ import annotations

from alembic import op

from migrations.policies import GROUP_READERS, IN_GROUP, SECRETARIAT, Table, both, either, of, quoted

revision = "2026_11_25_agenda"
down_revision: str | None = "2026_11_25_grades"

NOTICEKIND = "REQUEST_TRIAGED REQUEST_TABLED REQUEST_DECIDED"
TAKENOFF = quoted("MEETING_CANCELLED NO_QUORUM NOT_REACHED")
REMOVALS = Table(
    "agenda_removals",
    f"""
    group_id UUID NOT NULL,
    agenda_item_id UUID NOT NULL,
    reason VARCHAR(40) NOT NULL,
    taken_off_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_agenda_removals PRIMARY KEY (group_id, agenda_item_id),
    CONSTRAINT fk_agenda_removals_group_id_agenda_item_id FOREIGN KEY(group_id, agenda_item_id)
      REFERENCES agenda_items (group_id, id),
    CONSTRAINT fk_agenda_removals_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
    CONSTRAINT ck_agenda_removals_takenoff CHECK (reason IN ({TAKENOFF}))
    """,
    select=both(IN_GROUP, either(GROUP_READERS, of("agenda_removals", "agenda_item_id", "agenda_items", "id"))),
    insert=both(IN_GROUP, SECRETARIAT),
)


def upgrade() -> None:
    REMOVALS.create()
    _notices(f"{NOTICEKIND} REQUEST_TAKEN_OFF")


def downgrade() -> None:
    """Notices of a kind that there is no word for go with what they tell of."""
    op.execute("ALTER TABLE notices NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM notices WHERE kind = 'REQUEST_TAKEN_OFF'")
    op.execute("ALTER TABLE notices FORCE ROW LEVEL SECURITY")
    _notices(NOTICEKIND)
    REMOVALS.drop()


def _notices(kinds: str) -> None:
    op.execute("ALTER TABLE notices DROP CONSTRAINT ck_notices_noticekind")
    op.execute(f"ALTER TABLE notices ADD CONSTRAINT ck_notices_noticekind CHECK (kind IN ({quoted(kinds)}))")
