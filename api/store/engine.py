"""The only engine: it binds an operation to a connection, and commits it or rolls it back (SECURITY §5)."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

import asyncpg
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from api.errors import InvalidInput, NotAllowed, Refusal, RequestRefused, StartRefused
from api.store import statements
from api.store.binding import ask, bind, bind_guest, bind_system, the_one
from api.store.connections import AWAY, DATABASE_ERRORS, Connections, connection_of
from api.store.operation import Operation
from api.telemetry import statement

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from uuid import UUID

    from pydantic import SecretStr
    from sqlalchemy.pool import PoolProxiedConnection as Lent

    from api.seat import Seat
    from api.store.sealing import Keyring

    Raw = asyncpg.Connection[asyncpg.Record]
    Pooler = Literal["none", "transaction", "prepared"]

log = logging.getLogger("baraza.store")

RIGHTS = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
    OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
    OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid)
    OR has_schema_privilege('public', 'CREATE') AS too_many
FROM pg_roles r WHERE rolname = current_user
"""

ANSWERS = {"timezone": "UTC", "plan_cache_mode": "force_generic_plan", "jit": "off", "random_page_cost": "1.1"}
"""How the role's sessions are set: what is said of moments, and how statements are planned (deploy/roles.sql)."""

KEPT = {"statement_cache_size": 200, "max_cacheable_statement_size": 0}
"""Prepared statements of a connection, however long: compiled reads are."""

UNNAMED = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}
"""No name, and nothing kept: the driver sends a statement's text again with its values, in messages that one connection
of PostgreSQL answers, whichever it is that a pooler chose."""

COMMIT = "COMMIT"
"""The statement, and the tag that PostgreSQL answers it with; in a failed transaction that is another."""

TRY_AGAIN = frozenset({"40001", "40P01"})
"""Serialisation failure and deadlock."""

REFUSED = {
    "23505": InvalidInput("ID_TAKEN"),
    "23503": InvalidInput("REFERENCE_UNKNOWN"),
    "23514": InvalidInput("VALUE_INVALID"),
    "42501": NotAllowed(),
}
"""SQLSTATEs that say no to an act: a key that is taken, a reference that is not there, a value that a check refuses, a
row that row security does not let in."""


class Rollback(Exception):  # noqa: N818 - a wish, not an error
    """Raised inside an operation to end it without a commit."""


class Store:
    """Lends bound transactions; nothing else begins or commits one, but the migrations their own."""

    def __init__(self, url: SecretStr, keyring: Keyring, *, size: int, wait: float, pooler: Pooler = "none") -> None:
        self.keyring = keyring
        self._url, self._wait, self._pooler = url, wait, pooler
        self._engine = create_async_engine(
            driver_url(url.get_secret_value()).set(drivername=statements.DRIVER),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            hide_parameters=True,
            connect_args={"timeout": 5, **(UNNAMED if pooler == "transaction" else KEPT)},
        )
        self.connections = Connections(self._engine, size=size, wait=wait)

    def alone(self) -> Store:
        """A store with one connection of its own, which no request waits for."""
        return Store(self._url, self.keyring, size=1, wait=self._wait, pooler=self._pooler)

    def operation(self, subject: str, wanted: UUID | None, *, write: bool) -> AbstractAsyncContextManager[Operation]:
        """One operation of the bearer `subject`, from the seat it names. Leaving the block commits; an exception that
        leaves it rolls back."""
        return self._bound(lambda raw: bind(raw, subject, wanted, write=write), subject, write=write)

    async def read(
        self, subject: str, wanted: UUID | None, sql: str, values: Sequence[object], name: str
    ) -> Sequence[str | None]:
        """One operation of the bearer `subject` that is one statement, `bound`: the columns of its one row. `name` is
        what telemetry calls it."""
        found: Sequence[asyncpg.Record] = ()

        async def read(raw: Raw) -> None:
            nonlocal found
            with statement(name):
                found = await ask(raw, subject, wanted, sql, values)

        self.connections.keep(await self.connections.begun(read))
        columns: Sequence[str | None] = the_one(found)[1:]
        return columns

    def door(self, subject: str) -> AbstractAsyncContextManager[Operation]:
        """One operation of a bearer who acts from no seat, and may come to one in it."""
        return self._bound(lambda raw: bind_guest(raw, subject), subject, write=True)

    def process(self, seat: Seat, *, write: bool = True) -> AbstractAsyncContextManager[Operation]:
        """One operation of a process of ours."""
        return self._bound(lambda raw: bind_system(raw, seat, write=write), write=write)

    @asynccontextmanager
    async def _bound(
        self, binding: Callable[[Raw], Awaitable[Seat]], subject: str | None = None, *, write: bool
    ) -> AsyncIterator[Operation]:
        seat: Seat

        async def begin(raw: Raw) -> None:
            nonlocal seat
            seat = await binding(raw)

        lent = await self.connections.begun(begin)
        try:
            operation = Operation(seat, connection_of(lent), lambda: self._session(lent), self.keyring, subject)
            async with _open(operation):
                yield operation
            await operation.finish()
            await self._end(connection_of(lent), write=write)
        except BaseException:
            await self.connections.give_back(lent)
            raise
        self.connections.keep(lent)

    async def _end(self, raw: Raw, *, write: bool) -> None:
        try:
            with statement(COMMIT):
                ended = await raw.execute(COMMIT)
        except Exception as error:
            meant = refusal_of(error)
            away = isinstance(meant, RequestRefused) and meant.code == "DATABASE_AWAY"
            if write and away:  # it may have recorded all of it
                raise RequestRefused("OUTCOME_UNKNOWN", 503, headers={"Retry-After": "2"}) from None
            raise
        if ended != COMMIT:
            raise RuntimeError("PostgreSQL rolled back where a commit was asked for")

    def _session(self, lent: Lent) -> AsyncSession:
        """What maps rows, over a lent connection; a compiled read has no use for it."""
        connection = AsyncConnection(self._engine, Connection(self._engine.sync_engine, lent))
        return AsyncSession(connection, expire_on_commit=False, autoflush=False)

    async def check(self) -> None:
        """Look at our own role, its settings, durability, and the way to the database; raise `StartRefused` when one is
        not what it must be."""
        async with self._idle() as raw:
            if self._pooler == "none" and await raw.fetchval("SELECT pg_backend_pid()") != raw.get_server_pid():
                raise StartRefused("BARAZA_DATABASE_URL leads to a pooler: set BARAZA_DATABASE_POOLER=transaction.")
            if await raw.fetchval(RIGHTS):
                raise StartRefused("The database role has more rights than baraza_app may have: see deploy/roles.sql.")
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                if await raw.fetchval(f"SHOW {setting}") == "off":
                    raise StartRefused(f"PostgreSQL runs with {setting} off and would lose records: set it on.")
            for setting, wanted in ANSWERS.items():
                if await raw.fetchval(f"SHOW {setting}") != wanted:
                    raise StartRefused(f"The database role has another {setting} than {wanted}: see deploy/roles.sql.")

    async def alive(self) -> bool:
        """Whether the database answers now."""
        try:
            async with asyncio.timeout(2), self._idle() as raw:
                await raw.execute("SELECT 1")
        except (*DATABASE_ERRORS, RequestRefused):
            return False
        return True

    @asynccontextmanager
    async def _idle(self) -> AsyncIterator[Raw]:
        """A connection outside of any transaction."""
        lent = await self.connections.begun(_nothing)
        try:
            yield connection_of(lent)
        finally:
            await self.connections.give_back(lent)

    async def close(self) -> None:
        await self.connections.close()


