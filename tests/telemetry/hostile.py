"""Requests with a canary in every place where a client can put text, and errors whose texts quote values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from graphql.execution.values import VariableValues
from isolation.contract import ACTS
from isolation.world import GROUPS
from sqlalchemy import Integer, Numeric, cast, column, literal, select
from telemetry.canaries import literal as in_the_document

from api.graph import loading, reading
from api.graph.compiling.inputs import Inputs
from api.graph.compiling.plan import planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from isolation.world import World
    from telemetry.canaries import Canaries

PERSONA = "sk.officer"
CASES = "{ cases { nodes { number } } }"
BY_EXECUTOR = "{ cases { nodes { number } } codeLists(names: []) { name } }"
SUBMIT = """mutation($id: ID, $title: String!, $source: String!) { submitRequest(
  id: $id, title: $title, requestType: SITE_INCIDENT, requester: COMMUNITY, channel: MEETING, pcode: "CD6205",
  told: {narrative: $source}, incidentClass: ROADBLOCK,
  occurred: {precision: DAY, start: "2024-02-17"}, brought: {precision: DAY, start: "2024-03-02"}
) { __typename ... on Refusal { code } } }"""


async def provoke(world: World, canaries: Canaries) -> None:
    await _every_mutation(world, canaries)
    for content, headers in _requests(canaries):
        bearer = {"Authorization": f"Bearer {world.issuer.token(PERSONA, 'baraza')}"}
        canaries.token(bearer["Authorization"].removeprefix("Bearer "))
        usual = {"Content-Type": "application/json", **bearer, **_headers(canaries)}
        target = f"/graphql?query={canaries.text()}&{canaries.text()}"
        await world.http.post(target, content=content, headers={**usual, **headers})
    await world.http.get(f"/graphql?query={canaries.text()}", headers=_headers(canaries))
    await world.http.request(canaries.text().upper(), "/graphql", headers=_headers(canaries))
    await world.http.get(f"/{canaries.text()}?{canaries.text()}", headers=_headers(canaries))
    await _errors_of_the_database(world, canaries)
    await _errors_of_ours(world, canaries)


async def _every_mutation(world: World, canaries: Canaries) -> None:
    """By variables and in the document, with rows that there are and with others."""
    async with world.owner() as owner:
        (request,) = await owner.fetch("SELECT id FROM requests WHERE group_id = $1 LIMIT 1", GROUPS["sk"])
    for mutation in ACTS.fields:
        given, name = canaries.filled(mutation), canaries.text()
        there = {
            each: f"Request:{request['id']}" if each == "requestId" else value
            for each, value in canaries.filled(mutation).items()
        }
        for values in (given, there):
            document = ACTS.document(mutation).replace(f"{{ {mutation}(", f"{{ {canaries.text()}: {mutation}(", 1)
            await world.post(PERSONA, document, values, Idempotency_Key=canaries.text())
        await world.post(PERSONA, in_the_document(mutation, given, name), operationName=name)


def _headers(canaries: Canaries) -> dict[str, str]:
    """What a client may send beside the body, trace context included."""
    trace, span = canaries.text().encode().hex()[:32], canaries.text().encode().hex()[:16]
    canaries.made |= {trace, span}
    canaries.raw |= {bytes.fromhex(trace), bytes.fromhex(span)}
    return {
        "traceparent": f"00-{trace}-{span}-01",
        "tracestate": f"k={canaries.text()}",
        "baggage": f"name={canaries.text()}",
        "b3": f"{trace}-{span}-1",
        "User-Agent": canaries.text(),
        "Cookie": f"session={canaries.text()}",
        "X-Forwarded-For": canaries.text(),
        "Host": f"{canaries.text().lower()}.example",
        "Referer": f"https://{canaries.text()}.example",
        "Idempotency-Key": canaries.text(),
        canaries.text(): canaries.text(),
    }


def _requests(canaries: Canaries) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Bodies, and headers beside the usual ones."""
    for body in _bodies(canaries):
        yield json.dumps(body).encode(), {}
    text = canaries.text
    yield f'{{"query": "{text()}'.encode(), {}
    yield f'{{"query": "{text()}", "variables": [{text()}]}}'.encode(), {}
    yield text().encode() + b"\xff\xfe", {}
    yield text().encode("utf-16"), {}
    yield json.dumps([{"query": text()}]).encode(), {}
    good = json.dumps({"query": CASES}).encode()
    yield good, {"Authorization": f"Bearer {text()}.{text()}.{text()}"}
    yield good, {"Authorization": f"Basic {text()}"}
    yield good, {"Baraza-Seat": text()}
    yield good, {"Content-Type": text()}
    yield good, {"Accept-Language": text(), "Accept": text()}
    yield good, {"Content-Encoding": text()}
    yield good, {"Idempotency-Key": f"{text()} {text()}"}


