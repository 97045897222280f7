"""Databases of our own: nothing here sees, or is seen by, what other tests write."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from isolation.making import copy, lived
from isolation.world import GROUPS, KEPT, OWNED

from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from isolation.world import Rows, World

    from api.running import Urls
    from api.settings import Settings


@pytest.fixture(scope="session")
async def original(server: Urls, settings: Settings, once_a_run: Callable[[str], None]) -> AsyncIterator[Urls]:
    """A database to copy."""
    once_a_run("isolation")
    async with lived(server, settings) as urls:
        yield urls


@pytest.fixture(scope="session")
def copied(server: Urls, settings: Settings, original: Urls) -> Callable[..., AbstractAsyncContextManager[World]]:
    """Makes worlds to write in."""
    return partial(copy, server, settings, original)


@pytest.fixture(scope="session")
async def world(copied: Callable[[str], AbstractAsyncContextManager[World]]) -> AsyncIterator[World]:
    """The world that nobody writes in."""
    async with copied("world") as made:
        yield made


@pytest.fixture(scope="session")
async def scratch(copied: Callable[[str], AbstractAsyncContextManager[World]]) -> AsyncIterator[World]:
    """A world in which refusals may be written down, and seats given and ended."""
    async with copied("scratch") as made:
        yield made


@pytest.fixture(scope="session")
async def truth(world: World) -> dict[str, Rows]:
    """Every row of each group, as the owner sees them."""
    return {code: await world.rows(code) for code in GROUPS}


@pytest.fixture(scope="session")
async def alone(
    copied: Callable[[str], AbstractAsyncContextManager[World]],
) -> AsyncIterator[dict[str, World]]:
    """For each group, the world as it were if there had never been the other one."""
    async with copied("sk") as sk, copied("lub") as lub:
        for code, world in {"lub": sk, "sk": lub}.items():
            async with world.owner() as owner:
                for table in reversed(metadata.sorted_tables):
                    if table.name in OWNED and table.name in KEPT:
                        await owner.execute(f"DELETE FROM {table.name} WHERE group_id = $1", GROUPS[code])
        yield {"sk": sk, "lub": lub}
