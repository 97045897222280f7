"""By what a seat sees a part of a case or request: the grounds of row security, in words (DOMAIN 3.3)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique
from typing import TYPE_CHECKING

from api import policy
from api.seat import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from api.seat import Seat


@unique
class SightPart(Enum):
    """A part of a case or request, each with a table and a grade of its own."""

    HEADER = "en-tête"
    NARRATIVE = "récit"
    EXACT_PLACE = "lieu exact"
    ARRIVAL = "arrivée"
    SOURCE = "source"
    TRIAGE_NOTE = "note de tri"


@unique
class SightGround(Enum):
    """What lets a seat see it."""

    SECRETARIAT = "secrétariat"
    CUSTODIAN = "gardien des données"
    STAND_IN = "tient ce dossier à la place du secrétariat"
    MEMBER = "membre ou observateur"
    AREA = "point focal de la zone"
    AUDIENCE = "catégorie nommée"
    AUTHOR = "auteur"
    DISCLOSED = "communiqué à travers la cloison"


KEPT = (SightGround.SECRETARIAT, SightGround.CUSTODIAN, SightGround.STAND_IN)
WHOLE = (SightGround.SECRETARIAT, SightGround.CUSTODIAN, SightGround.MEMBER)
RULES: Mapping[str, Mapping[SightPart, Sequence[SightGround]]] = {
    "Case": {
        SightPart.HEADER: (*WHOLE, SightGround.AREA, SightGround.DISCLOSED),
        SightPart.NARRATIVE: (*KEPT, SightGround.AUDIENCE),
        SightPart.EXACT_PLACE: KEPT,
    },
    "Request": {
        SightPart.HEADER: (*WHOLE, SightGround.AUTHOR),
        SightPart.NARRATIVE: (*KEPT, SightGround.AUDIENCE, SightGround.AUTHOR),
        SightPart.EXACT_PLACE: (*KEPT, SightGround.AUTHOR),
        SightPart.ARRIVAL: (*KEPT, SightGround.AUTHOR),
        SightPart.SOURCE: KEPT,
        SightPart.TRIAGE_NOTE: KEPT,
    },
}
"""By type, what may be seen and by whom. A conflict of interest takes it all away but for AUTHOR and DISCLOSED."""

READERS = frozenset({Role.MEMBER, Role.OBSERVER})
HOLDERS: Mapping[SightGround, frozenset[Role]] = {
    SightGround.SECRETARIAT: policy.SECRETARIAT,
    SightGround.CUSTODIAN: frozenset({Role.CUSTODIAN}),
    SightGround.STAND_IN: policy.SECRETARIAT | {Role.MEMBER},
    SightGround.MEMBER: READERS,
    SightGround.AREA: frozenset({Role.FOCAL_POINT}),
    SightGround.AUDIENCE: READERS,
    SightGround.AUTHOR: policy.BRINGS,
    SightGround.DISCLOSED: policy.KEEPERS | READERS | {Role.FOCAL_POINT},
}


@dataclass(frozen=True, slots=True)
class SightRule:
    """That a ground lets a part be seen, and whether the seat's roles can ever have that ground. It is about no row."""

    part: SightPart
    ground: SightGround
    possible: bool


def rules_of(type_name: str, seat: Seat) -> list[SightRule]:
    """The same for every id of the type, whether there is such a row or not."""
    return [
        SightRule(part, ground, possible=bool(HOLDERS[ground] & seat.roles))
        for part, grounds in RULES.get(type_name, {}).items()
        for ground in grounds
    ]
