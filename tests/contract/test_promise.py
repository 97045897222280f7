"""The promise and the truth agree: the committed SDL, descriptions, published types and their tables."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    Visitor,
    parse,
    visit,
)
from sqlalchemy import LargeBinary, inspect

from api.graph.declare import CODE_LISTS, PUBLISHED
from api.store.edges import ToMany, ToOne
from schema.codes import MOST_CODES, MOST_LISTS
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import Node, StringValueNode

ROOT = Path(__file__).parents[2]
SDL = schema._schema
OURS = {name: kind for name, kind in SDL.type_map.items() if not name.startswith("__")}
SENTENCE = re.compile(r"[^\W_].+\.|.+ · .+", re.DOTALL)
"""A description, or the two labels of a code."""
LONE_LISTS = {
    "Query.nodes": "as long as the ids that were asked for, which are bounded",
    "Query.codeLists": "the contract's own enums, as many as there are",
    "Query.whyCanISee": "a few parts and grounds of one record; `sights` is the same as a connection",
    "Query.whyCanINot": "a few parts and grounds of one type",
    "Query.whoLookedAt": "the last hundred of one record; `readings` is the same as a connection",
    "CodeList.codes": "an enum's own values, as many as there are",
}
"""Lists that are no connections, beside the rows of a page."""


def test_the_committed_sdl_is_the_schema() -> None:
    assert (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8") == schema.as_str() + "\n", "run make sdl"


class Descriptions(Visitor):
    """What has no description, of everything that the language of schemas lets describe."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.bare: list[str] = []

    def enter(self, node: Node, _key: object, _parent: object, _path: object, ancestors: Sequence[Any]) -> None:
        if "description" not in node.keys:
            return
        self.seen[node.kind] += 1
        said: StringValueNode | None = getattr(node, "description", None)
        if said is None or not SENTENCE.fullmatch(said.value):
            names = [each.name.value for each in (*ancestors, node) if getattr(each, "name", None)]
            self.bare.append(".".join(names))


def _descriptions(sdl: str) -> Descriptions:
    found = Descriptions()
    visit(parse(sdl), found)
    return found


def test_everything_published_is_described() -> None:
    found = _descriptions(schema.as_str())
    assert found.bare == []
    for kind in ("scalar", "object", "interface", "union", "enum", "input_object"):
        assert found.seen[f"{kind}_type_definition"]
    assert found.seen["enum_value_definition"] == sum(len(each.codes) for each in CODE_LISTS.values())


@pytest.mark.parametrize(
    ("sdl", "bare"),
    [
        ("type Case { id: ID }", "Case Case.id"),
        ('"Of a group." type Case { "Its id." id("" of: ID): ID }', "Case.id.of"),
        ("directive @mark(by: Int) on FIELD", "mark mark.by"),
        ('"Kinds." enum Kind { "one · one" ONE TWO }', "Kind.TWO"),
        ('"Which." input Filter { state: Int }', "Filter.state"),
        ("interface Node { id: ID } union Any = Case scalar Date", "Node Node.id Any Date"),
        ('"TODO" type Case { "   " id: ID }', "Case Case.id"),
    ],
)
def test_nothing_escapes(sdl: str, bare: str) -> None:
    assert _descriptions(sdl).bare == bare.split()


def test_every_enum_is_a_code_list() -> None:
    published = {name: list(kind.values) for name, kind in OURS.items() if isinstance(kind, GraphQLEnumType)}
    assert {name: [code.code for code in codes.codes] for name, codes in CODE_LISTS.items()} == published


def test_every_code_has_both_labels() -> None:
    """Of ours; `codeLists` flags those of a list that is taken over before it is translated."""
    codes = [(name, code) for name, codes in CODE_LISTS.items() for code in codes.codes]
    assert [(name, code) for name, code in codes if not code.fr or not code.en] == []


def test_code_lists_stay_within_what_they_are_said_to_cost() -> None:
    assert len(CODE_LISTS) <= MOST_LISTS
    assert max(len(codes.codes) for codes in CODE_LISTS.values()) <= MOST_CODES


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_a_published_type_agrees_with_its_table(name: str) -> None:
    published = PUBLISHED[name]
    mapper = inspect(published.table)
    for field in published.type.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        made = SDL.type_map[name].fields[schema.config.name_converter.get_graphql_name(field)]  # type: ignore[attr-defined]
        _agrees(mapper, field, nullable=not isinstance(made.type, GraphQLNonNull))


def _agrees(mapper: Any, field: Any, *, nullable: bool) -> None:
    kind, edge = field.metadata.get("kind"), field.metadata.get("edge")
    if kind == "column" and field.python_name in mapper.composites:
        assert not nullable, field.python_name
    elif kind == "column":
        column = mapper.columns[field.python_name]
        assert column.nullable == nullable, f"{column} is {'' if column.nullable else 'not '}null"
        assert not isinstance(column.type, LargeBinary), f"{column} is sealed and published in clear"
    elif kind == "sealed":
        column = mapper.columns[field.metadata["column"]]
        assert isinstance(column.type, LargeBinary), f"{column} is published as sealed and is not"
        assert column.nullable == nullable, f"{column} is {'' if column.nullable else 'not '}null"
    elif isinstance(edge, ToOne):
        assert nullable, f"{field.python_name}: what row security hides is null"
        assert edge.source in mapper.all_orm_descriptors
    elif isinstance(edge, ToMany):
        assert edge.source in mapper.all_orm_descriptors
    else:
        assert kind == "codes" or field.python_name == "id", f"{field.python_name} is declared in no known way"


def test_every_list_of_rows_is_a_connection() -> None:
    lone = []
    for name, kind in OURS.items():
        if isinstance(kind, GraphQLObjectType) and not name.endswith("Connection"):
            for field_name, field in kind.fields.items():
                bare = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
                if isinstance(bare, GraphQLList) and not _of_codes(bare):
                    lone.append(f"{name}.{field_name}")
    assert set(lone) == set(LONE_LISTS)


def _of_codes(kind: Any) -> bool:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return isinstance(kind, GraphQLEnumType)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_every_edge_ends_its_order_uniquely(name: str) -> None:
    for field in PUBLISHED[name].type.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        _unique_order(field.metadata.get("edge"))


def test_every_root_connection_ends_its_order_uniquely() -> None:
    roots = [field.metadata.get("edge") for field in schema.query.__strawberry_definition__.fields]
    assert any(roots)
    for edge in roots:
        _unique_order(edge)


def _unique_order(edge: Any) -> None:
    """The order, with the group and the key that the edge starts from, covers the primary key."""
    if not isinstance(edge, ToMany):
        return
    table = inspect(edge.table)
    given = {step.column.key for step in edge.order} | {"group_id"} | ({edge.target.key} if edge.target else set())
    assert {column.key for column in table.primary_key} <= given, edge.table
