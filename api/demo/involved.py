"""Who is said to be involved in the cases of South Kivu, who the parties are, and what the group shows them (DOMAIN
4)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from api.conflicts import reads as conflict_reads
from api.conflicts.rules import ConflictOutcome, DisclosurePart
from api.decisions.rules import DecisionKind, DecisionMode
from api.demo import matters
from api.demo.matters import month, year
from api.demo.roster import ORGANISATIONS, demo_id
from api.demo.stories import Step
from api.involvements import actions as involvements
from api.involvements.actions import Alleged, Source
from api.involvements.rules import AllegationStatus, Degree
from api.meetings import actions as meetings
from api.requests.rules import ActorKind, CountingUnit, IncidentClass, SourceConnection
from api.seat import Category

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from api.dates import DateWithPrecision
    from api.demo.matters import Brought
    from api.store.operation import Operation


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as the sources tell of it; without an organisation it is in no registry."""

    kind: ActorKind
    degree: Degree
    organisation: str | None = None
    unit: str | None = None
    unit_stated: str | None = None
    act: str | None = None
    affected: tuple[CountingUnit, int | None, int | None] | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case, and who is said to be involved."""

    matter: Brought
    name: str
    incident_class: IncidentClass
    occurred: DateWithPrecision
    actors: tuple[Actor, ...]


Side = tuple[int, Category, str | None]

PNC, PMH, FARDC = "Police nationale congolaise", "Police des Mines", "FARDC"
EVENTS = (
    Happened(
        matters.BITALE,
        "bitale/forces",
        IncidentClass.HIRING_OF_FORCES,
        month(2019, 5),
        (
            Actor(ActorKind.ARMY, Degree.PRESENT, FARDC, act="Présence d'éléments à la demande d'une coopérative."),
            Actor(ActorKind.ARMED_GROUP, Degree.PRESENT, act="Présence de Maï-Maï à la demande de l'autre."),
        ),
    ),
    Happened(
        matters.KALIMBI,
        "kalimbi/clashes",
        IncidentClass.COOPERATIVE_CLASH,
        month(2019, 1),
        (Actor(ActorKind.COOPERATIVE, Degree.PRESENT, act="Affrontements; les sources ne disent pas qui a commencé."),),
    ),
    Happened(
        matters.TWANGIZA,
        "twangiza/relocation",
        IncidentClass.UNPAID_COMPENSATION,
        year(2017),
        (
            Actor(
                ActorKind.COMPANY,
                Degree.CARRIED_OUT,
                "Twangiza Mining",
                act="Familles déplacées sans indemnisation suffisante.",
                affected=(CountingUnit.FAMILY, 85, None),
            ),
        ),
    ),
    Happened(
        matters.TWANGIZA,
        "twangiza/force",
        IncidentClass.USE_OF_FORCE,
        year(2020),
        (
            Actor(
                ActorKind.MINING_POLICE,
                Degree.CARRIED_OUT,
                PMH,
                act="Force contre des intrus, plusieurs fois; force et arrestations lors de protestations.",
                affected=(CountingUnit.PEOPLE, None, None),
            ),
        ),
    ),
    Happened(
        matters.TWANGIZA,
        "twangiza/integrity",
        IncidentClass.LIFE_INTEGRITY,
        year(2020),
        (
            Actor(
                ActorKind.MINING_POLICE,
                Degree.CARRIED_OUT,
                PMH,
                act="Une personne touchée par une balle, une autre qui aurait été torturée.",
                affected=(CountingUnit.INDIVIDUAL, 2, 2),
            ),
        ),
    ),
    Happened(
        matters.LUGUSHWA,
        "lugushwa/relocation",
        IncidentClass.UNPAID_COMPENSATION,
        year(2017),
        (Actor(ActorKind.COMPANY, Degree.CARRIED_OUT, "Twangiza Mining", act="Un ancien différend, rappelé ici."),),
    ),
    Happened(
        matters.LUGUSHWA,
        "lugushwa/protests",
        IncidentClass.PROTEST_REPRESSION,
        month(2020, 12),
        (
            Actor(
                ActorKind.POLICE,
                Degree.CARRIED_OUT,
                PNC,
                unit_stated="Unité inconnue",
                act="Répression alléguée de manifestations.",
                affected=(CountingUnit.COMMUNITY, None, None),
            ),
            Actor(ActorKind.IRREGULAR_STATE, Degree.PRESENT, act="Éléments incontrôlés de la police (JKK)."),
        ),
    ),
    Happened(
        matters.MAHESHE,
        "maheshe/harassment",
        IncidentClass.MILITARY_HARASSMENT,
        year(2019),
        (Actor(ActorKind.ARMY, Degree.CARRIED_OUT, FARDC, act="Tracasseries autour de Luntukulu."),),
    ),
    Happened(
        matters.MAHESHE,
        "maheshe/group",
        IncidentClass.ARMED_GROUP_ACTIVITY,
        year(2019),
        (Actor(ActorKind.ARMED_GROUP, Degree.CARRIED_OUT, act="Activité du groupe armé avant sa reddition."),),
    ),
)
PARTIES: dict[str, tuple[Side, ...]] = {
    "bitale": ((1, Category.COOPERATIVE, "COOMIBUK"), (2, Category.COOPERATIVE, "COOMIBI")),
    "kalimbi": (
        (1, Category.COOPERATIVE, "COOMIKA"),
        (1, Category.COOPERATIVE, "COMBECKA"),
        (2, Category.COOPERATIVE, "COMILAK"),
        (2, Category.CONCESSION_HOLDER, None),
    ),
    "twangiza": ((1, Category.COMMUNITY, None), (2, Category.COMPANY, "Twangiza Mining")),
    "lugushwa": (
        (1, Category.COMMUNITY, None),
        (1, Category.LOCAL_AUTHORITY, None),
        (2, Category.COMPANY, "Lugushwa Mining"),
        (2, Category.COOPERATIVE, "Mungu ni Jibu"),
    ),
    "maheshe": ((1, Category.ARMED_GROUP, None), (2, Category.SECURITY_FORCES, FARDC)),
}
SHOWN = (
    ("september", matters.KALIMBI, "COOMIKA", DisclosurePart.AGREEMENT_AS_PARTY),
    ("january-2021", matters.TWANGIZA, PMH, DisclosurePart.RECOMMENDATION_TO_ME),
    ("january-2021", matters.TWANGIZA, "Twangiza Mining", DisclosurePart.AGREEMENT_AS_PARTY),
)
"""The meeting that decided, the case, the organisation, and what it is shown beside the header."""

MEDIATOR = "FARDC, SECAS"
"""Its conflict with the case of Maheshe was lifted: it mediated (study §4.2)."""

ALLEGED = AllegationStatus.ALLEGED
UNTOLD = Source("MIS-01", SourceConnection.THIRD_PARTY, None)


def steps() -> Iterator[Step]:
    """After the cases are open."""
    for happened in EVENTS:
        yield Step("sk.officer", f"{happened.name}/event", partial(_event, happened))
        for index, actor in enumerate(happened.actors):
            name = f"{happened.name}/actor/{index}"
            yield Step("sk.officer", name, partial(_involvement, happened, actor, demo_id("involvement", name)))
    for matter, sides in PARTIES.items():
        for index, side in enumerate(sides):
            yield Step("sk.officer", f"{matter}/party/{index}", partial(_party, matter, index, side))
    for meeting, matter_shown, organisation, part in SHOWN:
        name = f"{matter_shown.name}/shown/{organisation}"
        yield Step("sk.coordinator", name, partial(_disclose, meeting, matter_shown, organisation, part))
    yield Step("sk.coordinator", "maheshe/mediator", _lift)


async def _event(happened: Happened, op: Operation) -> object:
    return await involvements.record_event(
        op,
        event_id=demo_id("event", happened.name),
        case_id=demo_id("case", happened.matter.name),
        incident_class=happened.incident_class,
        pcode=happened.matter.pcode,
        occurred=happened.occurred,
    )


async def _involvement(happened: Happened, actor: Actor, involvement_id: UUID, op: Operation) -> object:
    unit, least, most = actor.affected or (None, None, None)
    return await involvements.record_involvement(
        op,
        involvement_id=involvement_id,
        event_id=demo_id("event", happened.name),
        alleged=Alleged(
            organisation_id=demo_id("organisation", actor.organisation) if actor.organisation else None,
            actor_kind=actor.kind,
            degree=actor.degree,
            act=actor.act,
            counting_unit=unit,
            affected_at_least=least,
            affected_at_most=most,
            unit_id=demo_id("organisation", actor.unit) if actor.unit else None,
            unit_stated=actor.unit_stated,
        ),
        status=ALLEGED,
        stated=happened.occurred,
        source=UNTOLD,
        audience=happened.matter.told.audience,
    )


async def _party(matter: str, index: int, side: Side, op: Operation) -> object:
    number, category, organisation = side
    assert organisation is None or ORGANISATIONS[organisation][0] is category, organisation
    return await involvements.add_party(
        op,
        party_id=demo_id("party", matter, str(index)),
        case_id=demo_id("case", matter),
        side=number,
        category=category,
        organisation_id=demo_id("organisation", organisation) if organisation else None,
        audience=None,
    )


async def _disclose(meeting: str, matter: Brought, organisation: str, part: DisclosurePart, op: Operation) -> object:
    return await meetings.disclose(
        op,
        decision_id=demo_id("decision", matter.name, organisation),
        case_id=demo_id("case", matter.name),
        organisation_id=demo_id("organisation", organisation),
        parts={DisclosurePart.HEADER, part},
        meeting_id=demo_id("meeting", meeting),
        decided=_decided(DecisionKind.DISCLOSE, "Ce qui la concerne, et rien d'autre."),
    )


async def _lift(op: Operation) -> object:
    request_id, organisation_id = demo_id("request", "maheshe"), demo_id("organisation", MEDIATOR)
    (conflict,) = await op.scalars(conflict_reads.between(op.group_id, request_id, organisation_id))
    return await meetings.decide_on_conflict(
        op,
        decision_id=demo_id("decision", "maheshe", MEDIATOR),
        conflict_id=conflict.id,
        version=conflict.version,
        meeting_id=demo_id("meeting", "september"),
        outcome=ConflictOutcome.LIFTED,
        decided=_decided(DecisionKind.LIFT_CONFLICT, "Elle a servi de médiatrice."),
    )


def _decided(kind: DecisionKind, reasoning: str) -> meetings.Decided:
    return meetings.Decided(
        kind=kind,
        mode=DecisionMode.CONSENSUS,
        votes=None,
        reason=None,
        addressee=None,
        reasoning=reasoning,
        dissent=None,
        audience=None,
    )
