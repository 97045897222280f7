"""Writing the audit: one line an act, and its link within a second."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from api.audit import reads, rules
from api.audit.rules import AuditOutcome
from api.audit.tables import AuditLine, AuditLink
from api.store.base import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from api.store.operation import Operation

CHAINED_AT_ONCE = 500
LATEST_COMMIT = timedelta(minutes=10)
"""Far longer than the timeouts of the role let an operation last between its time and its commit."""


async def record(
    op: Operation, act: str, *subject_ids: UUID, outcome: AuditOutcome = AuditOutcome.DONE, group_id: UUID | None = None
) -> None:
    """The last thing an act does. A seat of the network names the group that its act concerns."""
    await op.add(
        AuditLine(
            group_id=group_id or op.group_id,
            id=new_id(),
            at=op.now,
            seat_id=op.seat.id,
            act=act,
            outcome=outcome,
            subject_ids=list(subject_ids),
        )
    )


async def chain(op: Operation, *, whole: bool) -> int:
    """Link the group's unchained lines and tell how many there were; only one chainer of a group works at a time. Only
    the `whole` history has lines in it that are older than a while before the chain's end."""
    lock = select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"audit {op.group_id}", 0)))
    if not (await op.scalars(lock))[0]:
        return 0
    last = await op.rows(reads.last_link(op.group_id))
    number, before = (last[0][0].number, last[0][0].hash) if last else (0, rules.START)
    since = None if whole or not last else last[0][1] - LATEST_COMMIT
    lines = await op.scalars(reads.unchained(op.group_id, since, CHAINED_AT_ONCE))
    for number, line in enumerate(lines, number + 1):  # noqa: B020 - counts on from the last link
        before = rules.link_hash(before, line)
        await op.add(AuditLink(group_id=op.group_id, number=number, line_id=line.id, hash=before))
    return len(lines)
