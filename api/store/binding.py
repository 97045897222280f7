"""One transaction, one seat, bound in two round trips (SECURITY §5).

    1. BEGIN …; SELECT set_config('baraza.subject', …)      one simple query
    2. select the acting seat under a policy on that subject alone, and set what row security reads

A compiled read is one statement, and its transaction that statement: `read` does both steps inside of it. Here alone is
what to replace where `set_config` does not reach (Citus).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import RequestRefused
from api.seat import Category, Pillar, Role, Seat, guest
from api.telemetry import statement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    import asyncpg

BEGIN = {
    False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    True: "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
}

SETTINGS = """
    set_config('baraza.seat', {id}::text, true) AS seat,
    set_config('baraza.group', coalesce({group_id}::text, ''), true),
    set_config('baraza.organisation', coalesce({organisation_id}::text, ''), true),
    set_config('baraza.category', coalesce({category}, ''), true),
    set_config('baraza.roles', array_to_string({roles}, ','), true),
    set_config('baraza.area', coalesce({area}, ''), true)
"""
OF_MINE = SETTINGS.format(
    id="mine.id",
    group_id="mine.group_id",
    organisation_id="mine.organisation_id",
    category="mine.category",
    roles="mine.roles",
    area="mine.area",
)
SEATS = """
  SELECT id, group_id, organisation_id, pillar, category, roles, area, count(*) OVER () AS held
  FROM seats
  WHERE subject = {subject} AND valid_from <= current_date AND (valid_to IS NULL OR valid_to >= current_date)
    AND ended_at IS NULL AND ({wanted}::uuid IS NULL OR id = {wanted})
  ORDER BY id LIMIT 20
"""
"""What the bearer may act from today, and how much of it there is."""

FIND = f"""
SELECT mine.*, bound.*
FROM ({SEATS.format(subject="current_setting('baraza.subject')", wanted="$1")}) AS mine
LEFT JOIN LATERAL (SELECT {OF_MINE} WHERE mine.held = 1 OFFSET 0) AS bound ON true
"""  # noqa: S608 - made of constants

READ = f"""
SELECT mine.id, read.*
FROM (
  SELECT set_config('transaction_read_only', 'on', true), set_config('baraza.subject', {{subject}}, true) AS subject
  OFFSET 0
) AS bearer
CROSS JOIN LATERAL ({SEATS.format(subject="bearer.subject", wanted="{wanted}")}) AS mine
LEFT JOIN LATERAL (SELECT {OF_MINE} WHERE mine.held = 1 OFFSET 0) AS bound ON true
LEFT JOIN LATERAL ({{read}} WHERE bound.seat <> '' OFFSET 0) AS read ON true
"""  # noqa: S608 - made of constants
"""Each part takes from the one before, so that it is evaluated after it; OFFSET keeps PostgreSQL from joining them into
one. What reads before a seat is bound would find nothing: that is how row security answers without one."""

SET = "SELECT " + SETTINGS.format(
    id="$1::uuid", group_id="$2::uuid", organisation_id="null", category="null", roles="$3::text[]", area="null"
)


async def bind(
    connection: asyncpg.Connection[asyncpg.Record], subject: str, wanted: UUID | None, *, write: bool
) -> Seat:
    """Begin and act from the bearer's seat: the one wanted, or the only one.

    Raises `RequestRefused` NO_SEAT (none, ended, or somebody else's: one answer) or SEAT_REQUIRED (several).
    """
    await _begin(connection, subject, write=write)
    with statement("SELECT seats"):
        return _seat(the_one(await connection.fetch(FIND, wanted)))


def bound(read: str, values: int) -> str:
    """The statement that is a transaction of its own, for `ask`: it finds the seat, binds it, and then reads. `read` is
    a SELECT without FROM that takes so many values."""
    return READ.format(read=read, subject=f"${values + 1}::text", wanted=f"${values + 2}")


async def ask(
    connection: asyncpg.Connection[asyncpg.Record],
    subject: str,
    wanted: UUID | None,
    read: str,
    values: Sequence[object],
) -> Sequence[asyncpg.Record]:
    """The ids of the seats that were found, twenty at most; behind the id of a single one, what was `bound`."""
    return await connection.fetch(read, *values, subject, wanted)


def the_one(rows: Sequence[asyncpg.Record]) -> asyncpg.Record:
    """The seat to act from, of those that were found; raises `RequestRefused`, NO_SEAT or SEAT_REQUIRED."""
    if not rows:
        raise RequestRefused("NO_SEAT", 403)
    if len(rows) > 1:
        raise RequestRefused("SEAT_REQUIRED", 400, details={"seats": [f"Seat:{row['id']}" for row in rows]})
    return rows[0]


async def bind_guest(connection: asyncpg.Connection[asyncpg.Record], subject: str) -> Seat:
    """Begin for a bearer who acts from no seat: nothing is there but the bearer's own seats, and what a door shows."""
    await _begin(connection, subject, write=True)
    return guest()


async def _begin(connection: asyncpg.Connection[asyncpg.Record], subject: str, *, write: bool) -> None:
    with statement("BEGIN"):
        await connection.execute(
            f"{BEGIN[write]}; SELECT set_config('baraza.subject', '{_hexadecimal(subject)}', true)"
        )


async def show_code(connection: asyncpg.Connection[asyncpg.Record], code_hash: str) -> None:
    """Let the transaction see the one invitation with this hash, and its seat."""
    with statement("SELECT invitations"):
        await connection.execute("SELECT set_config('baraza.invitation', $1, true)", code_hash)


async def take(connection: asyncpg.Connection[asyncpg.Record], seat_id: UUID) -> Seat | None:
    """Go on from one of the bearer's seats; none where it is not the bearer's, or not now."""
    with statement("SELECT seats"):
        rows = await connection.fetch(FIND, seat_id)
    return _seat(rows[0]) if rows else None


async def bind_system(connection: asyncpg.Connection[asyncpg.Record], seat: Seat, *, write: bool) -> Seat:
    """Begin and act from a seat of a process of ours."""
    await connection.execute(BEGIN[write])
    await connection.fetchrow(SET, seat.id, seat.group_id, [role.name for role in seat.roles])
    return seat


def _hexadecimal(subject: str) -> str:
    """The subject as it may stand in a simple query: hexadecimal digits, so that nothing needs escaping."""
    return f"{int(subject, 16):064x}"


def _seat(row: asyncpg.Record) -> Seat:
    return Seat(
        id=row["id"],
        group_id=row["group_id"],
        organisation_id=row["organisation_id"],
        pillar=Pillar[row["pillar"]] if row["pillar"] else None,
        category=Category[row["category"]],
        roles=frozenset(Role[name] for name in row["roles"]),
        area=row["area"],
    )
