"""Requests: their codes, how complete a fact sheet is, and where each may go (DOMAIN 3.5–3.7, 6.4)."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.decisions.rules import DecisionKind
from api.errors import InvalidInput, WrongState
from api.seat import Category, Role

if TYPE_CHECKING:
    from api.seat import Seat


@unique
class RequestState(Enum):
    """Where a request stands; it stays on record whatever becomes of it."""

    SUBMITTED = "soumise"
    TRIAGED = "instruite"
    TABLED = "à l'ordre du jour"
    ACCEPTED = "retenue"
    NOT_ACCEPTED = "non retenue"
    DEFERRED = "reportée"
    REFERRED = "renvoyée"


@unique
class Channel(Enum):
    """How a request reached the group."""

    MEETING = "réunion"
    SECRETARIAT = "secrétariat"
    PHONE = "téléphone"
    LETTER = "courrier"
    FOCAL_POINT = "point focal"
    MISSION_FINDING = "constat de mission"
    PARTNER = "partenaire"
    ARMED_GROUP = "groupe armé"


@unique
class Urgency(Enum):
    """How soon it must be acted on."""

    IMMEDIATE = "immédiate"
    BEFORE_NEXT_MEETING = "avant la prochaine réunion"
    NORMAL = "normale"


@unique
class RequestType(Enum):
    """What is asked, by kind of stakeholder (R1 to R7)."""

    COMMUNITY_AGREEMENT = "accord communautaire"
    LAND_EXPROPRIATION = "expropriation"
    PARTIAL_AUTHORITY = "partialité d'une autorité"
    ABUSE_BY_HIRED_FORCES = "abus de forces engagées"
    ABUSE_BY_OPERATIONS = "abus liés à l'exploitation"
    EXTRACTION_RIGHTS = "droit d'extraction"
    SITE_MANAGEMENT = "gestion du site"
    DEBT_TO_HOLDER = "dette envers le titulaire"
    DEMARCATION = "bornage"
    LIFT_SUSPENSION = "levée de suspension"
    VP_TRAINING = "formation"
    MEDIATION_WITH_ARMED_GROUP = "médiation avec un groupe armé"
    FIELD_PRESENCE = "présence locale"
    SURRENDER_MEDIATION = "médiation pour une reddition"
    SITE_INCIDENT = "incident de site"
    DIALOGUE = "dialogue"
    SECURITY_ARRANGEMENT = "arrangement de sécurité"


@unique
class IncidentClass(Enum):
    """What kind of incident it is about (V1 to V26)."""

    LIFE_INTEGRITY = "atteinte à la vie ou à l'intégrité"
    USE_OF_FORCE = "usage de la force"
    PROTEST_REPRESSION = "répression de manifestation"
    ILLEGAL_FORCES_PRESENCE = "présence illégale de forces"
    HIRING_OF_FORCES = "recours à des forces illégales"
    COOPERATIVE_CLASH = "affrontement entre coopératives"
    MILITARY_HARASSMENT = "tracasserie militaire"
    ARMED_GROUP_ACTIVITY = "activité de groupe armé"
    UNPAID_COMPENSATION = "indemnisation non payée"
    LAND_EXPROPRIATION = "expropriation"
    AGREEMENT_NOT_RESPECTED = "accord communautaire non respecté"
    PARTIAL_AUTHORITY = "partialité ou abus d'autorité"
    CHILD_LABOUR = "travail des enfants; femmes enceintes sur site"
    UNTRACED_MINERALS = "minerais non étiquetés"
    MINER_DISPUTE = "litige entre creuseurs"
    UNSAFE_SHAFT = "puits dangereux, accident"
    UNLAWFUL_PRESENCE = "présence non autorisée sur site"
    SUSPENSION = "suspension administrative"
    CORRUPTION_ILLEGAL_TAX = "corruption, taxation illégale"
    SEXUAL_VIOLENCE = "violences sexuelles"
    ARBITRARY_DETENTION = "détention arbitraire"
    FORCED_LABOUR = "travail forcé"
    ARMED_GROUP_KILLING = "homicide par groupe armé"
    ROADBLOCK = "barrière illégale"
    REPRISAL = "représailles, menaces"
    ENVIRONMENT = "atteinte à l'environnement"


@unique
class ActorKind(Enum):
    """The kind of the alleged actor; never who (DOMAIN 3.8)."""

    ARMY = "armée"
    POLICE = "police"
    MINING_POLICE = "police des mines"
    IRREGULAR_STATE = "éléments incontrôlés"
    ARMED_GROUP = "groupe armé"
    PRIVATE_SECURITY = "gardiennage privé"
    INFORMAL_GUARD = "garde informel"
    COMPANY = "entreprise"
    COOPERATIVE = "coopérative"
    AUTHORITY = "autorité"
    COMMUNITY = "communauté"
    UNKNOWN = "inconnu"


@unique
class CountingUnit(Enum):
    """What a number of affected counts; totals say it."""

    INDIVIDUAL = "personne"
    FAMILY = "famille"
    GROUP = "groupe"
    COMMUNITY = "communauté"
    PEOPLE = "population"
    EVENT = "événement"


@unique
class SourceConnection(Enum):
    """How the source relates to what happened (HURIDOCS-shaped list, DOMAIN 6.1)."""

    VICTIM = "victime"
    WITNESS = "témoin"
    PERPETRATOR = "auteur"
    VICTIM_RELATIVE = "proche de la victime"
    VICTIM_COLLEAGUE = "collègue de la victime"
    VICTIM_ORGANISATION = "organisation de la victime"
    PERPETRATOR_RELATIVE = "proche de l'auteur"
    PERPETRATOR_COLLEAGUE = "collègue de l'auteur"
    PERPETRATOR_ORGANISATION = "organisation de l'auteur"
    THIRD_PARTY = "tiers"
    REPORTER = "journaliste"
    LAWYER = "juriste"
    MEDICAL = "soignant"
    NGO = "ONG"
    UNKNOWN = "inconnu"


@unique
class Reliability(Enum):
    """How far a source may be relied on, as the secretariat judges."""

    HIGHLY_RELIABLE = "très fiable"
    LIKELY_RELIABLE = "plutôt fiable"
    UNSURE = "incertaine"
    LIKELY_UNRELIABLE = "plutôt peu fiable"
    UNRELIABLE = "pas fiable"
    UNKNOWN = "inconnue"


@unique
class Reader(Enum):
    """Who looked at what was told, as far as whoever told it is told: a pillar, and no person or organisation."""

    SECRETARIAT = "secrétariat"
    CUSTODIAN = "gardien des données"
    GOVERNMENT = "gouvernement"
    PRIVATE_SECTOR = "secteur privé"
    CIVIL_SOCIETY = "société civile"
    OTHER = "autre siège"


@unique
class ToldPart(Enum):
    """What of a request was opened."""

    NARRATIVE = "récit"
    EXACT_PLACE = "lieu exact"
    SOURCE = "source"


def reader(seat: Seat) -> Reader:
    """As whom a seat reads."""
    if seat.roles & {Role.COORDINATOR, Role.CASE_OFFICER}:
        return Reader.SECRETARIAT
    if Role.CUSTODIAN in seat.roles:
        return Reader.CUSTODIAN
    return Reader[seat.pillar.name] if seat.pillar else Reader.OTHER


DEFAULT_AUDIENCE = frozenset(
    {Category.CSO, Category.COMMUNITY, Category.RELIGIOUS_BODY, Category.GOVERNMENT_INSTITUTION}
)
"""Who reads a PILLAR row unless somebody says otherwise: civil society's categories and government institutions."""

