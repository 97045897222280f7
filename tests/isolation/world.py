"""Two groups with rows in every table, and the owner's view of both: what the tests of isolation look at."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx
from alike import reads, same
from conftest import database, endpoint_of
from sqlalchemy.engine import make_url

from api.asgi import build
from api.demo.roster import PERSONAS, Persona, demo_id, group_id
from api.graph.reading import Reads
from api.http.app import SecurityHeaders
from api.identity import DEVELOPMENT_ISSUER, DevelopmentIssuer, subject
from api.seat import Category, Pillar, Role
from api.store.engine import Store
from api.store.sealing import Keyring
from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from uuid import UUID

    from fastapi import FastAPI
    from sqlalchemy import Table
    from starlette.types import ASGIApp

    from api.running import Urls
    from api.settings import Settings
    from api.store.engine import Pooler
    from api.store.operation import Operation

    Rows = Mapping[str, Sequence[asyncpg.Record]]

GROUPS: dict[str, UUID] = {code: demo_id("group", code) for code in ("sk", "lub")}
OTHER = {"sk": "lub", "lub": "sk"}
AREA = {"sk": "CD6205", "lub": "CD7101"}
ELSEWHERE = {"sk": "CD6203", "lub": "CD7102"}

GOVERNMENT, PRIVATE, CIVIL = Pillar.GOVERNMENT, Pillar.PRIVATE_SECTOR, Pillar.CIVIL_SOCIETY
MEMBER, DONOR = frozenset({Role.MEMBER}), frozenset({Role.DONOR})
ADDED = (
    # Beside the demonstration's personas: every role in both groups, and a second seat of one organisation.
    Persona("sk.cso2", "Mfano 1", "Collectif communautaire Mfano", CIVIL, Category.CSO, MEMBER, "membre"),
    Persona("lub.cso2", "Mfano 2", "Pact", CIVIL, Category.CSO, MEMBER, "membre"),
    Persona("lub.officer", "Mfano 3", "Justicia ASBL", CIVIL, Category.CSO, frozenset({Role.CASE_OFFICER}), "chargé"),
    Persona("lub.custodian", "Mfano 4", "Justicia ASBL", CIVIL, Category.CSO, frozenset({Role.CUSTODIAN}), "gardien"),
    Persona("lub.observer", "Mfano 5", "MONUSCO", None, Category.PARTNER, frozenset({Role.OBSERVER}), "observateur"),
    Persona(
        "lub.mines",
        "Mfano 6",
        "Division provinciale des Mines du Haut-Katanga",
        GOVERNMENT,
        Category.GOVERNMENT_INSTITUTION,
        MEMBER | {Role.LESSON_REVIEWER},
        "membre",
    ),
    Persona("sk.donor", "Mfano 8", "Ambassade des Pays-Bas", None, Category.DONOR, DONOR, "bailleur"),
    Persona("lub.donor", "Mfano 9", "Ambassade des Pays-Bas", None, Category.DONOR, DONOR, "bailleur"),
    # Of the organisations that host the secretariats, without being of it.
    Persona("sk.host", "Mfano 10", "Observatoire Gouvernance et Paix", CIVIL, Category.CSO, MEMBER, "membre"),
    Persona("lub.host", "Mfano 11", "Justicia ASBL", CIVIL, Category.CSO, MEMBER, "membre"),
    Persona(
        "lub.focal",
        "Mfano 7",
        "IPIS",
        None,
        Category.LOCAL_COMMITTEE,
        frozenset({Role.FOCAL_POINT}),
        "point focal",
        AREA["lub"],
    ),
)
EVERYBODY = {persona.name: persona for persona in (*PERSONAS, *ADDED)}
TWICE = {code: demo_id("seat", f"{code}.twice") for code in GROUPS}
"""The seats of the bearer `twice`, who has one in each group."""

FOCAL = {"sk": "sk.cls-kalehe", "lub": "lub.focal"}

TABLES: dict[str, Table] = dict(metadata.tables)
REGISTRY: Mapping[str, str] = {
    "working_groups": "the network knows which groups there are",
    "places": "P-codes are facts of the network",
    "organisations": "one registry for the network",
    "organisation_aliases": "names in that registry",
    "organisation_links": "whose unit or property they are",
    "trusted_documents": "front ends serve every group",
}
"""Tables whose rows belong to no group, with the reason."""

CONSUMERS = ("national.analyst", "shrim.service", "network.admin", "network.auditor")
"""Seats of the network."""

OVERVIEW: Mapping[str, str] = {
    "jurisdictions": "what a group covers",
    "group_standings": "how far it has joined",
    "group_phases": "where it is in its life",
    "seat_terms": "pillars and terms, for the tally of seats",
    "seat_tallies": "seats by pillar",
}
"""Tables that the network's seats read of every group, but for the auditor, with what for."""

