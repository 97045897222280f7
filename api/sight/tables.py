"""What the acting seat sees, and by what."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from api.sight.rules import SightGround, SightPart
from api.store.base import Base


class Sight(Base):
    """A view over cases, requests and their parts: a row for each ground on which the asking seat sees one."""

    __tablename__ = "sights"
    __table_args__ = {"info": {"view": True}}

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[SightPart] = mapped_column(primary_key=True)
    ground: Mapped[SightGround] = mapped_column(primary_key=True)
