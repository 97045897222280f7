"""Bringing a database to the shape that the code expects: roles, then Alembic's revisions, as the owner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from api.errors import StartRefused
from api.store.engine import driver_url, parsed_url
from migrations import HEAD

if TYPE_CHECKING:
    from pydantic import SecretStr
    from sqlalchemy import URL, Connection

ROOT = Path(__file__).parents[2]
APP_ROLE = "baraza_app"
LOCK = 7_241_996_013
"""Only one process migrates at a time."""


async def migrate(owner_url: SecretStr, app_url: SecretStr, revision: str = "head", *, destroy: bool = False) -> None:
    """Make the service's role and run the revisions up or down to `revision`; raise `StartRefused` where the database
    is out of reach or newer than the code, or a way down would take a group's records and `destroy` was not said."""
    parsed_url(app_url.get_secret_value())
    engine = create_async_engine(driver_url(owner_url.get_secret_value()), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SET lock_timeout = '10s'")
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            await connection.exec_driver_sql((ROOT / "deploy" / "roles.sql").read_text())
            if revision != "head" or await connection.run_sync(current) != HEAD:
                from api.store.revising import revise  # noqa: PLC0415 - a server whose database is in shape does without Alembic

                await connection.run_sync(revise, revision, destroy)
        await _let_in(owner_url, app_url)
    except (OSError, asyncpg.PostgresError, exc.DBAPIError) as error:
        raise StartRefused(
            f"The database cannot be migrated ({_reason(error)}): check that it runs, its URL, and the owner's rights."
        ) from None
    finally:
        await engine.dispose()


async def up_to_date(owner_url: SecretStr) -> None:
    """Raise `StartRefused` unless the database is at the code's revision."""
    engine = create_async_engine(driver_url(owner_url.get_secret_value()), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.connect() as connection:
            found = await connection.run_sync(current)
    except (OSError, asyncpg.PostgresError, exc.DBAPIError) as error:
        raise StartRefused(
            f"The database is out of reach ({_reason(error)}): check that it runs and its URL."
        ) from None
    finally:
        await engine.dispose()
    if found != HEAD:
        raise StartRefused("The database has the shape of another version: run `baraza migrate` with this one.")


def current(connection: Connection) -> str | None:
    """The revision that the database is at, as Alembic notes it."""
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found


async def _let_in(owner_url: SecretStr, app_url: SecretStr) -> None:
    """Give the service's role the password that its URL says, unless it already opens."""
    app = parsed_url(app_url.get_secret_value())
    if app.username != APP_ROLE:
        raise StartRefused(f"BARAZA_DATABASE_URL must name the role {APP_ROLE}, which owns nothing.")
    try:
        await (await _connected(app)).close()
    except asyncpg.InvalidAuthorizationSpecificationError:
        owner = await _connected(parsed_url(owner_url.get_secret_value()))
        quoted = "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)"
        await owner.execute(await owner.fetchval(quoted, APP_ROLE, app.password))
        await owner.close()


async def _connected(url: URL) -> asyncpg.Connection[asyncpg.Record]:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return await asyncpg.connect(plain, timeout=5)


def _reason(error: BaseException) -> str:
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return f"SQLSTATE {state}" if state else type(error).__name__
