"""Who acts: the seat of an operation (ARCHITECTURE §7, DOMAIN 3.3).

French labels are the values of every code list; the code is the name and the English label is the code in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from uuid import UUID, uuid5

SYSTEM = UUID("b5f1c6de-0f1e-4c0b-8f57-0d4b0d9c1a52")
"""Namespace of the seats that no person holds (the worker, the operator's commands)."""

NETWORK = uuid5(SYSTEM, "network")
"""The network as a tenant beside the groups: it has seats, an audit and no casework (docs/decisions)."""


@unique
class Pillar(Enum):
    """The three pillars of a Working Group; a seat without one is an observer's or a guest's."""

    GOVERNMENT = "gouvernement"
    PRIVATE_SECTOR = "secteur privé"
    CIVIL_SOCIETY = "société civile"


@unique
class Category(Enum):
    """The finer kind of an organisation or requester, below the pillar (DOMAIN 3.3, 6.4)."""

    SECURITY_FORCES = "forces de défense et de sécurité"
    GOVERNMENT_INSTITUTION = "institution publique"
    LOCAL_AUTHORITY = "autorité locale ou coutumière"
    JUSTICE = "justice"
    EMBASSY = "ambassade"
    COMPANY = "entreprise"
    COOPERATIVE = "coopérative"
    TRADER = "négociant"
    CONCESSION_HOLDER = "titulaire"
    BUSINESS_ASSOCIATION = "patronat"
    CSO = "organisation de la société civile"
    RELIGIOUS_BODY = "confession religieuse"
    COMMUNITY = "communauté locale"
    PARTNER = "partenaire"
    DONOR = "bailleur"
    INFORMAL_GUARD = "gardes-creuseurs"
    LOCAL_COMMITTEE = "comité local de suivi"
    MINER = "creuseur"
    ARMED_GROUP = "groupe armé"


@unique
class Role(Enum):
    """What a seat may be asked to do; the rights of each role are in `api/policy.py`. WORKER and GUEST are no person's:
    a process of ours, and a bearer who holds an invitation and no seat yet."""

    COORDINATOR = "coordinateur"
    CASE_OFFICER = "chargé de dossiers"
    CUSTODIAN = "gardien des données"
    MEMBER = "membre"
    OBSERVER = "observateur"
    FOCAL_POINT = "point focal"
    LESSON_REVIEWER = "relecteur"
    DONOR = "bailleur"
    AUDITOR = "auditeur"
    NETWORK_ADMIN = "administrateur du réseau"
    NATIONAL_ANALYST = "analyste national"
    SERVICE = "client machine"
    RELEASE_BUILDER = "chargé des diffusions"
    WORKER = "tâche de fond"
    GUEST = "invité"


@dataclass(frozen=True, slots=True)
class Seat:
    """One acting seat: person or client × group × organisation × pillar × category × roles × period."""

    id: UUID
    group_id: UUID | None
    organisation_id: UUID | None
    pillar: Pillar | None
    category: Category | None
    roles: frozenset[Role]
    area: str | None = None
    """P-code of the territory that a FOCAL_POINT answers for."""


def system_seat(role: Role, group_id: UUID | None = None) -> Seat:
    """The seat of a process of ours: no token leads to it, only code that holds the store can act from it."""
    return Seat(uuid5(SYSTEM, role.name), group_id, None, None, None, frozenset({role}))


def guest() -> Seat:
    """Who comes through a door: a bearer whose identity is known and who acts from no seat."""
    return system_seat(Role.GUEST)
