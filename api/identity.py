"""From a token to a subject (SECURITY §4): the token says who, the database says what.

A subject is the SHA-256 hex of issuer and `sub`; it is all that the database ever learns of an identity provider.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, Protocol

from joserfc import jws, jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jwk import KeySet, RSAKey

from api import secrets
from api.errors import RequestRefused, StartRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

log = logging.getLogger("baraza.identity")

ALGORITHMS = ["RS256", "ES256"]
LEEWAY = 60
MOST_BYTES = 8_192
MOST_KID = 255
MOST_VERIFIED = 1_000
MOST_SUB = 255  # OpenID Connect Core 1.0, section 2
DEVELOPMENT_ISSUER = "http://127.0.0.1/baraza-development"
DEVELOPMENT_HOURS = 12
ACCESS = {"scope", "scp", "client_id"}
"""Of these claims a token for access has one, and an identity token none."""
NOT_ACCESS = {"nonce", "at_hash", "c_hash", "s_hash", "events"}
"""What identity and logout tokens have."""
SAID_AGAIN = 60.0
"""Seconds for which a reason that tokens are refused for is not said again."""


class Issuer(Protocol):
    """Whose tokens are believed."""

    @property
    def name(self) -> str: ...

    async def keys(self, kid: str | None) -> KeySet:
        """The keys, after a look for one of this id."""


class _Refused(Exception):  # noqa: N818 - named after what it is: a no, not an error
    """Why a token is none: a code, for the log only."""


def subject(issuer: str, sub: str) -> str:
    """The 64 hex digits under which seats are found."""
    return hashlib.sha256(f"{issuer}\n{sub}".encode()).hexdigest()


class Trusted:
    """An issuer, and what its tokens must be like.

    `plain` takes tokens of the type JWT too, where they can be told from identity and logout tokens; `seats_of` is the
    issuer under whose name its subjects have their seats.
    """

    def __init__(self, issuer: Issuer, audience: str, *, plain: bool = False, seats_of: str | None = None) -> None:
        self.issuer = issuer
        self._plain = plain
        self._seats_of = seats_of or issuer.name
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer.name},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def check_header(self, header: dict[str, Any]) -> None:
        """Nothing that the token says of its own key is looked at but the id."""
        if _kind(header) not in ({"at+jwt", "jwt"} if self._plain else {"at+jwt"}):
            raise _Refused("TYPE")
        if header.get("alg") not in ALGORITHMS:
            raise _Refused("ALGORITHM")
        if "crit" in header:
            raise _Refused("CRITICAL_HEADER")
        kid = header.get("kid", "")
        if not isinstance(kid, str) or len(kid) > MOST_KID:
            raise _Refused("KEY_ID")

    def subject(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Whose token it is, its signature being right."""
        self._claims.validate(claims)
        if _kind(header) == "jwt" and not _for_access(claims):
            raise _Refused("NOT_FOR_ACCESS")
        if len(claims["sub"]) > MOST_SUB:
            raise _Refused("SUBJECT")
        return subject(self._seats_of, claims["sub"])


def _kind(header: dict[str, Any]) -> str:
    return str(header.get("typ", "")).lower().removeprefix("application/")


def _for_access(claims: dict[str, Any]) -> bool:
    """Whether a token that does not say what it is for can only be for access. Keycloak says it in the claim `typ`,
    Cognito in `token_use`."""
    said = (claims.get("typ", "Bearer"), claims.get("token_use", "access"))
    return said == ("Bearer", "access") and not NOT_ACCESS & claims.keys() and bool(ACCESS & claims.keys())


class Verified(NamedTuple):
    """A token that was found right: it stays so until it expires, while its issuer has the same keys."""

    issuer: Issuer
    kid: str | None
    keys: KeySet
    expires: float
    """Seconds since 1970."""
    whose: str


class Verifier:
    """Believes the tokens of these issuers, and nothing else that a request says."""

    def __init__(self, *trusted: Trusted) -> None:
        self._trusted = {each.issuer.name: each for each in trusted}
        self._reasons = Reasons()
        self._verified: OrderedDict[bytes, Verified] = OrderedDict()
        """By a token's hash."""

    async def subject(self, authorization: str | None) -> str:
        """The bearer's subject; every refusal is the same 401, whatever is wrong with the token."""
        try:
            return await self._subject(authorization or "")
        except (_Refused, JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
            self._reasons.note(_reason(error))
            raise RequestRefused("UNAUTHENTICATED", 401, headers={"WWW-Authenticate": "Bearer"}) from None

    async def _subject(self, authorization: str) -> str:
        token = _bearer(authorization)
        digest = hashlib.sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known and time.time() < known.expires and await known.issuer.keys(known.kid) is known.keys:
            self._verified.move_to_end(digest)
            return known.whose
        return await self._verify(token, digest)

    async def _verify(self, token: str, digest: bytes) -> str:
        header = _members(_decoded(token.partition(".")[0]))
        signed = jws.extract_compact(token.encode())
        claims = _members(signed.payload)
        trusted = self._trusted.get(str(claims.get("iss")))
        if trusted is None:
            raise _Refused("ISSUER")
        trusted.check_header(header)
        keys = await trusted.issuer.keys(header.get("kid"))
        if not jws.validate_compact(signed, keys, algorithms=ALGORITHMS):
            raise _Refused("SIGNATURE")
        whose = trusted.subject(header, claims)
        self._verified[digest] = Verified(trusted.issuer, header.get("kid"), keys, claims["exp"], whose)
        if len(self._verified) > MOST_VERIFIED:
            self._verified.popitem(last=False)
        return whose


def _bearer(authorization: str) -> str:
    if not authorization:
        raise _Refused("NONE")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= MOST_BYTES or not token.isascii():
        raise _Refused("NO_BEARER")
    return token


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "==")


def _members(data: bytes) -> dict[str, Any]:
    """An object in which each name stands once: of two, another reader may take the other."""
    said = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(said, dict):
        raise _Refused("MALFORMED")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Refused("REPEATED_MEMBER")
    return members


def _no_number(_: str) -> NoReturn:
    raise _Refused("MALFORMED")


def _reason(error: Exception) -> str:
    """A code without anything of the token in it."""
    if isinstance(error, _Refused):
        return str(error)
    if isinstance(error, ClaimError):
        return f"{error.error}_{error.claim}".upper()
    return error.error.upper() if isinstance(error, JoseError) else "MALFORMED"


class Reasons:
    """Says in the log why tokens are refused: each reason at once, and then once a minute with how often it was."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, float] = {}
        self._times: dict[str, int] = {}

    def note(self, reason: str) -> None:
        self._times[reason] = self._times.get(reason, 0) + 1
        if self._clock() - self._said.get(reason, float("-inf")) >= SAID_AGAIN:
            self._said[reason] = self._clock()
            log.warning("tokens refused: %s, %d times", reason, self._times.pop(reason))


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
        self._keys = KeySet([RSAKey.import_key(self._key.as_dict(private=False))])

    async def keys(self, kid: str | None) -> KeySet:  # noqa: ARG002 - it has never had another key
        return self._keys

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
