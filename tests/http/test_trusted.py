"""Documents that are asked for by their hash, and a service that admits registered ones only."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest
from acting import owner
from conftest import endpoint_of
from graphql import get_introspection_query
from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from api.asgi import build
from api.documents import rules
from api.documents.actions import register
from api.documents.tables import TrustedDocument
from api.errors import StartRefused
from api.graph.trusted import PAUSE, SEEN_FOR, TrustedDocuments
from api.identity import DevelopmentIssuer
from api.registering import OPERATOR, withdraw
from api.registering import register as registered
from api.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.running import Urls
    from api.seat import Seat
    from api.settings import Settings

PLAIN, STRICT = "application/json", "application/graphql-response+json"
MEETING = """mutation($day: Date!) { scheduleMeeting(scheduledOn: $day, kind: AD_HOC) {
  __typename ... on Refusal { code } } }"""


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Counting:
    """The store, and when it was asked for a look."""

    store: Store
    clock: Clock
    looks: list[float] = field(default_factory=list)

    def process(self, seat: Seat, *, write: bool) -> Any:
        self.looks.append(self.clock.now)
        return self.store.process(seat, write=write)


@dataclass
class Door:
    """One server's endpoint, and how often it looked at what is registered."""

    http: httpx.AsyncClient
    issuer: DevelopmentIssuer
    clock: Clock
    looks: list[float]

    async def post(self, asked: dict[str, Any], persona: str = "sk.officer", accept: str = PLAIN) -> httpx.Response:
        token = self.issuer.token(persona, "baraza")
        return await self.http.post(
            "/graphql", json=asked, headers={"Authorization": f"Bearer {token}", "Accept": accept}
        )

    async def says(self, asked: dict[str, Any], persona: str = "sk.officer") -> Any:
        """The data of an answer, or the code of its one error."""
        answer = (await self.post(asked, persona)).json()
        if "data" in answer:
            return answer["data"]
        (error,) = answer["errors"]
        return error["extensions"]["code"]


@asynccontextmanager
async def opened(settings: Settings, store: Store, clock: Clock, *, only: bool = False) -> AsyncIterator[Door]:
    counting = Counting(store, clock)
    app = replace(endpoint_of(build(settings, store)), trusted=TrustedDocuments(counting, only=only, clock=clock))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
        yield Door(http, DevelopmentIssuer(settings.issuer_key), clock, counting.looks)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def door(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[Door]:
    async with opened(settings, store, clock) as found:
        yield found


@pytest.fixture
async def closed(settings: Settings, store: Store, clock: Clock) -> AsyncIterator[Door]:
    """A door for registered documents only."""
    async with opened(settings, store, clock, only=True) as found:
        yield found


def new(body: str = "actingSeat { group { code } }", kind: str = "query") -> str:
    """A document that nobody registered yet."""
    return f"{kind} Q{uuid4().hex} {{ {body} }}"


def named(source: str) -> dict[str, Any]:
    return {"documentId": f"sha256:{rules.hash_of(source)}"}


def apollo(source: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": rules.hash_of(source)}}}


SK = {"actingSeat": {"group": {"code": "sk"}}}
each_form = pytest.mark.parametrize("form", [named, apollo], ids=["documentId", "Apollo"])


@each_form
async def test_a_registered_document_is_asked_for_by_its_hash(door: Door, store: Store, form: Any) -> None:
    two = "query Q($n: Int) { cases(first: $n) { totalCount } } query P { actingSeat { group { code } } }"
    source = f"{two} # {uuid4()}"
    await registered(store, "web", [source])
    assert await door.says({**form(source), "operationName": "P"}) == SK
    assert await door.says({**form(source), "operationName": "P"}, "lub.coordinator") == {
        "actingSeat": {"group": {"code": "lub"}}
    }
    assert await door.says({**form(source), "operationName": "Q", "variables": {"n": 0}}) == {
        "cases": {"totalCount": 5}
    }
    assert await door.says(form(source)) == "OPERATION_UNKNOWN"
    assert await door.says({**form(source), "operationName": "Q", "variables": {"n": "x"}}) == "VARIABLES_INVALID"
    assert await door.says({**form(source), "query": source, "operationName": "P"}) == SK
    assert door.looks == [0.0]


@each_form
@pytest.mark.parametrize(("accept", "status"), [(PLAIN, 200), (STRICT, 400)])
async def test_what_is_unknown_and_what_was_withdrawn_have_one_answer(
    door: Door, store: Store, form: Any, accept: str, status: int
) -> None:
    gone = new()
    await registered(store, "web", [gone])
    await withdraw(store, [rules.hash_of(gone)])
    answers = [await door.post(form(source), accept=accept) for source in (new(), gone)]
    assert {answer.status_code for answer in answers} == {status}
    assert answers[0].content == answers[1].content
    assert answers[0].json()["errors"][0]["extensions"] == {"code": "DOCUMENT_UNKNOWN"}
    assert "data" not in answers[0].json()
    assert {**answers[0].headers} == {**answers[1].headers}


@each_form
async def test_no_client_registers(door: Door, urls: Urls, form: Any) -> None:
    """What Apollo's clients send to have a document kept is answered, and kept nowhere."""
    source = new()
    assert await door.says(form(source)) == "DOCUMENT_UNKNOWN"
    assert await door.says({**form(source), "query": source}) == SK
    assert await door.says({**form(new()), "query": source}) == "DOCUMENT_MISMATCH"
    door_again = await door.says(form(source))
    assert door_again == "DOCUMENT_UNKNOWN"
    async with owner(urls, "trusted_documents") as connection:
        kept = await connection.fetchval("SELECT count(*) FROM trusted_documents WHERE source = $1", source)
    assert kept == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"documentId": "sha256:" + "A" * 64}, "DOCUMENT_ID_INVALID"),
        ({"documentId": "a" * 64}, "DOCUMENT_ID_INVALID"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "a" * 64}}}, "DOCUMENT_ID_INVALID"),
        ({**named("{ a }"), "query": "{ __typename }"}, "DOCUMENT_MISMATCH"),
        ({**named("{ a }"), **apollo("{ b }")}, "DOCUMENT_MISMATCH"),
    ],
)
async def test_a_request_that_is_not_well_formed(door: Door, asked: dict[str, Any], code: str) -> None:
    for accept in (PLAIN, STRICT):
        answer = await door.post(asked, accept=accept)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, code)
    assert door.looks == []


