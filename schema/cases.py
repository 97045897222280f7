"""Cases: what the group took up, what was done, and everything in order."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import strawberry
from strawberry import Info

from api.cases import actions, reads, tables
from api.cases.rules import ActivityKind, CaseState, OecdRisk, TimelineKind
from api.conflicts import reads as conflict_reads
from api.conflicts.rules import DisclosurePart
from api.decisions import reads as decisions
from api.decisions.rules import DecisionKind
from api.graph.acts import act, argument, part
from api.graph.connections import Connection
from api.graph.declare import code_list, column, labelled, published, roots, sealed, to_many, to_one
from api.involvements import reads as involvements
from api.meetings import actions as meeting_actions
from api.meetings import reads as meetings
from api.places import reads as places
from api.requests import reads as requests
from api.requests.rules import IncidentClass
from api.seat import Category
from api.sight import reads as sight
from schema.conflicts import Conflict, Disclosure
from schema.decisions import Decision
from schema.involvements import CaseParty, Event
from schema.meetings import Deliberation, Meeting
from schema.nodes import Node, made, referred
from schema.places import Place
from schema.refusals import AnyRefusal, result
from schema.requests import Request
from schema.scalars import DateWithPrecision, DateWithPrecisionInput
from schema.sight import Sight

labelled(CaseState, "Where a case stands; a stalemate is no closure.")
labelled(
    OecdRisk,
    "Paragraph of Annex II of the OECD Due Diligence Guidance.",
    english={
        "O1_1": "torture, cruel treatment",
        "O1_2": "forced labour",
        "O1_3": "worst forms of child labour",
        "O1_4": "other gross violations, including widespread sexual violence",
        "O1_5": "war crimes, crimes against humanity",
        "O3": "support to non-state armed groups",
        "O5": "public or private security forces",
        "O11": "bribery, false origin",
        "O12": "money laundering",
        "O13": "taxes, fees and royalties not paid",
        "NONE": "outside Annex II",
    },
)
labelled(ActivityKind, "A step taken.")
labelled(TimelineKind, "What an entry of the timeline is.")


@published(tables.CaseRisk, "Where the case stands in OECD Annex II.")
class CaseRisk:
    risk: OecdRisk = column("The paragraph.")
    reason: str | None = column("Why none, where it is none.")


@published(tables.CaseNarrative, "What the case is about, for the seats of its audience.")
class CaseNarrative:
    text: str = sealed("text", "What happened.")
    occurred: DateWithPrecision = column("When it happened, as exactly as it is known.")

    audience: list[Category] = code_list(
        Category, "Categories that may read it, beside the secretariat and the custodian.", of="audience"
    )


@published(tables.CasePlace, "The exact place, for the secretariat and the custodian.")
class CasePlace:
    stated: str = sealed("stated", "The place as it was stated.")


@published(tables.ActivityNote, "What was done and what came of it, for the seats of its audience.")
class ActivityNote:
    text: str | None = sealed("text", "The note.")
    done: DateWithPrecision = column("When, as exactly as it is known.")

    audience: list[Category] = code_list(
        Category, "Categories that may read it, beside the secretariat and the custodian.", of="audience"
    )


@published(tables.Activity, "A step taken on a case.")
class Activity(Node):
    kind: ActivityKind = column("What kind of step.")
    done: DateWithPrecision = column("When, to the month; the note has it as exactly as it is known.")
    recorded_at: datetime = column("When it was written down.")
    note: ActivityNote | None = to_one(reads.note, "What came of it; null where it is not yours to read.")
    case: Case | None = to_one(reads.of, "The case.")


@published(tables.TimelineEntry, "One entry of a case's timeline; exactly the parts that it is about are there.")
class TimelineEntry:
    kind: TimelineKind = column("What it is.")
    date: DateWithPrecision = column("When: a meeting as exactly as it is known, anything else to the month.")
    request: Request | None = to_one(requests.of, "The request that was brought, tabled or decided on.")
    meeting: Meeting | None = to_one(meetings.of, "The meeting that it was tabled at or decided by.")
    decision: Decision | None = to_one(decisions.of, "The decision.")
    activity: Activity | None = to_one(reads.activity, "The step taken.")


@published(tables.Case, "A matter taken up by decision.")
class Case(Node):
    number: str = column("Group, year and four random characters.")
    state: CaseState = column("Where it stands.")
    title: str = column("A neutral title.")
    incident_class: IncidentClass = column("What kind of incident it is about.")
    occurred: DateWithPrecision = column("When it happened, to the month; the narrative has it exactly.")
    opened_on: date = column("Day of the decision to take it up.")
    version: int = column("Version of the row: name it when you change it.")
    place: Place | None = to_one(places.of("pcode"), "Territory or town.")
    risks: Connection[CaseRisk] = to_many(reads.risks, "Where it stands in OECD Annex II.")
    narrative: CaseNarrative | None = to_one(reads.narrative, "What happened; null where it is not yours to read.")
    exact_place: CasePlace | None = to_one(reads.exact_place, "The exact place; null where it is not yours to read.")
    request: Request | None = to_one(requests.of, "The request that it came from.")
    decision: Decision | None = to_one(decisions.of, "The decision to take it up.")
    activities: Connection[Activity] = to_many(reads.activities, "Steps taken, in the order they were written down.")
    events: Connection[Event] = to_many(involvements.events, "What happened, in the order it was written down.")
    parties: Connection[CaseParty] = to_many(involvements.parties, "Who stands on which side.")
    conflicts: Connection[Conflict] = to_many(conflict_reads.of_case, "Conflicts of interest with it.")
    disclosures: Connection[Disclosure] = to_many(
        conflict_reads.disclosures, "What is shown of it to organisations that are in conflict."
    )
    sights: Connection[Sight] = to_many(sight.sights, "Which parts of it the acting seat sees, and on what ground.")
    timeline: Connection[TimelineEntry] = to_many(reads.timeline, "Everything of the case in order.")


CaseResult = Annotated[Case | AnyRefusal, result("CaseResult")]
ActivityResult = Annotated[Activity | AnyRefusal, result("ActivityResult")]


@strawberry.input(description="What the group says of the case that it takes up.")
class CaseTakenUp:
    title: str = part("A neutral title.", most=120)
    incident_class: IncidentClass = strawberry.field(description="What kind of incident it is about.")
    oecd_risks: list[OecdRisk] = part(
        "Paragraphs of OECD Annex II; NONE stands alone and needs a reason.", most=10, of="codes"
    )
    oecd_none_reason: str | None = part("Why it is outside Annex II.", most=400, default=None)
    id: strawberry.ID | None = part("An id that the front end made, `Case:uuid`.", most=60, default=None)

    def value(self) -> actions.TakenUp:
        return actions.TakenUp(
            case_id=made(self.id, "Case"),
            title=self.title,
            incident_class=self.incident_class,
            oecd_risks=set(self.oecd_risks),
            oecd_none_reason=self.oecd_none_reason,
        )


@strawberry.input(description="Which cases.")
class CaseFilter:
    state: list[CaseState] | None = strawberry.field(default=None, description="States.")
    incident_class: list[IncidentClass] | None = strawberry.field(default=None, description="Kinds of incident.")
    pcode: list[str] | None = strawberry.field(default=None, description="P-codes of territories and towns.")


@strawberry.type
class CaseQuery:
    cases: Connection[Case] = roots(reads.cases, "Cases, the last taken up first.", CaseFilter)


@strawberry.type
class CaseMutation:
    @act("Write down a step taken on a case.", grant="activity.log")
    async def log_activity(
        self,
        info: Info[Any, None],
        case_id: Annotated[strawberry.ID, argument("The case.", most=60)],
        kind: Annotated[ActivityKind, strawberry.argument(description="What kind of step.")],
        done: Annotated[DateWithPrecisionInput, strawberry.argument(description="When.")],
        note: Annotated[str | None, argument("What was done and what came of it.", most=20_000)] = None,
        audience: Annotated[
            list[Category] | None,
            argument(
                "Categories that may read the note; those of the case's narrative where it is left out.", of="codes"
            ),
        ] = None,
        id: Annotated[
            strawberry.ID | None, argument("An id that the front end made, `Activity:uuid`.", most=60)
        ] = None,
    ) -> ActivityResult:
        return await actions.log_activity(
            info.context.operation,
            activity_id=made(id, "Activity"),
            case_id=referred(case_id, "Case", "caseId"),
            kind=kind,
            done=done.value(),
            note=note,
            audience=audience,
        )

    @act("Record what the group decided to show an organisation of a case through its wall.", grant="disclosure.decide")
    async def disclose_case(
        self,
        info: Info[Any, None],
        case_id: Annotated[strawberry.ID, argument("The case.", most=60)],
        organisation_id: Annotated[strawberry.ID, argument("To whom.", most=60)],
        parts: Annotated[list[DisclosurePart], argument("What is shown.", most=4, of="codes")],
        meeting_id: Annotated[strawberry.ID, argument("The meeting that decided.", most=60)],
        deliberation: Annotated[Deliberation, strawberry.argument(description="How, and why.")],
    ) -> CaseResult:
        return await meeting_actions.disclose(
            info.context.operation,
            decision_id=made(None, "Decision"),
            case_id=referred(case_id, "Case", "caseId"),
            organisation_id=referred(organisation_id, "Organisation", "organisationId"),
            parts=parts,
            meeting_id=referred(meeting_id, "Meeting", "meetingId"),
            decided=deliberation.value(DecisionKind.DISCLOSE),
        )
