"""Nothing of a seat stays on a connection: mixed groups on a small pool, many of them cancelled at random moments."""

from __future__ import annotations

import asyncio
import gc
import json
import random
import warnings
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from isolation.living import SCHEDULE
from isolation.world import EVERYBODY, GROUPS, OTHER, of_group

from api.proof.documents import UUID_TEXT

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from isolation.world import Rows, World

REQUESTS, AT_ONCE, POOL, CANCELLED = 400, 20, 3, 0.3
LONGEST = 0.08
"""Seconds after which a request is cancelled at the latest: some are not begun then, most are somewhere in between."""

SEED = 20191
READS = (
    "{ actingSeat { id } cases { totalCount nodes { id activities { nodes { id note { text } } } } } }",
    "{ actingSeat { id } requests { totalCount nodes { id title narrative { text } } } }",
    "{ actingSeat { id } seats(first: 100) { nodes { id person { id name } } } notices { nodes { id } } }",
)


@dataclass
class Storm:
    """What came of the requests."""

    world: World
    ids: dict[str, set[str]] = field(repr=False)
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))
    ended: Counter[str] = field(default_factory=Counter)
    scheduled: list[tuple[str, str]] = field(default_factory=list)

    async def rage(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        personas = [persona for code in GROUPS for persona in of_group(code)]
        async with asyncio.TaskGroup() as tasks:
            for number in range(REQUESTS):
                await gate.acquire()
                task = tasks.create_task(self.one(self.chance.choice(personas), number))
                task.add_done_callback(lambda _: gate.release())
                if self.chance.random() < CANCELLED:
                    asyncio.get_running_loop().call_later(self.chance.random() * LONGEST, task.cancel)

    async def one(self, persona: str, number: int) -> None:
        try:
            if number % 8 == 0:
                await self.schedule(f"{persona.partition('.')[0]}.officer", f"Salle {number}")
            elif number % 8 == 1:
                await self.refused(("nobody", "twice")[number % 16 // 8])
            else:
                await self.read(persona, READS[number % len(READS)], compiled=number % 16 < 8)
        except asyncio.CancelledError:
            self.ended["cancelled"] += 1
            raise

    async def read(self, persona: str, document: str, *, compiled: bool) -> None:
        ask = self.world.post if compiled else self.world.executed
        answer = await ask(persona, document)
        self.ended[str(answer.status_code)] += 1
        body = answer.json()
        assert "errors" not in body, answer.text
        data = body["data"]
        assert data["actingSeat"]["id"] == f"Seat:{EVERYBODY[persona].seat_id}", persona
        assert not set(UUID_TEXT.findall(answer.text)) & self.ids[OTHER[persona.partition(".")[0]]], persona

    async def refused(self, bearer: str) -> None:
        """Begun and refused: who has no seat, and who has two and names none."""
        answer = await self.world.post(bearer, READS[0])
        self.ended[str(answer.status_code)] += 1
        assert answer.json().get("data") is None

    async def schedule(self, persona: str, venue: str) -> None:
        answer = await self.world.post(persona, SCHEDULE, {"venue": venue, "day": "2025-01-01"})
        self.ended[str(answer.status_code)] += 1
        assert answer.json()["data"]["scheduleMeeting"]["__typename"] == "Meeting", answer.text
        self.scheduled.append((persona.partition(".")[0], venue))


@pytest.fixture(scope="module")
async def storm(copied: Callable[..., AbstractAsyncContextManager[World]], truth: dict[str, Rows]) -> Any:
    ids = {code: {str(value) for value in json_ids(rows)} for code, rows in truth.items()}
    shared = ids["sk"] & ids["lub"]
    async with copied("pool", size=POOL) as world:
        storm = Storm(world, {code: some - shared for code, some in ids.items()})
        with warnings.catch_warnings():
            # What is cancelled in the middle leaves coroutines of the library's behind that nobody awaited.
            warnings.simplefilter("ignore", RuntimeWarning)
            await storm.rage()
            gc.collect()
        yield storm


def json_ids(rows: Rows) -> set[str]:
    return {found for table in rows.values() for row in table for found in UUID_TEXT.findall(str(dict(row)))}


async def test_every_answer_is_its_own_groups(storm: Storm) -> None:
    """The answers looked at themselves; many were completed, and many were cancelled."""
    assert set(storm.ended) == {"200", "400", "403", "cancelled"}
    assert storm.ended["200"] > REQUESTS / 2
    assert storm.ended["cancelled"] > REQUESTS / 10


async def test_what_was_acknowledged_is_there_once_and_in_its_group(storm: Storm) -> None:
    async with storm.world.owner() as owner:
        rows = await owner.fetch("SELECT group_id, venue FROM meetings WHERE venue ~ '^Salle [0-9]+$'")
    codes = {group_id: code for code, group_id in GROUPS.items()}
    there = Counter((codes[row["group_id"]], row["venue"]) for row in rows)
    assert set(there.values()) == {1}
    assert set(storm.scheduled) <= set(there)
    assert len({venue for _, venue in there}) == len(there)


async def test_no_connection_is_left_in_a_transaction(storm: Storm) -> None:
    """Asked as the service's own role, to which its sessions are open."""
    connection = await asyncpg.connect(storm.world.urls.app.get_secret_value())
    try:
        states = await connection.fetch(
            """SELECT state, count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() GROUP BY state"""
        )
    finally:
        await connection.close()
    found = {row["state"]: row["count"] for row in states}
    assert set(found) == {"idle"}
    assert found["idle"] <= POOL


async def test_the_pool_works_and_remembers_nobody(storm: Storm) -> None:
    lending = storm.world.store.connections

    async def begin(raw: Any) -> None:
        assert not raw.is_in_transaction()

    lent = [await asyncio.wait_for(lending.begun(begin), 5) for _ in range(POOL)]
    try:
        for each in lent:
            raw: Any = each.driver_connection
            for name in ("subject", "seat", "group", "organisation", "category", "roles", "area", "invitation"):
                assert await raw.fetchval("SELECT current_setting($1, true)", f"baraza.{name}") in {None, ""}
            assert await raw.fetchval("SELECT count(*) FROM cases") == 0
    finally:
        for each in lent:
            lending.keep(each)
    assert json.loads((await storm.world.post("sk.cso", READS[0])).text)["data"]["cases"]["totalCount"] == 4


async def test_cancelled_while_it_begins_a_connection_is_clean_or_closed(
    copied: Callable[..., AbstractAsyncContextManager[World]], caplog: pytest.LogCaptureFixture
) -> None:
    """The driver does not know of a transaction whose BEGIN is under way."""
    chance = random.Random(SEED)

    async def begin(world: World) -> None:
        async with world.acting("sk.cso") as operation:
            assert operation.seat.id == EVERYBODY["sk.cso"].seat_id

    async with copied("begin", size=1) as world:
        for _ in range(200):
            task = asyncio.create_task(begin(world))
            await asyncio.sleep(chance.random() * 0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await begin(world)
    assert not caplog.records