async def test_who_is_nobody_has_nothing_looked_up(door: Door) -> None:
    answer = await door.http.post("/graphql", json=named(new()))
    assert (answer.status_code, door.looks) == (401, [])


# A registered document grants nothing


async def test_a_registered_document_has_the_asking_seat_s_rights(door: Door, store: Store) -> None:
    act = MEETING + f" # {uuid4()}"
    await registered(store, "web", [act])
    asked = {**named(act), "variables": {"day": "2024-04-11"}}
    assert await door.says(asked, "sk.observer") == {
        "scheduleMeeting": {"__typename": "NotAllowed", "code": "NOT_ALLOWED"}
    }
    assert await door.says(asked, "nobody") == "NO_SEAT"


async def test_a_registered_document_has_the_limits_of_any_other(door: Door, store: Store) -> None:
    costs = (
        new()
        .replace(" {", "($n: Int) {", 1)
        .replace(
            "actingSeat { group { code } }", "cases(first: $n) { nodes { timeline(first: 200) { nodes { kind } } } }"
        )
    )
    await registered(store, "web", [costs])
    assert await door.says({**named(costs), "variables": {"n": 1000}}) == "COST_TOO_HIGH"
    assert "cases" in await door.says({**named(costs), "variables": {"n": 1}})
    async with store.process(OPERATOR) as op:  # past the command, which would not take it
        no_more, deep = new("nothing"), new("actingSeat { " * 13 + "id" + " }" * 13)
        await register(op, front_end="web", sources=[no_more, deep])
    door.clock.now += PAUSE
    assert await door.says(named(no_more)) == "DOCUMENT_INVALID"
    assert await door.says(named(deep)) == "DOCUMENT_TOO_DEEP"


# Learning and forgetting


async def test_a_running_server_learns_within_a_second_and_forgets_within_a_minute(
    door: Door, store: Store, clock: Clock
) -> None:
    assert SEEN_FOR + 5 < 60
    source = new()
    assert await door.says(named(source)) == "DOCUMENT_UNKNOWN"
    await registered(store, "web", [source])
    clock.now += PAUSE
    assert await door.says(named(source)) == SK
    await withdraw(store, [rules.hash_of(source)])
    clock.now += SEEN_FOR
    assert await door.says(named(source)) == "DOCUMENT_UNKNOWN"
    await registered(store, "web", [source])
    clock.now += PAUSE
    assert await door.says(named(source)) == SK


async def test_what_is_known_is_not_looked_for_again(door: Door, store: Store, clock: Clock) -> None:
    source = new()
    await registered(store, "web", [source])
    for _ in range(20):
        assert await door.says(named(source)) == SK
        clock.now += PAUSE
    assert len(door.looks) == 1


async def test_texts_are_not_looked_for_where_any_is_admitted(door: Door) -> None:
    for _ in range(3):
        assert await door.says({"query": new()}) == SK
    assert door.looks == []


