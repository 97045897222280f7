"""The bodies that a group works with, in a tree (DOMAIN 3.4): what may stand under what."""

from __future__ import annotations

from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import date


@unique
class StructureKind(Enum):
    """The kinds of DOMAIN 3.4 that stand in the tree."""

    CPS = "comité provincial de suivi"
    CLS = "comité local de suivi"
    SUB_CLS = "sous-comité local de suivi"
    SUB_COMMITTEE = "sous-comité thématique"
    FUND = "fonds de développement communautaire"


UNDER = {
    StructureKind.CPS: frozenset[StructureKind](),
    StructureKind.FUND: frozenset({StructureKind.CPS}),
    StructureKind.CLS: frozenset({StructureKind.CPS}),
    StructureKind.SUB_CLS: frozenset({StructureKind.CLS}),
    StructureKind.SUB_COMMITTEE: frozenset({StructureKind.CPS, StructureKind.CLS}),
}
"""What each kind may stand under. All but a sub-CLS may also stand alone."""


def check_under(kind: StructureKind, parent: StructureKind | None) -> None:
    """Raise `InvalidInput` STRUCTURE_PLACE unless the kind may stand there."""
    alone = parent is None and kind is not StructureKind.SUB_CLS
    if not alone and parent not in UNDER[kind]:
        raise InvalidInput("STRUCTURE_PLACE", field="structureId")


def check_end(last: date, since: date) -> None:
    """Raise `InvalidInput` for a membership that would end before it began."""
    if last < since:
        raise InvalidInput("DATE_ORDER", field="on")
