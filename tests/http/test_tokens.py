"""A token is the issuer's, for us, of now and for access, or it is none: 401, the same body whatever is wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import re
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc import jwe, jwk, jwt

from api.demo.roster import PERSONAS
from api.sentences import SENTENCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Client

PERSONA = "sk.officer"
SEAT = next(f"Seat:{persona.seat_id}" for persona in PERSONAS if persona.name == PERSONA)
QUERY = {"query": "{ actingSeat { id roles } }"}
NOW = int(time.time())
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SMALL = rsa.generate_private_key(public_exponent=65537, key_size=1024)
"""Small enough for a header, of which the library reads 512 bytes."""
CURVE = ec.generate_private_key(ec.SECP256R1())


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Forge:
    """Makes tokens by hand, with the issuer's own key unless another is given, so that one thing at a time is wrong."""

    def __init__(self, client: Client) -> None:
        self.issuer = client.issuer
        self.pem = client.issuer._key.as_pem(private=True)
        self.key: Any = serialization.load_pem_private_key(self.pem, None)
        self.header = {"alg": "RS256", "typ": "at+jwt", "kid": client.issuer._key.kid}
        self.claims = {"iss": client.issuer.name, "sub": PERSONA, "aud": "baraza", "iat": NOW, "exp": NOW + 600}
        self.public = self.key.public_key()

    def token(self, header: Any = None, claims: Any = None, key: Any = None) -> str:
        """Signed with RS256; `header` and `claims` change single members, None drops one."""
        return self.signed(_changed(self.header, header), _changed(self.claims, claims), key)

    def signed(self, header: Any, claims: Any, key: Any = None) -> str:
        said = f"{_segment(header)}.{_segment(claims)}"
        return f"{said}.{b64((key or self.key).sign(said.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def macked(self, secret: bytes, algorithm: str = "HS256") -> str:
        said = f"{_segment({**self.header, 'alg': algorithm})}.{_segment(self.claims)}"
        return f"{said}.{b64(hmac.new(secret, said.encode(), hashlib.sha256).digest())}"

    def unsigned(self, header: Any, signature: str = "") -> str:
        return f"{_segment(_changed(self.header, header))}.{_segment(self.claims)}.{signature}"

    def public_key(self, form: str) -> bytes:
        encoding = serialization.Encoding.PEM if form.startswith("PEM") else serialization.Encoding.DER
        kind = (
            serialization.PublicFormat.PKCS1 if form.endswith("1") else serialization.PublicFormat.SubjectPublicKeyInfo
        )
        encoded: bytes = self.public.public_bytes(encoding, kind)
        return encoded

    def jwk(self, key: Any) -> dict[str, Any]:
        numbers = key.public_key().public_numbers()
        n, e = (b64(value.to_bytes((value.bit_length() + 7) // 8, "big")) for value in (numbers.n, numbers.e))
        return {"kty": "RSA", "n": n, "e": e, "kid": self.header["kid"]}


def _changed(members: dict[str, Any], changes: dict[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in {**members, **(changes or {})}.items() if value is not None}


def _segment(value: Any) -> str:
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
    said = f.unsigned({"alg": "ES256", **header})[:-1]
    r, s = decode_dss_signature(CURVE.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{said}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def curve_jwk() -> dict[str, str]:
    point = CURVE.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": b64(point.x.to_bytes(32, "big")), "y": b64(point.y.to_bytes(32, "big"))}


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


BY_TOKEN: dict[str, Callable[[Forge], str]] = {
    # Times
    "expired": lambda f: f.token(claims={"exp": NOW - 61}),
    "expired long ago": lambda f: f.token(claims={"exp": 1}),
    "expired at zero": lambda f: f.token(claims={"exp": 0}),
    "expired before time": lambda f: f.token(claims={"exp": -1}),
    "not yet": lambda f: f.token(claims={"nbf": NOW + 600}),
    "not yet, as text": lambda f: f.token(claims={"nbf": str(NOW)}),
    "issued tomorrow": lambda f: f.token(claims={"iat": NOW + 86_400}),
    "issued at no time": lambda f: f.token(claims={"iat": "now"}),
    "exp as text": lambda f: f.token(claims={"exp": str(NOW + 600)}),
    "exp true": lambda f: f.token(claims={"exp": True}),
    "exp as list": lambda f: f.token(claims={"exp": [NOW + 600]}),
    "exp as object": lambda f: f.token(claims={"exp": {}}),
    "exp infinite": lambda f: f.token(claims={"exp": float("inf")}),
    "exp too large for a float": lambda f: f.signed(
        f.header, json.dumps(f.claims).replace(str(NOW + 600), "1e999").encode()
    ),
    "exp no number": lambda f: f.token(claims={"exp": float("nan")}),
    "exp below all": lambda f: f.token(claims={"exp": float("-inf")}),
    # Claims
    **{f"without {name}": partial(without, name) for name in ("iss", "sub", "aud", "exp")},
    "no claims": lambda f: f.signed(f.header, {}),
    "claims as list": lambda f: f.signed(f.header, [f.claims]),
    "claims as text": lambda f: f.signed(f.header, "claims"),
    "claims as null": lambda f: f.signed(f.header, None),
    "claims as number": lambda f: f.signed(f.header, 1),
    "claims no JSON": lambda f: f.signed(f.header, b"iss=x&sub=y"),
    "claims not UTF-8": lambda f: f.signed(f.header, json.dumps(f.claims).encode() + b"\xff"),
    "claims empty": lambda f: f.signed(f.header, b""),
    "claims in UTF-16": lambda f: f.signed(f.header, json.dumps({**f.claims, "aud": "other"}).encode("utf-16")),
    "claims of great depth": lambda f: f.signed(f.header, b'{"x":' + b"[" * 2_400 + b"]" * 2_400 + b"}"),
    "claims with a long number": lambda f: f.signed(f.header, b'{"exp":' + b"9" * 4_500 + b"}"),
    "another issuer": lambda f: f.token(claims={"iss": "https://issuer.example"}),
    "issuer with a slash": lambda f: f.token(claims={"iss": f"{f.issuer.name}/"}),
    "issuer in capitals": lambda f: f.token(claims={"iss": f.issuer.name.upper()}),
    "issuer as list": lambda f: f.token(claims={"iss": [f.issuer.name]}),
    "issuer empty": lambda f: f.token(claims={"iss": ""}),
    "another audience": lambda f: f.token(claims={"aud": "baraza2"}),
    "audience in capitals": lambda f: f.token(claims={"aud": "Baraza"}),
    "audience of part": lambda f: f.token(claims={"aud": "bar"}),
    "audience of others": lambda f: f.token(claims={"aud": ["other", "baraza-admin"]}),
    "audience of none": lambda f: f.token(claims={"aud": []}),
    "audience of numbers": lambda f: f.token(claims={"aud": ["baraza", 1]}),
    "audience nested": lambda f: f.token(claims={"aud": [["baraza"]]}),
    "audience as object": lambda f: f.token(claims={"aud": {"baraza": True}}),
    "audience empty": lambda f: f.token(claims={"aud": ""}),
    "sub empty": lambda f: f.token(claims={"sub": ""}),
    "sub too long": lambda f: f.token(claims={"sub": "s" * 256}),
    "sub as number": lambda f: f.token(claims={"sub": 1}),
    "sub true": lambda f: f.token(claims={"sub": True}),
    "sub as list": lambda f: f.token(claims={"sub": [PERSONA]}),
    "sub as object": lambda f: f.token(claims={"sub": {"name": PERSONA}}),
    "sub half a pair": lambda f: f.token(claims={"sub": "\ud800"}),
    # Kinds of token
    "a JWT": lambda f: f.token(header={"typ": "JWT"}),
    "an identity token": lambda f: f.token(header={"typ": "id_token"}),
    "a logout token": lambda f: f.token(header={"typ": "logout+jwt"}),
    "a proof": lambda f: f.token(header={"typ": "dpop+jwt"}),
    "of no kind": lambda f: f.token(header={"typ": None}),
    "of an empty kind": lambda f: f.token(header={"typ": ""}),
    "of kinds": lambda f: f.token(header={"typ": ["at+jwt"]}),
    "of a kind of text": lambda f: f.token(header={"typ": "text/at+jwt"}),
    # Algorithms
    **{f"alg {name}": partial(with_algorithm, name) for name in ("none", "None", "NONE", "nOnE", "")},
    "alg none with a signature": lambda f: f.unsigned({"alg": "none"}, parts(f)[2]),
    "alg absent": lambda f: f.token(header={"alg": None}),
    "alg null": lambda f: f.signed({**f.header, "alg": None}, f.claims),
    "alg list": lambda f: f.token(header={"alg": ["RS256"]}),
    "alg number": lambda f: f.token(header={"alg": 256}),
    "alg small": lambda f: f.token(header={"alg": "rs256"}),
    "alg HS256 with the public key": lambda f: f.macked(f.public_key("PEM")),
    "alg HS256 with the public key without line ends": lambda f: f.macked(f.public_key("PEM").strip()),
    "alg HS256 with the public key in DER": lambda f: f.macked(f.public_key("DER")),
    "alg HS256 with the public key of PKCS1": lambda f: f.macked(f.public_key("PEM 1")),
    "alg HS256 with the key id": lambda f: f.macked(str(f.header["kid"]).encode()),
    "alg HS256 with nothing": lambda f: f.macked(b""),
    "alg RS256 with a MAC": lambda f: f.macked(f.public_key("PEM"), "RS256"),
    "alg RS512": lambda f: by_padding(f, "RS512", padding.PKCS1v15(), hashes.SHA512()),
    "alg PS256": lambda f: by_padding(f, "PS256", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
    "alg ES256 of another": by_curve,
    "alg ES256 of zeros": lambda f: psychic(f, bytes(64)),
    "alg ES256 of zeros in DER": lambda f: psychic(f, b"0\x06\x02\x01\0\x02\x01\0"),
    # Keys
    "another key under the id": lambda f: f.token(key=OTHER),
    "another key without id": lambda f: f.token(header={"kid": None}, key=OTHER),
    "another key in jwk": lambda f: f.token(header={"jwk": f.jwk(SMALL)}, key=SMALL),
    "another key in jwk alone": lambda f: f.token(header={"jwk": f.jwk(SMALL), "kid": None}, key=SMALL),
    "another key in jwk under its id": lambda f: f.token(
        header={"jwk": {**f.jwk(SMALL), "kid": "x"}, "kid": "x"}, key=SMALL
    ),
    "another curve in jwk": lambda f: by_curve(f, jwk=curve_jwk()),
    "another curve in jwk alone": lambda f: by_curve(f, jwk=curve_jwk(), kid=None),
    "a large key in jwk": lambda f: f.token(header={"jwk": f.jwk(OTHER)}, key=OTHER),
    "another key at jku": lambda f: f.token(header={"jku": "https://127.0.0.1:9/keys"}, key=OTHER),
    "another key at x5u": lambda f: f.token(header={"x5u": "https://127.0.0.1:9/cert"}, key=OTHER),
    "another key in x5c": lambda f: f.token(header={"x5c": [b64(f.public_key("DER"))[:300]]}, key=OTHER),
    "an unknown id": lambda f: f.token(header={"kid": "other"}),
    "an id of a path": lambda f: f.token(header={"kid": "../../dev/null"}),
    "an id of SQL": lambda f: f.token(header={"kid": "' UNION SELECT 'x"}),
    "an id of a number": lambda f: f.token(header={"kid": 1}),
    "an id of a list": lambda f: f.token(header={"kid": [f.header["kid"]]}),
    "an id of an object": lambda f: f.token(header={"kid": {"$ne": ""}}),
    # Headers
    "crit": lambda f: f.token(header={"crit": ["exp"]}),
    "crit known": lambda f: f.token(header={"crit": ["b64"], "b64": True}),
    "crit empty": lambda f: f.token(header={"crit": []}),
    "not encoded": lambda f: f.token(header={"crit": ["b64"], "b64": False}),
    "header as list": lambda f: f.signed([f.header], f.claims),
    "header as text": lambda f: f.signed("RS256", f.claims),
    "header as null": lambda f: f.signed(None, f.claims),
    "header no JSON": lambda f: f.signed(b"RS256", f.claims),
    "header empty": lambda f: f".{parts(f)[1]}.{parts(f)[2]}",
    "header not UTF-8": lambda f: f.signed(json.dumps(f.header).encode() + b"\xff", f.claims),
    "header of great depth": lambda f: f.signed(b'{"x":' + b"[" * 2_400 + b"]" * 2_400 + b"}", {}),
    # Signatures and segments
    "signature of another": lambda f: ".".join((*parts(f)[:2], f.token(claims={"jti": "x"}).split(".")[2])),
    "claims exchanged": lambda f: f"{parts(f)[0]}.{_segment({**f.claims, 'sub': 'sk.coordinator'})}.{parts(f)[2]}",
    "header exchanged": lambda f: f"{_segment({**f.header, 'x': 1})}.{parts(f)[1]}.{parts(f)[2]}",
    "no signature": lambda f: ".".join((*parts(f)[:2], "")),
    "signature cut": lambda f: f.token()[:-2],
    "signature longer": lambda f: f.token() + "AAAA",
    "signature of zeros": lambda f: f.unsigned({}, b64(bytes(256))),
    "signature turned": lambda f: f.unsigned({}, b64(base64.urlsafe_b64decode(parts(f)[2] + "==")[::-1])),
    "signature with padding": lambda f: f.token() + "==",
    "signature with other characters": lambda f: f.token()[:-40] + "!*~" + f.token()[-40:],
    "signature in the other alphabet": lambda f: ".".join(
        (*parts(f)[:2], parts(f)[2].replace("-", "+").replace("_", "/") + "==")
    ),
    "a blank in the signature": lambda f: f.token()[:-40] + " " + f.token()[-40:],
    "a blank behind": lambda f: f.token() + " x",
    "a tab within": lambda f: f.token()[:-40] + "\t" + f.token()[-40:],
    "no claims between": lambda f: f"{parts(f)[0]}..{parts(f)[2]}",
    "two segments": lambda f: ".".join(parts(f)[:2]),
    "one segment": lambda f: parts(f)[0],
    "four segments": lambda f: f.token() + ".AAAA",
    "an empty fourth": lambda f: f.token() + ".",
    "five segments": lambda f: f.token() + ".AAAA.AAAA",
    "dots": lambda _: "..",
    "many dots": lambda _: "." * 8_000,
    "two tokens": lambda f: f"{f.token()},{f.token()}",
    "quoted": lambda f: f'"{f.token()}"',
    "no base64": lambda _: "%%%.%%%.%%%",
    "garbage": lambda _: "token",
    "nothing": lambda _: "",
    "null": lambda _: "null",
    "in JSON": general,
    "in JSON, flat": flattened,
    "encrypted": nested,
    "huge": lambda f: f.token(claims={"x": "x" * 8_192}),
    "very huge": lambda _: "A" * 1_000_000,
    "joserfc's default": lambda f: jwt.encode({"alg": "RS256", "kid": f.header["kid"]}, dict(f.claims), f.issuer._key),
}
BY_HEADER: dict[str, Callable[[Forge], list[tuple[str, bytes]]]] = {
    "none": lambda _: [],
    "empty": lambda _: [("Authorization", b"")],
    "scheme alone": lambda _: [("Authorization", b"Bearer")],
    "scheme and blank": lambda _: [("Authorization", b"Bearer ")],
    "no scheme": lambda f: [("Authorization", f.token().encode())],
    "Basic": lambda f: [("Authorization", b"Basic " + base64.b64encode(f"{PERSONA}:{f.token()}".encode()))],
    "another scheme": lambda f: [("Authorization", f"DPoP {f.token()}".encode())],
    "scheme joined": lambda f: [("Authorization", f"Bearer:{f.token()}".encode())],
    "scheme with a tab": lambda f: [("Authorization", f"Bearer\t{f.token()}".encode())],
    "two blanks": lambda f: [("Authorization", f"Bearer  {f.token()}".encode())],
    "two headers": lambda f: [("Authorization", f"Bearer {f.token()}".encode())] * 2,
    "two headers, one good": lambda f: [
        ("Authorization", b"Bearer x"),
        ("authorization", f"Bearer {f.token()}".encode()),
    ],
    "not ASCII": lambda _: [("Authorization", "Bearer é.é.é".encode())],
    "not UTF-8": lambda _: [("Authorization", b"Bearer \xff\xfe.\xff.\xff")],
    "a look-alike": lambda f: [("Authorization", f"\u0412earer {f.token()}".encode())],
    "another header": lambda f: [("X-Authorization", f"Bearer {f.token()}".encode())],
    "a proxy's header": lambda f: [("Proxy-Authorization", f"Bearer {f.token()}".encode())],
    "a cookie": lambda f: [("Cookie", f"access_token={f.token()}; Authorization=Bearer {f.token()}".encode())],
    "a forwarded user": lambda _: [("X-Forwarded-User", PERSONA.encode()), ("X-Remote-User", PERSONA.encode())],
    "a seat alone": lambda _: [("Baraza-Seat", SEAT.encode())],
}


@pytest.fixture(scope="module")
def forge(client: Client) -> Forge:
    return Forge(client)


async def ask(client: Client, headers: Any, *, path: str = "/graphql", body: Any = None) -> Any:
    return await client.http.post(path, json=body or QUERY, headers=headers)


def bearer(token: str) -> list[tuple[str, bytes]]:
    return [("Authorization", f"Bearer {token}".encode("utf-8", "surrogatepass"))]


async def refused(client: Client, answer: Any) -> None:
    """Told like one who sent nothing."""
    plain = await ask(client, [])
    assert answer.status_code == plain.status_code == 401
    assert answer.content == plain.content
    assert dict(answer.headers) == dict(plain.headers)
    (error,) = answer.json()["errors"]
    assert error == {"message": SENTENCES["UNAUTHENTICATED"][0], "extensions": {"code": "UNAUTHENTICATED"}}
    assert answer.headers["www-authenticate"] == "Bearer"


def silent(caplog: pytest.LogCaptureFixture, headers: list[tuple[str, bytes]]) -> None:
    """Of what was sent no part is logged, and no trace; a code may be."""
    ours = [
        record for record in caplog.records if record.name.partition(".")[0] not in {"httpx", "httpcore", "asyncio"}
    ]
    said = " ".join(f"{record.getMessage()} {record.exc_info or ''}" for record in ours)
    sent = re.findall(r"[\w-]{8,}", " ".join(value.decode("latin-1") for _, value in headers))
    assert not [part for part in sent if part in said]
    assert not re.search(rf"{PERSONA}|Traceback|Error|eyJ|\.py", said)


def test_there_are_enough_of_them() -> None:
    assert len(BY_TOKEN) + len(BY_HEADER) >= 120


@pytest.mark.parametrize("name", BY_TOKEN)
async def test_a_forged_token(client: Client, forge: Forge, name: str, caplog: pytest.LogCaptureFixture) -> None:
    headers = bearer(BY_TOKEN[name](forge))
    with caplog.at_level(logging.DEBUG):
        answer = await ask(client, headers)
    await refused(client, answer)
    silent(caplog, headers)


@pytest.mark.parametrize("name", BY_HEADER)
async def test_a_token_in_another_form(
    client: Client, forge: Forge, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    headers = BY_HEADER[name](forge)
    with caplog.at_level(logging.DEBUG):
        answer = await ask(client, headers)
    await refused(client, answer)
    silent(caplog, headers)


async def test_a_token_elsewhere_than_in_its_header(client: Client, forge: Forge) -> None:
    token = forge.token()
    await refused(client, await ask(client, [], path=f"/graphql?access_token={token}"))
    await refused(client, await ask(client, [], path=f"/graphql?Authorization=Bearer%20{token}"))
    await refused(client, await ask(client, [], body={**QUERY, "access_token": token, "extensions": {"token": token}}))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await client.http.post("/graphql", content=f"access_token={token}", headers=form)
    assert answer.status_code == 415


async def test_every_part_of_a_token_counts(client: Client, forge: Forge) -> None:
    """One character changed anywhere, at places spread over the token."""
    token = forge.token()
    for at in [*range(0, len(token) - 4, 37)]:
        other = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        assert (await ask(client, bearer(other))).status_code == 401, at


GOOD: dict[str, Callable[[Forge], str]] = {
    "as it is": lambda f: f"Bearer {f.token()}",
    "bearer": lambda f: f"bearer {f.token()}",
    "BEARER": lambda f: f"BEARER {f.token()}",
    "typ in capitals": lambda f: f"Bearer {f.token(header={'typ': 'AT+JWT'})}",
    "typ in full": lambda f: f"Bearer {f.token(header={'typ': 'application/at+jwt'})}",
    "within the leeway": lambda f: (
        f"Bearer {f.token(claims={'exp': int(time.time()) - 30, 'nbf': int(time.time()) + 30})}"
    ),
    "exp with a fraction": lambda f: f"Bearer {f.token(claims={'exp': NOW + 600.5})}",
    "without iat": lambda f: f"Bearer {f.token(claims={'iat': None})}",
    "for several": lambda f: f"Bearer {f.token(claims={'aud': ['other', 'baraza']})}",
    "without an id of the one key": lambda f: f"Bearer {f.token(header={'kid': None})}",
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
async def test_a_token_that_is_one(client: Client, forge: Forge, name: str) -> None:
    """Several audiences are taken where we are one of them; what a token says of its key or of rights is not read."""
    answer = await ask(client, {"Authorization": GOOD[name](forge)})
    assert answer.status_code == 200
    assert answer.json() == {"data": {"actingSeat": {"id": SEAT, "roles": ["CASE_OFFICER"]}}}


async def test_the_longest_subject_is_one_without_a_seat(client: Client, forge: Forge) -> None:
    for sub in ("s" * 255, "sk.officer ", " sk.officer", "SK.officer", "sk.officer\n", "é" * 200, "\u202e", "\0"):
        answer = await ask(client, bearer(forge.token(claims={"sub": sub})))
        assert answer.status_code == 403
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["NO_SEAT"]


async def test_who_asks_is_looked_at_before_what(client: Client) -> None:
    """Nothing of the body is read for one who is nobody; what kind of body it is, is said to everybody."""
    for body in (b"{", b"[]", b'{"query": "{ nothing }"}', b"\xff", b"x" * 2_000_000):
        headers = {"Content-Type": "application/json", "Content-Length": "10", "Authorization": "Bearer x"}
        await refused(client, await client.http.post("/graphql", content=body, headers=headers))


async def test_the_refusal_speaks_english_to_one_who_asks_for_it(client: Client) -> None:
    answer = await ask(client, {"Accept-Language": "en", "Authorization": "Bearer x"})
    assert answer.json()["errors"][0]["message"] == SENTENCES["UNAUTHENTICATED"][1]
