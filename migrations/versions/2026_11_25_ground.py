"""The ground: places, groups and their seats, audit, outbox, idempotency."""

from __future__ import annotations

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from migrations.policies import (
    COORDINATOR,
    GROUP_READERS,
    IN_GROUP,
    NETWORK_ADMIN,
    OWN,
    OWN_ORGANISATION,
    OWN_SEATS,
    SEATED,
    SECRETARIAT,
    UNSEATED,
    WORKER,
    Table,
    both,
    drop_functions,
    either,
    functions,
    quoted,
)

revision = "2026_11_25_ground"
down_revision: str | None = None

AUDITOUTCOME = quoted("DONE REFUSED")
CATEGORY = quoted("""
  SECURITY_FORCES GOVERNMENT_INSTITUTION LOCAL_AUTHORITY JUSTICE EMBASSY COMPANY COOPERATIVE TRADER
  CONCESSION_HOLDER BUSINESS_ASSOCIATION CSO RELIGIOUS_BODY COMMUNITY PARTNER DONOR INFORMAL_GUARD
  LOCAL_COMMITTEE MINER ARMED_GROUP
""")
FORMALSTATUS = quoted("INFORMAL RECOGNISED")
NOTICEKIND = quoted("REQUEST_TRIAGED REQUEST_TABLED REQUEST_DECIDED")
PILLAR = quoted("GOVERNMENT PRIVATE_SECTOR CIVIL_SOCIETY")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
WORKINGMODE = quoted("FIELD_MISSION RECOMMENDATION_ONLY")
TABLES = (
    Table(
        "working_groups",
        """
        id UUID NOT NULL,
        code TEXT NOT NULL,
        name_fr TEXT NOT NULL,
        name_en TEXT NOT NULL,
        key_check BYTEA NOT NULL,
        CONSTRAINT pk_working_groups PRIMARY KEY (id),
        CONSTRAINT uq_working_groups_code UNIQUE (code)
        """,
        select=SEATED,
        insert=NETWORK_ADMIN,
    ),
    Table(
        "places",
        """
        pcode TEXT NOT NULL,
        name TEXT NOT NULL,
        level INTEGER NOT NULL,
        parent_pcode TEXT,
        valid_from DATE NOT NULL,
        CONSTRAINT pk_places PRIMARY KEY (pcode),
        CONSTRAINT ck_places_level CHECK (level IN (1, 2)),
        CONSTRAINT ck_places_parent CHECK ((level = 1) = (parent_pcode IS NULL)),
        CONSTRAINT fk_places_parent_pcode FOREIGN KEY(parent_pcode) REFERENCES places (pcode)
        """,
        select=SEATED,
        indexes=[
            "CREATE INDEX ix_places_parent_pcode_pcode ON places (parent_pcode, pcode)",
        ],
    ),
    Table(
        "organisations",
        f"""
        id UUID NOT NULL,
        name TEXT NOT NULL,
        matching_key TEXT NOT NULL,
        category VARCHAR(40) NOT NULL,
        fictive BOOLEAN NOT NULL,
        CONSTRAINT pk_organisations PRIMARY KEY (id),
        CONSTRAINT uq_organisations_matching_key UNIQUE (matching_key),
        CONSTRAINT ck_organisations_category CHECK (category IN ({CATEGORY}))
        """,
        select=SEATED,
        insert=NETWORK_ADMIN,
    ),
    Table(
        "organisation_aliases",
        """
        organisation_id UUID NOT NULL,
        matching_key TEXT NOT NULL,
        name TEXT NOT NULL,
        CONSTRAINT pk_organisation_aliases PRIMARY KEY (organisation_id, matching_key),
        CONSTRAINT fk_organisation_aliases_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations
          (id)
        """,
        select=SEATED,
        insert=NETWORK_ADMIN,
        indexes=[
            "CREATE INDEX ix_organisation_aliases_matching_key ON organisation_aliases (matching_key)",
        ],
    ),
    Table(
        "group_settings",
        f"""
        group_id UUID NOT NULL,
        formal_status VARCHAR(40) NOT NULL,
        working_mode VARCHAR(40) NOT NULL,
        quorum_per_pillar INTEGER NOT NULL,
        completeness_to_table INTEGER NOT NULL,
        founded_from DATE,
        founded_to DATE,
        founded_precision VARCHAR(40) NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_group_settings PRIMARY KEY (group_id),
        CONSTRAINT ck_group_settings_quorum CHECK (quorum_per_pillar BETWEEN 0 AND 20),
        CONSTRAINT ck_group_settings_completeness CHECK (completeness_to_table BETWEEN 0 AND 100),
        CONSTRAINT fk_group_settings_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_group_settings_formalstatus CHECK (formal_status IN ({FORMALSTATUS})),
        CONSTRAINT ck_group_settings_workingmode CHECK (working_mode IN ({WORKINGMODE})),
        CONSTRAINT ck_group_settings_precision CHECK (founded_precision IN ({PRECISION}))
        """,
        select=IN_GROUP,
        insert=NETWORK_ADMIN,
        update=both(IN_GROUP, COORDINATOR),
    ),
    Table(
        "jurisdictions",
        """
        group_id UUID NOT NULL,
        pcode TEXT NOT NULL,
        valid_from DATE NOT NULL,
        valid_to DATE,
        CONSTRAINT pk_jurisdictions PRIMARY KEY (group_id, pcode, valid_from),
        CONSTRAINT fk_jurisdictions_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_jurisdictions_pcode FOREIGN KEY(pcode) REFERENCES places (pcode)
        """,
        select=IN_GROUP,
        insert=NETWORK_ADMIN,
    ),
    Table(
        "persons",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        name TEXT NOT NULL,
        invented BOOLEAN NOT NULL,
        CONSTRAINT pk_persons PRIMARY KEY (group_id, id),
        CONSTRAINT fk_persons_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, GROUP_READERS),
        insert=either(NETWORK_ADMIN, both(IN_GROUP, COORDINATOR)),
    ),
    Table(
        "seats",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        person_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        pillar VARCHAR(40),
        category VARCHAR(40) NOT NULL,
        roles TEXT[] NOT NULL,
        area TEXT,
        subject TEXT,
        valid_from DATE NOT NULL,
        valid_to DATE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_seats PRIMARY KEY (group_id, id),
        CONSTRAINT fk_seats_group_id_person_id FOREIGN KEY(group_id, person_id) REFERENCES persons (group_id, id),
        CONSTRAINT ck_seats_period CHECK (valid_to IS NULL OR valid_to >= valid_from),
        CONSTRAINT fk_seats_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_seats_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_seats_pillar CHECK (pillar IN ({PILLAR})),
        CONSTRAINT ck_seats_category CHECK (category IN ({CATEGORY})),
        CONSTRAINT fk_seats_area FOREIGN KEY(area) REFERENCES places (pcode)
        """,
        select=either(both(IN_GROUP, either(GROUP_READERS, "id = (SELECT seat_id())")), both(UNSEATED, OWN_SEATS)),
        insert=either(NETWORK_ADMIN, both(IN_GROUP, COORDINATOR)),
        update=both(IN_GROUP, COORDINATOR),
        indexes=[
            "CREATE INDEX ix_seats_group_id_organisation_id ON seats (group_id, organisation_id)",
            "CREATE INDEX ix_seats_subject ON seats (subject)",
        ],
    ),
    Table(
        "audit_lines",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        seat_id UUID NOT NULL,
        act TEXT NOT NULL,
        outcome VARCHAR(40) NOT NULL,
        subject_ids UUID[] NOT NULL,
        CONSTRAINT pk_audit_lines PRIMARY KEY (group_id, id),
        CONSTRAINT fk_audit_lines_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_audit_lines_auditoutcome CHECK (outcome IN ({AUDITOUTCOME}))
        """,
        select=both(IN_GROUP, WORKER),
        insert=both(OWN, either(IN_GROUP, NETWORK_ADMIN)),
        indexes=[
            "CREATE INDEX ix_audit_lines_group_id_at_id ON audit_lines (group_id, at, id)",
        ],
    ),
    Table(
        "audit_links",
        """
        group_id UUID NOT NULL,
        number INTEGER NOT NULL,
        line_id UUID NOT NULL,
        hash BYTEA NOT NULL,
        CONSTRAINT pk_audit_links PRIMARY KEY (group_id, number),
        CONSTRAINT fk_audit_links_group_id_line_id FOREIGN KEY(group_id, line_id) REFERENCES audit_lines (group_id,
          id),
        CONSTRAINT fk_audit_links_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, WORKER),
        insert=both(IN_GROUP, WORKER),
        indexes=[
            "CREATE UNIQUE INDEX ix_audit_links_group_id_line_id ON audit_links (group_id, line_id)",
        ],
    ),
    Table(
        "outbox_items",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        kind TEXT NOT NULL,
        payload JSONB NOT NULL,
        due_at TIMESTAMP WITH TIME ZONE NOT NULL,
        attempts INTEGER NOT NULL,
        done_at TIMESTAMP WITH TIME ZONE,
        CONSTRAINT pk_outbox_items PRIMARY KEY (group_id, id),
        CONSTRAINT fk_outbox_items_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, WORKER),
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, WORKER),
        indexes=[
            "CREATE INDEX ix_outbox_items_due ON outbox_items (group_id, due_at) WHERE done_at IS NULL",
        ],
    ),
    Table(
        "notices",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        request_id UUID NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_notices PRIMARY KEY (group_id, id),
        CONSTRAINT fk_notices_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_notices_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_notices_noticekind CHECK (kind IN ({NOTICEKIND}))
        """,
        select=both(IN_GROUP, OWN_ORGANISATION),
        insert=both(IN_GROUP, WORKER),
        indexes=[
            "CREATE INDEX ix_notices_group_id_organisation_id_at_id ON notices (group_id, organisation_id, at, id)",
        ],
    ),
    Table(
        "answered_keys",
        """
        group_id UUID NOT NULL,
        seat_id UUID NOT NULL,
        key TEXT NOT NULL,
        request_hash BYTEA NOT NULL,
        outcomes JSONB NOT NULL,
        at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_answered_keys PRIMARY KEY (group_id, seat_id, key),
        CONSTRAINT fk_answered_keys_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, OWN),
        insert=both(IN_GROUP, OWN),
        indexes=[
            "CREATE INDEX ix_answered_keys_group_id_at ON answered_keys (group_id, at)",
        ],
    ),
)


def upgrade() -> None:
    functions()
    for table in TABLES:
        table.create()
    _load_places()


def downgrade() -> None:
    for table in reversed(TABLES):
        table.drop()
    drop_functions()


def _load_places() -> None:
    """OCHA's P-codes are facts of the network (DOMAIN 6.5); no seat changes them, a later code set is a later
    migration."""
    file = Path(__file__).parents[2] / "api" / "places" / "pcodes.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        places = [
            {
                "pcode": row["pcode"],
                "name": row["name"],
                "level": int(row["level"]),
                "parent": row["parent"] or None,
                "valid_from": row["valid_from"],
            }
            for row in csv.DictReader(rows)
        ]
    op.execute("ALTER TABLE places NO FORCE ROW LEVEL SECURITY")
    op.get_bind().execute(
        sa.text(
            "INSERT INTO places (pcode, name, level, parent_pcode, valid_from)"
            " VALUES (:pcode, :name, :level, :parent, CAST(CAST(:valid_from AS text) AS date))"
        ),
        places,
    )
    op.execute("ALTER TABLE places FORCE ROW LEVEL SECURITY")
