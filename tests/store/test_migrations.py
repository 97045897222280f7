"""Migrations go down and up, add up to the models, and stand back for clients."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import time
from datetime import date
from typing import TYPE_CHECKING

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from conftest import database
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import create_async_engine

from api.demo import loading
from api.errors import StartRefused
from api.store.engine import Store, driver_url
from api.store.migrating import ROOT, migrate, up_to_date
from api.store.sealing import Keyring
from migrations import HEAD, models

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from api.running import Urls

SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
REVISIONS = [script.revision for script in reversed([*SCRIPTS.walk_revisions()])]
"""The oldest first."""
VIEWS = [table for table in models.metadata.sorted_tables if table.info.get("view")]
TABLES = [table for table in models.metadata.sorted_tables if not table.info.get("view")]

REFILLED = {"request_arrivals": "requests", "seat_terms": "seats"}
"""Tables that a step fills, each with the table that its rows come from."""
MOVED = {"ALTER TABLE requests DROP COLUMN channel": "in request_arrivals: test_what_a_step_moves_comes_back_as_it_was"}
"""What a step up drops because another table has it."""

OURS = "relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'"
CATALOGUE = {
    "tables": f"SELECT relname, relkind::text FROM pg_class WHERE relkind IN ('r', 'p') AND {OURS}",
    "columns": f"""SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, attidentity::text,
        attgenerated::text, attcollation::regcollation::text, pg_get_expr(adbin, adrelid)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p') AND {OURS}""",
    "constraints": f"""SELECT relname, conname, pg_get_constraintdef(k.oid), condeferrable, convalidated
        FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE contype <> 'n' AND {OURS}""",
    "indexes": f"""SELECT relname, pg_get_indexdef(indexrelid), indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = indrelid WHERE {OURS}""",
    "sequences": f"SELECT relname FROM pg_class WHERE relkind = 'S' AND {OURS}",
    "types": """SELECT typname, typtype::text FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype NOT IN ('c', 'b')""",
}
LEFT = f"""
    SELECT 'class ' || relname FROM pg_class WHERE {OURS} UNION ALL
    SELECT 'function ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace UNION ALL
    SELECT 'type ' || typname FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typname !~ 'alembic_version' UNION ALL
    SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL
    SELECT 'policy ' || polname FROM pg_policy
"""


def _name(what: str) -> str:
    return f"baraza_{what}_{os.getpid()}"


async def _owner(urls: Urls) -> asyncpg.Connection[asyncpg.Record]:
    return await asyncpg.connect(urls.owner.get_secret_value())


async def _rows(urls: Urls, statement: str) -> list[tuple[object, ...]]:
    owner = await _owner(urls)
    try:
        return [tuple(row) for row in await owner.fetch(statement)]
    finally:
        await owner.close()


@pytest.fixture(scope="module")
async def migrated(server: Urls) -> AsyncIterator[Urls]:
    """A database that went up, all the way down, and up again."""
    async with database(server, _name("migrated")) as urls:
        for revision in ("head", "base", "head"):
            await migrate(urls.owner, urls.app, revision)
        yield urls


@pytest.fixture(scope="module")
async def modelled(server: Urls) -> AsyncIterator[Urls]:
    """A database that was made from the models."""
    async with database(server, _name("modelled")) as urls:
        engine = create_async_engine(driver_url(urls.owner.get_secret_value()))
        async with engine.begin() as connection:
            await connection.run_sync(models.metadata.create_all, TABLES)
        await engine.dispose()
        yield urls


@pytest.fixture
async def empty(server: Urls) -> AsyncIterator[Urls]:
    async with database(server, _name("empty")) as urls:
        yield urls


def test_the_code_expects_the_last_revision() -> None:
    assert ScriptDirectory(str(ROOT / "migrations")).get_heads() == [HEAD]


