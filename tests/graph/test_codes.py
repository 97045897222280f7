"""Code lists are there to be asked for: both labels of every enum, for every seat, where the schema itself is not."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLEnumType, parse

from api.demo.roster import PERSONAS
from api.graph.cost import cost
from api.graph.declare import CODE_LISTS, labelled
from schema.codes import MOST_LISTS
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Client

SDL = schema._schema
EVERYTHING = "{ codeLists { name description codes { code fr en } } }"
NAMED = "query($names: [String!]) { codeLists(names: $names) { name codes { code fr en } } }"


def in_the_schema() -> dict[str, Any]:
    return {name: kind for name, kind in SDL.type_map.items() if isinstance(kind, GraphQLEnumType) and name[0] != "_"}


async def test_every_enum_is_answered_with_its_labels(client: Client) -> None:
    answered = (await client.ask("sk.cso", EVERYTHING))["codeLists"]
    assert [each["name"] for each in answered] == sorted(in_the_schema())
    for each in answered:
        enum = SDL.type_map[each["name"]]
        assert each["description"] == enum.description
        labels = {code["code"]: f"{code['fr']} · {code['en']}" for code in each["codes"]}
        assert labels == {name: value.description for name, value in enum.values.items()}


@pytest.mark.parametrize("persona", [persona.name for persona in PERSONAS])
async def test_every_seat_is_told_the_same(client: Client, persona: str) -> None:
    assert await client.ask(persona, EVERYTHING) == await client.ask("sk.coordinator", EVERYTHING)


async def test_lists_are_asked_for_by_name(client: Client) -> None:
    names = ["Urgency", "IncidentClass", "Urgency", "Nothing", "Case"]
    found = (await client.ask("sk.mines", NAMED, {"names": names}))["codeLists"]
    assert [each["name"] for each in found] == ["IncidentClass", "Urgency"]
    assert found[1]["codes"] == [
        {"code": "IMMEDIATE", "fr": "immédiate", "en": "immediate"},
        {"code": "BEFORE_NEXT_MEETING", "fr": "avant la prochaine réunion", "en": "before next meeting"},
        {"code": "NORMAL", "fr": "normale", "en": "normal"},
    ]
    incidents = {code["code"]: (code["fr"], code["en"]) for code in found[0]["codes"]}
    assert len(incidents) == 26
    assert incidents["ROADBLOCK"] == ("barrière illégale", "roadblock")


@pytest.mark.parametrize("names", [None, ["Urgency"] * MOST_LISTS, [], "Urgency"])
async def test_names_may_be_few_or_none(client: Client, names: object) -> None:
    found = (await client.ask("sk.mines", NAMED, {"names": names}))["codeLists"]
    assert len(found) == (len(CODE_LISTS) if names is None else 1 if names else 0)


async def test_names_are_bounded(client: Client) -> None:
    answer = (await client.post("sk.mines", NAMED, {"names": ["Urgency"] * (MOST_LISTS + 1)})).json()
    assert answer["data"] is None
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["LIST_LENGTH"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{ codeLists { name } }", 7),
        ("{ codeLists { codes { code } } }", 427),
        ("{ codeLists(names: null) { codes { code } } }", 427),
        ('{ codeLists(names: ["Urgency", "Role"]) { codes { code } } }', 16),
        ('{ codeLists(names: "Urgency") { codes { code } } }', 9),
        ("query($names: [String!]) { codeLists(names: $names) { codes { code } } }", 16),
        ("query($others: [String!]) { codeLists(names: $others) { codes { code } } }", 427),
    ],
)
def test_points(source: str, expected: int) -> None:
    document = parse(source)
    assert cost(SDL, document, document.definitions[0], {"names": ["Urgency", "Role"]}) == expected  # type: ignore[arg-type]


async def test_asking_for_everything_three_times_costs_too_much(client: Client) -> None:
    each = "codeLists { codes { code } }"
    answer = (await client.post("sk.mines", f"{{ {each} b: {each} c: {each} }}")).json()
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["COST_TOO_HIGH"]


class Taken(Enum):
    """As it was taken over from elsewhere, before anybody translated it."""

    OTHER = "autre"
    SOME_ACT = "SOME_ACT"
    V12 = "détention"


@pytest.fixture
def taken() -> Iterator[None]:
    labelled(Taken, "Acts.")
    yield
    del CODE_LISTS["Taken"]


@pytest.mark.usefixtures("taken")
async def test_a_missing_translation_is_flagged(client: Client) -> None:
    (found,) = (await client.ask("sk.mines", NAMED, {"names": ["Taken"]}))["codeLists"]
    assert found["codes"] == [
        {"code": "OTHER", "fr": "autre", "en": "other"},
        {"code": "SOME_ACT", "fr": None, "en": "some act"},
        {"code": "V12", "fr": "détention", "en": None},
    ]
    described = [value.description for value in Taken.__strawberry_definition__.values]  # type: ignore[attr-defined]
    assert described == ["autre · other", "(not translated) · some act", "détention · (not translated)"]


def test_a_wording_of_no_code_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        labelled(Taken, "Acts.", english={"OTHERS": "others"})
