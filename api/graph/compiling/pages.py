"""A connection in SQL: one page of an edge, read once, whatever is selected of it and however often."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import false, func, inspect, literal_column, null, select, true
from sqlalchemy.dialects.postgresql import JSON

from api.graph.compiling.values import Source, cursor, empty, json_of, number, ordered, record, text
from api.store.edges import kept, sliced, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import FieldNode, GraphQLField
    from sqlalchemy import ColumnElement, FromClause

    from api.graph.compiling.inputs import Asked
    from api.graph.compiling.selections import Selections
    from api.store.edges import ToMany
    from api.store.paging import Slice

    Row = Callable[[GraphQLObjectType, Sequence[FieldNode], Source], tuple[FromClause, ColumnElement[Any]]]


@dataclass(frozen=True, slots=True)
class Listed:
    """What one connection asks of an edge: a slice of the rows that meet `criteria`."""

    edge: ToMany
    asked: Slice
    criteria: Sequence[ColumnElement[bool]]

    @classmethod
    def of(cls, edge: ToMany, asked: Asked, cut: Slice, filters: Mapping[str, Any], *joined: Any) -> Listed:
        """With the values of its slice and filters bound."""
        after = _bound(asked, edge, "after") if cut.after is not None else None
        before = _bound(asked, edge, "before") if cut.before is not None else None
        values = {name: asked.bound(name, edge.filter(name).kind) for name in filters}
        return cls(edge, replace(cut, after=after, before=before), [*kept(edge, values), *joined])

    def count(self) -> ColumnElement[Any]:
        """Of all its pages."""
        counted = select(func.count()).select_from(inspect(self.edge.table).local_table)
        return counted.where(*self.criteria).scalar_subquery()


def _bound(asked: Asked, edge: ToMany, end: str) -> tuple[ColumnElement[Any], ...]:
    return tuple(asked.bound(f"{end}{place}", step.column.type) for place, step in enumerate(edge.order))


@dataclass(slots=True)
class Connection:
    """Puts together the selections of one connection: what is made of the page's rows is gathered in one subquery, and
    the answer's objects are made of that."""

    listed: Listed
    selections: Selections
    row: Row
    rows: Source
    alias: Callable[[str], str]
    gathering: str
    gathered: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    beside: list[FromClause] = field(default_factory=list)
    one_more: bool = False
    """Whether a row beyond the page is read: that there is one, tells that the page is not the last."""

    def json(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> ColumnElement[Any]:
        parts = self.selections.below(kind, nodes)
        self.one_more = self._asks_beyond(kind, [node for part in parts.values() for node in part])
        answer, named = record(self.alias("c"), {key: self._part(kind, part) for key, part in parts.items()})
        return json_of(named, *([self._gathering()] if self.gathered else []), answer)

    def _asks_beyond(self, kind: GraphQLObjectType, parts: Sequence[FieldNode]) -> bool:
        named = [node for node in parts if node.name.value == "pageInfo"]
        told = self.selections.below(object_of(kind.fields["pageInfo"]), named)
        wanted = "hasPreviousPage" if self.listed.asked.backward else "hasNextPage"
        return any(node.name.value == wanted for nodes in told.values() for node in nodes)

    def _part(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> ColumnElement[Any]:
        match nodes[0].name.value:
            case "__typename":
                return text(kind.name)
            case "totalCount":
                return self.listed.count()
            case "pageInfo":
                return self._page_info(object_of(kind.fields["pageInfo"]), nodes)
            case "edges":
                return self._list(self._edge, object_of(kind.fields["edges"]), nodes)
            case _:
                return self._list(self.row, object_of(kind.fields["nodes"]), nodes)

    def _list(self, row: Row, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> ColumnElement[Any]:
        """In the list's order: backward, the page's last row was read first."""
        source, value = row(kind, nodes, self.rows)
        self.beside.append(source)
        place = self._place
        made: Any = func.json_agg(value, type_=JSON)
        made = made.aggregate_order_by(place.desc()) if self.listed.asked.backward else made
        made = made.filter(place <= number(self.listed.asked.size)) if self.one_more else made
        return self._gather(func.coalesce(made, empty(), type_=JSON))

    def _edge(
        self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], rows: Source
    ) -> tuple[FromClause, ColumnElement[Any]]:
        parts = self.selections.below(kind, nodes)
        return record(self.alias("e"), {key: self._of_edge(kind, part, rows) for key, part in parts.items()})

    def _of_edge(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], rows: Source) -> ColumnElement[Any]:
        match nodes[0].name.value:
            case "__typename":
                return text(kind.name)
            case "cursor":
                return cursor(ordered(rows, self.listed.edge.order))
            case _:
                source, row = self.row(object_of(kind.fields["node"]), nodes, rows)
                self.beside.append(source)
                value: ColumnElement[Any] = func.row_to_json(row, type_=JSON)
                return value

    def _page_info(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> ColumnElement[Any]:
        parts = self.selections.below(kind, nodes)
        values = {key: self._told(kind, part[0].name.value) for key, part in parts.items()}
        told, named = record(self.alias("i"), values)
        return json_of(named, told)

    def _told(self, kind: GraphQLObjectType, name: str) -> ColumnElement[Any]:
        asked = self.listed.asked
        match name:
            case "__typename":
                return text(kind.name)
            case "startCursor":
                return self._end(read_first=not asked.backward)
            case "endCursor":
                return self._end(read_first=asked.backward)
        if (name == "hasPreviousPage") == asked.backward:
            return self._gather(func.count() > number(asked.size))
        return true() if (asked.before if asked.backward else asked.after) is not None else false()

    def _end(self, *, read_first: bool) -> ColumnElement[Any]:
        """The cursor of the row that was read first, or of the last one of the page."""
        size = number(self.listed.asked.size)
        if self.listed.asked.size == 0:
            return null()
        place = number(1) if read_first else func.least(self._gather(func.count()), size)
        keys: list[Any] = [self._gather(self._read(step)) for step in ordered(self.rows, self.listed.edge.order)]
        return cursor([key[place] for key in keys])

    def _read(self, step: ColumnElement[Any]) -> Any:
        """A column's values as the rows were read. Backward the order is named: PostgreSQL sorts the rows for
        the aggregates that name one, and hands them so to those that do not."""
        made: Any = func.array_agg(step)
        return made.aggregate_order_by(self._place) if self.listed.asked.backward else made

    @property
    def _place(self) -> ColumnElement[Any]:
        return literal_column(f"{self.rows.alias}.place")

    def _gather(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """A value made of all rows of the page, as what it is called outside of them."""
        name = f"v{len(self.gathered)}"
        self.gathered[name] = value
        return literal_column(f"{self.gathering}.{name}", value.type)

    def _gathering(self) -> FromClause:
        edge, cut = self.listed.edge, self.listed.asked
        place = func.row_number().over(order_by=list(steps(edge, cut))).label("place")
        columns: list[Any] = [inspect(edge.table).local_table, *([place] if self.one_more or cut.backward else [])]
        page = sliced(select(*columns).where(*self.listed.criteria), edge, cut, more=int(self.one_more))
        values = [value.label(name) for name, value in self.gathered.items()]
        return select(*values).select_from(page.subquery(self.rows.alias), *self.beside).subquery(self.gathering)


def object_of(field: GraphQLField) -> GraphQLObjectType:
    """The type of the objects that a field leads to."""
    kind = get_named_type(field.type)
    assert isinstance(kind, GraphQLObjectType)
    return kind