def _bodies(canaries: Canaries) -> Iterator[Any]:
    """Documents that are well, and in each stage wrong."""
    text = canaries.text
    yield {"query": f"query {text()} {{ {text()}: cases {{ nodes {{ {text()}: number }} }} }}", text(): text()}
    yield {"query": CASES, "extensions": {text(): text()}, "operationName": text()}
    yield {"query": f"{{ cases {{ nodes {{ {text()} }} }} }}"}
    yield {"query": f'{{ cases({text()}: "{text()}") {{ nodes {{ id }} }} }}'}
    yield {"query": f"{{ cases(filter: {{state: [{text()}]}}) {{ nodes {{ id }} }} }}"}
    yield {"query": f'{{ cases(filter: {{pcode: ["{text()}"]}}) {{ nodes {{ id }} }} }}'}
    yield {"query": f'{{ cases(after: "{text()}") {{ nodes {{ id }} }} }}'}
    yield {"query": f'{{ node(id: "Case:{text()}") {{ id }} }}'}
    yield {"query": f"query @{text()} {{ cases {{ nodes {{ id }} }} }}"}
    yield {"query": f"{{ ...{text()} }} fragment {text()} on Query {{ cases {{ nodes {{ id }} }} }}"}
    yield {"query": f"{CASES} # {text()}"}
    yield {"query": f'{{ cases {{ nodes {{ id }} }} }} "{text()}'}
    yield {"query": f'query(${text()}: String = "{text()}") {CASES}'}
    yield {"query": f"query(${text()}: String!) {CASES}", "variables": {text(): text()}}
    yield {"query": f"query($x: [CaseState!]) {CASES}", "variables": {"x": [text()]}}
    yield {"query": f'{{ __type(name: "{text()}") {{ name }} }}'}
    name = text()
    two = f"query {name} {{ cases {{ totalCount }} }} query {text()} {{ requests {{ totalCount }} }}"
    yield {"query": two, "operationName": name}
    yield {"query": two, "operationName": text()}
    for bad in (f"{text()}\0", f"{text()}\ud800", text() * 400):
        yield {"query": SUBMIT, "variables": {"title": bad, "source": text()}}
    yield {"query": f'{{ cases {{ nodes {{ id }} }} }} "{text()}\0"'}


async def _errors_of_the_database(world: World, canaries: Canaries) -> None:
    """A key that is taken, and two statements whose errors quote the value."""
    made = f"Request:{canaries._id()}"
    for _ in range(2):
        await world.post(PERSONA, SUBMIT, {"id": made, "title": canaries.text(), "source": canaries.text()})
    failing = (
        select(cast(column(f"'{canaries.text()}'::text", is_literal=True), Numeric)),
        select(cast(literal(canaries.text()), Integer)),
        select(literal(canaries.text(), Integer)),
    )
    for statement in failing:
        with patch.object(loading.edges, "page_statement", return_value=statement):
            answer = await world.post(PERSONA, BY_EXECUTOR)
        assert "INTERNAL" in answer.text
    for statement in failing[:2]:
        plan = planned(statement, ["cases"], Inputs(VariableValues({}, {})), [], alone=True)
        with patch.object(reading, "compiled", return_value=plan):
            answer = await world.post(PERSONA, f"query {canaries.text()} {CASES}")
        assert answer.headers["baraza-reads"] == "executor statement"


async def _errors_of_ours(world: World, canaries: Canaries) -> None:
    for error in (ValueError, type(f"Error{canaries.text()}"[:20], (Exception,), {})):
        with patch.object(loading.edges, "page_statement", side_effect=error(canaries.text())):
            answer = await world.post(PERSONA, BY_EXECUTOR)
        assert "INTERNAL" in answer.text
