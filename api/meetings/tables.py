"""Meetings, their agendas and who was there."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, composite, mapped_column

from api.dates import DateWithPrecision, Precision
from api.meetings.rules import MeetingKind, MeetingState, TakenOff
from api.store.base import Base, GroupId, Key, Sealed


class Meeting(Base):
    """A session of the group; its date as exactly as it is known."""

    __tablename__ = "meetings"
    __table_args__ = (Index(None, "group_id", "scheduled_on", "id"),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    kind: Mapped[MeetingKind]
    state: Mapped[MeetingState]
    scheduled_on: Mapped[date]
    held_from: Mapped[date | None]
    held_to: Mapped[date | None]
    held_precision: Mapped[Precision]
    held: Mapped[DateWithPrecision] = composite("held_from", "held_to", "held_precision")
    venue: Mapped[str | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class AgendaItem(Base):
    """A request on an agenda: once a meeting, with the version of the fact sheet that was shown."""

    __tablename__ = "agenda_items"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "meeting_id"], ["meetings.group_id", "meetings.id"]),
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        UniqueConstraint("group_id", "meeting_id", "request_id"),
        Index(None, "group_id", "request_id", "tabled_at", "id"),
        Index(None, "group_id", "meeting_id", "tabled_at", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    meeting_id: Mapped[UUID]
    request_id: Mapped[UUID]
    request_version: Mapped[int]
    tabled_at: Mapped[datetime]


class AgendaNote(Base):
    """SECRETARIAT: why a request was tabled below the group's minimum."""

    __tablename__ = "agenda_notes"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "agenda_item_id"], ["agenda_items.group_id", "agenda_items.id"]),
    )

    group_id: Mapped[GroupId]
    agenda_item_id: Mapped[Key]
    incomplete_reason: Mapped[Sealed]


class AgendaRemoval(Base):
    """Why a request came off an agenda undecided. The item stays: the request was on it."""

    __tablename__ = "agenda_removals"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "agenda_item_id"], ["agenda_items.group_id", "agenda_items.id"]),
    )

    group_id: Mapped[GroupId]
    agenda_item_id: Mapped[Key]
    reason: Mapped[TakenOff]
    taken_off_at: Mapped[datetime]


class Attendance(Base):
    """A seat that was present."""

    __tablename__ = "attendances"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "meeting_id"], ["meetings.group_id", "meetings.id"]),
        ForeignKeyConstraint(["group_id", "seat_id"], ["seats.group_id", "seats.id"]),
    )

    group_id: Mapped[GroupId]
    meeting_id: Mapped[Key]
    seat_id: Mapped[Key]
