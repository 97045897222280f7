"""A collective decision: what it may be, and when enough of the group is there to take it (W4, DOMAIN 3.12)."""

from __future__ import annotations

from collections import Counter
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput, WrongState
from api.seat import Pillar, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@unique
class DecisionKind(Enum):
    """What the members present decide on a request, or on conflicts with it and the case that it became."""

    ACCEPT = "retenir"
    NOT_ACCEPT = "ne pas retenir"
    DEFER = "reporter"
    REFER = "renvoyer"
    CONFIRM_CONFLICT = "confirmer un conflit"
    DISMISS_CONFLICT = "écarter un conflit"
    LIFT_CONFLICT = "lever un conflit"
    DISCLOSE = "communiquer à travers la cloison"


ON_REQUESTS = (DecisionKind.ACCEPT, DecisionKind.NOT_ACCEPT, DecisionKind.DEFER, DecisionKind.REFER)
"""The answers to a request: one a meeting."""


@unique
class DecisionMode(Enum):
    """How the members decide; consensus is tried first."""

    CONSENSUS = "consensus"
    VOTE = "vote"


@unique
class Reason(Enum):
    """Why a request is not accepted, deferred or referred (DOMAIN 6.4)."""

    OUT_OF_SCOPE = "hors mandat"
    OUT_OF_JURISDICTION = "hors ressort"
    NOT_CREDIBLE = "peu crédible"
    INSUFFICIENT_FACTS = "faits insuffisants"
    HANDLED_ELSEWHERE = "traité ailleurs"
    NO_CONSENT = "sans consentement"
    SAFETY = "risque pour les personnes"
    NO_MEANS = "moyens insuffisants"
    WORK_PLAN = "renvoyé au plan"
    OTHER = "autre"


def counts_for_quorum(pillar: Pillar | None, roles: Iterable[str]) -> bool:
    """Observers and the custodian neither vote nor count."""
    voting = {Role.MEMBER.name, Role.COORDINATOR.name, Role.CASE_OFFICER.name}
    return pillar is not None and Role.CUSTODIAN.name not in roles and bool(voting & set(roles))


def has_quorum(present: Sequence[Pillar], per_pillar: int) -> bool:
    """Whether each pillar has `per_pillar` seats present."""
    seats = Counter(present)
    return all(seats[pillar] >= per_pillar for pillar in Pillar)


def check_quorum(present: Sequence[Pillar], per_pillar: int) -> None:
    """Raise `WrongState` QUORUM_NOT_MET where there is none."""
    if not has_quorum(present, per_pillar):
        raise WrongState("QUORUM_NOT_MET", field="meetingId", needed=per_pillar)


def check_votes(mode: DecisionMode, votes: tuple[int, int, int] | None, present: int) -> None:
    """`votes` are for, against and abstaining: none under consensus, at most one a seat and a majority under a vote."""
    if (votes is None) != (mode is DecisionMode.CONSENSUS):
        raise InvalidInput("VOTES_INVALID", field="votes")
    if votes is None:
        return
    if min(votes) < 0 or not 0 < sum(votes) <= present:
        raise InvalidInput("VOTES_INVALID", field="votes")
    if votes[0] <= votes[1]:
        raise InvalidInput("VOTE_NOT_CARRIED", field="votes")


def check_answer(kind: DecisionKind) -> None:
    """Raise `InvalidInput` for what is no answer to a request: conflicts are decided on by acts of their own."""
    if kind not in ON_REQUESTS:
        raise InvalidInput("VALUE_INVALID", field="decision")


def check_reason(kind: DecisionKind, reason: Reason | None, addressee: object | None) -> None:
    """Every answer but acceptance gives its reason; a referral names its addressee."""
    if (reason is None) != (kind is DecisionKind.ACCEPT or kind not in ON_REQUESTS):
        raise InvalidInput("REASON_NEEDED", field="reason")
    if (addressee is not None) != (kind is DecisionKind.REFER):
        raise InvalidInput("ADDRESSEE_NEEDED", field="addressee")
