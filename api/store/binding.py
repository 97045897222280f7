"""One transaction, one seat, bound in two round trips (SECURITY §5).

    1. BEGIN …; SELECT set_config('baraza.subject', …)      one simple query
    2. select the acting seat under a policy on that subject alone, and set what row security reads

`bind` is the one place to replace where `set_config` does not reach (Citus).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.errors import RequestRefused
from api.seat import Category, Pillar, Role, Seat, guest
from api.telemetry import statement

if TYPE_CHECKING:
    from uuid import UUID

    import asyncpg

BEGIN = {
    False: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    True: "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE",
}

SETTINGS = """
    set_config('baraza.seat', {id}::text, true), set_config('baraza.group', coalesce({group_id}::text, ''), true),
    set_config('baraza.organisation', coalesce({organisation_id}::text, ''), true),
    set_config('baraza.category', coalesce({category}, ''), true),
    set_config('baraza.roles', array_to_string({roles}, ','), true),
    set_config('baraza.area', coalesce({area}, ''), true),
    set_config('TimeZone', 'UTC', true), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('random_page_cost', '1.1', true)
"""
"""The seat, and how the server answers: moments in UTC; each statement planned once a connection, since no plan depends
on a value; none compiled to machine code, which takes longer than they run; and planned for pages that are in memory or
on a disk without moving parts."""

FIND = f"""
WITH mine AS MATERIALIZED (
  SELECT id, group_id, organisation_id, pillar, category, roles, area
  FROM seats
  WHERE subject = current_setting('baraza.subject') AND valid_from <= current_date
    AND (valid_to IS NULL OR valid_to >= current_date) AND ended_at IS NULL AND ($1::uuid IS NULL OR id = $1)
  ORDER BY id LIMIT 20
)
SELECT mine.*, count(*) OVER () AS held, bound.*
FROM mine LEFT JOIN LATERAL (
  SELECT {
    SETTINGS.format(
        id="mine.id",
        group_id="mine.group_id",
        organisation_id="mine.organisation_id",
        category="mine.category",
        roles="mine.roles",
        area="mine.area",
    )
}
  WHERE (SELECT count(*) FROM mine) = 1
) AS bound ON true
"""  # noqa: S608 - made of constants

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
        rows = await connection.fetch(FIND, wanted)
    if not rows:
        raise RequestRefused("NO_SEAT", 403)
    if len(rows) > 1:
        raise RequestRefused("SEAT_REQUIRED", 400, details={"seats": [f"Seat:{row['id']}" for row in rows]})
    return _seat(rows[0])


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
