"""Alembic's revisions, run over the owner's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import RevisionError
from alembic.util import CommandError

from api.errors import StartRefused
from api.store.migrating import ROOT, current

if TYPE_CHECKING:
    from sqlalchemy import Connection


def revise(connection: Connection, revision: str, destroy: bool) -> None:
    """Run the revisions up or down to `revision`; raises as `migrate`."""
    try:
        _revise(connection, revision, destroy=destroy)
    except (CommandError, RevisionError):
        raise StartRefused(
            f"Revision {revision} cannot be reached from the database's: both must be of one version of Baraza."
        ) from None


def _revise(connection: Connection, revision: str, *, destroy: bool) -> None:
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
    at = current(connection)
    passed = scripts.iterate_revisions(at, "base") if at else ()
    return {"base", *(script.revision for script in passed)} - {at or ""}
