"""From a validated read to one SQL statement, through the declared edges alone.

Nothing here knows who asks, and nothing of a request becomes text of the statement but response keys, which are names,
and page sizes, which were checked.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, is_non_null_type
from sqlalchemy import Text, Uuid, bindparam, case, cast, column, func, inspect, literal_column, null, select
from sqlalchemy.dialects.postgresql import ARRAY, JSON

from api.errors import RequestRefused
from api.graph.compiling.inputs import Inputs
from api.graph.compiling.pages import Connection, Listed, object_of
from api.graph.compiling.plan import planned
from api.graph.compiling.reasons import NotCompiled, Reason
from api.graph.compiling.selections import Selections
from api.graph.compiling.values import Seal, Source, empty, joined, json_of, record, sealed, stored, text
from api.graph.declare import PUBLISHED, declared, metadata
from api.graph.ids import located, type_named
from api.store.edges import ToMany

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphql import FieldNode, GraphQLField, GraphQLSchema
    from graphql.execution.values import VariableValues
    from sqlalchemy import ColumnElement, FromClause

    from api.graph.compiling.inputs import Asked
    from api.graph.compiling.plan import Plan
    from api.graph.documents import Prepared
    from api.store.base import Base
    from api.store.edges import ToOne

ROW = "row_id"
"""The value that a payload's statement takes: the id of the row that the act made or changed."""


def compiled(schema: GraphQLSchema, prepared: Prepared, variables: VariableValues) -> Plan:
    """The plan of a query's operation; raises `NotCompiled`, and what its arguments are refused with."""
    compiler = _Compiler(schema, prepared, variables)
    chosen = compiler.selections.at_root(compiler.query)
    return compiler.plan({key: compiler.root(nodes) for key, nodes in chosen.items()}, alone=True)


def compiled_row(
    schema: GraphQLSchema, prepared: Prepared, variables: VariableValues, type_name: str, nodes: Sequence[FieldNode]
) -> Plan:
    """The plan of what is selected of one row, whose id the statement takes as `ROW`: its answer is the row. Raises as
    `compiled`."""
    compiler = _Compiler(schema, prepared, variables)
    kind: Any = schema.get_type(type_name)
    return compiler.plan({None: compiler.row_with_id(kind, nodes, bindparam(ROW, type_=Uuid()))})


