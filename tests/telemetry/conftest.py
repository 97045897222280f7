"""The application with a collector, over a database of its own in which both groups live while everything is told."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
import pytest
from conftest import running_server
from isolation.living import live
from isolation.world import EVERYBODY, KEPT, OWNED, Fresh, World
from pydantic import SecretStr
from telemetry.canaries import Canaries
from telemetry.hostile import provoke
from telemetry.receiver import receiving
from telemetry.wire import tapped

from api.asgi import build
from api.demo import loading
from api.identity import DEVELOPMENT_ISSUER, DevelopmentIssuer
from api.store.engine import Store
from api.store.migrating import migrate
from api.store.sealing import Keyring
from api.telemetry import exporting
from api.worker import once

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from telemetry.receiver import Received
    from telemetry.wire import Wire

    from api.cli import Urls
    from api.settings import Settings
    from api.telemetry import Telemetry

    Listen = Callable[[], AbstractAsyncContextManager["Heard"]]


@dataclass
class Heard:
    """An application that tells a receiver, and what was asked of it; all is told when the block is left."""

    world: World
    received: Received
    wire: Wire
    telemetry: Telemetry
    statements: list[int] = field(default_factory=list)
    """For each request to the endpoint, how many statements PostgreSQL saw meanwhile."""

    async def before(self, request: httpx.Request) -> None:
        request.extensions["before"] = self.wire.statements

    async def after(self, response: httpx.Response) -> None:
        if response.request.url.path == "/graphql":
            self.statements.append(self.wire.statements - response.request.extensions["before"])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Urls]:
    """A server that keeps its data, as every process of ours demands that serves from it."""
    with running_server(tmp_path_factory.mktemp("server"), durable=True) as urls:
        yield urls


@pytest.fixture(scope="session")
async def place(server: Urls, settings: Settings) -> AsyncIterator[Urls]:
    """A database with the demonstration in it, whose owner sees every row."""
    async with Fresh(server, f"baraza_telemetry_{os.getpid()}") as urls:
        await migrate(urls.owner, urls.app)
        loading.make_keys(settings.keys)
        store = Store(urls.app, Keyring(settings.keys), size=2, wait=5)
        await loading.load(store)
        while await once(store):
            pass
        await store.close()
        owner = await asyncpg.connect(urls.owner.get_secret_value())
        await owner.execute("; ".join(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY" for name in KEPT))
        await owner.close()
        yield urls


@pytest.fixture(scope="session")
def listen(place: Urls, settings: Settings) -> Listen:
    @asynccontextmanager
    async def listened() -> AsyncIterator[Heard]:
        with receiving() as received:
            async with tapped(place.app.get_secret_value()) as wire:
                store = Store(SecretStr(wire.url), Keyring(settings.keys), size=1, wait=20)
                try:
                    await store.check()  # what a new connection asks for is asked
                    with exporting(received.url, 1.0) as telemetry:
                        transport = httpx.ASGITransport(app=build(settings, store, telemetry))
                        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
                            issuer = DevelopmentIssuer(settings.issuer_key)
                            heard = Heard(World(place, store, http, issuer, executor=http), received, wire, telemetry)
                            http.event_hooks = {"request": [heard.before], "response": [heard.after]}
                            yield heard
                finally:
                    await store.close()

    return listened


@dataclass(frozen=True)
class Driven:
    """Everything that was told while both groups lived and everything was tried, and what may not be in it."""

    received: Received
    statements: list[int]
    canaries: Canaries


@pytest.fixture(scope="session")
async def driven(listen: Listen) -> Driven:
    canaries = Canaries()
    async with listen() as heard:
        await live(heard.world)
        await provoke(heard.world, canaries)
        for token in heard.world.tokens.values():
            canaries.token(token)
    for name in (*EVERYBODY, "twice"):
        canaries.subject(DEVELOPMENT_ISSUER, name)
    async with heard.world.owner() as owner:
        for name in OWNED:
            rows: list[Any] = await owner.fetch(f"SELECT * FROM {name}")
            assert rows, name
            for row in rows:
                canaries.row(dict(row))
    return Driven(heard.received, heard.statements, canaries)