@pytest.mark.parametrize("part", CATALOGUE)
async def test_migrations_equal_the_models(migrated: Urls, modelled: Urls, part: str) -> None:
    made, wanted = set(await _rows(migrated, CATALOGUE[part])), set(await _rows(modelled, CATALOGUE[part]))
    assert sorted(made - wanted, key=str) == []
    assert sorted(wanted - made, key=str) == []


async def test_the_comparison_sees_every_table(modelled: Urls) -> None:
    assert {row[0] for row in await _rows(modelled, CATALOGUE["tables"])} == {table.name for table in TABLES}
    assert len(TABLES) > 20
    for part in ("columns", "constraints", "indexes"):
        assert {row[0] for row in await _rows(modelled, CATALOGUE[part])} == {table.name for table in TABLES}, part


async def test_views_have_exactly_the_mapped_columns(migrated: Urls) -> None:
    found = await _rows(
        migrated,
        f"""SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
            WHERE attnum > 0 AND relkind IN ('v', 'm') AND {OURS}""",
    )
    assert sorted(found) == sorted((view.name, column.name) for view in VIEWS for column in view.columns)


async def test_views_show_what_the_asking_seat_may_see(migrated: Urls) -> None:
    """Without it a view reads as its owner, whom row security binds as well, and shows nothing; made by a superuser it
    would show everything."""
    unsafe = f"""SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND {OURS}
        AND NOT coalesce(reloptions, '{{}}') @> ARRAY['security_invoker=true']"""
    assert await _rows(migrated, unsafe) == []
    assert len(VIEWS) > 0


async def test_no_column_fills_itself(migrated: Urls) -> None:
    """A value that nobody stated is not known: a default would state it, in old rows and in new ones."""
    assert await _rows(migrated, "SELECT adrelid::regclass::text FROM pg_attrdef") == []


async def test_the_way_down_leaves_nothing(empty: Urls) -> None:
    await migrate(empty.owner, empty.app)
    assert len(await _rows(empty, LEFT)) > 100
    await migrate(empty.owner, empty.app, "base")
    assert await _rows(empty, LEFT) == []


async def test_each_step_goes_down_and_up_beside_data(empty: Urls, tmp_path: Path) -> None:
    """What a step did not make, its way down and up leave as it was."""
    await migrate(empty.owner, empty.app)
    loading.make_keys(tmp_path / "keys.json")
    store = Store(empty.app, Keyring(tmp_path / "keys.json"), size=2, wait=5)
    await loading.load(store)
    await store.close()
    before = await _content(empty)
    assert min(before[name] for name in ("seats", "requests", "cases", "audit_lines")) > 0
    on_conflicts = len(await _seen(empty, "SELECT id FROM decisions WHERE kind LIKE '%CONFLICT' OR kind = 'DISCLOSE'"))
    assert on_conflicts > 0
    for steps in range(1, len(REVISIONS)):
        await migrate(empty.owner, empty.app, f"-{steps}", destroy=True)
        remaining = await _content(empty)
        if before["walls"] and "walls" not in remaining:  # what was decided on conflicts goes with them
            before |= {name: before[name] - on_conflicts for name in ("decisions", "decision_notes")} | {"walls": 0}
        assert 0 < len(remaining) <= len(before)
        assert remaining == {name: before[name] for name in remaining}
        await migrate(empty.owner, empty.app)
        assert await _content(empty) == {name: remaining.get(REFILLED.get(name, name), 0) for name in before}
    await migrate(empty.owner, empty.app)


