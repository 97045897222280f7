"""The issuer's keys: found, kept, changed, and there while it is away, slow or says what it should not."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from issuing import AUDIENCE, KEYS, METADATA, LoopbackIssuer, SigningKey, answer, b64, new_key

from api import issuers
from api.errors import RequestRefused
from api.identity import Trusted, Verifier, subject
from api.issuers import OidcIssuer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

OLD, NEW, FOREIGN = new_key("old"), new_key("new", "EC"), new_key("foreign")


class Service:
    """A verifier before the issuer, with a clock that a test sets."""

    def __init__(self, name: str) -> None:
        self.now = 0.0
        self.name = name
        self.oidc = OidcIssuer(name, clock=lambda: self.now)
        self.verifier = Verifier(Trusted(self.oidc, AUDIENCE))

    async def says(self, key: SigningKey, **changes: Any) -> str:
        """The subject of a token by the key, or the code that refuses it."""
        try:
            found = await self.verifier.subject(f"Bearer {key.token(self.name, 'sub', **changes)}")
        except RequestRefused as refusal:
            return refusal.code
        return "ok" if found == subject(self.name, "sub") else found


@pytest.fixture
async def issuer() -> AsyncIterator[LoopbackIssuer]:
    made = LoopbackIssuer([OLD])
    await made.come()
    yield made
    await made.go()


@pytest.fixture
def service(issuer: LoopbackIssuer) -> Service:
    return Service(issuer.name)


async def rounds(issuer: LoopbackIssuer, more: int) -> None:
    """Wait until it has been asked some times more."""
    until = issuer.rounds + more
    async with asyncio.timeout(30):
        while issuer.rounds < until:  # noqa: ASYNC110 - nobody asks in order to be heard
            await asyncio.sleep(0.02)


async def test_keys_are_asked_for_once(issuer: LoopbackIssuer, service: Service) -> None:
    assert [await service.says(OLD) for _ in range(5)] == ["ok"] * 5
    assert issuer.asked == [METADATA, KEYS]


async def test_a_new_key_works_at_once_and_a_withdrawn_one_no_more(issuer: LoopbackIssuer, service: Service) -> None:
    assert await service.says(OLD) == "ok"
    issuer.keys = [NEW]
    service.now = 10.0
    assert await service.says(NEW) == "ok"
    assert await service.says(OLD) == "UNAUTHENTICATED"


async def test_an_unknown_id_is_a_reason_to_ask_every_ten_seconds(issuer: LoopbackIssuer, service: Service) -> None:
    assert await service.says(OLD) == "ok"
    for now, rounds in ((0.0, 1), (9.9, 1), (10.0, 2), (19.9, 2), (20.0, 3)):
        service.now = now
        assert await service.says(FOREIGN) == "UNAUTHENTICATED"
        assert issuer.rounds == rounds


async def test_a_flood_of_unknown_ids_is_one_question(issuer: LoopbackIssuer, service: Service) -> None:
    assert await service.says(OLD) == "ok"
    service.now = 10.0
    flood = [service.says(FOREIGN, header={"kid": f"unknown {number}"}) for number in range(300)]
    said = await asyncio.gather(*flood, service.says(OLD))
    assert said == ["UNAUTHENTICATED"] * 300 + ["ok"]
    assert issuer.rounds == 2


async def test_who_gives_up_takes_the_answer_from_nobody(issuer: LoopbackIssuer, service: Service) -> None:
    waiting = [asyncio.create_task(service.says(OLD)) for _ in range(20)]
    await asyncio.sleep(0)
    for task in waiting[:10]:
        task.cancel()
    assert await asyncio.gather(*waiting[10:]) == ["ok"] * 10
    assert issuer.rounds == 1


async def test_only_a_token_that_names_the_issuer_is_a_reason_to_ask(issuer: LoopbackIssuer, service: Service) -> None:
    for changes in ({"iss": "https://issuer.example"}, {"header": {"typ": "JWT"}}, {"header": {"alg": "none"}}):
        assert await service.says(OLD, **changes) == "UNAUTHENTICATED"
    assert issuer.asked == []


async def test_known_keys_work_while_the_issuer_is_away(issuer: LoopbackIssuer, service: Service) -> None:
    assert await service.says(OLD) == "ok"
    await issuer.go()
    for service.now in (10.0, 1e6):
        assert await service.says(NEW) == "UNAUTHENTICATED"
        assert await service.says(OLD) == "ok"
    issuer.keys = [OLD, NEW]
    await issuer.come()
    service.now += 10.0
    assert [await service.says(NEW), await service.says(OLD)] == ["ok", "ok"]


async def test_an_issuer_that_has_never_been_there(issuer: LoopbackIssuer, service: Service) -> None:
    await issuer.go()
    with pytest.raises(RequestRefused) as refused:
        await service.verifier.subject(f"Bearer {OLD.token(service.name, 'sub')}")
    assert (refused.value.code, refused.value.status) == ("ISSUER_AWAY", 503)
    assert refused.value.headers == {"Retry-After": "10"}
    await issuer.come()
    assert await service.says(OLD) == "ISSUER_AWAY"
    assert issuer.asked == []
    service.now = 10.0
    assert await service.says(OLD) == "ok"


def listed(*keys: Any) -> bytes:
    return answer({"keys": list(keys)})


def signing(private: Any, **more: Any) -> dict[str, Any]:
    return {**SigningKey("old", private).published, **more}


P384 = ec.generate_private_key(ec.SECP384R1())
WITH_PRIVATE_PART = signing(OLD.private, d=b64(b"\1" * 256))
SECRET = {"kty": "oct", "k": b64(b"k" * 32), "kid": "old", "alg": "HS256", "use": "sig"}
GZIP = {"Content-Encoding": "gzip"}
DEEP = b'{"keys":' + b"[" * 100_000 + b"]" * 100_000 + b"}"

LIES: dict[str, tuple[str, str, Callable[[LoopbackIssuer], bytes]]] = {
    "no metadata": (METADATA, "STATUS", lambda _: answer({}, "404 Not Found")),
    "an error": (METADATA, "STATUS", lambda _: answer({}, "500 Internal Server Error")),
    "an error with metadata": (METADATA, "STATUS", lambda i: answer(i.metadata, "503 Service Unavailable")),
    "no content": (METADATA, "STATUS", lambda i: answer(i.metadata, "206 Partial Content")),
    "garbage": (METADATA, "NOT_JSON", lambda _: answer(b"<html>sign in to this network</html>")),
    "no HTTP": (METADATA, "UNREACHABLE", lambda _: b"\0\1\2\3\r\n\r\n"),
    "no text": (METADATA, "NOT_JSON", lambda _: answer(b"\xff\xfe\0")),
    "a list": (METADATA, "NOT_JSON", lambda i: answer([i.metadata])),
    "null": (METADATA, "NOT_JSON", lambda _: answer(b"null")),
    "half of it": (METADATA, "UNREACHABLE", lambda i: answer(i.metadata)[:-5]),
    "great depth": (METADATA, "NOT_JSON", lambda _: answer(DEEP)),
    "another place": (METADATA, "STATUS", lambda i: answer({}, "302 Found", Location=i.name + "/elsewhere")),
    "another issuer": (METADATA, "ANOTHER_ISSUER", lambda i: answer({**i.metadata, "issuer": "https://issuer.example"})),
    "its name with a slash": (METADATA, "ANOTHER_ISSUER", lambda i: answer({**i.metadata, "issuer": i.name + "/"})),
    "its name in capitals": (METADATA, "ANOTHER_ISSUER", lambda i: answer({**i.metadata, "issuer": i.name.upper()})),
    "its name in a list": (METADATA, "ANOTHER_ISSUER", lambda i: answer({**i.metadata, "issuer": [i.name]})),
    "no name": (METADATA, "ANOTHER_ISSUER", lambda i: answer({"jwks_uri": i.name + "/keys"})),
    "no place of keys": (METADATA, "JWKS_URI", lambda i: answer({"issuer": i.name})),
    "a list of places": (METADATA, "JWKS_URI", lambda i: answer({**i.metadata, "jwks_uri": [i.name + "/keys"]})),
    "keys without TLS": (METADATA, "JWKS_URI", lambda i: answer({**i.metadata, "jwks_uri": "http://192.0.2.1/keys"})),
    "keys in a file": (METADATA, "JWKS_URI", lambda i: answer({**i.metadata, "jwks_uri": "file:///etc/passwd"})),
    "keys for a user": (METADATA, "JWKS_URI", lambda i: answer({**i.metadata, "jwks_uri": "https://a:b@127.0.0.1/k"})),
    "keys at no address": (METADATA, "JWKS_URI", lambda i: answer({**i.metadata, "jwks_uri": "https://[::1/keys"})),
    "keys at a look-alike": (
        METADATA, "JWKS_URI", lambda i: answer({**i.metadata, "jwks_uri": "http://127.0.0.1.example/keys"})
    ),
    "keys nowhere": (METADATA, "UNREACHABLE", lambda i: answer({**i.metadata, "jwks_uri": "https://127.0.0.1:1/keys"})),
    "huge": (METADATA, "TOO_LARGE", lambda i: answer({**i.metadata, "x": "x" * 300_000})),
    "without end": (METADATA, "TOO_LARGE", lambda _: b"HTTP/1.1 200 OK\r\n\r\n" + b" " * 400_000),
    "compressed": (METADATA, "NOT_JSON", lambda i: answer(gzip.compress(json.dumps(i.metadata).encode()), **GZIP)),
    "keys with an error": (KEYS, "STATUS", lambda _: answer({}, "500 Internal Server Error")),
    "keys elsewhere": (KEYS, "STATUS", lambda i: answer({}, "307 Temporary Redirect", Location=i.name + "/elsewhere")),
    "no list of keys": (KEYS, "NO_KEYS", lambda _: answer({"keys": {"old": OLD.published}})),
    "no keys": (KEYS, "NO_KEYS", lambda _: listed()),
    "huge keys": (KEYS, "TOO_LARGE", lambda _: listed({**OLD.published, "x5c": ["A" * 300_000]})),
    "keys that are none": (KEYS, "NO_KEYS", lambda _: listed(None, 1, "key", [], {}, [OLD.published])),
    "a secret": (KEYS, "NO_KEYS", lambda _: listed(SECRET)),
    "a private key": (KEYS, "NO_KEYS", lambda _: listed(WITH_PRIVATE_PART)),
    "a small key": (
        KEYS, "NO_KEYS", lambda _: listed(signing(rsa.generate_private_key(public_exponent=65537, key_size=1024)))
    ),
    "a vast key": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "n": b64(b"\xff" * 4_000)})),
    "an exponent of one": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "e": "AQ"})),
    "a key for encryption": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "use": "enc"})),
    "a key for another operation": (KEYS, "NO_KEYS", lambda _: listed(signing(OLD.private, key_ops=["sign"]))),
    "a key for another algorithm": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "alg": "RS512"})),
    "a key for HS256": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "alg": "HS256"})),
    "another curve": (KEYS, "NO_KEYS", lambda _: listed(signing(P384))),
    "a point beside the curve": (KEYS, "NO_KEYS", lambda _: listed({**NEW.published, "y": NEW.published["x"]})),
    "an id that is a number": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "kid": 1})),
    "an unknown kind": (KEYS, "NO_KEYS", lambda _: listed({**OLD.published, "kty": "AKP"})),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
async def test_an_issuer_that_says_what_it_should_not(
    issuer: LoopbackIssuer, service: Service, lie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is as if it were away; why is a code in the log, said once."""
    where, code, said = LIES[lie]
    issuer.says = lambda path: said(issuer) if path == where else None
    assert await service.says(OLD) == "ISSUER_AWAY"
    service.now = 10.0
    assert await service.says(OLD) == "ISSUER_AWAY"
    assert [r.getMessage() for r in caplog.records if r.name == "baraza.issuers"] == [f"the OIDC issuer's keys: {code}"]
    assert not {path for path in issuer.asked if "elsewhere" in path}
    issuer.says = lambda _: None
    service.now = 20.0
    assert await service.says(OLD) == "ok"
    issuer.says = lambda path: said(issuer) if path == where else None
    service.now = 30.0
    assert await service.says(FOREIGN) == "UNAUTHENTICATED"
    assert await service.says(OLD) == "ok"


