"""Places of the network: OCHA's P-codes, provinces (ADM1) and territories and towns (ADM2)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.store.base import Base


class Place(Base):
    """A P-code node; the code set is in force from `valid_from`, the province may be younger or older."""

    __tablename__ = "places"
    __table_args__ = (
        CheckConstraint("level IN (1, 2)", name="level"),
        CheckConstraint("(level = 1) = (parent_pcode IS NULL)", name="parent"),
        Index(None, "parent_pcode", "pcode"),
    )

    pcode: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[int]
    parent_pcode: Mapped[str | None] = mapped_column(ForeignKey("places.pcode"))
    valid_from: Mapped[date]
