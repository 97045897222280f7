"""For every mapped table: a seat of another group, and nobody's seat, see, count, change and insert nothing of a group.

Generated from the metadata: a new table is in it unasked, and fails by its name until both groups have rows of it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from isolation.world import (
    ABOUT_THE_SEAT,
    CONSUMERS,
    EVERYBODY,
    GROUPS,
    OTHER,
    OVERVIEW,
    OWNED,
    REGISTRY,
    TABLES,
    TWICE,
    bearer,
    one_of_each,
)

from api.documents.rules import hash_of
from api.seat import Role, system_seat
from api.seats.rules import OF_A_GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from isolation.world import Rows, World

    from api.store.operation import Operation

DENIED = {"42501", "55000", "0A000"}
"""Row security or a missing grant says no; a view over several tables, or one that computes, cannot be written at
all."""

OTHER_DOCUMENT = {
    "hash": hash_of("{ nothing }"),
    "source": "{ nothing }",
    "front_end": "mfano",
    "added_at": datetime(2024, 3, 4, tzinfo=UTC),
    "withdrawn_at": None,
}

each_group = pytest.mark.parametrize("code", sorted(GROUPS))
each_table = pytest.mark.parametrize("table", sorted(OWNED))


def test_every_table_is_a_groups_or_the_networks() -> None:
    assert set(TABLES) - set(OWNED) - ABOUT_THE_SEAT == set(REGISTRY)


def test_every_role_of_a_group_is_tried() -> None:
    for code in GROUPS:
        roles = {role for name in one_of_each(code) for role in EVERYBODY[name].roles}
        assert roles == OF_A_GROUP


@each_group
@each_table
def test_the_table_holds_rows_of_the_group(truth: dict[str, Rows], table: str, code: str) -> None:
    assert truth[code][table], f"no act of tests/isolation/living.py writes a row of {code} into {table}"


@each_group
@each_table
async def test_a_seat_of_another_group_has_nothing_of_it(
    world: World, truth: dict[str, Rows], table: str, code: str
) -> None:
    theirs = truth[code][table]
    for persona in one_of_each(OTHER[code]):
        async with world.acting(persona) as op:
            await has_nothing_of(op, table, code, [theirs[0], theirs[-1]])


@each_group
@each_table
async def test_the_worker_of_another_group_has_nothing_of_it(
    world: World, truth: dict[str, Rows], table: str, code: str
) -> None:
    theirs = truth[code][table]
    async with world.store.process(system_seat(Role.WORKER, GROUPS[OTHER[code]])) as op:
        await has_nothing_of(op, table, code, [theirs[0], theirs[-1]])


@each_table
@pytest.mark.parametrize("persona", CONSUMERS)
async def test_the_network_reads_of_groups_what_the_overview_needs(world: World, persona: str, table: str) -> None:
    overview = table in OVERVIEW and persona != "network.auditor"
    async with world.acting(persona) as op:
        raw, theirs = await raw_of(op), list(GROUPS.values())
        found = await raw.fetchval(f"SELECT count(*) FROM {table} WHERE group_id = ANY ($1)", theirs)
        assert bool(found) == overview


@each_table
@pytest.mark.parametrize("persona", CONSUMERS)
async def test_the_network_changes_nothing_of_any_group(world: World, persona: str, table: str) -> None:
    async with world.acting(persona) as op:
        raw, theirs = await raw_of(op), list(GROUPS.values())
        changes = await written(raw, f"UPDATE {table} SET group_id = group_id WHERE group_id = ANY ($1)", theirs)
        assert bool(changes) == (persona == "network.admin" and table == "jurisdictions")
        assert await written(raw, f"DELETE FROM {table} WHERE group_id = ANY ($1)", theirs) == 0


@each_group
async def test_a_second_seat_elsewhere_opens_nothing_here(world: World, code: str) -> None:
    """Who acts from one of two seats has nothing of the other seat's group, not even that seat's own row."""
    async with world.store.operation(bearer("twice"), TWICE[OTHER[code]], write=True) as op:
        for table in OWNED:
            await reads_nothing_of(op, table, code)


async def has_nothing_of(op: Operation, table: str, code: str, theirs: Sequence[asyncpg.Record]) -> None:
    raw, other = await raw_of(op), GROUPS[code]
    await reads_nothing_of(op, table, code)
    assert await written(raw, f"UPDATE {table} SET group_id = group_id WHERE group_id = $1", other) == 0
    assert await written(raw, f"DELETE FROM {table} WHERE group_id = $1", other) == 0
    assert await written(raw, f"UPDATE {table} SET group_id = $1", other) == 0
    for row in theirs:
        assert await inserted(raw, table, row) == 0
    for own in await raw.fetch(f"SELECT * FROM {table} LIMIT 2"):
        assert await inserted(raw, table, {**own, "group_id": other}) == 0


async def reads_nothing_of(op: Operation, table: str, code: str) -> None:
    """Neither by its group nor in any count: whatever is there is the seat's own group's."""
    raw = await raw_of(op)
    assert await raw.fetchval(f"SELECT count(*) FROM {table} WHERE group_id = $1", GROUPS[code]) == 0, table
    own = f"SELECT count(*) FROM {table} WHERE group_id IS DISTINCT FROM $1"
    assert await raw.fetchval(own, op.seat.group_id) == 0, table


@pytest.mark.parametrize("persona", sorted(EVERYBODY))
async def test_only_the_networks_administrator_has_the_documents_of_front_ends(world: World, persona: str) -> None:
    """Beside the worker, which looks for them on behalf of all."""
    may = Role.NETWORK_ADMIN in EVERYBODY[persona].roles
    async with world.store.process(system_seat(Role.WORKER)) as op:
        raw = await raw_of(op)
        row = await raw.fetchrow("SELECT * FROM trusted_documents")
        assert await written(raw, "UPDATE trusted_documents SET front_end = front_end") == 0
        assert await inserted(raw, "trusted_documents", OTHER_DOCUMENT) == 0
    async with world.acting(persona) as op:
        raw = await raw_of(op)
        assert [*await raw.fetch("SELECT * FROM trusted_documents")] == ([row] if may else [])
        assert await written(raw, "UPDATE trusted_documents SET front_end = front_end") == may
        assert await inserted(raw, "trusted_documents", OTHER_DOCUMENT) == may
        assert await written(raw, "DELETE FROM trusted_documents") == 0


@pytest.mark.parametrize("left", [None, ""], ids=["never seated", "seated before"])
async def test_without_a_seat_there_is_nothing(world: World, left: str | None) -> None:
    async with world.owner() as owner:
        rows = {table: await owner.fetchrow(f"SELECT * FROM {table} LIMIT 1") for table in TABLES}
    connection = await asyncpg.connect(world.urls.app.get_secret_value())
    try:
        if left is not None:
            await seated_once(connection)
        assert await connection.fetchval("SELECT current_setting('baraza.seat', true)") == left
        for table, row in rows.items():
            await connection.execute("BEGIN")
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
            if row is None:
                assert table in ABOUT_THE_SEAT
                await connection.execute("ROLLBACK")
                continue
            assert await inserted(connection, table, row) == 0, table
            for change in (f"UPDATE {table} SET {next(iter(row.keys()))} = NULL", f"DELETE FROM {table}"):
                assert await written(connection, change) == 0, table
            await connection.execute("ROLLBACK")
    finally:
        await connection.close()


async def test_a_subject_alone_finds_its_seats_and_nothing_else(world: World) -> None:
    connection = await asyncpg.connect(world.urls.app.get_secret_value())
    try:
        async with connection.transaction():
            await connection.execute("SELECT set_config('baraza.subject', $1, true)", bearer("sk.coordinator"))
            counts = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
        assert {table: count for table, count in counts.items() if count} == {"seats": 1}
    finally:
        await connection.close()


async def seated_once(connection: asyncpg.Connection[Any]) -> None:
    """What a pooled connection has behind it: its settings are empty now, and not unset."""
    async with connection.transaction():
        for name in ("subject", "seat", "group", "organisation", "category", "roles", "area", "invitation"):
            await connection.execute("SELECT set_config($1, $2, true)", f"baraza.{name}", str(GROUPS["sk"]))


async def raw_of(op: Operation) -> asyncpg.Connection[Any]:
    """The driver's connection, inside the operation's transaction."""
    raw: asyncpg.Connection[Any] = op.raw
    return raw


async def inserted(raw: asyncpg.Connection[Any], table: str, row: Any) -> int:
    """Row security is asked before any key: a row that is there already tells whether one may be inserted."""
    places = ", ".join(f"${number}" for number, _ in enumerate(row.keys(), 1))
    values = [json.dumps(value) if isinstance(value, dict) else value for value in row.values()]
    return await written(raw, f"INSERT INTO {table} VALUES ({places})", *values)


async def written(raw: asyncpg.Connection[Any], statement: str, *values: Any) -> int:
    """How many rows the statement wrote, before it was undone; none where it was denied."""
    await raw.execute("SAVEPOINT tried")
    try:
        return int((await raw.execute(statement, *values)).split()[-1])
    except asyncpg.PostgresError as error:
        if error.sqlstate not in DENIED:
            raise
        return 0
    finally:
        await raw.execute("ROLLBACK TO SAVEPOINT tried")
