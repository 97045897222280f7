"""The network as a tenant, how groups stand in it, invitations and terms of seats, structures."""

from __future__ import annotations

from alembic import op

from migrations.policies import (
    COORDINATOR,
    GIVES_SEATS,
    GROUP_READERS,
    IN_GROUP,
    NETWORK_ADMIN,
    OVERVIEW,
    OWN_SEATS,
    SECRETARIAT,
    SHOWN,
    UNSEATED,
    Table,
    both,
    change,
    either,
    function,
    invited_to,
    quoted,
    roles,
    view,
)

revision = "2026_11_25_network"
down_revision: str | None = "2026_11_25_casework"

PHASE = quoted("CONTEXT SETUP GROWTH SUSTAINABILITY")
PILLAR = quoted("GOVERNMENT PRIVATE_SECTOR CIVIL_SOCIETY")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
STANDING = quoted("CANDIDATE FORMING ACTIVE DORMANT CLOSED")
STRUCTUREKIND = quoted("CPS CLS SUB_CLS SUB_COMMITTEE FUND")

IN_ANY_SEAT = roles(
    "COORDINATOR", "CASE_OFFICER", "CUSTODIAN", "MEMBER", "OBSERVER", "FOCAL_POINT", "LESSON_REVIEWER", "DONOR"
)
MADE = "made_by = (SELECT seat_id())"
OWN_SEAT = "seat_id = (SELECT seat_id())"
PROGRAMME = both(IN_GROUP, either(GROUP_READERS, roles("FOCAL_POINT")))

