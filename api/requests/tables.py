"""Requests: a table for each grade, so that the database alone decides who reads what (ARCHITECTURE §1)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.dates import DateWithPrecision, Precision
from api.requests.rules import (
    ActorKind,
    Channel,
    CountingUnit,
    IncidentClass,
    Reader,
    Reliability,
    RequestState,
    RequestType,
    SourceConnection,
    ToldPart,
    Urgency,
)
from api.seat import Category
from api.store.base import Base, GroupId, Key, Sealed, codes


class Request(Base):
    """The header: GROUP from TABLED on, before that its author's organisation and the secretariat."""

    __tablename__ = "requests"
    __table_args__ = (
        Index(None, "group_id", "brought_on", "id"),
        Index(None, "group_id", "state", "brought_on", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    state: Mapped[RequestState]
    title: Mapped[str]
    request_type: Mapped[RequestType]
    requester: Mapped[Category]
    urgency: Mapped[Urgency]
    incident_class: Mapped[IncidentClass | None]
    pcode: Mapped[str] = mapped_column(ForeignKey("places.pcode"))
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    occurred_precision: Mapped[Precision]
    occurred: Mapped[DateWithPrecision] = composite("occurred_from", "occurred_to", "occurred_precision")
    brought_on: Mapped[date]
    brought_to: Mapped[date | None]
    brought_precision: Mapped[Precision] = mapped_column(codes(Precision, "brought_precision"))
    brought: Mapped[DateWithPrecision] = composite("brought_on", "brought_to", "brought_precision")
    submitted_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class RequestArrival(Base):
    """SECRETARIAT, and the author's: how the request came, and when exactly; the header keeps the month."""

    __tablename__ = "request_arrivals"
    __table_args__ = (ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),)

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    channel: Mapped[Channel]
    brought_on: Mapped[date]
    brought_to: Mapped[date | None]
    brought_precision: Mapped[Precision]
    brought: Mapped[DateWithPrecision] = composite("brought_on", "brought_to", "brought_precision")


class RequestAuthor(Base):
    """Who told us: narrow and never published, read by that organisation and the secretariat. Policies stand on it.
    Without an organisation it was entered by the secretariat for somebody, and is for nobody of its host."""

    __tablename__ = "request_authors"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        Index(None, "group_id", "organisation_id", "request_id"),
    )

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisations.id"))
    seat_id: Mapped[UUID]


class RequestNarrative(Base):
    """PILLAR: what happened, as told."""

    __tablename__ = "request_narratives"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        CheckConstraint("affected IS NULL OR affected >= 0", name="affected"),
    )

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    audience: Mapped[list[str]]
    text: Mapped[Sealed]
    wanted_action: Mapped[Sealed | None]
    alleged_actor_kind: Mapped[ActorKind | None]
    counting_unit: Mapped[CountingUnit | None]
    affected: Mapped[int | None]
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    occurred_precision: Mapped[Precision]
    occurred: Mapped[DateWithPrecision] = composite("occurred_from", "occurred_to", "occurred_precision")


class RequestPlace(Base):
    """SECRETARIAT: the exact place, as stated."""

    __tablename__ = "request_places"
    __table_args__ = (ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),)

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    stated: Mapped[Sealed]


class RequestSource(Base):
    """SECRETARIAT: who gave information, by code; the identity is the custodian's."""

    __tablename__ = "request_sources"
    __table_args__ = (ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),)

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    code: Mapped[str]
    connection: Mapped[SourceConnection]
    reliability: Mapped[Reliability | None]
    statement: Mapped[Sealed | None]


class TriageNote(Base):
    """SECRETARIAT: what the secretariat found at triage, and how much of the fact sheet's minimum there was, in %."""

    __tablename__ = "triage_notes"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        CheckConstraint("completeness BETWEEN 0 AND 100", name="completeness"),
    )

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    completeness: Mapped[int]
    text: Mapped[Sealed | None]


class Reading(Base):
    """SECRETARIAT, and the author's: that somebody of a pillar opened what was told, on a day. No seat stands here."""

    __tablename__ = "readings"
    __table_args__ = (ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),)

    group_id: Mapped[GroupId]
    request_id: Mapped[Key]
    day: Mapped[date] = mapped_column(primary_key=True)
    reader: Mapped[Reader] = mapped_column(primary_key=True)
    part: Mapped[ToldPart] = mapped_column(primary_key=True)
