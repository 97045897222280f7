"""Scheduling and holding meetings; tabling requests and deciding on them, which needs one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api import policy
from api.audit.actions import record
from api.cases import actions as cases
from api.cases.actions import TakenUp, open_case
from api.conflicts import actions as conflicts
from api.conflicts import reads as conflict_reads
from api.conflicts import rules as conflict_rules
from api.conflicts.actions import Matter
from api.dates import DateWithPrecision, Precision, checked
from api.decisions import actions as decisions
from api.decisions import rules as decision_rules
from api.decisions.rules import DecisionKind
from api.errors import InvalidInput, NotFound, WrongState
from api.groups import reads as groups
from api.meetings import reads, rules
from api.meetings.tables import AgendaItem, AgendaNote, AgendaRemoval, Attendance, Meeting
from api.notices.rules import NoticeKind
from api.requests import actions as requests
from api.requests import rules as request_rules
from api.seat import Category, Pillar
from api.seats import reads as seats
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

    from api.cases.tables import Case
    from api.conflicts.rules import ConflictOutcome, DisclosurePart
    from api.conflicts.tables import Conflict
    from api.decisions.rules import DecisionMode, Reason
    from api.decisions.tables import Decision
    from api.groups.tables import GroupSettings
    from api.meetings.rules import MeetingKind, TakenOff
    from api.requests.tables import Request
    from api.store.operation import Operation


async def schedule(
    op: Operation, *, meeting_id: UUID, kind: MeetingKind, scheduled_on: date, venue: str | None
) -> Meeting:
    """Put a meeting in the calendar."""
    policy.require(op.seat, "meeting.schedule")
    meeting = Meeting(
        group_id=op.group_id,
        id=meeting_id,
        kind=kind,
        state=rules.MeetingState.SCHEDULED,
        scheduled_on=scheduled_on,
        held=DateWithPrecision(None, None, Precision.UNKNOWN),
        venue=venue,
    )
    await op.add(meeting)
    await record(op, "meeting.schedule", meeting_id)
    return meeting


async def hold(
    op: Operation, *, meeting_id: UUID, version: int, held: DateWithPrecision, seat_ids: Collection[UUID]
) -> Meeting:
    """Write down that the meeting took place, and which seats were there."""
    policy.require(op.seat, "meeting.hold")
    meeting = await fetch(op, meeting_id, version)
    meeting.state = rules.held(meeting.state)
    meeting.held = checked(held, argument="held", latest=op.now.date())
    await op.flush()
    there = await op.scalars(seats.among(op.group_id, seat_ids, held.start or op.now.date()))
    if {seat.id for seat in there} != set(seat_ids):
        raise NotFound(field="seatIds")
    await op.add(*(Attendance(group_id=op.group_id, meeting_id=meeting_id, seat_id=seat.id) for seat in there))
    await record(op, "meeting.hold", meeting_id)
    return meeting


async def table(
    op: Operation, *, request_id: UUID, version: int, meeting_id: UUID, incomplete_reason: str | None
) -> Request:
    """Put a request on the agenda of a meeting to come (W3); the version shown is fixed."""
    policy.require(op.seat, "request.table")
    request = await requests.fetch(op, request_id, version)
    state = request_rules.moved(request.state, request_rules.TABLE)
    meeting = await fetch(op, meeting_id)
    rules.check_open_agenda(meeting.state)
    if meeting_id in await _tabled_at(op, request_id):
        raise InvalidInput("ALREADY_ON_AGENDA", field="meetingId")
    needed = (await _settings(op)).completeness_to_table
    request_rules.check_tabling(await requests.completeness(op, request_id), needed, incomplete_reason)
    request.state = state
    await op.flush()
    item = AgendaItem(
        group_id=op.group_id,
        id=new_id(),
        meeting_id=meeting_id,
        request_id=request_id,
        request_version=version,
        tabled_at=op.now,
    )
    await op.add(item)
    if incomplete_reason is not None:
        note = AgendaNote(group_id=op.group_id, agenda_item_id=item.id)
        op.seal(note, "incomplete_reason", incomplete_reason)
        await op.add(note)
    await requests.tell(op, NoticeKind.REQUEST_TABLED, request_id)
    await record(op, "request.table", request_id, meeting_id)
    return request


async def take_off(op: Operation, *, request_id: UUID, version: int, reason: TakenOff) -> Request:
    """Take a request off the agenda that it is on, undecided: another meeting may have it."""
    policy.require(op.seat, "request.take_off")
    request = await requests.fetch(op, request_id, version)
    request.state = request_rules.moved(request.state, request_rules.TAKE_OFF)
    await op.flush()
    item = (await op.scalars(reads.tablings_of(op.group_id, request_id)))[0]
    meeting = await fetch(op, item.meeting_id)
    present, _ = await _voting(op, meeting.id, request_id)
    quorate = decision_rules.has_quorum(present, (await _settings(op)).quorum_per_pillar)
    rules.check_taken_off(reason, meeting.state, quorate=quorate)
    await op.add(AgendaRemoval(group_id=op.group_id, agenda_item_id=item.id, reason=reason, taken_off_at=op.now))
    await requests.tell(op, NoticeKind.REQUEST_TAKEN_OFF, request_id)
    await record(op, "request.take_off", request_id, meeting.id)
    return request


@dataclass(frozen=True, slots=True)
class Decided:
    """What the members present decided, and why."""

    kind: DecisionKind
    mode: DecisionMode
    votes: tuple[int, int, int] | None
    reason: Reason | None
    addressee: str | None
    reasoning: str
    dissent: str | None
    audience: Collection[Category] | None
    """Where none is named, that of the request's narrative."""


