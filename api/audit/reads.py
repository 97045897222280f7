"""What the chainer looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from api.audit.tables import AuditLine, AuditLink

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Select


def last_link(group_id: UUID) -> Select[Any]:
    return select(AuditLink).where(AuditLink.group_id == group_id).order_by(AuditLink.number.desc()).limit(1)


def unchained(group_id: UUID, most: int) -> Select[Any]:
    """Lines without a link, oldest first."""
    linked = exists().where(AuditLink.group_id == AuditLine.group_id, AuditLink.line_id == AuditLine.id)
    return (
        select(AuditLine)
        .where(AuditLine.group_id == group_id, ~linked)
        .order_by(AuditLine.at, AuditLine.id)
        .limit(most)
    )
