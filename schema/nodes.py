"""Global ids, and the rows found under them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import strawberry
from strawberry import Info

from api.errors import InvalidInput, NotFound
from api.graph.declare import PUBLISHED
from api.store.base import new_id
from api.store.edges import ToOne


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    """Relay's Node. An id is `Type:uuid`, so that a front end that is offline can make it (docs/decisions)."""

    @strawberry.field(description="The type's name, a colon, and the row's UUID.")
    def id(root: strawberry.Parent[Any], info: Info[Any, None]) -> strawberry.ID:
        return strawberry.ID(f"{info._raw_info.parent_type.name}:{root.id}")  # noqa: SLF001 - strawberry has no other way


async def find(info: Info[Any, None], global_id: str) -> Any:
    """The row, or none: malformed, missing and forbidden ids are one."""
    type_name, _, text = global_id.partition(":")
    published = PUBLISHED.get(type_name)
    row_id = _uuid(text)
    if published is None or row_id is None or not issubclass(published.type, Node):
        return None
    return await info.context.loader.one(_by_id(published.table), row_id)


def referred(global_id: str, type_name: str, argument: str) -> UUID:
    """The UUID in a reference to a row of `type_name`; anything else is not found."""
    name, _, text = global_id.partition(":")
    row_id = _uuid(text)
    if name != type_name or row_id is None:
        raise NotFound(field=argument)
    return row_id


def made(global_id: str | None, type_name: str) -> UUID:
    """The UUID of a row to be: the front end's, so that it can send again what it made offline, or a new one."""
    if global_id is None:
        return new_id()
    name, _, text = global_id.partition(":")
    row_id = _uuid(text)
    if name != type_name or row_id is None:
        raise InvalidInput("ID_INVALID", field="id", type=type_name)
    return row_id


def _uuid(text: str) -> UUID | None:
    """Canonical text only: a row has one id."""
    try:
        value = UUID(text)
    except ValueError:
        return None
    return value if str(value) == text else None


_LOOKUPS: dict[Any, ToOne] = {}


def _by_id(table: Any) -> ToOne:
    return _LOOKUPS.setdefault(table, ToOne(table, "id", table.id))
