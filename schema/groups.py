"""Working groups, the registry of organisations, and seats."""

from __future__ import annotations

from datetime import date
from typing import Any

import strawberry
from strawberry import Info

from api.graph.connections import Connection
from api.graph.declare import code_list, column, labelled, published, roots, to_many, to_one
from api.groups import reads, tables
from api.groups.rules import FormalStatus, WorkingMode
from api.places import reads as places
from api.seat import Category, Pillar, Role
from api.store.edges import ToOne
from schema.nodes import Node
from schema.places import Place
from schema.scalars import DateWithPrecision

labelled(FormalStatus, "Whether an authority has recognised the group.")
labelled(WorkingMode, "How a group follows up.")


@published(tables.Jurisdiction, "A place that a group covers, with dates.")
class Jurisdiction:
    valid_from: date = column("First day.")
    valid_to: date | None = column("Last day; null while it lasts.")
    place: Place | None = to_one(places.of("pcode"), "The province or territory.")


@published(tables.GroupSettings, "How a group works.")
class GroupSettings:
    formal_status: FormalStatus = column("Whether an authority has recognised it.")
    working_mode: WorkingMode = column("How it follows up.")
    quorum_per_pillar: int = column("How many voting seats of each pillar a decision needs.")
    completeness_to_table: int = column("Per cent of the fact sheet's minimum that tabling needs without a reason.")
    founded: DateWithPrecision = column("When the group was founded.")
    version: int = column("Version of the settings.")


@published(tables.WorkingGroup, "A Working Group on the Voluntary Principles, of a province or town.")
class WorkingGroup(Node):
    code: str = column("Short code, for example sk; case numbers begin with it.")
    name_fr: str = column("Name in French.")
    name_en: str = column("Name in English.")
    settings: GroupSettings | None = to_one(reads.settings, "How it works; null for another group's.")
    jurisdictions: Connection[Jurisdiction] = to_many(reads.jurisdictions, "What it covers.")


@published(tables.OrganisationAlias, "Another name, spelling or acronym of an organisation.")
class OrganisationAlias:
    name: str = column("The name as spelt.")


@published(tables.Person, "Somebody who holds a seat or a post; never a victim or witness.")
class Person(Node):
    name: str = column("Name.")
    invented: bool = column("Whether the person is invented for the demonstration.")


@published(tables.Seat, "Person × group × organisation × pillar × category × roles × period.")
class Seat(Node):
    pillar: Pillar | None = column("Pillar.")
    category: Category = column("Category.")
    roles: list[Role] = code_list(Role, "What the seat may be asked to do.", of="roles")
    area: str | None = column("P-code of the territory that a focal point answers for.")
    valid_from: date = column("First day of the seat.")
    valid_to: date | None = column("Last day; null while it lasts.")
    version: int = column("Version of the row.")
    person: Person | None = to_one(reads.person, "Who holds it.")
    organisation: Organisation | None = to_one(reads.organisation, "Whom the holder represents.")
    group: WorkingGroup | None = to_one(reads.group, "The group that it is in.")


@published(tables.Organisation, "A company, cooperative, service, embassy, NGO or unit; one registry for the network.")
class Organisation(Node):
    name: str = column("Name.")
    category: Category = column("Kind of organisation.")
    fictive: bool = column("Whether it is invented for the demonstration.")
    aliases: Connection[OrganisationAlias] = to_many(reads.aliases, "Its other names.")
    seats: Connection[Seat] = to_many(reads.seats_of_organisation, "Its seats in the acting seat's group.")


@strawberry.input(description="Which organisations.")
class OrganisationFilter:
    category: list[Category] | None = strawberry.field(default=None, description="Kinds of organisation.")


@strawberry.input(description="Which seats.")
class SeatFilter:
    pillar: list[Pillar] | None = strawberry.field(default=None, description="Pillars.")
    category: list[Category] | None = strawberry.field(default=None, description="Categories.")


MINE = ToOne(tables.Seat, "id", tables.Seat.id)


@strawberry.type
class GroupQuery:
    groups: Connection[WorkingGroup] = roots(reads.groups, "The groups of the network, by code.")
    organisations: Connection[Organisation] = roots(
        reads.organisations, "The registry of organisations, by name.", OrganisationFilter
    )
    seats: Connection[Seat] = roots(reads.seats, "The seats of the group.", SeatFilter)

    @strawberry.field(description="The seat that this operation acts from.")
    async def acting_seat(self, info: Info[Any, None]) -> Seat | None:
        found: Seat | None = await info.context.loader.one(MINE, info.context.operation.seat.id)
        return found
