"""Working groups, the registry of organisations, and who sits where."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.dates import DateWithPrecision, Precision
from api.groups.rules import FormalStatus, WorkingMode
from api.seat import Category, Pillar
from api.store.base import Base, GroupId, Key, Sealed


class WorkingGroup(Base):
    """A tenant: the multistakeholder platform of a province or town. The network knows its name."""

    __tablename__ = "working_groups"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    key_check: Mapped[Sealed]
    """A known word under the group's key: what opens it, opens the group's narratives."""


class GroupSettings(Base):
    """How one group works (DOMAIN 3.2); its own matter."""

    __tablename__ = "group_settings"
    __table_args__ = (
        CheckConstraint("quorum_per_pillar BETWEEN 0 AND 20", name="quorum"),
        CheckConstraint("completeness_to_table BETWEEN 0 AND 100", name="completeness"),
    )

    group_id: Mapped[GroupId]
    formal_status: Mapped[FormalStatus]
    working_mode: Mapped[WorkingMode]
    quorum_per_pillar: Mapped[int]
    completeness_to_table: Mapped[int]
    founded_from: Mapped[date | None]
    founded_to: Mapped[date | None]
    founded_precision: Mapped[Precision]
    founded: Mapped[DateWithPrecision] = composite("founded_from", "founded_to", "founded_precision")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class Jurisdiction(Base):
    """A P-code that a group covers, with dates; groups may overlap."""

    __tablename__ = "jurisdictions"

    group_id: Mapped[GroupId]
    pcode: Mapped[str] = mapped_column(ForeignKey("places.pcode"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]


class Organisation(Base):
    """A company, cooperative, service, embassy, NGO or unit in the one registry of the network."""

    __tablename__ = "organisations"

    id: Mapped[Key]
    name: Mapped[str]
    matching_key: Mapped[str] = mapped_column(unique=True)
    category: Mapped[Category]
    fictive: Mapped[bool]


class OrganisationAlias(Base):
    """Another name, spelling or acronym."""

    __tablename__ = "organisation_aliases"
    __table_args__ = (Index(None, "matching_key"),)

    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    matching_key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Person(Base):
    """Somebody with an account or a post in this group; never a victim or witness."""

    __tablename__ = "persons"

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    name: Mapped[str]
    invented: Mapped[bool]


class Seat(Base):
    """Person × group × organisation × pillar × category × roles × period. `subject` is the holder's hash
    (`api/identity.py`), null for a seat without login."""

    __tablename__ = "seats"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "person_id"], ["persons.group_id", "persons.id"]),
        Index(None, "subject"),
        Index(None, "group_id", "organisation_id"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    person_id: Mapped[UUID]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    pillar: Mapped[Pillar | None]
    category: Mapped[Category]
    roles: Mapped[list[str]]
    area: Mapped[str | None] = mapped_column(ForeignKey("places.pcode"))
    subject: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}
