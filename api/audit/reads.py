"""What the chainer looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from api.audit.tables import AuditLine, AuditLink

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Select


def last_link(group_id: UUID) -> Any:
    """The end of the chain, with the time of its line."""
    of_group = select(AuditLink, AuditLine.at).where(
        AuditLink.group_id == group_id,
        AuditLine.group_id == AuditLink.group_id,
        AuditLine.id == AuditLink.line_id,
    )
    return of_group.order_by(AuditLink.number.desc()).limit(1)


def unchained(group_id: UUID, since: datetime | None, most: int) -> Select[Any]:
    """Lines without a link, oldest first; with `since`, those written from then on."""
    linked = exists().where(AuditLink.group_id == AuditLine.group_id, AuditLink.line_id == AuditLine.id)
    lines = select(AuditLine).where(AuditLine.group_id == group_id, ~linked)
    recent = lines if since is None else lines.where(AuditLine.at >= since)
    return recent.order_by(AuditLine.at, AuditLine.id).limit(most)
