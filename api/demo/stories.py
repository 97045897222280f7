"""The documented stories and their neighbours, act by act, as far as the acts go (DOMAIN 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.cases import actions as cases
from api.cases.rules import OecdRisk
from api.decisions.rules import DecisionKind, DecisionMode, Reason
from api.demo import matters
from api.demo.matters import day, month
from api.demo.roster import PERSONAS, demo_id
from api.meetings import actions as meetings
from api.meetings.rules import MeetingKind
from api.requests import actions as requests
from api.requests.rules import IncidentClass, Reliability

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from api.cases.rules import ActivityKind
    from api.dates import DateWithPrecision
    from api.demo.matters import Brought
    from api.store.operation import Operation

    Act = Callable[[Operation], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Step:
    """An act of a persona; `name` is what makes a second load find it done."""

    persona: str
    name: str
    act: Act


def steps() -> Iterator[Step]:
    """Everything, in the order in which it can be entered."""
    yield from _meeting("january", date(2019, 1, 28), month(2019, 1), None, [matters.KALIMBI])
    yield from _accepted(
        "january", matters.KALIMBI, IncidentClass.COOPERATIVE_CLASH, {OecdRisk.O1_4}, matters.KALIMBI_STEPS
    )
    yield from _meeting(
        "june",
        date(2019, 6, 17),
        day(date(2019, 6, 17)),
        "Hôtel Bégonias, Bukavu",
        [matters.BITALE, matters.FIELD_PRESENCE, matters.PRIVATE_DEBT],
    )
    yield from _accepted(
        "june", matters.BITALE, IncidentClass.HIRING_OF_FORCES, {OecdRisk.O3, OecdRisk.O5}, matters.BITALE_STEPS
    )
    yield _decided("june", matters.FIELD_PRESENCE, DecisionKind.DEFER, Reason.WORK_PLAN, "Reporté au plan de travail.")
    yield _decided(
        "june", matters.PRIVATE_DEBT, DecisionKind.NOT_ACCEPT, Reason.OUT_OF_SCOPE, "Sans lien avec une mine."
    )
    yield from _meeting("september", date(2019, 9, 16), month(2019, 9), None, [matters.MAHESHE])
    yield from _accepted(
        "september",
        matters.MAHESHE,
        IncidentClass.ARMED_GROUP_ACTIVITY,
        {OecdRisk.O3, OecdRisk.O5},
        matters.MAHESHE_STEPS,
    )
    yield from _meeting("july", date(2020, 7, 20), month(2020, 7), None, [matters.TWANGIZA])
    risks = {OecdRisk.O1_1, OecdRisk.O1_4, OecdRisk.O5}
    yield from _accepted("july", matters.TWANGIZA, IncidentClass.USE_OF_FORCE, risks, matters.TWANGIZA_STEPS)
    yield from _meeting("january-2021", date(2021, 1, 18), month(2021, 1), None, [matters.LUGUSHWA])
    risks = {OecdRisk.O1_4, OecdRisk.O5}
    yield from _accepted(
        "january-2021", matters.LUGUSHWA, IncidentClass.PROTEST_REPRESSION, risks, matters.LUGUSHWA_STEPS
    )
    yield Step(matters.TRESPASS.author, "trespass/submit", matters.TRESPASS.submit)
    yield _triaged("lub.coordinator", matters.TRESPASS)


def _meeting(
    name: str, scheduled_on: date, held: DateWithPrecision, venue: str | None, items: list[Brought]
) -> Iterator[Step]:
    """Bring and triage the requests, put them on the agenda, and hold the meeting."""
    meeting_id = demo_id("meeting", name)
    for item in items:
        yield Step(item.author, f"{item.name}/submit", item.submit)
        yield _triaged("sk.officer", item)
    yield Step(
        "sk.officer",
        f"{name}/schedule",
        lambda op: meetings.schedule(
            op, meeting_id=meeting_id, kind=MeetingKind.MONTHLY, scheduled_on=scheduled_on, venue=venue
        ),
    )
    for item in items:
        yield _tabled(name, item)
    present = {persona.seat_id for persona in PERSONAS if persona.group_code == "sk" and persona.area is None}

    async def hold(op: Operation) -> object:
        meeting = await meetings.fetch(op, meeting_id)
        return await meetings.hold(op, meeting_id=meeting_id, version=meeting.version, held=held, seat_ids=present)

    yield Step("sk.officer", f"{name}/hold", hold)


def _triaged(persona: str, item: Brought) -> Step:
    async def triage(op: Operation) -> object:
        request = await requests.fetch(op, demo_id("request", item.name))
        return await requests.triage(
            op, request_id=request.id, version=request.version, reliability=Reliability.LIKELY_RELIABLE, note=None
        )

    return Step(persona, f"{item.name}/triage", triage)


def _tabled(meeting: str, item: Brought) -> Step:
    async def table(op: Operation) -> object:
        request = await requests.fetch(op, demo_id("request", item.name))
        return await meetings.table(
            op,
            request_id=request.id,
            version=request.version,
            meeting_id=demo_id("meeting", meeting),
            incomplete_reason="Le secrétariat a vérifié ce qui manque.",
        )

    return Step("sk.officer", f"{item.name}/table", table)


def _decided(  # noqa: PLR0913 - a decision is its facts
    meeting: str,
    item: Brought,
    kind: DecisionKind,
    reason: Reason | None,
    reasoning: str,
    taken_up: cases.TakenUp | None = None,
) -> Step:
    async def decide(op: Operation) -> object:
        request = await requests.fetch(op, demo_id("request", item.name))
        return await meetings.decide(
            op,
            decision_id=demo_id("decision", item.name),
            request_id=request.id,
            version=request.version,
            meeting_id=demo_id("meeting", meeting),
            decided=meetings.Decided(
                kind=kind,
                mode=DecisionMode.CONSENSUS,
                votes=None,
                reason=reason,
                addressee=None,
                reasoning=reasoning,
                dissent=None,
                audience=item.told.audience,
            ),
            taken_up=taken_up,
        )

    return Step("sk.coordinator", f"{item.name}/decide", decide)


def _accepted(
    meeting: str,
    item: Brought,
    incident_class: IncidentClass,
    risks: set[OecdRisk],
    done: tuple[tuple[ActivityKind, DateWithPrecision, str], ...],
) -> Iterator[Step]:
    """Take the case up and log what was done."""
    case_id = demo_id("case", item.name)
    taken_up = cases.TakenUp(case_id, item.title, incident_class, risks, None)
    yield _decided(meeting, item, DecisionKind.ACCEPT, None, "Le groupe se saisit du dossier.", taken_up)
    for index, (kind, when, note) in enumerate(done):
        yield Step("sk.officer", f"{item.name}/activity/{index}", _logged(item, index, kind, when, note))


def _logged(item: Brought, index: int, kind: ActivityKind, when: DateWithPrecision, note: str) -> Act:
    return lambda op: cases.log_activity(
        op,
        activity_id=demo_id("activity", item.name, str(index)),
        case_id=demo_id("case", item.name),
        kind=kind,
        done=when,
        note=note,
        audience=item.told.audience,
    )
