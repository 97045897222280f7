"""Edges as data: from a row to another, or to a page of others (ARCHITECTURE §5).

An edge says nothing about who asks: row security decides which rows exist. The executor resolves edges in batches
(`api/graph/loading.py`); nothing here executes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, unique
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, any_, bindparam, cast, exists, false, func, literal_column, or_, select, true
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


def newest_first(column: Attribute, *, then: Attribute) -> tuple[Order, Order]:
    return Order(column, descending=True), Order(then, descending=True)


def oldest_first(column: Attribute, *, then: Attribute) -> tuple[Order, Order]:
    return Order(column), Order(then)


def one_statement(edge: ToOne, keys: Sequence[Any]) -> Select[Any]:
    """All targets for a batch of keys."""
    return select(edge.table).where(edge.target == any_(_array(edge.target, keys)))


def page_statement(edge: ToMany, cut: Slice, filters: Mapping[str, Sequence[Any]]) -> Select[Any]:
    """One page from the root."""
    return _sliced(_filtered(select(edge.table), edge, filters), edge, cut)


def pages_statement(
    edge: ToMany, group_id: Any, keys: Sequence[Any], cut: Slice, filters: Mapping[str, Sequence[Any]]
) -> Select[Any]:
    """One page for each of a batch of keys, beside its key."""
    assert edge.target is not None
    sources = select(func.unnest(_array(edge.target, keys)).label("source")).subquery("sources")
    inner = _in_group(_filtered(select(edge.table), edge, filters), edge, group_id)
    inner = inner.where(edge.target == sources.c.source)
    page = _sliced(inner, edge, cut).correlate(sources).lateral("page")
    row = aliased(edge.table, page)
    return select(sources.c.source, row).select_from(sources.join(page, true()))


def counts_statement(
    edge: ToMany, group_id: Any, keys: Sequence[Any], filters: Mapping[str, Sequence[Any]]
) -> Select[Any]:
    """How many rows the acting seat sees on this edge, beside each key that has any."""
    key = literal_column("NULL") if edge.target is None else edge.target
    counted = _filtered(select(key, func.count()).select_from(edge.table), edge, filters)
    if edge.target is None:
        return counted
    return (
        _in_group(counted, edge, group_id).where(edge.target == any_(_array(edge.target, keys))).group_by(edge.target)
    )


def _in_group(statement: Select[Any], edge: ToMany, group_id: Any) -> Select[Any]:
    """The first column of every index of a group's table. It narrows nothing that row security lets through."""
    column: Attribute | None = getattr(edge.table, "group_id", None)
    return statement if column is None or group_id is None else statement.where(column == group_id)


def _filtered(statement: Select[Any], edge: ToMany, filters: Mapping[str, Sequence[Any]]) -> Select[Any]:
    criteria = [_kept(edge, edge.filters[name], values) for name, values in sorted(filters.items())]
    return statement.where(*edge.where, *criteria)


def _kept(edge: ToMany, given: Attribute | Filter, values: Sequence[Any]) -> ColumnElement[bool]:
    if not isinstance(given, Filter):
        return given.in_(values)
    met = _met(given, values)
    return met if given.across is None else _has(edge.table, given.across, met)


def _met(given: Filter, values: Sequence[Any]) -> ColumnElement[bool]:
    match given.comparison:
        case Comparison.ONE_OF:
            met: ColumnElement[bool] = given.column.in_(values)
        case Comparison.AFTER:
            met = given.column > values[0]
        case Comparison.BEFORE_OR_NEVER:
            met = or_(given.column < values[0], given.column.is_(None))
    return met


def _has(table: Any, across: ToMany, met: ColumnElement[bool]) -> ColumnElement[bool]:
    """A row of the table has one that meets it on the edge."""
    far: Any = across.table
    assert across.target is not None
    joined = across.target == getattr(table, across.source or "")
    return exists().where(far.group_id == table.group_id, joined, *across.where, met)


def _sliced(statement: Select[Any], edge: ToMany, cut: Slice) -> Select[Any]:
    """Keyset paging: one row more than asked for tells whether there is a next page. The size was checked, so it is a
    literal: a parameter in LIMIT makes PostgreSQL plan each time."""
    if cut.after is not None:
        statement = statement.where(_beyond(edge.order, cut.after, backward=False))
    if cut.before is not None:
        statement = statement.where(_beyond(edge.order, cut.before, backward=True))
    steps = [o.column.desc() if o.descending != cut.backward else o.column.asc() for o in edge.order]
    return statement.order_by(*steps).limit(literal_column(str(int(cut.size) + 1)))


def _beyond(order: Sequence[Order], values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]:
    """Rows strictly after (or before) the row with these order values: a < x, or a = x and b < y, and so on."""
    steps: list[ColumnElement[bool]] = []
    for index, (step, value) in enumerate(zip(order, values, strict=True)):
        same = [o.column == v for o, v in zip(order[:index], values[:index], strict=True)]
        down = step.descending != backward
        steps.append(and_(*same, step.column < value if down else step.column > value))
    return or_(false(), *steps)


def _array(column: Attribute, keys: Sequence[Any]) -> Any:
    return cast(bindparam(None, list(keys), type_=ARRAY(column.type)), ARRAY(column.type))