TRIAGE = {RequestState.SUBMITTED: RequestState.TRIAGED}
TABLE = {RequestState.TRIAGED: RequestState.TABLED, RequestState.DEFERRED: RequestState.TABLED}
TAKE_OFF = {RequestState.TABLED: RequestState.TRIAGED}
DECIDE = {
    DecisionKind.ACCEPT: RequestState.ACCEPTED,
    DecisionKind.NOT_ACCEPT: RequestState.NOT_ACCEPTED,
    DecisionKind.DEFER: RequestState.DEFERRED,
    DecisionKind.REFER: RequestState.REFERRED,
}


@dataclass(frozen=True, slots=True)
class FactSheet:
    """The template's minimum (DOMAIN 3.5); "unknown" is an answer, nothing is none."""

    what: bool
    stated_place: bool
    date: bool
    alleged_actor_kind: bool
    affected: bool
    source_connection: bool
    source_reliability: bool
    wanted_action: bool
    urgency: bool


def completeness(sheet: FactSheet) -> int:
    """How much of the minimum is there, in whole per cent."""
    items = astuple(sheet)
    return 100 * items.count(True) // len(items)


def moved(state: RequestState, transitions: dict[RequestState, RequestState]) -> RequestState:
    """The next state; raise `WrongState` where the act is not possible."""
    if state not in transitions:
        raise WrongState(field="requestId")
    return transitions[state]


def decided(state: RequestState, kind: DecisionKind) -> RequestState:
    """The state after a decision; only what is on an agenda is decided on."""
    if state is not RequestState.TABLED:
        raise WrongState(field="requestId")
    return DECIDE[kind]


def check_tabling(score: int, needed: int, reason: str | None) -> None:
    """A fact sheet below the group's minimum is tabled only with a reason."""
    if score < needed and not reason:
        raise InvalidInput("INCOMPLETE", field="incompleteReason", score=score, needed=needed)