async def test_a_flood_of_unknown_hashes_asks_the_database_once_a_second(
    door: Door, store: Store, clock: Clock
) -> None:
    """And takes nobody's place: a document that is registered meanwhile is found."""
    lent: list[int] = []

    async def flood() -> None:
        answers = [asyncio.create_task(door.says(named(new()))) for _ in range(200)]
        while not all(answer.done() for answer in answers):
            lent.append(store.connections.lent)
            await asyncio.sleep(0)
        assert {answer.result() for answer in answers} == {"DOCUMENT_UNKNOWN"}

    for second in range(3):
        clock.now = second * PAUSE
        await asyncio.gather(flood(), flood())
    assert door.looks == [0.0, PAUSE, 2 * PAUSE]
    assert max(lent) == 1
    source = new()
    await registered(store, "web", [source])
    clock.now += PAUSE
    assert (await asyncio.gather(flood(), door.says(named(source))))[1] == SK
    assert len(door.http._transport.app.trusted._sources) < 200  # type: ignore[attr-defined]


async def test_a_look_goes_on_when_who_asked_for_it_is_gone(door: Door, store: Store) -> None:
    source = new()
    await registered(store, "web", [source])
    gone, other = (asyncio.create_task(door.says(named(source))) for _ in range(2))
    async with asyncio.timeout(5):
        while store.connections.lent == 0:  # noqa: ASYNC110 - the pool tells nobody
            await asyncio.sleep(0)
    gone.cancel()
    assert await other == SK
    assert len(door.looks) == 1


async def test_a_database_that_is_away_is_no_unknown_document(settings: Settings, store: Store, clock: Clock) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    gone = Store(SecretStr(f"postgresql://baraza_app:x@127.0.0.1:{port}/baraza"), store.keyring, size=2, wait=0.2)
    async with opened(settings, gone, clock) as door:
        for _ in range(2):
            answer = await door.post(named(new()))
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
            assert answer.json()["errors"][0]["extensions"]["code"] == "DATABASE_AWAY"
        assert await door.says({"query": "{ __typename }"}) == {"__typename": "Query"}
    await gone.close()


# The setting


async def test_with_the_setting_only_registered_documents_are_admitted(closed: Door, store: Store) -> None:
    source, gone = new(), new()
    await registered(store, "web", [source, gone])
    await withdraw(store, [rules.hash_of(gone)])
    for asked in (named(source), apollo(source), {"query": source}, {"query": source, **named(source)}):
        assert await closed.says(asked) == SK
    refused = [
        source + " ",
        new(),
        gone,
        "{ __typename }",
        "{",
        "{ nothing }",
        get_introspection_query(),
        "{ x " * 9_000,
    ]
    answers = [await closed.post({"query": text}) for text in refused]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].json()["errors"][0]["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}
    assert {await closed.says(named(text)) for text in (new(), gone)} == {"DOCUMENT_UNKNOWN"}
    assert len(closed.looks) == 1


async def test_a_registered_text_is_forgotten_too(closed: Door, store: Store, clock: Clock) -> None:
    source = new()
    await registered(store, "web", [source])
    assert await closed.says({"query": source}) == SK
    await withdraw(store, [rules.hash_of(source)])
    clock.now += SEEN_FOR
    assert await closed.says({"query": source}) == "DOCUMENT_NOT_TRUSTED"


async def test_the_setting_is_off_unless_it_is_set(settings: Settings, store: Store) -> None:
    assert not settings.trusted_documents
    token = DevelopmentIssuer(settings.issuer_key).token("sk.officer", "baraza")
    for on, said in ((False, "data"), (True, "errors")):
        app = build(settings.model_copy(update={"trusted_documents": on}), store)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
            http.headers["Authorization"] = f"Bearer {token}"
            assert said in (await http.post("/graphql", json={"query": new()})).json()


# The table


async def test_nothing_stands_under_another_texts_hash(store: Store) -> None:
    with pytest.raises(IntegrityError, match="ck_trusted_documents_hash"):
        async with store.process(OPERATOR) as op:
            await op.add(
                TrustedDocument(
                    hash=rules.hash_of("{ a }"), source="{ b }", front_end="web", added_at=op.now, withdrawn_at=None
                )
            )


async def test_two_commands_at_once_register_once_and_one_is_told(store: Store) -> None:
    source = new()
    done = await asyncio.gather(*(registered(store, "web", [source]) for _ in range(4)), return_exceptions=True)
    added = [each for each in done if isinstance(each, list) and each]
    told = [str(each) for each in done if isinstance(each, StartRefused)]
    assert added == [[f"sha256:{rules.hash_of(source)}"]]
    assert len(added) + len(told) + done.count([]) == 4
    assert all("run the command again" in each for each in told)
    assert await registered(store, "web", [source]) == []
