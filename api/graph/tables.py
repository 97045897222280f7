"""What the machinery of acts keeps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base, GroupId, Key


class AnsweredKey(Base):
    """What an operation with an idempotency key came to: ids and codes, no content. Kept at least 90 days."""

    __tablename__ = "answered_keys"
    __table_args__ = (Index(None, "group_id", "at"),)

    group_id: Mapped[GroupId]
    seat_id: Mapped[Key]
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[bytes]
    outcomes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime]
