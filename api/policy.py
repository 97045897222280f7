"""Every right to act, on one screen. What a seat may *see* is row security and stands in migrations/.

The secretariat is COORDINATOR and CASE_OFFICER; the CUSTODIAN reads casework and writes none (DOMAIN 3.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from api.errors import NotAllowed
from api.seat import Role

if TYPE_CHECKING:
    from api.seat import Seat


class Grant(NamedTuple):
    """A right to act: what it lets do, as a secretariat says it, and whose it is."""

    said: str
    roles: frozenset[Role]


SECRETARIAT = frozenset({Role.COORDINATOR, Role.CASE_OFFICER})
KEEPERS = SECRETARIAT | {Role.CUSTODIAN}
"""Who reads all casework of the group."""

COORDINATOR = frozenset({Role.COORDINATOR})
NETWORK = frozenset({Role.NETWORK_ADMIN})
DECLARES = KEEPERS | {Role.MEMBER}
BRINGS = SECRETARIAT | {Role.MEMBER, Role.OBSERVER, Role.FOCAL_POINT}

GRANTS: dict[str, Grant] = {
    "organisation.register": Grant("inscrire une organisation au registre du réseau", NETWORK),
    "organisation.link": Grant("dire de qui une organisation est l'unité ou la propriété", NETWORK),
    "document.register": Grant("enregistrer les requêtes d'une application", NETWORK),
    "group.open": Grant("ouvrir un groupe de travail", NETWORK),
    "group.place": Grant("dire où en est l'adhésion d'un groupe", NETWORK),
    "group.cover": Grant("dire quels territoires un groupe couvre", NETWORK),
    "group.assess": Grant("apprécier la phase où se trouve le groupe", COORDINATOR),
    "settings.change": Grant("changer les réglages du groupe", COORDINATOR),
    "seat.give": Grant("donner un siège", COORDINATOR | NETWORK),
    "seat.end": Grant("mettre fin à un siège", COORDINATOR | NETWORK),
    "invitation.accept": Grant("prendre le siège auquel on est invité", frozenset({Role.GUEST})),
    "structure.set_up": Grant("créer un comité, une sous-commission ou un fonds", SECRETARIAT),
    "structure.change": Grant("changer un comité, ses membres ou ses textes", SECRETARIAT),
    "meeting.schedule": Grant("convoquer une réunion", SECRETARIAT),
    "meeting.hold": Grant("constater la tenue et les présences d'une réunion", SECRETARIAT),
    "request.submit": Grant("apporter une demande au groupe", BRINGS),
    "request.triage": Grant("trier une demande", SECRETARIAT),
    "request.table": Grant("inscrire une demande à l'ordre du jour", SECRETARIAT),
    "request.take_off": Grant("retirer une demande de l'ordre du jour", SECRETARIAT),
    "decision.record": Grant("consigner une décision du groupe", COORDINATOR),
    "conflict.declare": Grant("déclarer un conflit d'intérêts, ou en alléguer un", DECLARES),
    "conflict.contest": Grant("contester un conflit attribué à sa propre organisation", DECLARES),
    "conflict.confirm": Grant("confirmer un conflit proposé ou déclaré", SECRETARIAT),
    "conflict.decide": Grant("consigner ce que le groupe décide d'un conflit", COORDINATOR),
    "disclosure.decide": Grant("consigner ce que le groupe montre d'un dossier à travers la cloison", COORDINATOR),
    "sponsorship.record": Grant("consigner qui soutient une organisation, ou en est soupçonné", SECRETARIAT),
    "event.record": Grant("consigner un événement dans un dossier", SECRETARIAT),
    "involvement.record": Grant("consigner qui est mis en cause dans un événement", SECRETARIAT),
    "allegation.revise": Grant("réviser une allégation", SECRETARIAT),
    "party.add": Grant("ajouter une partie à un dossier", SECRETARIAT),
    "activity.log": Grant("consigner une activité dans un dossier", SECRETARIAT),
    "site.import": Grant("importer les visites de sites miniers", SECRETARIAT),
}


def holders(act: str) -> list[Role]:
    """The roles that hold the grant, in the order in which roles are told of."""
    return [role for role in Role if role in GRANTS[act].roles]


def require(seat: Seat, act: str) -> None:
    """Raise `NotAllowed` unless one of the seat's roles holds the grant."""
    if not seat.roles & GRANTS[act].roles:
        raise NotAllowed(act=act)
