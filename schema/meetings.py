"""Meetings: where requests are tabled and decided on."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import Info

from api.conflicts.rules import ConflictOutcome
from api.decisions import reads as decisions
from api.decisions.rules import DecisionKind, DecisionMode, Reason
from api.graph.acts import act, argument, part
from api.graph.connections import Connection
from api.graph.declare import column, labelled, published, roots, sealed, to_many, to_one
from api.meetings import actions, reads, tables
from api.meetings.rules import MeetingKind, MeetingState, TakenOff
from api.requests import reads as requests
from api.seat import Category
from api.seats import reads as seats
from schema.conflicts import ConflictResult
from schema.decisions import Decision
from schema.nodes import Node, made, referred
from schema.refusals import AnyRefusal, result
from schema.requests import Request, RequestResult
from schema.scalars import DateWithPrecision, DateWithPrecisionInput
from schema.seats import Seat

if TYPE_CHECKING:
    from schema.cases import CaseTakenUp

labelled(MeetingKind, "Whether a meeting is the monthly one.")
labelled(MeetingState, "Where a meeting stands.")
labelled(TakenOff, "Why a request came off an agenda undecided.")


@published(tables.Attendance, "A seat that was present.")
class Attendance:
    seat: Seat | None = to_one(seats.seat, "The seat.")


@published(tables.AgendaNote, "What the secretariat noted when it tabled a request.")
class AgendaNote:
    incomplete_reason: str = sealed("incomplete_reason", "Why it was tabled below the group's minimum.")


@published(tables.AgendaRemoval, "That a request came off an agenda undecided.")
class AgendaRemoval:
    reason: TakenOff = column("Why.")
    taken_off_at: datetime = column("When it was written down.")


@published(tables.AgendaItem, "A request on the agenda of a meeting.")
class AgendaItem(Node):
    request_version: int = column("The version of the request that was shown.")
    tabled_at: datetime = column("When it was put on the agenda.")
    taken_off: AgendaRemoval | None = to_one(reads.removal, "Why it came off undecided; null where it did not.")
    note: AgendaNote | None = to_one(reads.note, "The secretariat's note, where there is one.")
    request: Request | None = to_one(requests.of, "The request.")
    meeting: Meeting | None = to_one(reads.of, "The meeting.")


@published(tables.Meeting, "A session of the group.")
class Meeting(Node):
    kind: MeetingKind = column("Whether it is the monthly one.")
    state: MeetingState = column("Where it stands.")
    scheduled_on: date = column("The day it was called for.")
    held: DateWithPrecision = column("When it took place.")
    venue: str | None = column("Where; it rotates on purpose.")
    version: int = column("Version of the row: name it when you change it.")
    agenda: Connection[AgendaItem] = to_many(reads.agenda, "What was on it, in order.")
    attendances: Connection[Attendance] = to_many(reads.attendances, "Who was there.")
    decisions: Connection[Decision] = to_many(decisions.of_meeting, "What was decided, in order.")


MeetingResult = Annotated[Meeting | AnyRefusal, result("MeetingResult")]
DecisionResult = Annotated[Decision | AnyRefusal, result("DecisionResult")]


@strawberry.input(description="Which meetings.")
class MeetingFilter:
    state: list[MeetingState] | None = strawberry.field(default=None, description="States.")
    kind: list[MeetingKind] | None = strawberry.field(default=None, description="Kinds.")


@strawberry.input(description="A count of votes.")
class Votes:
    for_: int = strawberry.field(name="for", description="In favour.")
    against: int = strawberry.field(description="Against.")
    abstaining: int = strawberry.field(default=0, description="Abstaining.")


@strawberry.input(description="What the members present decided, and why.")
class DecisionTaken:
    kind: DecisionKind = strawberry.field(description="What was decided.")
    reasoning: str = part("Why it was decided so.", most=4_000)
    mode: DecisionMode = strawberry.field(default=DecisionMode.CONSENSUS, description="How.")
    votes: Votes | None = strawberry.field(default=None, description="The count, where there was a vote.")
    reason: Reason | None = strawberry.field(default=None, description="Needed for every answer but acceptance.")
    addressee: str | None = part("Whom it is referred to.", default=None)
    dissent: str | None = part("Who saw it otherwise, and why.", most=4_000, default=None)
    audience: list[Category] | None = part(
        "Categories that may read the reasoning; those of the request's narrative where it is left out.",
        of="codes",
        default=None,
    )

    def value(self) -> actions.Decided:
        return actions.Decided(
            kind=self.kind,
            mode=self.mode,
            votes=_counted(self.votes),
            reason=self.reason,
            addressee=self.addressee,
            reasoning=self.reasoning,
            dissent=self.dissent,
            audience=self.audience,
        )


@strawberry.input(description="How the seats that are not recused decided on a conflict, and why.")
class Deliberation:
    reasoning: str = part("Why it was decided so.", most=4_000)
    mode: DecisionMode = strawberry.field(default=DecisionMode.CONSENSUS, description="How.")
    votes: Votes | None = strawberry.field(default=None, description="The count, where there was a vote.")
    dissent: str | None = part("Who saw it otherwise, and why.", most=4_000, default=None)
    audience: list[Category] | None = part(
        "Categories that may read the reasoning; those of the request's narrative where it is left out.",
        of="codes",
        default=None,
    )

    def value(self, kind: DecisionKind) -> actions.Decided:
        return actions.Decided(
            kind=kind,
            mode=self.mode,
            votes=_counted(self.votes),
            reason=None,
            addressee=None,
            reasoning=self.reasoning,
            dissent=self.dissent,
            audience=self.audience,
        )


def _counted(votes: Votes | None) -> tuple[int, int, int] | None:
    return (votes.for_, votes.against, votes.abstaining) if votes else None


ON_CONFLICT = {
    ConflictOutcome.CONFIRMED: DecisionKind.CONFIRM_CONFLICT,
    ConflictOutcome.DISMISSED: DecisionKind.DISMISS_CONFLICT,
    ConflictOutcome.LIFTED: DecisionKind.LIFT_CONFLICT,
}


@strawberry.type
class MeetingQuery:
    meetings: Connection[Meeting] = roots(reads.meetings, "Meetings, the latest first.", MeetingFilter)


@strawberry.type
class MeetingMutation:
    @act("Put a meeting in the calendar.", grant="meeting.schedule")
    async def schedule_meeting(
        self,
        info: Info[Any, None],
        scheduled_on: Annotated[date, strawberry.argument(description="The day it is called for.")],
        kind: Annotated[MeetingKind, strawberry.argument(description="Whether it is the monthly one.")],
        venue: Annotated[str | None, argument("Where.")] = None,
        id: Annotated[strawberry.ID | None, argument("An id that the front end made, `Meeting:uuid`.", most=60)] = None,
    ) -> MeetingResult:
        return await actions.schedule(
            info.context.operation,
            meeting_id=made(id, "Meeting"),
            kind=kind,
            scheduled_on=scheduled_on,
            venue=venue,
        )

    @act("Write down that a meeting took place, and which seats were there.", grant="meeting.hold")
    async def hold_meeting(
        self,
        info: Info[Any, None],
        meeting_id: Annotated[strawberry.ID, argument("The meeting.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        held: Annotated[DateWithPrecisionInput, strawberry.argument(description="When it took place.")],
        seat_ids: Annotated[list[strawberry.ID], argument("The seats that were present.", most=100, of="ids")],
    ) -> MeetingResult:
        return await actions.hold(
            info.context.operation,
            meeting_id=referred(meeting_id, "Meeting", "meetingId"),
            version=version,
            held=held.value(),
            seat_ids={referred(seat_id, "Seat", "seatIds") for seat_id in seat_ids},
        )

    @act("Put a request on the agenda of a meeting to come; the version shown is fixed.", grant="request.table")
    async def table_request(
        self,
        info: Info[Any, None],
        request_id: Annotated[strawberry.ID, argument("The request.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        meeting_id: Annotated[strawberry.ID, argument("The meeting.", most=60)],
        incomplete_reason: Annotated[
            str | None, argument("Why it is tabled below the group's minimum.", most=400)
        ] = None,
    ) -> RequestResult:
        return await actions.table(
            info.context.operation,
            request_id=referred(request_id, "Request", "requestId"),
            version=version,
            meeting_id=referred(meeting_id, "Meeting", "meetingId"),
            incomplete_reason=incomplete_reason,
        )

    @act(
        "Take a request off the agenda of a meeting that did not decide on it; another meeting may have it.",
        grant="request.take_off",
    )
    async def take_off_agenda(
        self,
        info: Info[Any, None],
        request_id: Annotated[strawberry.ID, argument("The request.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        reason: Annotated[TakenOff, strawberry.argument(description="What happened.")],
    ) -> RequestResult:
        return await actions.take_off(
            info.context.operation,
            request_id=referred(request_id, "Request", "requestId"),
            version=version,
            reason=reason,
        )

    @act(
        "Record the group's decision on a tabled request; acceptance opens the case in the same act.",
        grant="decision.record",
    )
    async def record_decision(
        self,
        info: Info[Any, None],
        request_id: Annotated[strawberry.ID, argument("The request.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        meeting_id: Annotated[strawberry.ID, argument("The meeting that decided.", most=60)],
        decision: Annotated[DecisionTaken, strawberry.argument(description="What was decided, and why.")],
        case: Annotated[
            Annotated["CaseTakenUp", strawberry.lazy("schema.cases")] | None,
            strawberry.argument(description="The case that is taken up; with ACCEPT, and only then."),
        ] = None,
        id: Annotated[
            strawberry.ID | None, argument("An id that the front end made, `Decision:uuid`.", most=60)
        ] = None,
    ) -> DecisionResult:
        return await actions.decide(
            info.context.operation,
            decision_id=made(id, "Decision"),
            request_id=referred(request_id, "Request", "requestId"),
            version=version,
            meeting_id=referred(meeting_id, "Meeting", "meetingId"),
            decided=decision.value(),
            taken_up=case.value() if case else None,
        )

    @act(
        "Record what the seats that are not recused decided on a conflict: only so a wall is lifted, a claim heard.",
        grant="conflict.decide",
    )
    async def decide_on_conflict(
        self,
        info: Info[Any, None],
        conflict_id: Annotated[strawberry.ID, argument("The conflict.", most=60)],
        version: Annotated[int, strawberry.argument(description="The version that this is based on.")],
        meeting_id: Annotated[strawberry.ID, argument("The meeting that decided.", most=60)],
        outcome: Annotated[ConflictOutcome, strawberry.argument(description="What was decided.")],
        deliberation: Annotated[Deliberation, strawberry.argument(description="How, and why.")],
        replacing_seat_id: Annotated[
            strawberry.ID | None,
            argument(
                "The seat that keeps this case instead, where the secretariat's own organisation is walled.", most=60
            ),
        ] = None,
    ) -> ConflictResult:
        return await actions.decide_on_conflict(
            info.context.operation,
            decision_id=made(None, "Decision"),
            conflict_id=referred(conflict_id, "Conflict", "conflictId"),
            version=version,
            meeting_id=referred(meeting_id, "Meeting", "meetingId"),
            outcome=outcome,
            decided=deliberation.value(ON_CONFLICT[outcome]),
            replacing=None if replacing_seat_id is None else referred(replacing_seat_id, "Seat", "replacingSeatId"),
        )
