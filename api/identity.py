"""From a token to a subject (SECURITY §4): the token says who, the database says what.

A subject is the SHA-256 hex of issuer and `sub`; it is all that the database ever learns of an identity provider.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

from api import secrets
from api.errors import RequestRefused, StartRefused

if TYPE_CHECKING:
    from pathlib import Path

ALGORITHMS = ["RS256", "ES256"]
LEEWAY = 60
MOST_BYTES = 8_192
DEVELOPMENT_ISSUER = "http://127.0.0.1/baraza-development"
DEVELOPMENT_HOURS = 12


class Issuer(Protocol):
    """Whose tokens are believed."""

    @property
    def name(self) -> str: ...

    @property
    def keys(self) -> KeySet: ...


def subject(issuer: str, sub: str) -> str:
    """The 64 hex digits under which seats are found."""
    return hashlib.sha256(f"{issuer}\n{sub}".encode()).hexdigest()


class Verifier:
    """Believes the tokens of one issuer for one audience, and nothing else that a request says."""

    def __init__(self, issuer: Issuer, audience: str) -> None:
        self._issuer = issuer
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer.name},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def subject(self, authorization: str | None) -> str:
        """The bearer's subject; every refusal is the same 401, whatever is wrong with the token."""
        try:
            return subject(self._issuer.name, self._sub(authorization or ""))
        except (JoseError, ValueError, TypeError, KeyError, UnicodeError, RecursionError):
            raise RequestRefused("UNAUTHENTICATED", 401, headers={"WWW-Authenticate": "Bearer"}) from None

    def _sub(self, authorization: str) -> str:
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() != "bearer" or not 0 < len(value) <= MOST_BYTES:
            raise ValueError(scheme)
        token = jwt.decode(value, self._issuer.keys, algorithms=ALGORITHMS)
        _check_header(token.header)
        self._claims.validate(token.claims)
        sub = token.claims["sub"]
        if not isinstance(sub, str) or not 0 < len(sub) <= 255:  # noqa: PLR2004 - OpenID Connect Core 1.0, section 2
            raise ValueError("sub")
        return sub


def _check_header(header: dict[str, Any]) -> None:
    """Only access tokens (RFC 9068); nothing that the token says of its own key is looked at."""
    if str(header.get("typ", "")).lower().removeprefix("application/") != "at+jwt" or "crit" in header:
        raise ValueError("typ")


class DevelopmentIssuer:
    """Signs tokens whose subject is a persona's name. It lives beside the data and only in development."""

    name = DEVELOPMENT_ISSUER

    def __init__(self, file: Path) -> None:
        try:
            self._key = _signing(RSAKey.import_key(json.loads(file.read_text())))
        except FileNotFoundError:
            self._key = RSAKey.generate_key(2048, {"kid": os.urandom(8).hex(), "use": "sig"}, private=True)
            secrets.write(file, json.dumps(self._key.as_dict(private=True)))
        except (ValueError, TypeError, AttributeError, KeyError, OSError, JoseError):
            raise StartRefused(f"The development issuer's key {file} cannot be read: move it away.") from None
        self.keys = KeySet([RSAKey.import_key(self._key.as_dict(private=False))])

    def token(self, persona: str, audience: str, *, hours: float = DEVELOPMENT_HOURS) -> str:
        now = int(time.time())
        header = {"alg": "RS256", "typ": "at+jwt", "kid": self._key.kid}
        claims = {"iss": self.name, "sub": persona, "aud": audience, "iat": now, "exp": now + int(hours * 3600)}
        return jwt.encode(header, claims, self._key)


def _signing(key: RSAKey) -> RSAKey:
    """The key, if it can sign."""
    if not key.is_private:
        raise ValueError("public")
    return key
