"""What the tests of the processes share: data folders with the demonstration in them, and a way to give commands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from conftest import database
from pydantic import SecretStr
from serve.processes import Done, Shell, plant_graphiql, running

from api.identity import DevelopmentIssuer
from api.running import Urls
from api.store import embedded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


DEMONSTRATION = """{ requests { totalCount nodes { id title narrative { text } } }
                     cases { totalCount nodes { id number narrative { text } } } }"""


@dataclass(frozen=True)
class First:
    """What a first start on a new data folder did."""

    data: Path
    seconds: float
    demonstration: dict[str, Any]
    done: Done


@pytest.fixture(scope="session")
def first(tmp_path_factory: pytest.TempPathFactory, once_a_run: Callable[[str], None]) -> First:
    """A first start, as `make serve` does it in a fresh checkout, on a path with spaces; stopped by SIGTERM."""
    once_a_run("first start")
    data = tmp_path_factory.mktemp("first start") / "the data"
    with running(data) as server:
        seconds = server.ready()
        demonstration = server.ask("sk.coordinator", DEMONSTRATION)
        server.popen.terminate()
        return First(data, seconds, demonstration, server.ends())


@pytest.fixture
def data(first: First) -> Path:
    """The data folder of the first start; no server runs on it. A test puts back what it breaks."""
    return first.data


@pytest.fixture(scope="session")
def baraza(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    shell = Shell(tmp_path_factory.mktemp("commands"))
    yield shell
    shell.close()


@dataclass(frozen=True)
class External:
    """A PostgreSQL that an operator runs, as three of its roles."""

    urls: Urls
    superuser: str


@pytest.fixture(scope="session")
def external(tmp_path_factory: pytest.TempPathFactory) -> Iterator[External]:
    folder = tmp_path_factory.mktemp("external")
    with embedded.postgres(folder) as server:
        password = json.loads((folder / "postgres.passwords").read_bytes())["postgres"]
        superuser = f"postgresql://postgres:{password}@{server.host}:{server.port}/baraza"
        yield External(Urls(SecretStr(server.app_url), SecretStr(server.owner_url)), superuser)


@dataclass(frozen=True)
class Place:
    """A data folder beside an external database, and how both are set."""

    data: Path
    urls: Urls

    @property
    def settings(self) -> dict[str, str]:
        return {
            "BARAZA_DATABASE_URL": self.urls.app.get_secret_value(),
            "BARAZA_OWNER_DATABASE_URL": self.urls.owner.get_secret_value(),
        }


@pytest.fixture(scope="session")
async def network(external: External, baraza: Shell, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    """The demonstration in an external database. A test puts back what it breaks."""
    async with database(external.urls, "network") as urls:
        place = Place(tmp_path_factory.mktemp("network"), urls)
        plant_graphiql(place.data)
        DevelopmentIssuer(place.data / "development-issuer.json")
        assert baraza("migrate", data=place.data, **place.settings).said == ""
        assert baraza("demo", data=place.data, **place.settings).said.endswith(" steps entered.\n")
        yield place


@pytest.fixture
async def empty(external: External, tmp_path: Path) -> AsyncIterator[Place]:
    """A new external database."""
    async with database(external.urls, "empty") as urls:
        plant_graphiql(tmp_path / "data")
        yield Place(tmp_path / "data", urls)
