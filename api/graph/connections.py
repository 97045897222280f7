"""Relay connections over `api/store/paging.py`'s pages."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import strawberry
from strawberry import Info

from api.store.paging import cursor

T = TypeVar("T")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether rows follow the page.")
    has_previous_page: bool = strawberry.field(description="Whether rows precede the page.")

    @strawberry.field(description="Cursor of the first row of the page.")
    def start_cursor(root: strawberry.Parent[Any]) -> str | None:
        return cursor(root.edge, root.rows[0]) if root.rows else None

    @strawberry.field(description="Cursor of the last row of the page.")
    def end_cursor(root: strawberry.Parent[Any]) -> str | None:
        return cursor(root.edge, root.rows[-1]) if root.rows else None


@strawberry.type(description="A row and its cursor.")
class Edge(Generic[T]):
    """Relay's Edge."""

    cursor: str = strawberry.field(description="Where the row stands in the list's order.")
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    """Relay's Connection; `nodes` spares front ends the edges."""

    @strawberry.field(description="The rows of the page, each with its cursor.")
    def edges(root: strawberry.Parent[Any]) -> list[Edge[T]]:
        return [Edge(cursor=cursor(root.edge, row), node=row) for row in root.rows]

    @strawberry.field(description="The rows of the page.")
    def nodes(root: strawberry.Parent[Any]) -> list[T]:
        return list(root.rows)

    @strawberry.field(description="Where the page lies in its list.")
    def page_info(root: strawberry.Parent[Any]) -> PageInfo:
        return root

    @strawberry.field(description="How many rows the list has for the acting seat.")
    async def total_count(root: strawberry.Parent[Any], info: Info[Any, None]) -> int:
        return await info.context.loader.count(root)
