"""The edge: what is answered with which status, in which form, and how it says that it cannot now."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from acting import Team, contents, found, operation, owner, written
from conftest import endpoint_of
from graphql import get_introspection_query
from pydantic import SecretStr

from api.asgi import build
from api.demo.roster import PERSONAS, demo_id
from api.errors import StartRefused
from api.graph.limits import Limits
from api.identity import DEVELOPMENT_ISSUER, DevelopmentIssuer, subject
from api.seat import Category, Role
from api.seats import actions as seats
from api.seats.rules import Holder, Post
from api.sentences import SENTENCES
from api.settings import Settings
from api.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from conftest import Client

    from api.running import Urls

BODY_BYTES = 1_048_576
PLAIN, STRICT = "application/json", "application/graphql-response+json"
MEETING = operation(("scheduleMeeting", {"kind": "AD_HOC", "scheduledOn": "2024-04-10"}))
SEATS = {persona.name: f"Seat:{persona.seat_id}" for persona in PERSONAS}


@pytest.fixture(scope="module")
async def team(store: Store, settings: Settings, client: Client) -> Team:
    return await found(store, settings, client, "end")


@asynccontextmanager
async def served(settings: Settings, store: Store) -> AsyncIterator[httpx.AsyncClient]:
    """Another application of the same issuer, asked as an officer."""
    token = DevelopmentIssuer(settings.issuer_key).token("sk.officer", "baraza")
    transport = httpx.ASGITransport(app=build(settings, store))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as http:
        yield http


def codes(answer: httpx.Response) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json()["errors"]]


async def test_health_and_readiness(client: Client) -> None:
    healthy, ready = await client.http.get("/healthz"), await client.http.get("/readyz")
    assert (healthy.status_code, healthy.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    for path in ("/healthz", "/readyz"):
        assert (await client.http.post(path)).status_code == 405
    for path in ("/", "/docs", "/redoc", "/openapi.json", "/graphql/x", "/schema", "/metrics"):
        assert (await client.http.get(path)).status_code in {404, 405}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/nothing", 404),
        ("POST", "/healthz", 405),
        ("GET", "/graphql", 405),
        ("POST", "/graphql", 415),
    ],
)
async def test_every_answer_carries_the_headers(client: Client, method: str, path: str, status: int) -> None:
    answer = await client.http.request(method, path)
    assert answer.status_code == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert not {"access-control-allow-origin", "server", "x-powered-by", "set-cookie"} & set(answer.headers)


async def test_no_answer_is_kept_or_shared(team: Team) -> None:
    for source in ("{ actingSeat { id } }", "{ nothing }", "{ __typename }"):
        answer = await team.post("officer", source, Origin="https://front-end.example")
        assert answer.headers["cache-control"] == "no-store"
        told = {name.strip().lower() for name in answer.headers["vary"].split(",")}
        assert {"accept", "accept-language", "authorization", "baraza-seat"} <= told
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers


FORMS = [
    (None, PLAIN),
    ("*/*", PLAIN),
    ("application/json", PLAIN),
    ("", PLAIN),
    ("application/*", PLAIN),
    ("Application/JSON", PLAIN),
    # What widespread clients send: axios, a browser's fetch of a page, older Java, Apollo, the specification's advice.
    ("application/json, text/plain, */*", PLAIN),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", PLAIN),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", PLAIN),
    ("application/graphql-response+json,application/json;q=0.9", STRICT),
    (f"{STRICT}; charset=utf-8, {PLAIN}; charset=utf-8", STRICT),
    ("multipart/mixed;deferSpec=20220824,application/json", PLAIN),
    (STRICT, STRICT),
    (f"{STRICT}, {PLAIN};q=0.9", STRICT),
    (f"{PLAIN};q=0.9, {STRICT}", STRICT),
    (f"{PLAIN}, {STRICT};q=0.9", PLAIN),
    (f"{PLAIN};q=0.2, {STRICT} ; Q=0.3", STRICT),
    (f"{PLAIN}, {STRICT}", STRICT),
    (f"{STRICT}; charset=utf-8", STRICT),
    (f"{STRICT}, */*", STRICT),
    (f"{STRICT};q=0.1, */*", PLAIN),
    (f"{STRICT};q=0, */*", PLAIN),
    (f"{PLAIN};q=0, */*", STRICT),
    (f"{PLAIN};q=0.1, application/*;q=0.5", STRICT),
    (f"{STRICT};q=0, {PLAIN};q=0.001", PLAIN),
    (f"application/graphql-response+jsonx, {PLAIN}", PLAIN),
    (f"{STRICT};q=2, {PLAIN};q=0.1", PLAIN),
]
NO_FORMS = ["text/html", "application/xml", "x", "application/json;q=0", f"{STRICT};q=0", "*/*;q=0", "image/*, text/*"]


@pytest.mark.parametrize(("accept", "form"), FORMS)
async def test_the_form_of_an_answer_is_the_one_asked_for(team: Team, accept: str | None, form: str) -> None:
    for source in ("{ __typename }", "{ nothing }", "{ actingSeat { id } }"):
        answer = await team.post("officer", source, **({"Accept": accept} if accept else {}))
        assert answer.headers["content-type"] == f"{form}; charset=utf-8"
        assert answer.headers["content-length"] == str(len(answer.content))
        answer.json()


@pytest.mark.parametrize("accept", NO_FORMS)
async def test_who_takes_no_form_of_ours_is_told_before_anything_is_done(
    client: Client, team: Team, urls: Urls, accept: str
) -> None:
    before = await contents(urls)
    answer = await team.post("officer", *MEETING, Accept=accept)
    assert (answer.status_code, codes(answer)) == (406, ["NOT_ACCEPTABLE"])
    assert answer.headers["content-type"] == f"{PLAIN}; charset=utf-8"
    async with raw(client, unread(), accept=accept) as unseen:
        assert unseen["status"] == 406
    assert await written(urls, before) == {}


STATUSES: list[tuple[str, dict[str, Any], dict[str, str], str, int, int]] = [
    ("{", {}, {}, "DOCUMENT_SYNTAX", 200, 400),
    ("{ nothing }", {}, {}, "DOCUMENT_INVALID", 200, 400),
    ("query($x: ID!) { node(id: $x) { id } }", {}, {}, "VARIABLES_INVALID", 200, 400),
    ("query a { __typename } query b { __typename }", {}, {}, "OPERATION_UNKNOWN", 200, 400),
    ("{ __typename " * 13 + "}" * 13, {}, {}, "DOCUMENT_TOO_DEEP", 200, 400),
    ("{ " + "a: __typename " * 31 + "}", {}, {}, "TOO_MANY_ALIASES", 200, 400),
    ("{ ...f } fragment f on Query { ...f }", {}, {}, "FRAGMENT_CYCLE", 200, 400),
    ("{ __typename }", {"x": "\0"}, {}, "TEXT_INVALID", 200, 400),
    ('{ requests(after: "x") { totalCount } }', {}, {}, "CURSOR_INVALID", 200, 200),
    ("{ requests(first: -1) { totalCount } }", {}, {}, "PAGE_INVALID", 200, 200),
    (" ", {}, {}, "DOCUMENT_MISSING", 400, 400),
    ("{ __typename }", {}, {"Idempotency_Key": ""}, "KEY_INVALID", 400, 400),
    ("{ actingSeat { id } }", {}, {"Authorization": "Bearer x"}, "UNAUTHENTICATED", 401, 401),
    ("{ actingSeat { id } }", {}, {"Baraza_Seat": "x"}, "NO_SEAT", 403, 403),
    ("{ actingSeat { id } }", {}, {"Content_Encoding": "gzip"}, "ENCODING_REFUSED", 415, 415),
]


@pytest.mark.parametrize(("source", "variables", "headers", "code", "plain", "strict"), STATUSES)
async def test_the_status_of_a_refusal(  # noqa: PLR0913 - a row of the table
    team: Team, source: str, variables: Any, headers: dict[str, str], code: str, plain: int, strict: int
) -> None:
    """Clients of `application/json` are told a status only where the request itself was none; and where there is
    `data`, be it null, the operation was executed (GraphQL over HTTP, section 6.4)."""
    for accept, status in ((PLAIN, plain), (STRICT, strict)):
        answer = await team.post("officer", source, variables, Accept=accept, **headers)
        assert codes(answer) == [code]
        assert (answer.status_code, accept) == (status, accept)


async def test_an_answer_in_part_is_an_answer(team: Team) -> None:
    source = '{ actingSeat { id organisation { seats(after: "x") { totalCount } } } groups { totalCount } }'
    for accept in (PLAIN, STRICT):
        answer = await team.post("officer", source, Accept=accept)
        assert (answer.status_code, codes(answer)) == (200, ["CURSOR_INVALID"])
        assert answer.json()["data"]["actingSeat"]["organisation"] is None
        assert answer.json()["data"]["groups"]["totalCount"] > 1
        assert answer.json()["errors"][0]["path"] == ["actingSeat", "organisation", "seats"]


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (None, 0),
        ("fr", 0),
        ("en", 1),
        ("en-GB", 1),
        ("EN", 1),
        ("en-GB,en;q=0.9,fr;q=0.8", 1),
        ("fr-CD,fr;q=0.9,en;q=0.8", 0),
        ("sw-CD, ln;q=0.9", 0),
        ("fr;q=0.1, en;q=0.9", 1),
        ("fr;q=0.1, en; q=0.9", 1),
        ("en;q=0", 0),
        ("english", 0),
        ("", 0),
        ("*", 0),
        ("x" * 5_000, 0),
        ("en-GB;q=0.8, fr-CD;q=0.9", 0),
        ("fr-CD;q=0.7, en-CD;q=0.8", 1),
        ("en;q=0.5, *;q=0.8", 0),
        ("sw, en;q=0.5, *;q=0.1", 1),
        ("fr;q=0, *", 1),
        ("fr;q=0", 0),
        ("fr;q=0, en;q=0", 0),
        ("en-US-x-twain, fr;q=0.9", 1),
        ("x-en, fr;q=0.1", 0),
        ("en;q=1.5, fr;q=0.1", 0),
        ("en;q=x, fr;q=0.001", 0),
        ("en;level=1;q=0.2, fr;q=0.3", 0),
        ("en_GB", 0),
        (",,;q=1,en", 1),
        ("x," * 20 + "en", 0),
    ],
)
async def test_the_language_of_a_sentence(team: Team, wanted: str | None, language: int) -> None:
    """French, unless English is preferred to it; the answer says which it is, whatever it is an answer to."""
    headers = {} if wanted is None else {"Accept_Language": wanted}
    for source, code in ((" ", "DOCUMENT_MISSING"), ("{", "DOCUMENT_SYNTAX"), ("{ nothing }", "DOCUMENT_INVALID")):
        answer = await team.post("officer", source, **headers)
        assert answer.json()["errors"][0]["message"].startswith(SENTENCES[code][language])
        assert answer.headers["content-language"] == ("fr", "en")[language]
    answer = await team.post("officer", "{ __typename }", **headers)
    assert (answer.status_code, answer.headers["content-language"]) == (200, ("fr", "en")[language])


async def test_several_headers_are_one_list(team: Team) -> None:
    sent = [
        ("Authorization", f"Bearer {team.token('officer')}"),
        *(("Accept", accept) for accept in (f"{PLAIN};q=0.5", STRICT)),
        *(("Accept-Language", wanted) for wanted in ("fr;q=0.5", "en")),
    ]
    answer = await team.client.http.post("/graphql", json={"query": "{ nothing }"}, headers=sent)
    assert (answer.status_code, answer.headers["content-type"]) == (400, f"{STRICT}; charset=utf-8")
    assert answer.headers["content-language"] == "en"


# The body


@asynccontextmanager
async def raw(client: Client, messages: Any, app: Any = None, **headers: str) -> AsyncIterator[Mapping[str, Any]]:
    """Ask the application itself, with a body that comes as `messages` gives it; yields status and body."""
    named = {"content-type": PLAIN, "authorization": f"Bearer {client.token('sk.officer')}", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "query_string": b"",
        "root_path": "",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in named.items()],
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return await anext(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    await (app or client.http._transport.app)(scope, receive, send)  # type: ignore[attr-defined]
    yield {"status": sent[0]["status"], "body": json.loads(b"".join(part.get("body", b"") for part in sent[1:]))}


async def chunks(*parts: bytes, pause: float = 0) -> AsyncIterator[dict[str, Any]]:
    for part in parts:
        await asyncio.sleep(pause)
        yield {"type": "http.request", "body": part, "more_body": True}
    await asyncio.sleep(pause)
    yield {"type": "http.request", "body": b"", "more_body": False}


async def unread() -> AsyncIterator[dict[str, Any]]:
    raise AssertionError("the body was read")
    yield {}


GOOD = json.dumps({"query": "{ __typename }"}).encode()


def filled(size: int) -> bytes:
    return GOOD[:-1] + b" " * (size - len(GOOD)) + b"}"


async def test_a_body_at_the_bound_is_read_and_one_above_is_refused(client: Client) -> None:
    for size, status in ((BODY_BYTES, 200), (BODY_BYTES + 1, 413)):
        for headers in ({}, {"content_length": str(size)}, {"content_length": "10"}):
            body = filled(size)
            parts = [body[at : at + 65_536] for at in range(0, size, 65_536)]
            async with raw(client, chunks(*parts), **headers) as answer:
                assert answer["status"] == status
    assert answer["body"]["errors"][0]["extensions"] == {"code": "BODY_TOO_LARGE", "limit": BODY_BYTES}


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (str(BODY_BYTES + 1), 413),
        ("9" * 30, 413),
        ("-1", 400),
        ("x", 400),
        ("", 400),
        ("1e3", 400),
        ("0x10", 400),
        ("1, 1", 400),
    ],
)
async def test_a_length_above_the_bound_is_refused_unread(client: Client, length: str, status: int) -> None:
    async with raw(client, unread(), content_length=length) as answer:
        assert answer["status"] == status


async def test_nobodys_body_is_not_read(client: Client) -> None:
    async with raw(client, unread(), authorization="Bearer x") as answer:
        assert answer["status"] == 401


async def test_an_endless_body_is_left_at_the_bound(client: Client) -> None:
    read = []

    async def endless() -> AsyncIterator[dict[str, Any]]:
        while True:
            read.append(1)
            yield {"type": "http.request", "body": b" " * 65_536, "more_body": True}

    async with raw(client, endless()) as answer:
        assert answer["status"] == 413
    assert len(read) == BODY_BYTES // 65_536 + 1


SLOW = [GOOD[at : at + 1] for at in range(len(GOOD))]
PAUSE = 0.04
"""Between the bytes: 25 of them a second, for more than a second."""


@pytest.mark.parametrize(
    ("bounds", "status"),
    [
        ({"body_silence": 0.3, "body_rate": 10, "body_seconds": 20.0}, 200),
        ({"body_silence": PAUSE / 2, "body_rate": 10, "body_seconds": 20.0}, 408),
        ({"body_silence": 0.3, "body_rate": 500, "body_seconds": 20.0}, 408),
        ({"body_silence": 0.3, "body_rate": 10, "body_seconds": 0.5}, 408),
    ],
    ids=["a poor link", "silence", "a trickle", "no end"],
)
async def test_a_body_may_be_slow_but_not_for_ever(client: Client, bounds: dict[str, Any], status: int) -> None:
    """A poor link is waited for as long as something comes; who holds the connection open is not."""
    begun = time.monotonic()
    app = replace(graphql_of(client), limits=Limits(**bounds))
    async with raw(client, chunks(*SLOW, pause=PAUSE), app=app, accept_language="en") as answer:
        assert answer["status"] == status
        assert (time.monotonic() - begun > PAUSE * len(SLOW)) == (status == 200)
    if status == 200:
        assert answer["body"]["data"] == {"__typename": "Query"}
    else:
        said = {"message": SENTENCES["BODY_INCOMPLETE"][1], "extensions": {"code": "BODY_INCOMPLETE"}}
        assert answer["body"]["errors"] == [said]


def test_a_body_of_full_size_comes_in_time_over_a_poor_link() -> None:
    """400 ms and 4 kB/s (SECURITY 8)."""
    limits = Limits()
    assert limits.body_bytes / 4_000 < limits.body_seconds
    assert limits.body_rate < 4_000


def graphql_of(client: Client) -> Any:
    return endpoint_of(client.http._transport.app)  # type: ignore[attr-defined]


async def test_a_body_that_breaks_off_is_not_done(client: Client, urls: Urls) -> None:
    async def broken() -> AsyncIterator[dict[str, Any]]:
        whole = json.dumps({"query": MEETING[0], "variables": MEETING[1]}).encode()
        yield {"type": "http.request", "body": whole, "more_body": True}
        yield {"type": "http.disconnect"}

    before = await contents(urls)
    async with raw(client, broken()) as answer:
        assert answer["status"] == 400
    assert await written(urls, before) == {}


# The schema


def introspected(answer: httpx.Response) -> bool:
    return "__schema" in (answer.json().get("data") or {})


async def test_the_schema_is_shown_in_development_and_hidden_by_a_setting(settings: Settings, store: Store) -> None:
    asked = {"query": get_introspection_query()}
    async with served(settings, store) as http:
        assert introspected(await http.post("/graphql", json=asked))
    hidden = settings.model_copy(update={"introspection": False})
    async with served(hidden, store) as http:
        for source in (
            asked["query"],
            "{ __schema { queryType { name } } }",
            '{ __type(name: "Query") { name } }',
            "{ ...f } fragment f on Query { __schema { description } }",
            "{ x: __schema { description } }",
        ):
            answer = await http.post("/graphql", json={"query": source})
            assert set(codes(answer)) == {"DOCUMENT_INVALID"}
            assert "data" not in answer.json()
        answer = await http.post("/graphql", json={"query": "{ __typename actingSeat { __typename } }"})
        assert answer.json()["data"] == {"__typename": "Query", "actingSeat": {"__typename": "Seat"}}
        answer = await http.post("/graphql", json={"query": "{ actingSeet { id } requests(fist: 1) { totalCount } }"})
        assert "Did you mean" not in answer.text


def test_production_shows_no_schema_and_has_no_issuer_of_ours(settings: Settings, store: Store) -> None:
    production = settings.model_copy(update={"mode": "production"})
    assert not production.shows_schema
    assert not Settings().shows_schema
    with pytest.raises(StartRefused):
        build(production, store)


# The database


@pytest.fixture
async def away(store: Store) -> AsyncIterator[Store]:
    """A store whose server is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = SecretStr(f"postgresql://baraza_app:hush-hush@127.0.0.1:{port}/baraza")
    gone = Store(url, store.keyring, size=2, wait=0.2)
    yield gone
    await gone.close()


