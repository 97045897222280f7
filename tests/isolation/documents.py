"""Documents made by walking the schema: what is published tomorrow is read by tomorrow's tests unasked."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from graphql import GraphQLEnumType, GraphQLList, GraphQLObjectType, get_named_type, is_leaf_type, parse

from api.graph.cost import cost
from api.graph.declare import PUBLISHED
from api.graph.limits import Limits
from schema.root import schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import GraphQLField

    from api.store.edges import ToMany, ToOne

SCHEMA = schema._schema
SCHEMA_NAMES = schema.config.name_converter
QUERY = SCHEMA.query_type.fields
PAGED = {"edges", "nodes", "pageInfo", "totalCount"}
PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
TYPE = "__typename"
A_FEW, MANY = 5, 20
SIZES = (MANY, 10, A_FEW, 3, 2)
BUDGET = Limits().cost
TOGETHER = 10
"""Root fields in one document: below the limits, and few enough to be read when one fails."""

DAYS = ("2026-01-01", "1999-01-01", "9999-12-31")
"""What bounds are tried with."""

NOT_PAGED: Mapping[str, str] = {
    "node": "by ids: test_an_id_of_another_group_is_not_found",
    "nodes": "by ids: test_an_id_of_another_group_is_not_found",
    "actingSeat": "one row, the seat's own; it is where paths start too",
    "whyCanISee": "by id: tests/isolation/test_sight.py",
    "whyCanINot": "of no row: tests/isolation/test_sight.py",
    "codeLists": "no rows, but what the contract itself says",
}
"""Root fields that are no connections, each with what tries them instead."""


def roots() -> dict[str, GraphQLField]:
    """The connections at the root."""
    return {name: field for name, field in QUERY.items() if is_paged(field)}


def is_paged(field: GraphQLField) -> bool:
    kind = get_named_type(field.type)
    return isinstance(kind, GraphQLObjectType) and kind.fields.keys() == PAGED


def row_type(field: GraphQLField) -> GraphQLObjectType:
    """The type of the rows that a connection or an edge leads to."""
    kind = get_named_type(field.type)
    return get_named_type(kind.fields["nodes"].type) if is_paged(field) else kind


def is_edge(field: GraphQLField) -> bool:
    return is_paged(field) or get_named_type(field.type).name in PUBLISHED


def edges(kind: GraphQLObjectType) -> dict[str, GraphQLField]:
    return {name: field for name, field in kind.fields.items() if is_edge(field)}


def declared(kind: str, name: str) -> ToMany | ToOne:
    """The edge behind a field of a published type."""
    fields = PUBLISHED[kind].type.__strawberry_definition__.fields
    (found,) = [each for each in fields if SCHEMA_NAMES.get_graphql_name(each) == name]
    return found.metadata["edge"]


def selection(kind: GraphQLObjectType, depth: int = 0) -> str:
    """Every field of a type, and its edges to a depth."""
    said = [TYPE]
    for name, field in kind.fields.items():
        if is_leaf(field):
            said.append(name)
        elif not is_edge(field):
            said.append(f"{name} {{ {selection(get_named_type(field.type))} }}")
        elif depth:
            said.append(asked(name, field, selection(row_type(field), depth - 1)))
    return " ".join(said)


def brief(kind: GraphQLObjectType) -> str:
    """What tells a row from others."""
    return "id" if "id" in kind.fields else next((name for name, field in kind.fields.items() if is_leaf(field)), TYPE)


def is_leaf(field: GraphQLField) -> bool:
    return is_leaf_type(get_named_type(field.type))


def asked(name: str, field: GraphQLField, inner: str, arguments: str = "") -> str:
    """An edge with what is asked of its rows."""
    if not is_paged(field):
        return f"{name} {{ {inner} }}"
    return f"{name}{arguments} {{ totalCount {PAGE} edges {{ cursor node {{ {inner} }} }} }}"


def paths() -> dict[str, Sequence[str]]:
    """By type, the shortest way from the root to rows of it."""
    found: dict[str, Sequence[str]] = {}
    waiting = [((name,), field) for name, field in QUERY.items() if is_edge(field)]
    while waiting:
        path, field = waiting.pop(0)
        kind = row_type(field)
        if kind.name not in found:
            found[kind.name] = path
            waiting.extend(((*path, name), edge) for name, edge in edges(kind).items())
    return found


def along(path: Sequence[str], inner: str, sizes: Sequence[int] = SIZES) -> str:
    """The document that asks this of the rows at the end of a path, in pages as long as its cost allows."""

    def step(fields: Mapping[str, GraphQLField], rest: Sequence[str], size: int) -> str:
        name, *further = rest
        field = fields[name]
        below = step(row_type(field).fields, further, size) if further else inner
        return f"{name}(first: {size}) {{ nodes {{ {TYPE} {below} }} }}" if is_paged(field) else f"{name} {{ {below} }}"

    documents = [f"{{ {step(QUERY, path, size)} }}" for size in sizes]
    return next((each for each in documents if points(each) <= BUDGET), documents[-1])


def points(document: str) -> int:
    """What a document costs."""
    parsed = parse(document)
    return cost(SCHEMA, parsed, parsed.definitions[0], {})


def nested() -> list[tuple[str, str]]:
    """The connections of published types, by type and field."""
    kinds = [(name, SCHEMA.type_map[name]) for name in PUBLISHED]
    return [(name, edge) for name, kind in kinds for edge, field in edges(kind).items() if is_paged(field)]


def some(values: Sequence[str]) -> list[str]:
    """One in the middle, and the last."""
    return [values[len(values) // 2], values[-1]] if values else []


def pages(cursors: Sequence[str]) -> Iterator[str]:
    """Arguments for every page, also with cursors that are another group's."""
    yield "first: 1"
    yield "last: 100"
    for cursor in cursors:
        for side in ("after", "before"):
            yield f'first: {A_FEW}, {side}: "{cursor}"'
            yield f'last: {A_FEW}, {side}: "{cursor}"'


