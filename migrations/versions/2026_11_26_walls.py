"""Conflicts of interest, the walls that they close, what a group shows through them, and who was recused.

A wall is a narrow row of its own, written by the act that records why: no policy reads a table that it hides."""

from __future__ import annotations

from alembic import op

from migrations.policies import (
    COORDINATOR,
    GROUP_READERS,
    IN_GROUP,
    KEEPERS,
    NETWORK_ADMIN,
    OWN_ORGANISATION,
    OWN_SEATS,
    SECRETARIAT,
    UNSEATED,
    WORKER,
    Table,
    both,
    brought,
    change,
    either,
    invited_to,
    of,
    of_unwalled,
    quoted,
    roles,
    unwalled,
    wall,
)

revision = "2026_11_26_walls"
down_revision: str | None = "2026_11_26_links"

CONFLICTSTATE = quoted("CLAIMED PROPOSED DECLARED CONTESTED CONFIRMED DISMISSED LIFTED")
DISCLOSUREPART = quoted("HEADER RECOMMENDATION_TO_ME AGREEMENT_AS_PARTY OUTCOME")
GROUND = quoted("ALLEGED_ACTOR PARTY TREE SPONSOR DECLARATION CLAIM CONTEST")
HIDES = quoted("ALL ALL_BUT_HEADER NOTHING")
DECISIONKIND = "ACCEPT NOT_ACCEPT DEFER REFER"
ON_CONFLICTS = "CONFIRM_CONFLICT DISMISS_CONFLICT LIFT_CONFLICT DISCLOSE"

KEEPS = either(KEEPERS, WORKER)
MEMBER = roles("MEMBER")
OWN_RECORD = "recorded_by = (SELECT seat_id())"
KNOWN = both(OWN_ORGANISATION, "known")
"""The organisation declared it itself, or the group has shown it the case."""
CLOSES = both(IN_GROUP, either(KEEPS, both(MEMBER, OWN_ORGANISATION, "hides = 'ALL'")))

