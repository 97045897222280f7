"""Events, who is said to be involved in them, how far that is borne out, and the parties of a case."""

from __future__ import annotations

from migrations.policies import (
    GROUP_READERS,
    IN_AUDIENCE,
    IN_GROUP,
    KEEPERS,
    MEMBERS,
    SECRETARIAT,
    Table,
    both,
    either,
    of,
    quoted,
    unwalled,
    wall,
)

revision = "2026_11_26_involvements"
down_revision: str | None = "2026_11_26_walls"

ACTORKIND = quoted("""
  ARMY POLICE MINING_POLICE IRREGULAR_STATE ARMED_GROUP PRIVATE_SECURITY INFORMAL_GUARD COMPANY COOPERATIVE
  AUTHORITY COMMUNITY UNKNOWN
""")
ALLEGATIONSTATUS = quoted("ALLEGED CREDIBLE CONFIRMED REFUTED")
CATEGORY = quoted("""
  SECURITY_FORCES GOVERNMENT_INSTITUTION LOCAL_AUTHORITY JUSTICE EMBASSY COMPANY COOPERATIVE TRADER
  CONCESSION_HOLDER BUSINESS_ASSOCIATION CSO RELIGIOUS_BODY COMMUNITY PARTNER DONOR INFORMAL_GUARD
  LOCAL_COMMITTEE MINER ARMED_GROUP
""")
COUNTINGUNIT = quoted("INDIVIDUAL FAMILY GROUP COMMUNITY PEOPLE EVENT")
DEGREE = quoted("""
  CARRIED_OUT ORDERED ACCOMPLICE PRESENT PLANNED SUSPECTED NO_CONTROL NO_ACTION NO_PREVENTION POLITICAL SPONSOR
""")
INCIDENTCLASS = quoted("""
  LIFE_INTEGRITY USE_OF_FORCE PROTEST_REPRESSION ILLEGAL_FORCES_PRESENCE HIRING_OF_FORCES COOPERATIVE_CLASH
  MILITARY_HARASSMENT ARMED_GROUP_ACTIVITY UNPAID_COMPENSATION LAND_EXPROPRIATION AGREEMENT_NOT_RESPECTED
  PARTIAL_AUTHORITY CHILD_LABOUR UNTRACED_MINERALS MINER_DISPUTE UNSAFE_SHAFT UNLAWFUL_PRESENCE SUSPENSION
  CORRUPTION_ILLEGAL_TAX SEXUAL_VIOLENCE ARBITRARY_DETENTION FORCED_LABOUR ARMED_GROUP_KILLING ROADBLOCK
  REPRISAL ENVIRONMENT
""")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
SOURCECONNECTION = quoted("""
  VICTIM WITNESS PERPETRATOR VICTIM_RELATIVE VICTIM_COLLEAGUE VICTIM_ORGANISATION PERPETRATOR_RELATIVE
  PERPETRATOR_COLLEAGUE PERPETRATOR_ORGANISATION THIRD_PARTY REPORTER LAWYER MEDICAL NGO UNKNOWN
""")
WRITTEN = both(IN_GROUP, SECRETARIAT)
PILLAR = both(IN_GROUP, either(KEEPERS, both(MEMBERS, IN_AUDIENCE)))
KEPT = both(IN_GROUP, KEEPERS)

