"""Conflicts of interest: whom a case implicates, and which of them lose sight of it (DOMAIN 3.3, study §5.1)."""

from __future__ import annotations

from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput, WrongState
from api.groups.rules import ancestors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID


@unique
class ConflictState(Enum):
    """Where a conflict between an organisation and a case stands; all wall but CLAIMED, DISMISSED and LIFTED."""

    CLAIMED = "allégué"
    PROPOSED = "proposé"
    DECLARED = "déclaré"
    CONTESTED = "contesté"
    CONFIRMED = "confirmé"
    DISMISSED = "écarté"
    LIFTED = "levé"


@unique
class Ground(Enum):
    """Why there is, or should be, a conflict; of an organisation that contests one, that it does."""

    ALLEGED_ACTOR = "auteur allégué"
    PARTY = "partie"
    TREE = "unité, autorité supérieure, propriétaire ou filiale"
    SPONSOR = "commanditaire"
    DECLARATION = "déclaration"
    CLAIM = "allégation"
    CONTEST = "contestation"


@unique
class Hides(Enum):
    """What a wall hides of a case and of the request that became it."""

    ALL = "tout"
    ALL_BUT_HEADER = "tout sauf l'en-tête"
    NOTHING = "rien"


@unique
class DisclosurePart(Enum):
    """What a group may show through a wall."""

    HEADER = "en-tête"
    RECOMMENDATION_TO_ME = "recommandation qui m'est adressée"
    AGREEMENT_AS_PARTY = "accord auquel je suis partie"
    OUTCOME = "résultat"


@unique
class ConflictOutcome(Enum):
    """What the seats that are not recused decide on a conflict."""

    CONFIRMED = "confirmer"
    DISMISSED = "écarter"
    LIFTED = "lever"


OPEN = frozenset({ConflictState.CLAIMED, ConflictState.DISMISSED, ConflictState.LIFTED})
WALLING = frozenset(ConflictState) - OPEN
ROOTS = frozenset({Ground.ALLEGED_ACTOR, Ground.PARTY})
"""Grounds from which the organisations above and below are implicated too."""

DECIDED = {
    ConflictOutcome.CONFIRMED: WALLING | {ConflictState.CLAIMED},
    ConflictOutcome.DISMISSED: frozenset({ConflictState.CLAIMED}),
    ConflictOutcome.LIFTED: WALLING,
}
"""From where a decision leads: a claim is confirmed or dismissed, and only a decision lifts what walls."""

CONFIRMED_WITHOUT_DECISION = frozenset({ConflictState.PROPOSED, ConflictState.DECLARED})
CONTESTABLE = WALLING - {ConflictState.CONTESTED}


def implicated(
    named: Mapping[UUID, Ground], links: Iterable[tuple[UUID, UUID]], sponsored: Iterable[tuple[UUID, UUID]]
) -> dict[UUID, Ground]:
    """Whom a case implicates, each with its strongest ground: those who are `named`, whoever sponsors them, and of
    all of these everybody above and below. `links` are child and parent, `sponsored` the sponsor and whom it
    sponsors; both count whatever their dates say, and suspected sponsors as others. Not who merely stands beside: a
    sister company, or another unit of the same force."""
    found = dict(named)
    for sponsor, organisation in sponsored:
        if organisation in named:
            found.setdefault(sponsor, Ground.SPONSOR)
    upwards = list(links)
    downwards = [(parent, child) for child, parent in upwards]
    for start in tuple(found):
        for each in ancestors(start, upwards) | ancestors(start, downwards):
            found.setdefault(each, Ground.TREE)
    return found


def hides(states: Collection[ConflictState], *, header_shown: bool) -> Hides:
    """What the wall between an organisation and a case hides, by the states of the conflicts between them."""
    if not WALLING & set(states):
        return Hides.NOTHING
    return Hides.ALL_BUT_HEADER if header_shown else Hides.ALL


def proposed(*, keeps: bool) -> ConflictState:
    """How an implicated organisation's conflict begins. Who `keeps` the casework is walled by decision alone, so that
    nobody blinds the secretariat."""
    return ConflictState.CLAIMED if keeps else ConflictState.PROPOSED


def declared(*, own: bool, by_keeper: bool, keeps: bool) -> ConflictState:
    """How a conflict begins that somebody states: it closes a wall at once where the organisation itself, the
    secretariat or the custodian says so, and is a claim where anybody else does, or where it is about the
    secretariat."""
    return ConflictState.DECLARED if (own or by_keeper) and not keeps else ConflictState.CLAIMED


def check_contested(state: ConflictState) -> None:
    if state not in CONTESTABLE:
        raise WrongState("CONFLICT_NOT_STANDING", field="conflictId")


def check_confirmed(state: ConflictState) -> None:
    """Without a decision only what was proposed or declared is confirmed."""
    if state not in CONFIRMED_WITHOUT_DECISION:
        raise WrongState("CONFLICT_NEEDS_DECISION", field="conflictId")


def check_decided(state: ConflictState, outcome: ConflictOutcome) -> ConflictState:
    """The state that a decision leads to."""
    if state not in DECIDED[outcome]:
        raise WrongState("CONFLICT_NOT_STANDING", field="conflictId")
    return ConflictState[outcome.name]


def check_replaced(outcome: ConflictOutcome, *, keeps: bool, replaced: bool) -> None:
    """Who keeps the casework is walled with a seat named that keeps this case instead, and nobody else is replaced."""
    if replaced != (keeps and outcome is ConflictOutcome.CONFIRMED):
        raise InvalidInput("REPLACEMENT_NEEDED" if keeps else "REPLACEMENT_USELESS", field="replacingSeatId")


def check_replacing(*, possible: bool) -> None:
    """A voting seat of another organisation, which is not in conflict with the matter."""
    if not possible:
        raise InvalidInput("REPLACEMENT_IMPOSSIBLE", field="replacingSeatId")


def check_sponsor(sponsor: UUID, organisation: UUID) -> None:
    if sponsor == organisation:
        raise InvalidInput("SPONSOR_ITSELF", field="sponsorId")
