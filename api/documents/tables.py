"""Documents that front ends registered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base


class TrustedDocument(Base):
    """The text of a GraphQL document under the SHA-256 of its UTF-8, in hexadecimal; PostgreSQL holds them to it, so
    that nothing stands under another text's hash."""

    __tablename__ = "trusted_documents"
    __table_args__ = (CheckConstraint("hash = encode(sha256(convert_to(source, 'UTF8')), 'hex')", name="hash"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    front_end: Mapped[str]
    """The operator's name for who registered it first, or again after it was withdrawn."""
    added_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
