"""Who looked at what was told of a request: by pillar and day, for whoever told it, and nobody's name."""

from __future__ import annotations

from migrations.policies import GROUP_READERS, IN_GROUP, KEEPERS, Table, both, brought, either, quoted, unwalled, wall

revision = "2026_11_26_readings"
down_revision: str | None = "2026_11_26_sight"

READER = quoted("SECRETARIAT CUSTODIAN GOVERNMENT PRIVATE_SECTOR CIVIL_SOCIETY OTHER")
TOLDPART = quoted("NARRATIVE EXACT_PLACE SOURCE")
READINGS = Table(
    "readings",
    f"""
    group_id UUID NOT NULL,
    request_id UUID NOT NULL,
    day DATE NOT NULL,
    reader VARCHAR(40) NOT NULL,
    part VARCHAR(40) NOT NULL,
    CONSTRAINT pk_readings PRIMARY KEY (group_id, request_id, day, reader, part),
    CONSTRAINT fk_readings_group_id_request_id FOREIGN KEY(group_id, request_id) REFERENCES requests (group_id, id),
    CONSTRAINT fk_readings_group_id FOREIGN KEY(group_id) REFERENCES working_groups (id),
    CONSTRAINT ck_readings_reader CHECK (reader IN ({READER})),
    CONSTRAINT ck_readings_toldpart CHECK (part IN ({TOLDPART}))
    """,
    select=both(IN_GROUP, either(KEEPERS, brought("request_id"))),
    insert=both(IN_GROUP, GROUP_READERS),
)


def upgrade() -> None:
    READINGS.create()
    wall("readings", either(unwalled("request_id"), brought("request_id")))


def downgrade() -> None:
    READINGS.drop()
