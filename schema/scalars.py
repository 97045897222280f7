"""Values shared by every domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import strawberry
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

from api import dates
from api.dates import Precision
from api.graph.declare import labelled
from api.seat import Category, Pillar, Role

labelled(Precision, "How exactly a date is known.")
labelled(Pillar, "The pillar that a seat belongs to; partners and observers have none.")
labelled(
    Category,
    "The kind of an organisation or requester.",
    english={"CSO": "civil society organisation"},
)
labelled(Role, "What a seat may be asked to do.")

SCALARS: Mapping[object, ScalarDefinition] = {
    date: replace(DateDefinition, description="A day, written 2026-11-25."),
    datetime: replace(
        DateTimeDefinition,
        serialize=dates.moment,
        description="A moment in UTC, written 2026-11-25T08:00:00.123456+00:00, without zeros at its end.",
    ),
}
"""The library's, with descriptions that say what is written."""


@strawberry.type(description="When something happened, as exactly as it is known.")
class DateWithPrecision:
    """Published from `api/dates.py`."""

    start: date | None = strawberry.field(
        description="The day, or the first day of the month, quarter, year or interval; null where it is unknown."
    )
    end: date | None = strawberry.field(description="The last day of an interval.")
    precision: Precision = strawberry.field(description="How exactly.")


@strawberry.input(description="When something happened, as exactly as it is known.")
class DateWithPrecisionInput:
    """Becomes `api/dates.py`'s value."""

    precision: Precision = strawberry.field(description="How exactly.")
    start: date | None = strawberry.field(
        default=None, description="The day, or the first day of the month, quarter, year or interval."
    )
    end: date | None = strawberry.field(default=None, description="The last day of an interval, and of nothing else.")

    def value(self) -> dates.DateWithPrecision:
        return dates.DateWithPrecision(self.start, self.end, self.precision)
