"""Sites, visits and what was seen on them, and the view of what each ICGLR status is worth today."""

from __future__ import annotations

from alembic import op

from migrations.policies import GROUP_READERS, IN_AREA, IN_GROUP, SECRETARIAT, Table, both, either, of, quoted, view

revision = "2026_11_25_sites"
down_revision: str | None = "2026_11_25_network"

ACCESS = quoted("UNDER_TWO_HOURS OVER_TWO_HOURS CAR_OR_MOTORBIKE OTHER")
FREQUENCY = quoted("""
  PERMANENT DAILY SEVERAL_WEEKLY WEEKLY FORTNIGHTLY MONTHLY REGULAR IRREGULAR OCCASIONAL RANDOM HALF_YEARLY NEVER OTHER
""")
ICGLRSTATUS = quoted("GREEN YELLOW RED BLUE NONE OTHER")
ITSCISTATUS = quoted("ACTIVE SUSPENDED OTHER")
MINERAL = quoted("""
  GOLD CASSITERITE COLTAN WOLFRAMITE COPPER COBALT DIAMOND TOURMALINE MANGANESE MONAZITE AMETHYST SAPPHIRE SILVER LEAD
  NIOBIUM ZIRCON PYROCHLORE OTHER UNKNOWN
""")
OBSERVED = quoted("OBSERVED NONE_OBSERVED NOT_RECORDED")
PRECISION = quoted("DAY MONTH QUARTER YEAR INTERVAL ESTIMATE UNKNOWN")
PRESENCEKIND = quoted("""
  ARMY_UNDISCIPLINED ARMY_NO_INTERFERENCE ARMY_NO_DATA POLICE_UNDISCIPLINED POLICE_NO_INTERFERENCE POLICE_NO_DATA
  MINING_POLICE_UNDISCIPLINED MINING_POLICE_NO_INTERFERENCE MINING_POLICE_NO_DATA LOCAL_ARMED_GROUP FOREIGN_ARMED_GROUP
  OTHER
""")
SITEKIND = quoted("ASM SEMI_INDUSTRIAL LSM")
INTERFERENCES = (
    "taxation",
    "commerce_taxation",
    "entrance_taxation",
    "monopoly",
    "buying_minerals",
    "digging",
    "forced_labour",
    "pillaging",
)


def observed(table: str, *columns: str) -> str:
    """Three-valued columns with their checks."""
    return ", ".join(
        f"{column} VARCHAR(40) NOT NULL, CONSTRAINT ck_{table}_{column} CHECK ({column} IN ({OBSERVED}))"
        for column in columns
    )


