"""What an operation may cost: counted from document and variables, refused before a connection is taken."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest
from graphql import parse

from api.errors import RequestRefused
from api.graph.cost import cost
from api.graph.documents import Documents
from api.graph.limits import Limits
from schema.root import schema

if TYPE_CHECKING:
    from conftest import Client

SDL = schema._schema


def points(source: str, **variables: object) -> int:
    document = parse(source)
    return cost(SDL, document, document.definitions[0], variables)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{ __typename }", 0),
        ("{ actingSeat { person { name } organisation { name } group { code } } }", 0),
        ("{ cases { nodes { number } } }", 3),
        ("{ cases(first: 50) { nodes { number place { name } } pageInfo { hasNextPage } } }", 6),
        ("{ cases(last: 50) { edges { node { number } } } }", 6),
        ("{ cases(first: 10) { nodes { timeline(first: 10) { nodes { kind } } } } }", 22),
        ("{ a: cases { nodes { number } } b: cases { nodes { number } } }", 6),
        ("{ cases(first: 10) { ...page } } fragment page on CaseConnection { nodes { risks { nodes { risk } } } }", 32),
        ('{ nodes(ids: ["Case:1", "Case:2"]) { ... on Case { risks(first: 10) { nodes { risk } } } } }', 6),
        ("query($n: Int = 5) { cases(first: $n) { nodes { number } } }", 2),
    ],
)
def test_points(source: str, expected: int) -> None:
    assert points(source, n=5) == expected


def test_variables_count() -> None:
    source = "query($n: Int, $ids: [ID!]!) { cases(first: $n) { nodes { number } } nodes(ids: $ids) { id } }"
    assert points(source, n=100, ids=["Case:1"] * 20) == 14


async def test_one_point_above_is_refused(client: Client) -> None:
    document = "{ cases(first: 99) { nodes { timeline(first: %s) { nodes { kind } } } } }"
    allowed, refused = points(document % 90), points(document % 91)
    assert (allowed, refused) == (1001, 1011)
    answer = (await client.post("sk.coordinator", document % 90)).json()
    assert answer["errors"][0]["extensions"] == {"code": "COST_TOO_HIGH", "limit": 1_000}
    document = "{ cases(first: 99) { nodes { timeline(first: 89) { nodes { kind } } } } }"
    assert points(document) <= 1_000
    assert "errors" not in (await client.post("sk.coordinator", document)).json()


async def test_nests_that_multiply_are_refused_at_once(client: Client) -> None:
    twice = "tablings { nodes { request { tablings { nodes { request { title } } } } } }"
    inner = f"request {{ {twice} {twice.replace('tablings', 'decisions')} }}"
    started = time.perf_counter()
    answer = await client.post("sk.coordinator", f"{{ cases {{ nodes {{ {inner} }} }} }}")
    assert answer.json()["errors"][0]["extensions"]["code"] in {"COST_TOO_HIGH", "DOCUMENT_TOO_DEEP"}
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("declared", "size", "code"),
    [
        ("", "90", "COST_TOO_HIGH"),
        ("", "89", ""),
        ("($n: Int = 90)", "$n", "COST_TOO_HIGH"),
        ("($n: Int = 89)", "$n", ""),
        ("($n: Int)", "$n", ""),
    ],
)
def test_a_document_is_examined_with_its_literals_and_defaults(declared: str, size: str, code: str) -> None:
    """Each of its operations; what a variable will be is for the request to say, where it is counted."""
    costly = (
        f"query two{declared} {{ cases(first: 99) {{ nodes {{ timeline(first: {size}) {{ nodes {{ kind }} }} }} }} }}"
    )
    door = Documents(SDL, Limits(), introspection=False)
    with pytest.raises(RequestRefused, match=code) if code else nullcontext():
        door.examine(f"query one {{ __typename }} {costly}")
