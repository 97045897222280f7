"""The bodies that a group works with: committees in a tree, their members and instruments."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import strawberry
from strawberry import Info

from api.graph.acts import act, argument
from api.graph.connections import Connection
from api.graph.declare import column, labelled, published, roots, to_many, to_one
from api.groups import reads as groups
from api.places import reads as places
from api.structures import actions, reads, tables
from api.structures.rules import StructureKind
from schema.groups import Organisation
from schema.nodes import Node, made, referred
from schema.places import Place
from schema.refusals import AnyRefusal, result
from schema.scalars import DateWithPrecision, DateWithPrecisionInput

labelled(StructureKind, "The kind of a structure.")


@published(tables.Instrument, "A law, decree or standard that a structure stands on.")
class Instrument(Node):
    number: str = column("Its number.")
    authority: str = column("Who gave it.")
    dated: date = column("Its date.")
    structure: Annotated["Structure", strawberry.lazy("schema.structures")] | None = to_one(
        reads.structure, "What stands on it."
    )


@published(tables.StructureMember, "An organisation in a structure, with dates.")
class StructureMember(Node):
    valid_from: date = column("First day.")
    valid_to: date | None = column("Last day; null while it lasts.")
    version: int = column("Version of the row: name it when you change it.")
    organisation: Organisation | None = to_one(groups.organisation, "Who.")
    structure: Annotated["Structure", strawberry.lazy("schema.structures")] | None = to_one(reads.structure, "Where.")


@published(tables.Structure, "A committee of a province, a territory or a site, or a fund beside it.")
class Structure(Node):
    kind: StructureKind = column("Its kind.")
    name: str = column("Its name.")
    theme: str | None = column("What a thematic sub-committee is about.")
    since: DateWithPrecision = column("When it was set up.")
    place: Place | None = to_one(places.of("pcode"), "Province or territory.")
    organisation: Organisation | None = to_one(groups.organisation, "Its entry in the registry, where it has one.")
    parent: Annotated["Structure", strawberry.lazy("schema.structures")] | None = to_one(
        reads.parent, "What it stands under."
    )
    children: Connection[Annotated["Structure", strawberry.lazy("schema.structures")]] = to_many(
        reads.children, "What stands under it."
    )
    members: Connection[StructureMember] = to_many(reads.members, "Who has been in it, the longest first.")
    instruments: Connection[Instrument] = to_many(reads.instruments, "What it stands on, the latest first.")


@strawberry.input(description="Which structures.")
class StructureFilter:
    kind: list[StructureKind] | None = strawberry.field(default=None, description="Kinds.")
    pcode: list[str] | None = strawberry.field(default=None, description="P-codes.")


StructureResult = Annotated[Structure | AnyRefusal, result("StructureResult")]
StructureMemberResult = Annotated[StructureMember | AnyRefusal, result("StructureMemberResult")]
InstrumentResult = Annotated[Instrument | AnyRefusal, result("InstrumentResult")]


@strawberry.type
class StructureQuery:
    structures: Connection[Structure] = roots(reads.structures, "The group's structures, by kind.", StructureFilter)


@strawberry.type
class StructureMutation:
    @act("Set up a structure, under another or alone.", grant="structure.set_up")
    async def set_up_structure(
        self,
        info: Info[Any, None],
        kind: Annotated[StructureKind, strawberry.argument(description="Its kind.")],
        name: Annotated[str, argument("Its name.")],
        since: Annotated[DateWithPrecisionInput, strawberry.argument(description="When it was set up.")],
        structure_id: Annotated[strawberry.ID | None, argument("What it stands under.")] = None,
        organisation_id: Annotated[strawberry.ID | None, argument("Its entry in the registry.")] = None,
        pcode: Annotated[str | None, argument("P-code of its province or territory.", most=10)] = None,
        theme: Annotated[str | None, argument("What a sub-committee is about.")] = None,
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> StructureResult:
        return await actions.set_up(
            info.context.operation,
            structure_id=made(id, "Structure"),
            kind=kind,
            name=name,
            theme=theme,
            parent_id=referred(structure_id, "Structure", "structureId") if structure_id else None,
            organisation_id=referred(organisation_id, "Organisation", "organisationId") if organisation_id else None,
            pcode=pcode,
            since=since.value(),
        )

    @act("An organisation joins a structure.", grant="structure.change")
    async def admit_to_structure(
        self,
        info: Info[Any, None],
        structure_id: Annotated[strawberry.ID, argument("The structure.")],
        organisation_id: Annotated[strawberry.ID, argument("The organisation.")],
        valid_from: Annotated[date, strawberry.argument(description="First day.")],
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> StructureMemberResult:
        return await actions.admit(
            info.context.operation,
            member_id=made(id, "StructureMember"),
            structure_id=referred(structure_id, "Structure", "structureId"),
            organisation_id=referred(organisation_id, "Organisation", "organisationId"),
            valid_from=valid_from,
        )

    @act("An organisation leaves a structure; that it was there stays.", grant="structure.change")
    async def leave_structure(
        self,
        info: Info[Any, None],
        structure_member_id: Annotated[strawberry.ID, argument("The membership.")],
        version: Annotated[int, strawberry.argument(description="The version that the change is based on.")],
        on: Annotated[date, strawberry.argument(description="Its last day.")],
    ) -> StructureMemberResult:
        return await actions.leave(
            info.context.operation,
            member_id=referred(structure_member_id, "StructureMember", "structureMemberId"),
            version=version,
            on=on,
        )

    @act("Record the law or decree that a structure stands on.", grant="structure.change")
    async def record_instrument(
        self,
        info: Info[Any, None],
        structure_id: Annotated[strawberry.ID, argument("The structure.")],
        number: Annotated[str, argument("Its number.")],
        authority: Annotated[str, argument("Who gave it.")],
        dated: Annotated[date, strawberry.argument(description="Its date.")],
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> InstrumentResult:
        return await actions.found_on(
            info.context.operation,
            instrument_id=made(id, "Instrument"),
            structure_id=referred(structure_id, "Structure", "structureId"),
            number=number,
            authority=authority,
            dated=dated,
        )
