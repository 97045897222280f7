"""A world of its own, in which both groups have lived and rows are planted; nobody writes in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from compiled.rows import plant
from isolation.living import live
from isolation.world import Copy, Fresh, World, opened

from api.demo import loading
from api.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from api.running import Urls
    from api.settings import Settings


@pytest.fixture(scope="session")
def settings(settings: Settings) -> Settings:
    """Here both ways are tried, whichever the run is for."""
    return settings.model_copy(update={"compiled_reads": True})


@pytest.fixture(scope="session")
async def lived(server: Urls, settings: Settings) -> AsyncIterator[Urls]:
    """A database to copy."""
    async with Fresh(server, f"baraza_lived_{os.getpid()}") as urls:
        await migrate(urls.owner, urls.app)
        loading.make_keys(settings.keys)
        async with opened(urls, settings) as world:
            await loading.load(world.store)
            await live(world)
        yield urls


@pytest.fixture(scope="session")
async def copied(server: Urls, settings: Settings, lived: Urls) -> AsyncIterator[World]:
    async with (
        Copy(server, f"baraza_compiled_{os.getpid()}", lived) as urls,
        opened(urls, settings, size=2) as world,
    ):
        yield world


@pytest.fixture(scope="session")
async def planted(copied: World) -> Mapping[str, int]:
    """How many rows of each table are hard to carry."""
    return await plant(copied)


@pytest.fixture(scope="session")
def world(copied: World, planted: Mapping[str, int]) -> World:
    assert planted
    return copied
