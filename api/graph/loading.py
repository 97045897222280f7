"""Edges resolved in batches: one statement an edge and its arguments, however many rows ask."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError
from strawberry.dataloader import DataLoader

from api.seat import NETWORK
from api.store import edges, paging
from api.store.engine import refused_read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from api.store.base import Base
    from api.store.edges import ToMany, ToOne
    from api.store.operation import Operation
    from api.store.paging import Page, Slice

Load = Callable[[list[Any]], Awaitable[Sequence[Any]]]
Filters = tuple[tuple[str, tuple[Any, ...]], ...]


class Loader:
    """The batches of one operation; `forget` after each act, so that nothing read before it is answered after."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._batches: dict[Any, DataLoader[Any, Any]] = {}

    def forget(self) -> None:
        self._batches.clear()

    async def one(self, edge: ToOne, key: Any) -> Base | None:
        if key is None:
            return None

        async def load(keys: list[Any]) -> Sequence[Base | None]:
            rows = await self._operation.scalars(edges.one_statement(edge, keys))
            found = {getattr(row, edge.target.key): row for row in rows}
            return [found.get(key) for key in keys]

        batch: Base | None = await self._shared(edge, load, key)
        return batch

    async def page(self, edge: ToMany, key: Any, cut: Slice, filters: Mapping[str, Sequence[Any]]) -> Page:
        frozen: Filters = tuple((name, tuple(values)) for name, values in sorted(filters.items()))

        async def load(keys: list[Any]) -> Sequence[Page]:
            found = await self._pages(edge, keys, cut, dict(frozen))
            return [paging.page(edge, cut, found[key], key, frozen) for key in keys]

        page: Page = await self._shared((edge, cut, frozen), load, key)
        return page

    async def few(self, edge: ToMany, key: Any, most: int) -> list[Any]:
        """The first rows of an edge, without a page around them."""
        return list((await self.page(edge, key, paging.cut(edge, most, None, None, None), {})).rows)

    async def count(self, page: Page) -> int:
        async def load(keys: list[Any]) -> Sequence[int]:
            statement = edges.counts_statement(page.edge, self._group_id, keys, dict(page.filters))
            found = {key: count for key, count in await self._operation.rows(statement)}  # noqa: C416 - rows are no pairs
            return [found.get(key, 0) for key in keys]

        count: int = await self._shared(("count", page.edge, page.filters), load, page.key)
        return count

    async def _pages(
        self, edge: ToMany, keys: Sequence[Any], cut: Slice, filters: Mapping[str, Sequence[Any]]
    ) -> Mapping[Any, list[Base]]:
        found: dict[Any, list[Base]] = defaultdict(list)
        if edge.target is None:
            found[None] = list(await self._operation.scalars(edges.page_statement(edge, cut, filters)))
            return found
        statement = edges.pages_statement(edge, self._group_id, keys, cut, filters)
        for key, row in await self._operation.rows(statement):
            found[key].append(row)
        return found

    @property
    def _group_id(self) -> UUID | None:
        """The one group that row security shows; none for the network's seats, whose overview is of all."""
        group_id = self._operation.seat.group_id
        return None if group_id == NETWORK else group_id

    async def _shared(self, name: Any, load: Load, key: Any) -> Any:
        """What fields of one edge and key share: one that is cancelled, because its sibling failed, does not take it
        away from the others."""
        if name not in self._batches:
            self._batches[name] = DataLoader(load_fn=_briefly(load))
        return await asyncio.shield(self._batches[name].load(key))


def _briefly(load: Load) -> Load:
    """A statement that fails, fails for every row that waits for it: they share one short refusal, not copies of an
    error that carries SQL."""

    async def loaded(keys: list[Any]) -> Sequence[Any]:
        try:
            return await load(keys)
        except SQLAlchemyError as error:
            raise (refused_read(error)) from None

    return loaded
