"""The commands beside `serve`, as an operator and a developer use them."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import asyncpg
import pytest
from serve.processes import (
    BARAZA,
    Baraza,
    Shell,
    comes_true,
    environment,
    processes_of,
    renamed,
    running,
    serving,
)

from schema.root import schema

if TYPE_CHECKING:
    from pathlib import Path

    from serve.conftest import External, Place

SUBMIT = """mutation { submitRequest(title: "For the chain", requestType: DIALOGUE, requester: CSO, channel: MEETING,
    pcode: "CD6201", occurred: {start: "2019-05-01", precision: DAY}, brought: {start: "2019-05-02", precision: DAY},
    told: {narrative: "What was told."}) { __typename } }"""
CHAINED = """SELECT count(*) = count(k.line_id) FROM audit_lines l LEFT JOIN audit_links k
    ON k.group_id = l.group_id AND k.line_id = l.id"""

IN_ITS_ROUNDS = "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = 'network' AND usename = 'baraza_app'"
"""Before them the worker looks at the database's revision as the owner, and is right to stop where it cannot."""


def test_the_printed_schema_is_the_schema(baraza: Shell, tmp_path: Path) -> None:
    """It needs nothing: no data, no database, no setting."""
    assert baraza("sdl", data=tmp_path / "none", PORT="x").said == f"{schema.as_str()}\n"
    assert not (tmp_path / "none").exists()


COMMANDS = (
    "serve",
    "worker",
    "migrate",
    "demo",
    "import",
    "documents",
    "token",
    "prove-isolation",
    "database-url",
    "grants",
    "sdl",
)


def test_help_names_every_command(baraza: Shell, tmp_path: Path) -> None:
    said = baraza("--help", data=tmp_path / "none").said
    for command in COMMANDS:
        assert command in said


READ = {
    "--help": {"pydantic"},
    "token sk.cso": {"pydantic", "cryptography"},
    "migrate": {"pydantic", "cryptography", "asyncpg", "sqlalchemy", "opentelemetry"},
    "group add --code sk --name x --jurisdiction CD62": {
        "pydantic", "cryptography", "asyncpg", "sqlalchemy", "opentelemetry"
    },
    "import sites none.csv --group sk --dry-run": {
        "pydantic", "cryptography", "asyncpg", "sqlalchemy", "opentelemetry"
    },
}  # fmt: skip
"""By command, which of the large libraries it reads of a database that is in shape."""
LARGE = {*READ["migrate"], "alembic", "fastapi", "graphql", "httpx", "strawberry", "uvicorn"}


@pytest.mark.parametrize("command", READ)
def test_a_command_reads_what_it_needs(network: Place, command: str) -> None:
    """All of the libraries are seconds, for each command, on a small machine."""
    settings = environment(network.data, network.settings)
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", BARAZA, *command.split()],
        env=settings, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    read = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}
    assert "typer" in read
    assert LARGE & read == READ[command]


async def test_the_printed_url_opens_the_database(baraza: Shell, data: Path) -> None:
    with serving(data):
        for arguments, role in (((), "baraza_app"), (("--owner",), "baraza_owner")):
            url = baraza("database-url", *arguments, data=data).said.strip()
            connection = await asyncpg.connect(url)
            assert await connection.fetchval("SELECT current_user") == role
            assert await connection.fetchval("SELECT current_database()") == "baraza"
            await connection.close()


async def test_the_printed_url_of_an_external_database(baraza: Shell, network: Place) -> None:
    urls = [network.settings["BARAZA_DATABASE_URL"], network.settings["BARAZA_OWNER_DATABASE_URL"]]
    said = [baraza("database-url", *owner, data=network.data, **network.settings).said for owner in ((), ("--owner",))]
    assert said == [f"{url}\n" for url in urls]


async def test_the_demonstration_is_loaded_once(baraza: Shell, network: Place) -> None:
    for _ in range(2):
        assert baraza("demo", data=network.data, **network.settings).said == "0 steps entered.\n"


