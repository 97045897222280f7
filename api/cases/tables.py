"""Cases: header (GROUP), narrative (PILLAR), exact place (SECRETARIAT), what was done, and the timeline over it all."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.cases.rules import ActivityKind, CaseState, OecdRisk, TimelineKind
from api.dates import DateWithPrecision, Precision
from api.requests.rules import IncidentClass
from api.store.base import Base, GroupId, Key, Sealed


class Case(Base):
    """A matter taken up by decision: the header, GROUP."""

    __tablename__ = "cases"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        ForeignKeyConstraint(["group_id", "decision_id"], ["decisions.group_id", "decisions.id"]),
        UniqueConstraint("group_id", "number"),
        Index(None, "group_id", "opened_on", "id", postgresql_include=["pcode"]),
        Index(None, "group_id", "state", "opened_on", "id", postgresql_include=["pcode"]),
        Index(None, "group_id", "request_id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    number: Mapped[str]
    state: Mapped[CaseState]
    title: Mapped[str]
    incident_class: Mapped[IncidentClass]
    pcode: Mapped[str] = mapped_column(ForeignKey("places.pcode"))
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    occurred_precision: Mapped[Precision]
    occurred: Mapped[DateWithPrecision] = composite("occurred_from", "occurred_to", "occurred_precision")
    opened_on: Mapped[date]
    request_id: Mapped[UUID]
    decision_id: Mapped[UUID]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class CaseRisk(Base):
    """GROUP: the case's place in OECD Annex II; `reason` says why none."""

    __tablename__ = "case_risks"
    __table_args__ = (ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),)

    group_id: Mapped[GroupId]
    case_id: Mapped[Key]
    risk: Mapped[OecdRisk] = mapped_column(primary_key=True)
    reason: Mapped[str | None]


class CaseNarrative(Base):
    """PILLAR: what the case is about, as the group tells it."""

    __tablename__ = "case_narratives"
    __table_args__ = (ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),)

    group_id: Mapped[GroupId]
    case_id: Mapped[Key]
    audience: Mapped[list[str]]
    text: Mapped[Sealed]
    occurred_from: Mapped[date | None]
    occurred_to: Mapped[date | None]
    occurred_precision: Mapped[Precision]
    occurred: Mapped[DateWithPrecision] = composite("occurred_from", "occurred_to", "occurred_precision")


class CasePlace(Base):
    """SECRETARIAT: the exact place, as verified or as first stated."""

    __tablename__ = "case_places"
    __table_args__ = (ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),)

    group_id: Mapped[GroupId]
    case_id: Mapped[Key]
    stated: Mapped[Sealed]


class Activity(Base):
    """GROUP: kind and month of a step taken."""

    __tablename__ = "activities"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        Index(None, "group_id", "case_id", "recorded_at", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    case_id: Mapped[UUID]
    kind: Mapped[ActivityKind]
    done_from: Mapped[date | None]
    done_to: Mapped[date | None]
    done_precision: Mapped[Precision]
    done: Mapped[DateWithPrecision] = composite("done_from", "done_to", "done_precision")
    recorded_at: Mapped[datetime]


class ActivityNote(Base):
    """PILLAR: what was done, when exactly, and what came of it."""

    __tablename__ = "activity_notes"
    __table_args__ = (ForeignKeyConstraint(["group_id", "activity_id"], ["activities.group_id", "activities.id"]),)

    group_id: Mapped[GroupId]
    activity_id: Mapped[Key]
    audience: Mapped[list[str]]
    text: Mapped[Sealed | None]
    done_from: Mapped[date | None]
    done_to: Mapped[date | None]
    done_precision: Mapped[Precision]
    done: Mapped[DateWithPrecision] = composite("done_from", "done_to", "done_precision")


class TimelineEntry(Base):
    """A view over requests, agendas, decisions and activities, each by its own row security."""

    __tablename__ = "timeline_entries"
    __table_args__ = {"info": {"view": True}}

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[TimelineKind]
    on: Mapped[date]
    step: Mapped[int]
    on_from: Mapped[date | None]
    on_to: Mapped[date | None]
    on_precision: Mapped[Precision]
    date: Mapped[DateWithPrecision] = composite("on_from", "on_to", "on_precision")
    request_id: Mapped[UUID | None]
    meeting_id: Mapped[UUID | None]
    decision_id: Mapped[UUID | None]
    activity_id: Mapped[UUID | None]
