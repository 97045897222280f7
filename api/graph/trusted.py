"""Documents that are known by their hash: what front ends registered, as this process last saw it.

All that is registered is held, and looked at anew by one short operation: when something is asked of what was seen long
ago, and for a hash that is not among it, though never twice within a second. So whoever sends unknown hashes, one or
thousands, has the database asked once a second at most, and takes the place of nobody who asks for a new document.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from time import monotonic
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from api.documents import reads, rules
from api.errors import RequestRefused
from api.seat import Role, system_seat
from api.store.engine import refused_read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.graph.body import Asked
    from api.store.engine import Store

SEEN_FOR = 30.0
"""Seconds for which a document is admitted without another look: a withdrawn one is forgotten within a minute."""
PAUSE = 1.0
"""Seconds between two looks for hashes that are not there."""


class TrustedDocuments:
    """Finds the text that a request asks for; with `only`, admits no text that is not registered. What is admitted is
    bounded and validated like any other document: being registered grants nothing."""

    def __init__(self, store: Store, *, only: bool, clock: Callable[[], float] = monotonic) -> None:
        self._store = store
        self._only = only
        self._clock = clock
        self._sources: Mapping[str, str] = {}
        self._seen_at = float("-inf")
        self._look: asyncio.Task[None] | None = None

    async def source(self, asked: Asked) -> str:
        """The text of the document that is asked for; raise `RequestRefused` where it is not registered and must be.
        One that was withdrawn is like one that never was."""
        if asked.source and not self._only:
            return asked.source
        found = await self._registered(asked.document_hash or rules.hash_of(asked.source))
        if found is None:
            raise RequestRefused("DOCUMENT_NOT_TRUSTED" if asked.source else "DOCUMENT_UNKNOWN")
        return found

    async def _registered(self, digits: str) -> str | None:
        enough = SEEN_FOR if digits in self._sources else PAUSE
        if self._clock() - self._seen_at >= enough:
            await self._seen_anew()
        return self._sources.get(digits)

    async def _seen_anew(self) -> None:
        """Everybody who needs a look waits for the same one, which is no part of anybody's operation and goes on when
        one of them is gone."""
        if self._look is None or self._look.done():
            self._look = asyncio.create_task(self._see(), context=Context())
        await asyncio.shield(self._look)

    async def _see(self) -> None:
        begun = self._clock()
        try:
            async with self._store.process(system_seat(Role.WORKER), write=False) as op:
                live = set(await op.scalars(reads.live()))
                new = await op.rows(reads.sources(live - self._sources.keys()))
        except SQLAlchemyError as error:
            raise refused_read(error) from None
        kept = {digits: source for digits, source in self._sources.items() if digits in live}
        self._sources = {**kept, **dict(new)}
        self._seen_at = begun
