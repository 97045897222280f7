"""What a row's declared fields are in SQL, so that PostgreSQL writes them in JSON as the executor does."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, case, func, inspect, literal_column, null, select
from sqlalchemy.dialects.postgresql import JSON
from sqlalchemy.sql import quoted_name

from api.graph.compiling.reasons import NotCompiled, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, FromClause

    from api.store.base import Base
    from api.store.edges import Order

LONGEST_NAME = 63
"""Bytes of a name in PostgreSQL (NAMEDATALEN); of a longer one the rest is cut off."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows of a table under an alias of the statement."""

    table: type[Base]
    alias: str

    def column(self, attribute: str) -> ColumnElement[Any]:
        """A mapped attribute. By name alone: the alias may be one of a statement further out."""
        column = self._mapped(attribute)
        return self._named(column.name, column.type)

    def nullable(self, attribute: str) -> bool:
        return bool(self._mapped(attribute).nullable)

    def parts(self, attribute: str) -> Mapping[str, str] | None:
        """The attributes of a composite one by the names of its value's fields; none where it is a column."""
        composite = inspect(self.table).composites.get(attribute)
        if composite is None:
            return None
        made_of: Any = composite.composite_class
        return {part.name: prop.key for part, prop in zip(fields(made_of), composite.props, strict=True)}

    @property
    def key(self) -> Sequence[ColumnElement[Any]]:
        return [self._named(column.name, column.type) for column in inspect(self.table).primary_key]

    @property
    def group(self) -> ColumnElement[Any] | None:
        return self.column("group_id") if "group_id" in inspect(self.table).columns else None

    def _mapped(self, attribute: str) -> Any:
        mapper = inspect(self.table)
        other = mapper.synonyms.get(attribute)
        return mapper.columns[attribute if other is None else other.name]

    def _named(self, name: str, kind: Any) -> ColumnElement[Any]:
        return literal_column(f'{self.alias}."{name}"', kind)


@dataclass(frozen=True, slots=True)
class Seal:
    """Where a ciphertext of the answer belongs."""

    table: str
    column: str


def text(constant: str) -> ColumnElement[Any]:
    """A word of the schema's own as a text."""
    return literal_column(f"'{constant}'::text")


def empty() -> ColumnElement[Any]:
    return literal_column("'[]'::json")


def number(value: int) -> ColumnElement[Any]:
    return literal_column(str(int(value)))


def record(alias: str, values: Mapping[str, ColumnElement[Any]]) -> tuple[FromClause, ColumnElement[Any]]:
    """A row whose column names are the keys, as what stands in FROM, and to refer to."""
    if any(len(key.encode()) > LONGEST_NAME for key in values):
        raise NotCompiled(Reason.LONG_KEY)
    named = [value.label(quoted_name(key, True)) for key, value in values.items()]
    return select(*named).lateral(alias), literal_column(alias)


def json_of(row: ColumnElement[Any], *sources: FromClause, where: Sequence[Any] = ()) -> ColumnElement[Any]:
    """The row as an object; null where there is none."""
    return select(func.row_to_json(row, type_=JSON)).select_from(*sources).where(*where).scalar_subquery()


def sealed(source: Source, column: str, slot: int) -> ColumnElement[Any]:
    """A ciphertext with all that it takes to open it, at a mark: an object with an empty key. No answer has such a key,
    and within a text of JSON each quotation mark stands behind a backslash, so that no data can write `{"" : "`."""
    cipher = source.column(column)
    group_id, row_id = source.key[:2]
    packed = func.concat(
        number(slot), text(":"), group_id, text(":"), row_id, text(":"), func.encode(cipher, text("hex"))
    )
    return case((cipher.is_not(None), func.json_build_object(text(""), packed, type_=JSON)), else_=null())


def stored(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column's value as the driver reads it: it writes the first and the last day of the calendar as infinities."""
    if not isinstance(value.type, Date):
        return value
    ends = {"-infinity": date.min, "infinity": date.max}
    days = {_day(infinity): _day(day.isoformat()) for infinity, day in ends.items()}
    return case(days, value=value, else_=value)


def _day(written: str) -> ColumnElement[Any]:
    return literal_column(f"'{written}'::date", Date())


def cursor(steps: Sequence[ColumnElement[Any]]) -> ColumnElement[Any]:
    """`api/store/paging.py`'s cursor of these order values; null where one is."""
    plain = [func.to_json(stored(step)).op("::")(literal_column("text")) for step in steps]
    joined: ColumnElement[Any] = plain[0]
    for each in plain[1:]:
        joined = joined.concat(text(",")).concat(each)
    written = text("[").concat(joined).concat(text("]"))
    encoded = func.encode(func.convert_to(written, text("UTF8")), text("base64"))
    return func.translate(encoded, literal_column(r"E'+/=\n'"), text("-_"))


def joined(near: Source, far: Source, near_key: str, far_key: str) -> ColumnElement[bool]:
    """A far row belongs to the near one, in its own group."""
    same = far.column(far_key) == near.column(near_key)
    if near.group is None or far.group is None or "group_id" in {near_key, far_key}:
        return same
    return and_(far.group == near.group, same)


def ordered(source: Source, order: Sequence[Order]) -> list[ColumnElement[Any]]:
    return [source.column(step.column.key) for step in order]
