"""An OpenID Connect issuer on loopback whose keys and answers a test chooses."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

AUDIENCE = "https://baraza.test/graphql"
METADATA = "/realms/test/.well-known/openid-configuration"
KEYS = "/realms/test/keys"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int, size: int = 0) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


@dataclass(frozen=True)
class SigningKey:
    """A key with its id."""

    kid: str | None
    private: Any

    @property
    def published(self) -> dict[str, str]:
        return {**members(self.private), "use": "sig", **({"kid": self.kid} if self.kid else {})}

    def token(self, issuer: str, sub: str, **changes: Any) -> str:
        """A token for access; `changes` are to its claims, and `header` to its header."""
        now = int(time.time())
        header = {"typ": "at+jwt", **({"kid": self.kid} if self.kid else {}), **changes.pop("header", {})}
        claims = {"iss": issuer, "sub": sub, "aud": AUDIENCE, "iat": now, "exp": now + 600, **changes}
        curve = isinstance(self.private, ec.EllipticCurvePrivateKey)
        said = f"{_segment({'alg': 'ES256' if curve else 'RS256', **header})}.{_segment(claims)}"
        return f"{said}.{b64(signature(self.private, said.encode()))}"


def new_key(kid: str | None, kind: str = "RSA") -> SigningKey:
    if kind == "RSA":
        return SigningKey(kid, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return SigningKey(kid, ec.generate_private_key(ec.SECP256R1()))


def signature(private: Any, said: bytes) -> bytes:
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(said, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(private.sign(said, ec.ECDSA(hashes.SHA256())))
    size = (private.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def members(private: Any) -> dict[str, str]:
    """The public JWK."""
    public = private.public_key().public_numbers()
    if isinstance(private, rsa.RSAPrivateKey):
        return {"kty": "RSA", "n": number(public.n), "e": number(public.e)}
    size = (private.key_size + 7) // 8
    return {"kty": "EC", "crv": f"P-{private.key_size}", "x": number(public.x, size), "y": number(public.y, size)}


def _segment(value: Any) -> str:
    return b64(json.dumps(value).encode())


def answer(body: Any, status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer of HTTP."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    said = {"Content-Type": "application/json", "Content-Length": str(len(content)), "Connection": "close", **headers}
    return "".join([f"HTTP/1.1 {status}\r\n", *(f"{k}: {v}\r\n" for k, v in said.items()), "\r\n"]).encode() + content


@dataclass
class LoopbackIssuer:
    """Honest, unless `says` is set: what a path is answered with instead; None is the honest answer, and an answer of
    nothing keeps the client waiting."""

    keys: list[SigningKey]
    says: Callable[[str], bytes | None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    pace: float = 0
    """Seconds from one byte to the next."""
    tls: ssl.SSLContext | None = None
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def name(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/realms/test"

    @property
    def rounds(self) -> int:
        """How often somebody began to ask."""
        return self.asked.count(METADATA)

    def honest(self, path: str) -> bytes:
        if path == METADATA:
            return answer(self.metadata)
        if path == KEYS:
            return answer({"keys": [key.published for key in self.keys]})
        return answer({}, "404 Not Found")

    @property
    def metadata(self) -> dict[str, Any]:
        return {"issuer": self.name, "jwks_uri": self.name + "/keys", "response_types_supported": ["code"]}

    async def come(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.asked.append(path)
            said = self.says(path)
            content = self.honest(path) if said is None else said
            if not content:
                await reader.read()  # until the client gives up
            for piece in [content[at : at + 1] for at in range(len(content))] if self.pace else [content]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(self.pace)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
