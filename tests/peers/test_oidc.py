"""Sign-in with a real issuer, as a front end and as a service do it."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from serve.processes import answers, free_port, serving, wait_until

from api.issuers import PAUSE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serve.processes import Baraza

PROGRAM = Path(__file__).parent / "issuer.mjs"
AUDIENCE = "https://baraza.test/graphql"
BACK = "http://127.0.0.1/signed-in"
WHO = {"query": "{ actingSeat { roles } cases { totalCount } }"}


@contextmanager
def issuing(port: int) -> Iterator[str]:
    """The issuer, with keys that it has not had before."""
    name = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(["node", str(PROGRAM), str(port), AUDIENCE], stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: process.poll() is not None or answers(f"{name}/.well-known/openid-configuration"))
        assert process.poll() is None
        yield name
    finally:
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def baraza(port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Baraza]:
    """It starts before its issuer does."""
    named = {"BARAZA_OIDC_ISSUER": f"http://127.0.0.1:{port}", "BARAZA_OIDC_AUDIENCE": AUDIENCE}
    with serving(tmp_path_factory.mktemp("oidc") / "data", **named) as server:
        yield server


def signed_in(name: str, login: str) -> dict[str, Any]:
    """The tokens of somebody who signs in: authorization code with PKCE."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {"client_id": "front-end", "redirect_uri": BACK, "resource": AUDIENCE}
    asked |= {"response_type": "code", "scope": "openid cases", "nonce": "n"}
    with httpx.Client(base_url=name, trust_env=False, timeout=30) as browser:
        here = browser.get("/auth", params={**asked, "code_challenge": challenge, "code_challenge_method": "S256"})
        for form in ({"prompt": "login", "login": login, "password": "x"}, {"prompt": "consent"}):
            here = browser.post(here.headers["location"], data=form)
            here = browser.get(here.headers["location"])
        assert here.headers["location"].startswith(BACK)
        (code,) = parse_qs(urlsplit(here.headers["location"]).query)["code"]
        given = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
        tokens: dict[str, Any] = browser.post("/token", data={**asked, **given}).json()
    return tokens


def service_token(name: str) -> str:
    asked = {"grant_type": "client_credentials", "resource": AUDIENCE, "scope": "cases"}
    authorized = ("shrim.service", "a%20secret%20of%20the%20tests%20alone")
    answer = httpx.post(f"{name}/token", data=asked, auth=authorized, trust_env=False)
    token: str = answer.json()["access_token"]
    return token


def ask(baraza: Baraza, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{baraza.address}/graphql", json=WHO, headers=headers, timeout=30, trust_env=False)


def test_sign_in_with_keys_that_change(baraza: Baraza, port: int) -> None:
    """The persona's seat by the persona's name; keys of before are no keys, and keys work while the issuer is away."""
    with issuing(port) as name:
        tokens = signed_in(name, "sk.coordinator")
        header = json.loads(base64.urlsafe_b64decode(tokens["access_token"].partition(".")[0] + "=="))
        assert (header["typ"], header["alg"]) == ("at+jwt", "RS256")
        wait_until(lambda: ask(baraza, tokens["access_token"]).status_code != 503, 3 * PAUSE)
        expected = {"actingSeat": {"roles": ["COORDINATOR"]}, "cases": {"totalCount": 5}}
        assert ask(baraza, tokens["access_token"]).json()["data"] == expected
        assert ask(baraza, tokens["id_token"]).status_code == 401
        assert ask(baraza, signed_in(name, "nobody")["access_token"]).status_code == 403
        machine = {"actingSeat": {"roles": ["SERVICE"]}, "cases": {"totalCount": 0}}
        assert ask(baraza, service_token(name)).json()["data"] == machine
    assert ask(baraza, tokens["access_token"]).status_code == 200
    with issuing(port) as name:
        newer = signed_in(name, "sk.coordinator")["access_token"]
        begun = time.monotonic()
        wait_until(lambda: ask(baraza, newer).status_code == 200, 3 * PAUSE)
        assert time.monotonic() - begun < 1.5 * PAUSE
        assert ask(baraza, tokens["access_token"]).status_code == 401
    with baraza.http("sk.coordinator") as http:
        assert http.post("/graphql", json=WHO).json()["data"] == expected
