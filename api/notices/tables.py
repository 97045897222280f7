"""The outbox of everything that happens later or elsewhere, and the notices that it carries."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.notices.rules import NoticeKind
from api.store.base import Base, GroupId, Key


class OutboxItem(Base):
    """Written by an act in its own transaction, carried by the worker once it is due. Ids and codes only."""

    __tablename__ = "outbox_items"
    __table_args__ = (Index("ix_outbox_items_due", "group_id", "due_at", postgresql_where=text("done_at IS NULL")),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    due_at: Mapped[datetime]
    attempts: Mapped[int]
    done_at: Mapped[datetime | None]


class Notice(Base):
    """Tells an organisation what became of its request; its seats read it."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "group_id", "organisation_id", "at", "id"),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[NoticeKind]
    request_id: Mapped[UUID]
    at: Mapped[datetime]
