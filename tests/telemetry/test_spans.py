"""One span an operation and one a statement, neither more nor less; what they say; and what cancels them."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from graphql import parse
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from telemetry.receiver import attributes, receiving

from api import worker
from api.graph.documents import digest
from api.groups.reads import group_ids
from api.store.engine import Store
from api.store.sealing import Keyring
from api.telemetry import exporting

if TYPE_CHECKING:
    import pytest
    from telemetry.conftest import Driven, Listen

    from api.cli import Urls
    from api.settings import Settings

NOT_SENT = "22000"
"""A value that the driver cannot write as the type that PostgreSQL asks for."""

BY_EXECUTOR = "{ cases { totalCount } codeLists(names: []) { name } }"
CASES = "{ cases { totalCount nodes { number place { name } } } }"
SCHEDULE = """mutation { scheduleMeeting(scheduledOn: "2024-03-10", kind: AD_HOC, venue: "Salle") {
  __typename ... on Refusal { code } } }"""


def test_one_span_an_operation_and_one_a_statement(driven: Driven) -> None:
    """As many for each request as went to PostgreSQL meanwhile; one statement the driver refused itself."""
    told = [driven.received.statements_of(operation) for operation in driven.received.operations]
    sent = [[each for each in some if attributes(each).get("error.type") != NOT_SENT] for some in told]
    assert list(map(len, sent)) == driven.statements
    assert [attributes(each)["baraza.statements"] for each in driven.received.operations] == list(map(len, told))
    assert sum(map(len, told)) == len(driven.received.statements) == sum(map(len, sent)) + 1
    assert sum(map(len, sent)) > 1000


def test_each_operation_is_a_trace_of_its_own(driven: Driven) -> None:
    assert all(operation.parent_span_id == b"" for operation in driven.received.operations)
    traces = {operation.trace_id: operation for operation in driven.received.operations}
    assert len(traces) == len(driven.received.operations)
    for statement in driven.received.statements:
        operation = traces[statement.trace_id]
        assert statement.parent_span_id == operation.span_id
        assert operation.start_time_unix_nano <= statement.start_time_unix_nano
        assert statement.end_time_unix_nano <= operation.end_time_unix_nano


async def test_what_a_query_and_an_act_say(listen: Listen) -> None:
    async with listen() as heard:
        await heard.world.post("sk.officer", CASES)
        await heard.world.post("sk.officer", SCHEDULE)
        await heard.world.post("sk.observer", SCHEDULE)
    query, act, refused = [attributes(operation) for operation in heard.received.operations]
    assert query == {
        "graphql.operation.type": "query",
        "baraza.document": digest(parse(CASES)),
        "baraza.fields": ["cases"],
        "baraza.outcome": "OK",
        "baraza.read": "COMPILED",
        "baraza.statements": 1,
        "http.response.status_code": 200,
    }
    assert (act["graphql.operation.type"], act["baraza.fields"], act["baraza.outcome"]) == (
        "mutation",
        ["scheduleMeeting"],
        "OK",
    )
    assert (refused["baraza.outcome"], refused["baraza.codes"]) == ("REFUSED", ["NOT_ALLOWED"])
    operation, other, _ = heard.received.operations
    assert [each.name for each in heard.received.statements_of(operation)] == ["SELECT cases places seats"]
    assert [each.name for each in heard.received.statements_of(other)] == [
        "BEGIN",
        "SELECT seats",
        "SAVEPOINT",
        "INSERT meetings",
        "INSERT audit_lines",
        "RELEASE",
        "SELECT meetings",
        "COMMIT",
    ]


async def test_an_operation_that_failed_is_an_error(listen: Listen, monkeypatch: pytest.MonkeyPatch) -> None:
    async with listen() as heard:
        monkeypatch.setattr("api.graph.loading.edges.page_statement", None)
        await heard.world.post("sk.officer", BY_EXECUTOR)
    (operation,) = heard.received.operations
    assert (operation.status.code, operation.status.message) == (Status.STATUS_CODE_ERROR, "")
    assert attributes(operation)["baraza.outcome"] == "FAILED"
    assert heard.received.statements_of(operation)[-1].name == "ROLLBACK"


async def test_operations_at_once_do_not_share_statements(listen: Listen) -> None:
    async with listen() as heard:
        await asyncio.gather(*(heard.world.post("sk.officer", CASES) for _ in range(10)))
    assert [len(heard.received.statements_of(operation)) for operation in heard.received.operations] == [1] * 10


async def test_cancelled_at_any_moment_a_span_ends_and_no_transaction_stays_open(listen: Listen) -> None:
    chance = random.Random(1)
    async with listen() as heard:

        async def look() -> None:
            with heard.telemetry.operation() as told:
                async with heard.world.acting("sk.officer") as operation:
                    await operation.rows(group_ids())
                told.answered(200, ())

        for _ in range(100):
            asked = asyncio.create_task(look())
            await asyncio.sleep(chance.random() * 0.02)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        await look()
        async with heard.world.owner() as owner:
            left = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()"
            assert await owner.fetchval(left) == 0
    outcomes = [attributes(operation)["baraza.outcome"] for operation in heard.received.operations]
    assert outcomes.count("CANCELLED") > 10
    assert outcomes[-1] == "OK"
    for operation in heard.received.operations:
        told = heard.received.statements_of(operation)
        assert len(told) == attributes(operation)["baraza.statements"]
        for last in told[-1:]:  # a connection whose statement was cut off is closed
            assert last.name in {"COMMIT", "ROLLBACK"} or attributes(last)["error.type"] == "CancelledError"


async def test_a_round_of_the_worker_that_did_something_is_a_span(
    listen: Listen, place: Urls, settings: Settings
) -> None:
    async with listen() as heard:
        await heard.world.post("sk.officer", SCHEDULE)
    store = Store(place.app, Keyring(settings.keys), size=1, wait=5)
    with receiving() as received, exporting(received.url, 1.0) as telemetry:
        working = asyncio.create_task(worker.work(store, telemetry))
        await asyncio.sleep(2)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    await store.close()
    assert {(span.name, span.kind, span.parent_span_id) for span in received.spans} == {
        ("round", Span.SPAN_KIND_INTERNAL, b"")
    }
    assert all(attributes(span)["baraza.done"] > 0 for span in received.spans)
    rounds = {attributes(point)["outcome"]: point.as_int for point in received.metrics["baraza.worker.rounds"]}
    assert rounds["DONE"] == len(received.spans) >= 1
    assert rounds["IDLE"] >= 1
