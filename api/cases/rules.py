"""Cases: their states, numbers, activities and the schemes they map to (DOMAIN 3.5, 6.2, 6.4)."""

from __future__ import annotations

import secrets
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput, WrongState

if TYPE_CHECKING:
    from collections.abc import Collection

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letter or digit that is read as another over the telephone."""


@unique
class CaseState(Enum):
    """Where a case stands; a stalemate is not a closure."""

    OPEN = "ouvert"
    IN_FOLLOW_UP = "en suivi"
    MONITORING = "sous observation"
    SUSPENDED = "suspendu"
    STALEMATE = "dans l'impasse"
    CLOSED = "clos"


@unique
class OecdRisk(Enum):
    """OECD Due Diligence Guidance, Annex II: the paragraph that a case falls under."""

    O1_1 = "torture, traitements cruels"
    O1_2 = "travail forcé"
    O1_3 = "pires formes de travail des enfants"
    O1_4 = "autres violations graves, dont violences sexuelles généralisées"
    O1_5 = "crimes de guerre, contre l'humanité"
    O3 = "soutien à des groupes armés non étatiques"
    O5 = "forces de sécurité publiques ou privées"
    O11 = "corruption, fausse origine"
    O12 = "blanchiment"
    O13 = "taxes, droits, redevances non payés"
    NONE = "hors annexe II"


@unique
class ActivityKind(Enum):
    """A step taken (HURIDOCS: intervention)."""

    CONSULTATION = "réunion de consultation"
    COMMUNITY_FORUM = "forum"
    MEDIATION = "médiation"
    COMMAND_NEGOTIATION = "négociation avec le commandement"
    ADVOCACY = "plaidoyer"
    AWARENESS = "sensibilisation"
    FACT_FINDING = "enquête"
    FIELD_MISSION = "mission"
    FOLLOW_UP_VISIT = "visite de suivi"
    WORKSHOP = "atelier"
    ROUNDTABLE = "table ronde"
    TRAINING = "formation"
    STUDY = "étude"
    REFERRAL = "renvoi"
    PAYMENT_FACILITATION = "facilitation de paiement"
    TRAVEL_ASSISTANCE = "aide au déplacement"


@unique
class TimelineKind(Enum):
    """What an entry of a case's timeline is."""

    BROUGHT = "requête apportée"
    TABLED = "inscrite à l'ordre du jour"
    DECIDED = "décision"
    ACTIVITY = "activité"


def new_number(code: str, year: int) -> str:
    """Group, year and four random characters: a gap in a sequence would betray hidden cases."""
    return f"{code.upper()}-{year}-" + "".join(secrets.choice(ALPHABET) for _ in range(4))


def check_mapping(risks: Collection[OecdRisk], none_reason: str | None) -> None:
    """To accept, the group says which risks it is about, or why none (DOMAIN 6.2)."""
    if not risks or (OecdRisk.NONE in risks and len(risks) > 1):
        raise InvalidInput("OECD_MAPPING_NEEDED", field="oecdRisks")
    if (OecdRisk.NONE in risks) != bool(none_reason):
        raise InvalidInput("OECD_REASON_NEEDED", field="oecdNoneReason")


def check_followed(state: CaseState) -> None:
    """Activities are logged while a case is not closed."""
    if state is CaseState.CLOSED:
        raise WrongState(field="caseId")
