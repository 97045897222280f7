"""Nothing of a request, and nothing of the database, is in what is exported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from isolation.contract import SCHEMA
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from sqlalchemy import column, select
from telemetry.canaries import Canaries
from telemetry.receiver import attributes

from api import telemetry
from api.graph.compiling import plan
from api.graph.compiling.reasons import Reason
from api.sentences import SENTENCES
from api.store import statements
from migrations.models import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemetry.conftest import Driven, Listen

FIELDS = {*SCHEMA.query_type.fields, *SCHEMA.mutation_type.fields, "__schema", "__type", "__typename"}
KINDS = {"query", "mutation", "none"}
OUTCOMES = {"OK", "REFUSED", "FAILED", "CANCELLED"}
READ = {"COMPILED", *(f"EXECUTOR {reason.name}" for reason in Reason)}
VALUES: Mapping[str, Callable[[Any], bool]] = {
    "http.response.status_code": lambda value: 200 <= value < 600,
    "graphql.operation.type": KINDS.__contains__,
    "baraza.document": lambda value: re.fullmatch("[0-9a-f]{64}", value),
    "baraza.fields": FIELDS.issuperset,
    "baraza.codes": {*SENTENCES, "OTHER"}.issuperset,
    "baraza.outcome": OUTCOMES.__contains__,
    "baraza.read": READ.__contains__,
    "baraza.statements": lambda value: 0 <= value < 1000,
    "db.system.name": "postgresql".__eq__,
    "error.type": lambda value: re.fullmatch("[0-9A-Z]{5}|[A-Za-z]{1,40}", value),
}
METRICS: Mapping[str, Mapping[str, set[str]]] = {
    "baraza.operations": {"type": KINDS, "outcome": OUTCOMES},
    "baraza.operation.duration": {"type": KINDS, "outcome": OUTCOMES},
    "baraza.statements": {"type": KINDS},
    "baraza.reads": {"read": READ},
    "baraza.refusals": {"code": {*SENTENCES, "OTHER"}},
    "baraza.pool.used": {},
    "baraza.pool.waiting": {},
}
RESOURCE = {"service.name", "service.version", "service.instance.id"}


def test_no_canary_is_found_again(driven: Driven) -> None:
    assert len(driven.canaries.made) > 1000
    assert len(driven.received.everything) > 100_000
    assert driven.canaries.found(driven.received.everything) == set()


def test_every_mutation_was_told_of(driven: Driven) -> None:
    """Or the canaries prove nothing."""
    told = {name for span in driven.received.operations for name in attributes(span).get("baraza.fields", ())}
    assert told >= SCHEMA.mutation_type.fields.keys()
    codes = {code for span in driven.received.operations for code in attributes(span).get("baraza.codes", ())}
    assert codes >= {"UNAUTHENTICATED", "NOT_FOUND", "ID_TAKEN", "INTERNAL", "DOCUMENT_INVALID", "DOCUMENT_SYNTAX"}


def test_what_is_exported_are_words_of_ours(driven: Driven) -> None:
    """Not a list of what must not be there, which forgets something, but of all that may."""
    assert [span for span in driven.received.spans if not is_ours(span)] == []
    for each in driven.received.resources:
        assert attributes(each.resource).keys() == RESOURCE
        scopes = each.scope_spans if hasattr(each, "scope_spans") else each.scope_metrics
        assert [(scope.scope.name, scope.scope.version, scope.schema_url) for scope in scopes] == [("baraza", "", "")]


def is_ours(span: Span) -> bool:
    verb, *tables = span.name.split(" ")
    if span.kind == Span.SPAN_KIND_SERVER:
        named = span.name in KINDS and not span.parent_span_id
    else:
        named = verb in {*statements.VERBS, "BEGIN", "COMMIT", "OTHER"} and metadata.tables.keys() >= set(tables)
    bare = not (span.events or span.links or span.trace_state or span.status.message)
    return named and bare and all(name in VALUES and VALUES[name](value) for name, value in attributes(span).items())


def test_metrics_count_words_of_ours(driven: Driven) -> None:
    metrics = driven.received.metrics
    assert metrics.keys() == METRICS.keys()
    for name, points in metrics.items():
        for point in points:
            assert attributes(point).keys() == METRICS[name].keys()
            assert all(value in METRICS[name][key] for key, value in attributes(point).items())
            assert not list(point.exemplars)
    counted = sum(point.as_int for point in metrics["baraza.operations"])
    assert counted == len(driven.received.operations) == len(driven.statements)


def test_a_failure_says_only_its_kind(driven: Driven) -> None:
    failed = [span for span in driven.received.statements if span.status.code == Status.STATUS_CODE_ERROR]
    kinds = {attributes(span)["error.type"] for span in failed}
    assert kinds >= {"23505", "22P02"}


LEAKS: Mapping[str, Callable[[pytest.MonkeyPatch], None]] = {
    "the text of a statement": lambda patch: patch.setattr(statements, "name", lambda sql: sql),
    "the text of a compiled statement": lambda patch: patch.setattr(plan, "name", lambda sql: sql),
    "the text of an error": lambda patch: patch.setattr(telemetry, "_error_type", str),
    "what a field is called in the answer": lambda patch: patch.setattr(
        "api.http.graphql._root_fields",
        lambda prepared: [(node.alias or node.name).value for node in prepared.operation.selection_set.selections],
    ),
    "the name of the operation": lambda patch: patch.setattr(
        "api.graph.documents.digest", lambda document: document.definitions[0].name.value
    ),
    "the document": lambda patch: patch.setattr(
        "api.graph.documents.digest", lambda document: document.loc.source.body
    ),
}
"""Each planted alone must be found."""

LEAKY = """query %(name)s { %(alias)s: cases(filter: {pcode: ["%(place)s"]}) { nodes { %(inner)s: number } } }"""
BY_EXECUTOR = "query a { cases { nodes { number } } codeLists(names: []) { name } }"


@pytest.mark.parametrize("leak", LEAKS)
async def test_a_planted_leak_is_found(listen: Listen, monkeypatch: pytest.MonkeyPatch, leak: str) -> None:
    canaries = Canaries()
    LEAKS[leak](monkeypatch)
    async with listen() as heard:
        names = {each: canaries.text() for each in ("name", "alias", "place", "inner")}
        await heard.world.post("sk.officer", LEAKY % names)
        failing = select(column(f"'{canaries.text()}'::int", is_literal=True))
        with patch("api.graph.loading.edges.page_statement", return_value=failing):
            await heard.world.post("sk.officer", BY_EXECUTOR)
    assert canaries.found(heard.received.everything)
    assert not all(map(is_ours, heard.received.spans))
