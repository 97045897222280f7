"""Global ids: `Type:uuid`, so that a front end that is offline can make one (docs/decisions)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from api.graph.declare import PUBLISHED

if TYPE_CHECKING:
    from api.store.base import Base


class Located(NamedTuple):
    """Where the row with an id would be."""

    type_name: str
    table: type[Base]
    row_id: UUID


def located(global_id: str) -> Located | None:
    """None where the id is malformed, or of nothing that is found by an id."""
    type_name, _, text = global_id.partition(":")
    row_id = uuid_of(text)
    if row_id is None or not type_named(global_id):
        return None
    return Located(type_name, PUBLISHED[type_name].table, row_id)


def type_named(global_id: str) -> str:
    """The type that an id names, if rows of it are found by an id; nothing otherwise."""
    name = global_id.partition(":")[0]
    published = PUBLISHED.get(name)
    return name if published is not None and published.has_id else ""


def uuid_of(text: str) -> UUID | None:
    """Canonical text only: a row has one id."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None
