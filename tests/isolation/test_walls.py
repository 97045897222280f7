"""What row security alone lets be written of walls, conflicts and who stands in: their own rows, and never to open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from asyncpg import UniqueViolationError
from isolation.test_tables import inserted, raw_of, written
from isolation.world import EVERYBODY, GROUPS

from api.demo.roster import demo_id
from api.policy import KEEPERS
from api.seat import Role
from api.store.base import new_id

if TYPE_CHECKING:
    from isolation.world import Rows, World

KNOWING = {"sk.company", "sk.pmh", "sk.cooperative", "sk.host"}
"""Whose organisations know of a conflict of theirs."""

MEMBERS = sorted(name for name in EVERYBODY if name.startswith("sk.") and EVERYBODY[name].roles == {Role.MEMBER})
SECRETARIAT = {Role.COORDINATOR, Role.CASE_OFFICER}


def organisation(persona: str) -> Any:
    return demo_id("organisation", EVERYBODY[persona].organisation)


async def changes(world: World, persona: str, statement: str, *values: Any) -> int:
    """How many rows it would change; none where it is refused."""
    async with world.acting(persona) as op:
        return await written(await raw_of(op), statement, *values)


async def may_insert(world: World, persona: str, table: str, row: dict[str, Any]) -> bool:
    """Row security is asked before the key, which is taken."""
    try:
        async with world.acting(persona) as op:
            return bool(await inserted(await raw_of(op), table, row))
    except UniqueViolationError:
        return True


@pytest.mark.parametrize("persona", MEMBERS)
async def test_a_member_closes_its_own_walls_and_opens_none(world: World, truth: dict[str, Rows], persona: str) -> None:
    record = truth["sk"]["requests"][0]["id"]
    row = {"group_id": GROUPS["sk"], "organisation_id": organisation(persona), "record_id": record}
    assert await may_insert(world, persona, "walls", {**row, "hides": "ALL"})
    assert not await may_insert(world, persona, "walls", {**row, "hides": "ALL_BUT_HEADER"})
    others = {**row, "organisation_id": organisation("sk.cso2" if persona == "sk.company" else "sk.company")}
    assert not await may_insert(world, persona, "walls", {**others, "hides": "ALL"})
    for hides in ("NOTHING", "ALL_BUT_HEADER"):
        assert await changes(world, persona, "UPDATE walls SET hides = $1", hides) == 0


async def test_who_keeps_casework_writes_walls_and_a_focal_point_or_observer_none(
    world: World, truth: dict[str, Rows]
) -> None:
    row = dict(truth["sk"]["walls"][0]) | {"record_id": new_id()}
    for persona, seat in EVERYBODY.items():
        if persona.startswith("sk.") and seat.roles != {Role.MEMBER}:
            wanted = bool(seat.roles & KEEPERS) or persona == "sk.mines"
            own = {**row, "organisation_id": organisation(persona)} if persona == "sk.mines" else row
            assert await may_insert(world, persona, "walls", {**own, "hides": "ALL"}) == wanted, persona


async def test_nobody_reads_anothers_walls_but_the_keepers(world: World, truth: dict[str, Rows]) -> None:
    for persona, seat in EVERYBODY.items():
        if persona.startswith("sk."):
            async with world.acting(persona) as op:
                read = await (await raw_of(op)).fetch("SELECT organisation_id FROM walls")
            own = [row for row in truth["sk"]["walls"] if row["organisation_id"] == organisation(persona)]
            wanted = len(truth["sk"]["walls"]) if seat.roles & KEEPERS else len(own)
            assert len(read) == wanted, persona


async def test_a_member_writes_a_conflict_only_as_its_own_word(world: World, truth: dict[str, Rows]) -> None:
    made = dict(truth["sk"]["conflicts"][0]) | {"id": new_id(), "recorded_by": EVERYBODY["sk.cso"].seat_id}
    own = {"organisation_id": organisation("sk.cso")}
    assert await may_insert(world, "sk.cso", "conflicts", {**made, "state": "CLAIMED"})
    assert await may_insert(world, "sk.cso", "conflicts", {**made, **own, "state": "DECLARED"})
    assert not await may_insert(world, "sk.cso", "conflicts", {**made, "state": "DECLARED"})
    assert not await may_insert(world, "sk.cso", "conflicts", {**made, **own, "state": "LIFTED"})
    assert not await may_insert(world, "sk.mines", "conflicts", {**made, "state": "CLAIMED"}), "in another's name"
    for persona in ("sk.observer", "sk.cls-kalehe", "sk.donor"):
        row = {**made, "recorded_by": EVERYBODY[persona].seat_id, "state": "CLAIMED"}
        assert not await may_insert(world, persona, "conflicts", row), persona


async def test_a_conflict_is_changed_by_the_secretariat_and_by_who_knows_of_its_own(world: World) -> None:
    touched = "UPDATE conflicts SET version = version"
    for persona, seat in EVERYBODY.items():
        if persona.startswith("sk."):
            knows = persona in KNOWING
            count = await changes(world, persona, touched)
            assert bool(count) == bool(seat.roles & SECRETARIAT or knows), persona
            assert count == 1 or not knows or seat.roles & SECRETARIAT, persona


async def test_only_the_coordinator_names_who_stands_in(world: World, truth: dict[str, Rows]) -> None:
    row = dict(truth["sk"]["stand_ins"][0])
    for persona, seat in EVERYBODY.items():
        if persona.startswith("sk."):
            assert await may_insert(world, persona, "stand_ins", row) == (Role.COORDINATOR in seat.roles), persona
            ended = await changes(world, persona, "UPDATE stand_ins SET ended_at = ended_at")
            assert bool(ended) == (Role.COORDINATOR in seat.roles or persona == "sk.mines"), persona


async def test_who_may_implicate_takes_a_turn_and_nobody_else(world: World) -> None:
    for persona, seat in EVERYBODY.items():
        if persona.startswith("sk."):
            taken = await changes(world, persona, "UPDATE turns SET taken = taken + 1")
            assert taken == bool(seat.roles & (KEEPERS | {Role.MEMBER})), persona
