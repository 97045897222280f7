"""What becomes of a statement whose reader is gone: it ends, and takes nothing with it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy import func, literal, select

from api.identity import DEVELOPMENT_ISSUER, subject

if TYPE_CHECKING:
    from conftest import Client

    from api.cli import Urls
    from api.store.engine import Store

OFFICER = subject(DEVELOPMENT_ISSUER, "sk.officer")


async def test_a_statement_that_nobody_waits_for_takes_no_other_with_it(store: Store) -> None:
    async with store.operation(OFFICER, None, write=False) as operation:
        given_up = asyncio.create_task(operation.rows(select(func.pg_sleep(0.3))))
        queued = asyncio.create_task(operation.rows(select(literal(1))))
        await asyncio.sleep(0.1)
        given_up.cancel()
        assert [tuple(row) for row in await queued] == [(1,)]
        assert list(await operation.scalars(select(literal(2)))) == [2]


async def test_an_operation_that_nobody_waits_for_ends_at_once(store: Store) -> None:
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2), store.operation(OFFICER, None, write=False) as operation:
            await operation.rows(select(func.pg_sleep(10)))
    assert time.monotonic() - begun < 3
    async with store.operation(OFFICER, None, write=False) as operation:
        assert list(await operation.scalars(select(literal(3)))) == [3]


async def test_a_field_that_is_refused_leaves_its_siblings_and_cousins(client: Client) -> None:
    """The statement for `settings` is under way when the sibling's cursor is refused."""
    source = """{ cases { totalCount }
      actingSeat { group { settings { version } jurisdictions(after: "x") { totalCount } } } }"""
    for _ in range(20):
        answer = await client.post("sk.officer", source)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert [error["extensions"]["code"] for error in body["errors"]] == ["CURSOR_INVALID"]
        assert body["data"] == {"cases": {"totalCount": 5}, "actingSeat": {"group": None}}


async def test_what_a_refused_field_shared_with_others_is_theirs_still(client: Client) -> None:
    """Both lists count the same rows, and the first of them is given up in the middle."""
    refused = 'nodes { members(after: "x") { totalCount } }'
    source = f"{{ a: structures {{ totalCount edges {{ cursor }} {refused} }} b: structures {{ totalCount }} }}"
    for _ in range(20):
        answer = await client.post("sk.officer", source)
        assert answer.status_code == 200, answer.text
        assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"CURSOR_INVALID"}


async def test_a_statement_that_fails_is_heard_by_the_whole_operation(client: Client, urls: Urls) -> None:
    """Also where a null could stand in its place: what others read in that transaction is not relied upon."""
    source = "{ actingSeat { id group { settings { version } } } }"
    owner = await asyncpg.connect(urls.owner.get_secret_value())
    try:
        async with owner.transaction():
            await owner.execute("LOCK TABLE group_settings IN ACCESS EXCLUSIVE MODE")
            answer = await client.post("sk.officer", source)
    finally:
        await owner.close()
    assert (answer.status_code, answer.headers.get("retry-after"), answer.json().get("data")) == (503, "1", None)
    assert [error["extensions"] for error in answer.json()["errors"]] == [{"code": "BUSY"}]