async def test_what_a_step_moves_comes_back_as_it_was(empty: Urls, tmp_path: Path) -> None:
    """How and on which day a request came: in a table of its own, where the header is not read with it. What the
    secretariat entered loses its host as its author, and gets it back."""
    await migrate(empty.owner, empty.app)
    loading.make_keys(tmp_path / "keys.json")
    store = Store(empty.app, Keyring(tmp_path / "keys.json"), size=2, wait=5)
    await loading.load(store)
    await store.close()
    to_a_day = """UPDATE request_arrivals SET brought_on = '2019-05-17', brought_precision = 'DAY'
        WHERE brought_on = '2019-05-01'"""
    arrival = "channel, brought_on::text, brought_to, brought_precision"
    await _seen(empty, to_a_day)
    exactly = await _seen(empty, f"SELECT request_id, {arrival} FROM request_arrivals")
    assert sum(row[2:] == ("2019-05-17", None, "DAY") for row in exactly) == 3
    authors = await _seen(empty, "SELECT request_id, organisation_id FROM request_authors")
    assert [row[1] for row in authors].count(None) == 4
    await migrate(empty.owner, empty.app, "2026_11_25_casework", destroy=True)
    assert await _seen(empty, f"SELECT id, {arrival} FROM requests") == exactly
    assert await _seen(empty, "SELECT request_id FROM request_authors WHERE organisation_id IS NULL") == []
    await migrate(empty.owner, empty.app)
    assert await _seen(empty, "SELECT request_id, organisation_id FROM request_authors") == authors
    assert await _seen(empty, f"SELECT request_id, {arrival} FROM request_arrivals") == exactly
    headers = await _seen(empty, "SELECT brought_on::text, brought_to, brought_precision FROM requests")
    assert headers.count(("2019-05-01", None, "MONTH")) == 3
    assert not [row for row in headers if row[2] == "DAY"]


async def _seen(urls: Urls, statement: str) -> list[tuple[object, ...]]:
    """What the owner reads or changes once row security is off for it, in an order that does not depend on pages."""
    owner = await _owner(urls)
    try:
        async with owner.transaction():
            tables = ("requests", "request_authors", "decisions", *REFILLED)
            there = [name for name in tables if await owner.fetchval("SELECT to_regclass($1)", name)]
            for name in there:
                await owner.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
            found = sorted((tuple(row) for row in await owner.fetch(statement)), key=str)
            for name in there:
                await owner.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
            return found
    finally:
        await owner.close()


async def _content(urls: Urls) -> dict[str, int]:
    """How many rows each table has. Row security binds the owner too, who may suspend it for a look."""
    owner = await _owner(urls)
    look = owner.transaction()
    await look.start()
    counted = {}
    for name, *_ in await owner.fetch(CATALOGUE["tables"]):
        await owner.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
        counted[name] = await owner.fetchval(f"SELECT count(*) FROM {name}")
    await look.rollback()
    await owner.close()
    return counted


def test_there_is_one_line_of_dated_revisions() -> None:
    assert SCRIPTS.get_heads() == REVISIONS[-1:]
    assert len(SCRIPTS.get_bases()) == 1
    files = {path.stem for path in (ROOT / "migrations" / "versions").glob("*.py")}
    assert files == set(REVISIONS)
    dates = []
    for revision in REVISIONS:
        year, month, day = re.fullmatch(r"(\d{4})_(\d\d)_(\d\d)_[a-z][a-z_]*", revision).groups()  # type: ignore[union-attr]
        dates.append(date(int(year), int(month), int(day)))
    assert dates == sorted(dates)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_step_up_throws_nothing_away(revision: str) -> None:
    """Read from the source: only what leads down may drop, and nothing deletes."""
    tree = ast.parse((ROOT / "migrations" / "versions" / f"{revision}.py").read_text(encoding="utf-8"))
    down = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "downgrade")
    elsewhere = [node for part in tree.body if part is not down for node in ast.walk(part)]
    said = " ".join(node.value for node in elsewhere if isinstance(node, ast.Constant) and isinstance(node.value, str))
    called = {node.attr for node in elsewhere if isinstance(node, ast.Attribute)}
    for moved in MOVED:
        said = said.replace(moved, "")
    assert re.findall(r"\b(?:DROP\s+(?:TABLE|COLUMN)|TRUNCATE|DELETE\s+FROM|CASCADE)\b", said, re.IGNORECASE) == []
    assert called & {"drop", "drop_table", "drop_column"} == set()
    assert down.body


