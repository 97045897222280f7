"""Groups of their own to import into, and the owner's look at what is in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from acting import Team, found, owner
from ipis_rows import HEADER, text

from api.imports.sites import import_sites

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping
    from pathlib import Path

    from conftest import Client

    from api.imports.report import Report
    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Store

TABLES = ("sites", "site_visits", "visit_minerals", "visit_presences", "audit_lines")
FACTS = """
    SELECT (to_jsonb(v) - '{id,group_id,site_id}'::text[] || jsonb_build_object(
      'site', to_jsonb(s) - '{id,group_id,latest_visit_id,status_visit_id,version}'::text[],
      'latest', s.latest_visit_id = v.id, 'status', s.status_visit_id = v.id,
      'minerals', (SELECT jsonb_agg(to_jsonb(m) - '{group_id,visit_id}'::text[] ORDER BY position)
        FROM visit_minerals m WHERE m.group_id = v.group_id AND m.visit_id = v.id),
      'presences', (SELECT jsonb_agg(to_jsonb(p) - '{group_id,visit_id}'::text[] ORDER BY position)
        FROM visit_presences p WHERE p.group_id = v.group_id AND p.visit_id = v.id)
    ))::text AS facts
    FROM site_visits v JOIN sites s ON s.group_id = v.group_id AND s.id = v.site_id WHERE v.group_id = $1 ORDER BY v.vid
"""


@dataclass(frozen=True)
class Imports:
    """A group, and what is imported into it."""

    team: Team
    store: Store
    urls: Urls
    folder: Path

    def file(self, rows: Iterable[Mapping[str, str]], name: str = "visits.csv", **how: Any) -> Path:
        made = self.folder / name
        made.write_bytes(text(rows, **how).encode("utf-8", "surrogateescape"))
        return made

    async def run(self, rows: Iterable[Mapping[str, str]] | Path, *, dry_run: bool = False) -> Report:
        file = self.file(rows, header=HEADER) if not hasattr(rows, "open") else rows
        return await import_sites(self.store, self.team.code, file, lambda _: None, dry_run=dry_run)  # type: ignore[arg-type]

    async def facts(self) -> list[str]:
        """Everything about every visit but ids, which are the group's own."""
        async with owner(self.urls, *TABLES) as connection:
            return [row["facts"] for row in await connection.fetch(FACTS, self.team.group_id)]

    async def state(self) -> dict[str, str]:
        """Every row of the group, in these tables, as a digest."""
        async with owner(self.urls, *TABLES) as connection:
            return {
                table: await connection.fetchval(
                    f"SELECT count(*) || md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {table} t"
                    " WHERE group_id = $1",
                    self.team.group_id,
                )
                for table in TABLES
            }

    async def ask(self, asked: str, name: str = "cso") -> Any:
        return await self.team.ask(name, f"{{ {asked} }}")

    async def acts(self) -> int:
        """How many imports changed something."""
        async with owner(self.urls, *TABLES) as connection:
            lines = "SELECT count(*) FROM audit_lines WHERE group_id = $1 AND act = 'site.import'"
            number: int = await connection.fetchval(lines, self.team.group_id)
            return number


@pytest.fixture(scope="session")
def group(
    store: Store, settings: Settings, client: Client, urls: Urls, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Awaitable[Imports]]:
    """Opens new groups."""
    numbers = count(1)

    async def opened() -> Imports:
        team = await found(store, settings, client, f"imp{next(numbers)}")
        return Imports(team, store, urls, tmp_path_factory.mktemp("import"))

    return opened


@pytest.fixture
async def into(group: Callable[[], Awaitable[Imports]]) -> Imports:
    return await group()
