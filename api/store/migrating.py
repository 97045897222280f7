"""Bringing a database to the shape that the code expects: roles, then Alembic's revisions, as the owner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from api.errors import StartRefused
from api.store.engine import driver_url, parsed_url

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
            await connection.run_sync(_run, revision, destroy)
        await _let_in(owner_url, app_url)
    except (CommandError, RevisionError):
        raise StartRefused(
            f"Revision {revision} cannot be reached from the database's: both must be of one version of Baraza."
        ) from None
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
            current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_heads())
    except (OSError, asyncpg.PostgresError, exc.DBAPIError) as error:
        raise StartRefused(
            f"The database is out of reach ({_reason(error)}): check that it runs and its URL."
        ) from None
    finally:
        await engine.dispose()
    if set(current) != set(ScriptDirectory(str(ROOT / "migrations")).get_heads()):
        raise StartRefused("The database has the shape of another version: run `baraza migrate` with this one.")


def _run(connection: Connection, revision: str, destroy: bool) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    behind = _behind(ScriptDirectory.from_config(config), connection)
    if not (revision.startswith("-") or revision in behind):
        command.upgrade(config, revision)
        return
    if not destroy and _holds_groups(connection):
        raise StartRefused(
            "Going back deletes records of the groups in this database for good: make a backup, then add --destroy."
        )
    command.downgrade(config, revision)


def _holds_groups(connection: Connection) -> bool:
    """Whether there are records that a way down would take. Row security hides them from the owner too."""
    if connection.exec_driver_sql("SELECT to_regclass('working_groups')").scalar() is None:
        return False
    connection.exec_driver_sql("ALTER TABLE working_groups NO FORCE ROW LEVEL SECURITY")
    held = bool(connection.exec_driver_sql("SELECT EXISTS (SELECT FROM working_groups)").scalar())
    connection.exec_driver_sql("ALTER TABLE working_groups FORCE ROW LEVEL SECURITY")
    return held


def _behind(scripts: ScriptDirectory, connection: Connection) -> set[str]:
    """The revisions that the database has come through."""
    current = MigrationContext.configure(connection).get_current_revision()
    passed = scripts.iterate_revisions(current, "base") if current else ()
    return {"base", *(script.revision for script in passed)} - {current or ""}


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
