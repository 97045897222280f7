"""What an organisation brought is looked through by hash: policies that were made with an array are said anew."""

from __future__ import annotations

import re

from alembic import op
from sqlalchemy import text

revision = "2026_11_26_hashed"
down_revision: str | None = "2026_11_26_turns"

BY_ARRAY = re.compile(
    r"(\w+(?:\.\w+)?) = ANY \(ARRAY\(\s*(SELECT a\.request_id\s+FROM request_authors a\s+WHERE"
    r" \(\(a\.group_id = \( SELECT seat_group\(\) AS seat_group\)\) AND"
    r" \(a\.organisation_id = \( SELECT seat_organisation\(\) AS seat_organisation\)\)\))\)\)"
)
"""As PostgreSQL writes it."""
POLICIES = text("SELECT tablename, policyname, qual, with_check FROM pg_policies WHERE schemaname = 'public'")


def upgrade() -> None:
    """Policies alone: the view `sights` may keep the array, which says the same."""
    for table, policy, qual, check in op.get_bind().execute(POLICIES).all():
        for clause, condition in (("USING", qual), ("WITH CHECK", check)):
            hashed = BY_ARRAY.sub(r"\1 IN (\2)", condition or "")
            if hashed != (condition or ""):
                op.execute(f"ALTER POLICY {policy} ON {table} {clause} ({hashed})")


def downgrade() -> None:
    """Nothing: both say the same."""