async def decide(
    op: Operation,
    *,
    decision_id: UUID,
    request_id: UUID,
    version: int,
    meeting_id: UUID,
    decided: Decided,
    taken_up: TakenUp | None,
) -> Decision:
    """Record the group's decision on a tabled request (W4); acceptance opens the case in the same act."""
    policy.require(op.seat, "decision.record")
    decision_rules.check_answer(decided.kind)
    request = await requests.fetch(op, request_id, version)
    state = request_rules.decided(request.state, decided.kind)
    meeting = await fetch(op, meeting_id)
    rules.check_decides(meeting.state, on_agenda=[meeting_id] == (await _tabled_at(op, request_id))[:1])
    if (taken_up is None) == (decided.kind is DecisionKind.ACCEPT):
        raise InvalidInput("CASE_NEEDED", field="case")
    decision = await _decision(op, decision_id, meeting_id, request_id, decided)
    request.state = state
    await op.flush()
    if taken_up is not None:
        case = await open_case(op, request, decision, meeting.held.start or op.now.date(), taken_up)
        await conflicts.follow(op, request_id, case.id)
    await requests.tell(op, NoticeKind.REQUEST_DECIDED, request_id)
    await record(op, "decision.record", decision_id, request_id, meeting_id)
    return decision


async def decide_on_conflict(
    op: Operation,
    *,
    decision_id: UUID,
    conflict_id: UUID,
    version: int,
    meeting_id: UUID,
    outcome: ConflictOutcome,
    decided: Decided,
    replacing: UUID | None = None,
) -> Conflict:
    """Record what the seats that are not recused decided on a conflict: only so is a wall lifted, and a claim heard."""
    await conflicts.require(op, "conflict.decide")
    conflict = await conflicts.fetch(op, conflict_id, version)
    await conflicts.require(op, "conflict.decide", conflict.request_id)
    conflict_rules.check_decided(conflict.state, outcome)
    await _check_held(op, meeting_id)
    seat = await conflicts.replacement(op, replacing)
    await _decision(op, decision_id, meeting_id, conflict.request_id, decided)
    await conflicts.decided(op, conflict, outcome, decision_id=decision_id, replacing=seat)
    await record(op, "conflict.decide", conflict_id, decision_id, meeting_id)
    return conflict


async def disclose(
    op: Operation,
    *,
    decision_id: UUID,
    case_id: UUID,
    organisation_id: UUID,
    parts: Collection[DisclosurePart],
    meeting_id: UUID,
    decided: Decided,
) -> Case:
    """Record what the group decided to show an organisation of a case through its wall."""
    await conflicts.require(op, "disclosure.decide", case_id)
    case = await cases.fetch(op, case_id)
    await _check_held(op, meeting_id)
    if organisation_id not in await op.scalars(conflict_reads.walled(op.group_id, case_id)):
        raise WrongState("NOT_WALLED", field="organisationId")
    await _decision(op, decision_id, meeting_id, case.request_id, decided)
    await conflicts.disclose(op, Matter(case.request_id, case_id), organisation_id, parts, decision_id)
    await record(op, "disclosure.decide", case_id, decision_id, meeting_id)
    return case


async def _check_held(op: Operation, meeting_id: UUID) -> None:
    """What was held stays so: no lock is needed, which only the secretariat may take."""
    rules.check_held((await op.fetch(Meeting, meeting_id, argument="meetingId")).state)


async def _decision(op: Operation, decision_id: UUID, meeting_id: UUID, request_id: UUID, decided: Decided) -> Decision:
    """Write the decision down, by the seats present whose organisations are not in conflict with the matter."""
    present, recused = await _voting(op, meeting_id, request_id)
    return await decisions.write(
        op,
        decision_id=decision_id,
        meeting_id=meeting_id,
        request_id=request_id,
        kind=decided.kind,
        mode=decided.mode,
        votes=decided.votes,
        reason=decided.reason,
        addressee=decided.addressee,
        reasoning=decided.reasoning,
        dissent=decided.dissent,
        audience=await requests.audience(op, request_id) if decided.audience is None else list(decided.audience),
        present=present,
        recused=recused,
        quorum_per_pillar=(await _settings(op)).quorum_per_pillar,
    )


async def fetch(op: Operation, meeting_id: UUID, version: int | None = None) -> Meeting:
    """The meeting that an act is about: locked with a `version`, else kept as it is until the act is done."""
    return await op.fetch(Meeting, meeting_id, version=version, guard=True, argument="meetingId")


async def _voting(op: Operation, meeting_id: UUID, request_id: UUID) -> tuple[Sequence[Pillar], Collection[UUID]]:
    """The pillars of the voting seats present, a principal and its alternates being one; and the seats present that are
    recused, which count for nothing."""
    present = await op.scalars(reads.present(op.group_id, meeting_id))
    there = await op.scalars(seats.among(op.group_id, present))
    walled = set(await op.scalars(conflict_reads.walled(op.group_id, request_id)))
    voting = [
        seat
        for seat in there
        if seat.organisation_id not in walled and decision_rules.counts_for_quorum(seat.pillar, seat.roles)
    ]
    pillars = {seat.principal_id or seat.id: seat.pillar for seat in voting}
    return list(pillars.values()), [seat.id for seat in there if seat.organisation_id in walled]


async def _tabled_at(op: Operation, request_id: UUID) -> list[UUID]:
    """The meetings that the request was tabled at, the latest first."""
    return [item.meeting_id for item in await op.scalars(reads.tablings_of(op.group_id, request_id))]


async def _settings(op: Operation) -> GroupSettings:
    settings: GroupSettings = (await op.scalars(groups.settings_of(op.group_id)))[0]
    return settings
