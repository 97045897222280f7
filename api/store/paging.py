"""Pages: what a client may ask for, and what it gets (Relay cursor connections)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from api.dates import moment
from api.errors import RequestRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from api.store.base import Base
    from api.store.edges import Order, ToMany

LONGEST_CURSOR = 500


def _moment(text: str) -> datetime:
    """With its time and in UTC: at the ends of the calendar another zone's is no moment of PostgreSQL's."""
    if "T" not in text:
        raise ValueError(text)
    return datetime.fromisoformat(text).astimezone(UTC)


PARSERS: Mapping[type, Callable[[str], Any]] = {
    date: date.fromisoformat,
    datetime: _moment,
    UUID: UUID,
    str: str,
}


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows asked for: `size` of them, beyond the order values `after` or `before`, from the end if `backward`."""

    size: int
    after: tuple[Any, ...] | None
    before: tuple[Any, ...] | None
    backward: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows in order, with whether rows lie beyond its ends."""

    edge: ToMany
    rows: Sequence[Base]
    has_next_page: bool
    has_previous_page: bool
    key: Any = None
    filters: Any = None


def cut(edge: ToMany, first: int | None, after: str | None, last: int | None, before: str | None) -> Slice:
    """Check the arguments of a connection; raise `RequestRefused` PAGE_INVALID or CURSOR_INVALID."""
    if first is not None and last is not None:
        raise RequestRefused("PAGE_INVALID", most=edge.most)
    size = first if first is not None else last if last is not None else edge.default
    if not 0 <= size <= edge.most:
        raise RequestRefused("PAGE_INVALID", most=edge.most)
    return Slice(size, _values(edge, after), _values(edge, before), backward=last is not None)


def page(edge: ToMany, asked: Slice, rows: Sequence[Base], key: Any, filters: Any) -> Page:
    """Make a page of `size + 1` fetched rows."""
    kept = list(rows[: asked.size])
    more = len(rows) > asked.size
    if asked.backward:
        kept.reverse()
        return Page(edge, kept, asked.before is not None, more, key, filters)
    return Page(edge, kept, more, asked.after is not None, key, filters)


def cursor(edge: ToMany, row: Base) -> str:
    """Where a row stands in its edge's order: its own values there, all of them of the row's own grade."""
    values = [_plain(getattr(row, step.column.key)) for step in edge.order]
    return base64.urlsafe_b64encode(orjson.dumps(values)).rstrip(b"=").decode()


def _values(edge: ToMany, text: str | None) -> tuple[Any, ...] | None:
    if text is None:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(text[:LONGEST_CURSOR] + "=" * (-len(text[:LONGEST_CURSOR]) % 4)))
        return tuple(_parsed(step.column.type.python_type, value) for step, value in _steps(edge, values))
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error, UnicodeError):
        raise RequestRefused("CURSOR_INVALID") from None


def _steps(edge: ToMany, values: Any) -> Iterable[tuple[Order, Any]]:
    """The steps of the order, each with its value in the cursor; only a list holds them."""
    return zip(edge.order, values if isinstance(values, list) else (), strict=True)


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.name
        case UUID():
            return str(value)
        case datetime():
            return moment(value)
    return value


def _parsed(kind: type, value: Any) -> Any:
    if kind is int and type(value) is int and abs(value) < 2**31:
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(kind)
    if issubclass(kind, Enum):
        return kind[value]
    return PARSERS[kind](value)
