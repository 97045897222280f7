"""Where tokens are believed: the application with the development issuer, and with another issuer beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from forging import Forge, Place
from issuing import AUDIENCE, LoopbackIssuer, SigningKey, new_key

from api.asgi import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from conftest import Client

    from api.settings import Settings
    from api.store.engine import Store


@pytest.fixture(scope="session")
def keys() -> tuple[SigningKey, SigningKey]:
    return new_key("rsa-1"), new_key("ec-1", "EC")


@pytest.fixture(scope="module")
async def loopback(keys: tuple[SigningKey, SigningKey]) -> AsyncIterator[LoopbackIssuer]:
    issuer = LoopbackIssuer(list(keys))
    await issuer.come()
    yield issuer
    await issuer.go()


@pytest.fixture(scope="module", params=["development", "OIDC", "OIDC with JWT"])
async def place(
    request: pytest.FixtureRequest, client: Client, settings: Settings, store: Store, loopback: LoopbackIssuer
) -> AsyncIterator[Place]:
    plain = "JWT" if request.param.endswith("JWT") else "at+jwt"
    named = {"oidc_issuer": loopback.name, "oidc_audience": AUDIENCE, "oidc_token_type": plain}
    transport = httpx.ASGITransport(app=build(settings.model_copy(update=named), store))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Place(http, _forge(client, loopback, own=request.param == "development"))


def _forge(client: Client, loopback: LoopbackIssuer, *, own: bool) -> Forge:
    signing = client.issuer._key
    ours = SigningKey(signing.kid, serialization.load_pem_private_key(signing.as_pem(private=True), None))
    development = Forge(client.issuer.name, "baraza", ours)
    oidc = Forge(loopback.name, AUDIENCE, *loopback.keys)
    development.neighbour, oidc.neighbour = oidc, development
    return development if own else oidc
