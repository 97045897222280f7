"""The one loop that does what happens later or elsewhere: chains the audit, carries the outbox (ARCHITECTURE §6)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from api.audit.actions import chain
from api.groups.reads import group_ids
from api.notices.actions import carry
from api.seat import Role, system_seat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from api.store.engine import Store

log = logging.getLogger("baraza.worker")

PAUSE = 0.5
"""Seconds between two rounds: an audit line is chained within a second."""


async def work(store: Store) -> None:
    """Go round until cancelled. A round that fails is logged by its kind and the next one tries again."""
    while True:
        try:
            while await once(store):
                pass
        except Exception as error:  # noqa: BLE001 - the loop outlives a database that is away
            log.warning("round not finished: %s", type(error).__name__)
        await asyncio.sleep(PAUSE)


async def once(store: Store) -> int:
    """One round through the groups, each under a seat of its own; how much was done."""
    done = 0
    for group_id in await _groups(store):
        seat = system_seat(Role.WORKER, group_id)
        async with store.process(seat) as op:
            done += await carry(op)
        async with store.process(seat) as op:
            done += await chain(op)
    return done


async def _groups(store: Store) -> Sequence[UUID]:
    async with store.process(system_seat(Role.WORKER), write=False) as op:
        return await op.scalars(group_ids())