async def test_what_asks_for_no_row_takes_no_connection(settings: Settings, away: Store) -> None:
    async with served(settings, away) as http:
        for source in (
            "{ __typename }",
            "{ a: __typename b: __typename }",
            "mutation { __typename }",
            get_introspection_query(),
            '{ __type(name: "Case") { fields { name } } }',
            "query($x: Boolean = true) { __typename @include(if: $x) }",
        ):
            answer = await http.post("/graphql", json={"query": source})
            assert answer.status_code == 200
            assert "errors" not in answer.json()
        for source in ("{ nothing }", "{", "{ requests(first: $x) { totalCount } }"):
            assert codes(await http.post("/graphql", json={"query": source}))[0].startswith("DOCUMENT_")


@pytest.mark.parametrize("accept", [PLAIN, STRICT])
async def test_a_database_that_is_away_is_said_at_once(
    settings: Settings, away: Store, accept: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(settings, away) as http:
        begun = time.monotonic()
        for source, variables in (("{ actingSeat { id } }", {}), ("{ __typename groups { totalCount } }", {}), MEETING):
            answer = await http.post(
                "/graphql", json={"query": source, "variables": variables}, headers={"Accept": accept}
            )
            assert (answer.status_code, codes(answer), answer.headers["retry-after"]) == (503, ["DATABASE_AWAY"], "2")
            assert answer.json().get("data") is None
            assert answer.json()["errors"][0]["message"] == SENTENCES["DATABASE_AWAY"][0]
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "away"})
        assert (await http.get("/healthz")).status_code == 200
        assert time.monotonic() - begun < 2
    assert "hush-hush" not in caplog.text