async def test_migrations_go_down_and_up(baraza: Shell, empty: Place) -> None:
    owner = await asyncpg.connect(empty.urls.owner.get_secret_value())

    async def tables() -> set[str]:
        rows = await owner.fetch("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        return {row["relname"] for row in rows}

    def migrate(*revision: str) -> None:
        assert baraza("migrate", *revision, data=empty.data, **empty.settings).said == ""

    migrate()
    all_of_them = await tables()
    assert {"requests", "cases", "timeline_entries"} <= all_of_them
    migrate()
    migrate("head")
    assert await tables() == all_of_them
    migrate("-1")
    migrate("-1")
    assert {"requests", "working_groups"} <= await tables() < all_of_them
    migrate("base")
    assert await tables() == {"alembic_version", "alembic_version_pkc"}
    migrate("base")
    migrate("2026_11_25_ground")
    assert "requests" not in await tables()
    migrate()
    assert await tables() == all_of_them
    assert baraza("demo", data=empty.data, **empty.settings).said != "0 steps entered.\n"
    refused = baraza("migrate", "2026_11_25_ground", data=empty.data, **empty.settings).sentence
    assert "--destroy" in refused
    assert await tables() == all_of_them
    migrate("2026_11_25_ground", "--destroy")
    assert "requests" not in await tables()
    await owner.close()


async def test_a_worker_beside_a_server_chains_the_audit(external: External, network: Place) -> None:
    superuser = await asyncpg.connect(renamed(external.superuser, "network"))
    with serving(network.data, BARAZA_WORKER="false", **network.settings) as server:
        assert server.ask("sk.cso", SUBMIT)["submitRequest"]["__typename"] == "Request"
        await asyncio.sleep(1.5)
        assert await superuser.fetchval(CHAINED) is False
        with running(network.data, "worker", **network.settings) as worker:
            await comes_true(superuser, CHAINED)
            assert server.ask("sk.cso", SUBMIT)["submitRequest"]["__typename"] == "Request"
            await comes_true(superuser, CHAINED)
            worker.interrupt()
            done = worker.ends()
    await superuser.close()
    assert (done.code, done.out, done.err) == (0, "", "")


async def test_the_worker_waits_for_a_database_that_is_away_and_says_so_once(
    external: External, network: Place
) -> None:
    """Not a line for every round: the disk would be full of them when the database comes back."""
    superuser = await asyncpg.connect(external.superuser)
    with running(network.data, "worker", **network.settings) as worker:
        await comes_true(superuser, IN_ITS_ROUNDS)
        await superuser.execute("ALTER DATABASE network ALLOW_CONNECTIONS false")
        try:
            await superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'network'")
            await asyncio.sleep(3)
        finally:
            await superuser.execute("ALTER DATABASE network ALLOW_CONNECTIONS true")
            await superuser.close()
        await asyncio.sleep(1)
        assert worker.popen.poll() is None
        worker.popen.terminate()
        done = worker.ends()
    lines = done.err.splitlines()
    assert done.code == 0
    assert 1 <= len([line for line in lines if "baraza.worker" in line]) <= 3, lines


def test_a_worker_brings_the_database_that_nobody_else_runs(data: Path) -> None:
    with running(data, "worker") as worker:
        worker.comes_to(lambda: _ready(worker))
        worker.popen.terminate()
        done = worker.ends()
    assert (done.code, done.out, done.err) == (0, "", "")
    assert processes_of(data) == []


def _ready(worker: Baraza) -> bool:
    notes = worker.data / "postgres" / "postmaster.pid"
    return notes.exists() and notes.read_text().rstrip().endswith("ready")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_stopped_at_once(data: Path, how: signal.Signals) -> None:
    with running(data, "worker") as worker:
        worker.comes_to(lambda: processes_of(data))
        worker.popen.send_signal(how)
        done = worker.ends()
    assert (done.code, done.out, done.err) == (0, "", "")
