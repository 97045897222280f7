"""Who is said to have had what part in an event: lists in the shape of HURIDOCS (DOMAIN 3.8, 6.1), and what may be
said."""

from __future__ import annotations

from enum import Enum, unique
from typing import TYPE_CHECKING

from api.conflicts.rules import Ground
from api.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from api.requests.rules import CountingUnit


MOST_SIDES = 9


@unique
class Degree(Enum):
    """How an actor is said to be involved."""

    CARRIED_OUT = "a commis"
    ORDERED = "a ordonné"
    ACCOMPLICE = "complice passif"
    PRESENT = "présent"
    PLANNED = "a planifié"
    SUSPECTED = "soupçonné"
    NO_CONTROL = "n'a pas tenu ses subordonnés"
    NO_ACTION = "savait, n'a pas agi"
    NO_PREVENTION = "n'a pas empêché"
    POLITICAL = "responsabilité politique"
    SPONSOR = "commanditaire"


@unique
class AllegationStatus(Enum):
    """How far an allegation is borne out; it may go any way."""

    ALLEGED = "alléguée"
    CREDIBLE = "crédible"
    CONFIRMED = "établie"
    REFUTED = "réfutée"


def check_affected(unit: CountingUnit | None, least: int | None, most: int | None) -> None:
    """A number says what it counts; a range begins with its smaller end."""
    if unit is None and (least is not None or most is not None):
        raise InvalidInput("COUNTING_UNIT_NEEDED", field="countingUnit")
    if (least is not None and least < 0) or (most is not None and most < (least or 0)):
        raise InvalidInput("RANGE_INVALID", field="affectedAtMost")


def check_side(side: int) -> None:
    """Sides are numbered from 1 to 9."""
    if not 1 <= side <= MOST_SIDES:
        raise InvalidInput("RANGE_INVALID", field="side")


def check_source(code: str | None, connection: object | None, statement: str | None) -> None:
    """A source has its code and its connection with what happened, or is not there."""
    if (code is None) != (connection is None):
        raise InvalidInput("SOURCE_INCOMPLETE", field="sourceCode" if code is None else "sourceConnection")
    if code is None and statement is not None:
        raise InvalidInput("SOURCE_INCOMPLETE", field="sourceCode")


def alleged(*organisations: UUID | None) -> Mapping[UUID, Ground]:
    """Whom an involvement names: the institution and, where it is known, the unit."""
    return {each: Ground.ALLEGED_ACTOR for each in organisations if each is not None}