TABLES = (
    Table(
        "sites",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        code TEXT NOT NULL,
        name TEXT NOT NULL,
        kind VARCHAR(40) NOT NULL,
        pcode TEXT,
        province_pcode TEXT,
        stated_province TEXT,
        stated_former_province TEXT,
        stated_territory TEXT,
        stated_chiefdom TEXT,
        stated_groupement TEXT,
        stated_village TEXT,
        longitude DOUBLE PRECISION,
        latitude DOUBLE PRECISION,
        location_origin TEXT,
        latest_visit_id UUID,
        last_visited_on DATE,
        status_visit_id UUID,
        icglr_status VARCHAR(40),
        icglr_expires_on DATE,
        version INTEGER NOT NULL,
        CONSTRAINT pk_sites PRIMARY KEY (group_id, id),
        CONSTRAINT uq_sites_group_id_code UNIQUE (group_id, code),
        CONSTRAINT fk_sites_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_sites_pcode FOREIGN KEY(pcode) REFERENCES places (pcode),
        CONSTRAINT fk_sites_province_pcode FOREIGN KEY(province_pcode) REFERENCES places (pcode),
        CONSTRAINT ck_sites_sitekind CHECK (kind IN ({SITEKIND})),
        CONSTRAINT ck_sites_icglrstatus CHECK (icglr_status IN ({ICGLRSTATUS})),
        CONSTRAINT ck_sites_longitude CHECK (longitude BETWEEN -180 AND 180),
        CONSTRAINT ck_sites_latitude CHECK (latitude BETWEEN -90 AND 90),
        CONSTRAINT ck_sites_point CHECK ((longitude IS NULL) = (latitude IS NULL))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, IN_AREA)),
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_sites_group_id_pcode_code ON sites (group_id, pcode, code)",
            "CREATE INDEX ix_sites_group_id_province_pcode_code ON sites (group_id, province_pcode, code)",
            "CREATE INDEX ix_sites_group_id_kind_code ON sites (group_id, kind, code)",
            "CREATE INDEX ix_sites_group_id_last_visited_on ON sites (group_id, last_visited_on)",
            "CREATE INDEX ix_sites_group_id_icglr_status_icglr_expires_on"
            " ON sites (group_id, icglr_status, icglr_expires_on)",
        ],
    ),
    Table(
        "site_visits",
        f"""
        group_id UUID NOT NULL,
        id UUID NOT NULL,
        site_id UUID NOT NULL,
        vid INTEGER NOT NULL,
        visited_on DATE NOT NULL,
        visited_to DATE,
        visited_precision VARCHAR(40) NOT NULL,
        source TEXT,
        project TEXT,
        on_site BOOLEAN,
        absence_reason TEXT,
        workers INTEGER,
        is_3t BOOLEAN,
        is_gold BOOLEAN,
        access_dry VARCHAR(40),
        access_dry_stated TEXT,
        access_wet VARCHAR(40),
        access_wet_stated TEXT,
        services TEXT[],
        services_stated TEXT,
        itsci VARCHAR(40),
        itsci_stated TEXT,
        traceability TEXT,
        icglr_status VARCHAR(40),
        icglr_expires_on DATE,
        qualification TEXT,
        children_work TEXT,
        women_work TEXT,
        {observed("site_visits", "presence", "interference", "children", "women", "mercury")},
        CONSTRAINT pk_site_visits PRIMARY KEY (group_id, id),
        CONSTRAINT uq_site_visits_group_id_vid UNIQUE (group_id, vid),
        CONSTRAINT fk_site_visits_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_site_visits_group_id_site_id FOREIGN KEY(group_id, site_id) REFERENCES sites (group_id, id),
        CONSTRAINT ck_site_visits_workers CHECK (workers >= 0),
        CONSTRAINT ck_site_visits_precision CHECK (visited_precision IN ({PRECISION})),
        CONSTRAINT ck_site_visits_access_dry CHECK (access_dry IN ({ACCESS})),
        CONSTRAINT ck_site_visits_access_wet CHECK (access_wet IN ({ACCESS})),
        CONSTRAINT ck_site_visits_itscistatus CHECK (itsci IN ({ITSCISTATUS})),
        CONSTRAINT ck_site_visits_icglrstatus CHECK (icglr_status IN ({ICGLRSTATUS}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, of("site_visits", "site_id", "sites", "id"))),
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_site_visits_group_id_site_id_visited_on_vid_id"
            " ON site_visits (group_id, site_id, visited_on, vid, id)",
        ],
    ),
    Table(
        "visit_minerals",
        f"""
        group_id UUID NOT NULL,
        visit_id UUID NOT NULL,
        position INTEGER NOT NULL,
        withdrawn BOOLEAN NOT NULL,
        mineral VARCHAR(40) NOT NULL,
        stated TEXT,
        selling_points TEXT,
        final_destination TEXT,
        CONSTRAINT pk_visit_minerals PRIMARY KEY (group_id, visit_id, position),
        CONSTRAINT fk_visit_minerals_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_visit_minerals_group_id_visit_id FOREIGN KEY(group_id, visit_id)
          REFERENCES site_visits (group_id, id),
        CONSTRAINT ck_visit_minerals_mineral CHECK (mineral IN ({MINERAL}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, of("visit_minerals", "visit_id", "site_visits", "id"))),
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
        indexes=[
            "CREATE INDEX ix_visit_minerals_group_id_mineral_visit_id ON visit_minerals (group_id, mineral, visit_id)",
        ],
    ),
    Table(
        "visit_presences",
        f"""
        group_id UUID NOT NULL,
        visit_id UUID NOT NULL,
        position INTEGER NOT NULL,
        withdrawn BOOLEAN NOT NULL,
        name TEXT,
        kind VARCHAR(40),
        kind_stated TEXT,
        state_force BOOLEAN,
        frequency VARCHAR(40),
        frequency_stated TEXT,
        {observed("visit_presences", *INTERFERENCES)},
        CONSTRAINT pk_visit_presences PRIMARY KEY (group_id, visit_id, position),
        CONSTRAINT fk_visit_presences_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
        CONSTRAINT fk_visit_presences_group_id_visit_id FOREIGN KEY(group_id, visit_id)
          REFERENCES site_visits (group_id, id),
        CONSTRAINT ck_visit_presences_presencekind CHECK (kind IN ({PRESENCEKIND})),
        CONSTRAINT ck_visit_presences_frequency CHECK (frequency IN ({FREQUENCY}))
        """,
        select=both(IN_GROUP, either(GROUP_READERS, of("visit_presences", "visit_id", "site_visits", "id"))),
        insert=both(IN_GROUP, SECRETARIAT),
        update=both(IN_GROUP, SECRETARIAT),
    ),
)


def upgrade() -> None:
    for table in TABLES:
        table.create()
    # Blue becomes red when it ends (order 677 of 12 November 2021), and is not just over.
    view(
        "site_statuses",
        """
        SELECT group_id, id AS visit_id, site_id, vid, icglr_status AS status, qualification AS stated,
          visited_on AS given_on, visited_to AS given_to, visited_precision AS given_precision,
          icglr_expires_on AS expires_on,
          CASE WHEN icglr_expires_on IS NULL OR icglr_expires_on > (now() AT TIME ZONE 'UTC')::date THEN icglr_status
            WHEN icglr_status = 'BLUE' THEN 'RED' ELSE 'EXPIRED' END AS standing
        FROM site_visits WHERE icglr_status IS NOT NULL
        """,
    )


def downgrade() -> None:
    op.execute("DROP VIEW site_statuses")
    for table in reversed(TABLES):
        table.drop()
