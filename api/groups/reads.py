"""Edges to groups and organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.groups.tables import (
    GroupPhase,
    GroupSettings,
    GroupStanding,
    Jurisdiction,
    Organisation,
    OrganisationAlias,
    OrganisationLink,
    WorkingGroup,
)
from api.seat import NETWORK
from api.store.edges import Order, ToMany, ToOne, newest_first

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select

groups = ToMany(
    WorkingGroup,
    (Order(WorkingGroup.code), Order(WorkingGroup.id)),
    default=30,
    where=(WorkingGroup.id != NETWORK,),
)
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
below = (Order(OrganisationLink.kind), Order(OrganisationLink.id))
links = ToMany(OrganisationLink, below, source="id", target=OrganisationLink.organisation_id)
links_below = ToMany(OrganisationLink, below, source="id", target=OrganisationLink.parent_id)
sponsor = ToOne(Organisation, "sponsor_id", Organisation.id)
parent = ToOne(Organisation, "parent_id", Organisation.id)
standings = ToMany(
    GroupStanding, newest_first(GroupStanding.since, then=GroupStanding.id), source="id", target=GroupStanding.group_id
)
phases = ToMany(
    GroupPhase, newest_first(GroupPhase.assessed_from, then=GroupPhase.id), source="id", target=GroupPhase.group_id
)
organisation = ToOne(Organisation, "organisation_id", Organisation.id)
group = ToOne(WorkingGroup, "group_id", WorkingGroup.id)


def group_ids() -> Select[Any]:
    """Every group of the network."""
    return select(WorkingGroup.id)


def tenants() -> Select[Any]:
    """Every group of the network, without the network itself."""
    return select(WorkingGroup.id).where(WorkingGroup.id != NETWORK).order_by(WorkingGroup.code)


def organisation_ids() -> Select[Any]:
    """Every organisation of the registry."""
    return select(Organisation.id)


def organisations_of(*organisation_ids: UUID) -> Select[Any]:
    return select(Organisation).where(Organisation.id.in_(organisation_ids))


def every_link() -> Any:
    """Child and parent of each link."""
    return select(OrganisationLink.organisation_id, OrganisationLink.parent_id)


def link_ids() -> Select[Any]:
    """Every link between organisations of the registry."""
    return select(OrganisationLink.id)


def whole() -> Select[Any]:
    """Every group's row."""
    return select(WorkingGroup).order_by(WorkingGroup.code)


def code_of(group_id: UUID) -> Select[Any]:
    return select(WorkingGroup.code).where(WorkingGroup.id == group_id)


def id_of(code: str) -> Select[Any]:
    return select(WorkingGroup.id).where(WorkingGroup.code == code, WorkingGroup.id != NETWORK)


def settings_of(group_id: UUID) -> Select[Any]:
    return select(GroupSettings).where(GroupSettings.group_id == group_id)


def group_of(group_id: UUID) -> Select[Any]:
    return select(WorkingGroup).where(WorkingGroup.id == group_id)


def group_called(code: str) -> Select[Any]:
    return select(WorkingGroup).where(WorkingGroup.code == code)


def organisation_called(matching_key: str) -> Select[Any]:
    """Under its name, or one of its others."""
    others = select(OrganisationAlias.organisation_id).where(OrganisationAlias.matching_key == matching_key)
    called = (Organisation.matching_key == matching_key) | Organisation.id.in_(others)
    return select(Organisation).where(called).order_by(Organisation.id)


def coverage(group_id: UUID, pcode: str, valid_from: date) -> Select[Any]:
    """The row to change, for who may change it."""
    key = (Jurisdiction.group_id == group_id, Jurisdiction.pcode == pcode, Jurisdiction.valid_from == valid_from)
    return select(Jurisdiction).where(*key).with_for_update()
