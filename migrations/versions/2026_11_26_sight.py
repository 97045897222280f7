"""By what a seat sees a case, a request or a part of one: each of the conditions that the policies join by OR."""

from __future__ import annotations

from alembic import op

from migrations.policies import (
    IN_AREA,
    IN_AUDIENCE,
    MEMBERS,
    SECRETARIAT,
    TABLED,
    both,
    brought,
    roles,
    stands_in,
    unwalled,
    view,
)

revision = "2026_11_26_sight"
down_revision: str | None = "2026_11_26_stand_ins"

CUSTODIAN = roles("CUSTODIAN")
KEPT = {"SECRETARIAT": SECRETARIAT, "CUSTODIAN": CUSTODIAN}
OF_CASE = {**KEPT, "STAND_IN": stands_in("case_id")}
OF_REQUEST = {**KEPT, "STAND_IN": stands_in("request_id")}
AUDIENCE = both(MEMBERS, IN_AUDIENCE)
ITS = {**OF_REQUEST, "AUTHOR": brought("request_id")}


def seen(record_id: str, grounds: dict[str, str]) -> dict[str, str]:
    """What counts as long as no wall stands before the record."""
    return {name: both(condition, unwalled(record_id)) for name, condition in grounds.items()}


SIGHTS = (
    ("cases", "id", "HEADER", seen("id", {**KEPT, "MEMBER": MEMBERS, "AREA": IN_AREA})),
    ("cases", "id", "HEADER", {"DISCLOSED": f"NOT {unwalled('id')}"}),
    ("case_narratives", "case_id", "NARRATIVE", {**OF_CASE, "AUDIENCE": AUDIENCE}),
    ("case_places", "case_id", "EXACT_PLACE", OF_CASE),
    ("requests", "id", "HEADER", seen("id", {**KEPT, "MEMBER": both(MEMBERS, TABLED)})),
    ("requests", "id", "HEADER", {"AUTHOR": brought("id")}),
    ("request_narratives", "request_id", "NARRATIVE", seen("request_id", {**OF_REQUEST, "AUDIENCE": AUDIENCE})),
    ("request_narratives", "request_id", "NARRATIVE", {"AUTHOR": brought("request_id")}),
    ("request_places", "request_id", "EXACT_PLACE", ITS),
    ("request_arrivals", "request_id", "ARRIVAL", ITS),
    ("request_sources", "request_id", "SOURCE", OF_REQUEST),
    ("triage_notes", "request_id", "TRIAGE_NOTE", OF_REQUEST),
)
"""Table, the column that names the record, the part, and the condition of each ground. Row security shows a row or not
before any of these is asked."""


def upgrade() -> None:
    rows = [
        f"SELECT group_id, {record_id} AS record_id, '{part}' AS part, '{ground}' AS ground"
        f" FROM {table} WHERE {condition}"
        for table, record_id, part, grounds in SIGHTS
        for ground, condition in grounds.items()
    ]
    view("sights", " UNION ALL ".join(rows))


def downgrade() -> None:
    op.execute("DROP VIEW sights")
