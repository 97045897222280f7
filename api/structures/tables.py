"""Committees and their members, with the instruments that they stand on. All of it is GROUP."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.dates import DateWithPrecision, Precision
from api.store.base import Base, GroupId, Key
from api.structures.rules import StructureKind


class Structure(Base):
    """A node of the tree: a committee of a province, a territory or a site, or the fund beside it (D30 to D33)."""

    __tablename__ = "structures"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "parent_id"], ["structures.group_id", "structures.id"]),
        Index(None, "group_id", "kind", "id"),
        Index(None, "group_id", "parent_id", "kind", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    kind: Mapped[StructureKind]
    name: Mapped[str]
    theme: Mapped[str | None]
    parent_id: Mapped[UUID | None]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    """The registry's entry for it, where it has one: a CLS may hold a seat."""
    pcode: Mapped[str | None] = mapped_column(ForeignKey("places.pcode"))
    since_from: Mapped[date | None]
    since_to: Mapped[date | None]
    since_precision: Mapped[Precision]
    since: Mapped[DateWithPrecision] = composite("since_from", "since_to", "since_precision")


class StructureMember(Base):
    """An organisation in a structure, with dates; it may leave and come back."""

    __tablename__ = "structure_members"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "structure_id"], ["structures.group_id", "structures.id"]),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
        Index(None, "group_id", "structure_id", "valid_from", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    structure_id: Mapped[UUID]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Instrument(Base):
    """A law, decree or standard that a structure stands on: number, date and authority (DOMAIN 3.22)."""

    __tablename__ = "instruments"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "structure_id"], ["structures.group_id", "structures.id"]),
        Index(None, "group_id", "structure_id", "dated", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    structure_id: Mapped[UUID]
    number: Mapped[str]
    authority: Mapped[str]
    dated: Mapped[date]
