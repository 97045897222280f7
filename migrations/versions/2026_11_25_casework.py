"""Decisions, cases and activities, each grade in a table of its own, and the timeline over them."""

from __future__ import annotations

from alembic import op

from migrations.policies import (
    COORDINATOR,
    GROUP_READERS,
    IN_AREA,
    IN_AUDIENCE,
    IN_GROUP,
    KEEPERS,
    MEMBERS,
    SECRETARIAT,
    Table,
    both,
    brought,
    either,
    of,
    quoted,
    view,
)

revision = "2026_11_25_casework"
down_revision: str | None = "2026_11_25_requests"

ACTIVITYKIND = quoted("""
  CONSULTATION COMMUNITY_FORUM MEDIATION COMMAND_NEGOTIATION ADVOCACY AWARENESS FACT_FINDING FIELD_MISSION
  FOLLOW_UP_VISIT WORKSHOP ROUNDTABLE TRAINING STUDY REFERRAL PAYMENT_FACILITATION TRAVEL_ASSISTANCE
""")
CASESTATE = quoted("OPEN IN_FOLLOW_UP MONITORING SUSPENDED STALEMATE CLOSED")
DECISIONKIND = quoted("ACCEPT NOT_ACCEPT DEFER REFER")
DECISIONMODE = quoted("CONSENSUS VOTE")
INCIDENTCLASS = quoted("""
  LIFE_INTEGRITY USE_OF_FORCE PROTEST_REPRESSION ILLEGAL_FORCES_PRESENCE HIRING_OF_FORCES COOPERATIVE_CLASH
  MILITARY_HARASSMENT ARMED_GROUP_ACTIVITY UNPAID_COMPENSATION LAND_EXPROPRIATION AGREEMENT_NOT_RESPECTED
  PARTIAL_AUTHORITY CHILD_LABOUR UNTRACED_MINERALS MINER_DISPUTE UNSAFE_SHAFT UNLAWFUL_PRESENCE SUSPENSION
  CORRUPTION_ILLEGAL_TAX SEXUAL_VIOLENCE ARBITRARY_DETENTION FORCED_LABOUR ARMED_GROUP_KILLING ROADBLOCK
  REPRISAL ENVIRONMENT
""")
OECDRISK = quoted("O1_1 O1_2 O1_3 O1_4 O1_5 O3 O5 O11 O12 O13 NONE")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
REASON = quoted("""
  OUT_OF_SCOPE OUT_OF_JURISDICTION NOT_CREDIBLE INSUFFICIENT_FACTS HANDLED_ELSEWHERE NO_CONSENT SAFETY
  NO_MEANS WORK_PLAN OTHER
""")
TABLES = (
    Table(
        "decisions",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        meeting_id UUID NOT NULL,
        request_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        mode VARCHAR(40) NOT NULL,
        reason VARCHAR(40),
        addressee TEXT,
        seats_counted INTEGER NOT NULL,
        votes_for INTEGER,
        votes_against INTEGER,
        votes_abstaining INTEGER,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_decisions PRIMARY KEY (group_id, id),
        CONSTRAINT uq_decisions_group_id_meeting_id_request_id UNIQUE (group_id, meeting_id, request_id),
        CONSTRAINT fk_decisions_group_id_meeting_id FOREIGN KEY(group_id, meeting_id) REFERENCES meetings (group_id,
          id),
        CONSTRAINT fk_decisions_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests (group_id,
          id),
        CONSTRAINT ck_decisions_votes CHECK ((mode = 'VOTE') = (votes_for IS NOT NULL)),
        CONSTRAINT fk_decisions_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_decisions_decisionkind CHECK (kind IN ({DECISIONKIND})),
        CONSTRAINT ck_decisions_decisionmode CHECK (mode IN ({DECISIONMODE})),
        CONSTRAINT ck_decisions_reason CHECK (reason IN ({REASON}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, brought("request_id"))),
        insert=both(IN_GROUP, COORDINATOR),
        indexes=[
            "CREATE INDEX ix_decisions_group_id_meeting_id_recorded_at_id"
            " ON decisions (group_id, meeting_id, recorded_at, id)",
            "CREATE INDEX ix_decisions_group_id_request_id_recorded_at_id"
            " ON decisions (group_id, request_id, recorded_at, id)",
        ],
    ),
    Table(
        "decision_notes",
        """
        group_id UUID NOT NULL,
        decision_id UUID NOT NULL,
        audience TEXT[] NOT NULL,
        reasoning BYTEA NOT NULL,
        dissent BYTEA,
        CONSTRAINT pk_decision_notes PRIMARY KEY (group_id, decision_id),
        CONSTRAINT fk_decision_notes_group_id_decision_id FOREIGN KEY(group_id, decision_id) REFERENCES decisions
          (group_id, id),
        CONSTRAINT fk_decision_notes_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, either(KEEPERS, both(MEMBERS, IN_AUDIENCE))),
        insert=both(IN_GROUP, COORDINATOR),
    ),
    Table(
        "cases",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        number TEXT NOT NULL,
        state VARCHAR(40) NOT NULL,
        title TEXT NOT NULL,
        incident_class VARCHAR(40) NOT NULL,
        pcode TEXT NOT NULL,
        occurred_from DATE,
        occurred_to DATE,
        occurred_precision VARCHAR(40) NOT NULL,
        opened_on DATE NOT NULL,
        request_id UUID NOT NULL,
        decision_id UUID NOT NULL,
        version INTEGER NOT NULL,
        CONSTRAINT pk_cases PRIMARY KEY (group_id, id),
        CONSTRAINT fk_cases_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests (group_id, id),
        CONSTRAINT fk_cases_group_id_decision_id FOREIGN KEY(group_id, decision_id) REFERENCES decisions (group_id,
          id),
        CONSTRAINT uq_cases_group_id_number UNIQUE (group_id, number),
        CONSTRAINT fk_cases_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_cases_casestate CHECK (state IN ({CASESTATE})),
        CONSTRAINT ck_cases_incidentclass CHECK (incident_class IN ({INCIDENTCLASS})),
        CONSTRAINT fk_cases_pcode FOREIGN KEY(pcode) REFERENCES places (pcode),
        CONSTRAINT ck_cases_precision CHECK (occurred_precision IN ({PRECISION}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, IN_AREA)),
        insert=both(IN_GROUP, COORDINATOR),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_cases_group_id_opened_on_id ON cases (group_id, opened_on, id)",
            "CREATE INDEX ix_cases_group_id_request_id ON cases (group_id, request_id)",
            "CREATE INDEX ix_cases_group_id_state_opened_on_id ON cases (group_id, state, opened_on, id)",
        ],
    ),
    Table(
        "case_risks",
        f"""
        group_id UUID NOT NULL,
        case_id UUID NOT NULL,
        risk VARCHAR(40) NOT NULL,
        reason TEXT,
        CONSTRAINT pk_case_risks PRIMARY KEY (group_id, case_id, risk),
        CONSTRAINT fk_case_risks_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_case_risks_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_case_risks_oecdrisk CHECK (risk IN ({OECDRISK}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, of("case_risks", "case_id", "cases", "id"))),
        insert=both(IN_GROUP, COORDINATOR),
    ),
    Table(
        "case_narratives",
        f"""
        group_id UUID NOT NULL,
        case_id UUID NOT NULL,
        audience TEXT[] NOT NULL,
        text BYTEA NOT NULL,
        occurred_from DATE,
        occurred_to DATE,
        occurred_precision VARCHAR(40) NOT NULL,
        CONSTRAINT ck_case_narratives_precision CHECK (occurred_precision IN ({PRECISION})),
        CONSTRAINT pk_case_narratives PRIMARY KEY (group_id, case_id),
        CONSTRAINT fk_case_narratives_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id,
          id),
        CONSTRAINT fk_case_narratives_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, either(KEEPERS, both(MEMBERS, IN_AUDIENCE))),
        insert=both(IN_GROUP, COORDINATOR),
    ),
    Table(
        "case_places",
        """
        group_id UUID NOT NULL,
        case_id UUID NOT NULL,
        stated BYTEA NOT NULL,
        CONSTRAINT pk_case_places PRIMARY KEY (group_id, case_id),
        CONSTRAINT fk_case_places_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_case_places_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, KEEPERS),
        insert=both(IN_GROUP, COORDINATOR),
    ),
    Table(
        "activities",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        kind VARCHAR(40) NOT NULL,
        done_from DATE,
        done_to DATE,
        done_precision VARCHAR(40) NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_activities PRIMARY KEY (group_id, id),
        CONSTRAINT fk_activities_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_activities_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_activities_activitykind CHECK (kind IN ({ACTIVITYKIND})),
        CONSTRAINT ck_activities_precision CHECK (done_precision IN ({PRECISION}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, of("activities", "case_id", "cases", "id"))),
        insert=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_activities_group_id_case_id_recorded_at_id"
            " ON activities (group_id, case_id, recorded_at, id)",
        ],
    ),
    Table(
        "activity_notes",
        f"""
        group_id UUID NOT NULL,
        activity_id UUID NOT NULL,
        audience TEXT[] NOT NULL,
        text BYTEA,
        done_from DATE,
        done_to DATE,
        done_precision VARCHAR(40) NOT NULL,
        CONSTRAINT ck_activity_notes_precision CHECK (done_precision IN ({PRECISION})),
        CONSTRAINT pk_activity_notes PRIMARY KEY (group_id, activity_id),
        CONSTRAINT fk_activity_notes_group_id_activity_id FOREIGN KEY(group_id, activity_id) REFERENCES activities
          (group_id, id),
        CONSTRAINT fk_activity_notes_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id)
        """,
        select=both(IN_GROUP, either(KEEPERS, both(MEMBERS, IN_AUDIENCE))),
        insert=both(IN_GROUP, SECRETARIAT),
    ),
)