KEPT = [name for name, table in TABLES.items() if not table.info.get("view")]
ABOUT_THE_SEAT = {"sights"}
"""Views that have rows for a seat alone, about itself: tests/isolation/test_sight.py."""

OWNED = {name: table for name, table in TABLES.items() if "group_id" in table.columns and name not in ABOUT_THE_SEAT}


DIGESTS = " UNION ALL ".join(
    f"""SELECT '{name}' AS name, {"group_id" if name in OWNED else "NULL::uuid"} AS owned,
    count(*) || ' ' || md5(string_agg(t::text, ' ' ORDER BY t::text)) AS digest FROM {name} t GROUP BY 2"""
    for name in KEPT
)


def of_group(code: str) -> list[str]:
    """The names of a group's personas."""
    return [name for name in EVERYBODY if name.startswith(f"{code}.")]


PARTS = ("coordinator", "officer", "custodian", "cso", "observer", "mines", "donor")


def one_of_each(code: str) -> list[str]:
    """A persona of each role."""
    return [*(f"{code}.{name}" for name in PARTS), FOCAL[code]]


def bearer(persona: str) -> str:
    return subject(DEVELOPMENT_ISSUER, persona)


@dataclass
class World:
    """The application over one database."""

    urls: Urls
    store: Store
    http: httpx.AsyncClient
    issuer: DevelopmentIssuer
    executor: httpx.AsyncClient
    """The application over the same store with compiled reads switched off."""
    tokens: dict[str, str] = field(default_factory=dict, repr=False)

    async def post(
        self, persona: str, document: str, variables: Mapping[str, Any] | None = None, **headers: str
    ) -> httpx.Response:
        """The whole response to a persona."""
        return await self._posted(self.http, persona, {"query": document, "variables": variables or {}}, headers)

    async def executed(self, persona: str, document: str, variables: Mapping[str, Any] | None = None) -> httpx.Response:
        """The response without compiled reads."""
        return await self._posted(self.executor, persona, {"query": document, "variables": variables or {}}, {})

    async def unheard(self, persona: str, document: str) -> None:
        """Ask, and be gone before the answer comes."""
        transport: Any = self.http._transport
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "headers": [
                (b"content-type", b"application/json"),
                (b"authorization", f"Bearer {self.token(persona)}".encode()),
            ],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": json.dumps({"query": document}).encode()}

        async def send(_: Mapping[str, Any]) -> None:
            raise ConnectionResetError

        with suppress(ConnectionResetError):
            await transport.app(scope, receive, send)

    async def both(
        self, persona: str, document: str, variables: Mapping[str, Any] | None = None, name: str | None = None
    ) -> tuple[httpx.Response, httpx.Response]:
        """The responses with compiled reads and without."""
        body = {"query": document, "variables": variables or {}, "operationName": name}
        return (
            await self._posted(self.http, persona, body, {}),
            await self._posted(self.executor, persona, body, {}),
        )

    async def read(self, persona: str, document: str, variables: Mapping[str, Any] | None = None) -> httpx.Response:
        """The response to a query, which is the same with compiled reads and without."""
        compiled, executed = await self.both(persona, document, variables)
        assert reads(executed).startswith("EXECUTOR "), reads(executed)
        same(compiled, executed)
        return compiled

    async def _posted(
        self, http: httpx.AsyncClient, persona: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        bearer = {"Authorization": f"Bearer {self.token(persona)}"}
        return await http.post("/graphql", json=body, headers={**bearer, **named})

    def token(self, persona: str) -> str:
        """Signing one is slower than most answers."""
        if persona not in self.tokens:
            self.tokens[persona] = self.issuer.token(persona, "baraza")
        return self.tokens[persona]

    async def ask(self, persona: str, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """The data of a query's answer without errors, the same in both ways."""
        answer = (await self.read(persona, document, variables)).json()
        assert "errors" not in answer, (persona, document, answer["errors"])
        return answer["data"]

    async def act(self, persona: str, document: str, variables: Mapping[str, Any] | None = None) -> Any:
        """What an act came to."""
        answer = (await self.post(persona, document, variables)).json()
        assert "errors" not in answer, (persona, document, answer["errors"])
        return answer["data"]

    @asynccontextmanager
    async def acting(self, persona: str) -> AsyncIterator[Operation]:
        """An operation of the persona that writes, bound as the application binds it."""
        async with self.store.operation(bearer(persona), None, write=True) as operation:
            yield operation

    @asynccontextmanager
    async def owner(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """The owner, who sees every row of a copy (`Copy`)."""
        connection = await asyncpg.connect(self.urls.owner.get_secret_value())
        try:
            yield connection
        finally:
            await connection.close()

    async def rows(self, code: str) -> Rows:
        """Every row of a group, and of the registry what its acts may name."""
        async with self.owner() as owner:
            owned = {
                name: await owner.fetch(f"SELECT * FROM {name} t WHERE group_id = $1 ORDER BY t::text", GROUPS[code])
                for name in OWNED
            }
            return {
                **owned,
                "organisations": await owner.fetch("SELECT * FROM organisations ORDER BY id LIMIT 1"),
                "working_groups": await owner.fetch("SELECT * FROM working_groups WHERE id = $1", GROUPS[code]),
            }

    async def state(self) -> dict[tuple[str, UUID | None], str]:
        """What each table holds of each group, as a digest: equal before and after where nothing was written."""
        async with self.owner() as owner:
            found = await owner.fetch(DIGESTS)
        return {(row["name"], row["owned"]): row["digest"] for row in found}


def changed(before: Mapping[tuple[str, UUID | None], str], after: Mapping[tuple[str, UUID | None], str]) -> set[str]:
    """What differs, as `group.table`; rows of the network are `.table`."""
    codes = {group_id(code): code for code in (*GROUPS, "kin", "network")}
    keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return {f"{codes[owned] if owned else ''}.{name}" for name, owned in keys}


def by_executor(app: FastAPI) -> ASGIApp:
    """The application's endpoint with compiled reads switched off: a document is examined once for both."""
    endpoint = endpoint_of(app)
    return SecurityHeaders(replace(endpoint, reads=Reads(endpoint.reads.schema, switched_on=False)))


def client(app: ASGIApp) -> httpx.AsyncClient:
    """Asks an application without a network."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1")


@asynccontextmanager
async def opened(urls: Urls, settings: Settings, *, size: int = 10, pooler: Pooler = "none") -> AsyncIterator[World]:
    """The application over a database that is ready."""
    store = Store(urls.app, Keyring(settings.keys), size=size, wait=20, pooler=pooler)
    try:
        app = build(settings, store)
        async with client(app) as http, client(by_executor(app)) as executor:
            yield World(urls, store, http, DevelopmentIssuer(settings.issuer_key), executor)
    finally:
        await store.close()


class Fresh(database):
    """A new database; its end waits for connections that are just closing, which the owner may not terminate."""

    async def _as_owner(self, statement: str) -> None:
        await super()._as_owner(statement.removesuffix(" WITH (FORCE)"))


class Copy(Fresh):
    """A copy of a database that nobody is connected to. Its owner sees every row: FORCE binds the owner alone, so that
    for the service's role everything is as it was."""

    def __init__(self, server: Urls, name: str, original: Urls) -> None:
        super().__init__(server, name)
        self._original = make_url(original.owner.get_secret_value()).database

    async def __aenter__(self) -> Urls:
        urls = await super().__aenter__()
        owner = await asyncpg.connect(urls.owner.get_secret_value())
        await owner.execute("; ".join(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY" for name in KEPT))
        await owner.close()
        return urls

    async def _as_owner(self, statement: str) -> None:
        if statement.startswith("CREATE DATABASE"):
            statement += f' TEMPLATE "{self._original}"'
        await super()._as_owner(statement)


def today() -> str:
    return datetime.now(UTC).date().isoformat()