async def _nothing(_: Raw) -> None:
    """What is done first on a connection that is wanted as it is."""


@asynccontextmanager
async def _open(operation: Operation) -> AsyncIterator[None]:
    cancelled = False
    try:
        yield
    except asyncio.CancelledError:
        cancelled = True
        raise
    finally:
        await operation.close(cut_off=cancelled)


def parsed_url(url: str) -> URL:
    """The URL's parts; raise `StartRefused` where it is none. Its text may hold a password and is not repeated."""
    try:
        made = make_url(url.replace("postgres://", "postgresql://", 1))
    except (exc.ArgumentError, ValueError):
        raise StartRefused(
            "A database's URL cannot be read: write postgresql://ROLE:PASSWORD@HOST:PORT/NAME."
        ) from None
    if made.get_backend_name() != "postgresql" or set(made.query) - {"sslmode"}:
        raise StartRefused("A database's URL must begin with postgresql:// and takes no parameter but sslmode.")
    return made


def driver_url(url: str) -> Any:
    """A PostgreSQL URL as people write it, for the one driver we use, which calls `sslmode` ssl."""
    made = parsed_url(url).set(drivername="postgresql+asyncpg")
    mode = made.query.get("sslmode")
    return made.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode} if mode else {})


def refusal_of(error: BaseException | None) -> Refusal | RequestRefused | None:
    """What a database error means to the client, if it means something; its text is never shown."""
    state = _sqlstate(error)
    if state in REFUSED:
        return REFUSED[state]
    if state in {*TRY_AGAIN, "55P03"}:
        return RequestRefused("BUSY", 503, headers={"Retry-After": "1"})
    if state == "57014":
        return RequestRefused("TOO_SLOW", 503, headers={"Retry-After": "5"})
    broken = (
        isinstance(error, exc.InternalError | asyncpg.InternalClientError) and not state
    )  # cut off within a message
    if broken or isinstance(error, AWAY) or state[:2] in {"08", "53", "57"}:
        return RequestRefused("DATABASE_AWAY", 503, headers={"Retry-After": "2"})
    return None


def refused_read(error: BaseException) -> RequestRefused:
    """What a failed read means to the client; one that nobody expected is logged here, by its SQLSTATE, under an id."""
    meant = refusal_of(error)
    if isinstance(meant, RequestRefused):
        return meant
    error_id = secrets.token_hex(6)
    log.error("error %s: %s %s in a read", error_id, type(error).__name__, _sqlstate(error))
    return RequestRefused("INTERNAL", 500, details={"errorId": error_id}, error_id=error_id)


def may_be_tried_again(error: BaseException | None) -> bool:
    """Whether the operation met others and may go through when it is done again, as two that take one key at once."""
    return _sqlstate(error) in TRY_AGAIN or (
        isinstance(error, exc.IntegrityError) and "answered_keys" in str(error.orig)
    )


def _sqlstate(error: BaseException | None) -> str:
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
