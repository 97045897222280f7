"""Requests: bringing a matter to the group, and triage."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Info

from api.cases import reads as cases
from api.conflicts import reads as conflict_reads
from api.decisions import reads as decisions
from api.graph.acts import act, argument, part
from api.graph.connections import Connection
from api.graph.declare import code_list, column, labelled, published, roots, sealed, to_many, to_one
from api.graph.ids import located
from api.meetings import reads as meetings
from api.places import reads as places
from api.requests import actions, reads, tables
from api.requests.rules import (
    DEFAULT_AUDIENCE,
    ActorKind,
    Channel,
    CountingUnit,
    IncidentClass,
    Reader,
    Reliability,
    RequestState,
    RequestType,
    SourceConnection,
    ToldPart,
    Urgency,
)
from api.seat import Category
from api.sight import reads as sight
from schema.decisions import Decision
from schema.nodes import Node, made, referred
from schema.places import Place
from schema.refusals import AnyRefusal, result
from schema.scalars import DateWithPrecision, DateWithPrecisionInput
from schema.sight import Sight

if TYPE_CHECKING:
    from schema.cases import Case
    from schema.conflicts import Conflict
    from schema.meetings import AgendaItem

labelled(RequestState, "Where a request stands.")
labelled(RequestType, "What is asked.", english={"VP_TRAINING": "training on the Voluntary Principles"})
labelled(Channel, "How a request reached the group.")
labelled(Urgency, "How soon it must be acted on.")
labelled(IncidentClass, "What kind of incident it is about.")
labelled(ActorKind, "The kind of the alleged actor; never who.")
labelled(CountingUnit, "What a number of affected counts.")
labelled(SourceConnection, "How the source relates to what happened.", english={"NGO": "NGO"})
labelled(Reader, "Who looked at what was told, as far as its author is told.", english={"OTHER": "another seat"})
labelled(ToldPart, "What of a request was opened.")
labelled(Reliability, "How far a source may be relied on.")


@published(tables.RequestNarrative, "What was told, for the seats of its audience.")
class RequestNarrative:
    text: str = sealed("text", "What happened.")
    wanted_action: str | None = sealed("wanted_action", "What the requester wants done.")
    alleged_actor_kind: ActorKind | None = column("Kind of the alleged actor.")
    counting_unit: CountingUnit | None = column("What `affected` counts.")
    affected: int | None = column("How many were affected; null where the number is unknown.")
    occurred: DateWithPrecision = column("When it happened, as exactly as it is known.")

    audience: list[Category] = code_list(
        Category, "Categories that may read it, beside the secretariat, the custodian and the author.", of="audience"
    )


@published(tables.RequestPlace, "The exact place, for the secretariat, the custodian and the author.")
class RequestPlace:
    stated: str = sealed("stated", "The place as it was stated.")


@published(tables.RequestArrival, "How and when it came, for the secretariat, the custodian and the author.")
class RequestArrival:
    channel: Channel = column("How it reached the group.")
    brought: DateWithPrecision = column("When it was brought, as exactly as it is known.")


@published(tables.RequestSource, "Who gave information, by code, for the secretariat and the custodian.")
class RequestSource:
    code: str = column("Code of the source; the identity is the custodian's.")
    connection: SourceConnection = column("How the source relates to what happened.")
    reliability: Reliability | None = column("How far it may be relied on; null before triage.")
    statement: str | None = sealed("statement", "What the source stated.")


@published(tables.TriageNote, "What the secretariat found at triage.")
class TriageNote:
    completeness: int = column("How much of the fact sheet's minimum there was, in per cent.")
    text: str | None = sealed("text", "The note.")


@published(tables.Reading, "That somebody of a pillar opened what was told of a request, on a day; nobody is named.")
class Reading:
    day: date = column("The day.")
    reader: Reader = column("As whom.")
    part: ToldPart = column("What was opened.")


@published(tables.Request, "A matter brought to the group; it stays on record whatever becomes of it.")
class Request(Node):
    state: RequestState = column("Where it stands.")
    title: str = column("A neutral title.")
    request_type: RequestType = column("What is asked.")
    requester: Category = column("Kind of the requester.")
    urgency: Urgency = column("How soon it must be acted on.")
    incident_class: IncidentClass | None = column("What kind of incident it is about; null where it is about none.")
    occurred: DateWithPrecision = column(
        "When it happened, to the month; the narrative has it as exactly as it is known."
    )
    brought: DateWithPrecision = column("When it was brought, to the month; the arrival has it exactly.")
    submitted_at: datetime = column("When it was entered.")
    version: int = column("Version of the row: name it when you change it.")
    place: Place | None = to_one(places.of("pcode"), "Territory or town.")
    narrative: RequestNarrative | None = to_one(reads.narrative, "What was told; null where it is not yours to read.")
    exact_place: RequestPlace | None = to_one(reads.exact_place, "The exact place; null where it is not yours to read.")
    arrival: RequestArrival | None = to_one(reads.arrival, "How and when it came; null where it is not yours to read.")
    source: RequestSource | None = to_one(reads.source, "The source; null where it is not yours to read.")
    triage_note: TriageNote | None = to_one(reads.triage_note, "The secretariat's note.")
    readings: Connection[Reading] = to_many(
        reads.readings, "Who looked at what was told, on days that are over, the last day first; its author's to see."
    )
    sights: Connection[Sight] = to_many(sight.sights, "Which parts of it the acting seat sees, and on what ground.")
    conflicts: Connection[Annotated["Conflict", strawberry.lazy("schema.conflicts")]] = to_many(
        conflict_reads.of_request, "Conflicts of interest with it."
    )
    decisions: Connection[Decision] = to_many(decisions.of_request, "What was decided on it, in order.")
    tablings: Connection[Annotated["AgendaItem", strawberry.lazy("schema.meetings")]] = to_many(
        meetings.tablings, "The agendas that it was on, in order."
    )
    case: Annotated["Case", strawberry.lazy("schema.cases")] | None = to_one(
        cases.of_request, "The case that it became."
    )


RequestResult = Annotated[Request | AnyRefusal, result("RequestResult")]


@strawberry.input(description="What is told beside the header, each part into the table of its grade.")
class RequestTold:
    narrative: str = part("What happened.", most=20_000)
    wanted_action: str | None = part("What the requester wants done.", most=4_000, default=None)
    stated_place: str | None = part("The exact place as stated.", most=400, default=None)
    alleged_actor_kind: ActorKind | None = strawberry.field(
        default=None, description="Kind of the alleged actor; UNKNOWN is an answer."
    )
    counting_unit: CountingUnit | None = strawberry.field(default=None, description="What `affected` counts.")
    affected: int | None = strawberry.field(default=None, description="How many; leave out where it is unknown.")
    source_code: str | None = part("Code of the source; never a name.", most=40, default=None)
    source_connection: SourceConnection | None = strawberry.field(
        default=None, description="How the source relates to what happened."
    )
    source_statement: str | None = part("What the source stated.", most=20_000, default=None)
    audience: list[Category] | None = part(
        "Categories that may read the narrative; civil society and government institutions by default.",
        of="codes",
        default=None,
    )

    def value(self) -> actions.Told:
        return actions.Told(
            narrative=self.narrative,
            wanted_action=self.wanted_action,
            stated_place=self.stated_place,
            alleged_actor_kind=self.alleged_actor_kind,
            counting_unit=self.counting_unit,
            affected=self.affected,
            source_code=self.source_code,
            source_connection=self.source_connection,
            source_statement=self.source_statement,
            audience=DEFAULT_AUDIENCE if self.audience is None else self.audience,
        )


@strawberry.input(description="Which requests.")
class RequestFilter:
    state: list[RequestState] | None = strawberry.field(default=None, description="States.")
    request_type: list[RequestType] | None = strawberry.field(default=None, description="What is asked.")
    requester: list[Category] | None = strawberry.field(default=None, description="Kinds of requester.")
    urgency: list[Urgency] | None = strawberry.field(default=None, description="Urgencies.")
    pcode: list[str] | None = strawberry.field(default=None, description="P-codes of territories and towns.")


MOST_READINGS = 100


@strawberry.type
class RequestQuery:
    requests: Connection[Request] = roots(reads.requests, "Requests, the last brought first.", RequestFilter)

    @strawberry.field(
        metadata={"most": MOST_READINGS},
        description="Who looked at what was told of a request, on days that are over: a pillar and a day, nobody's"
        " name. Its author's and the secretariat's to see; nothing for anybody else.",
    )
    async def who_looked_at(
        self,
        info: Info[Any, None],
        id: Annotated[strawberry.ID, strawberry.argument(description="Of the request.")],
    ) -> list[Reading]:
        place = located(id)
        if place is None or place.type_name != "Request":
            return []
        seen: list[Reading] = await info.context.loader.few(reads.readings, place.row_id, MOST_READINGS)
        return seen


@strawberry.type
class RequestMutation:
    @act("Bring a matter to the group.", grant="request.submit")
    async def submit_request(
        self,
        info: Info[Any, None],
        title: Annotated[str, argument("A neutral title.", most=120)],
        request_type: Annotated[RequestType, strawberry.argument(description="What is asked.")],
        requester: Annotated[Category, strawberry.argument(description="Kind of the requester.")],
        channel: Annotated[Channel, strawberry.argument(description="How it reached the group.")],
        pcode: Annotated[str, argument("P-code of the territory or town.", most=10)],
        occurred: Annotated[DateWithPrecisionInput, strawberry.argument(description="When it happened.")],
        brought: Annotated[DateWithPrecisionInput, strawberry.argument(description="When it was brought.")],
        told: Annotated[RequestTold, strawberry.argument(description="What is told beside the header.")],
        urgency: Annotated[Urgency, strawberry.argument(description="How soon.")] = Urgency.NORMAL,
        incident_class: Annotated[
            IncidentClass | None, strawberry.argument(description="What kind of incident, where it is about one.")
        ] = None,
        id: Annotated[strawberry.ID | None, argument("An id that the front end made, `Request:uuid`.", most=60)] = None,
    ) -> RequestResult:
        return await actions.submit(
            info.context.operation,
            request_id=made(id, "Request"),
            title=title,
            request_type=request_type,
            requester=requester,
            channel=channel,
            urgency=urgency,
            incident_class=incident_class,
            pcode=pcode,
            occurred=occurred.value(),
            brought=brought.value(),
            told=told.value(),
        )

    @act(
        "Judge the source and measure the fact sheet; triage cannot refuse, only the group decides.",
        grant="request.triage",
    )
    async def triage_request(
        self,
        info: Info[Any, None],
        request_id: Annotated[strawberry.ID, argument("The request.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        reliability: Annotated[
            Reliability | None, strawberry.argument(description="How far the source may be relied on.")
        ] = None,
        note: Annotated[str | None, argument("What the secretariat found.", most=4_000)] = None,
    ) -> RequestResult:
        return await actions.triage(
            info.context.operation,
            request_id=referred(request_id, "Request", "requestId"),
            version=version,
            reliability=reliability,
            note=note,
        )
