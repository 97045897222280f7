"""Who did what, append-only; the chain stands beside the lines, so that neither is ever updated."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.audit.rules import AuditOutcome
from api.store.base import Base, GroupId, Key


class AuditLine(Base):
    """One act, written in its own transaction. Never content: an act's name, ids and a time."""

    __tablename__ = "audit_lines"
    __table_args__ = (Index(None, "group_id", "at", "id"),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    at: Mapped[datetime]
    seat_id: Mapped[UUID]
    act: Mapped[str]
    outcome: Mapped[AuditOutcome]
    subject_ids: Mapped[list[UUID]]


class AuditLink(Base):
    """The place of a line in its group's chain: `hash` covers the line and the link before it."""

    __tablename__ = "audit_links"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "line_id"], ["audit_lines.group_id", "audit_lines.id"]),
        Index(None, "group_id", "line_id", unique=True),
    )

    group_id: Mapped[GroupId]
    number: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[UUID]
    hash: Mapped[bytes]
