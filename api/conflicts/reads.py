"""Edges to conflicts, and what the wall is built from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from api.conflicts.rules import ROOTS, WALLING, Hides
from api.conflicts.tables import Conflict, ConflictGround, Disclosure, Sponsorship, StandIn, Turn, Wall
from api.store.edges import Order, ToMany, newest_first, oldest_first

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.dialects.postgresql import Insert

conflicts = ToMany(
    Conflict, newest_first(Conflict.recorded_at, then=Conflict.id), most=1_000, filters={"state": Conflict.state}
)
in_order = oldest_first(Conflict.recorded_at, then=Conflict.id)
of_request = ToMany(Conflict, in_order, source="id", target=Conflict.request_id)
of_case = ToMany(Conflict, in_order, source="id", target=Conflict.case_id)
grounds = ToMany(
    ConflictGround,
    oldest_first(ConflictGround.recorded_at, then=ConflictGround.id),
    source="id",
    target=ConflictGround.conflict_id,
)
disclosures = ToMany(
    Disclosure, (Order(Disclosure.organisation_id), Order(Disclosure.part)), source="id", target=Disclosure.case_id
)
sponsorships = ToMany(Sponsorship, newest_first(Sponsorship.recorded_at, then=Sponsorship.id))


def turn(group_id: UUID) -> Insert:
    """Fails by serialisation where somebody has taken a turn since the transaction's snapshot."""
    first = insert(Turn).values(group_id=group_id, taken=1)
    return first.on_conflict_do_update(index_elements=[Turn.group_id], set_={"taken": Turn.taken + 1})


def of(group_id: UUID, request_id: UUID) -> Select[Any]:
    """The conflicts with a request and the case that it became."""
    return (
        select(Conflict)
        .where(Conflict.group_id == group_id, Conflict.request_id == request_id)
        .order_by(Conflict.recorded_at, Conflict.id)
    )


def between(group_id: UUID, request_id: UUID, organisation_id: UUID) -> Select[Any]:
    """Those of one organisation."""
    return of(group_id, request_id).where(Conflict.organisation_id == organisation_id)


def grounds_of(group_id: UUID, conflict_id: UUID) -> Select[Any]:
    return select(ConflictGround.ground).where(
        ConflictGround.group_id == group_id, ConflictGround.conflict_id == conflict_id
    )


def roots(group_id: UUID) -> Any:
    """Whom the group's cases implicate by name: request, case, organisation and ground, where the conflict stands."""
    return (
        select(Conflict.request_id, Conflict.case_id, Conflict.organisation_id, ConflictGround.ground)
        .join(
            ConflictGround,
            (ConflictGround.group_id == Conflict.group_id) & (ConflictGround.conflict_id == Conflict.id),
        )
        .where(Conflict.group_id == group_id, Conflict.state.in_(WALLING), ConflictGround.ground.in_(ROOTS))
        .order_by(Conflict.recorded_at, Conflict.id)
    )


def sponsored(group_id: UUID) -> Any:
    """The sponsor and whom it sponsors, of each sponsorship."""
    return select(Sponsorship.sponsor_id, Sponsorship.organisation_id).where(Sponsorship.group_id == group_id)


def stood_in_for(group_id: UUID, seat_id: UUID) -> Select[Any]:
    """The cases and requests that a seat keeps in the place of the secretariat."""
    its = (StandIn.group_id == group_id, StandIn.seat_id == seat_id, StandIn.ended_at.is_(None))
    return select(StandIn.record_id).where(*its)


def standing_in(group_id: UUID, record_id: UUID) -> Select[Any]:
    """Who keeps a case or request in the place of the secretariat."""
    now = (StandIn.group_id == group_id, StandIn.record_id == record_id, StandIn.ended_at.is_(None))
    return select(StandIn).where(*now)


def wall(group_id: UUID, organisation_id: UUID, record_id: UUID) -> Select[Any]:
    key = (Wall.group_id == group_id, Wall.organisation_id == organisation_id, Wall.record_id == record_id)
    return select(Wall).where(*key)


def walled(group_id: UUID, record_id: UUID) -> Select[Any]:
    """The organisations that lose sight of a case or a request."""
    here = (Wall.group_id == group_id, Wall.record_id == record_id, Wall.hides != Hides.NOTHING)
    return select(Wall.organisation_id).where(*here)


def shown(group_id: UUID, organisation_id: UUID, case_id: UUID) -> Select[Any]:
    """The parts of the case that the group shows the organisation."""
    key = (
        Disclosure.group_id == group_id,
        Disclosure.organisation_id == organisation_id,
        Disclosure.case_id == case_id,
    )
    return select(Disclosure.part).where(*key)
