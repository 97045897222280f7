"""What of an operation's variables makes another statement; everything else of them is bound."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from api.graph.ids import type_named

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = Hashable


def shape(variables: Mapping[str, Any]) -> Shape:
    """Two sets of coerced variables of one shape are served by one statement: they skip and include the same, ask for
    pages of the same sizes, filter by the same fields, and name rows of the same types."""
    return tuple((name, _of(value)) for name, value in variables.items())


def _of(value: Any) -> Hashable:
    """Conditions and page sizes count by value, and an id by its type. Of other values it is enough that they are
    there."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return type_named(value)
    if isinstance(value, dict):
        return tuple((name, _within(inner)) for name, inner in value.items() if inner is not None)
    if isinstance(value, list | tuple):
        return frozenset(type_named(each) for each in value if isinstance(each, str))
    return ""


def _within(value: Any) -> Hashable:
    """Of a filter's fields: the numbers in it are bound."""
    return _of(value) if isinstance(value, dict) else ""
