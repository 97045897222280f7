"""Edges to groups, organisations and seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from api.groups.tables import GroupSettings, Jurisdiction, Organisation, OrganisationAlias, Person, Seat, WorkingGroup
from api.store.edges import Order, ToMany, ToOne

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select

groups = ToMany(WorkingGroup, (Order(WorkingGroup.code), Order(WorkingGroup.id)), default=30)
settings = ToOne(GroupSettings, "id", GroupSettings.group_id)
jurisdictions = ToMany(
    Jurisdiction,
    (Order(Jurisdiction.pcode), Order(Jurisdiction.valid_from)),
    source="id",
    target=Jurisdiction.group_id,
)
organisations = ToMany(
    Organisation,
    (Order(Organisation.matching_key), Order(Organisation.id)),
    default=50,
    filters={"category": Organisation.category},
)
aliases = ToMany(
    OrganisationAlias,
    (Order(OrganisationAlias.matching_key),),
    source="id",
    target=OrganisationAlias.organisation_id,
)
seats = ToMany(
    Seat,
    (Order(Seat.valid_from), Order(Seat.id)),
    default=50,
    filters={"pillar": Seat.pillar, "category": Seat.category},
)
seats_of_organisation = ToMany(Seat, (Order(Seat.valid_from), Order(Seat.id)), source="id", target=Seat.organisation_id)
person = ToOne(Person, "person_id", Person.id)
organisation = ToOne(Organisation, "organisation_id", Organisation.id)
group = ToOne(WorkingGroup, "group_id", WorkingGroup.id)
seat = ToOne(Seat, "seat_id", Seat.id)


def group_ids() -> Select[Any]:
    """Every group of the network."""
    return select(WorkingGroup.id)


def whole() -> Select[Any]:
    """Every group's row."""
    return select(WorkingGroup).order_by(WorkingGroup.code)


def code_of(group_id: UUID) -> Select[Any]:
    return select(WorkingGroup.code).where(WorkingGroup.id == group_id)


def settings_of(group_id: UUID) -> Select[Any]:
    return select(GroupSettings).where(GroupSettings.group_id == group_id)


def seats_among(group_id: UUID, seat_ids: Collection[UUID], on: date | None = None) -> Select[Any]:
    """Those of the seats that are the group's, and had not ended before that day; a seat may have been entered late."""
    among = select(Seat).where(Seat.group_id == group_id, Seat.id.in_(seat_ids)).order_by(Seat.id)
    if on is None:
        return among
    return among.where(or_(Seat.valid_to.is_(None), Seat.valid_to >= on))