@dataclass(frozen=True)
class Lists:
    """A list as one root field asks for it, in as many ways as there are filters and pages."""

    name: str
    field: GraphQLField
    texts: Sequence[str]
    cursors: Sequence[str]

    def documents(self) -> Iterator[str]:
        """All ways, several in one document."""
        inner = brief(row_type(self.field))
        ways = [asked(self.name, self.field, inner, f"({way})") for way in self.ways()]
        for start in range(0, len(ways), TOGETHER):
            some = ways[start : start + TOGETHER]
            yield "{ " + " ".join(f"a{index}: {way}" for index, way in enumerate(some)) + " }"

    def ways(self) -> Iterator[str]:
        """Arguments: pages, and every filter in one direction or the other."""
        yield from pages(self.cursors)
        for index, given in enumerate(self.filters()):
            yield f"filter: {{{given}}}, {('first', 'last')[index % 2]}: 100"

    def filters(self) -> Iterator[str]:
        """Each value alone; each field, each two and all of them with all values."""
        if "filter" not in self.field.args:
            return
        fields = get_named_type(self.field.args["filter"].type).fields
        values = {name: self._values(name, get_named_type(field.type)) for name, field in fields.items()}
        bounds = {name for name, field in fields.items() if not isinstance(field.type, GraphQLList)}

        def given(name: str, every: Sequence[str]) -> str:
            return f"{name}: {every[0]}" if name in bounds else f"{name}: [{', '.join(every)}]"

        for name, every in values.items():
            yield from (given(name, [value]) for value in every)
        for size in {1, 2, len(values)}:
            for names in combinations(values, size):
                yield ", ".join(given(name, values[name]) for name in names)

    def _values(self, name: str, kind: Any) -> Sequence[str]:
        if isinstance(kind, GraphQLEnumType):
            return list(kind.values)
        if kind.name == "Date":
            return [json.dumps(day) for day in DAYS]
        assert kind.name == "String", f"the filter {self.name}({name}:) takes {kind.name}: say here which values to try"
        return [json.dumps(value) for value in self.texts]


def cursors(answer: Any) -> Iterator[str]:
    """Every cursor in an answer."""
    if isinstance(answer, list):
        for each in answer:
            yield from cursors(each)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if name.lower().endswith("cursor") and value:
                yield value
            yield from cursors(value)


def readable(text: str) -> str:
    """An answer with its cursors opened, so that nothing hides in them."""
    closed = [cursor + "=" * (-len(cursor) % 4) for cursor in cursors(json.loads(text))]
    return text + "".join(base64.urlsafe_b64decode(cursor).decode() for cursor in closed)


UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
