"""Decisions: what was decided (GROUP), and the reasoning and dissent (PILLAR)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from api.decisions.rules import DecisionKind, DecisionMode, Reason
from api.store.base import Base, GroupId, Key, Sealed


class Decision(Base):
    """A collective act at a meeting with quorum. It is never changed: another decision follows it."""

    __tablename__ = "decisions"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "meeting_id"], ["meetings.group_id", "meetings.id"]),
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        UniqueConstraint("group_id", "meeting_id", "request_id"),
        Index(None, "group_id", "request_id", "recorded_at", "id"),
        Index(None, "group_id", "meeting_id", "recorded_at", "id"),
        CheckConstraint("(mode = 'VOTE') = (votes_for IS NOT NULL)", name="votes"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    meeting_id: Mapped[UUID]
    request_id: Mapped[UUID]
    kind: Mapped[DecisionKind]
    mode: Mapped[DecisionMode]
    reason: Mapped[Reason | None]
    addressee: Mapped[str | None]
    seats_counted: Mapped[int]
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstaining: Mapped[int | None]
    recorded_at: Mapped[datetime]


class DecisionNote(Base):
    """Why, and who dissented: read by the seats of its audience."""

    __tablename__ = "decision_notes"
    __table_args__ = (ForeignKeyConstraint(["group_id", "decision_id"], ["decisions.group_id", "decisions.id"]),)

    group_id: Mapped[GroupId]
    decision_id: Mapped[Key]
    audience: Mapped[list[str]]
    reasoning: Mapped[Sealed]
    dissent: Mapped[Sealed | None]
