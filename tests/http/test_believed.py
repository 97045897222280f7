"""Whom the application believes, by its settings, and what a client is told while the issuer is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from issuing import AUDIENCE, LoopbackIssuer, new_key

from api.asgi import _trusted, build
from api.demo.roster import PERSONAS
from api.identity import DEVELOPMENT_ISSUER, DevelopmentIssuer, subject
from api.issuers import OidcIssuer
from api.sentences import SENTENCES
from api.settings import Settings

if TYPE_CHECKING:
    from conftest import Client

    from api.store.engine import Store

KEY = new_key("only")
QUERY = {"query": "{ actingSeat { id } }"}
COORDINATOR = next(f"Seat:{persona.seat_id}" for persona in PERSONAS if persona.name == "sk.coordinator")


def application(settings: Settings, store: Store, **changes: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=build(settings.model_copy(update=changes), store))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


def bearer(issuer: str, sub: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEY.token(issuer, sub)}"}


async def test_an_issuer_that_has_never_been_there_is_a_503(settings: Settings, store: Store, client: Client) -> None:
    """The development issuer beside it is believed all the same; what is no token is none."""
    issuer = LoopbackIssuer([KEY])
    await issuer.come()
    await issuer.go()
    async with application(settings, store, oidc_issuer=issuer.name, oidc_audience=AUDIENCE) as http:
        for language, number in (("fr", 0), ("en", 1)):
            headers = {**bearer(issuer.name, "sk.coordinator"), "Accept-Language": language}
            answer = await http.post("/graphql", json=QUERY, headers=headers)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
            (error,) = answer.json()["errors"]
            assert error == {"message": SENTENCES["ISSUER_AWAY"][number], "extensions": {"code": "ISSUER_AWAY"}}
        assert (await http.post("/graphql", json=QUERY, headers={"Authorization": "Bearer x"})).status_code == 401
        own = {"Authorization": f"Bearer {client.token('sk.coordinator')}"}
        assert (await http.post("/graphql", json=QUERY, headers=own)).status_code == 200


async def test_a_persona_has_one_seat_by_either_issuer(settings: Settings, store: Store, client: Client) -> None:
    issuer = LoopbackIssuer([KEY])
    await issuer.come()
    async with application(settings, store, oidc_issuer=issuer.name, oidc_audience=AUDIENCE) as http:
        own = {"Authorization": f"Bearer {client.token('sk.coordinator')}"}
        for headers in (bearer(issuer.name, "sk.coordinator"), own):
            answer = await http.post("/graphql", json=QUERY, headers=headers)
            assert answer.json()["data"] == {"actingSeat": {"id": COORDINATOR}}
    await issuer.go()


async def test_production_believes_its_issuer_alone(settings: Settings, store: Store, client: Client) -> None:
    """The demonstration's seats are nobody's there, neither by the development issuer nor by a name from it."""
    issuer = LoopbackIssuer([KEY])
    await issuer.come()
    named = {"mode": "production", "oidc_issuer": issuer.name, "oidc_audience": AUDIENCE}
    async with application(settings, store, **named) as http:
        answer = await http.post("/graphql", json=QUERY, headers=bearer(issuer.name, "sk.coordinator"))
        assert answer.json()["errors"][0]["extensions"]["code"] == "NO_SEAT"
        own = {"Authorization": f"Bearer {client.token('sk.coordinator')}"}
        assert (await http.post("/graphql", json=QUERY, headers=own)).status_code == 401
        assert (await http.get("/graphiql/")).status_code == 404
        assert (await http.get("/readyz")).json() == {"status": "demonstration"}
        asked = {"query": "{ __schema { queryType { name } } }"}
        answer = await http.post("/graphql", json=asked, headers=bearer(issuer.name, "sk.coordinator"))
        assert "errors" in answer.json()
    await issuer.go()


@pytest.mark.parametrize(
    ("mode", "name", "seats_of"),
    [
        ("production", "https://issuer.example", "https://issuer.example"),
        ("production", "http://127.0.0.1:8080/realm", "http://127.0.0.1:8080/realm"),
        ("development", "https://issuer.example", "https://issuer.example"),
        ("development", "https://127.0.0.1.example", "https://127.0.0.1.example"),
        ("development", "http://127.0.0.1:8080/realm", DEVELOPMENT_ISSUER),
        ("development", "http://localhost:8080", DEVELOPMENT_ISSUER),
    ],
)
def test_whose_seats_the_subjects_have(mode: str, name: str, seats_of: str, settings: Settings) -> None:
    """The personas' are those of an issuer on loopback in development, and of no other."""
    named = Settings(mode=mode, oidc_issuer=name, oidc_audience=AUDIENCE)  # type: ignore[arg-type]
    development = DevelopmentIssuer(settings.issuer_key) if mode == "development" else None
    *others, oidc = _trusted(named, development, OidcIssuer(name))
    assert len(others) == (mode == "development")
    claims = {"iss": name, "sub": "sk.coordinator", "aud": AUDIENCE, "exp": 1e12}
    assert oidc.subject({"typ": "at+jwt"}, claims) == subject(seats_of, "sk.coordinator")
