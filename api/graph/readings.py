"""What an answer shows of what people told is noted before the answer leaves: for them, and without a name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from api.store.connections import DATABASE_ERRORS
from api.store.engine import may_be_tried_again, refused_read

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from uuid import UUID

    from api.graph.context import Context
    from api.store.operation import Operation

    Note = Callable[[Operation, Collection[UUID]], Awaitable[None]]

TRIES = 4
MOST_KEPT = 50_000
"""Readings that are remembered to have been noted today."""


@dataclass(slots=True)
class Readings:
    """Notes readings of these tables, each once a day for a bearer and seat. An answer whose reading cannot be noted is
    none."""

    tables: Mapping[str, Note]
    noted: set[tuple[str, UUID | None, str, UUID]] = field(default_factory=set)
    day: date | None = None

    async def note(self, context: Context) -> None:
        who = (context.subject, context.wanted_seat)
        told = {each for each in context.told if each[0] in self.tables and (*who, *each) not in self._today()}
        if not told:
            return
        by_table: dict[str, set[UUID]] = defaultdict(set)
        for table, row_id in told:
            by_table[table].add(row_id)
        for attempt in range(1, TRIES + 1):
            try:
                await self._written(context, by_table)
                break
            except DATABASE_ERRORS as error:  # two that look at the same may wait for each other
                if attempt == TRIES or not may_be_tried_again(error):
                    raise refused_read(error) from None
        if len(self.noted) < MOST_KEPT:
            self.noted |= {(*who, *each) for each in told}

    async def _written(self, context: Context, by_table: Mapping[str, Collection[UUID]]) -> None:
        async with context.store.operation(context.subject, context.wanted_seat, write=True) as operation:
            for table, row_ids in sorted(by_table.items()):
                await self.tables[table](operation, row_ids)

    def _today(self) -> set[tuple[str, UUID | None, str, UUID]]:
        today = datetime.now(UTC).date()
        if self.day != today:
            self.day = today
            self.noted.clear()
        return self.noted
