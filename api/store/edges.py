"""Edges as data: from a row to another, or to a page of others (ARCHITECTURE §5).

An edge says nothing about who asks: row security decides which rows exist. The executor resolves edges in batches
(`api/graph/loading.py`); nothing here executes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BindParameter,
    Select,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute

    from api.store.base import Base
    from api.store.paging import Slice

    Attribute = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Order:
    """One step of a stable order; the last of an edge is always unique within a group."""

    column: Attribute
    descending: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class ToOne:
    """At most one target row whose `target` column equals the row's `source` attribute."""

    table: type[Base]
    source: str
    target: Attribute


@dataclass(frozen=True, eq=False, slots=True)
class ToMany:
    """A page of target rows, in a stable order; without `source` the edge starts at the root.

    `where` narrows the target for everybody (the state of a work list), never by who asks.
    """

    table: type[Base]
    order: Sequence[Order]
    source: str | None = None
    target: Attribute | None = None
    default: int = 20
    most: int = 100
    where: Sequence[ColumnElement[bool]] = ()
    filters: Mapping[str, Attribute | Filter] = field(default_factory=dict)
    """By the name of the filter's argument; a column alone is one of the values given."""

    def filter(self, name: str) -> Filter:
        named = self.filters[name]
        return named if isinstance(named, Filter) else Filter(named)


@unique
class Comparison(Enum):
    """What a filter keeps: each is made of operators that are leakproof (ARCHITECTURE §8)."""

    ONE_OF = "one of the values"
    AFTER = "greater than the value"
    BEFORE_OR_NEVER = "less than the value, or null: what never happened has not happened since"


@dataclass(frozen=True, eq=False, slots=True)
class Filter:
    """A condition that a client may set on the rows of an edge. With `across`, rows are kept that have such a row on
    that edge, in their own group."""

    column: Attribute
    comparison: Comparison = Comparison.ONE_OF
    across: ToMany | None = None

    @property
    def kind(self) -> Any:
        """The type of the value that it takes: a list of values, or a bound."""
        return ARRAY(self.column.type) if self.comparison is Comparison.ONE_OF else self.column.type

    def taken(self, given: Sequence[Any]) -> Any:
        """Of the values given what a statement takes."""
        return list(given) if self.comparison is Comparison.ONE_OF else given[0]

    def value(self, given: Sequence[Any]) -> BindParameter[Any]:
        return bindparam(None, self.taken(given), type_=self.kind)


def in_table(attribute: Attribute) -> ColumnElement[Any]:
    """The column itself: a statement of columns is written in half the time of one of mapped attributes."""
    column: ColumnElement[Any] = attribute.property.columns[0]
    return column


def newest_first(column: Attribute, *, then: Attribute) -> tuple[Order, Order]:
    return Order(column, descending=True), Order(then, descending=True)


def oldest_first(column: Attribute, *, then: Attribute) -> tuple[Order, Order]:
    return Order(column), Order(then)


def one_statement(edge: ToOne, keys: Sequence[Any]) -> Select[Any]:
    """All targets for a batch of keys."""
    return select(edge.table).where(edge.target == any_(_array(edge.target, keys)))


def page_statement(edge: ToMany, cut: Slice, filters: Mapping[str, Sequence[Any]]) -> Select[Any]:
    """One page from the root."""
    return sliced(select(edge.table).where(*kept(edge, _values(edge, filters))), edge, cut)


def pages_statement(
    edge: ToMany, group_id: Any, keys: Sequence[Any], cut: Slice, filters: Mapping[str, Sequence[Any]]
) -> Select[Any]:
    """One page for each of a batch of keys, beside its key."""
    assert edge.target is not None
    sources = select(func.unnest(_array(edge.target, keys)).label("source")).subquery("sources")
    inner = _in_group(select(edge.table).where(*kept(edge, _values(edge, filters))), edge, group_id)
    inner = inner.where(edge.target == sources.c.source)
    page = sliced(inner, edge, cut).correlate(sources).lateral("page")
    row = aliased(edge.table, page)
    return select(sources.c.source, row).select_from(sources.join(page, true()))


