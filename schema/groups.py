"""Working groups and the registry of organisations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Info

from api.graph.acts import act, argument, changed, given
from api.graph.connections import Connection
from api.graph.declare import column, labelled, published, roots, to_many, to_one
from api.groups import actions, reads, tables
from api.groups.rules import FormalStatus, LinkKind, Phase, Standing, WorkingMode
from api.places import reads as places
from api.seat import Category
from api.seats import reads as seats
from schema.nodes import Node, made, referred
from schema.places import Place
from schema.refusals import AnyRefusal, result
from schema.scalars import DateWithPrecision, DateWithPrecisionInput

if TYPE_CHECKING:
    from schema.seats import Seat, SeatTally

labelled(FormalStatus, "Whether an authority has recognised the group.")
labelled(WorkingMode, "How a group follows up.")
labelled(Standing, "How far a group has joined the network.")
labelled(LinkKind, "How one organisation stands below another.")
labelled(Phase, "Where a group is in its life; the phases are not linear.")


@published(tables.Jurisdiction, "A place that a group covers, with dates.")
class Jurisdiction:
    valid_from: date = column("First day.")
    valid_to: date | None = column("Last day; null while it lasts.")
    place: Place | None = to_one(places.of("pcode"), "The province or territory.")


@published(tables.GroupSettings, "How a group works.")
class GroupSettings(Node):
    formal_status: FormalStatus = column("Whether an authority has recognised it.")
    working_mode: WorkingMode = column("How it follows up.")
    quorum_per_pillar: int = column("How many voting seats of each pillar a decision needs.")
    completeness_to_table: int = column("Per cent of the fact sheet's minimum that tabling needs without a reason.")
    size_target: int | None = column("How many seats it means to have.")
    founded: DateWithPrecision = column("When the group was founded.")
    version: int = column("Version of the settings.")


@published(tables.GroupStanding, "How far a group has joined the network, from a day on.")
class GroupStanding(Node):
    standing: Standing = column("Candidate, forming, active, dormant or closed.")
    since: date = column("From this day on.")


@published(tables.GroupPhase, "A dated judgement of where a group is in its life; it may go back.")
class GroupPhase(Node):
    phase: Phase = column("The phase.")
    assessed: DateWithPrecision = column("When it was judged.")


@published(tables.WorkingGroup, "A Working Group on the Voluntary Principles, of a province or town.")
class WorkingGroup(Node):
    code: str = column("Short code, for example sk; case numbers begin with it.")
    name_fr: str = column("Name in French.")
    name_en: str = column("Name in English.")
    settings: GroupSettings | None = to_one(reads.settings, "How it works; null for another group's.")
    jurisdictions: Connection[Jurisdiction] = to_many(
        reads.jurisdictions, "What it covers; of other groups only the network's seats read it."
    )
    standings: Connection[GroupStanding] = to_many(
        reads.standings, "How far it has joined the network, the latest first; the network's seats read it of all."
    )
    phases: Connection[GroupPhase] = to_many(
        reads.phases, "Where it is in its life, the latest judgement first; the network's seats read it of all."
    )
    seat_tally: Annotated["SeatTally", strawberry.lazy("schema.seats")] | None = to_one(
        seats.tally, "How many seats run today, by pillar; of other groups only the network's seats read it."
    )


@published(tables.OrganisationAlias, "Another name, spelling or acronym of an organisation.")
class OrganisationAlias:
    name: str = column("The name as spelt.")


@published(tables.Organisation, "A company, cooperative, service, embassy, NGO or unit; one registry for the network.")
class Organisation(Node):
    name: str = column("Name.")
    category: Category = column("Kind of organisation.")
    fictive: bool = column("Whether it is invented for the demonstration.")
    aliases: Connection[OrganisationAlias] = to_many(reads.aliases, "Its other names.")
    links: Connection[Annotated["OrganisationLink", strawberry.lazy("schema.groups")]] = to_many(
        reads.links, "What it is a unit or the property of."
    )
    links_below: Connection[Annotated["OrganisationLink", strawberry.lazy("schema.groups")]] = to_many(
        reads.links_below, "Its units, and what it owns."
    )
    seats: Connection[Annotated["Seat", strawberry.lazy("schema.seats")]] = to_many(
        seats.of_organisation, "Its seats in the acting seat's group."
    )


@published(tables.OrganisationLink, "Whose unit or property an organisation is, as one source says.")
class OrganisationLink(Node):
    kind: LinkKind = column("A unit, or a property.")
    provenance: str = column("Where it is known from.")
    valid_from: date | None = column("First day; null where it is not known.")
    valid_to: date | None = column("Last day; null while it lasts.")
    organisation: Organisation | None = to_one(reads.organisation, "The unit, or what is owned.")
    parent: Organisation | None = to_one(reads.parent, "The force, or the owner.")


@strawberry.input(description="Which organisations.")
class OrganisationFilter:
    category: list[Category] | None = strawberry.field(default=None, description="Kinds of organisation.")


@strawberry.input(description="What changes in how a group works; what is left out stays.")
class SettingsChange:
    formal_status: FormalStatus | None = changed("Whether an authority has recognised it.")
    working_mode: WorkingMode | None = changed("How it follows up.")
    quorum_per_pillar: int | None = changed("How many voting seats of each pillar a decision needs.")
    completeness_to_table: int | None = changed("Per cent of the minimum that tabling needs without a reason.")
    size_target: int | None = changed("How many seats it means to have; null takes the target back.")


SettingsResult = Annotated[GroupSettings | AnyRefusal, result("SettingsResult")]
PhaseResult = Annotated[GroupPhase | AnyRefusal, result("PhaseResult")]
StandingResult = Annotated[GroupStanding | AnyRefusal, result("StandingResult")]
GroupResult = Annotated[WorkingGroup | AnyRefusal, result("GroupResult")]
OrganisationResult = Annotated[Organisation | AnyRefusal, result("OrganisationResult")]
OrganisationLinkResult = Annotated[OrganisationLink | AnyRefusal, result("OrganisationLinkResult")]


@strawberry.type
class GroupQuery:
    groups: Connection[WorkingGroup] = roots(reads.groups, "The groups of the network, by code.")
    organisations: Connection[Organisation] = roots(
        reads.organisations, "The registry of organisations, by name.", OrganisationFilter
    )


@strawberry.type
class GroupMutation:
    @act("Change how the group works; what was decided before stays decided.", grant="settings.change")
    async def change_settings(
        self,
        info: Info[Any, None],
        version: Annotated[int, strawberry.argument(description="The version that the change is based on.")],
        changes: Annotated[SettingsChange, strawberry.argument(description="What changes.")],
    ) -> SettingsResult:
        return await actions.change_settings(info.context.operation, version=version, changes=given(changes))

    @act("Judge where the group is in its life.", grant="group.assess")
    async def assess_phase(
        self,
        info: Info[Any, None],
        phase: Annotated[Phase, strawberry.argument(description="The phase.")],
        assessed: Annotated[DateWithPrecisionInput, strawberry.argument(description="When it was judged.")],
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> PhaseResult:
        return await actions.assess_phase(
            info.context.operation, phase_id=made(id, "GroupPhase"), phase=phase, assessed=assessed.value()
        )

    @act("For the network: say how far a group has joined.", grant="group.place")
    async def place_group(
        self,
        info: Info[Any, None],
        working_group_id: Annotated[strawberry.ID, argument("The group.")],
        standing: Annotated[Standing, strawberry.argument(description="How far.")],
        since: Annotated[date, strawberry.argument(description="From this day on.")],
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> StandingResult:
        return await actions.place_group(
            info.context.operation,
            standing_id=made(id, "GroupStanding"),
            group_id=referred(working_group_id, "WorkingGroup", "workingGroupId"),
            standing=standing,
            since=since,
        )

    @act(
        "For the network: a group covers a place from a day on; said again with a last day, it ends.",
        grant="group.cover",
    )
    async def cover_place(
        self,
        info: Info[Any, None],
        working_group_id: Annotated[strawberry.ID, argument("The group.")],
        pcode: Annotated[str, argument("P-code of the province or territory.", most=10)],
        valid_from: Annotated[date, strawberry.argument(description="First day.")],
        valid_to: Annotated[date | None, strawberry.argument(description="Last day; null while it lasts.")] = None,
    ) -> GroupResult:
        return await actions.cover(
            info.context.operation,
            group_id=referred(working_group_id, "WorkingGroup", "workingGroupId"),
            pcode=pcode,
            valid_from=valid_from,
            valid_to=valid_to,
        )

    @act("For the network: enter an organisation into the registry.", grant="organisation.register")
    async def register_organisation(
        self,
        info: Info[Any, None],
        name: Annotated[str, argument("Name.")],
        category: Annotated[Category, strawberry.argument(description="Kind of organisation.")],
        aliases: Annotated[
            list[str] | None,
            argument("Its other names, spellings and acronyms, of 200 characters each.", of="names"),
        ] = None,
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> OrganisationResult:
        return await actions.register_organisation(
            info.context.operation,
            organisation_id=made(id, "Organisation"),
            name=name,
            category=category,
            aliases=aliases or [],
            fictive=False,
        )

    @act("For the network: say whose unit or property an organisation is.", grant="organisation.link")
    async def link_organisations(
        self,
        info: Info[Any, None],
        organisation_id: Annotated[strawberry.ID, argument("The unit, or what is owned.")],
        parent_id: Annotated[strawberry.ID, argument("The force, or the owner.")],
        kind: Annotated[LinkKind, strawberry.argument(description="A unit, or a property.")],
        provenance: Annotated[str, argument("Where it is known from.", most=500)],
        valid_from: Annotated[date | None, strawberry.argument(description="First day, where it is known.")] = None,
        valid_to: Annotated[date | None, strawberry.argument(description="Last day; null while it lasts.")] = None,
        id: Annotated[strawberry.ID | None, argument("Id of the row to be.")] = None,
    ) -> OrganisationLinkResult:
        return await actions.link_organisations(
            info.context.operation,
            link_id=made(id, "OrganisationLink"),
            organisation_id=referred(organisation_id, "Organisation", "organisationId"),
            parent_id=referred(parent_id, "Organisation", "parentId"),
            kind=kind,
            provenance=provenance,
            valid_from=valid_from,
            valid_to=valid_to,
        )
