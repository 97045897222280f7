"""Production: an issuer that is named, nothing of the demonstration, and no development."""

from __future__ import annotations

import asyncio
import base64
import json
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest
from issuing import AUDIENCE, METADATA, LoopbackIssuer, answer, new_key
from serve.processes import Shell, running

from api.dates import DateWithPrecision, Precision
from api.groups import actions as groups
from api.groups.rules import FormalStatus, Standing, Ways, WorkingMode
from api.seat import NETWORK, Role, system_seat
from api.store import sealing
from api.store.engine import Store
from api.store.sealing import Keyring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from serve.conftest import Place

KEY = new_key("only")
AWAY = {"BARAZA_OIDC_ISSUER": "http://127.0.0.1:1/realms/test", "BARAZA_OIDC_AUDIENCE": AUDIENCE}
REFUSED = {
    "no audience": {"BARAZA_OIDC_ISSUER": "https://issuer.example"},
    "no issuer": {"BARAZA_OIDC_AUDIENCE": AUDIENCE},
    "http": {**AWAY, "BARAZA_OIDC_ISSUER": "http://issuer.example"},
    "http at a look-alike": {**AWAY, "BARAZA_OIDC_ISSUER": "http://127.0.0.1.example"},
    "http on this network": {**AWAY, "BARAZA_OIDC_ISSUER": "http://192.168.1.2"},
    "another scheme": {**AWAY, "BARAZA_OIDC_ISSUER": "ftp://issuer.example"},
    "no scheme": {**AWAY, "BARAZA_OIDC_ISSUER": "issuer.example"},
    "no host": {**AWAY, "BARAZA_OIDC_ISSUER": "https:///realms/test"},
    "a user": {**AWAY, "BARAZA_OIDC_ISSUER": "https://user:hunter2@issuer.example"},
    "a query": {**AWAY, "BARAZA_OIDC_ISSUER": "https://issuer.example?realm=test"},
    "a fragment": {**AWAY, "BARAZA_OIDC_ISSUER": "https://issuer.example#test"},
    "a blank": {**AWAY, "BARAZA_OIDC_ISSUER": "https://issuer.example "},
    "no port": {**AWAY, "BARAZA_OIDC_ISSUER": "https://issuer.example:port"},
    "another type": {**AWAY, "BARAZA_OIDC_TOKEN_TYPE": "none"},
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("arguments", [("serve",), ("serve", "--development")])
def test_an_issuer_that_is_named_wrongly(baraza: Shell, tmp_path: Path, case: str, arguments: tuple[str, ...]) -> None:
    sentence = baraza(*arguments, data=tmp_path / "data", **REFUSED[case]).sentence
    assert "BARAZA_OIDC_" in sentence
    assert "hunter2" not in sentence
    assert not (tmp_path / "data").exists()


def test_production_beyond_loopback_needs_an_issuer_all_the_same(baraza: Shell, tmp_path: Path) -> None:
    assert "BARAZA_OIDC_ISSUER" in baraza("serve", data=tmp_path / "data", BARAZA_HOST="0.0.0.0").sentence


def test_development_is_not_for_production_with_an_issuer(baraza: Shell, tmp_path: Path) -> None:
    settings = {**AWAY, "BARAZA_MODE": "production"}
    for arguments in (("serve", "--development"), ("demo",), ("token", "sk.coordinator")):
        assert "development" in baraza(*arguments, data=tmp_path / "data", **settings).sentence


@pytest.fixture
async def issuer() -> AsyncIterator[LoopbackIssuer]:
    made = LoopbackIssuer([KEY])
    await made.come()
    yield made
    await made.go()


@pytest.mark.parametrize("arguments", [("serve",), ("serve", "--development")])
async def test_an_issuer_that_calls_itself_otherwise(
    baraza: Shell, empty: Place, issuer: LoopbackIssuer, arguments: tuple[str, ...]
) -> None:
    """A slash at the end is the usual mistake; every token would be refused for it."""
    named = {**empty.settings, "BARAZA_OIDC_ISSUER": issuer.name, "BARAZA_OIDC_AUDIENCE": AUDIENCE}
    issuer.says = lambda path: answer({**issuer.metadata, "issuer": issuer.name + "/"}) if path == METADATA else None
    done = await asyncio.to_thread(baraza, *arguments, data=empty.data, within=20, **named)
    assert "BARAZA_OIDC_ISSUER" in done.sentence


async def test_production_does_not_serve_the_demonstration(baraza: Shell, network: Place) -> None:
    done = await asyncio.to_thread(baraza, "serve", data=network.data, within=20, **network.settings, **AWAY)
    assert "demonstration" in done.sentence


async def test_production_starts_with_nothing_of_development(empty: Place, issuer: LoopbackIssuer) -> None:
    named = {**empty.settings, "BARAZA_OIDC_ISSUER": issuer.name, "BARAZA_OIDC_AUDIENCE": AUDIENCE}
    before = {path.name for path in empty.data.iterdir()}
    with running(empty.data, "serve", **named) as server:
        await asyncio.to_thread(server.ready)
        assert "graphiql" not in server.out.lower()
        async with httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=30) as http:
            assert (await http.get("/graphiql/")).status_code == 404
            bearer = {"Authorization": f"Bearer {KEY.token(issuer.name, 'sk.coordinator')}"}
            told = await http.post("/graphql", json={"query": "{ actingSeat { id } }"}, headers=bearer)
            assert (told.status_code, told.json()["errors"][0]["extensions"]["code"]) == (403, "NO_SEAT")
            assert (await http.post("/graphql", json={"query": "{ actingSeat { id } }"})).status_code == 401
            asked = await http.post("/graphql", json={"query": "{ __schema { types { name } } }"}, headers=bearer)
            assert "data" not in asked.json()
        server.popen.terminate()
        done = await asyncio.to_thread(server.ends)
    assert done.code == 0
    assert done.err == "WARNING baraza.identity tokens refused: NONE, 1 times\n"
    assert {path.name for path in empty.data.iterdir()} == before


