"""Documents made by walking the schema: what is published tomorrow is read tomorrow, unasked."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
)

from api.graph.cost import cost
from api.graph.declare import PUBLISHED, metadata
from api.graph.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graphql import DocumentNode, GraphQLField, GraphQLSchema, SelectionSetNode

    from api.store.edges import ToMany, ToOne

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


@dataclass(frozen=True)
class Contract:
    """The schema, for whoever walks through what it publishes."""

    schema: GraphQLSchema

    @property
    def mutations(self) -> Mapping[str, GraphQLField]:
        assert self.schema.mutation_type is not None
        fields: Mapping[str, GraphQLField] = self.schema.mutation_type.fields
        return fields

    @property
    def query(self) -> Mapping[str, GraphQLField]:
        assert self.schema.query_type is not None
        fields: Mapping[str, GraphQLField] = self.schema.query_type.fields
        return fields

    def kind(self, name: str) -> GraphQLObjectType:
        """The object type of this name."""
        kind = self.schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        return kind

    def roots(self) -> dict[str, GraphQLField]:
        """The connections at the root."""
        return {name: field for name, field in self.query.items() if is_paged(field)}

    def declared(self, kind: str, name: str) -> ToMany | ToOne:
        """The edge behind a field of a published type."""
        edge: ToMany | ToOne = metadata(self.kind(kind).fields[name])["edge"]
        return edge

    def paths(self) -> dict[str, Sequence[str]]:
        """By type, the shortest way from the root to rows of it."""
        found: dict[str, Sequence[str]] = {}
        waiting: list[tuple[Sequence[str], GraphQLField]]
        waiting = [((name,), field) for name, field in self.query.items() if is_edge(field) and not needs(field)]
        while waiting:
            path, field = waiting.pop(0)
            kind = row_type(field)
            if kind.name not in found:
                found[kind.name] = path
                waiting.extend(((*path, name), edge) for name, edge in edges(kind).items())
        return found

    def along(self, path: Sequence[str], inner: str, sizes: Sequence[int] = SIZES) -> str:
        """The document that asks this of the rows at the end of a path, in pages as long as its cost allows."""

        def step(fields: Mapping[str, GraphQLField], rest: Sequence[str], size: int) -> str:
            name, *further = rest
            field = fields[name]
            below = step(row_type(field).fields, further, size) if further else inner
            paged = f"{name}(first: {size}) {{ nodes {{ {TYPE} {below} }} }}"
            return paged if is_paged(field) else f"{name} {{ {below} }}"

        documents = [f"{{ {step(self.query, path, size)} }}" for size in sizes]
        return next((each for each in documents if self.points(each) <= BUDGET), documents[-1])

    def points(self, document: str) -> int:
        """What a document costs."""
        parsed = parse(document)
        (operation,) = parsed.definitions
        assert isinstance(operation, OperationDefinitionNode)
        return cost(self.schema, parsed, operation, {})

    def nested(self) -> list[tuple[str, str]]:
        """The connections of published types, by type and field."""
        kinds = [(name, self.kind(name)) for name in PUBLISHED]
        return [(name, edge) for name, kind in kinds for edge, field in edges(kind).items() if is_paged(field)]


def needs(field: GraphQLField) -> bool:
    """Whether the field cannot be asked for without an argument."""
    return any(is_required_argument(argument) for argument in field.args.values())


def is_paged(field: GraphQLField) -> bool:
    kind = get_named_type(field.type)
    return isinstance(kind, GraphQLObjectType) and kind.fields.keys() == PAGED


def row_type(field: GraphQLField) -> GraphQLObjectType:
    """The type of the rows that a connection or an edge leads to."""
    kind: Any = get_named_type(field.type)
    found: GraphQLObjectType = get_named_type(kind.fields["nodes"].type) if is_paged(field) else kind
    return found


def is_edge(field: GraphQLField) -> bool:
    return is_paged(field) or get_named_type(field.type).name in PUBLISHED


def edges(kind: GraphQLObjectType) -> dict[str, GraphQLField]:
    return {name: field for name, field in kind.fields.items() if is_edge(field)}


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
    pairs: bool = True
    """Whether each two fields of a filter are tried together too."""

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
        """Each value alone; each field, perhaps each two, and all of them with all values."""
        if "filter" not in self.field.args:
            return
        kind: Any = get_named_type(self.field.args["filter"].type)
        fields = kind.fields
        values = {name: self._values(name, get_named_type(field.type)) for name, field in fields.items()}
        bounds = {name for name, field in fields.items() if not isinstance(field.type, GraphQLList)}

        def given(name: str, every: Sequence[str]) -> str:
            return f"{name}: {every[0]}" if name in bounds else f"{name}: [{', '.join(every)}]"

        for name, every in values.items():
            yield from (given(name, [value]) for value in every)
        for size in {1, *([2] if self.pairs else []), len(values)}:
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


@dataclass
class Coverage:
    """Which fields of the contract were asked for."""

    schema: GraphQLSchema
    fields: set[str] = dataclasses.field(default_factory=set)
    names: dict[str, str] = dataclasses.field(default_factory=dict)

    def note(self, document: str) -> None:
        """Look through a document that was not seen before; one that cannot be parsed asks for nothing."""
        if document in self.names:
            return
        self.names[document] = "a document"
        with suppress(GraphQLError):
            self._walk(document, parse(document))

    def name(self, document: str) -> str:
        """The operation's kind and its fields: what a finding calls the document."""
        return self.names[document]

    def _walk(self, document: str, parsed: DocumentNode) -> None:
        for operation in parsed.definitions:
            assert isinstance(operation, OperationDefinitionNode), "documents of a proof have no fragments with names"
            selected = operation.selection_set.selections
            named = dict.fromkeys(node.name.value for node in selected if isinstance(node, FieldNode))
            self.names[document] = f"{operation.operation.value} {', '.join(named)}"
            self._selected(self.schema.get_root_type(operation.operation), operation.selection_set)

    def _selected(self, parent: Any, selections: SelectionSetNode | None) -> None:
        for node in selections.selections if selections else ():
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                below = self.schema.type_map.get(condition.name.value) if condition else parent
                self._selected(below, node.selection_set)
            elif isinstance(node, FieldNode) and node.name.value in getattr(parent, "fields", ()):
                self.fields.add(f"{parent.name}.{node.name.value}")
                self._selected(get_named_type(parent.fields[node.name.value].type), node.selection_set)

    def of(self, kind: GraphQLObjectType) -> set[str]:
        """The fields of a type that were asked for."""
        return {name for name in kind.fields if f"{kind.name}.{name}" in self.fields}
