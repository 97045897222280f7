"""The promise and the truth agree: the committed SDL, descriptions, published types and their tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)
from sqlalchemy import LargeBinary, inspect

from api.graph.declare import PUBLISHED
from api.store.edges import ToMany, ToOne
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SDL = schema._schema
OURS = {name: kind for name, kind in SDL.type_map.items() if not name.startswith("__")}
SCALARS_OF_GRAPHQL = {"ID", "String", "Int", "Boolean", "Float"}
LONE_LISTS = {
    "Connection.edges, Connection.nodes": "the rows of a page that was bounded",
    "Query.nodes": "as long as the ids that were asked for, which are bounded",
}


def test_the_committed_sdl_is_the_schema() -> None:
    assert (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8") == schema.as_str() + "\n", "run make sdl"


def _described() -> Iterator[tuple[str, str | None]]:
    for name, kind in OURS.items():
        if name in SCALARS_OF_GRAPHQL:
            continue
        if name not in {"Query", "Mutation"}:
            yield name, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", made.description) for value, made in kind.values.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                yield f"{name}.{field_name}", field.description
                arguments = getattr(field, "args", {})
                yield from ((f"{name}.{field_name}({a})", argument.description) for a, argument in arguments.items())


def test_everything_published_is_described() -> None:
    assert [name for name, description in _described() if not description] == []


def test_code_lists_carry_both_labels() -> None:
    values = [
        (name, text) for name, text in _described() if isinstance(OURS.get(name.partition(".")[0]), GraphQLEnumType)
    ]
    codes = [(name, text) for name, text in values if "." in name]
    assert codes
    assert [name for name, text in codes if not re.fullmatch(r".+ · .+", text or "")] == []


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
        assert any(isinstance(column.type, LargeBinary) for column in mapper.columns)
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
    assert lone == ["Query.nodes"], LONE_LISTS


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
