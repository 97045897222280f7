"""Edges to seats, and who may still act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import any_, literal, or_, select

from api.policy import KEEPERS
from api.seat import Role
from api.seats.tables import Invitation, Person, Seat, SeatTally, SeatTerm
from api.store.edges import Order, ToMany, ToOne, in_table, newest_first

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select

seats = ToMany(
    Seat,
    (Order(Seat.valid_from), Order(Seat.id)),
    default=50,
    filters={"pillar": Seat.pillar, "category": Seat.category},
)
of_organisation = ToMany(Seat, (Order(Seat.valid_from), Order(Seat.id)), source="id", target=Seat.organisation_id)
alternates = ToMany(Seat, (Order(Seat.valid_from), Order(Seat.id)), source="id", target=Seat.principal_id)
invitations = ToMany(Invitation, newest_first(Invitation.expires_on, then=Invitation.id))
own = ToOne(Seat, "id", Seat.id)
seat = ToOne(Seat, "seat_id", Seat.id)
succeeds = ToOne(Seat, "succeeds_id", Seat.id)
principal = ToOne(Seat, "principal_id", Seat.id)
person = ToOne(Person, "person_id", Person.id)
invitation = ToOne(Invitation, "id", Invitation.seat_id)
tally = ToOne(SeatTally, "id", SeatTally.group_id)


def keeping(group_id: UUID, on: date) -> Select[Any]:
    """The organisations whose seats keep the group's casework on that day."""
    lasts = or_(Seat.valid_to.is_(None), Seat.valid_to >= on)
    keeps = or_(*(literal(role.name) == any_(in_table(Seat.roles)) for role in Role if role in KEEPERS))
    here = (Seat.group_id == group_id, Seat.ended_at.is_(None), Seat.valid_from <= on, lasts, keeps)
    return select(Seat.organisation_id).where(*here).distinct()


def seat_ids() -> Select[Any]:
    """Every seat that the acting seat sees."""
    return select(Seat.id)


def among(group_id: UUID, seat_ids: Collection[UUID], on: date | None = None) -> Select[Any]:
    """Those of the seats that are the group's, and had not ended before that day; a seat may have been entered late."""
    found = select(Seat).where(Seat.group_id == group_id, Seat.id.in_(seat_ids)).order_by(Seat.id)
    if on is None:
        return found
    return found.where(or_(Seat.valid_to.is_(None), Seat.valid_to >= on))


def lasting(group_id: UUID, after: date) -> Select[Any]:
    """The group's seats that somebody holds and that outlast that day, locked: they are relied upon."""
    lasts = or_(Seat.valid_to.is_(None), Seat.valid_to > after)
    held = (Seat.group_id == group_id, Seat.subject.is_not(None), Seat.ended_at.is_(None), lasts)
    return select(Seat).where(*held).order_by(Seat.id).with_for_update()


def alternates_of(group_id: UUID, seat_id: UUID) -> Select[Any]:
    return select(Seat).where(Seat.group_id == group_id, Seat.principal_id == seat_id, Seat.ended_at.is_(None))


def successor_of(group_id: UUID, seat_id: UUID) -> Select[Any]:
    return select(Seat.id).where(Seat.group_id == group_id, Seat.succeeds_id == seat_id)


def term_of(group_id: UUID, seat_id: UUID) -> Select[Any]:
    return select(SeatTerm).where(SeatTerm.group_id == group_id, SeatTerm.seat_id == seat_id)


def shown() -> Select[Any]:
    """The invitation whose code was shown at the door; row security shows no other there."""
    return select(Invitation)


def of_invitation(invitation: Invitation) -> Select[Any]:
    return select(Seat).where(Seat.group_id == invitation.group_id, Seat.id == invitation.seat_id)