async def test_an_issuer_that_is_away_stops_no_start(empty: Place) -> None:
    token = KEY.token(AWAY["BARAZA_OIDC_ISSUER"], "sk.coordinator")
    with running(empty.data, "serve", **empty.settings, **AWAY) as server:
        await asyncio.to_thread(server.ready)
        async with httpx.AsyncClient(base_url=server.address, trust_env=False, timeout=30) as http:
            told = await http.post(
                "/graphql", json={"query": "{ actingSeat { id } }"}, headers={"Authorization": f"Bearer {token}"}
            )
            assert (told.status_code, told.headers["retry-after"]) == (503, "10")
        server.interrupt()
        done = await asyncio.to_thread(server.ends)
    assert (done.code, done.err) == (0, "WARNING baraza.issuers the OIDC issuer's keys: UNREACHABLE\n")


async def test_a_network_of_its_own_needs_its_keys(baraza: Shell, empty: Place) -> None:
    assert baraza("migrate", data=empty.data, **empty.settings).said == ""
    file = empty.data / "keys.json"
    await open_group(empty, file)
    kept = file.read_bytes()
    file.unlink()

    async def refused() -> str:
        done = await asyncio.to_thread(baraza, "serve", data=empty.data, within=20, **empty.settings, **AWAY)
        return done.sentence

    assert "keys.json is missing" in await refused()
    foreign = {group: {"1": base64.b64encode(bytes(32)).decode()} for group in json.loads(kept)}
    for damaged in (b"", b"{}", json.dumps(foreign).encode()):
        file.write_bytes(damaged)
        assert "keys.json" in await refused()
    file.write_bytes(kept)
    with running(empty.data, "serve", **empty.settings, **AWAY) as server:
        await asyncio.to_thread(server.ready)


async def open_group(place: Place, file: Path) -> None:
    group_id = uuid4()
    sealing.add_group(file, group_id)
    store = Store(place.urls.app, Keyring(file), size=1, wait=5)
    async with store.process(system_seat(Role.NETWORK_ADMIN, NETWORK)) as op:
        await groups.open_group(
            op,
            group_id=group_id,
            code="own",
            name_fr="Groupe",
            name_en="Group",
            ways=Ways(FormalStatus.INFORMAL, WorkingMode.FIELD_MISSION),
            founded=DateWithPrecision(date(2020, 1, 1), None, Precision.YEAR),
            standing=Standing.FORMING,
            jurisdiction=[("CD62", date(2020, 1, 1), None)],
        )
    await store.close()
