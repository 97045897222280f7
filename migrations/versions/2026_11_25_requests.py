"""Requests, each grade in a table of its own, and the meetings that they are tabled at."""

from __future__ import annotations

from alembic import op

from migrations.policies import (
    BRINGS,
    GROUP_READERS,
    IN_AUDIENCE,
    IN_GROUP,
    KEEPERS,
    MEMBERS,
    OWN,
    OWN_ORGANISATION,
    SECRETARIAT,
    TABLED,
    Table,
    both,
    brought,
    either,
    of,
    quoted,
)

revision = "2026_11_25_requests"
down_revision: str | None = "2026_11_25_ground"

ACTORKIND = quoted("""
  ARMY POLICE MINING_POLICE IRREGULAR_STATE ARMED_GROUP PRIVATE_SECURITY INFORMAL_GUARD COMPANY COOPERATIVE
  AUTHORITY COMMUNITY UNKNOWN
""")
CATEGORY = quoted("""
  SECURITY_FORCES GOVERNMENT_INSTITUTION LOCAL_AUTHORITY JUSTICE EMBASSY COMPANY COOPERATIVE TRADER
  CONCESSION_HOLDER BUSINESS_ASSOCIATION CSO RELIGIOUS_BODY COMMUNITY PARTNER DONOR INFORMAL_GUARD
  LOCAL_COMMITTEE MINER ARMED_GROUP
""")
CHANNEL = quoted("MEETING SECRETARIAT PHONE LETTER FOCAL_POINT MISSION_FINDING PARTNER ARMED_GROUP")
COUNTINGUNIT = quoted("INDIVIDUAL FAMILY GROUP COMMUNITY PEOPLE EVENT")
INCIDENTCLASS = quoted("""
  LIFE_INTEGRITY USE_OF_FORCE PROTEST_REPRESSION ILLEGAL_FORCES_PRESENCE HIRING_OF_FORCES COOPERATIVE_CLASH
  MILITARY_HARASSMENT ARMED_GROUP_ACTIVITY UNPAID_COMPENSATION LAND_EXPROPRIATION AGREEMENT_NOT_RESPECTED
  PARTIAL_AUTHORITY CHILD_LABOUR UNTRACED_MINERALS MINER_DISPUTE UNSAFE_SHAFT UNLAWFUL_PRESENCE SUSPENSION
  CORRUPTION_ILLEGAL_TAX SEXUAL_VIOLENCE ARBITRARY_DETENTION FORCED_LABOUR ARMED_GROUP_KILLING ROADBLOCK
  REPRISAL ENVIRONMENT
""")
MEETINGKIND = quoted("MONTHLY AD_HOC")
MEETINGSTATE = quoted("SCHEDULED HELD")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
RELIABILITY = quoted("HIGHLY_RELIABLE LIKELY_RELIABLE UNSURE LIKELY_UNRELIABLE UNRELIABLE UNKNOWN")
REQUESTSTATE = quoted("SUBMITTED TRIAGED TABLED ACCEPTED NOT_ACCEPTED DEFERRED REFERRED")
REQUESTTYPE = quoted("""
  COMMUNITY_AGREEMENT LAND_EXPROPRIATION PARTIAL_AUTHORITY ABUSE_BY_HIRED_FORCES ABUSE_BY_OPERATIONS
  EXTRACTION_RIGHTS SITE_MANAGEMENT DEBT_TO_HOLDER DEMARCATION LIFT_SUSPENSION VP_TRAINING
  MEDIATION_WITH_ARMED_GROUP FIELD_PRESENCE SURRENDER_MEDIATION SITE_INCIDENT DIALOGUE SECURITY_ARRANGEMENT
""")
SOURCECONNECTION = quoted("""
  VICTIM WITNESS PERPETRATOR VICTIM_RELATIVE VICTIM_COLLEAGUE VICTIM_ORGANISATION PERPETRATOR_RELATIVE
  PERPETRATOR_COLLEAGUE PERPETRATOR_ORGANISATION THIRD_PARTY REPORTER LAWYER MEDICAL NGO UNKNOWN
""")
URGENCY = quoted("IMMEDIATE BEFORE_NEXT_MEETING NORMAL")
TABLES = (
    Table(
        "request_authors",
        """
        group_id UUID NOT NULL,
        request_id UUID NOT NULL,
        organisation_id UUID NOT NULL,
        seat_id UUID NOT NULL,
        CONSTRAINT pk_request_authors PRIMARY KEY (group_id, request_id),
        CONSTRAINT fk_request_authors_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_request_authors_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
        """,
        select=both(IN_GROUP, either(KEEPERS, OWN_ORGANISATION)),
        insert=both(IN_GROUP, OWN, OWN_ORGANISATION, BRINGS),
        indexes=[
            "CREATE INDEX ix_request_authors_group_id_organisation_id_request_id"
            " ON request_authors (group_id, organisation_id, request_id)",
        ],
    ),
    Table(
        "requests",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        state VARCHAR(40) NOT NULL,
        title TEXT NOT NULL,
        request_type VARCHAR(40) NOT NULL,
        requester VARCHAR(40) NOT NULL,
        channel VARCHAR(40) NOT NULL,
        urgency VARCHAR(40) NOT NULL,
        incident_class VARCHAR(40),
        pcode TEXT NOT NULL,
        occurred_from DATE,
        occurred_to DATE,
        occurred_precision VARCHAR(40) NOT NULL,
        brought_on DATE NOT NULL,
        brought_to DATE,
        brought_precision VARCHAR(40) NOT NULL,
        submitted_at TIMESTAMP WITH TIME ZONE NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_requests PRIMARY KEY (group_id, id),
        CONSTRAINT fk_requests_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_requests_requeststate CHECK (state IN ({REQUESTSTATE})),
        CONSTRAINT ck_requests_requesttype CHECK (request_type IN ({REQUESTTYPE})),
        CONSTRAINT ck_requests_category CHECK (requester IN ({CATEGORY})),
        CONSTRAINT ck_requests_channel CHECK (channel IN ({CHANNEL})),
        CONSTRAINT ck_requests_urgency CHECK (urgency IN ({URGENCY})),
        CONSTRAINT ck_requests_incidentclass CHECK (incident_class IN ({INCIDENTCLASS})),
        CONSTRAINT fk_requests_pcode FOREIGN KEY(pcode) REFERENCES places (pcode),
        CONSTRAINT ck_requests_precision CHECK (occurred_precision IN ({PRECISION})),
        CONSTRAINT ck_requests_brought_precision CHECK (brought_precision IN ({PRECISION}))
        """,
        select=both(IN_GROUP, either(KEEPERS, both(MEMBERS, TABLED), brought("id"))),
        insert=both(IN_GROUP, BRINGS, "state = 'SUBMITTED'"),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_requests_group_id_brought_on_id ON requests (group_id, brought_on, id)",
            "CREATE INDEX ix_requests_group_id_state_brought_on_id ON requests (group_id, state, brought_on, id)",
        ],
    ),
    Table(
        "request_narratives",
        f"""
        group_id UUID NOT NULL,
        request_id UUID NOT NULL,
        audience TEXT[] NOT NULL,
        text BYTEA NOT NULL,
        wanted_action BYTEA,
        alleged_actor_kind VARCHAR(40),
        counting_unit VARCHAR(40),
        affected INTEGER,
        occurred_from DATE,
        occurred_to DATE,
        occurred_precision VARCHAR(40) NOT NULL,
        CONSTRAINT pk_request_narratives PRIMARY KEY (group_id, request_id),
        CONSTRAINT fk_request_narratives_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests
          (group_id, id),
        CONSTRAINT ck_request_narratives_precision CHECK (occurred_precision IN ({PRECISION})),
        CONSTRAINT ck_request_narratives_affected CHECK (affected IS NULL OR affected >= 0),
        CONSTRAINT fk_request_narratives_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_request_narratives_actorkind CHECK (alleged_actor_kind IN ({ACTORKIND})),
        CONSTRAINT ck_request_narratives_countingunit CHECK (counting_unit IN ({COUNTINGUNIT}))
        """,
        select=both(
            IN_GROUP,
            either(
                KEEPERS,
                both(of("request_narratives", "request_id", "requests", "id"), MEMBERS, IN_AUDIENCE),
                brought("request_id"),
            ),
        ),
        insert=both(IN_GROUP, BRINGS, brought("request_id")),
    ),
    Table(
        "request_places",
        """
        group_id UUID NOT NULL,
        request_id UUID NOT NULL,
        stated BYTEA NOT NULL,
        CONSTRAINT pk_request_places PRIMARY KEY (group_id, request_id),
        CONSTRAINT fk_request_places_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests
          (group_id, id),
        CONSTRAINT fk_request_places_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, either(KEEPERS, brought("request_id"))),
        insert=both(IN_GROUP, BRINGS, brought("request_id")),
    ),
    Table(
        "request_sources",
        f"""
        group_id UUID NOT NULL,
        request_id UUID NOT NULL,
        code TEXT NOT NULL,
        connection VARCHAR(40) NOT NULL,
        reliability VARCHAR(40),
        statement BYTEA,
        CONSTRAINT pk_request_sources PRIMARY KEY (group_id, request_id),
        CONSTRAINT fk_request_sources_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests
          (group_id, id),
        CONSTRAINT fk_request_sources_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_request_sources_sourceconnection CHECK (connection IN ({SOURCECONNECTION})),
        CONSTRAINT ck_request_sources_reliability CHECK (reliability IN ({RELIABILITY}))
        """,
        select=both(IN_GROUP, KEEPERS),
        insert=both(IN_GROUP, BRINGS, brought("request_id")),
        update=both(IN_GROUP, SECRETARIAT),
    ),
    Table(
        "triage_notes",
        """
        group_id UUID NOT NULL,
        request_id UUID NOT NULL,
        completeness INTEGER NOT NULL,
        text BYTEA,
        CONSTRAINT ck_triage_notes_completeness CHECK (completeness BETWEEN 0 AND 100),
        CONSTRAINT pk_triage_notes PRIMARY KEY (group_id, request_id),
        CONSTRAINT fk_triage_notes_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests
          (group_id, id),
        CONSTRAINT fk_triage_notes_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, KEEPERS),
        insert=both(IN_GROUP, SECRETARIAT),
    ),
    Table(
        "meetings",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        state VARCHAR(40) NOT NULL,
        scheduled_on DATE NOT NULL,
        held_from DATE,
        held_to DATE,
        held_precision VARCHAR(40) NOT NULL,
        venue TEXT,
        version INTEGER NOT NULL,
        CONSTRAINT pk_meetings PRIMARY KEY (group_id, id),
        CONSTRAINT fk_meetings_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_meetings_meetingkind CHECK (kind IN ({MEETINGKIND})),
        CONSTRAINT ck_meetings_meetingstate CHECK (state IN ({MEETINGSTATE})),
        CONSTRAINT ck_meetings_precision CHECK (held_precision IN ({PRECISION}))
        """,
        select=both(IN_GROUP, GROUP_READERS),
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_meetings_group_id_scheduled_on_id ON meetings (group_id, scheduled_on, id)",
        ],
    ),
    Table(
        "attendances",
        """
        group_id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        seat_id UUID NOT NULL,
        CONSTRAINT pk_attendances PRIMARY KEY (group_id, meeting_id, seat_id),
        CONSTRAINT fk_attendances_group_id_meeting_id FOREIGN KEY(group_id, meeting_id) REFERENCES meetings
          (group_id, id),
        CONSTRAINT fk_attendances_group_id_seat_id FOREIGN KEY(group_id, seat_id) REFERENCES seats (group_id, id),
        CONSTRAINT fk_attendances_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, GROUP_READERS),
        insert=both(IN_GROUP, SECRETARIAT),
    ),
    Table(
        "agenda_items",
        """
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        request_id UUID NOT NULL,
        request_version INTEGER NOT NULL,
        tabled_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_agenda_items PRIMARY KEY (group_id, id),
        CONSTRAINT fk_agenda_items_group_id_meeting_id FOREIGN KEY(group_id, meeting_id) REFERENCES meetings
          (group_id, id),
        CONSTRAINT fk_agenda_items_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests
          (group_id, id),
        CONSTRAINT uq_agenda_items_group_id_meeting_id_request_id UNIQUE (group_id, meeting_id, request_id),
        CONSTRAINT fk_agenda_items_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, either(GROUP_READERS, brought("request_id"))),
        insert=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_agenda_items_group_id_meeting_id_tabled_at_id"
            " ON agenda_items (group_id, meeting_id, tabled_at, id)",
            "CREATE INDEX ix_agenda_items_group_id_request_id_tabled_at_id"
            " ON agenda_items (group_id, request_id, tabled_at, id)",
        ],
    ),
    Table(
        "agenda_notes",
        """
        group_id UUID NOT NULL,
        agenda_item_id UUID NOT NULL,
        incomplete_reason BYTEA NOT NULL,
        CONSTRAINT pk_agenda_notes PRIMARY KEY (group_id, agenda_item_id),
        CONSTRAINT fk_agenda_notes_group_id_agenda_item_id FOREIGN KEY(group_id, agenda_item_id)
          REFERENCES agenda_items (group_id, id),
        CONSTRAINT fk_agenda_notes_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, KEEPERS),
        insert=both(IN_GROUP, SECRETARIAT),
    ),
)


def upgrade() -> None:
    for table in TABLES:
        table.create()
    # The policies of requests read request_authors, so that its foreign key follows once both are there.
    op.execute(
        "ALTER TABLE request_authors ADD CONSTRAINT fk_request_authors_group_id_request_id"
        " FOREIGN KEY (group_id, request_id) REFERENCES requests (group_id, id)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE request_authors DROP CONSTRAINT fk_request_authors_group_id_request_id")
    op.execute("DROP POLICY requests_select ON requests")
    for table in reversed(TABLES):
        table.drop()