def upgrade() -> None:
    for table in TABLES:
        table.create()
    _timeline()


def downgrade() -> None:
    op.execute("DROP VIEW timeline_entries")
    op.execute("DROP FUNCTION latest_day(date, date, text)")
    for table in reversed(TABLES):
        table.drop()


def _timeline() -> None:
    """Everything of a case in order, each part under its own table's row security. A date that is known to the year or
    month only stands at the end of it: what is dated to a day within it comes first."""
    op.execute("""
        CREATE FUNCTION latest_day(start date, "end" date, exactly text) RETURNS date
        LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT CASE exactly
          WHEN 'YEAR' THEN (start + interval '1 year - 1 day')::date
          WHEN 'QUARTER' THEN (start + interval '3 months - 1 day')::date
          WHEN 'MONTH' THEN (start + interval '1 month - 1 day')::date
          ELSE coalesce("end", start)
        END $$
    """)
    op.execute("REVOKE ALL ON FUNCTION latest_day(date, date, text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION latest_day(date, date, text) TO baraza_app")
    view(
        "timeline_entries",
        """
        SELECT c.group_id, c.id AS case_id, r.id, 'BROUGHT' AS kind, 1 AS step,
          latest_day(r.brought_on, r.brought_to, r.brought_precision) AS "on",
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
        """,
    )
