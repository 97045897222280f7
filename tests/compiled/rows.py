"""Rows of every table, made from its columns, that hold what is hard to carry from SQL to JSON."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from isolation.world import GROUPS, KEPT, TABLES
from sqlalchemy import (
    ARRAY,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    Uuid,
)

from api.graph.declare import PUBLISHED
from api.store import sealing
from api.store.edges import ToOne
from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from isolation.world import World
    from sqlalchemy import Column, ForeignKeyConstraint, Table

SEED = 20261127
ONE_A_GROUP = {"working_groups", "group_settings"}
NOT_PLANTED = {"audit_lines", "audit_links", "outbox_items", "answered_keys", "trusted_documents", *ONE_A_GROUP}
"""What is not published, and has chains, keys or queues of its own; and what a group has one of."""

ONES = {
    (field.metadata["edge"].table.__tablename__, field.metadata["edge"].target.key)
    for each in PUBLISHED.values()
    for field in each.type.__strawberry_definition__.fields
    if isinstance(field.metadata.get("edge"), ToOne)
}
"""Columns in which no two rows of a group are alike, since an edge leads from there to one row at most."""

EACH, TRIES = 8, 12
LONG = 'Le "récit" \\ d\u2028un témoin\u00e9 😀\t' * 120
TEXTS = (
    "",
    " ",
    '"',
    "'",
    "\\",
    '\\"',
    '"}, {"":"',
    '{"" : "',
    '{"": "aGVsbG8="}',
    '{"":"\\\\x01020304"}',
    "\\x01",
    "\\u0000",
    "null",
    "[]",
    "\b\t\n\v\f\r\x1b\x7f",
    "".join(map(chr, range(1, 32))),
    "\u0080\u009f\u00a0\u00ad",
    "\u2028\u2029",
    "\u202e\u0625\u0639\u062a\u062f\u0627\u0621\u202c\u200f\u200e",
    "😀🇨🇩𐍈",
    "e\u0301\u0327",
    "\ufeff\ufffd\ufffe",
    "%s %(x)s :name $1 ${x} {0}",
    "</script><!--",
    "0",
    "1e400",
    "Infinity",
    LONG,
)
DAYS = (date(1, 1, 2), date(9998, 12, 30), date(2024, 2, 29), date(2024, 3, 1), date(999, 12, 31), date(1970, 1, 1))
"""Near the ends of the calendar: a view adds the year that a date may stand for."""

MOMENTS = (
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2024, 3, 4, 5, 6, 7, tzinfo=UTC),
    datetime(2024, 3, 4, 5, 6, 7, 100_000, tzinfo=UTC),
    datetime(2024, 3, 4, 5, 6, 7, 123_000, tzinfo=UTC),
    datetime(2024, 3, 4, 5, 6, 7, 123_456, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)
"""Few, so that many rows share a key of their order."""

WHOLE = (0, 1, 2, 7, 100, 2**31 - 1, -(2**31))
BROKEN = (28.75, 0.1 + 0.2, 1e-7, -1.5e-5, 5e-324, 89.99999999999999)
VALUES: Mapping[type, Sequence[Any]] = {
    Text: TEXTS,
    Boolean: (True, False),
    Integer: WHOLE,
    Float: BROKEN,
    Date: DAYS,
    DateTime: MOMENTS,
}


@dataclass
class Planter:
    """Makes rows of one group. What a key or a check refuses is made again, and in the end left out."""

    owner: asyncpg.Connection[Any]
    world: World
    group_id: UUID
    chance: random.Random
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    planted: dict[str, int] = field(default_factory=dict)

    async def plant(self) -> None:
        for table in metadata.sorted_tables:
            if table.name in KEPT:
                where = "WHERE group_id = $1" if "group_id" in table.c else "WHERE $1::uuid IS NOT NULL"
                # Ids begin with when they were made, so that the order is the same each time.
                order = ", ".join(key.name for key in table.primary_key.columns)
                found = await self.owner.fetch(f'SELECT * FROM "{table.name}" {where} ORDER BY {order}', self.group_id)
                self.rows[table.name] = [dict(row) for row in found]
        for table in (TABLES[name] for name in self.rows if name not in NOT_PLANTED):
            for _ in range(EACH):
                await self._plant(table)

    async def _plant(self, table: Table) -> None:
        for _ in range(TRIES):
            row = self._made(table)
            if any((table.name, name) in ONES and value in self._there(table, name) for name, value in row.items()):
                continue
            names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(f"${n + 1}" for n in range(len(row)))
            try:
                async with self.owner.transaction():
                    await self.owner.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', *row.values())
            except (asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError):
                continue
            # The newest first: what is planted below rows stands below few of them.
            self.rows[table.name].insert(0, row)
            self.planted[table.name] = self.planted.get(table.name, 0) + 1
            return

    def _there(self, table: Table, name: str) -> set[Any]:
        return {row[name] for row in self.rows[table.name]} - {None}

    def _made(self, table: Table) -> dict[str, Any]:
        row: dict[str, Any] = {"group_id": self.group_id} if "group_id" in table.c else {}
        for constraint in table.foreign_key_constraints:
            row |= self._referred(constraint)
        sealed = []
        for column in table.c:
            if column.name in row:
                continue
            if isinstance(column.type, LargeBinary):
                sealed.append(column)
            else:
                row[column.name] = self._value(table, column)
        return row | {column.name: self._sealed(table, column, row) for column in sealed}

    def _referred(self, constraint: ForeignKeyConstraint) -> dict[str, Any]:
        """The keys of a row that is there, or of none."""
        parents = self.rows[constraint.referred_table.name]
        keys = [element for element in constraint.elements if element.parent.name != "group_id"]
        if not parents or (any(key.parent.nullable for key in keys) and self.chance.random() < 0.3):
            return {key.parent.name: None for key in keys}
        parent = parents[int(len(parents) * self.chance.random() ** 3)]
        return {key.parent.name: parent[key.column.name] for key in keys}

    def _value(self, table: Table, column: Column[Any]) -> Any:
        if column.nullable and self.chance.random() < 0.3:
            return None
        kind = column.type
        if isinstance(kind, Uuid):
            return self._uuid(table, column)
        if isinstance(kind, Enum):
            return self.chance.choice(kind.enums)
        if isinstance(kind, ARRAY):
            return self.chance.choice([[], *(row[column.name] for row in self.rows[table.name] if row[column.name])])
        values = next(values for each, values in VALUES.items() if isinstance(kind, each))
        value = self.chance.choice(values)
        if column.name in _unique(table) and self.chance.random() < 0.7:
            return f"{value[:9]}{self.chance.randrange(999)}" if isinstance(kind, Text) else self._whole(kind, value)
        return value

    def _whole(self, kind: Any, value: Any) -> Any:
        return self.chance.randrange(2**20) if isinstance(kind, Integer) else value

    def _uuid(self, table: Table, column: Column[Any]) -> UUID:
        """A new id for a row; elsewhere what other rows have there."""
        there = [row[column.name] for row in self.rows[table.name] if row[column.name]]
        if column.primary_key or not there:
            return UUID(int=self.chance.getrandbits(128), version=4)
        found: UUID = self.chance.choice(there)
        return found

    def _sealed(self, table: Table, column: Column[Any], row: Mapping[str, Any]) -> bytes | None:
        if column.nullable and self.chance.random() < 0.3:
            return None
        of_group, of_row = [row[key.name] for key in table.primary_key.columns][:2]
        place = sealing.place(table.name, column.name, of_group, of_row)
        return self.world.store.keyring.seal(self.chance.choice(TEXTS), of_group, place)


def _unique(table: Table) -> set[str]:
    """The columns of its keys."""
    keys = [each for each in table.constraints if isinstance(each, PrimaryKeyConstraint | UniqueConstraint)]
    return {column.name for key in keys for column in key.columns}


async def plant(world: World) -> dict[str, int]:
    """Plant rows in both groups and in the network's tables; how many of each table."""
    planted: dict[str, int] = {}
    async with world.owner() as owner:
        for code, group_id in GROUPS.items():
            planter = Planter(owner, world, group_id, random.Random(f"{SEED} {code}"))
            await planter.plant()
            for name, count in planter.planted.items():
                planted[name] = planted.get(name, 0) + count
    return planted
