"""Edges between places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from api.places.tables import Place
from api.store.edges import Order, ToMany, ToOne

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

places = ToMany(Place, (Order(Place.pcode),), default=50, most=300, filters={"parent": Place.parent_pcode})
parts = ToMany(Place, (Order(Place.pcode),), source="pcode", target=Place.parent_pcode, default=50, most=100)
parent = ToOne(Place, "parent_pcode", Place.pcode)


def of(source: str) -> ToOne:
    """The place whose P-code a row holds in `source`."""
    return ToOne(Place, source, Place.pcode)


def known(pcodes: Sequence[str]) -> Select[Any]:
    """Those of the P-codes that there are."""
    return select(Place.pcode).where(Place.pcode.in_(pcodes))


def names() -> Any:
    """P-code, name, level and parent of every place."""
    return select(Place.pcode, Place.name, Place.level, Place.parent_pcode)
