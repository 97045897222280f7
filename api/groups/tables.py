"""Working groups and the one registry of organisations."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, composite, mapped_column, synonym

from api.dates import DateWithPrecision, Precision
from api.groups.rules import FormalStatus, LinkKind, Phase, Standing, WorkingMode
from api.seat import Category
from api.store.base import Base, GroupId, Key, Sealed


class WorkingGroup(Base):
    """A tenant: the multistakeholder platform of a province or town, or the network itself. The network knows its
    name."""

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
        CheckConstraint("size_target BETWEEN 1 AND 1000", name="size_target"),
    )

    group_id: Mapped[GroupId]
    id = synonym("group_id")
    formal_status: Mapped[FormalStatus]
    working_mode: Mapped[WorkingMode]
    quorum_per_pillar: Mapped[int]
    completeness_to_table: Mapped[int]
    size_target: Mapped[int | None]
    """How many seats the group means to have."""
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


class GroupStanding(Base):
    """How far the group has joined the network, from a day on; the network's to read, and history stays."""

    __tablename__ = "group_standings"
    __table_args__ = (Index(None, "group_id", "since", "id"),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    standing: Mapped[Standing]
    since: Mapped[date]


class GroupPhase(Base):
    """A dated judgement of where the group is in its life; it may go back (X4, I0)."""

    __tablename__ = "group_phases"
    __table_args__ = (Index(None, "group_id", "assessed_from", "id"),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    phase: Mapped[Phase]
    assessed_from: Mapped[date]
    assessed_to: Mapped[date | None]
    assessed_precision: Mapped[Precision]
    assessed: Mapped[DateWithPrecision] = composite("assessed_from", "assessed_to", "assessed_precision")


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


class OrganisationLink(Base):
    """Whose unit or property an organisation is, as one source says: several may say otherwise (X9)."""

    __tablename__ = "organisation_links"
    __table_args__ = (Index(None, "organisation_id"), Index(None, "parent_id"))

    id: Mapped[Key]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    kind: Mapped[LinkKind]
    provenance: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