TABLES = (
    Table(
        "walls",
        f"""
        group_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        record_id UUID NOT NULL,
        hides VARCHAR(40) NOT NULL,
        CONSTRAINT pk_walls PRIMARY KEY (group_id, organisation_id, record_id),
        CONSTRAINT fk_walls_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_walls_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_walls_hides CHECK (hides IN ({HIDES}))
        """,
        select=both(IN_GROUP, either(OWN_ORGANISATION, KEEPS)),
        insert=CLOSES,
        update=CLOSES,
    ),
    Table(
        "conflicts",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        request_id UUID NOT NULL,
        case_id UUID,
        state VARCHAR(40) NOT NULL,
        known BOOLEAN NOT NULL,
        recorded_by UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_conflicts PRIMARY KEY (group_id, id),
        CONSTRAINT fk_conflicts_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests (group_id,
        id), CONSTRAINT fk_conflicts_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_conflicts_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_conflicts_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_conflicts_conflictstate CHECK (state IN ({CONFLICTSTATE}))
        """,
        select=both(IN_GROUP, either(KEEPS, KNOWN, OWN_RECORD)),
        insert=both(
            IN_GROUP,
            either(
                WORKER,
                both(
                    OWN_RECORD,
                    either(
                        KEEPERS, both(MEMBER, either("state = 'CLAIMED'", both(OWN_ORGANISATION, "state = 'DECLARED'")))
                    ),
                ),
            ),
        ),
        update=both(IN_GROUP, either(SECRETARIAT, WORKER, both(MEMBER, KNOWN))),
        indexes=[
            "CREATE INDEX ix_conflicts_group_id_case_id_recorded_at_id"
            " ON conflicts (group_id, case_id, recorded_at, id)",
            "CREATE INDEX ix_conflicts_group_id_recorded_at_id ON conflicts (group_id, recorded_at, id)",
            "CREATE INDEX ix_conflicts_group_id_request_id_recorded_at_id"
            " ON conflicts (group_id, request_id, recorded_at, id)",
        ],
    ),
    Table(
        "conflict_grounds",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        conflict_id UUID NOT NULL,
        ground VARCHAR(40) NOT NULL,
        text BYTEA,
        recorded_by UUID NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_conflict_grounds PRIMARY KEY (group_id, id),
        CONSTRAINT fk_conflict_grounds_group_id_conflict_id FOREIGN KEY(group_id, conflict_id) REFERENCES conflicts
          (group_id, id),
        CONSTRAINT fk_conflict_grounds_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_conflict_grounds_ground CHECK (ground IN ({GROUND}))
        """,
        select=both(IN_GROUP, either(KEEPS, OWN_RECORD)),
        insert=both(
            IN_GROUP,
            either(WORKER, both(OWN_RECORD, either(KEEPERS, MEMBER))),
            of("conflict_grounds", "conflict_id", "conflicts", "id"),
        ),
        indexes=[
            "CREATE INDEX ix_conflict_grounds_group_id_conflict_id_recorded_at_id"
            " ON conflict_grounds (group_id, conflict_id, recorded_at, id)",
        ],
    ),
    Table(
        "disclosures",
        f"""
        group_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        case_id UUID NOT NULL,
        part VARCHAR(40) NOT NULL,
        decision_id UUID NOT NULL,
        CONSTRAINT pk_disclosures PRIMARY KEY (group_id, organisation_id, case_id, part),
        CONSTRAINT fk_disclosures_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_disclosures_group_id_decision_id FOREIGN KEY(group_id, decision_id) REFERENCES decisions
        (group_id, id),
        CONSTRAINT fk_disclosures_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_disclosures_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_disclosures_disclosurepart CHECK (part IN ({DISCLOSUREPART}))
        """,
        select=both(IN_GROUP, either(KEEPS, OWN_ORGANISATION)),
        insert=both(IN_GROUP, COORDINATOR),
        indexes=[
            "CREATE INDEX ix_disclosures_group_id_case_id_organisation_id_part"
            " ON disclosures (group_id, case_id, organisation_id, part)",
        ],
    ),
    Table(
        "recusals",
        """
        group_id UUID NOT NULL,
        decision_id UUID NOT NULL,
        seat_id UUID NOT NULL,
        CONSTRAINT pk_recusals PRIMARY KEY (group_id, decision_id, seat_id),
        CONSTRAINT fk_recusals_group_id_decision_id FOREIGN KEY(group_id, decision_id) REFERENCES decisions (group_id,
          id),
        CONSTRAINT fk_recusals_group_id_seat_id FOREIGN KEY(group_id, seat_id) REFERENCES seats (group_id, id),
        CONSTRAINT fk_recusals_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, GROUP_READERS),
        insert=both(IN_GROUP, COORDINATOR),
    ),
    Table(
        "sponsorships",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        sponsor_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        suspected BOOLEAN NOT NULL,
        text BYTEA,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_sponsorships PRIMARY KEY (group_id, id),
        CONSTRAINT fk_sponsorships_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_sponsorships_sponsor_id FOREIGN KEY(sponsor_id) REFERENCES organisations (id),
        CONSTRAINT fk_sponsorships_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
        """,
        select=both(IN_GROUP, KEEPS),
        insert=both(IN_GROUP, SECRETARIAT),
        indexes=["CREATE INDEX ix_sponsorships_group_id_recorded_at_id ON sponsorships (group_id, recorded_at, id)"],
    ),
)

OF_CASES = ("case_risks", "case_narratives", "case_places", "activities")
OF_REQUESTS = ("request_sources", "triage_notes")
TOLD = ("request_narratives", "request_places", "request_arrivals", "agenda_items")
"""What its author keeps, whatever wall it stands before."""

