"""Makes databases in which both groups have lived, and worlds over copies of them."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from isolation.living import live
from isolation.world import Copy, Fresh, opened

from api.demo import loading
from api.store.migrating import migrate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from isolation.world import World

    from api.running import Urls
    from api.settings import Settings


@asynccontextmanager
async def lived(server: Urls, settings: Settings) -> AsyncIterator[Urls]:
    """A database in which both groups have lived; nobody is connected to it, so that it can be copied."""
    async with Fresh(server, f"baraza_original_{os.getpid()}") as urls:
        await migrate(urls.owner, urls.app)
        loading.make_keys(settings.keys)
        async with opened(urls, settings) as world:
            await loading.load(world.store)
            await live(world)
        yield urls


@asynccontextmanager
async def copy(server: Urls, settings: Settings, original: Urls, name: str, *, size: int = 10) -> AsyncIterator[World]:
    """A world to write in."""
    async with (
        Copy(server, f"baraza_{name}_{os.getpid()}", original) as urls,
        opened(urls, settings, size=size) as world,
    ):
        yield world
