"""Bitale, Kalimbi and their neighbours, as far as the main line goes (DOMAIN 4). Each step is one act of one persona.

What the sources do not say is neutral; an assumed date has precision MONTH or YEAR.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.cases import actions as cases
from api.cases.rules import ActivityKind, OecdRisk
from api.dates import DateWithPrecision, Precision
from api.decisions.rules import DecisionKind, DecisionMode, Reason
from api.demo.roster import PERSONAS, demo_id
from api.meetings import actions as meetings
from api.meetings.rules import MeetingKind
from api.requests import actions as requests
from api.requests.rules import (
    DEFAULT_AUDIENCE,
    ActorKind,
    Channel,
    CountingUnit,
    IncidentClass,
    Reliability,
    RequestType,
    SourceConnection,
    Urgency,
)
from api.seat import Category

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from api.requests.tables import Request
    from api.store.operation import Operation

    Act = Callable[[Operation], Awaitable[object]]

WITH_FORCES = DEFAULT_AUDIENCE | {Category.SECURITY_FORCES}


def year(value: int) -> DateWithPrecision:
    return DateWithPrecision(date(value, 1, 1), None, Precision.YEAR)


def month(value: int, number: int) -> DateWithPrecision:
    return DateWithPrecision(date(value, number, 1), None, Precision.MONTH)


def day(value: date) -> DateWithPrecision:
    return DateWithPrecision(value, None, Precision.DAY)


@dataclass(frozen=True, slots=True)
class Step:
    """An act of a persona; `name` is what makes a second load find it done."""

    persona: str
    name: str
    act: Act


@dataclass(frozen=True, slots=True)
class Brought:
    """A request as its author brings it."""

    name: str
    author: str
    title: str
    request_type: RequestType
    requester: Category
    channel: Channel
    pcode: str
    occurred: DateWithPrecision
    brought: DateWithPrecision
    incident_class: IncidentClass | None
    told: requests.Told
    urgency: Urgency = Urgency.NORMAL

    def submit(self, op: Operation) -> Awaitable[Request]:
        return requests.submit(
            op,
            request_id=demo_id("request", self.name),
            title=self.title,
            request_type=self.request_type,
            requester=self.requester,
            channel=self.channel,
            urgency=self.urgency,
            incident_class=self.incident_class,
            pcode=self.pcode,
            occurred=self.occurred,
            brought=self.brought,
            told=self.told,
        )


BITALE = Brought(
    "bitale",
    "sk.cls-kalehe",
    "Droits d'extraction et forces irrégulières à Bitale",
    RequestType.ABUSE_BY_HIRED_FORCES,
    Category.LOCAL_COMMITTEE,
    Channel.FOCAL_POINT,
    "CD6205",
    month(2019, 5),
    month(2019, 5),
    IncidentClass.HIRING_OF_FORCES,
    requests.Told(
        narrative=(
            "Deux coopératives se disputent le droit d'extraction depuis la formalisation du Code de 2018. "
            "L'une a fait appel à des éléments des FARDC, l'autre à des Maï-Maï. Les travaux sont suspendus par les "
            "autorités."
        ),
        wanted_action="Retrait des forces irrégulières et médiation entre les deux coopératives.",
        stated_place="Bitale, zones d'exploitation artisanale 798 et 799",
        alleged_actor_kind=ActorKind.ARMY,
        counting_unit=CountingUnit.COMMUNITY,
        affected=None,
        source_code="CLS-01",
        source_connection=SourceConnection.THIRD_PARTY,
        source_statement=None,
        audience=WITH_FORCES,
    ),
    Urgency.IMMEDIATE,
)
KALIMBI = Brought(
    "kalimbi",
    "sk.cooperative",
    "Suspension et litige entre coopératives à Kalimbi",
    RequestType.LIFT_SUSPENSION,
    Category.COOPERATIVE,
    Channel.SECRETARIAT,
    "CD6205",
    month(2019, 1),
    month(2019, 1),
    IncidentClass.COOPERATIVE_CLASH,
    requests.Told(
        narrative=(
            "Le site est fermé. Les deux coopératives les plus anciennes sont endettées envers les titulaires; une "
            "troisième, soutenue par eux, revendique la zone. Des affrontements ont eu lieu."
        ),
        wanted_action="Réouverture du site, bornage des carrés et médiation entre les trois coopératives.",
        stated_place="Kalimbi (Nyabibwe), zone d'exploitation artisanale 496, codmine00917",
        alleged_actor_kind=ActorKind.COOPERATIVE,
        counting_unit=CountingUnit.COMMUNITY,
        affected=None,
        source_code="COOP-01",
        source_connection=SourceConnection.VICTIM_ORGANISATION,
        source_statement=None,
        audience=WITH_FORCES,
    ),
    Urgency.BEFORE_NEXT_MEETING,
)
FIELD_PRESENCE = Brought(
    "field-presence",
    "sk.officer",
    "Présence du groupe dans les territoires éloignés",
    RequestType.FIELD_PRESENCE,
    Category.LOCAL_AUTHORITY,
    Channel.LETTER,
    "CD6203",
    year(2019),
    month(2019, 5),
    None,
    requests.Told(
        narrative="Une autorité locale demande que le groupe soit représenté hors de Bukavu.",
        wanted_action="Un représentant du groupe dans le territoire.",
        stated_place=None,
        alleged_actor_kind=None,
        counting_unit=None,
        affected=None,
        source_code="AUT-01",
        source_connection=SourceConnection.THIRD_PARTY,
        source_statement=None,
        audience=DEFAULT_AUDIENCE,
    ),
)
PRIVATE_DEBT = Brought(
    "private-debt",
    "sk.officer",
    "Dette privée entre deux commerçants (fictive)",
    RequestType.DIALOGUE,
    Category.TRADER,
    Channel.PHONE,
    "CD6201",
    month(2019, 4),
    month(2019, 5),
    None,
    requests.Told(
        narrative="Deux commerçants (fictifs) se disputent une dette sans lien avec une mine.",
        wanted_action="Une médiation.",
        stated_place=None,
        alleged_actor_kind=None,
        counting_unit=CountingUnit.INDIVIDUAL,
        affected=2,
        source_code="COM-01",
        source_connection=SourceConnection.VICTIM,
        source_statement=None,
        audience=DEFAULT_AUDIENCE,
    ),
)
TRESPASS = Brought(
    "trespass",
    "lub.company",
    "Table ronde sur les intrusions et les gardes des entreprises",
    RequestType.DIALOGUE,
    Category.COMPANY,
    Channel.MEETING,
    "CD7101",
    DateWithPrecision(None, None, Precision.UNKNOWN),
    year(2020),
    IncidentClass.UNLAWFUL_PRESENCE,
    requests.Told(
        narrative="Les entreprises demandent une table ronde sur les intrusions et la conduite de leurs gardes.",
        wanted_action="Une table ronde avec la police et la société civile.",
        stated_place=None,
        alleged_actor_kind=ActorKind.PRIVATE_SECURITY,
        counting_unit=None,
        affected=None,
        source_code="ENT-01",
        source_connection=SourceConnection.UNKNOWN,
        source_statement=None,
        audience=DEFAULT_AUDIENCE,
    ),
)

KALIMBI_STEPS = (
    (ActivityKind.MEDIATION, year(2019), "Médiation: les trois coopératives et les titulaires à une même table."),
    (ActivityKind.ADVOCACY, year(2019), "Plaidoyer pour le bornage des carrés miniers."),
    (ActivityKind.FOLLOW_UP_VISIT, year(2019), "Suivi sur le site avec le comité local de suivi."),
)
BITALE_STEPS = (
    (ActivityKind.FACT_FINDING, year(2019), "Enquête sur place."),
    (
        ActivityKind.COMMAND_NEGOTIATION,
        year(2019),
        "Négociation avec le commandement des FARDC à Bukavu; retrait suivi.",
    ),
    (ActivityKind.MEDIATION, year(2019), "Médiation pour une cohabitation sans forces irrégulières."),
    (ActivityKind.ADVOCACY, year(2019), "Plaidoyer pour le déploiement de la Police des Mines."),
    (ActivityKind.AWARENESS, year(2020), "Sensibilisation des coopératives et des forces."),
    (ActivityKind.FIELD_MISSION, year(2020), "Missions répétées sur le site."),
)


def steps() -> Iterator[Step]:
    """Everything, in the order in which it can be entered."""
    yield from _meeting("january", date(2019, 1, 28), month(2019, 1), None, [KALIMBI])
    yield from _accepted("january", KALIMBI, IncidentClass.COOPERATIVE_CLASH, {OecdRisk.O1_4}, KALIMBI_STEPS)
    yield from _meeting(
        "june",
        date(2019, 6, 17),
        day(date(2019, 6, 17)),
        "Hôtel Bégonias, Bukavu",
        [BITALE, FIELD_PRESENCE, PRIVATE_DEBT],
    )
    yield from _accepted("june", BITALE, IncidentClass.HIRING_OF_FORCES, {OecdRisk.O3, OecdRisk.O5}, BITALE_STEPS)
    yield _decided("june", FIELD_PRESENCE, DecisionKind.DEFER, Reason.WORK_PLAN, "Reporté au plan de travail.")
    yield _decided("june", PRIVATE_DEBT, DecisionKind.NOT_ACCEPT, Reason.OUT_OF_SCOPE, "Sans lien avec une mine.")
    yield Step(TRESPASS.author, "trespass/submit", TRESPASS.submit)
    yield _triaged("lub.coordinator", TRESPASS)


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
