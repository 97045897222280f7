"""Databases of our own: nothing here sees, or is seen by, what other tests write."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from isolation.living import live
from isolation.world import GROUPS, KEPT, OWNED, Copy, Fresh, World, opened

from api.demo import loading
from api.store.migrating import migrate
from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from isolation.world import Rows

    from api.running import Urls
    from api.settings import Settings


@pytest.fixture(scope="session")
async def original(server: Urls, settings: Settings, once_a_run: Callable[[str], None]) -> AsyncIterator[Urls]:
    """A database in which both groups have lived; nobody is connected to it, so that it can be copied."""
    once_a_run("isolation")
    async with Fresh(server, f"baraza_original_{os.getpid()}") as urls:
        await migrate(urls.owner, urls.app)
        loading.make_keys(settings.keys)
        async with opened(urls, settings) as world:
            await loading.load(world.store)
            await live(world)
        yield urls


@pytest.fixture(scope="session")
def copied(server: Urls, settings: Settings, original: Urls) -> Callable[[str], AbstractAsyncContextManager[World]]:
    """Makes worlds to write in."""

    @asynccontextmanager
    async def copy(name: str, *, size: int = 10) -> AsyncIterator[World]:
        async with (
            Copy(server, f"baraza_{name}_{os.getpid()}", original) as urls,
            opened(urls, settings, size=size) as world,
        ):
            yield world

    return copy


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
