"""The keys of an OpenID Connect issuer: found by discovery, kept, and asked for anew at most every 10 s (SECURITY §4).

What an issuer says is bounded in time and size and believed only where it is what was asked for. The last good set of
keys works while the issuer is away or says something else.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url  # type: ignore[import-untyped]
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from api.errors import RequestRefused
from api.settings import on_loopback, secure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from joserfc.jwk import Key

log = logging.getLogger("baraza.issuers")

PAUSE = 10.0
"""Seconds from one question to the issuer to the next, whatever the first one came to."""
SECONDS = 5.0
MOST_BYTES = 262_144
MOST_KEYS = 64
FOLLOW = 3_600.0
"""Seconds after which a key that the issuer has withdrawn ends."""
FOLLOW_WHILE_AWAY = 60.0
RSA_BITS = range(2_048, 8_193)
PUBLIC = ("kty", "kid", "use", "alg", "key_ops", "n", "e", "crv", "x", "y")


class IssuerTrouble(Exception):  # noqa: N818 - named after what it is
    """The issuer's keys could not be had; the code says why, for the log."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class OidcIssuer:
    """An issuer somewhere else, by its exact name."""

    def __init__(self, name: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self._clock = clock
        self._keys: KeySet | None = None
        self._asked = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._trouble: str | None = None

    async def keys(self, kid: str | None) -> KeySet:
        """The keys; an id that none of them has is a reason to ask the issuer again. Raise `RequestRefused` where there
        have never been any."""
        if not self._knows(kid):
            await self._ask()
        if self._keys is None:
            raise RequestRefused("ISSUER_AWAY", 503, headers={"Retry-After": str(round(PAUSE))})
        return self._keys

    async def follow(self) -> None:
        """Ask again from time to time, without end."""
        while True:
            await self._ask()
            await asyncio.sleep(FOLLOW_WHILE_AWAY if self._trouble else FOLLOW)

    def _knows(self, kid: str | None) -> bool:
        return self._keys is not None and (kid is None or any(key.kid == kid for key in self._keys))

    async def _ask(self) -> None:
        """One question for all who wait, whichever of them gives up; none while the last one is too recent."""
        if self._asking is None and self._clock() - self._asked >= PAUSE:
            self._asked = self._clock()
            self._asking = asyncio.create_task(self._refresh())
        if self._asking is not None:
            await asyncio.shield(self._asking)

    async def _refresh(self) -> None:
        try:
            self._keys = await fetch(self.name)
            self._note(None)
        except IssuerTrouble as trouble:
            self._note(trouble.code)
        finally:
            self._asking = None

    def _note(self, trouble: str | None) -> None:
        """A line when it changes, not for every question."""
        if trouble != self._trouble:
            log.warning("the OIDC issuer's keys: %s", trouble or "had again")
        self._trouble = trouble


async def fetch(issuer: str) -> KeySet:
    """Ask the issuer for the keys that it signs with; raise `IssuerTrouble`."""
    try:
        async with asyncio.timeout(SECONDS), _client() as client:
            where = _where_keys_are(issuer, await _read(client, get_well_known_url(issuer, external=True)))
            return _signing_keys(await _read(client, where))
    except TimeoutError:
        raise IssuerTrouble("SLOW") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise IssuerTrouble("UNREACHABLE") from None
    except IssuerTrouble:
        raise
    except Exception as error:  # noqa: BLE001 - what an answer did to a library is trouble with the issuer, and not ours
        raise IssuerTrouble(type(error).__name__) from None


def _client() -> httpx.AsyncClient:
    """By no proxy that the environment names."""
    return httpx.AsyncClient(verify=_system_tls(), trust_env=False, follow_redirects=False, timeout=SECONDS)


@cache
def _system_tls() -> ssl.SSLContext:
    """The certificates that the system trusts, which take a tenth of a second to read."""
    return ssl.create_default_context()


async def _read(client: httpx.AsyncClient, url: str) -> dict[str, Any]:
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    async with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code != httpx.codes.OK:
            raise IssuerTrouble("STATUS")
        read = b""
        async for chunk in answer.aiter_raw():  # not decompressed, which no bound would hold
            read += chunk
            if len(read) > MOST_BYTES:
                raise IssuerTrouble("TOO_LARGE")
    try:
        said = json.loads(read)
    except (ValueError, RecursionError):
        raise IssuerTrouble("NOT_JSON") from None
    if not isinstance(said, dict):
        raise IssuerTrouble("NOT_JSON")
    return said


def _where_keys_are(issuer: str, said: Mapping[str, Any]) -> str:
    metadata = OpenIDProviderMetadata(said)
    if metadata.get("issuer") != issuer:
        raise IssuerTrouble("ANOTHER_ISSUER")
    where = metadata.get("jwks_uri")
    if not isinstance(where, str) or not secure(where) or (where.startswith("http:") and not on_loopback(issuer)):
        raise IssuerTrouble("JWKS_URI")
    return where


def _signing_keys(said: Mapping[str, Any]) -> KeySet:
    published = said.get("keys")
    if not isinstance(published, list):
        raise IssuerTrouble("NO_KEYS")
    keys: list[Key] = [key for key in map(_signing_key, published[:MOST_KEYS]) if key is not None]
    if not keys:
        raise IssuerTrouble("NO_KEYS")
    return KeySet(keys)


def _signing_key(published: Any) -> RSAKey | ECKey | None:
    """A key that a signature can be checked with; whatever else an issuer publishes is passed over."""
    try:
        if "d" in published or "k" in published:
            return None  # whose private part is public, anybody signs with it
        said = {member: published[member] for member in PUBLIC if member in published}
        key = _rsa(said) if said["kty"] == "RSA" else _ec(said)
        key.check_use("sig")
        key.check_key_op("verify")
    except (JoseError, ValueError, TypeError, KeyError, ArithmeticError):
        return None
    return key


def _rsa(said: dict[str, Any]) -> RSAKey:
    modulus = base64.urlsafe_b64decode(said["n"] + "==")
    if int.from_bytes(modulus).bit_length() not in RSA_BITS or said.get("alg", "RS256") != "RS256":
        raise ValueError("size")
    return RSAKey.import_key(said)


def _ec(said: dict[str, Any]) -> ECKey:
    if (said["kty"], said["crv"], said.get("alg", "ES256")) != ("EC", "P-256", "ES256"):
        raise ValueError("curve")
    return ECKey.import_key(said)
