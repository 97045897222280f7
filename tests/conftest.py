"""What tests share: a real PostgreSQL, the real unprivileged role, the application with the demonstration network."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url
from xdist.scheduler import LoadScopeScheduling

from api.asgi import build
from api.demo import loading
from api.identity import DevelopmentIssuer
from api.running import Urls
from api.settings import Settings
from api.store import embedded
from api.store.engine import Store
from api.store.migrating import migrate
from api.store.sealing import Keyring
from api.worker import once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


TOGETHER = ("isolation", "compiled", "serve")
"""Folders whose files share what takes long to make, so that one of the processes makes it."""
FIRST = (*TOGETHER, "store")
"""Folders that take longest: what is short comes last, so that the processes end at the same time."""


def pytest_configure() -> None:
    """The collector looks through all modules of the tests again and again while they are read."""
    gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: [folder != item.path.parent.name for folder in FIRST])


class Shares(LoadScopeScheduling):  # its groups (loadgroup) are none with pytest 9.2
    """What one process does after another: a file, or a folder of those that belong together."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(nodeid.partition("::")[0])
        return str(file.parent if file.parent.name in TOGETHER else file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    return Shares(config, log)


@pytest.fixture(scope="session")
def once_a_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], None]:
    """Fails where a second process of a run makes what takes long to make."""

    def made(what: str) -> None:
        if "PYTEST_XDIST_WORKER" in os.environ:
            (tmp_path_factory.getbasetemp().parent / what).touch(exist_ok=False)

    return made


@contextmanager
def running_server(folder: Path, *, durable: bool) -> Iterator[Urls]:
    """The server named by the environment, or one of our own."""
    app, owner = os.environ.get("BARAZA_DATABASE_URL"), os.environ.get("BARAZA_OWNER_DATABASE_URL")
    if app and owner:
        yield Urls(SecretStr(app), SecretStr(owner))
        return
    with embedded.postgres(folder, durable=durable) as own:
        yield Urls(SecretStr(own.app_url), SecretStr(own.owner_url))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """A server that a crash of the machine may cost its data: no process of ours serves from it."""
    with running_server(tmp_path_factory.mktemp("server"), durable=False) as urls:
        yield urls


@pytest.fixture(scope="session")
async def urls(server: Urls) -> AsyncIterator[Urls]:
    """A migrated database of this run alone; it is dropped when the run ends."""
    async with database(server, f"baraza_test_{os.getpid()}") as made:
        await migrate(made.owner, made.app)
        yield made


class database:  # noqa: N801 - used as a context manager
    """A new database on the server, as its owner makes it."""

    def __init__(self, server: Urls, name: str) -> None:
        self._server, self._name = server, name

    async def __aenter__(self) -> Urls:
        await self._as_owner(f'CREATE DATABASE "{self._name}"')
        return Urls(*(SecretStr(_renamed(url, self._name)) for url in self._server))

    async def __aexit__(self, *_: object) -> None:
        await self._as_owner(f'DROP DATABASE "{self._name}"')

    async def _as_owner(self, statement: str) -> None:
        owner = await asyncpg.connect(self._server.owner.get_secret_value())
        try:
            await owner.execute(statement)
        finally:
            await owner.close()


def _renamed(url: SecretStr, name: str) -> str:
    return make_url(url.get_secret_value()).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(mode="development", data=Path(tmp_path_factory.mktemp("data")), worker=False)


@pytest.fixture(scope="session")
async def store(urls: Urls, settings: Settings) -> AsyncIterator[Store]:
    """The store of the application, with the demonstration network in it."""
    loading.make_keys(settings.keys)
    store = Store(urls.app, Keyring(settings.keys), size=10, wait=5)
    await loading.load(store)
    while await once(store):
        pass
    yield store
    await store.close()


@dataclass(frozen=True)
class Client:
    """Asks the application over HTTP as a persona."""

    http: httpx.AsyncClient
    issuer: DevelopmentIssuer

    async def post(self, persona: str, document: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
        """The whole response."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(
            "/graphql",
            json={"query": document, "variables": variables or {}},
            headers={"Authorization": f"Bearer {self.token(persona)}", **named},
        )

    async def ask(self, persona: str, document: str, variables: dict[str, Any] | None = None, **headers: str) -> Any:
        """The data of an answer without errors."""
        answer = (await self.post(persona, document, variables, **headers)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def token(self, persona: str) -> str:
        return self.issuer.token(persona, "baraza")


def endpoint_of(app: Any) -> Any:
    """The endpoint itself, of an application as it is built."""
    return app._app._endpoint


@pytest.fixture(scope="session")
async def client(store: Store, settings: Settings) -> AsyncIterator[Client]:
    transport = httpx.ASGITransport(app=build(settings, store))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Client(http, DevelopmentIssuer(settings.issuer_key))
