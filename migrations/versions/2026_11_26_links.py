"""Whose unit or property an organisation is."""

from __future__ import annotations

from migrations.policies import NETWORK_ADMIN, SEATED, Table

revision = "2026_11_26_links"
down_revision: str | None = "2026_11_25_counts"

LINKS = Table(
    "organisation_links",
    """
    id UUID NOT NULL,
    organisation_id UUID NOT NULL,
    parent_id UUID NOT NULL,
    kind VARCHAR(40) NOT NULL,
    provenance TEXT NOT NULL,
    valid_from DATE,
    valid_to DATE,
    CONSTRAINT pk_organisation_links PRIMARY KEY (id),
    CONSTRAINT ck_organisation_links_linkkind CHECK (kind IN ('UNIT_OF', 'OWNED_BY')),
    CONSTRAINT fk_organisation_links_organisation_id FOREIGN KEY(organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_organisation_links_parent_id FOREIGN KEY(parent_id) REFERENCES organisations (id)
    """,
    select=SEATED,
    insert=NETWORK_ADMIN,
    indexes=[
        "CREATE INDEX ix_organisation_links_organisation_id ON organisation_links (organisation_id)",
        "CREATE INDEX ix_organisation_links_parent_id ON organisation_links (parent_id)",
    ],
)


def upgrade() -> None:
    LINKS.create()


def downgrade() -> None:
    LINKS.drop()