async def test_a_full_pool_sheds_and_recovers(urls: Urls, settings: Settings, store: Store) -> None:
    narrow = Store(urls.app, store.keyring, size=1, wait=0.2)
    try:
        async with served(settings, narrow) as http:
            async with narrow.operation(subject(DEVELOPMENT_ISSUER, "sk.officer"), None, write=False):
                begun = time.monotonic()
                asked = {"query": "{ actingSeat { id } }"}
                answers = await asyncio.gather(*(http.post("/graphql", json=asked) for _ in range(5)))
                assert time.monotonic() - begun < 1
                for answer in answers:
                    assert (answer.status_code, codes(answer), answer.headers["retry-after"]) == (503, ["BUSY"], "1")
                assert (await http.post("/graphql", json={"query": "{ __typename }"})).status_code == 200
                assert (await http.get("/healthz")).status_code == 200
            answer = await http.post("/graphql", json={"query": "{ actingSeat { id } }"})
            assert answer.json()["data"] == {"actingSeat": {"id": SEATS["sk.officer"]}}
    finally:
        await narrow.close()


# The seat


async def test_somebody_elses_seat_is_no_seat(client: Client) -> None:
    """One answer, byte for byte, whether the seat is another's, another group's, or none at all."""
    asked = "{ actingSeat { id } }"
    seats = [SEATS["sk.coordinator"], SEATS["lub.coordinator"], f"Seat:{uuid4()}", str(uuid4())]
    odd = ["", "Seat:", "x", "Case:" + str(uuid4()), "' OR true --", "\u00e9", "0" * 5_000]
    answers = [await client.post("sk.officer", asked, Baraza_Seat=seat) for seat in seats]
    unknown = await client.post("nobody", asked)
    assert (unknown.status_code, codes(unknown)) == (403, ["NO_SEAT"])
    assert {(answer.status_code, answer.content) for answer in answers} == {(403, unknown.content)}
    for seat in odd:
        answer = await client.post("sk.officer", asked, Baraza_Seat=seat.encode())
        assert (answer.status_code, answer.json()["errors"]) == (403, unknown.json()["errors"])
    for own in (SEATS["sk.officer"], SEATS["sk.officer"].removeprefix("Seat:")):
        answer = await client.post("sk.officer", asked, Baraza_Seat=own)
        assert answer.json()["data"] == {"actingSeat": {"id": SEATS["sk.officer"]}}


