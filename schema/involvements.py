"""What happened in a case, who is said to be involved, how far that is borne out, and who the parties are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Info

from api.cases import reads as cases
from api.graph.acts import act, argument, part
from api.graph.connections import Connection
from api.graph.declare import code_list, column, labelled, published, roots, sealed, to_many, to_one
from api.groups import reads as groups
from api.involvements import actions, reads, tables
from api.involvements.rules import AllegationStatus, Degree
from api.places import reads as places
from api.requests.rules import ActorKind, CountingUnit, IncidentClass, SourceConnection
from api.seat import Category
from schema.groups import Organisation
from schema.nodes import Node, made, referred
from schema.places import Place
from schema.refusals import AnyRefusal, result
from schema.scalars import DateWithPrecision, DateWithPrecisionInput

if TYPE_CHECKING:
    from schema.cases import Case

labelled(Degree, "How an actor is said to be involved.")
labelled(AllegationStatus, "How far an allegation is borne out.")

AUDIENCE = "Categories that may read it, beside the secretariat and the custodian."
AUDIENCE_GIVEN = "Categories that may read it; those of the case's narrative where it is left out."


@published(tables.AllegationSource, "What a version of an allegation rests on; for the secretariat and the custodian.")
class AllegationSource:
    code: str = column("The source's code.")
    connection: SourceConnection = column("How the source relates to what happened.")
    statement: str | None = sealed("statement", "What the source said.")


@published(tables.Allegation, "A version of an allegation; the earlier ones stay.")
class Allegation(Node):
    number: int = column("Number of the version, from 1.")
    status: AllegationStatus = column("How far it is borne out.")
    stated: DateWithPrecision = column("As of when.")
    recorded_at: datetime = column("When it was written down.")
    audience: list[Category] = code_list(Category, AUDIENCE, of="audience")
    source: AllegationSource | None = to_one(reads.source, "What it rests on; null where it is not yours to read.")
    involvement: Annotated["Involvement", strawberry.lazy("schema.involvements")] | None = to_one(
        reads.involvement, "The involvement."
    )


@published(tables.InvolvementUnit, "Which unit it was; for the secretariat and the custodian.")
class InvolvementUnit:
    stated: str | None = sealed("stated", "The unit as it was stated.")
    organisation: Organisation | None = to_one(groups.organisation, "The unit in the registry, where it is there.")


@published(tables.Involvement, "That an actor is said to have had a part in an event.")
class Involvement(Node):
    actor_kind: ActorKind = column("The kind of the actor.")
    degree: Degree = column("How it is said to be involved.")
    act: str | None = sealed("act", "What it is said to have done.")
    counting_unit: CountingUnit | None = column("What the numbers of the affected count; null where nobody is known.")
    affected_at_least: int | None = column("How many at least; null where it is not known.")
    affected_at_most: int | None = column("How many at most; null where it is not known.")
    recorded_at: datetime = column("When it was written down.")
    audience: list[Category] = code_list(Category, AUDIENCE, of="audience")
    organisation: Organisation | None = to_one(
        groups.organisation, "The institution; null where it is not in the registry."
    )
    unit: InvolvementUnit | None = to_one(reads.unit, "The unit; null where it is not yours to read.")
    allegations: Connection[Allegation] = to_many(reads.allegations, "The versions of the allegation, in order.")
    event: Annotated["Event", strawberry.lazy("schema.involvements")] | None = to_one(reads.event, "The event.")


@published(tables.Event, "Something that happened; a case may have several.")
class Event(Node):
    incident_class: IncidentClass = column("What kind of incident it was.")
    occurred: DateWithPrecision = column("When, to the month; the narrative has it exactly.")
    recorded_at: datetime = column("When it was written down.")
    place: Place | None = to_one(places.of("pcode"), "Territory or town.")
    involvements: Connection[Involvement] = to_many(reads.involvements, "Who is said to be involved.")
    case: Annotated["Case", strawberry.lazy("schema.cases")] | None = to_one(cases.of, "The case.")


@published(tables.CaseParty, "Who stands on a side of a case.")
class CaseParty(Node):
    side: int = column("Number of the side, from 1; parties of one side have the same.")
    category: Category = column("Kind of party.")
    audience: list[Category] = code_list(Category, AUDIENCE, of="audience")
    organisation: Organisation | None = to_one(groups.organisation, "Who; null for people without an organisation.")
    case: Annotated["Case", strawberry.lazy("schema.cases")] | None = to_one(cases.of, "The case.")


EventResult = Annotated[Event | AnyRefusal, result("EventResult")]
InvolvementResult = Annotated[Involvement | AnyRefusal, result("InvolvementResult")]
AllegationResult = Annotated[Allegation | AnyRefusal, result("AllegationResult")]
CasePartyResult = Annotated[CaseParty | AnyRefusal, result("CasePartyResult")]


@strawberry.input(description="What an actor is said to have done, and to how many.")
class AllegedInvolvement:
    actor_kind: ActorKind = strawberry.field(description="The kind of the actor.")
    degree: Degree = strawberry.field(description="How it is said to be involved.")
    act: str | None = part("What it is said to have done; nobody is named.", most=4_000, default=None)
    counting_unit: CountingUnit | None = strawberry.field(default=None, description="What the numbers count.")
    affected_at_least: int | None = strawberry.field(default=None, description="How many at least.")
    affected_at_most: int | None = strawberry.field(default=None, description="How many at most.")
    unit_stated: str | None = part("The unit as it was stated, where it is not in the registry.", default=None)


@strawberry.input(description="What an allegation rests on.")
class SourceGiven:
    code: str | None = part("The source's code, never a name.", most=40, default=None)
    connection: SourceConnection | None = strawberry.field(
        default=None, description="How the source relates to what happened."
    )
    statement: str | None = part("What the source said.", most=20_000, default=None)

    def value(self) -> actions.Source:
        return actions.Source(self.code, self.connection, self.statement)


@strawberry.input(description="Which events.")
class EventFilter:
    incident_class: list[IncidentClass] | None = strawberry.field(default=None, description="Kinds of incident.")
    pcode: list[str] | None = strawberry.field(default=None, description="P-codes of territories and towns.")


@strawberry.type
class InvolvementQuery:
    events: Connection[Event] = roots(reads.every_event, "Events of all cases, the last first.", EventFilter)


NO_SOURCE = actions.Source(None, None, None)


@strawberry.type
class InvolvementMutation:
    @act("Write down that something happened in a case.", grant="event.record")
    async def record_event(
        self,
        info: Info[Any, None],
        case_id: Annotated[strawberry.ID, argument("The case.", most=60)],
        incident_class: Annotated[IncidentClass, strawberry.argument(description="What kind of incident it was.")],
        pcode: Annotated[str, argument("P-code of the territory or town.", most=20)],
        occurred: Annotated[DateWithPrecisionInput, strawberry.argument(description="When.")],
        id: Annotated[strawberry.ID | None, argument("An id that the front end made, `Event:uuid`.", most=60)] = None,
    ) -> EventResult:
        return await actions.record_event(
            info.context.operation,
            event_id=made(id, "Event"),
            case_id=referred(case_id, "Case", "caseId"),
            incident_class=incident_class,
            pcode=pcode,
            occurred=occurred.value(),
        )

    @act(
        "Write down who is said to be involved in an event. The organisation, what stands above and below it, its"
        " owner, subsidiaries and sponsors lose sight of the case in this act.",
        grant="involvement.record",
    )
    async def record_involvement(
        self,
        info: Info[Any, None],
        event_id: Annotated[strawberry.ID, argument("The event.", most=60)],
        alleged: Annotated[AllegedInvolvement, strawberry.argument(description="What is said.")],
        stated: Annotated[DateWithPrecisionInput, strawberry.argument(description="As of when it is said.")],
        organisation_id: Annotated[
            strawberry.ID | None, argument("The institution, where it is in the registry.", most=60)
        ] = None,
        unit_id: Annotated[
            strawberry.ID | None, argument("Its unit, where that is in the registry and known.", most=60)
        ] = None,
        status: Annotated[
            AllegationStatus, strawberry.argument(description="How far it is borne out.")
        ] = AllegationStatus.ALLEGED,
        source_given: Annotated[SourceGiven | None, strawberry.argument(description="What it rests on.")] = None,
        audience: Annotated[list[Category] | None, argument(AUDIENCE_GIVEN, of="codes")] = None,
        id: Annotated[
            strawberry.ID | None, argument("An id that the front end made, `Involvement:uuid`.", most=60)
        ] = None,
    ) -> InvolvementResult:
        return await actions.record_involvement(
            info.context.operation,
            involvement_id=made(id, "Involvement"),
            event_id=referred(event_id, "Event", "eventId"),
            alleged=actions.Alleged(
                organisation_id=None
                if organisation_id is None
                else referred(organisation_id, "Organisation", "organisationId"),
                actor_kind=alleged.actor_kind,
                degree=alleged.degree,
                act=alleged.act,
                counting_unit=alleged.counting_unit,
                affected_at_least=alleged.affected_at_least,
                affected_at_most=alleged.affected_at_most,
                unit_id=None if unit_id is None else referred(unit_id, "Organisation", "unitId"),
                unit_stated=alleged.unit_stated,
            ),
            status=status,
            stated=stated.value(),
            source=source_given.value() if source_given else NO_SOURCE,
            audience=audience,
        )

    @act("Say anew how far an allegation is borne out; what was said before stays.", grant="allegation.revise")
    async def revise_allegation(
        self,
        info: Info[Any, None],
        involvement_id: Annotated[strawberry.ID, argument("The involvement.", most=60)],
        status: Annotated[AllegationStatus, strawberry.argument(description="How far it is borne out.")],
        stated: Annotated[DateWithPrecisionInput, strawberry.argument(description="As of when.")],
        source_given: Annotated[SourceGiven | None, strawberry.argument(description="What it rests on.")] = None,
    ) -> AllegationResult:
        return await actions.revise(
            info.context.operation,
            involvement_id=referred(involvement_id, "Involvement", "involvementId"),
            status=status,
            stated=stated.value(),
            source=source_given.value() if source_given else NO_SOURCE,
        )

    @act(
        "Write down who stands on a side of a case. An organisation that is a party loses sight of it in this act.",
        grant="party.add",
    )
    async def add_party(
        self,
        info: Info[Any, None],
        case_id: Annotated[strawberry.ID, argument("The case.", most=60)],
        side: Annotated[int, strawberry.argument(description="Number of the side, 1 to 9.")],
        category: Annotated[Category, strawberry.argument(description="Kind of party.")],
        organisation_id: Annotated[
            strawberry.ID | None, argument("Who; left out for people without an organisation.", most=60)
        ] = None,
        audience: Annotated[list[Category] | None, argument(AUDIENCE_GIVEN, of="codes")] = None,
        id: Annotated[
            strawberry.ID | None, argument("An id that the front end made, `CaseParty:uuid`.", most=60)
        ] = None,
    ) -> CasePartyResult:
        return await actions.add_party(
            info.context.operation,
            party_id=made(id, "CaseParty"),
            case_id=referred(case_id, "Case", "caseId"),
            side=side,
            category=category,
            organisation_id=None
            if organisation_id is None
            else referred(organisation_id, "Organisation", "organisationId"),
            audience=audience,
        )
