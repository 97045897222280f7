"""Decisions: what was decided, and who was recused (GROUP), and the reasoning and dissent (PILLAR)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped

from api.decisions.rules import ON_REQUESTS, DecisionKind, DecisionMode, Reason
from api.store.base import Base, GroupId, Key, Sealed


class Decision(Base):
    """A collective act at a meeting with quorum. It is never changed: another decision follows it."""

    __tablename__ = "decisions"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "meeting_id"], ["meetings.group_id", "meetings.id"]),
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        Index(
            "uq_decisions_on_requests",
            "group_id",
            "meeting_id",
            "request_id",
            unique=True,
            postgresql_where=text("kind IN ({})".format(", ".join(f"'{kind.name}'" for kind in ON_REQUESTS))),
        ),
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


class Recusal(Base):
    """GROUP: a seat that was there and, its organisation being in conflict with the matter, neither counted nor
    voted."""

    __tablename__ = "recusals"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "decision_id"], ["decisions.group_id", "decisions.id"]),
        ForeignKeyConstraint(["group_id", "seat_id"], ["seats.group_id", "seats.id"]),
    )

    group_id: Mapped[GroupId]
    decision_id: Mapped[Key]
    seat_id: Mapped[Key]
