"""Conflicts of interest and their grounds, the walls that they close, and what is shown through these."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.conflicts.rules import ConflictState, DisclosurePart, Ground, Hides
from api.store.base import Base, GroupId, Key, Sealed


class Wall(Base):
    """What an organisation does not see of a case, or of the request that became it (`record_id` is either). Narrow and
    never published: every other policy stands on it (SECURITY §6)."""

    __tablename__ = "walls"

    group_id: Mapped[GroupId]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    record_id: Mapped[Key]
    hides: Mapped[Hides]


class Turn(Base):
    """Written by each act that implicates organisations in the group's cases, so that of two at once the second is done
    again and sees what the first wrote: acts keep the snapshot that they began with. Never published."""

    __tablename__ = "turns"

    group_id: Mapped[GroupId]
    taken: Mapped[int]


class Conflict(Base):
    """SECRETARIAT, and the organisation's own where it is `known` to it: an organisation in conflict with a case, or
    with a request that may become one. Whoever recorded it sees it too."""

    __tablename__ = "conflicts"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "request_id"], ["requests.group_id", "requests.id"]),
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        Index(None, "group_id", "recorded_at", "id"),
        Index(None, "group_id", "request_id", "recorded_at", "id"),
        Index(None, "group_id", "case_id", "recorded_at", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    request_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    state: Mapped[ConflictState]
    known: Mapped[bool]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class ConflictGround(Base):
    """SECRETARIAT, and whoever wrote it: why there is a conflict, or why it is contested."""

    __tablename__ = "conflict_grounds"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "conflict_id"], ["conflicts.group_id", "conflicts.id"]),
        Index(None, "group_id", "conflict_id", "recorded_at", "id"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    conflict_id: Mapped[UUID]
    ground: Mapped[Ground]
    text: Mapped[Sealed | None]
    recorded_by: Mapped[UUID]
    recorded_at: Mapped[datetime]


class Disclosure(Base):
    """What the group decided to show an organisation of a case through its wall; the secretariat's and the
    organisation's own."""

    __tablename__ = "disclosures"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "case_id"], ["cases.group_id", "cases.id"]),
        ForeignKeyConstraint(["group_id", "decision_id"], ["decisions.group_id", "decisions.id"]),
        Index(None, "group_id", "case_id", "organisation_id", "part"),
    )

    group_id: Mapped[GroupId]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    case_id: Mapped[Key]
    part: Mapped[DisclosurePart] = mapped_column(primary_key=True)
    decision_id: Mapped[UUID]


class StandIn(Base):
    """SECRETARIAT, and the seat's own: a seat that keeps a case, or the request that became it (`record_id` is either),
    in the place of a secretariat whose organisation is walled from it, until that wall is lifted. Policies stand on it.
    """

    __tablename__ = "stand_ins"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "seat_id"], ["seats.group_id", "seats.id"]),
        ForeignKeyConstraint(["group_id", "decision_id"], ["decisions.group_id", "decisions.id"]),
    )

    group_id: Mapped[GroupId]
    seat_id: Mapped[Key]
    record_id: Mapped[Key]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    decision_id: Mapped[Key]
    ended_at: Mapped[datetime | None]


class Sponsorship(Base):
    """SECRETARIAT: who stands behind an organisation, as stated or only suspected (study §5.1, fn 29)."""

    __tablename__ = "sponsorships"
    __table_args__ = (Index(None, "group_id", "recorded_at", "id"),)

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    sponsor_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    suspected: Mapped[bool]
    text: Mapped[Sealed | None]
    recorded_at: Mapped[datetime]
