"""Global ids, and the rows found under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry
from strawberry import Info

from api.errors import InvalidInput, NotFound
from api.graph.ids import located, uuid_of
from api.store.base import new_id
from api.store.edges import ToOne

if TYPE_CHECKING:
    from uuid import UUID


@strawberry.interface(description="Anything with an id of its own.")
class Node:
    """Relay's Node. An id is `Type:uuid`, so that a front end that is offline can make it (docs/decisions)."""

    @strawberry.field(description="The type's name, a colon, and the row's UUID.", metadata={"kind": "id"})
    def id(root: strawberry.Parent[Any], info: Info[Any, None]) -> strawberry.ID:
        return strawberry.ID(f"{info._raw_info.parent_type.name}:{root.id}")  # noqa: SLF001 - strawberry has no other way


async def find(info: Info[Any, None], global_id: str) -> Any:
    """The row, or none: malformed, missing and forbidden ids are one."""
    place = located(global_id)
    return None if place is None else await info.context.loader.one(_by_id(place.table), place.row_id)


def referred(global_id: str, type_name: str, argument: str) -> UUID:
    """The UUID in a reference to a row of `type_name`; anything else is not found."""
    name, _, text = global_id.partition(":")
    row_id = uuid_of(text)
    if name != type_name or row_id is None:
        raise NotFound(field=argument)
    return row_id


def made(global_id: str | None, type_name: str) -> UUID:
    """The UUID of a row to be: the front end's, so that it can send again what it made offline, or a new one."""
    if global_id is None:
        return new_id()
    name, _, text = global_id.partition(":")
    row_id = uuid_of(text)
    if name != type_name or row_id is None:
        raise InvalidInput("ID_INVALID", field="id", type=type_name)
    return row_id


_LOOKUPS: dict[Any, ToOne] = {}


def _by_id(table: Any) -> ToOne:
    return _LOOKUPS.setdefault(table, ToOne(table, "id", table.id))
