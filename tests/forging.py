"""Tokens made by hand: those of an issuer, and what they are not."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from issuing import SigningKey, b64, members, signature
from joserfc import jwe, jwk

from api.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

PERSONA = "sk.officer"
NOW = int(time.time())
LATER = NOW + 86_400
"""However long the tests take before a token is shown, it has not ended, nor begun."""
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)
"""Small enough for a header, of which the library reads 512 bytes."""
CURVE = ec.generate_private_key(ec.SECP256R1())
OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the group of P-256."""


class Forge:
    """Makes tokens with an issuer's own key unless another is given, so that one thing at a time is wrong. `neighbour`
    is another issuer that is believed in the same place; `curve` is a key for ES256."""

    def __init__(
        self, name: str, audience: str, key: SigningKey, curve: SigningKey | None = None, neighbour: Forge | None = None
    ) -> None:
        self.name = name
        self.curve = curve
        self.audience = audience
        self.kid = key.kid
        self.key: Any = key.private
        self.neighbour = neighbour
        self.pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.header = {"alg": "RS256", "typ": "at+jwt", "kid": key.kid}
        self.claims = {"iss": name, "sub": PERSONA, "aud": audience, "iat": NOW, "exp": LATER}
        self.public = self.key.public_key()

    @property
    def near(self) -> Forge:
        assert self.neighbour is not None
        return self.neighbour

    def token(self, header: Any = None, claims: Any = None, key: Any = None) -> str:
        """Signed with RS256; `header` and `claims` change single members, None drops one."""
        return self.signed(_changed(self.header, header), _changed(self.claims, claims), key)

    def signed(self, header: Any, claims: Any, key: Any = None) -> str:
        said = f"{segment(header)}.{segment(claims)}"
        return f"{said}.{b64((key or self.key).sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def macked(self, secret: bytes, algorithm: str = "HS256") -> str:
        said = f"{segment({**self.header, 'alg': algorithm})}.{segment(self.claims)}"
        return f"{said}.{b64(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"

    def unsigned(self, header: Any, signature: str = "") -> str:
        return f"{segment(_changed(self.header, header))}.{segment(self.claims)}.{signature}"

    def public_key(self, form: str) -> bytes:
        encoding = serialization.Encoding.PEM if form.startswith("PEM") else serialization.Encoding.DER
        kind = (
            serialization.PublicFormat.PKCS1 if form.endswith("1") else serialization.PublicFormat.SubjectPublicKeyInfo
        )
        encoded: bytes = self.public.public_bytes(encoding, kind)
        return encoded

    def jwk(self, key: Any) -> dict[str, Any]:
        return {**members(key), "kid": self.header["kid"]}


class Place:
    """An application that believes two issuers, and the forge of one of them."""

    def __init__(self, http: httpx.AsyncClient, forge: Forge) -> None:
        self.http = http
        self.forge = forge

    async def ask(self, headers: Any, *, path: str = "/graphql", body: Any = None) -> Any:
        asked = body or {"query": "{ actingSeat { id roles } }"}
        return await self.http.post(path, json=asked, headers=headers)


def bearer(token: str) -> list[tuple[str, bytes]]:
    return [("Authorization", f"Bearer {token}".encode("utf-8", "surrogatepass"))]


async def refused(place: Place, answer: Any) -> None:
    """Told like one who sent nothing."""
    plain = await place.ask([])
    assert answer.status_code == plain.status_code == 401
    assert answer.content == plain.content
    assert dict(answer.headers) == dict(plain.headers)
    (error,) = answer.json()["errors"]
    assert error == {"message": SENTENCES["UNAUTHENTICATED"][0], "extensions": {"code": "UNAUTHENTICATED"}}
    assert answer.headers["www-authenticate"] == "Bearer"


def _changed(members: dict[str, Any], changes: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in {**members, **(changes or {})}.items() if value is not None}


def segment(value: Any) -> str:
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


def parts(f: Forge) -> tuple[str, str, str]:
    header, claims, signature = f.token().split(".")
    return header, claims, signature


def without(claim: str, f: Forge) -> str:
    return f.token(claims={claim: None})


def with_algorithm(name: str, f: Forge) -> str:
    return f.unsigned({"alg": name})


def psychic(f: Forge, signature: bytes) -> str:
    return f.unsigned({"alg": "ES256"}, b64(signature))


def by_curve(f: Forge, **header: Any) -> str:
    """With another's key."""
    said = f.unsigned({"alg": "ES256", **header})[:-1]
    return f"{said}.{b64(signature(CURVE, said.encode()))}"


def curved(f: Forge, changed: Callable[[int, int], bytes] | None = None, **header: Any) -> str:
    """With the issuer's own key for ES256, and another form of the signature."""
    assert f.curve is not None
    said = f.unsigned({"alg": "ES256", "kid": f.curve.kid, **header})[:-1]
    r, s = decode_dss_signature(f.curve.private.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{said}.{b64((changed or raw)(r, s))}"


def raw(r: int, s: int, size: int = 32) -> bytes:
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def der(r: int, s: int) -> bytes:
    return encode_dss_signature(r, s)


def twice(f: Forge, name: str, *values: Any) -> str:
    """A claim that stands there twice; readers differ in which one they take."""
    said = "".join(f', "{name}": {json.dumps(value)}' for value in values)
    return f.signed(f.header, (json.dumps(_changed(f.claims, {name: None}))[:-1] + said + "}").encode())


def twice_in_header(f: Forge, name: str, *values: Any) -> str:
    said = "".join(f', "{name}": {json.dumps(value)}' for value in values)
    return f.signed((json.dumps(_changed(f.header, {name: None}))[:-1] + said + "}").encode(), f.claims)


def within(f: Forge) -> str:
    """A token as the payload of another."""
    return f.signed({**f.header, "cty": "JWT"}, f.token().encode())


def by_padding(f: Forge, algorithm: str, scheme: Any, digest: Any) -> str:
    said = f.unsigned({"alg": algorithm})[:-1]
    return f"{said}.{b64(f.key.sign(said.encode(), scheme, digest))}"


def general(f: Forge) -> str:
    header, claims, signature = parts(f)
    return json.dumps({"payload": claims, "signatures": [{"protected": header, "signature": signature}]})


def flattened(f: Forge) -> str:
    header, claims, signature = parts(f)
    return json.dumps({"payload": claims, "protected": header, "signature": signature})


def nested(f: Forge) -> str:
    key = jwk.RSAKey.import_key(f.public_key("PEM"))
    header = {"alg": "RSA-OAEP-256", "enc": "A128GCM", "cty": "JWT", "typ": "at+jwt", "kid": f.header["kid"]}
    return jwe.encrypt_compact(header, f.token().encode(), key, algorithms=["RSA-OAEP-256", "A128GCM"])