TABLES = (
    Table(
        "group_standings",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        standing VARCHAR(40) NOT NULL,
        since DATE NOT NULL,
        CONSTRAINT pk_group_standings PRIMARY KEY (group_id, id),
        CONSTRAINT fk_group_standings_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_group_standings_standing CHECK (standing IN ({STANDING}))
        """,
        select=either(OVERVIEW, both(IN_GROUP, IN_ANY_SEAT)),
        insert=NETWORK_ADMIN,
        indexes=[
            "CREATE INDEX ix_group_standings_group_id_since_id ON group_standings (group_id, since, id)",
        ],
    ),
    Table(
        "group_phases",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        phase VARCHAR(40) NOT NULL,
        assessed_from DATE NOT NULL,
        assessed_to DATE,
        assessed_precision VARCHAR(40) NOT NULL,
        CONSTRAINT pk_group_phases PRIMARY KEY (group_id, id),
        CONSTRAINT fk_group_phases_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_group_phases_phase CHECK (phase IN ({PHASE})),
        CONSTRAINT ck_group_phases_precision CHECK (assessed_precision IN ({PRECISION}))
        """,
        select=either(OVERVIEW, both(IN_GROUP, IN_ANY_SEAT)),
        insert=both(IN_GROUP, COORDINATOR),
        indexes=[
            "CREATE INDEX ix_group_phases_group_id_assessed_from_id ON group_phases (group_id, assessed_from, id)",
        ],
    ),
    Table(
        "seat_terms",
        f"""
        group_id UUID NOT NULL,
        seat_id UUID NOT NULL,
        pillar VARCHAR(40),
        valid_from DATE NOT NULL,
        until DATE,
        CONSTRAINT pk_seat_terms PRIMARY KEY (group_id, seat_id),
        CONSTRAINT fk_seat_terms_group_id_seat_id FOREIGN KEY(group_id, seat_id) REFERENCES seats (group_id, id),
        CONSTRAINT fk_seat_terms_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_seat_terms_pillar CHECK (pillar IN ({PILLAR}))
        """,
        select=either(OVERVIEW, both(IN_GROUP, GROUP_READERS)),
        insert=either(NETWORK_ADMIN, both(IN_GROUP, COORDINATOR)),
        update=both(IN_GROUP, GIVES_SEATS),
    ),
    Table(
        "invitations",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        seat_id UUID NOT NULL,
        made_by UUID NOT NULL,
        code BYTEA,
        code_hash TEXT NOT NULL,
        expires_on DATE NOT NULL,
        accepted_at TIMESTAMP WITH TIME ZONE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_invitations PRIMARY KEY (group_id, id),
        CONSTRAINT uq_invitations_group_id_seat_id UNIQUE (group_id, seat_id),
        CONSTRAINT fk_invitations_group_id_seat_id FOREIGN KEY(group_id, seat_id) REFERENCES seats (group_id, id),
        CONSTRAINT fk_invitations_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=either(both(IN_GROUP, either(GIVES_SEATS, OWN_SEAT)), MADE, SHOWN),
        insert=both(MADE, either(NETWORK_ADMIN, both(IN_GROUP, COORDINATOR))),
        update=both(IN_GROUP, either(GIVES_SEATS, OWN_SEAT)),
        indexes=[
            "CREATE INDEX ix_invitations_code_hash ON invitations (code_hash)",
        ],
    ),
    Table(
        "structures",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        name TEXT NOT NULL,
        theme TEXT,
        parent_id UUID,
        organisation_id UUID,
        pcode TEXT,
        since_from DATE,
        since_to DATE,
        since_precision VARCHAR(40) NOT NULL,
        CONSTRAINT pk_structures PRIMARY KEY (group_id, id),
        CONSTRAINT fk_structures_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_structures_group_id_parent_id FOREIGN KEY(group_id, parent_id) REFERENCES structures
          (group_id, id),
        CONSTRAINT fk_structures_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT fk_structures_pcode FOREIGN KEY(pcode) REFERENCES places (pcode),
        CONSTRAINT ck_structures_structurekind CHECK (kind IN ({STRUCTUREKIND})),
        CONSTRAINT ck_structures_precision CHECK (since_precision IN ({PRECISION}))
        """,
        select=PROGRAMME,
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_structures_group_id_kind_id ON structures (group_id, kind, id)",
            "CREATE INDEX ix_structures_group_id_parent_id_kind_id ON structures (group_id, parent_id, kind, id)",
        ],
    ),
    Table(
        "structure_members",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        structure_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        valid_from DATE NOT NULL,
        valid_to DATE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_structure_members PRIMARY KEY (group_id, id),
        CONSTRAINT fk_structure_members_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_structure_members_group_id_structure_id FOREIGN KEY(group_id, structure_id) REFERENCES structures
          (group_id, id),
        CONSTRAINT fk_structure_members_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_structure_members_period CHECK (valid_to IS NULL OR valid_to >= valid_from)
        """,
        select=PROGRAMME,
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_structure_members_group_id_structure_id_valid_from_id"
            " ON structure_members (group_id, structure_id, valid_from, id)",
        ],
    ),
    Table(
        "instruments",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        structure_id UUID NOT NULL,
        number TEXT NOT NULL,
        authority TEXT NOT NULL,
        dated DATE NOT NULL,
        CONSTRAINT pk_instruments PRIMARY KEY (group_id, id),
        CONSTRAINT fk_instruments_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_instruments_group_id_structure_id FOREIGN KEY(group_id, structure_id) REFERENCES structures
          (group_id, id)
        """,
        select=PROGRAMME,
        insert=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_instruments_group_id_structure_id_dated_id"
            " ON instruments (group_id, structure_id, dated, id)",
        ],
    ),
)

SEATS_BEFORE = either(both(IN_GROUP, either(GROUP_READERS, "id = (SELECT seat_id())")), both(UNSEATED, OWN_SEATS))
SEATS = either(
    both(IN_GROUP, either(GROUP_READERS, NETWORK_ADMIN, "id = (SELECT seat_id())")),
    both(UNSEATED, OWN_SEATS),
    invited_to("id"),
)


def upgrade() -> None:
    function("shown_invitation()", "text", "nullif(current_setting('baraza.invitation', true), '')")
    op.execute("ALTER TABLE group_settings ADD COLUMN size_target INTEGER")
    op.execute(
        "ALTER TABLE group_settings ADD CONSTRAINT ck_group_settings_size_target CHECK (size_target BETWEEN 1 AND 1000)"
    )
    op.execute("ALTER TABLE seats ADD COLUMN ended_at TIMESTAMP WITH TIME ZONE")
    for column in ("succeeds_id", "principal_id"):
        op.execute(f"ALTER TABLE seats ADD COLUMN {column} UUID")
        op.execute(
            f"ALTER TABLE seats ADD CONSTRAINT fk_seats_group_id_{column}"
            f" FOREIGN KEY (group_id, {column}) REFERENCES seats (group_id, id)"
        )
    for table in TABLES:
        table.create()
    _count_seats()
    change("seats", "SELECT", SEATS)
    change(
        "seats",
        "UPDATE",
        either(both(IN_GROUP, GIVES_SEATS), invited_to("id")),
        either(both(IN_GROUP, GIVES_SEATS), both(invited_to("id"), OWN_SEATS)),
    )
    change("persons", "SELECT", both(IN_GROUP, either(GROUP_READERS, NETWORK_ADMIN)))
    change("jurisdictions", "SELECT", either(IN_GROUP, OVERVIEW))
    op.execute(
        "CREATE POLICY jurisdictions_update ON jurisdictions FOR UPDATE TO baraza_app"
        f" USING ({NETWORK_ADMIN}) WITH CHECK ({NETWORK_ADMIN})"
    )
    op.execute("GRANT UPDATE ON jurisdictions TO baraza_app")


def _count_seats() -> None:
    """Terms of the seats that there are, and the tally over them."""
    for table in ("seats", "seat_terms"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO seat_terms (group_id, seat_id, pillar, valid_from, until)"
        " SELECT group_id, id, pillar, valid_from, valid_to + 1 FROM seats"
    )
    for table in ("seats", "seat_terms"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    counted = ", ".join(
        f"(count(*) FILTER (WHERE pillar {condition}))::int AS {name}"
        for name, condition in {
            "government": "= 'GOVERNMENT'",
            "private_sector": "= 'PRIVATE_SECTOR'",
            "civil_society": "= 'CIVIL_SOCIETY'",
            "without_pillar": "IS NULL",
        }.items()
    )
    view(
        "seat_tallies",
        f"SELECT group_id, {counted} FROM seat_terms"
        " WHERE valid_from <= current_date AND (until IS NULL OR until > current_date) GROUP BY group_id",
    )


def downgrade() -> None:
    op.execute("DROP VIEW seat_tallies")
    op.execute("REVOKE UPDATE ON jurisdictions FROM baraza_app")
    op.execute("DROP POLICY jurisdictions_update ON jurisdictions")
    change("jurisdictions", "SELECT", IN_GROUP)
    change("persons", "SELECT", both(IN_GROUP, GROUP_READERS))
    change("seats", "UPDATE", both(IN_GROUP, COORDINATOR))
    change("seats", "SELECT", SEATS_BEFORE)
    for table in reversed(TABLES):
        table.drop()
    for column in ("principal_id", "succeeds_id", "ended_at"):
        op.execute(f"ALTER TABLE seats DROP COLUMN {column}")
    op.execute("ALTER TABLE group_settings DROP COLUMN size_target")
    op.execute("DROP FUNCTION shown_invitation()")
