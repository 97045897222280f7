"""Documents that front ends registered by their hash."""

from __future__ import annotations

from migrations.policies import NETWORK_ADMIN, WORKER, Table, either

revision = "2026_11_25_documents"
down_revision: str | None = "2026_11_25_agenda"

DOCUMENTS = Table(
    "trusted_documents",
    """
    hash TEXT NOT NULL,
    source TEXT NOT NULL,
    front_end TEXT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_trusted_documents PRIMARY KEY (hash),
    CONSTRAINT ck_trusted_documents_hash CHECK (hash = encode(sha256(convert_to(source, 'UTF8')), 'hex'))
    """,
    select=either(WORKER, NETWORK_ADMIN),
    insert=NETWORK_ADMIN,
    update=NETWORK_ADMIN,
)


def upgrade() -> None:
    DOCUMENTS.create()


def downgrade() -> None:
    DOCUMENTS.drop()
