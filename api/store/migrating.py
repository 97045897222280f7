"""Bringing a database to the shape that the code expects: roles, then Alembic's revisions, as the owner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from api.errors import StartRefused
from api.store.engine import driver_url

if TYPE_CHECKING:
    from pydantic import SecretStr
    from sqlalchemy import Connection

ROOT = Path(__file__).parents[2]
APP_ROLE = "baraza_app"
LOCK = 7_241_996_013
"""Only one process migrates at a time."""


async def migrate(owner_url: SecretStr, app_url: SecretStr, revision: str = "head") -> None:
    """Make the service's role and run the revisions up or down to `revision`; raise `StartRefused` where the
    database is out of
    reach or newer than the code."""
    engine = create_async_engine(driver_url(owner_url.get_secret_value()), poolclass=NullPool, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("SET lock_timeout = '10s'")
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            await connection.exec_driver_sql((ROOT / "deploy" / "roles.sql").read_text())
            await connection.run_sync(_run, revision)
        await _let_in(owner_url, app_url)
    except (OSError, asyncpg.PostgresError, exc.DBAPIError) as error:
        raise StartRefused(
            f"The database cannot be migrated ({_reason(error)}): check that it runs, its URL, and the owner's rights."
        ) from None
    finally:
        await engine.dispose()


def _run(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    down = revision.startswith("-") or revision == "base"
    (command.downgrade if down else command.upgrade)(config, revision)


async def _let_in(owner_url: SecretStr, app_url: SecretStr) -> None:
    """Give the service's role the password that its URL says, unless it already opens."""
    url = make_url(app_url.get_secret_value())
    if url.username != APP_ROLE:
        raise StartRefused(f"BARAZA_DATABASE_URL must name the role {APP_ROLE}, which owns nothing.")
    try:
        await (await asyncpg.connect(app_url.get_secret_value(), timeout=5)).close()
    except asyncpg.InvalidAuthorizationSpecificationError:
        owner = await asyncpg.connect(owner_url.get_secret_value(), timeout=5)
        statement = await owner.fetchval(
            "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text)", APP_ROLE, url.password
        )
        await owner.execute(statement)
        await owner.close()


def _reason(error: BaseException) -> str:
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return f"SQLSTATE {state}" if state else type(error).__name__
