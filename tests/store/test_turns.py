"""Connections are lent in the order in which they were asked for, and a read of one statement leaves nothing behind."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import asyncpg
import pytest

from api.demo.roster import PERSONAS
from api.identity import DEVELOPMENT_ISSUER, subject
from api.store.binding import bound
from api.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from api.running import Urls

OFFICER = subject(DEVELOPMENT_ISSUER, "sk.officer")
(SEAT,) = (persona.seat_id for persona in PERSONAS if persona.name == "sk.officer")
SETTINGS = "concat_ws('/', current_setting('baraza.subject', true), current_setting('baraza.seat', true))"


@pytest.fixture
async def narrow(urls: Urls, store: Store) -> AsyncIterator[Store]:
    """One connection for everybody."""
    made = Store(urls.app, store.keyring, size=1, wait=30)
    yield made
    await made.close()


async def read(store: Store, sql: str) -> Sequence[str | None]:
    return await store.read(OFFICER, None, bound(f"SELECT {sql} AS f0", 0), [], "SELECT")


async def test_who_came_first_is_served_first(narrow: Store) -> None:
    """Each comes back for another turn as soon as it had one, and finds all the others before it."""
    served: list[int] = []

    async def asking(number: int) -> None:
        for _ in range(5):
            await read(narrow, "'1'")
            served.append(number)

    await asyncio.gather(*(asking(number) for number in range(6)))
    assert served == [*range(6)] * 5


async def test_a_read_acts_from_its_seat_and_the_next_finds_nothing_of_it(narrow: Store) -> None:
    assert await read(narrow, "seat_id()::text") == (str(SEAT),)
    async with narrow._idle() as raw:
        assert await raw.fetchval(f"SELECT {SETTINGS}") in {"", "/"}


async def test_a_read_cannot_write(narrow: Store) -> None:
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await read(narrow, "lo_create(0)::text")
    assert await read(narrow, "'1'") == ("1",)


async def test_a_read_that_nobody_waits_for_ends_at_once(narrow: Store) -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await read(narrow, "pg_sleep(10)::text")
    assert await read(narrow, "'1'") == ("1",)
    assert time.monotonic() - begun < 3
