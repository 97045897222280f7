"""Posting to the outbox, and carrying what is due."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from api.notices import reads
from api.notices.rules import NoticeKind
from api.notices.tables import Notice, OutboxItem
from api.store.base import new_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from api.store.operation import Operation

    Carrier = Callable[[Operation, OutboxItem], Awaitable[None]]

CARRIED_AT_ONCE = 100

log = logging.getLogger("baraza.worker")


async def post(op: Operation, kind: NoticeKind, request_id: UUID, organisation_id: UUID | None) -> None:
    """Tell an organisation, once the act is committed; nobody is told of what nobody's organisation brought."""
    if organisation_id is None:
        return
    payload = {"notice": kind.name, "request": str(request_id), "organisation": str(organisation_id)}
    await op.add(
        OutboxItem(
            group_id=op.group_id, id=new_id(), kind="notice", payload=payload, due_at=op.now, attempts=0, done_at=None
        )
    )


async def post_to_groups(op: Operation, kind: str, group_ids: Iterable[UUID]) -> None:
    """Let the worker of each group do what concerns them all, once the act is committed."""
    for group_id in group_ids:
        await op.add(
            OutboxItem(group_id=group_id, id=new_id(), kind=kind, payload={}, due_at=op.now, attempts=0, done_at=None)
        )


async def deliver(op: Operation, item: OutboxItem) -> None:
    """The notice has the item's id: carried twice, it is there once."""
    await op.add(
        Notice(
            group_id=item.group_id,
            id=item.id,
            organisation_id=UUID(item.payload["organisation"]),
            kind=NoticeKind[item.payload["notice"]],
            request_id=UUID(item.payload["request"]),
            at=op.now,
        )
    )


async def carry(op: Operation, carriers: Mapping[str, Carrier]) -> int:
    """Claim what is due in the worker's group and do it, each kind by its carrier. An item that fails is left for
    later, alone."""
    items = await op.scalars(reads.due(op.group_id, op.now, CARRIED_AT_ONCE))
    for item in items:
        item.attempts += 1
        item.due_at = op.now + timedelta(seconds=2**item.attempts)
        await op.flush()
        try:
            async with op.savepoint():
                await carriers[item.kind](op, item)
                item.done_at = op.now
        except Exception as error:  # noqa: BLE001 - the others go on; the code is all that a log may know
            said = log.error if item.attempts >= reads.MOST_ATTEMPTS else log.warning
            said("outbox item %s not carried: %s", item.kind, type(error).__name__)
    return len(items)