async def test_a_migration_stands_back_for_a_client_that_writes(empty: Urls) -> None:
    """It waits ten seconds for a lock, and no longer: all other clients would wait behind it."""
    await migrate(empty.owner, empty.app)
    client = await _owner(empty)
    writing = client.transaction()
    await writing.start()
    await client.execute("LOCK TABLE cases IN ROW EXCLUSIVE MODE")
    begun = time.monotonic()
    with pytest.raises(StartRefused, match="55P03"):
        async with asyncio.timeout(40):
            await migrate(empty.owner, empty.app, "base")
    assert 9 < time.monotonic() - begun < 30
    await writing.commit()
    await client.close()
    await up_to_date(empty.owner)


async def test_two_that_migrate_at_once_do_it_once(empty: Urls) -> None:
    await asyncio.gather(*(migrate(empty.owner, empty.app) for _ in range(3)))
    await up_to_date(empty.owner)


async def test_the_service_is_bound_by_timeouts(migrated: Urls) -> None:
    settings = await _rows(
        migrated,
        "SELECT unnest(setconfig) FROM pg_db_role_setting WHERE setrole = 'baraza_app'::regrole",
    )
    names = {str(row[0]).partition("=")[0] for row in settings}
    assert names >= {"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"}


@pytest.mark.parametrize("version", ["2099_01_01_later", REVISIONS[0], ""])
async def test_a_database_of_another_version_is_told_from_ours(empty: Urls, version: str) -> None:
    if version:
        await migrate(empty.owner, empty.app)
        await _rows(empty, f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(StartRefused, match="baraza migrate"):
        await up_to_date(empty.owner)


async def test_a_newer_database_is_not_migrated(empty: Urls) -> None:
    await migrate(empty.owner, empty.app)
    await _rows(empty, "UPDATE alembic_version SET version_num = '2099_01_01_later'")
    before = await _rows(empty, LEFT)
    for revision in ("head", "base"):
        with pytest.raises(StartRefused, match="version"):
            await migrate(empty.owner, empty.app, revision)
    assert await _rows(empty, LEFT) == before


async def test_a_failed_migration_leaves_no_half(empty: Urls) -> None:
    """All steps of one call are one transaction."""
    await _rows(empty, "CREATE TABLE activities ()")  # in the way of the last step
    with pytest.raises(StartRefused, match="42P07"):
        await migrate(empty.owner, empty.app)
    assert await _rows(empty, CATALOGUE["tables"]) == [("activities", "r")]


async def test_records_are_not_destroyed_by_a_step_back(empty: Urls, tmp_path: Path) -> None:
    """Only when it is asked for in so many words; a database without groups has nothing to lose."""
    await migrate(empty.owner, empty.app)
    for revision in ("base", "head"):
        await migrate(empty.owner, empty.app, revision)
    loading.make_keys(tmp_path / "keys.json")
    store = Store(empty.app, Keyring(tmp_path / "keys.json"), size=2, wait=5)
    await loading.load(store)
    await store.close()
    before = await _content(empty)
    for revision in ("-1", "base", REVISIONS[0]):
        with pytest.raises(StartRefused, match="--destroy"):
            await migrate(empty.owner, empty.app, revision)
    await migrate(empty.owner, empty.app)
    assert await _content(empty) == before
    bound = "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'working_groups'"
    assert await _rows(empty, bound) == [(True,)]
    await migrate(empty.owner, empty.app, "base", destroy=True)
    assert await _rows(empty, CATALOGUE["tables"]) == []


async def test_an_older_revision_is_gone_down_to(empty: Urls) -> None:
    await migrate(empty.owner, empty.app)
    await migrate(empty.owner, empty.app, REVISIONS[0])
    assert await _rows(empty, "SELECT version_num FROM alembic_version") == [(REVISIONS[0],)]


async def test_a_database_that_is_out_of_reach_is_told_in_a_sentence() -> None:
    nowhere = SecretStr("postgresql://baraza_app:hunter2@127.0.0.1:1/baraza")
    for reached in (migrate(nowhere, nowhere), up_to_date(nowhere)):
        with pytest.raises(StartRefused, match="check that it runs") as refused:
            await reached
        assert "hunter2" not in str(refused.value)
