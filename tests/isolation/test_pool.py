"""Nothing of a seat stays on a connection: a small storm. `tests/peers` has the large ones, and a pooler."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest
from isolation import storm
from isolation.storm import POOL, SEED, Storm
from isolation.world import EVERYBODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from isolation.world import World

REQUESTS = 400


@pytest.fixture(scope="module")
async def raged(copied: Callable[..., AbstractAsyncContextManager[World]]) -> AsyncIterator[Storm]:
    async with copied("pool", size=POOL) as world:
        yield await storm.raged(world, REQUESTS)


async def test_every_answer_is_its_own_groups(raged: Storm) -> None:
    assert not raged.missed
    storm.was_one(raged)


async def test_what_was_acknowledged_is_there_once_and_in_its_group(raged: Storm) -> None:
    assert not await raged.doubled()


async def test_no_connection_is_left_in_a_transaction(raged: Storm) -> None:
    assert await storm.states(raged.world) == {"idle"}


async def test_the_pool_works_and_remembers_nobody(raged: Storm) -> None:
    assert set((await storm.remembered(raged.world, POOL)).values()) == {""}
    assert (await raged.world.post("sk.cso", storm.READS[0])).json()["data"]["cases"]["totalCount"] == 7


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
