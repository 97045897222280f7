"""How and on which day a request came is the secretariat's and the author's to know; its header keeps the month.

What the secretariat enters for somebody has no organisation as its author."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from alembic import op

from migrations.policies import (
    BRINGS,
    IN_GROUP,
    KEEPERS,
    OWN,
    OWN_ORGANISATION,
    SECRETARIAT,
    Table,
    both,
    brought,
    either,
    entered,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

revision = "2026_11_25_grades"
down_revision: str | None = "2026_11_25_sites"

CHANNEL = quoted("MEETING SECRETARIAT PHONE LETTER FOCAL_POINT MISSION_FINDING PARTNER ARMED_GROUP")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
ARRIVALS = Table(
    "request_arrivals",
    f"""
    group_id UUID NOT NULL,
    request_id UUID NOT NULL,
    channel VARCHAR(40) NOT NULL,
    brought_on DATE NOT NULL,
    brought_to DATE,
    brought_precision VARCHAR(40) NOT NULL,
    CONSTRAINT pk_request_arrivals PRIMARY KEY (group_id, request_id),
    CONSTRAINT fk_request_arrivals_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests
      (group_id, id),
    CONSTRAINT fk_request_arrivals_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
    CONSTRAINT ck_request_arrivals_channel CHECK (channel IN ({CHANNEL})),
    CONSTRAINT ck_request_arrivals_precision CHECK (brought_precision IN ({PRECISION}))
    """,
    select=both(IN_GROUP, either(KEEPERS, brought("request_id"))),
    insert=both(IN_GROUP, BRINGS, brought("request_id")),
)
PARTS = ("request_arrivals", "request_narratives", "request_places", "request_sources")
ITS_OWN = both(IN_GROUP, BRINGS, brought("request_id"))
ENTERED = both(IN_GROUP, either(both(BRINGS, brought("request_id")), both(SECRETARIAT, entered("request_id"))))
AUTHOR = both(IN_GROUP, OWN, OWN_ORGANISATION, BRINGS)
AUTHOR_OR_NONE = both(
    IN_GROUP,
    OWN,
    either(both(SECRETARIAT, "organisation_id IS NULL"), both(f"NOT {SECRETARIAT}", OWN_ORGANISATION, BRINGS)),
)
EXACT = "latest_day(r.brought_on, r.brought_to, r.brought_precision)"
FIRST = "r.brought_on"
"""A case begins with what was brought: of its month it is the first, whatever else the month holds."""


def upgrade() -> None:
    ARRIVALS.create()
    with _in_sight("requests", "request_arrivals"):
        op.execute(
            "INSERT INTO request_arrivals (group_id, request_id, channel, brought_on, brought_to, brought_precision)"
            " SELECT group_id, id, channel, brought_on, brought_to, brought_precision FROM requests"
        )
        op.execute("""
            UPDATE requests SET brought_on = date_trunc('month', brought_on)::date,
              brought_to = date_trunc('month', brought_to)::date,
              brought_precision = CASE brought_precision WHEN 'INTERVAL' THEN 'INTERVAL' ELSE 'MONTH' END
            WHERE brought_precision IN ('DAY', 'ESTIMATE', 'INTERVAL')
        """)
    op.execute("ALTER TABLE requests DROP COLUMN channel")
    _timeline(FIRST)
    op.execute("ALTER TABLE request_authors ALTER COLUMN organisation_id DROP NOT NULL")
    with _in_sight("request_authors", "seats"):
        op.execute("""
            UPDATE request_authors a SET organisation_id = NULL FROM seats s
            WHERE s.group_id = a.group_id AND s.id = a.seat_id AND s.roles && ARRAY['COORDINATOR', 'CASE_OFFICER']
        """)
    _inserts(AUTHOR_OR_NONE, ENTERED)


def downgrade() -> None:
    _inserts(AUTHOR, ITS_OWN)
    with _in_sight("request_authors", "seats"):
        op.execute("""
            UPDATE request_authors a SET organisation_id = s.organisation_id FROM seats s
            WHERE s.group_id = a.group_id AND s.id = a.seat_id AND a.organisation_id IS NULL
        """)
    op.execute("ALTER TABLE request_authors ALTER COLUMN organisation_id SET NOT NULL")
    _timeline(EXACT)
    op.execute("ALTER TABLE requests ADD COLUMN channel VARCHAR(40)")
    op.execute(f"ALTER TABLE requests ADD CONSTRAINT ck_requests_channel CHECK (channel IN ({CHANNEL}))")
    with _in_sight("requests", "request_arrivals"):
        op.execute("""
            UPDATE requests r SET channel = a.channel, brought_on = a.brought_on, brought_to = a.brought_to,
              brought_precision = a.brought_precision
            FROM request_arrivals a WHERE a.group_id = r.group_id AND a.request_id = r.id
        """)
    op.execute("ALTER TABLE requests ALTER COLUMN channel SET NOT NULL")
    ARRIVALS.drop()


def _inserts(author: str, part: str) -> None:
    """Who may be the author of a request, and who adds to it as it is brought."""
    op.execute(f"ALTER POLICY request_authors_insert ON request_authors WITH CHECK ({author})")
    for table in PARTS:
        op.execute(f"ALTER POLICY {table}_insert ON {table} WITH CHECK ({part})")


@contextmanager
def _in_sight(*tables: str) -> Iterator[None]:
    """Row security binds the owner too, who moves every group's rows."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _timeline(brought_on: str) -> None:
    """The view as it was, but for the day under which a case's request stands in it."""
    op.execute(f"""
        CREATE OR REPLACE VIEW timeline_entries WITH (security_invoker = true) AS
        SELECT c.group_id, c.id AS case_id, r.id, 'BROUGHT' AS kind, 1 AS step, {brought_on} AS "on",
          r.brought_on AS on_from, r.brought_to AS on_to, r.brought_precision AS on_precision,
          r.id AS request_id, NULL::uuid AS meeting_id, NULL::uuid AS decision_id, NULL::uuid AS activity_id
        FROM cases c JOIN requests r ON r.group_id = c.group_id AND r.id = c.request_id
        UNION ALL
        SELECT c.group_id, c.id, a.id, 'TABLED', 2,
          coalesce(latest_day(m.held_from, m.held_to, m.held_precision), m.scheduled_on),
          m.held_from, m.held_to, m.held_precision, a.request_id, a.meeting_id, NULL, NULL
        FROM cases c
          JOIN agenda_items a ON a.group_id = c.group_id AND a.request_id = c.request_id
          JOIN meetings m ON m.group_id = a.group_id AND m.id = a.meeting_id
        UNION ALL
        SELECT c.group_id, c.id, d.id, 'DECIDED', 3,
          coalesce(latest_day(m.held_from, m.held_to, m.held_precision), m.scheduled_on),
          m.held_from, m.held_to, m.held_precision, d.request_id, d.meeting_id, d.id, NULL
        FROM cases c
          JOIN decisions d ON d.group_id = c.group_id AND d.request_id = c.request_id
          JOIN meetings m ON m.group_id = d.group_id AND m.id = d.meeting_id
        UNION ALL
        SELECT a.group_id, a.case_id, a.id, 'ACTIVITY', 4,
          coalesce(latest_day(a.done_from, a.done_to, a.done_precision), (a.recorded_at AT TIME ZONE 'UTC')::date),
          a.done_from, a.done_to, a.done_precision, NULL, NULL, NULL, a.id
        FROM activities a
    """)
