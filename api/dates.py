"""Dates never stand without precision (DOMAIN 7): what a source says of when, and how exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from enum import Enum, unique
from typing import TYPE_CHECKING

from api.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import date, datetime


@unique
class Precision(Enum):
    """How exactly a date is known (HURIDOCS-shaped list, DOMAIN 6.1)."""

    DAY = "jour"
    MONTH = "mois"
    QUARTER = "trimestre"
    YEAR = "année"
    INTERVAL = "entre deux dates"
    ESTIMATE = "estimation"
    UNKNOWN = "inconnue"


@dataclass(frozen=True, slots=True)
class DateWithPrecision:
    """`start` is the day, or the first day of the month, quarter, year or interval; `end` closes an interval only."""

    start: date | None
    end: date | None
    precision: Precision

    def __composite_values__(self) -> tuple[date | None, date | None, Precision]:
        return self.start, self.end, self.precision


def moment(value: datetime) -> str:
    """As the contract and its cursors write it, and PostgreSQL in JSON: in UTC, a fraction without zeros at its end."""
    whole = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return f"{whole.rstrip('0') if '.' in whole else whole}+00:00"


def checked(value: DateWithPrecision, *, argument: str, latest: date | None = None) -> DateWithPrecision:
    """The value, or `InvalidInput`: an interval has two ordered ends, nothing else has an end, only UNKNOWN has no
    start,
    a month starts on its first day, and what happened did not happen after `latest`."""
    interval, unknown = value.precision is Precision.INTERVAL, value.precision is Precision.UNKNOWN
    if (value.start is None) != unknown or (value.end is None) == interval:
        raise InvalidInput("DATE_INCOMPLETE", field=argument)
    if value.start and value.end and value.end < value.start:
        raise InvalidInput("DATE_ORDER", field=argument)
    if value.start and not _starts(value.start, value.precision):
        raise InvalidInput("DATE_PRECISION", field=argument)
    if latest and max(filter(None, (value.start, value.end)), default=latest) > latest:
        raise InvalidInput("DATE_IN_FUTURE", field=argument)
    return value


def to_the_month(value: DateWithPrecision) -> DateWithPrecision:
    """What a header tells of when: the month, and nothing finer (DOMAIN 3.3, grade GROUP)."""
    match value.precision:
        case Precision.DAY | Precision.ESTIMATE:
            return DateWithPrecision(_first(value.start), None, Precision.MONTH)
        case Precision.INTERVAL:
            return DateWithPrecision(_first(value.start), _first(value.end), Precision.INTERVAL)
        case _:
            return value


def _first(day: date | None) -> date | None:
    return day.replace(day=1) if day else None


def _starts(start: date, precision: Precision) -> bool:
    match precision:
        case Precision.MONTH:
            return start.day == 1
        case Precision.QUARTER:
            return start.day == 1 and start.month % 3 == 1
        case Precision.YEAR:
            return (start.month, start.day) == (1, 1)
        case _:
            return True