async def test_two_seats_are_no_choice(client: Client) -> None:
    headers = [
        ("Authorization", f"Bearer {client.token('sk.officer')}"),
        ("Baraza-Seat", SEATS["sk.coordinator"]),
        ("Baraza-Seat", SEATS["sk.officer"]),
    ]
    answer = await client.http.post("/graphql", json={"query": "{ actingSeat { id } }"}, headers=headers)
    assert (answer.status_code, codes(answer)) == (403, ["NO_SEAT"])


async def _give(op: Any, seat_id: Any, holder: str, valid_from: date) -> None:
    await seats.give(
        op,
        group_id=op.group_id,
        seat_id=seat_id,
        holder=Holder("Asha Mfano", subject(DEVELOPMENT_ISSUER, holder), invented=True),
        post=Post(demo_id("organisation", "DCAF"), None, Category.PARTNER, frozenset({Role.OBSERVER})),
        valid_from=valid_from,
    )


async def test_a_bearer_of_several_seats_says_which(team: Team, store: Store, client: Client, urls: Urls) -> None:
    holder, today = "end.twice", datetime.now(UTC).date()
    first, second, coming = sorted(uuid4() for _ in range(3))
    async with store.operation(subject(DEVELOPMENT_ISSUER, team.persona("coordinator")), None, write=True) as op:
        for seat_id, begins in ((first, today), (second, date(2020, 1, 1)), (coming, today + timedelta(days=2))):
            await _give(op, seat_id, holder, begins)
    asked = "{ actingSeat { id } }"
    answer = await client.post(holder, asked)
    assert codes(answer) == ["SEAT_REQUIRED"]
    assert answer.status_code < 500
    named = answer.json()["errors"][0]["extensions"]["seats"]
    assert [seat.removeprefix("Seat:") for seat in named] == [str(first), str(second)]
    for seat, status in ((first, 200), (second, 200), (coming, 403)):
        assert (await client.post(holder, asked, Baraza_Seat=f"Seat:{seat}")).status_code == status
    async with owner(urls, "seats") as connection:
        await connection.execute("UPDATE seats SET valid_to = $2 WHERE id = $1", second, today - timedelta(days=1))
    assert (await client.post(holder, asked, Baraza_Seat=f"Seat:{second}")).status_code == 403
    assert (await client.post(holder, asked)).json()["data"] == {"actingSeat": {"id": f"Seat:{first}"}}
