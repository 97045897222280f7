"""Connections to the database: lent in the order in which they were asked for, and taken back clean or closed
(SECURITY §5)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

import asyncpg
from sqlalchemy import exc
from sqlalchemy.util import greenlet_spawn

from api.errors import RequestRefused
from api.telemetry import statement

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncEngine
    from sqlalchemy.pool import PoolProxiedConnection as Lent

    Raw = asyncpg.Connection[asyncpg.Record]

log = logging.getLogger("baraza.store")

AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, exc.InterfaceError, exc.OperationalError)
DATABASE_ERRORS = (*AWAY, TimeoutError, asyncpg.PostgresError, exc.DBAPIError)
"""All that a statement may fail with, however it was asked."""


class Connections:
    """At most `size` of them, made when they are needed; whoever waits longer than `wait` seconds is refused. The
    engine's own pools lend to a newcomer what was given back for those whom they let wait."""

    def __init__(self, engine: AsyncEngine, *, size: int, wait: float) -> None:
        self._engine, self._size, self._wait = engine, size, wait
        self._turns = asyncio.Semaphore(size)
        self._free: list[Lent] = []
        self.lent = self.waiting = 0

    async def begun(self, begin: Callable[[Raw], Awaitable[None]]) -> Lent:
        """One on which this was done; `keep` or `give_back` is owed for it. Raises `RequestRefused`, BUSY or
        DATABASE_AWAY, and what `begin` does."""
        await self._turn()
        try:
            return await self._begun(begin)
        except BaseException:
            self._end_turn()
            raise

    def keep(self, lent: Lent) -> None:
        """Take back one that is clean."""
        self._free.append(lent)
        self._end_turn()

    async def give_back(self, lent: Lent) -> None:
        """Take back one on which something failed or was cut off."""
        try:
            await asyncio.shield(self._cleaned(lent))
        finally:
            self._end_turn()

    async def close(self) -> None:
        while self._free:
            await _closed(self._free.pop())

    async def _turn(self) -> None:
        self.waiting += 1
        try:
            async with asyncio.timeout(self._wait):
                await self._turns.acquire()
        except TimeoutError:
            raise RequestRefused("BUSY", 503, headers={"Retry-After": "1"}) from None
        finally:
            self.waiting -= 1
        self.lent += 1

    def _end_turn(self) -> None:
        self.lent -= 1
        self._turns.release()

    async def _begun(self, begin: Callable[[Raw], Awaitable[None]]) -> Lent:
        """A connection that stood idle while the database restarted is replaced once, before anything was asked."""
        for borrow in (self._borrowed, self._made):
            lent = await borrow()
            try:
                await begin(connection_of(lent))
            except AWAY:
                await _closed(lent)
            except BaseException:
                await asyncio.shield(self._cleaned(lent, begun=False))
                raise
            else:
                return lent
        raise RequestRefused("DATABASE_AWAY", 503, headers={"Retry-After": "2"})

    async def _borrowed(self) -> Lent:
        """The one that was used last and has not died since, or a new one."""
        while self._free:
            if not connection_of(lent := self._free.pop()).is_closed():
                return lent
            await _closed(lent)
        return await self._made()

    async def _made(self) -> Lent:
        try:
            lent: Lent = await greenlet_spawn(self._engine.pool.connect)
        except (*DATABASE_ERRORS, exc.EmulatedDBAPIException):
            raise RequestRefused("DATABASE_AWAY", 503, headers={"Retry-After": "2"}) from None
        return lent

    async def _cleaned(self, lent: Lent, *, begun: bool = True) -> None:
        """Confirm that no transaction is open, or close the connection. A BEGIN that was cut off may still be under
        way, and the driver know of no transaction yet. SQLAlchemy closes by itself a connection that it sees die."""
        if not lent.is_valid:
            return
        try:
            if not begun or connection_of(lent).is_in_transaction():
                with statement("ROLLBACK"):
                    async with asyncio.timeout(2):
                        await connection_of(lent).execute("ROLLBACK")
            clean = not connection_of(lent).is_in_transaction()
        except Exception as error:  # noqa: BLE001 - whatever happened, the connection is not trusted again
            log.warning("connection closed after %s", type(error).__name__)
            clean = False
        if clean and len(self._free) < self._size:
            self._free.append(lent)
        else:
            await _closed(lent)


def connection_of(lent: Lent) -> Raw:
    """The driver's connection."""
    return cast("Raw", lent.driver_connection)


async def _closed(lent: Lent) -> None:
    await greenlet_spawn(lent.invalidate)
