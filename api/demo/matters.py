"""What was brought to the groups of the demonstration, and what was done about it (DOMAIN 4).

What the sources do not say is neutral; an assumed date has precision MONTH or YEAR.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from api.cases.rules import ActivityKind
from api.dates import DateWithPrecision, Precision
from api.demo.roster import demo_id
from api.requests import actions as requests
from api.requests.rules import (
    DEFAULT_AUDIENCE,
    ActorKind,
    Channel,
    CountingUnit,
    IncidentClass,
    RequestType,
    SourceConnection,
    Urgency,
)
from api.seat import Category

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from api.requests.tables import Request
    from api.store.operation import Operation

WITH_FORCES = DEFAULT_AUDIENCE | {Category.SECURITY_FORCES}


def year(value: int) -> DateWithPrecision:
    return DateWithPrecision(date(value, 1, 1), None, Precision.YEAR)


def month(value: int, number: int) -> DateWithPrecision:
    return DateWithPrecision(date(value, number, 1), None, Precision.MONTH)


def day(value: date) -> DateWithPrecision:
    return DateWithPrecision(value, None, Precision.DAY)


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
TWANGIZA = Brought(
    "twangiza",
    "sk.officer",
    "Usage de la force et indemnisation à Twangiza",
    RequestType.ABUSE_BY_OPERATIONS,
    Category.COMMUNITY,
    Channel.MISSION_FINDING,
    "CD6212",
    year(2020),
    year(2020),
    IncidentClass.USE_OF_FORCE,
    requests.Told(
        narrative=(
            "L'accord avec la communauté n'est pas respecté et des familles déplacées n'ont pas été indemnisées comme "
            "il convient. La force a été employée plusieurs fois contre des intrus. Un membre de la communauté a été "
            "touché par une balle; un autre aurait été torturé."
        ),
        wanted_action="Des mesures envers les auteurs, et un arrangement qui laisse place à la protestation pacifique.",
        stated_place="Site industriel de Twangiza",
        alleged_actor_kind=ActorKind.MINING_POLICE,
        counting_unit=CountingUnit.INDIVIDUAL,
        affected=2,
        source_code="MIS-01",
        source_connection=SourceConnection.THIRD_PARTY,
        source_statement=None,
        audience=DEFAULT_AUDIENCE,
    ),
    Urgency.BEFORE_NEXT_MEETING,
)
LUGUSHWA = Brought(
    "lugushwa",
    "sk.cso",
    "Manifestations et présence de forces à Lugushwa",
    RequestType.COMMUNITY_AGREEMENT,
    Category.COMMUNITY,
    Channel.MEETING,
    "CD6212",
    DateWithPrecision(date(2020, 11, 1), date(2020, 12, 31), Precision.INTERVAL),
    month(2021, 1),
    IncidentClass.PROTEST_REPRESSION,
    requests.Told(
        narrative=(
            "La communauté demande la route, l'emploi local, des écoles, des centres de santé et un pont, et le départ "
            "d'une coopérative qui ne respecte pas les principes de la loi. Les manifestations de novembre et de "
            "décembre 2020 auraient été réprimées. Les responsables locaux refusent le dialogue tant que la "
            "coopérative reste."
        ),
        wanted_action="Réunir la chefferie, l'entreprise, la coopérative et la communauté.",
        stated_place="Lugushwa, codmine01723",
        alleged_actor_kind=ActorKind.POLICE,
        counting_unit=CountingUnit.COMMUNITY,
        affected=None,
        source_code="SOC-01",
        source_connection=SourceConnection.VICTIM_ORGANISATION,
        source_statement=None,
        audience=DEFAULT_AUDIENCE,
    ),
    Urgency.IMMEDIATE,
)
MAHESHE = Brought(
    "maheshe",
    "sk.officer",
    "Reddition d'un groupe armé à Luntukulu",
    RequestType.SURRENDER_MEDIATION,
    Category.ARMED_GROUP,
    Channel.ARMED_GROUP,
    "CD6207",
    year(2019),
    year(2019),
    IncidentClass.ARMED_GROUP_ACTIVITY,
    requests.Told(
        narrative=(
            "Un groupe armé demande de lui-même une médiation pour déposer les armes. Les échanges entre l'armée et "
            "lui sont bloqués. La population autour de Luntukulu se plaint de tracasseries militaires."
        ),
        wanted_action="Une médiation avec l'armée en vue d'une reddition.",
        stated_place="Luntukulu, codmine01728",
        alleged_actor_kind=ActorKind.ARMED_GROUP,
        counting_unit=CountingUnit.COMMUNITY,
        affected=None,
        source_code="ARM-01",
        source_connection=SourceConnection.PERPETRATOR_ORGANISATION,
        source_statement=None,
        audience=WITH_FORCES,
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
TWANGIZA_STEPS = (
    (ActivityKind.FIELD_MISSION, year(2020), "Missions de suivi sur place."),
    (ActivityKind.COMMAND_NEGOTIATION, year(2020), "Démarche auprès de la hiérarchie de la Police des Mines."),
    (ActivityKind.COMMUNITY_FORUM, year(2020), "Réunions locales entre toutes les parties prenantes."),
)
LUGUSHWA_STEPS = (
    (ActivityKind.MEDIATION, year(2021), "Essais répétés de réunir chefferie, coopérative et communauté."),
    (ActivityKind.FOLLOW_UP_VISIT, year(2021), "Missions de suivi sur place."),
)
MAHESHE_STEPS = (
    (ActivityKind.MEDIATION, month(2019, 10), "Médiation entre le groupe armé et l'armée."),
    (ActivityKind.FOLLOW_UP_VISIT, year(2020), "Suivi des relations entre civils et militaires."),
)
