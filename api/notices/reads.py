"""Edges to notices, and what the worker claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.notices.tables import Notice, OutboxItem
from api.store.edges import ToMany, newest_first

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Select

MOST_ATTEMPTS = 20

notices = ToMany(Notice, newest_first(Notice.at, then=Notice.id))


def due(group_id: UUID, now: datetime, most: int) -> Select[Any]:
    """Claim due items; another worker's are skipped."""
    return (
        select(OutboxItem)
        .where(
            OutboxItem.group_id == group_id,
            OutboxItem.done_at.is_(None),
            OutboxItem.due_at <= now,
            OutboxItem.attempts < MOST_ATTEMPTS,
        )
        .order_by(OutboxItem.due_at, OutboxItem.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
