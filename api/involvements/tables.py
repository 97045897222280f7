"""What happened and who is said to have had what part in it, each grade in a table of its own (HURIDOCS: event, act,
involvement, information)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.dates import DateWithPrecision, Precision
from api.involvements.rules import AllegationStatus, Degree
from api.requests.rules import ActorKind, CountingUnit, IncidentClass, SourceConnection
from api.seat import Category
from api.store.base import Base, GroupId, Key, Sealed


class Event(Base):
    """GROUP: that something happened, of what class, in which month and territory; a case may have several."""

    __tablename__ = "events"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        Index(None, "group_id", "case_id", "recorded_at", "id"),
        Index(None, "group_id", "recorded_at", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    case_id: Mapped[UUID]
    incident_class: Mapped[IncidentClass]
    pcode: Mapped[str] = mapped_column(ForeignKey("places.pcode"))
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    occurred_precision: Mapped[Precision]
    occurred: Mapped[DateWithPrecision] = composite("occurred_from", "occurred_to", "occurred_precision")
    recorded_at: Mapped[datetime]


class Involvement(Base):
    """PILLAR: that an institution, or an actor of some kind, is said to have done something in an event, and to whom,
    by counting unit only."""

    __tablename__ = "involvements"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        ForeignKeyConstraint(["group_id", "event_id"], ["events.group_id", "events.id"]),
        Index(None, "group_id", "event_id", "recorded_at", "id"),
        CheckConstraint("affected_at_least >= 0", name="affected"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    case_id: Mapped[UUID]
    event_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    actor_kind: Mapped[ActorKind]
    degree: Mapped[Degree]
    act: Mapped[Sealed | None]
    counting_unit: Mapped[CountingUnit | None]
    affected_at_least: Mapped[int | None]
    affected_at_most: Mapped[int | None]
    audience: Mapped[list[str]]
    recorded_at: Mapped[datetime]


class InvolvementUnit(Base):
    """SECRETARIAT: which unit of the institution it was."""

    __tablename__ = "involvement_units"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        ForeignKeyConstraint(["group_id", "involvement_id"], ["involvements.group_id", "involvements.id"]),
    )

    group_id: Mapped[GroupId]
    involvement_id: Mapped[Key]
    case_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    stated: Mapped[Sealed | None]


class Allegation(Base):
    """PILLAR: how far an involvement is borne out, as of a day; revised, the earlier versions stay."""

    __tablename__ = "allegations"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        ForeignKeyConstraint(["group_id", "involvement_id"], ["involvements.group_id", "involvements.id"]),
        UniqueConstraint("group_id", "involvement_id", "number"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    case_id: Mapped[UUID]
    involvement_id: Mapped[UUID]
    number: Mapped[int]
    status: Mapped[AllegationStatus]
    stated_from: Mapped[date | None]
    stated_to: Mapped[date | None]
    stated_precision: Mapped[Precision]
    stated: Mapped[DateWithPrecision] = composite("stated_from", "stated_to", "stated_precision")
    audience: Mapped[list[str]]
    recorded_at: Mapped[datetime]


class AllegationSource(Base):
    """SECRETARIAT: what a version of an allegation rests on, by the source's code."""

    __tablename__ = "allegation_sources"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        ForeignKeyConstraint(["group_id", "allegation_id"], ["allegations.group_id", "allegations.id"]),
    )

    group_id: Mapped[GroupId]
    allegation_id: Mapped[Key]
    case_id: Mapped[UUID]
    code: Mapped[str]
    connection: Mapped[SourceConnection]
    statement: Mapped[Sealed | None]


class CaseParty(Base):
    """PILLAR: who stands on which side of a case; an organisation of the registry, or people without one."""

    __tablename__ = "case_parties"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        Index(None, "group_id", "case_id", "side", "id"),
        CheckConstraint("side BETWEEN 1 AND 9", name="side"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    case_id: Mapped[UUID]
    side: Mapped[int]
    category: Mapped[Category]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    audience: Mapped[list[str]]