WALLS = {
    "cases": unwalled("id", shown="HEADER"),
    **{table: unwalled("case_id") for table in OF_CASES},
    "activity_notes": of("activity_notes", "activity_id", "activities", "id"),
    "requests": either(unwalled("id"), brought("id")),
    **{table: unwalled("request_id") for table in OF_REQUESTS},
    **{table: either(unwalled("request_id"), brought("request_id")) for table in TOLD},
    "request_authors": either(unwalled("request_id"), OWN_ORGANISATION),
    "agenda_notes": of("agenda_notes", "agenda_item_id", "agenda_items", "id"),
    "agenda_removals": of("agenda_removals", "agenda_item_id", "agenda_items", "id"),
    "decisions": either(
        unwalled("request_id"),
        both(
            either(unwalled("request_id", shown="HEADER"), brought("request_id")), f"kind IN ({quoted(DECISIONKIND)})"
        ),
    ),
    "decision_notes": of_unwalled("decision_notes", "decision_id", "decisions"),
    "conflicts": either(unwalled("request_id"), KNOWN),
    "conflict_grounds": of("conflict_grounds", "conflict_id", "conflicts", "id"),
    "disclosures": either(unwalled("case_id"), OWN_ORGANISATION),
    "recusals": of_unwalled("recusals", "decision_id", "decisions"),
}
"""By table that has a path to a case or its request, the condition that the wall adds."""

SEATED_HERE = either(GROUP_READERS, NETWORK_ADMIN, "id = (SELECT seat_id())")
SEATS = (both(UNSEATED, OWN_SEATS), invited_to("id"))
OF_SECRETARIAT = both(IN_GROUP, SECRETARIAT)


def upgrade() -> None:
    for table in TABLES:
        table.create()
    change("walls", "UPDATE", both(IN_GROUP, either(KEEPS, both(MEMBER, OWN_ORGANISATION))), CLOSES)
    for name, condition in WALLS.items():
        wall(name, condition)
    _decisions(f"{DECISIONKIND} {ON_CONFLICTS}")
    op.execute("ALTER TABLE decisions DROP CONSTRAINT uq_decisions_group_id_meeting_id_request_id")
    op.execute(
        "CREATE UNIQUE INDEX uq_decisions_on_requests ON decisions (group_id, meeting_id, request_id)"
        f" WHERE kind IN ({quoted(DECISIONKIND)})"
    )
    # A new link between organisations is told to each group; its worker looks who sits in the secretariat.
    change("seats", "SELECT", either(both(IN_GROUP, either(SEATED_HERE, WORKER)), *SEATS))
    change("outbox_items", "INSERT", either(OF_SECRETARIAT, both(NETWORK_ADMIN, "kind = 'links'")))


def downgrade() -> None:
    """Decisions on conflicts go with what they decided on."""
    change("outbox_items", "INSERT", OF_SECRETARIAT)
    change("seats", "SELECT", either(both(IN_GROUP, SEATED_HERE), *SEATS))
    for name in WALLS:
        op.execute(f"DROP POLICY {name}_wall ON {name}")
    for table in reversed(TABLES):
        table.drop()
    for name in ("decision_notes", "decisions"):
        op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
    gone = f"SELECT group_id, id FROM decisions WHERE kind IN ({quoted(ON_CONFLICTS)})"
    op.execute(f"DELETE FROM decision_notes WHERE (group_id, decision_id) IN ({gone})")
    op.execute(f"DELETE FROM decisions WHERE (group_id, id) IN ({gone})")
    for name in ("decision_notes", "decisions"):
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute("DROP INDEX uq_decisions_on_requests")
    op.execute(
        "ALTER TABLE decisions ADD CONSTRAINT uq_decisions_group_id_meeting_id_request_id"
        " UNIQUE (group_id, meeting_id, request_id)"
    )
    _decisions(DECISIONKIND)


def _decisions(kinds: str) -> None:
    op.execute("ALTER TABLE decisions DROP CONSTRAINT ck_decisions_decisionkind")
    op.execute(f"ALTER TABLE decisions ADD CONSTRAINT ck_decisions_decisionkind CHECK (kind IN ({quoted(kinds)}))")
