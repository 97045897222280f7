"""A store over the database that a command has found."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from api.errors import RequestRefused, StartRefused
from api.store.engine import Store
from api.store.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.running import Urls
    from api.settings import Settings


@asynccontextmanager
async def opened(settings: Settings, urls: Urls) -> AsyncIterator[Store]:
    store = store_of(settings, urls)
    try:
        await store.check()
        yield store
    except (OSError, SQLAlchemyError, RequestRefused):
        raise StartRefused(
            "BARAZA_DATABASE_URL does not lead to the migrated database: check that it runs and both URLs, "
            "then run `baraza migrate`."
        ) from None
    finally:
        await store.close()


def store_of(settings: Settings, urls: Urls) -> Store:
    return Store(
        urls.app,
        Keyring(settings.keys),
        size=settings.pool_size,
        wait=settings.pool_wait,
        pooler=settings.database_pooler,
    )
