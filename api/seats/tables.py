"""Who sits where, how somebody comes to a seat, and what the network may count of it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.seat import Category, Pillar
from api.store.base import Base, GroupId, Key, Sealed


class Person(Base):
    """Somebody with an account or a post in this group; never a victim or witness."""

    __tablename__ = "persons"

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    name: Mapped[str]
    invented: Mapped[bool]


class Seat(Base):
    """Person × group × organisation × pillar × category × roles × period. `subject` is the holder's hash
    (`api/identity.py`), null for a seat without login. A new representative gets a seat that succeeds the old one, so
    that what was done stays with whoever did it (D17); an alternate's seat stands in for its principal's."""

    __tablename__ = "seats"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "person_id"], ["persons.group_id", "persons.id"]),
        ForeignKeyConstraint(["group_id", "succeeds_id"], ["seats.group_id", "seats.id"]),
        ForeignKeyConstraint(["group_id", "principal_id"], ["seats.group_id", "seats.id"]),
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
    ended_at: Mapped[datetime | None]
    """When somebody ended it before its last day was over: its rights are gone at the next request."""
    succeeds_id: Mapped[UUID | None]
    principal_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}


class SeatTerm(Base):
    """Of a seat what the network may count: its pillar and its term, and neither person nor organisation. An
    alternate's seat has none: its place is its principal's."""

    __tablename__ = "seat_terms"
    __table_args__ = (ForeignKeyConstraint(["group_id", "seat_id"], ["seats.group_id", "seats.id"]),)

    group_id: Mapped[GroupId]
    seat_id: Mapped[Key]
    pillar: Mapped[Pillar | None]
    valid_from: Mapped[date]
    until: Mapped[date | None]
    """The first day on which it counts no more."""


class SeatTally(Base):
    """A view over the terms that run today: the seats of a group by pillar."""

    __tablename__ = "seat_tallies"
    __table_args__ = {"info": {"view": True}}

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    government: Mapped[int]
    private_sector: Mapped[int]
    civil_society: Mapped[int]
    without_pillar: Mapped[int]


class Invitation(Base):
    """The way to a seat for whoever holds its code: readable by who may invite, found by its hash at the door."""

    __tablename__ = "invitations"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "seat_id"], ["seats.group_id", "seats.id"]),
        UniqueConstraint("group_id", "seat_id"),
        Index(None, "code_hash"),
    )

    group_id: Mapped[GroupId]
    id: Mapped[Key]
    seat_id: Mapped[UUID]
    made_by: Mapped[UUID]
    code: Mapped[Sealed | None]
    code_hash: Mapped[str]
    expires_on: Mapped[date]
    accepted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}
