"""Statements on trusted documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from api.documents.tables import TrustedDocument

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Select


def live() -> Select[Any]:
    """The hashes of those that are not withdrawn."""
    return select(TrustedDocument.hash).where(TrustedDocument.withdrawn_at.is_(None))


def sources(hashes: Collection[str]) -> Any:
    """Each hash and its text."""
    return select(TrustedDocument.hash, TrustedDocument.source).where(_among(hashes))


def called(hashes: Collection[str]) -> Select[Any]:
    """Those of the hashes that there are, withdrawn or not."""
    return select(TrustedDocument).where(_among(hashes))


def every() -> Select[Any]:
    return select(TrustedDocument).order_by(TrustedDocument.front_end, TrustedDocument.added_at, TrustedDocument.hash)


def _among(hashes: Collection[str]) -> ColumnElement[bool]:
    return TrustedDocument.hash == any_(cast(list(hashes), ARRAY(Text)))
