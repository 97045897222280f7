"""Nothing of a seat stays on a connection, PostgreSQL's own or one that pgbouncer lends for a transaction."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from conftest import running_server
from isolation import storm
from isolation.making import lived
from isolation.staying import LEAKS
from isolation.storm import POOL, Storm
from isolation.world import Copy, opened
from peers import pooler
from peers.conftest import ROOT
from sizes import size

from api.worker import once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from isolation.world import World

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Pooler

REQUESTS = size("requests in a storm")
FEW = 300
"""Requests of a storm that meets a leak."""


class Way(NamedTuple):
    """To the database."""

    pooler: Pooler

    @property
    def connections(self) -> int:
        return POOL if self.pooler == "none" else pooler.CONNECTIONS


WAYS = [Way("none"), Way("transaction"), *([Way("prepared")] if pooler.keeps_statements() else [])]


def way_name(way: Way) -> str:
    return "direct" if way.pooler == "none" else f"pgbouncer-{way.pooler}"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    with running_server(tmp_path_factory.mktemp("postgres"), durable=True) as urls:
        yield urls


@pytest.fixture(scope="module")
async def original(postgres: Urls, settings: Settings) -> AsyncIterator[Urls]:
    async with lived(postgres, settings) as urls:
        yield urls


@pytest.fixture(scope="module")
def world_by(postgres: Urls, settings: Settings, original: Urls) -> Callable[..., object]:
    """Makes worlds to write in, each over a database of its own."""

    @asynccontextmanager
    async def made(way: Way, name: str) -> AsyncIterator[World]:
        async with Copy(postgres, f"baraza_{name}_{os.getpid()}", original) as urls:
            with pooler.before(urls, way.pooler) as there:
                async with opened(there, settings, size=POOL, pooler=way.pooler) as world:
                    yield world

    return made


@pytest.fixture(scope="module", params=WAYS, ids=way_name)
async def raged(request: pytest.FixtureRequest, world_by: Callable[..., object]) -> AsyncIterator[tuple[Way, Storm]]:
    async with world_by(request.param, "storm") as world:
        yield request.param, await storm.raged(world, REQUESTS)


@pytest.mark.proof
async def test_a_storm_leaves_nothing_behind(raged: tuple[Way, Storm]) -> None:
    way, made = raged
    storm.was_one(made)
    assert not await storm.traces(made, way.connections)


@pytest.mark.proof
async def test_all_connections_were_looked_at(raged: tuple[Way, Storm]) -> None:
    way, made = raged
    assert len(await storm.remembered(made.world, way.connections)) == way.connections


async def test_the_worker_goes_its_rounds(raged: tuple[Way, Storm]) -> None:
    _, made = raged
    while await once(made.world.store):
        pass
    async with made.world.owner() as owner:
        lines, links = [await owner.fetchval(f"SELECT count(*) FROM audit_{kind}") for kind in ("lines", "links")]
    assert lines == links > 0


@pytest.mark.parametrize("way", WAYS, ids=way_name)
@pytest.mark.parametrize("leak", LEAKS)
async def test_a_storm_finds(
    leak: Callable[[pytest.MonkeyPatch], None], way: Way, world_by: Callable[..., object]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        leak(patch)
        async with world_by(way, "leak") as world:
            found = await storm.traces(await storm.raged(world, FEW), way.connections)
    assert any(re.search(LEAKS[leak], trace) for trace in found), found


def demo(there: Urls, told: str, settings: Settings) -> subprocess.CompletedProcess[str]:
    """A command that looks at the database as a server does that starts, and then writes."""
    environment = {
        **os.environ,
        "BARAZA_DATABASE_URL": there.app.get_secret_value(),
        "BARAZA_OWNER_DATABASE_URL": there.owner.get_secret_value(),
        "BARAZA_DATABASE_POOLER": told,
        "BARAZA_DATA": str(settings.data),
    }
    command = [str(ROOT / ".venv" / "bin" / "baraza"), "demo"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


async def test_a_server_starts_behind_a_pooler_that_it_was_told_of(
    postgres: Urls, original: Urls, settings: Settings
) -> None:
    async with Copy(postgres, f"baraza_told_{os.getpid()}", original) as urls:
        with pooler.before(urls, "transaction") as there:
            untold = demo(there, "none", settings)
            told = demo(there, "transaction", settings)
    assert (untold.returncode, untold.stdout) == (1, "")
    assert "set BARAZA_DATABASE_POOLER" in untold.stderr
    assert untold.stderr.count("\n") == 1
    assert (told.returncode, told.stderr) == (0, "")
