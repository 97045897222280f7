"""Values shared by every domain."""

from __future__ import annotations

from datetime import date

import strawberry

from api import dates
from api.dates import Precision
from api.graph.declare import labelled
from api.seat import Category, Pillar, Role

labelled(Precision, "How exactly a date is known.")
labelled(Pillar, "The pillar that a seat belongs to; partners and observers have none.")
labelled(Category, "The kind of an organisation or requester.")
labelled(Role, "What a seat may be asked to do.")


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