TABLES = (
    Table(
        "events",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        incident_class VARCHAR(40) NOT NULL,
        pcode TEXT NOT NULL,
        occurred_from DATE,
        occurred_to DATE,
        occurred_precision VARCHAR(40) NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_events PRIMARY KEY (group_id, id),
        CONSTRAINT fk_events_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_events_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_events_pcode FOREIGN KEY(pcode) REFERENCES places (pcode),
        CONSTRAINT ck_events_incidentclass CHECK (incident_class IN ({INCIDENTCLASS})),
        CONSTRAINT ck_events_precision CHECK (occurred_precision IN ({PRECISION}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, of("events", "case_id", "cases", "id"))),
        insert=WRITTEN,
        indexes=[
            "CREATE INDEX ix_events_group_id_case_id_recorded_at_id ON events (group_id, case_id, recorded_at, id)",
            "CREATE INDEX ix_events_group_id_recorded_at_id ON events (group_id, recorded_at, id)",
        ],
    ),
    Table(
        "involvements",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        event_id UUID NOT NULL,
        organisation_id UUID,
        actor_kind VARCHAR(40) NOT NULL,
        degree VARCHAR(40) NOT NULL,
        act BYTEA,
        counting_unit VARCHAR(40),
        affected_at_least INTEGER,
        affected_at_most INTEGER,
        audience TEXT[] NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_involvements PRIMARY KEY (group_id, id),
        CONSTRAINT fk_involvements_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_involvements_group_id_event_id FOREIGN KEY(group_id, event_id) REFERENCES events (group_id, id),
        CONSTRAINT fk_involvements_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_involvements_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_involvements_actorkind CHECK (actor_kind IN ({ACTORKIND})),
        CONSTRAINT ck_involvements_degree CHECK (degree IN ({DEGREE})),
        CONSTRAINT ck_involvements_countingunit CHECK (counting_unit IN ({COUNTINGUNIT})),
        CONSTRAINT ck_involvements_affected CHECK (affected_at_least >= 0)
        """,
        select=PILLAR,
        insert=WRITTEN,
        indexes=[
            "CREATE INDEX ix_involvements_group_id_event_id_recorded_at_id"
            " ON involvements (group_id, event_id, recorded_at, id)",
        ],
    ),
    Table(
        "involvement_units",
        """
        group_id UUID NOT NULL,
        involvement_id UUID NOT NULL,
        case_id UUID NOT NULL,
        organisation_id UUID,
        stated BYTEA,
        CONSTRAINT pk_involvement_units PRIMARY KEY (group_id, involvement_id),
        CONSTRAINT fk_involvement_units_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_involvement_units_group_id_involvement_id FOREIGN KEY(group_id, involvement_id)
          REFERENCES involvements (group_id, id),
        CONSTRAINT fk_involvement_units_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_involvement_units_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id)
        """,
        select=KEPT,
        insert=WRITTEN,
    ),
    Table(
        "allegations",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        involvement_id UUID NOT NULL,
        number INTEGER NOT NULL,
        status VARCHAR(40) NOT NULL,
        stated_from DATE,
        stated_to DATE,
        stated_precision VARCHAR(40) NOT NULL,
        audience TEXT[] NOT NULL,
        recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT pk_allegations PRIMARY KEY (group_id, id),
        CONSTRAINT uq_allegations_group_id_involvement_id_number UNIQUE (group_id, involvement_id, number),
        CONSTRAINT fk_allegations_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_allegations_group_id_involvement_id FOREIGN KEY(group_id, involvement_id)
          REFERENCES involvements (group_id, id),
        CONSTRAINT fk_allegations_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_allegations_allegationstatus CHECK (status IN ({ALLEGATIONSTATUS})),
        CONSTRAINT ck_allegations_precision CHECK (stated_precision IN ({PRECISION}))
        """,
        select=PILLAR,
        insert=WRITTEN,
    ),
    Table(
        "allegation_sources",
        f"""
        group_id UUID NOT NULL,
        allegation_id UUID NOT NULL,
        case_id UUID NOT NULL,
        code TEXT NOT NULL,
        connection VARCHAR(40) NOT NULL,
        statement BYTEA,
        CONSTRAINT pk_allegation_sources PRIMARY KEY (group_id, allegation_id),
        CONSTRAINT fk_allegation_sources_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases
          (group_id, id),
        CONSTRAINT fk_allegation_sources_group_id_allegation_id FOREIGN KEY(group_id, allegation_id)
          REFERENCES allegations (group_id, id),
        CONSTRAINT fk_allegation_sources_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT ck_allegation_sources_sourceconnection CHECK (connection IN ({SOURCECONNECTION}))
        """,
        select=KEPT,
        insert=WRITTEN,
    ),
    Table(
        "case_parties",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        case_id UUID NOT NULL,
        side INTEGER NOT NULL,
        category VARCHAR(40) NOT NULL,
        organisation_id UUID,
        audience TEXT[] NOT NULL,
        CONSTRAINT pk_case_parties PRIMARY KEY (group_id, id),
        CONSTRAINT fk_case_parties_group_id_case_id FOREIGN KEY(group_id, case_id) REFERENCES cases (group_id, id),
        CONSTRAINT fk_case_parties_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_case_parties_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
        CONSTRAINT ck_case_parties_category CHECK (category IN ({CATEGORY})),
        CONSTRAINT ck_case_parties_side CHECK (side BETWEEN 1 AND 9)
        """,
        select=PILLAR,
        insert=WRITTEN,
        indexes=["CREATE INDEX ix_case_parties_group_id_case_id_side_id ON case_parties (group_id, case_id, side, id)"],
    ),
)


def upgrade() -> None:
    for table in TABLES:
        table.create()
        wall(table.name, unwalled("case_id"))


def downgrade() -> None:
    for table in reversed(TABLES):
        table.drop()
