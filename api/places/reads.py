"""Edges between places."""

from __future__ import annotations

from api.places.tables import Place
from api.store.edges import Order, ToMany, ToOne

places = ToMany(Place, (Order(Place.pcode),), default=50, most=300, filters={"parent": Place.parent_pcode})
parts = ToMany(Place, (Order(Place.pcode),), source="pcode", target=Place.parent_pcode, default=50, most=100)
parent = ToOne(Place, "parent_pcode", Place.pcode)


def of(source: str) -> ToOne:
    """The place whose P-code a row holds in `source`."""
    return ToOne(Place, source, Place.pcode)