@pytest.mark.parametrize("where", [METADATA, KEYS])
async def test_an_issuer_that_is_slow(
    issuer: LoopbackIssuer, service: Service, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "SECONDS", 0.3)
    issuer.says = lambda path: b"" if path == where else None
    assert await asyncio.wait_for(asyncio.gather(*(service.says(OLD) for _ in range(50))), 2) == ["ISSUER_AWAY"] * 50
    assert issuer.rounds == 1


async def test_an_issuer_that_speaks_slowly(
    issuer: LoopbackIssuer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then is no answer either."""
    monkeypatch.setattr(issuers, "SECONDS", 0.4)
    issuer.pace = 0.05
    assert await asyncio.wait_for(service.says(OLD), 2) == "ISSUER_AWAY"
    assert issuer.asked == [METADATA]


async def test_one_question_at_a_time(
    issuer: LoopbackIssuer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "SECONDS", 0.5)
    issuer.says = lambda _: b""
    first = asyncio.create_task(service.says(OLD))
    await rounds(issuer, 1)
    service.now = 10.0
    assert [await service.says(OLD), await first] == ["ISSUER_AWAY"] * 2
    assert issuer.rounds == 1


async def test_good_keys_among_others(issuer: LoopbackIssuer, service: Service) -> None:
    """Keycloak publishes one for encryption beside the one that it signs with."""
    others = [{**FOREIGN.published, "use": "enc", "alg": "RSA-OAEP"}, SECRET, {"kty": "OKP", "crv": "Ed25519"}, 7]
    issuer.says = lambda path: listed(*others, OLD.published, NEW.published) if path == KEYS else None
    assert [await service.says(key) for key in (OLD, NEW, FOREIGN)] == ["ok", "ok", "UNAUTHENTICATED"]


async def test_more_keys_than_anybody_needs(issuer: LoopbackIssuer, service: Service) -> None:
    many = [SigningKey(f"key {number}", NEW.private).published for number in range(500)]
    issuer.says = lambda path: listed(*many) if path == KEYS else None
    said = [await service.says(NEW, header={"kid": f"key {number}"}) for number in (0, 63, 64, 499)]
    assert said == ["ok", "ok", "UNAUTHENTICATED", "UNAUTHENTICATED"]


async def test_a_key_without_an_id(issuer: LoopbackIssuer, service: Service) -> None:
    issuer.keys = [SigningKey(None, OLD.private)]
    assert await service.says(issuer.keys[0]) == "ok"
    assert await service.says(OLD) == "UNAUTHENTICATED"


async def test_a_withdrawn_key_ends_though_nobody_asks(
    issuer: LoopbackIssuer, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "FOLLOW", 0.05)
    monkeypatch.setattr(issuers, "PAUSE", 0.0)
    following = asyncio.create_task(service.oidc.follow())
    await rounds(issuer, 2)
    assert await service.says(OLD) == "ok"
    issuer.keys = [NEW]
    await rounds(issuer, 2)
    following.cancel()
    monkeypatch.setattr(issuers, "PAUSE", 1e9)
    assert await service.says(OLD) == "UNAUTHENTICATED"


async def test_proxies_of_the_environment_are_not_asked(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert await service.says(OLD) == "ok"


async def test_by_https_the_issuer_is_who_it_says_or_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = own_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    issuer = LoopbackIssuer([OLD], tls=context)
    await issuer.come()
    service = Service(issuer.name)
    assert await service.says(OLD) == "ISSUER_AWAY"
    assert "UNREACHABLE" in caplog.text
    monkeypatch.setattr(issuers, "_system_tls", lambda: ssl.create_default_context(cafile=certificate))
    service.now = 10.0
    assert await service.says(OLD) == "ok"
    await issuer.go()


def own_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime.now(UTC) - timedelta(hours=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, begins + timedelta(days=1))
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file
