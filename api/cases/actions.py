"""Taking a case up, and the steps taken on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from api import policy
from api.audit.actions import record
from api.cases import reads, rules
from api.cases.tables import Activity, ActivityNote, Case, CaseNarrative, CasePlace, CaseRisk
from api.conflicts import actions as conflicts
from api.conflicts.actions import Matter
from api.dates import checked, to_the_month
from api.groups import reads as groups
from api.requests import actions as request_actions
from api.requests import reads as requests

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from api.cases.rules import ActivityKind, OecdRisk
    from api.conflicts.tables import Conflict
    from api.dates import DateWithPrecision
    from api.decisions.tables import Decision
    from api.requests.rules import IncidentClass, ToldPart
    from api.requests.tables import Request
    from api.seat import Category
    from api.store.operation import Operation


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What the group says of the case that it takes up."""

    case_id: UUID
    title: str
    incident_class: IncidentClass
    oecd_risks: Collection[OecdRisk]
    oecd_none_reason: str | None


async def open_case(op: Operation, request: Request, decision: Decision, opened_on: date, taken: TakenUp) -> Case:
    """Open the case in the act of the decision; what was told of the request becomes its first narrative."""
    rules.check_mapping(taken.oecd_risks, taken.oecd_none_reason)
    case = Case(
        group_id=op.group_id,
        id=taken.case_id,
        number=await _number(op, opened_on.year),
        state=rules.CaseState.OPEN,
        title=taken.title,
        incident_class=taken.incident_class,
        pcode=request.pcode,
        occurred=request.occurred,
        opened_on=opened_on,
        request_id=request.id,
        decision_id=decision.id,
    )
    await op.add(case)
    for risk in sorted(taken.oecd_risks, key=lambda risk: risk.name):
        await op.add(CaseRisk(group_id=op.group_id, case_id=case.id, risk=risk, reason=taken.oecd_none_reason))
    await _carry_over(op, request.id, case.id)
    await record(op, "case.open", case.id, request.id)
    return case


async def note_reading(op: Operation, case_ids: Collection[UUID], part: ToldPart) -> None:
    """What is told of a case was told of its request."""
    await request_actions.note_reading(op, await op.scalars(reads.requests_of(op.group_id, case_ids)), part)


async def fetch(op: Operation, case_id: UUID) -> Case:
    """The case that an act is about, kept as it is until the act is done."""
    return await op.fetch(Case, case_id, guard=True, argument="caseId")


async def declare_conflict(
    op: Operation, *, conflict_id: UUID, request_id: UUID, organisation_id: UUID, text: str | None
) -> Conflict:
    """Say that an organisation is in conflict with a request and, where it became one, its case."""
    policy.require(op.seat, "conflict.declare")
    await request_actions.check_seen(op, request_id)
    await conflicts.take_turn(op)
    found = await op.scalars(reads.ids_of_request(op.group_id, request_id))
    matter = Matter(request_id, found[0] if found else None)
    return await conflicts.declare(
        op, conflict_id=conflict_id, matter=matter, organisation_id=organisation_id, text=text
    )


async def log_activity(
    op: Operation,
    *,
    activity_id: UUID,
    case_id: UUID,
    kind: ActivityKind,
    done: DateWithPrecision,
    note: str | None,
    audience: Collection[Category] | None,
) -> Activity:
    """Write down a step taken (W6). Where no audience is named, it is that of the case's narrative."""
    await conflicts.require(op, "activity.log", case_id)
    case = await fetch(op, case_id)
    rules.check_followed(case.state)
    activity = Activity(
        group_id=op.group_id,
        id=activity_id,
        case_id=case_id,
        kind=kind,
        done=to_the_month(checked(done, argument="done", latest=op.now.date())),
        recorded_at=op.now,
    )
    await op.add(activity)
    row = ActivityNote(
        group_id=op.group_id,
        activity_id=activity_id,
        audience=sorted(await audience_of(op, case_id) if audience is None else (each.name for each in audience)),
        done=done,
    )
    if note is not None:
        op.seal(row, "text", note)
    await op.add(row)
    await record(op, "activity.log", activity_id, case_id)
    return activity


async def audience_of(op: Operation, case_id: UUID) -> list[str]:
    """Who reads what the case is about; nobody but its keepers where nothing is told of it."""
    told = await op.scalars(
        select(CaseNarrative).where(CaseNarrative.group_id == op.group_id, CaseNarrative.case_id == case_id)
    )
    return told[0].audience if told else []


async def _number(op: Operation, year: int) -> str:
    """A number that no case of the group has. The draw looks past row security only through the unique key."""
    code = (await op.scalars(groups.code_of(op.group_id)))[0]
    number = rules.new_number(code, year)
    while await op.scalars(select(Case.id).where(Case.group_id == op.group_id, Case.number == number)):
        number = rules.new_number(code, year)
    return number


async def _carry_over(op: Operation, request_id: UUID, case_id: UUID) -> None:
    """Seal what the request tells again, for the case's own rows."""
    key = {"group_id": op.group_id, "case_id": case_id}
    for narrative in await op.scalars(requests.narratives_of(op.group_id, request_id)):
        row = CaseNarrative(**key, audience=narrative.audience, occurred=narrative.occurred)
        op.seal(row, "text", op.open(narrative, "text"))
        await op.add(row)
    for place in await op.scalars(requests.places_of(op.group_id, request_id)):
        exact = CasePlace(**key)
        op.seal(exact, "stated", op.open(place, "stated"))
        await op.add(exact)