class _Compiler:
    """Of one operation."""

    def __init__(self, schema: GraphQLSchema, prepared: Prepared, variables: VariableValues) -> None:
        assert schema.query_type is not None
        self.query = schema.query_type
        self.selections = Selections(schema, prepared.document, prepared.operation, variables)
        self._schema = schema
        self._inputs = Inputs(variables)
        self._seals: list[Seal] = []
        self._aliases: Counter[str] = Counter()

    def plan(self, roots: Mapping[str | None, ColumnElement[Any]], *, alone: bool = False) -> Plan:
        columns = [cast(value, Text).label(f"f{place}") for place, value in enumerate(roots.values())]
        return planned(select(*columns), list(roots), self._inputs, self._seals, alone=alone)

    def alias(self, letter: str) -> str:
        """A name that no other part of the statement has, and that is no column of ours."""
        self._aliases[letter] += 1
        return f"{letter}{self._aliases[letter]}"

    def root(self, nodes: Sequence[FieldNode]) -> ColumnElement[Any]:
        name = nodes[0].name.value
        if name == "__typename":
            return func.to_json(text(self.query.name))
        if name.startswith("__"):
            raise NotCompiled(Reason.INTROSPECTION)
        field = self.query.fields[name]
        match metadata(field):
            case {"kind": "edge", "edge": edge}:
                return self._connection(field, nodes, edge, None)
            case {"kind": "acting", "edge": edge}:
                return self._one(field, nodes, edge, literal_column("(SELECT seat_id())", Uuid()), None)
            case {"kind": "node"}:
                return self._node(field, nodes)
            case {"kind": "nodes", "most": most}:
                return self._nodes(field, nodes, most)
        raise NotCompiled(Reason.CUSTOM_RESOLVER)

    def _node(self, field: GraphQLField, nodes: Sequence[FieldNode]) -> ColumnElement[Any]:
        asked = self._inputs.read(field, nodes[0], _row_id)
        type_name = type_named(asked.arguments["id"])
        if not type_name:
            return null()
        kind: Any = self._schema.get_type(type_name)
        return self.row_with_id(kind, nodes, asked.bound("id", Uuid()))

    def _nodes(self, field: GraphQLField, nodes: Sequence[FieldNode], most: int) -> ColumnElement[Any]:
        def values(asked: Asked) -> Mapping[str, Any]:
            if len(asked.arguments["ids"]) > most:
                raise RequestRefused("PAGE_INVALID", most=most)
            places = [located(each) for each in asked.arguments["ids"]]
            return {
                asked.name("types"): [place.type_name if place else "" for place in places],
                asked.name("ids"): [place.row_id if place else None for place in places],
            }

        asked = self._inputs.read(field, nodes[0], values)
        types, ids = asked.bound("types", ARRAY(Text())), asked.bound("ids", ARRAY(Uuid()))
        listed = func.unnest(cast(types, ARRAY(Text())), cast(ids, ARRAY(Uuid())))
        named = self.alias("n")
        rows = listed.table_valued(column("type"), column("id"), with_ordinality="place").render_derived(name=named)
        row = self._of_types(sorted({type_named(each) for each in asked.arguments["ids"]} - {""}), nodes, named)
        listing = func.json_agg(row, type_=JSON).aggregate_order_by(literal_column(f"{named}.place"))
        return select(func.coalesce(listing, empty(), type_=JSON)).select_from(rows).scalar_subquery()

    def _of_types(self, names: Sequence[str], nodes: Sequence[FieldNode], named: str) -> ColumnElement[Any]:
        kinds: list[Any] = [self._schema.get_type(name) for name in names]
        row_id = literal_column(f"{named}.id", Uuid())
        whens = [
            (literal_column(f"{named}.type") == text(kind.name), self.row_with_id(kind, nodes, row_id))
            for kind in kinds
        ]
        return case(*whens, else_=null()) if whens else cast(null(), JSON)

    def row_with_id(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], row_id: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        far = self._source(PUBLISHED[kind.name].table)
        return self._found(kind, nodes, far, far.column("id") == row_id)

    def _one(
        self,
        field: GraphQLField,
        nodes: Sequence[FieldNode],
        edge: ToOne,
        key: ColumnElement[Any] | None,
        near: Source | None,
    ) -> ColumnElement[Any]:
        far = self._source(edge.table)
        if near is not None:
            return self._found(object_of(field), nodes, far, joined(near, far, edge.source, edge.target.key))
        return self._found(object_of(field), nodes, far, far.column(edge.target.key) == key)

    def _found(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], far: Source, met: ColumnElement[bool]
    ) -> ColumnElement[Any]:
        """The one row of `far` that meets it; PostgreSQL refuses the statement where there are several."""
        source, row = self._row(kind, nodes, far)
        table = inspect(far.table).local_table
        return json_of(row, table.alias(far.alias), source, where=[met])

    def _source(self, table: type[Base]) -> Source:
        return Source(table, self.alias("t"))

    def _row(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], source: Source
    ) -> tuple[FromClause, ColumnElement[Any]]:
        chosen = self.selections.below(kind, nodes)
        return record(self.alias("r"), {key: self._value(kind, each, source) for key, each in chosen.items()})

    def _value(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], source: Source) -> ColumnElement[Any]:
        name = nodes[0].name.value
        if name == "__typename":
            return text(kind.name)
        field = kind.fields[name]
        match metadata(field):
            case {"kind": "edge", "edge": ToMany() as edge}:
                return self._connection(field, nodes, edge, source)
            case {"kind": "edge", "edge": edge}:
                return self._one(field, nodes, edge, None, source)
            case {"kind": "id"}:
                return text(f"{kind.name}:").concat(cast(source.column("id"), Text))
        return self._stored(field, nodes, source)

    def _stored(self, field: GraphQLField, nodes: Sequence[FieldNode], source: Source) -> ColumnElement[Any]:
        match metadata(field):
            case {"kind": "column"}:
                return self._column(field, nodes, source)
            case {"kind": "codes", "column": of}:
                return _checked(field, source, of)
            case {"kind": "sealed", "column": of}:
                return self._sealed(field, source, of)
        raise NotCompiled(Reason.CUSTOM_RESOLVER)

    def _column(self, field: GraphQLField, nodes: Sequence[FieldNode], source: Source) -> ColumnElement[Any]:
        attribute = declared(field).python_name
        parts = source.parts(attribute)
        if parts is None:
            return _checked(field, source, attribute)
        kind = object_of(field)
        chosen = self.selections.below(kind, nodes)
        values = {key: _part(kind, each[0].name.value, source, parts) for key, each in chosen.items()}
        made, row = record(self.alias("r"), values)
        return json_of(row, made)

    def _sealed(self, field: GraphQLField, source: Source, of: str) -> ColumnElement[Any]:
        _checked(field, source, of)
        self._seals.append(Seal(inspect(source.table).local_table.description, of))
        return sealed(source, of, len(self._seals) - 1)

    def _connection(
        self, field: GraphQLField, nodes: Sequence[FieldNode], edge: ToMany, near: Source | None
    ) -> ColumnElement[Any]:
        asked, cut, filters = self._inputs.page(field, nodes[0], edge)
        rows = self._source(edge.table)
        within = [] if near is None or edge.target is None else [self._within(edge, near)]
        listed = Listed.of(edge, asked, cut, filters, *within)
        connection = Connection(listed, self.selections, self._row, rows, self.alias, self.alias("g"))
        return connection.json(object_of(field), nodes)

    def _within(self, edge: ToMany, near: Source) -> ColumnElement[bool]:
        """The rows of the edge that belong to the near one; they are read under their table's own name."""
        assert edge.target is not None
        far = Source(edge.table, inspect(edge.table).local_table.description)
        return joined(near, far, edge.source or "", edge.target.key)


def _row_id(asked: Asked) -> Mapping[str, Any]:
    place = located(asked.arguments["id"])
    return {asked.name("id"): place.row_id if place else None}


def _checked(field: GraphQLField, source: Source, attribute: str) -> ColumnElement[Any]:
    if is_non_null_type(field.type) and source.nullable(attribute):
        raise NotCompiled(Reason.NULLABLE)
    return stored(source.column(attribute))


def _part(kind: GraphQLObjectType, name: str, source: Source, parts: Mapping[str, str]) -> ColumnElement[Any]:
    if name == "__typename":
        return text(kind.name)
    field = kind.fields[name]
    return _checked(field, source, parts[declared(field).python_name])