def counts_statement(
    edge: ToMany, group_id: Any, keys: Sequence[Any], filters: Mapping[str, Sequence[Any]]
) -> Select[Any]:
    """How many rows the acting seat sees on this edge, beside each key that has any."""
    key = literal_column("NULL") if edge.target is None else edge.target
    counted = select(key, func.count()).select_from(edge.table).where(*kept(edge, _values(edge, filters)))
    if edge.target is None:
        return counted
    return (
        _in_group(counted, edge, group_id).where(edge.target == any_(_array(edge.target, keys))).group_by(edge.target)
    )


def _in_group(statement: Select[Any], edge: ToMany, group_id: Any) -> Select[Any]:
    """The first column of every index of a group's table. It narrows nothing that row security lets through."""
    column: Attribute | None = getattr(edge.table, "group_id", None)
    return statement if column is None or group_id is None else statement.where(column == group_id)


def _values(edge: ToMany, filters: Mapping[str, Sequence[Any]]) -> Mapping[str, ColumnElement[Any]]:
    return {name: edge.filter(name).value(given) for name, given in filters.items()}


def kept(edge: ToMany, filters: Mapping[str, ColumnElement[Any]]) -> Sequence[ColumnElement[bool]]:
    """What a row of the edge meets, where its filters take these values."""
    return [*edge.where, *(_kept(edge, edge.filter(name), value) for name, value in sorted(filters.items()))]


def _kept(edge: ToMany, given: Filter, value: ColumnElement[Any]) -> ColumnElement[bool]:
    met = _met(given, value)
    return met if given.across is None else _has(edge.table, given.across, met)


def _met(given: Filter, value: ColumnElement[Any]) -> ColumnElement[bool]:
    column = in_table(given.column)
    match given.comparison:
        case Comparison.ONE_OF:
            met: ColumnElement[bool] = column == any_(cast(value, given.kind))
        case Comparison.AFTER:
            met = column > value
        case Comparison.BEFORE_OR_NEVER:
            met = or_(column < value, column.is_(None))
    return met


def _has(table: Any, across: ToMany, met: ColumnElement[bool]) -> ColumnElement[bool]:
    """A row of the table has one that meets it on the edge."""
    far: Any = across.table
    assert across.target is not None
    joined = across.target == getattr(table, across.source or "")
    return exists().where(far.group_id == table.group_id, joined, *across.where, met)


def sliced(statement: Select[Any], edge: ToMany, cut: Slice, *, more: int = 1) -> Select[Any]:
    """Keyset paging: one row more than asked for tells whether there is a next page. The size was checked, so it is a
    literal: a parameter in LIMIT makes PostgreSQL plan each time."""
    if cut.after is not None:
        statement = statement.where(_beyond(edge.order, cut.after, backward=False))
    if cut.before is not None:
        statement = statement.where(_beyond(edge.order, cut.before, backward=True))
    return statement.order_by(*steps(edge, cut)).limit(literal_column(str(int(cut.size) + more)))


def steps(edge: ToMany, cut: Slice) -> Sequence[ColumnElement[Any]]:
    """The edge's order, from the end that the page is counted from."""
    columns = [(in_table(step.column), step.descending != cut.backward) for step in edge.order]
    return [column.desc() if down else column.asc() for column, down in columns]


def _beyond(order: Sequence[Order], values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]:
    """Rows strictly after (or before) the row with these order values: one comparison of rows, which an index answers,
    where all steps go the same way; else a < x, or a = x and b < y, and so on."""
    keys = [_key(step, value) for step, value in zip(order, values, strict=True)]
    columns = [in_table(step.column) for step in order]
    ways = [step.descending != backward for step in order]
    if len(set(ways)) == 1:
        here, there = tuple_(*columns), tuple_(*keys)
        return here < there if ways[0] else here > there
    beyond: list[ColumnElement[bool]] = []
    for index, (column, key, down) in enumerate(zip(columns, keys, ways, strict=True)):
        same = [c == k for c, k in zip(columns[:index], keys[:index], strict=True)]
        beyond.append(and_(*same, column < key if down else column > key))
    return or_(false(), *beyond)


def _key(step: Order, value: Any) -> ColumnElement[Any]:
    return value if isinstance(value, BindParameter) else bindparam(None, value, type_=step.column.type)


def _array(column: Attribute, keys: Sequence[Any]) -> Any:
    return cast(bindparam(None, list(keys), type_=ARRAY(column.type)), ARRAY(column.type))
