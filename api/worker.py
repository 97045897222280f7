"""The one loop that does what happens later or elsewhere: chains the audit, carries the outbox (ARCHITECTURE §6)."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from time import time_ns
from typing import TYPE_CHECKING

from api.audit.actions import chain
from api.conflicts.actions import carry_links
from api.errors import RequestRefused
from api.groups.reads import group_ids
from api.notices.actions import carry, deliver
from api.seat import Role, system_seat
from api.telemetry import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from api.notices.actions import Carrier
    from api.store.engine import Store
    from api.telemetry import Telemetry

log = logging.getLogger("baraza.worker")

CARRIERS: Mapping[str, Carrier] = {"notice": deliver, "links": carry_links}
"""By the kind of an item of the outbox, who carries it."""

HOUR = 3600.0
PAUSE = 0.5
"""Seconds between two rounds: an audit line is chained within a second."""


async def work(store: Store, telemetry: Telemetry = SILENT) -> None:
    """Go round until cancelled, on a connection of its own. At the start and hourly the whole audit is looked through
    until nothing is left to do. What keeps failing is logged once, by its kind."""
    alone = store.alone()
    clock = asyncio.get_running_loop().time
    looked_through, failing = clock() - HOUR, False
    try:
        while True:
            whole = clock() - looked_through >= HOUR
            begun = time_ns()
            done = await _round(alone, whole=whole, silent=failing)
            telemetry.round(begun, done)
            failing = done is None
            if done:
                continue
            looked_through = clock() if whole and not failing else looked_through
            await asyncio.sleep(PAUSE)
    finally:
        await alone.close()


async def _round(store: Store, *, whole: bool, silent: bool) -> int | None:
    """How much was done; none where the round failed. The next one tries again."""
    try:
        return await once(store, whole=whole)
    except Exception as error:  # noqa: BLE001 - the loop outlives a database that is away
        log.log(logging.DEBUG if silent else logging.WARNING, "round not finished: %s", type(error).__name__)
        return None


async def once(store: Store, *, whole: bool = True) -> int:
    """One round through the groups, each under a seat of its own and without harm to the others; how much was done."""
    done = 0
    for group_id in await _groups(store):
        seat = system_seat(Role.WORKER, group_id)
        for job in (partial(carry, carriers=CARRIERS), partial(chain, whole=whole)):
            try:
                async with store.process(seat) as op:
                    done += await job(op)
            except RequestRefused:  # the database is away, for the other groups too
                raise
            except Exception as error:  # noqa: BLE001 - the other groups go on
                log.warning("a group's round not finished: %s", type(error).__name__)
    return done


async def _groups(store: Store) -> Sequence[UUID]:
    async with store.process(system_seat(Role.WORKER), write=False) as op:
        return await op.scalars(group_ids())
