"""A token that is one is taken, and of what it says only who it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from forging import LATER, SMALL, Place, bearer, curved, refused
from forms import SEAT

from api.identity import Reasons
from api.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from forging import Forge

GOOD: dict[str, Callable[[Forge], str]] = {
    "as it is": lambda f: f"Bearer {f.token()}",
    "bearer": lambda f: f"bearer {f.token()}",
    "BEARER": lambda f: f"BEARER {f.token()}",
    "typ in capitals": lambda f: f"Bearer {f.token(header={'typ': 'AT+JWT'})}",
    "typ in full": lambda f: f"Bearer {f.token(header={'typ': 'application/at+jwt'})}",
    "within the leeway": lambda f: (
        f"Bearer {f.token(claims={'exp': int(time.time()) - 30, 'nbf': int(time.time()) + 30})}"
    ),
    "exp with a fraction": lambda f: f"Bearer {f.token(claims={'exp': LATER + 0.5})}",
    "without iat": lambda f: f"Bearer {f.token(claims={'iat': None})}",
    "for several": lambda f: f"Bearer {f.token(claims={'aud': ['other', f.audience]})}",
    "with a key that is not looked at": lambda f: f"Bearer {f.token(header={'jwk': f.jwk(SMALL)})}",
    "with an address that is not looked at": lambda f: f"Bearer {f.token(header={'jku': 'https://127.0.0.1:9/'})}",
    "with a certificate that is not looked at": lambda f: f"Bearer {f.token(header={'x5c': ['AAAA']})}",
    "with one elsewhere": lambda f: f"Bearer {f.token(header={'x5u': 'https://127.0.0.1:9/'})}",
    "with rights that are not looked at": lambda f: (
        "Bearer "
        + f.token(claims={"roles": ["COORDINATOR"], "scope": "admin", "seat": "x", "group": "lub", "admin": True})
    ),
}


@pytest.mark.parametrize("name", GOOD)
async def test_a_token_that_is_one(place: Place, name: str) -> None:
    """Several audiences are taken where we are one of them; what a token says of its key or of rights is not read."""
    answer = await place.ask({"Authorization": GOOD[name](place.forge)})
    assert answer.status_code == 200
    assert answer.json()["data"] == {"actingSeat": {"id": SEAT, "roles": ["CASE_OFFICER"]}}


async def test_the_other_algorithm(place: Place) -> None:
    if place.forge.curve is not None:
        assert (await place.ask(bearer(curved(place.forge)))).status_code == 200


async def test_an_id_is_needed_where_there_are_several_keys(place: Place) -> None:
    """OpenID Connect Core 1.0, section 10.1."""
    answer = await place.ask(bearer(place.forge.token(header={"kid": None})))
    assert answer.status_code == (200 if place.forge.curve is None else 401)


PLAIN: dict[str, dict[str, object]] = {
    "with a scope": {"scope": "openid"},
    "of Keycloak": {"typ": "Bearer", "azp": "front", "scope": "openid profile", "sid": "x", "acr": "1"},
    "of Cognito": {"token_use": "access", "client_id": "front", "scope": "x"},
    "of Entra": {"scp": "cases", "azp": "front", "ver": "2.0"},
}


@pytest.mark.parametrize("name", PLAIN)
async def test_a_token_of_the_plain_type_is_taken_where_a_setting_names_it(
    place: Place, name: str, request: pytest.FixtureRequest
) -> None:
    answer = await place.ask(bearer(place.forge.token(header={"typ": "JWT"}, claims=PLAIN[name])))
    if "OIDC with JWT" in request.node.name:
        assert answer.json()["data"]["actingSeat"]["id"] == SEAT
    else:
        await refused(place, answer)


async def test_the_longest_subject_is_one_without_a_seat(place: Place) -> None:
    for sub in ("s" * 255, "sk.officer ", " sk.officer", "SK.officer", "sk.officer\n", "é" * 200, "\u202e", "\0"):
        answer = await place.ask(bearer(place.forge.token(claims={"sub": sub})))
        assert answer.status_code == 403
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["NO_SEAT"]


async def test_who_asks_is_looked_at_before_what(place: Place) -> None:
    """Nothing of the body is read for one who is nobody; what kind of body it is, is said to everybody."""
    for body in (b"{", b"[]", b'{"query": "{ nothing }"}', b"\xff", b"x" * 2_000_000):
        headers = {"Content-Type": "application/json", "Content-Length": "10", "Authorization": "Bearer x"}
        await refused(place, await place.http.post("/graphql", content=body, headers=headers))


async def test_the_refusal_speaks_english_to_one_who_asks_for_it(place: Place) -> None:
    answer = await place.ask({"Accept-Language": "en", "Authorization": "Bearer x"})
    assert answer.json()["errors"][0]["message"] == SENTENCES["UNAUTHENTICATED"][1]


def test_a_reason_is_said_at_once_and_then_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    reasons = Reasons(lambda: now[0])
    for at in range(200):
        now[0] = float(at)
        reasons.note("EXPIRED_TOKEN_EXP")
    reasons.note("SIGNATURE")
    assert [record.getMessage() for record in caplog.records] == [
        "tokens refused: EXPIRED_TOKEN_EXP, 1 times",
        "tokens refused: EXPIRED_TOKEN_EXP, 60 times",
        "tokens refused: EXPIRED_TOKEN_EXP, 60 times",
        "tokens refused: EXPIRED_TOKEN_EXP, 60 times",
        "tokens refused: SIGNATURE, 1 times",
    ]
